//! How the program behaves on this computer: whether it stays when its launcher is closed, and starts with the session.

use std::sync::atomic::{AtomicBool, Ordering};

use mutiny_core::Host;
use mutiny_core::view::Computer;
use serde_json::{Map, json};
use tauri::{AppHandle, Manager, async_runtime};
use tauri_plugin_autostart::ManagerExt;

use crate::error::{Error, Result};
use crate::log;
use crate::notify::{self, Notice};
use crate::tray::Tray;

/// Whether the person was told, since the start, that the program stays in the tray.
#[derive(Default)]
pub(crate) struct Told(AtomicBool);

/// Whether the program goes on when its launcher is closed: where the person did not say otherwise, and could find it again.
pub(crate) fn stays(app: &AppHandle) -> bool {
    app.state::<Tray>().is_there() && app.state::<Host>().settings().keep_running
}

/// Says once in a profile's life where the program went.
pub(crate) fn tell_of_tray(app: &AppHandle) {
    let host = app.state::<Host>().inner().clone();
    if host.settings().told_of_tray || app.state::<Told>().0.swap(true, Ordering::Relaxed) {
        return;
    }
    notify::show(
        app,
        Notice::Launcher,
        "Mutiny keeps running",
        "Messages still come and go. Its icon in the tray brings it back, or ends it; Settings has a switch for this.",
    );
    async_runtime::spawn(async move {
        if let Err(error) = host.set_settings(Map::from_iter([("toldOfTray".to_owned(), json!(true))])).await {
            tracing::warn!(%error, "what the person was told cannot be remembered");
        }
    });
}

/// What the settings show of this computer.
pub(crate) fn view(app: &AppHandle) -> Computer {
    Computer {
        tray: app.state::<Tray>().is_there(),
        autostart: app.autolaunch().is_enabled().unwrap_or_else(|error| {
            tracing::warn!(%error, "whether the program starts with the session is not known");
            false
        }),
        log: log::file(app.state::<Host>().profile_dir()).display().to_string(),
    }
}

/// Switches whether the program starts with the person's session.
pub(crate) fn set_autostart(app: &AppHandle, wanted: bool) -> Result<()> {
    let manager = app.autolaunch();
    let switched = if wanted { manager.enable() } else { manager.disable() };
    switched.map_err(|error| Error::Autostart(error.to_string()))
}
