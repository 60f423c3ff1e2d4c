//! No tray icon on systems other than Linux yet: closing the launcher ends the program there.

use mutiny_core::Unread;
use tauri::AppHandle;
use tokio::sync::watch;

/// There is none.
pub(super) struct Icon(());

impl Icon {
    pub(super) async fn show(_app: &AppHandle, _there: watch::Sender<bool>) -> Result<Self, &'static str> {
        Err("it is not made for this system")
    }

    pub(super) async fn set(&self, _unread: Vec<Unread>) {}
}
