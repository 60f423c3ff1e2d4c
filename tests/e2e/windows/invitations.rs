//! Invitations that are answered in every way there is.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;
use tempfile::TempDir;

use crate::harness::{Host, choose_in_dialog, friends};

/// Ana has asked Ben to connect in the chat, and Ben has the chat.
fn ben_is_invited() -> (Host, Host) {
    let (ana, ben) = friends();
    ana.open_chat().invite("Ben");
    ben.open("apps/chat");
    ben.launcher().go_to("Invitations").page().shows("heading", "Ana invites you to Chat");
    (ana, ben)
}

#[test]
fn declined_it_is_kept_among_the_answered_and_the_inviter_is_not_told() {
    let (ana, ben) = ben_is_invited();
    let launcher = ben.launcher();
    let page = launcher.page();
    page.click("button", "Decline Chat from Ana").shows("heading", "All answered");
    page.within("region", "Answered").says("Chat from Ana").says("Declined");
    ana.chat().page().says("Waiting for Ben to accept");
    ben.kill_9();
    ben.start();
    launcher.go_to("Invitations").page().shows("heading", "All answered").says("Declined");
}

#[test]
fn it_survives_a_restart_and_is_accepted_with_a_new_instance() {
    let (ana, ben) = ben_is_invited();
    ben.kill_9();
    ben.start();
    let launcher = ben.launcher();
    let page = launcher.go_to("Invitations").page();
    page.shows("heading", "Ana invites you to Chat");
    page.click("radio", "A new instance of Chat").click("button", "Accept Chat from Ana");
    page.says("Chat 2 now talks with Ana").within("region", "Answered").says("Accepted with Chat 2");
    page.within("region", "Answered").click("button", "Open Chat 2");
    let of_ben = ben.chat();
    of_ben.choose("Ana").talks_with("Ana").say("From the second one").sees_delivered("From the second one");
    ana.chat().talks_with("Ben").sees("From the second one");
    page.within("region", "Answered").shows("button", "Show Chat 2");
}

