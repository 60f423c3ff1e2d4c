//! The program on the person's desktop: its icon in the tray, its notifications, its place in the session.

mod crash;
mod notifications;
mod reload;
mod session;
mod tray;

use std::fs;

use tempfile::TempDir;

use crate::harness::{Host, Page};

/// The page of an app called `notes`, newly opened: it leaves its inbox alone.
#[track_caller]
fn notes<'h>(host: &'h Host, folder: &TempDir) -> Page<'h> {
    let notes = folder.path().join("notes");
    fs::create_dir(&notes).expect("a folder");
    fs::write(notes.join("index.html"), "<!doctype html><title>Mutiny</title><h1>Notes</h1>").expect("a page");
    host.open(notes.to_str().expect("a path in UTF-8"));
    let page = host.app();
    page.shows("heading", "Notes");
    // Whom it invites may send to it: in these tests, it sends to itself.
    page.asks("await mutiny.invite((await mutiny.peer).id)").expect("invited");
    page
}
