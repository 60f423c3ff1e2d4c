//! Dialogs on Linux, all on the main thread, as GTK wants it.

use std::cell::Cell;
use std::path::PathBuf;

use gtk::prelude::{DialogExt, FileChooserExt, GtkWindowExt, NativeDialogExt, WidgetExt};
use gtk::{
    ApplicationWindow, ButtonsType, DialogFlags, FileChooserAction, FileChooserNative, FileFilter, MessageDialog,
    MessageType, ResponseType,
};
use tauri::WebviewWindow;
use tokio::sync::oneshot::Sender;

use super::{COMPLAINT, Choice, PACKAGES};

pub(super) fn pick(parent: &WebviewWindow, choice: Choice, answer: Sender<Option<PathBuf>>) {
    let parent = parent.gtk_window().ok();
    let action = match choice {
        Choice::Folder => FileChooserAction::SelectFolder,
        Choice::Package => FileChooserAction::Open,
    };
    let dialog = FileChooserNative::new(Some(choice.title()), parent.as_ref(), action, Some("Choose"), Some("Cancel"));
    // Rather than in the list of recent files, which holds no folders.
    dialog.set_current_folder(gtk::glib::home_dir());
    if choice == Choice::Package {
        let filter = FileFilter::new();
        filter.set_name(Some(PACKAGES.0));
        filter.add_pattern(&format!("*.{}", PACKAGES.1));
        dialog.add_filter(filter);
    }
    ask(&dialog, answer);
}

pub(super) fn pick_place(parent: &WebviewWindow, title: &str, name: &str, answer: Sender<Option<PathBuf>>) {
    let parent = parent.gtk_window().ok();
    let action = FileChooserAction::Save;
    let dialog = FileChooserNative::new(Some(title), parent.as_ref(), action, Some("Save"), Some("Cancel"));
    let downloads = gtk::glib::user_special_dir(gtk::glib::UserDirectory::Downloads);
    dialog.set_current_folder(downloads.unwrap_or_else(gtk::glib::home_dir));
    dialog.set_current_name(name);
    dialog.set_do_overwrite_confirmation(true);
    dialog.set_modal(true);
    ask(&dialog, answer);
}

fn ask(dialog: &FileChooserNative, answer: Sender<Option<PathBuf>>) {
    // Nobody else owns a native dialog while it is shown: it holds on to itself until it is answered.
    let shown = Cell::new(Some((dialog.clone(), answer)));
    dialog.connect_response(move |dialog, response| {
        if let Some((_, answer)) = shown.take() {
            let chosen = (response == ResponseType::Accept).then(|| dialog.filename()).flatten();
            // Fails when the page that asked is gone.
            let _ = answer.send(chosen);
            dialog.destroy();
        }
    });
    dialog.show();
}

pub(super) fn complain(parent: Option<&WebviewWindow>, sentence: &str) {
    let parent = parent.and_then(|parent| parent.gtk_window().ok());
    let dialog = message(parent.as_ref(), MessageType::Warning, sentence);
    dialog.connect_response(|dialog, _| dialog.close());
    dialog.show();
}

/// Waits for the person. The event loop has not begun or is over; this brings its own.
pub(super) fn last_words(sentence: &str) {
    message(None, MessageType::Error, sentence).run();
}

fn message(parent: Option<&ApplicationWindow>, kind: MessageType, sentence: &str) -> MessageDialog {
    let dialog = MessageDialog::new(parent, DialogFlags::empty(), kind, ButtonsType::Close, sentence);
    dialog.set_title(COMPLAINT);
    dialog
}
