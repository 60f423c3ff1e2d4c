//! The windows: the launcher, and one for each open instance.

use std::path::PathBuf;

use mutiny_core::Host;
use mutiny_core::view::Instance;
use tauri::image::Image;
use tauri::{AppHandle, Manager, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder, Window, WindowEvent, Wry};
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::ask::Questions;
use crate::dev::peer::Role;
use crate::error::{Error, Result};
use crate::scheme::SCHEME;
use crate::watch::Watchers;
use crate::{computer, crash, label, notify, reload, walls};

/// What gives a page its `window.mutiny`.
const APP_API: &str = include_str!("../../ui/app-api/mutiny.js");

/// What tells a developer, in the page's console, of mistakes that would otherwise be silent.
const APP_CONSOLE: &str = include_str!("../../ui/app-api/console.js");

/// Where the web engine keeps what pages store. One folder, and so one web context, for all windows of a profile: two
/// profiles never share storage, and the windows of one can be driven by one WebDriver session.
pub(crate) struct WebStorage(pub(crate) PathBuf);

/// Opens the launcher, `hidden` in the tray or for the person to see. It comes first; its closing ends the program, or hides it
/// where there is a tray to find it in.
pub(crate) fn open_launcher(app: &impl Manager<Wry>, hidden: bool) -> Result<()> {
    let builder = WebviewWindowBuilder::new(app, label::LAUNCHER, WebviewUrl::App("index.html".into()))
        .title("Mutiny")
        .inner_size(1040.0, 720.0)
        .min_inner_size(380.0, 420.0)
        .visible(!hidden)
        .data_directory(app.state::<WebStorage>().0.clone());
    let window = walls::around_launcher(builder).build().map_err(Error::Window)?;
    let ready = walls::within(&window).and_then(|()| close_with_page(&window)).and_then(|()| crash::watch(&window));
    ready.map_err(Error::Window)
}

/// Brings the launcher to the front, with the `token` of the click that asked for it where the desktop wants one.
pub(crate) fn show_launcher(app: &AppHandle, token: Option<&str>) {
    if let Some(window) = app.get_webview_window(label::LAUNCHER) {
        to_front(&window, token);
    }
}

/// Brings the launcher to the front with one of its views.
pub(crate) fn show_view(app: &AppHandle, view: &'static str, token: Option<&str>) {
    if let Some(window) = app.get_webview_window(label::LAUNCHER) {
        if let Err(error) = window.eval(format!("location.hash = '{view}'")) {
            tracing::warn!(view, %error, "the launcher does not go to a view");
        }
        to_front(&window, token);
    }
}

/// Shows the launcher, should it be hidden.
pub(crate) fn reveal_launcher(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(label::LAUNCHER)
        && !window.is_visible().unwrap_or(true)
    {
        to_front(&window, None);
    }
}

/// Held while a window is opened. Tauri would let two calls at once make two windows of one label, and lose one of them.
#[derive(Default)]
pub(crate) struct Opening(Mutex<()>);

/// Opens an instance's window, or brings it to the front where it is open already.
pub(crate) async fn open(app: &AppHandle, id: Uuid) -> Result<()> {
    open_with(app, id, None).await
}

/// The same, with the `token` of the click that asked for it where the desktop wants one.
pub(crate) async fn open_with(app: &AppHandle, id: Uuid, token: Option<&str>) -> Result<()> {
    let opening = app.state::<Opening>();
    let _one_at_a_time = opening.0.lock().await;
    let label = label::of(id);
    if let Some(window) = app.get_webview_window(&label) {
        to_front(&window, token);
        return Ok(());
    }
    let host = app.state::<Host>();
    let instance = host.instance(id).await?;
    let address = address(id, &host.entry_path(id).await?)?;
    // Noted before the window is there, so that its closing, however early, comes after.
    host.set_open(id, true).await?;
    let (handle, built) = (app.clone(), move |app: &AppHandle| build(app, &label, &instance, address));
    if let Err(error) = in_one_go(&handle, built).await {
        host.set_open(id, false).await?;
        return Err(Error::Window(error));
    }
    Ok(())
}

/// Where an instance's window begins.
fn address(id: Uuid, path: &str) -> Result<Url> {
    let url = Url::parse(&format!("{SCHEME}://{id}{path}"));
    url.map_err(|error| Error::Window(tauri::Error::InvalidUrl(error)))
}

