//! Pages that stop working: the web engine runs each in a process of its own, and such a process can die.

use mutiny_core::Host;
use tauri::{AppHandle, Manager};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::label;

#[cfg(target_os = "linux")]
pub(crate) use self::linux::watch;

/// Elsewhere the engine starts its processes anew by itself.
#[cfg(not(target_os = "linux"))]
pub(crate) fn watch(_window: &tauri::WebviewWindow) -> tauri::Result<()> {
    Ok(())
}

/// Loads the page of an instance's window anew, in a new process.
pub(crate) fn restart(app: &AppHandle, id: Uuid) -> Result<()> {
    let Some(window) = app.get_webview_window(&label::of(id)) else { return Ok(()) };
    let host = app.state::<Host>().inner().clone();
    let restarted = window.clone().run_on_main_thread(move || {
        #[cfg(target_os = "linux")]
        linux::end_dialog(window.label());
        match window.reload() {
            Ok(()) => host.set_crashed(id, false),
            Err(error) => tracing::warn!(%id, %error, "a page cannot be loaded anew"),
        }
    });
    restarted.map_err(Error::Window)
}

#[cfg(target_os = "linux")]
mod linux {
    use std::cell::{Cell, RefCell};
    use std::collections::HashMap;
    use std::time::{Duration, Instant};

    use gtk::glib::WeakRef;
    use gtk::prelude::{DialogExt, DialogExtManual, GtkWindowExt, MessageDialogExt, ObjectExt, WidgetExt};
    use gtk::{ButtonsType, DialogFlags, MessageDialog, MessageType, ResponseType};
    use mutiny_core::Host;
    use tauri::{AppHandle, Manager, WebviewWindow};
    use uuid::Uuid;
    use webkit2gtk::{WebProcessTerminationReason, WebViewExt};

    use crate::label;

    /// A launcher that dies again within this time would do so for ever.
    const RECOVERY: Duration = Duration::from_secs(10);

    /// Why `walls::turns` ends the process of a page.
    const STOPPED: &str = "It kept Mutiny so busy that nothing else got a turn, and was stopped";

    thread_local! {
        /// The dialogs that offer to restart, by window; all on the main thread.
        static DIALOGS: RefCell<HashMap<String, WeakRef<MessageDialog>>> = RefCell::default();
    }

    /// Notices when the process of a window's page dies.
    pub(crate) fn watch(window: &WebviewWindow) -> tauri::Result<()> {
        let frame = window.clone();
        window.with_webview(move |webview| {
            let last = Cell::new(None);
            webview.inner().connect_web_process_terminated(move |_, reason| {
                let because = match reason {
                    WebProcessTerminationReason::Crashed => "It crashed",
                    WebProcessTerminationReason::ExceededMemoryLimit => "It used too much memory",
                    // Nothing else in this program ends one.
                    WebProcessTerminationReason::TerminatedByApi => STOPPED,
                    _ => return,
                };
                tracing::warn!(window = frame.label(), because, "a page stopped working");
                match label::instance(frame.label()) {
                    Some(id) => offer(&frame, id, because),
                    None => revive(&frame, last.replace(Some(Instant::now()))),
                }
            });
        })
    }

    /// The launcher comes back by itself: it holds nothing that the host does not.
    fn revive(launcher: &WebviewWindow, last: Option<Instant>) {
        if last.is_some_and(|last| last.elapsed() < RECOVERY) {
            tracing::error!("the launcher keeps crashing, and is left as it is; start Mutiny again");
        } else if let Err(error) = launcher.reload() {
            tracing::error!(%error, "the launcher cannot be loaded anew; start Mutiny again");
        }
    }

    /// Asks in a dialog of the host's over the window, since nothing of the app is left to ask in.
    fn offer(window: &WebviewWindow, id: Uuid, because: &str) {
        let app = window.app_handle();
        app.state::<Host>().set_crashed(id, true);
        let (Ok(parent), Ok(title)) = (window.gtk_window(), window.title()) else { return };
        let heading = format!("{title} stopped working");
        let flags = DialogFlags::DESTROY_WITH_PARENT;
        // A name of another direction stays within the sentence, and does not turn it around: the toolkit takes the direction
        // from the first letter, also where that stands in an isolate.
        let shown = format!("\u{200e}\u{2068}{title}\u{2069} stopped working");
        let dialog = MessageDialog::new(Some(&parent), flags, MessageType::Warning, ButtonsType::None, &shown);
        let sentence = format!("{because}. Its messages are safe, and wait until it runs again.");
        dialog.set_secondary_text(Some(&sentence));
        dialog.set_title(&heading);
        dialog.add_buttons(&[("Close", ResponseType::Close), ("Restart", ResponseType::Accept)]);
        dialog.set_default_response(ResponseType::Accept);
        let (handle, frame) = (app.clone(), window.clone());
        dialog.connect_response(move |_, response| answered(&handle, &frame, id, response));
        end_dialog(window.label());
        DIALOGS.with_borrow_mut(|dialogs| dialogs.insert(window.label().to_owned(), dialog.downgrade()));
        dialog.show();
    }

    fn answered(app: &AppHandle, window: &WebviewWindow, id: Uuid, response: ResponseType) {
        // Closing the dialog from here answers it once more.
        if !end_dialog(window.label()) {
            return;
        }
        let done = match response {
            ResponseType::Accept => super::restart(app, id),
            _ => window.destroy().map_err(crate::error::Error::Window),
        };
        crate::report(app, done);
    }

    /// Takes a window's dialog away, if it has one.
    pub(super) fn end_dialog(window: &str) -> bool {
        let Some(dialog) = DIALOGS.with_borrow_mut(|dialogs| dialogs.remove(window)) else { return false };
        if let Some(dialog) = dialog.upgrade() {
            dialog.close();
        }
        true
    }
}
