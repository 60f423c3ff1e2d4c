//! Native dialogs: choosing a folder, a package file or a place for a file, and complaints that no window of ours can show.
//!
//! They are opened from here and not through Tauri's dialog plugin, which would hand commands and a replacement for
//! `window.alert` to every page, the apps' included.

use std::io::IsTerminal;
use std::path::PathBuf;

use tauri::{AppHandle, Manager, WebviewWindow};
use tokio::sync::oneshot;

use crate::error::{Error, Result};
use crate::label;

#[cfg_attr(target_os = "linux", path = "dialogs/gtk.rs")]
#[cfg_attr(not(target_os = "linux"), path = "dialogs/rfd.rs")]
mod native;

/// What the person chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choice {
    /// An app's folder.
    Folder,
    /// A package file.
    Package,
}

impl Choice {
    /// The title of the dialog.
    fn title(self) -> &'static str {
        match self {
            Self::Folder => "Choose an app's folder",
            Self::Package => "Choose an app's package file",
        }
    }
}

/// What package files are called in the dialog, and how their names end.
const PACKAGES: (&str, &str) = ("Apps (.zip)", "zip");

/// The title of every complaint.
const COMPLAINT: &str = "Mutiny";

/// Lets the person choose a folder; `None` when they changed their mind.
pub(crate) async fn pick_folder(parent: &WebviewWindow) -> Result<Option<String>> {
    pick(parent, Choice::Folder).await
}

/// Lets the person choose a package file; `None` when they changed their mind.
pub(crate) async fn pick_package(parent: &WebviewWindow) -> Result<Option<String>> {
    pick(parent, Choice::Package).await
}

async fn pick(parent: &WebviewWindow, choice: Choice) -> Result<Option<String>> {
    let (answer, chosen) = oneshot::channel();
    let window = parent.clone();
    parent.run_on_main_thread(move || native::pick(&window, choice, answer)).map_err(Error::Window)?;
    let Some(chosen) = chosen.await.ok().flatten() else {
        return Ok(None);
    };
    chosen.into_os_string().into_string().map(Some).map_err(|name| {
        let sentence = format!(
            "The path {} is not written in UTF-8. Rename what is on the way there, or move it to another place.",
            name.display()
        );
        mutiny_core::Error::InvalidArgument(sentence).into()
    })
}

/// Lets the person choose where something is saved; `None` when they changed their mind.
pub(crate) async fn pick_place(parent: &WebviewWindow, title: &str, name: String) -> Result<Option<PathBuf>> {
    let (answer, chosen) = oneshot::channel();
    let (window, title) = (parent.clone(), title.to_owned());
    let ask = move || native::pick_place(&window, &title, &name, answer);
    parent.run_on_main_thread(ask).map_err(Error::Window)?;
    Ok(chosen.await.ok().flatten())
}

/// Tells the person what is wrong while the program runs on.
pub(crate) fn complain(app: &AppHandle, error: &Error) {
    let sentence = error.to_string();
    tracing::warn!("{sentence}");
    let launcher = app.get_webview_window(label::LAUNCHER);
    if let Err(error) = app.run_on_main_thread(move || native::complain(launcher.as_ref(), &sentence)) {
        tracing::warn!(%error, "a dialog cannot be shown");
    }
}

/// Tells the person why the program ends, on the terminal and, where nobody reads that, in a dialog.
pub(crate) fn last_words(error: &Error) {
    eprintln!("mutiny: {error}");
    if !matches!(error, Error::NoDisplay) && !is_read() {
        native::last_words(&error.to_string());
    }
}

/// Whether somebody reads what this process writes: a person at a terminal, or a program or file that asked for it. A
/// desktop menu leaves a socket of the system's journal there, or nothing.
#[cfg(unix)]
fn is_read() -> bool {
    use std::os::unix::fs::FileTypeExt;

    std::io::stderr().is_terminal()
        || std::fs::metadata("/dev/stderr").is_ok_and(|stderr| stderr.file_type().is_fifo() || stderr.is_file())
}

#[cfg(not(unix))]
fn is_read() -> bool {
    std::io::stderr().is_terminal()
}