/// Builds a window without a break: its page begins to load when the main thread is free again, and by then all walls have
/// to stand.
#[cfg(target_os = "linux")]
pub(crate) async fn in_one_go(
    app: &AppHandle,
    build: impl FnOnce(&AppHandle) -> tauri::Result<()> + Send + 'static,
) -> tauri::Result<()> {
    let (answer, built) = tokio::sync::oneshot::channel();
    let handle = app.clone();
    app.run_on_main_thread(move || {
        // Fails when nobody waits any more.
        let _ = answer.send(build(&handle));
    })?;
    built.await.unwrap_or(Err(tauri::Error::WindowNotFound))
}

/// Elsewhere all walls are part of the window's making, and Windows makes none from within its event loop.
#[cfg(not(target_os = "linux"))]
pub(crate) async fn in_one_go(
    app: &AppHandle,
    build: impl FnOnce(&AppHandle) -> tauri::Result<()>,
) -> tauri::Result<()> {
    build(app)
}

fn build(app: &AppHandle, label: &str, instance: &Instance, address: Url) -> tauri::Result<()> {
    let builder = WebviewWindowBuilder::new(app, label, WebviewUrl::CustomProtocol(address))
        .title(title(instance))
        .inner_size(900.0, 680.0)
        .min_inner_size(280.0, 240.0)
        .data_directory(app.state::<WebStorage>().0.clone())
        .initialization_script(APP_API)
        .initialization_script(APP_CONSOLE)
        // Files dropped on an app are the page's own business; their paths are not.
        .disable_drag_drop_handler();
    let mut builder = walls::around_app(builder, instance.id);
    if let Some(role) = app.try_state::<Role>() {
        builder = role.dress(builder);
    }
    let window = builder.build()?;
    walls::within(&window)?;
    close_with_page(&window)?;
    reload::by_key(&window)?;
    crash::watch(&window)
}

/// A page may close itself with `window.close()`. The web engine then only takes its view away; the window goes too.
#[cfg(target_os = "linux")]
fn close_with_page(window: &WebviewWindow) -> tauri::Result<()> {
    use gtk::prelude::WidgetExt;

    let frame = window.clone();
    window.with_webview(move |webview| {
        webview.inner().connect_destroy(move |_| {
            // Fails where it was the window that closed.
            let _ = frame.destroy();
        });
    })
}

#[cfg(not(target_os = "linux"))]
fn close_with_page(_window: &WebviewWindow) -> tauri::Result<()> {
    Ok(())
}

/// Has an instance's open window begin again: its app is another one than it was.
pub(crate) async fn begin_anew(app: &AppHandle, id: Uuid) -> Result<()> {
    if let Some(window) = app.get_webview_window(&label::of(id)) {
        let address = address(id, &app.state::<Host>().entry_path(id).await?)?;
        window.navigate(address).map_err(Error::Window)?;
        retitle(app, id).await?;
    }
    Ok(())
}

/// Gives an instance's open window the title it should have by now.
pub(crate) async fn retitle(app: &AppHandle, id: Uuid) -> Result<()> {
    if let Some(window) = app.get_webview_window(&label::of(id)) {
        let instance = app.state::<Host>().instance(id).await?;
        window.set_title(&title(&instance)).map_err(Error::Window)?;
    }
    Ok(())
}

/// How wide and high an icon of a window is, in dots. The launcher draws as many.
const ICON: u32 = 64;

/// Gives an instance's open window an icon: the colours of its dots, row by row, four bytes each.
pub(crate) fn set_icon(app: &AppHandle, id: Uuid, dots: &[u8]) -> Result<()> {
    if dots.len() != (ICON * ICON * 4) as usize {
        let sentence = format!("An icon has {ICON} by {ICON} dots of four bytes, and this has {} bytes.", dots.len());
        return Err(mutiny_core::Error::InvalidArgument(sentence).into());
    }
    match app.get_webview_window(&label::of(id)) {
        Some(window) => window.set_icon(Image::new_owned(dots.to_owned(), ICON, ICON)).map_err(Error::Window),
        None => Ok(()),
    }
}

/// Closes an instance's window, if it is open, without asking its page.
pub(crate) fn close(app: &AppHandle, id: Uuid) -> Result<()> {
    match app.get_webview_window(&label::of(id)) {
        Some(window) => window.destroy().map_err(Error::Window),
        None => Ok(()),
    }
}

