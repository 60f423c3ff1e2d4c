//! An app that keeps everybody busy: only its own window may suffer.

use std::time::Duration;

use serde_json::Value;

use super::scene::Scene;
use crate::harness::{picture_of_display, skipped, window};

/// How long the launcher is used meanwhile.
const A_WHILE: Duration = Duration::from_secs(5);

/// What a storm has counted of something.
fn count(counts: &Value, storm: &str, what: &str) -> u64 {
    counts[storm][what].as_u64().unwrap_or(0)
}

/// A thousand messages a second are due by the page's own clock, and are asked for, a hundred unanswered at most. What a slow
/// machine keeps the page from, it still owes and makes up for without a pause: that is as many as there can be, and is said.
#[test]
fn the_launcher_answers_while_an_app_sends_a_thousand_messages_a_second() {
    let scene = Scene::new();
    let launcher = scene.launcher();
    let hostile = scene.open_idle_app();
    hostile.storms("messages");
    launcher.answers_for(A_WHILE);
    let (before, unread) = (hostile.counts(), launcher.unread_of(hostile.id()));
    launcher.answers_for(A_WHILE);
    let after = hostile.counts();
    assert!(launcher.unread_of(hostile.id()) > unread, "nothing came of it");

    let more = |what| (count(&after, "messages", what) - count(&before, "messages", what)) as f64;
    let seconds = (after["now"].as_f64().expect("a time") - before["now"].as_f64().expect("a time")) / 1000.0;
    let (due, asked) = (more("due") / seconds, more("tried") / seconds);
    assert!(due > 999.0, "{due} a second: {before:#} {after:#}");
    assert!(asked > 100.0 && more("stored") > 0.0, "{asked} a second: {before:#} {after:#}");
    if asked < 0.95 * due {
        skipped("an app asks for a thousand messages a second", &format!("this machine let it ask for {asked:.0}"));
    }
}

#[test]
fn a_page_that_leaves_nobody_else_a_turn_is_stopped_and_can_be_started_again() {
    let scene = Scene::new();
    let (hostile, page) = scene.open_idle_app_and_its_page();
    hostile.storms("flood");
    window::appears("Hostile app stopped working");
    picture_of_display("shell-stopped-dialog");
    scene.host().is_rid_of(&page);
    // The web engine ends what drives its pages with the first page that it is told to end.
    scene.host().drive_anew();
    scene.launcher().answers_for(A_WHILE);
    // The dialog's own button, by the key that stands for it.
    let manager = window::Manager::start();
    manager.press("Return", "Hostile app stopped working");
    hostile.is_ready();
}

#[test]
fn the_launcher_answers_while_an_app_storms() {
    let scene = Scene::new();
    let launcher = scene.launcher();
    let hostile = scene.open_idle_app();
    for storm in ["commands", "titles", "windows"] {
        hostile.storms(storm);
    }
    launcher.answers_for(A_WHILE);
    // All of them raged, and went on while the launcher was used.
    let before = hostile.counts();
    launcher.answers_for(A_WHILE);
    let after = hostile.counts();
    for (storm, came) in [("commands", "answered"), ("titles", "tried"), ("windows", "refused")] {
        let (first, second) = (count(&before, storm, "tried"), count(&after, storm, "tried"));
        assert!(first > 100 && second > first, "{storm}: {before:#} {after:#}");
        assert!(count(&after, storm, came) > 0, "{storm}: {after:#}");
    }
    assert!(count(&after, "commands", "refused") > 0, "{after:#}");
    assert_eq!((count(&after, "commands", "let through"), count(&after, "windows", "opened")), (0, 0), "{after:#}");
    assert_eq!(hostile.titles_of_windows(), ["Hostile app"]);
}

#[test]
fn the_launcher_answers_while_an_app_shows_dialog_after_dialog() {
    let scene = Scene::new();
    let launcher = scene.launcher();
    let hostile = scene.open_idle_app();
    hostile.storms("dialogs");
    launcher.answers_for(A_WHILE);
    // It spoke until the first dialog, and is held by it ever since: no driver gets an answer from its page.
    let before = launcher.unread_of(hostile.id());
    assert!(before > 0, "it never began");
    launcher.answers_for(A_WHILE);
    assert_eq!(launcher.unread_of(hostile.id()), before);
}

#[test]
fn the_launcher_answers_while_an_app_computes_and_closes_it_all_the_same() {
    let scene = Scene::new();
    let launcher = scene.launcher();
    let (hostile, page) = scene.open_idle_app_and_its_page();
    hostile.storms("spin");
    let computed = scene.host().computed_by(&page);
    launcher.answers_for(A_WHILE);
    let more = scene.host().computed_by(&page) - computed;
    assert!(more > A_WHILE / 5, "it computed for {more:?} only");
    hostile.closes();
    scene.host().is_rid_of(&page);
}

#[test]
fn a_page_that_storms_goes_with_its_window() {
    let scene = Scene::new();
    let (hostile, page) = scene.open_idle_app_and_its_page();
    hostile.storms("messages");
    hostile.storms("commands");
    hostile.closes();
    scene.host().is_rid_of(&page);
}

#[test]
fn a_page_that_computes_goes_with_the_program() {
    let scene = Scene::new();
    let (hostile, page) = scene.open_idle_app_and_its_page();
    hostile.storms("spin");
    let status = scene.host().terminate();
    assert_eq!(status.code(), Some(0), "{status}");
    scene.host().is_rid_of(&page);
}
