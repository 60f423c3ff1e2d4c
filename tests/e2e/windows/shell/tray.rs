//! Closing the launcher keeps delivering where there is a tray to find it in, and ends the program where there is none.

use serde_json::json;
use tempfile::TempDir;

use super::notes;
use crate::harness::{Host, Notifications, Tray, window};

#[test]
fn closed_into_the_tray_it_goes_on_and_comes_back() {
    let (tray, notifications) = (Tray::shown(), Notifications::shown());
    let ana = Host::started("ana");
    let icon = tray.icon();
    icon.says("No new messages");

    window::close("Mutiny");
    // Where it went is said, and said once.
    notifications.says(
        "Mutiny keeps running",
        "Messages still come and go. Its icon in the tray brings it back, or ends it; Settings has a switch for this.",
    );
    icon.click();
    window::appears("Mutiny");

    window::close("Mutiny");
    icon.choose("Open Mutiny");
    window::appears("Mutiny");
    assert_eq!(notifications.all().len(), 1);

    // Started once more, as a person would who does not find the icon.
    window::close("Mutiny");
    assert!(ana.tell(&[]).status.success());
    window::appears("Mutiny");

    window::close("Mutiny");
    icon.choose("Quit Mutiny");
    assert!(ana.ends_by_itself().success());
}

#[test]
fn the_icon_counts_what_is_unread_and_opens_it() {
    let tray = Tray::shown();
    let ana = Host::started("ana");
    // An app that takes nothing out of its inbox.
    let folder = TempDir::new().expect("a temporary folder");
    let notes = notes(&ana, &folder);
    let icon = tray.icon();
    let send = "for (const n of [1, 2, 3]) await mutiny.send(await mutiny.instance, n)";
    notes.asks(send).expect("sent");
    icon.says("3 new messages");
    assert_eq!(icon.menu(), ["Open Mutiny", "notes (3)", "Quit Mutiny"]);
    let launcher = ana.launcher();
    let card = launcher.go_to("Apps").page().within("article", "notes");
    card.says("3 new");
    launcher.page().picture("shell-unread");

    window::close("notes");
    icon.choose("notes (3)");
    window::appears("notes");
    ana.app().asks("for (const n of [1, 2, 3]) await mutiny.next()").expect("taken");
    icon.says("No new messages");
    assert_eq!(icon.menu(), ["Open Mutiny", "Quit Mutiny"]);
    card.until("say of nothing new", "return !document.querySelector('article .new')", json!([]));
}

#[test]
fn closed_into_the_tray_it_takes_messages_for_apps_that_are_closed_too() {
    let tray = Tray::shown();
    let ana = Host::started("ana");
    let icon = tray.icon();
    let ben = Host::started("ben");
    ana.launcher().set_name("Ana").add_person(&ben.launcher().contact_link()).sees_online("ben");
    ana.open_chat();
    window::close("Chat");
    ben.launcher().sees_online("Ana");
    let of_ben = ben.open_chat();
    of_ben.invite("Ana");
    ana.launcher().accept_invitation_to("Chat", "ben");
    of_ben.talks_with("Ana");
    icon.says("No new messages");

    // Both close what they can: of Ana's, no window is left.
    window::close("Mutiny");
    for text in ["Are you there?", "Later, then."] {
        of_ben.say(text).sees_delivered(text);
    }
    icon.says("2 new messages");
    icon.choose("Chat (2)");
    ana.chat().choose("ben").reads(&["ben: Are you there?", "ben: Later, then."]);
    icon.says("No new messages");
}

#[test]
fn without_a_tray_closing_the_launcher_ends_the_program() {
    let ana = Host::started("ana");
    window::close("Mutiny");
    assert!(ana.ends_by_itself().success());
}

#[test]
fn a_tray_that_goes_away_gives_the_launcher_back() {
    let tray = Tray::shown();
    let _ana = Host::started("ana");
    tray.icon().says("No new messages");
    window::close("Mutiny");
    drop(tray);
    window::appears("Mutiny");
}

#[test]
fn hidden_at_the_start_it_waits_in_the_tray() {
    let tray = Tray::shown();
    let ana = Host::new("ana");
    ana.start_with(&["--hidden"]);
    let icon = tray.icon();
    icon.says("No new messages");
    assert!(!window::is_there("Mutiny"));
    icon.click();
    window::appears("Mutiny");
}

#[test]
fn hidden_at_the_start_without_a_tray_it_shows_itself_in_the_end() {
    let ana = Host::new("ana");
    ana.start_with(&["--hidden"]);
    window::appears("Mutiny");
}
