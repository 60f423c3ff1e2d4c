//! The icon in the desktop's tray: how many messages are unread, and the way back to the launcher.
//!
//! On Linux this speaks the desktop's own protocol (StatusNotifierItem, over D-Bus) rather than through Tauri's tray, whose
//! library has to be installed, ends the program where it is missing, and cannot tell whether anybody shows the icon. Whether
//! somebody does is what closing the launcher depends on: without a tray, a program without windows could not be found again.

use std::time::Duration;

use mutiny_core::view::Topic;
use mutiny_core::{Event, Host};
use tauri::{AppHandle, Manager, async_runtime};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;
use tokio::time;

use crate::windows;

#[cfg(target_os = "linux")]
mod badge;
#[cfg_attr(target_os = "linux", path = "tray/linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "tray/none.rs")]
mod desktop;

/// The shortest time between two looks at what is unread, however much arrives.
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);

/// How long a tray may take to appear before a program that hides in it is shown after all: a session starts its programs
/// before its panel is ready, and a panel that was restarted comes back.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// Whether a tray shows the icon.
#[derive(Default)]
pub(crate) struct Tray(watch::Sender<bool>);

impl Tray {
    /// Whether a tray shows the icon right now.
    pub(crate) fn is_there(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until a tray shows the icon; false if none does within [`PATIENCE`].
    async fn appears(&self) -> bool {
        let mut there = self.0.subscribe();
        time::timeout(PATIENCE, there.wait_for(|there| *there)).await.is_ok()
    }
}

/// Puts the icon into the tray, now or as soon as there is one, and keeps its count.
pub(crate) fn start(app: &AppHandle) {
    let (handle, there) = (app.clone(), app.state::<Tray>().0.clone());
    async_runtime::spawn(async move {
        match desktop::Icon::show(&handle, there).await {
            Ok(icon) => count(&handle, &icon).await,
            Err(why) => tracing::info!(%why, "no tray icon: closing the launcher ends the program"),
        }
    });
    async_runtime::spawn(never_lost(app.clone()));
}

/// Tells the icon what is unread, from now on.
async fn count(app: &AppHandle, icon: &desktop::Icon) {
    let host = app.state::<Host>().inner().clone();
    let mut events = host.events();
    loop {
        match host.unread().await {
            Ok(unread) => icon.set(unread).await,
            Err(error) => tracing::debug!(%error, "what is unread is not known"),
        }
        time::sleep(BETWEEN_LOOKS).await;
        loop {
            match events.recv().await {
                Ok(Event::Changed(Topic::Instances)) | Err(RecvError::Lagged(_)) => break,
                Ok(_) => {}
                Err(RecvError::Closed) => return,
            }
        }
        // What came meanwhile is part of the next look.
        events = events.resubscribe();
    }
}

/// Brings a hidden launcher back where the tray that it hides in does not come, or goes and stays away.
async fn never_lost(app: AppHandle) {
    let mut there = app.state::<Tray>().0.subscribe();
    loop {
        if !*there.borrow_and_update() && !app.state::<Tray>().appears().await {
            windows::reveal_launcher(&app);
        }
        if there.wait_for(|there| *there).await.is_err() || there.wait_for(|there| !*there).await.is_err() {
            return;
        }
    }
}
