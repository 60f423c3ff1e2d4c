//! Dialogs on other systems than Linux.

use std::path::PathBuf;

use rfd::{AsyncFileDialog, AsyncMessageDialog, MessageDialog, MessageLevel};
use tauri::{WebviewWindow, async_runtime};
use tokio::sync::oneshot::Sender;

use super::{COMPLAINT, Choice, PACKAGES};

pub(super) fn pick(parent: &WebviewWindow, choice: Choice, answer: Sender<Option<PathBuf>>) {
    let dialog = AsyncFileDialog::new().set_title(choice.title()).set_parent(parent);
    async_runtime::spawn(async move {
        let chosen = match choice {
            Choice::Folder => dialog.pick_folder().await,
            Choice::Package => dialog.add_filter(PACKAGES.0, &[PACKAGES.1]).pick_file().await,
        };
        // Fails when the page that asked is gone.
        let _ = answer.send(chosen.map(|place| place.path().to_owned()));
    });
}

pub(super) fn pick_place(parent: &WebviewWindow, title: &str, name: &str, answer: Sender<Option<PathBuf>>) {
    let picking = AsyncFileDialog::new().set_title(title).set_file_name(name).set_parent(parent).save_file();
    async_runtime::spawn(async move {
        let chosen = picking.await.map(|file| file.path().to_owned());
        // Fails when the page that asked is gone.
        let _ = answer.send(chosen);
    });
}

pub(super) fn complain(parent: Option<&WebviewWindow>, sentence: &str) {
    let mut dialog =
        AsyncMessageDialog::new().set_level(MessageLevel::Warning).set_title(COMPLAINT).set_description(sentence);
    if let Some(parent) = parent {
        dialog = dialog.set_parent(parent);
    }
    async_runtime::spawn(dialog.show());
}

/// Waits for the person.
pub(super) fn last_words(sentence: &str) {
    MessageDialog::new().set_level(MessageLevel::Error).set_title(COMPLAINT).set_description(sentence).show();
}
