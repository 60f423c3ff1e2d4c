//! The guide for people who write apps: a window with pages of the launcher's own, and no command at all.

use tauri::{AppHandle, Manager, WebviewUrl, WebviewWindowBuilder};

use crate::error::{Error, Result};
use crate::windows::WebStorage;
use crate::{label, walls};

/// Where the guide begins.
const FIRST: &str = "guide/tutorial.html";

/// Opens the guide, or brings it to the front.
#[tauri::command]
pub(crate) async fn open_guide(app: AppHandle) -> Result<()> {
    if let Some(window) = app.get_webview_window(label::GUIDE) {
        return window.unminimize().and_then(|()| window.set_focus()).map_err(Error::Window);
    }
    let builder = WebviewWindowBuilder::new(&app, label::GUIDE, WebviewUrl::App(FIRST.into()))
        .title("Mutiny guide")
        .inner_size(1000.0, 760.0)
        .min_inner_size(320.0, 320.0)
        .data_directory(app.state::<WebStorage>().0.clone());
    let window = walls::around_guide(builder).build().map_err(Error::Window)?;
    walls::within(&window).map_err(Error::Window)
}
