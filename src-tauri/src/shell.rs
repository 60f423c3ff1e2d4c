//! The frame around all windows: the commands, the scheme, and what windows need to know.

use mutiny_core::{Config, Host};
use tauri::plugin::TauriPlugin;
use tauri::{App, Builder, Context, Manager, Wry};
use tauri_plugin_window_state::StateFlags;

use crate::error::{Error, Result};
use crate::{app, ask, autostart, computer, contact, launcher, notify, save, scheme, tray, watch, windows};

/// Builds the program around the plugins that have to come first.
pub(crate) fn build(first: Builder<Wry>) -> Result<App> {
    first
        .plugin(launcher::plugin())
        .plugin(app::plugin())
        .plugin(ask::plugin())
        .register_asynchronous_uri_scheme_protocol(scheme::SCHEME, scheme::serve)
        .on_window_event(windows::on_event)
        .manage(watch::Watchers::default())
        .manage(ask::Questions::default())
        .manage(windows::Opening::default())
        .manage(save::Saves::default())
        .manage(tray::Tray::default())
        .manage(notify::Notifications::default())
        .manage(contact::Waiting::default())
        .manage(computer::Told::default())
        .build(context())
        .map_err(Error::Start)
}

/// What was built in: `tauri.conf.json`, the launcher's pages, the access control. Here alone, as each use of the macro
/// builds all of it in once more.
pub(crate) fn context() -> Context {
    tauri::generate_context!()
}

/// Gives it the host. No window is to be opened before.
pub(crate) fn furnish(app: &App, host: &Host) {
    app.manage(windows::WebStorage(host.webview_dir()));
    app.manage(host.clone());
}

/// Lets it settle on this computer: window sizes remembered, an icon in the tray, notifications, a place in the session. The
/// doctor does without.
pub(crate) fn settle(app: &App, host: &Host, config: &Config) -> Result<()> {
    let handle = app.handle();
    handle.plugin(autostart::plugin(config)).map_err(Error::Start)?;
    handle.plugin(window_state(host)).map_err(Error::Start)?;
    notify::start(handle);
    tray::start(handle);
    Ok(())
}

/// Remembers where windows were, in the profile. A window that was on a screen that is gone opens where the desktop puts it.
fn window_state(host: &Host) -> TauriPlugin<Wry> {
    let file = host.profile_dir().join("windows.json").to_string_lossy().into_owned();
    tauri_plugin_window_state::Builder::new()
        // An absolute path takes the place of the plugin's own folder.
        .with_filename(file)
        .with_state_flags(StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED)
        .build()
}