#[test]
fn whoever_invites_can_be_blocked_there_and_that_be_undone() {
    let (ana, ben) = ben_is_invited();
    let launcher = ben.launcher();
    let page = launcher.page();
    page.click("button", "Block Ana").says("Ana is blocked.").shows("heading", "No invitations yet");
    page.picture("invitations-blocked");
    ana.launcher().sees_offline("Ben");
    page.click("button", "Undo").shows("heading", "Ana invites you to Chat");
    ana.launcher().sees_online("Ben");

    // For good, it is in the list of people.
    launcher.go_to("Invitations").page().click("button", "Block Ana").says("Ana is blocked.");
    launcher.go_to("People").page().within("listitem", "Ana").says("Blocked");
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

/// A version of an app that does nothing.
fn notes(folder: &TempDir, version: &str) -> PathBuf {
    let app = folder.path().join(version);
    fs::create_dir(&app).expect("a folder");
    let manifest = json!({ "id": "org.example.notes", "name": "Notes", "version": version });
    fs::write(app.join("mutiny.json"), manifest.to_string()).expect("a manifest");
    fs::write(app.join("index.html"), "<!doctype html><title>Notes</title><h1>Notes</h1>").expect("a page");
    app
}

#[test]
fn an_app_that_came_along_need_not_come_from_the_inviter() {
    let (ana, ben) = friends();
    ana.open_chat().invite("Ben");
    let card = ben.launcher().go_to("Invitations").page().within("article", "Ana invites you to Chat");
    card.says("It came with Mutiny").shows("button", "Get Chat from Ana").picture("invitations-came-along");
    card.click("button", "Add and open Chat with Ana");
    ben.chat().choose("Ana").talks_with("Ana").say("Mine was here.").sees_delivered("Mine was here.");
    ana.chat().talks_with("Ben").sees("Mine was here.");
}

/// Ana has asked Ben to connect in an app that he does not have.
#[track_caller]
fn invited_to_notes(folder: &TempDir) -> (Host, Host) {
    let (ana, ben) = friends();
    ana.open(text(&notes(folder, "1.0.0")));
    let id = ben.launcher().id();
    ana.app().asks(&format!("await mutiny.invite('{id}')")).expect("invited");
    ben.launcher().go_to("Invitations").page().shows("heading", "Ana invites you to Notes");
    (ana, ben)
}

#[test]
fn a_folder_of_one_s_own_is_as_good_as_the_inviter_s_app() {
    let folder = TempDir::new().expect("a temporary folder");
    let (ana, ben) = invited_to_notes(&folder);
    let launcher = ben.launcher();
    let page = launcher.page();
    page.click("button", "Choose folder and accept Notes from Ana");
    choose_in_dialog("Choose an app's folder", text(&notes(&folder, "1.1.0")));
    page.says("Notes now talks with Ana").within("region", "Answered").says("Accepted with Notes");
    learns(&ana, "Ben", "1.1.0");
}

#[test]
fn a_package_file_is_as_good_as_the_inviter_s_app() {
    let folder = TempDir::new().expect("a temporary folder");
    let (ana, ben) = invited_to_notes(&folder);
    let package = folder.path().join("notes.zip");
    mutiny_core::pack(&notes(&folder, "1.2.0"), &package).expect("a package");
    let launcher = ben.launcher();
    let page = launcher.page();
    page.click("button", "Choose package and accept Notes from Ana");
    choose_in_dialog("Choose an app's package file", text(&package));
    page.says("Notes now talks with Ana").within("region", "Answered").says("Accepted with Notes");
    learns(&ana, "Ben", "1.2.0");
    // It was taken into the profile: the file is not needed any more.
    fs::remove_file(&package).expect("removed");
    page.within("region", "Answered").click("button", "Open Notes");
    ben.app().shows("heading", "Notes");
}

#[test]
fn accepted_while_the_inviter_is_away_the_answer_reaches_them_when_they_are_back() {
    let (ana, ben) = ben_is_invited();
    ana.terminate();
    ben.launcher().sees_offline("Ana").accept_invitation_to("Chat", "Ana");
    let of_ben = ben.chat();
    of_ben.choose("Ana").talks_with("Ana").say("Where are you?").sees_waiting("Where are you?", "Ana");

    ana.start();
    ana.launcher().open("Chat");
    ana.chat().choose("Ben").talks_with("Ben").sees("Where are you?");
    of_ben.sees_delivered("Where are you?");
}

#[test]
fn two_versions_of_an_app_are_seen_to_differ_on_both_sides() {
    let folder = TempDir::new().expect("a temporary folder");
    let (ana, ben) = friends();
    for (host, version) in [(&ana, "1.0.0"), (&ben, "1.3.0")] {
        host.open(text(&notes(&folder, version)));
        host.app().shows("heading", "Notes");
    }
    let id = ben.app().asks("return (await mutiny.peer).id").expect("an id");
    ana.app().asks(&format!("return mutiny.invite({id})")).expect("invited");
    let launcher = ben.launcher();
    launcher
        .go_to("Invitations")
        .page()
        .within("article", "Ana invites you to Notes")
        .says("Version 1.0.0, you have 1.3.0");
    launcher.accept_invitation_to("Notes", "Ana");
    learns(&ben, "Ana", "1.0.0");
    learns(&ana, "Ben", "1.3.0");

    // What changes later is learned, too, and without anybody's asking.
    launcher.choose_for("Notes", "Update from a folder");
    choose_in_dialog("Choose an app's folder", text(&notes(&folder, "1.4.0")));
    launcher.page().says("Notes is version 1.4.0 now.");
    learns(&ana, "Ben", "1.4.0");
}

/// Waits until an app, and its person, know which version the other side has.
#[track_caller]
fn learns(host: &Host, other: &str, version: &str) {
    host.app().until(
        "learn the other version",
        "return mutiny.invitations().then(([it]) => it?.version === arguments[0])",
        json!([version]),
    );
    let launcher = host.launcher();
    let details = launcher.choose_for("Notes", "Details").page().within("dialog", "Notes");
    details.says(other).says(&format!("has version {version}"));
    details.click("button", "Close");
}