/// What happens to windows. Closing the launcher hides it where there is a tray to find it in; its end is the program's end.
pub(crate) fn on_event(window: &Window, event: &WindowEvent) {
    let app = window.app_handle();
    match event {
        WindowEvent::CloseRequested { api, .. } if window.label() == label::LAUNCHER && computer::stays(app) => {
            api.prevent_close();
            match window.hide() {
                Ok(()) => computer::tell_of_tray(app),
                Err(error) => tracing::warn!(%error, "the launcher cannot be hidden"),
            }
        }
        WindowEvent::CloseRequested { .. } => app.state::<Questions>().closed_by_person(window.label()),
        WindowEvent::Focused(true) => notify::seen(app, window.label()),
        WindowEvent::Focused(false) => notify::unseen(app, window.label()),
        WindowEvent::Destroyed => destroyed(window),
        _ => {}
    }
}

/// Tidies up after a window.
fn destroyed(window: &Window) {
    let app = window.app_handle();
    notify::unseen(app, window.label());
    app.state::<Watchers>().end(window.label());
    app.state::<Questions>().gone(app, window.label());
    if window.label() == label::LAUNCHER {
        for window in app.webview_windows().values() {
            let _ = window.destroy();
        }
        app.exit(0);
    } else if let Some(id) = label::instance(window.label()) {
        if app.try_state::<Role>().is_some() {
            // Such a peer is there for this window.
            return app.exit(0);
        }
        let host = app.state::<Host>().inner().clone();
        tauri::async_runtime::spawn(async move {
            if let Err(error) = host.set_open(id, false).await {
                tracing::debug!(%id, %error, "a window closed, and it could not be noted");
            }
        });
    }
}

fn to_front(window: &WebviewWindow, token: Option<&str>) {
    if let Some(token) = token {
        accept_token(window, token.to_owned());
    }
    let shown = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
    if let Err(error) = shown {
        tracing::warn!(label = window.label(), %error, "a window cannot be brought to the front");
    }
}

/// Lets the window come to the front on a desktop that allows that only after a click (Wayland).
#[cfg(target_os = "linux")]
fn accept_token(window: &WebviewWindow, token: String) {
    use gtk::prelude::GtkWindowExt;

    let frame = window.clone();
    let accepted = window.run_on_main_thread(move || {
        if let Ok(window) = frame.gtk_window() {
            window.set_startup_id(&token);
        }
    });
    if let Err(error) = accepted {
        tracing::debug!(%error, "a window gets no token");
    }
}

#[cfg(not(target_os = "linux"))]
fn accept_token(_window: &WebviewWindow, _token: String) {}

/// `App name · instance label`, or the name alone where the person gave no label of their own.
pub(crate) fn title(instance: &Instance) -> String {
    let name = &instance.app.name;
    let title = if instance.label == *name { name.clone() } else { format!("{name} · {}", instance.label) };
    let title = plain(&title);
    // What is the host's own begins like that: its windows, its questions, its notifications.
    if title.trim_start().to_lowercase().starts_with(OWN) { format!("App: {title}") } else { title }
}

/// The beginning that no app's title can have.
const OWN: &str = "mutiny";

/// A name without characters that would turn around or hide what stands beside it.
pub(crate) fn plain(name: &str) -> String {
    name.chars().filter(|c| !disturbs(*c)).collect()
}

/// Characters that would turn around or hide what stands beside them.
pub(crate) fn disturbs(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use mutiny_core::view::{Accepts, App};

    use super::*;

    fn titled(name: &str, label: &str) -> String {
        title(&Instance {
            id: Uuid::nil(),
            app: App {
                id: "org.example.chat".into(),
                name: name.into(),
                version: "1.0.0".into(),
                description: None,
                hash: "sha256-00".into(),
                accepts: Accepts::default(),
                permissions: Vec::new(),
            },
            label: label.into(),
            folder: Some("/apps/chat".into()),
            previous_version: None,
            unread: 0,
            waiting: 0,
            open: false,
            crashed: false,
            last_active: 0,
            problem: None,
        })
    }

    #[test]
    fn a_title_names_the_app_and_what_the_person_calls_it() {
        assert_eq!(titled("Chat", "Family"), "Chat · Family");
    }

    #[test]
    fn a_label_that_only_repeats_the_name_is_left_out() {
        assert_eq!(titled("Chat", "Chat"), "Chat");
    }

    #[test]
    fn a_name_cannot_pretend_to_be_more_than_a_name() {
        assert_eq!(titled("Chat\u{202e}\n", "Family"), "Chat · Family");
    }

    #[test]
    fn no_app_is_called_what_the_host_is_called() {
        assert_eq!(titled("Mutiny", "Mutiny"), "App: Mutiny");
        assert_eq!(titled(" \u{202e}MUTINY · Invitation", "x"), "App:  MUTINY · Invitation · x");
    }

    #[test]
    fn names_in_any_script_stay_whole() {
        assert_eq!(titled("דיבורים", "משפחה"), "דיבורים · משפחה");
    }
}
