//! The program in the person's session: what it remembers of windows, contact links that were clicked, the start with the
//! session, and the end of it.

use std::fs;

use crate::harness::window::Manager;
use crate::harness::{Host, Tray, poll, window};

#[test]
fn a_contact_link_from_outside_asks_before_anybody_is_added() {
    let (ana, ben) = (Host::started("ana"), Host::started("ben"));
    ben.launcher().set_name("Ben");
    let link = ben.launcher().contact_link();
    assert!(ana.tell(&[&link]).status.success());
    let page = ana.launcher();
    let dialog = page.page().within("dialog", "Add Ben?");
    dialog.says("Ben");
    page.page().picture("shell-contact-link");
    dialog.click("button", "Not now");
    page.page().lacks("dialog", "Add Ben?").says("Nobody here yet");

    assert!(ana.tell(&[&link]).status.success());
    dialog.click("button", "Add");
    page.sees_online("Ben");
}

#[test]
fn a_contact_link_that_is_clicked_in_another_program_is_brought_by_the_desktop() {
    let (ana, ben) = (Host::new("ana"), Host::started("ben"));
    ben.launcher().set_name("Ben & Söhne");
    let link = ben.launcher().contact_link();
    ana.start();
    ana.is_installed();
    ana.clicks_elsewhere(&link);
    let launcher = ana.launcher();
    launcher.page().within("dialog", "Add Ben & Söhne?").click("button", "Add");
    launcher.sees_online("Ben & Söhne");
}

#[test]
fn a_contact_link_can_start_the_program() {
    let ben = Host::started("ben");
    ben.launcher().set_name("Ben");
    let link = ben.launcher().contact_link();
    let ana = Host::new("ana");
    ana.start_with(&[&link]);
    ana.launcher().page().shows("dialog", "Add Ben?");
}

#[test]
fn a_second_start_brings_the_launcher_to_the_front() {
    let manager = Manager::start();
    let ana = Host::started("ana");
    ana.open("apps/whiteboard");
    window::appears("Whiteboard");
    manager.focus("Whiteboard");
    assert!(ana.tell(&[]).status.success());
    manager.focuses("Mutiny");

    // An app that is open already is brought to the front the same way.
    ana.open("apps/whiteboard");
    manager.focuses("Whiteboard");
}

#[test]
fn windows_open_where_they_were() {
    let ana = Host::started("ana");
    let manager = Manager::start();
    let before = ana.launcher().page().placed_at(200, 150, 700, 500);
    drop(manager);
    assert!(ana.terminate().success());
    let _manager = Manager::start();
    ana.start();
    ana.launcher().page().is_placed_at(&before);
}

#[test]
fn an_app_s_window_opens_where_it_was_and_as_large() {
    let ana = Host::started("ana");
    ana.open("apps/ping");
    let manager = Manager::start();
    let before = ana.app().placed_at(240, 160, 640, 480);
    drop(manager);
    assert!(ana.terminate().success());
    let _manager = Manager::start();
    ana.start();
    ana.launcher().open("Ping");
    ana.app().is_placed_at(&before);
}

#[test]
fn a_window_that_was_on_a_screen_that_is_gone_opens_on_one_that_is_there() {
    let ana = Host::started("ana");
    assert!(ana.terminate().success());
    let file = ana.file("windows.json");
    let known = fs::read_to_string(&file).expect("what was remembered");
    let mut known: serde_json::Value = serde_json::from_str(&known).expect("JSON");
    known["launcher"]["x"] = (-9000).into();
    known["launcher"]["y"] = (-9000).into();
    fs::write(&file, known.to_string()).expect("a place that is gone");
    let _manager = Manager::start();
    ana.start();
    let there = ana.launcher().page().placed();
    let on_display = |at: &str, size: i64| there[at].as_i64().is_some_and(|at| (0..size).contains(&at));
    assert!(on_display("x", 1920) && on_display("y", 1080), "{there}");
}

#[test]
fn it_starts_with_the_session_once_that_is_wanted() {
    let _tray = Tray::shown();
    let ana = Host::started("ana");
    ana.launcher().go_to("Settings").page().click("switch", "Start when you log in");
    let entry = poll(|| ana.session_entry().ok_or_else(|| "no entry in the session".to_owned()));
    let entry = entry.unwrap_or_else(|why| panic!("{why}"));
    assert!(entry.contains("--hidden --profile ana"), "{entry}");
    ana.launcher().page().click("switch", "Start when you log in");
    let gone = poll(|| ana.session_entry().map_or(Ok(()), |_| Err("the entry is still there".to_owned())));
    gone.unwrap_or_else(|why| panic!("{why}"));
}

#[test]
fn what_is_switched_off_stays_off() {
    let _tray = Tray::shown();
    let ana = Host::started("ana");
    let launcher = ana.launcher();
    launcher.go_to("Settings").page().click("switch", "Keep running when the window is closed");
    launcher.page().shows("region", "This computer").picture("shell-settings");
    window::close("Mutiny");
    assert!(ana.ends_by_itself().success());
    ana.start();
    ana.launcher().go_to("Settings");
    window::close("Mutiny");
    assert!(ana.ends_by_itself().success());
}

#[test]
fn the_system_can_end_it_while_it_starts() {
    let ana = Host::new("ana");
    for _ in 0..3 {
        let status = ana.ended_while_starting();
        assert_eq!(status.code(), Some(0), "{status}");
    }
}

#[test]
fn the_log_is_in_the_profile_and_says_how_long_the_start_took() {
    let ana = Host::started("ana");
    let usable = poll(|| match fs::read_to_string(ana.file("mutiny.log")).map_err(|error| error.to_string())? {
        log if log.contains("the launcher can be used milliseconds=") => Ok(()),
        log => Err(log),
    });
    usable.unwrap_or_else(|log| panic!("{log}"));
    assert!(ana.terminate().success());
    let log = fs::read_to_string(ana.file("mutiny.log")).expect("a log");
    assert!(log.contains("started") && log.contains("ended"), "{log}");
}
