//! A page that stops working: the host says so, keeps what arrives, and starts it anew.

use tempfile::TempDir;

use super::notes;
use crate::harness::{Host, picture_of_display, window};

#[test]
fn a_page_that_crashed_is_restarted_from_the_launcher() {
    let ana = Host::started("ana");
    let folder = TempDir::new().expect("a temporary folder");
    let before = ana.page_processes();
    let notes = notes(&ana, &folder);
    notes.asks("return mutiny.send(await mutiny.instance, 'kept')").expect("sent");
    ana.kill_pages(&(&ana.page_processes() - &before));

    let launcher = ana.launcher();
    launcher.go_to("Apps").page().within("article", "notes").says("notes stopped working");
    launcher.page().picture("shell-crashed-card");
    window::appears("notes stopped working");
    picture_of_display("shell-crashed-dialog");
    launcher.page().click("button", "Restart notes");
    launcher.page().lacks("button", "Restart notes");
    assert!(!window::is_there("notes stopped working"));

    let notes = ana.app();
    notes.shows("heading", "Notes");
    let entry = notes.asks("return mutiny.read()").expect("an entry");
    assert_eq!(entry["data"], "kept", "{entry}");
}

#[test]
fn a_page_that_crashed_is_restarted_from_the_dialog_over_its_window() {
    let ana = Host::started("ana");
    let folder = TempDir::new().expect("a temporary folder");
    let before = ana.page_processes();
    let _notes = notes(&ana, &folder);
    ana.kill_pages(&(&ana.page_processes() - &before));
    ana.launcher().go_to("Apps").page().shows("button", "Restart notes");
    // The dialog's own button, by the key that stands for it.
    let manager = window::Manager::start();
    manager.press("Return", "notes stopped working");
    ana.launcher().page().lacks("button", "Restart notes");
    ana.app().shows("heading", "Notes");
}

#[test]
fn the_launcher_comes_back_by_itself() {
    let ana = Host::started("ana");
    ana.launcher().go_to("People");
    ana.kill_pages(&ana.page_processes());
    ana.launcher().page().shows("heading", "People");
    ana.launcher().go_to("Apps");
}
