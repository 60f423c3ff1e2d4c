//! Notifications: the host tells of messages for a window that nobody looks at, in its own words, and a click opens it.

use tempfile::TempDir;

use super::notes;
use crate::harness::{Host, Notifications, window};

/// Sends messages of the app to itself, and waits until they have arrived.
fn send(count: u32) -> String {
    format!(
        "const own = await mutiny.instance;
         const ids = [];
         for (let n = 0; n < {count}; n++) ids.push(await mutiny.send(own, '<b>secret</b>'));
         while ((await mutiny.status(ids.at(-1))) !== 'delivered') await new Promise((done) => setTimeout(done, 20));"
    )
}

#[test]
fn a_message_for_a_closed_window_is_told_and_a_click_opens_it() {
    let notifications = Notifications::shown();
    let ana = Host::started("ana");
    ana.launcher().set_name("Ana <b>");
    let folder = TempDir::new().expect("a temporary folder");
    // The page sends it in time, and is gone when it arrives.
    notes(&ana, &folder)
        .asks("mutiny.instance.then((own) => { mutiny.send(own, 'secret').then(() => close()) })")
        .expect("sent");
    let shown = notifications.says("notes", "New message from Ana &lt;b&gt;");
    let told = notifications.all();
    assert!(told.iter().all(|shown| !shown.body.contains("secret") && !shown.summary.contains("secret")), "{told:#?}");

    notifications.click(&shown);
    window::appears("notes");
    ana.app().shows("heading", "Notes");
}

#[test]
fn many_messages_are_one_notification() {
    let notifications = Notifications::shown();
    let ana = Host::started("ana");
    ana.launcher().set_name("Ana");
    let folder = TempDir::new().expect("a temporary folder");
    let notes = notes(&ana, &folder);
    window::Manager::start().focus("Mutiny");
    notes.asks(&send(60)).expect("sent");
    notifications.says("notes", "60 new messages from Ana");
    let told: Vec<_> = notifications.all().into_iter().filter(|shown| shown.summary == "notes").collect();
    assert!(told.len() < 6, "{told:#?}");
    assert!(told.iter().skip(1).all(|shown| shown.replaces == told[0].id), "{told:#?}");
}

#[test]
fn a_window_that_is_looked_at_needs_none_and_takes_its_own_back() {
    let notifications = Notifications::shown();
    let ana = Host::started("ana");
    ana.launcher().set_name("Ana");
    let folder = TempDir::new().expect("a temporary folder");
    let notes = notes(&ana, &folder);
    let manager = window::Manager::start();
    manager.focus("Mutiny");
    notes.asks(&send(1)).expect("sent");
    let shown = notifications.says("notes", "New message from Ana");

    manager.focus("notes");
    notifications.loses(&shown);
    notes.asks(&send(5)).expect("sent");
    // Something that does notify, and after it: by then the others would have been told.
    manager.focus("Mutiny");
    notes.asks(&send(2)).expect("sent");
    notifications.says("notes", "2 new messages from Ana");
    let told = notifications.all();
    assert!(told.iter().all(|shown| !shown.body.starts_with(['5', '6', '7'])), "{told:#?}");
}

#[test]
fn an_invitation_is_told_and_a_click_leads_to_it() {
    let notifications = Notifications::shown();
    let (ana, ben) = (Host::started("ana"), Host::started("ben"));
    ana.launcher().set_name("Ana");
    ana.launcher().add_person(&ben.launcher().contact_link());
    ben.launcher().add_person(&ana.launcher().contact_link()).set_name("Ben").sees_online("Ana");
    ana.launcher().sees_online("Ben");
    ana.open_chat().invite("Ben");
    let shown = notifications.says("Invitation", "Ana invites you to Chat");
    notifications.click(&shown);
    ben.launcher().page().shows("heading", "Ana invites you to Chat");
}
