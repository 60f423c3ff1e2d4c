//! The window of a question: above the app's window, and in the way of that one alone.

use mutiny_core::Host;
use mutiny_core::view::Question;
use tauri::{AppHandle, Manager, WebviewUrl, WebviewWindow, WebviewWindowBuilder};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::windows::{self, WebStorage};
use crate::{label, walls};

/// Opens it.
pub(super) async fn open(app: &AppHandle, label: &str, instance: Uuid, question: Question) -> Result<()> {
    // It carries the app's name, so that it cannot be taken for the question of another.
    let title = format!("Mutiny · {}", windows::title(&app.state::<Host>().instance(instance).await?));
    let label = label.to_owned();
    let built = move |app: &AppHandle| {
        let parent = app.get_webview_window(&label::of(instance)).ok_or(tauri::Error::WindowNotFound)?;
        build(app, &label, &title, &parent, question)
    };
    windows::in_one_go(app, built).await.map_err(Error::Window)
}

/// Takes it away, if it is still there.
pub(super) fn close(app: &AppHandle, label: &str) {
    if let Some(window) = app.get_webview_window(label)
        && let Err(error) = window.destroy()
    {
        tracing::warn!(label, %error, "a question cannot be closed");
    }
}

fn build(app: &AppHandle, label: &str, title: &str, parent: &WebviewWindow, question: Question) -> tauri::Result<()> {
    let (width, height) = match question {
        Question::Permission { .. } => (460.0, 340.0),
        Question::Invite => (460.0, 560.0),
    };
    let builder = WebviewWindowBuilder::new(app, label, WebviewUrl::App("ask.html".into()))
        .title(title)
        .inner_size(width, height)
        .min_inner_size(300.0, 260.0)
        .maximizable(false)
        .minimizable(false)
        .skip_taskbar(true)
        .center()
        // Shown when it stands where it belongs.
        .visible(false)
        .data_directory(app.state::<WebStorage>().0.clone())
        .parent(parent)?;
    let window = walls::around_launcher(builder).build()?;
    walls::within(&window)?;
    stand_above(&window, parent)?;
    window.show()?;
    window.set_focus()
}

/// Puts it over the app's window, which takes no clicks and keys meanwhile. The launcher and other apps do.
#[cfg(target_os = "linux")]
fn stand_above(window: &WebviewWindow, parent: &WebviewWindow) -> tauri::Result<()> {
    use gtk::prelude::{GtkWindowExt, WindowGroupExt};

    let (own, parent) = (window.gtk_window()?, parent.gtk_window()?);
    // A window is modal to its group, and all windows of a program are one group unless told otherwise.
    let group = gtk::WindowGroup::new();
    group.add_window(&parent);
    group.add_window(&own);
    own.set_type_hint(gtk::gdk::WindowTypeHint::Dialog);
    own.set_position(gtk::WindowPosition::CenterOnParent);
    own.set_modal(true);
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn stand_above(_window: &WebviewWindow, _parent: &WebviewWindow) -> tauri::Result<()> {
    Ok(())
}
