//! Contact links that come from outside: a `mutiny:` link that was clicked somewhere, or typed into a terminal.
//!
//! The desktop starts `mutiny LINK` for them, as the bundle's `.desktop` file says (`plugins.deep-link` in `tauri.conf.json`,
//! which the bundler reads). That is all that Tauri's deep-link plugin does on Linux, and it would tell every page besides.

use std::sync::{Mutex, PoisonError};

use tauri::{AppHandle, Emitter, Manager};

use crate::{label, windows};

/// The event that makes the launcher ask for the link. It has no content: events can be missed, and links must not.
const CAME: &str = "contact-link";

/// A link that waits for the launcher's page to ask for it.
#[derive(Default)]
pub(crate) struct Waiting(Mutex<Option<String>>);

/// Shows the launcher, which asks the person whether to add whom the link names.
pub(crate) fn meet(app: &AppHandle, link: String) {
    *app.state::<Waiting>().0.lock().unwrap_or_else(PoisonError::into_inner) = Some(link);
    if let Err(error) = app.emit_to(label::LAUNCHER, CAME, ()) {
        tracing::warn!(%error, "the launcher does not hear of a contact link");
    }
    windows::show_view(app, "people", None);
}

/// The link that came last, once.
pub(crate) fn take(app: &AppHandle) -> Option<String> {
    app.state::<Waiting>().0.lock().unwrap_or_else(PoisonError::into_inner).take()
}
