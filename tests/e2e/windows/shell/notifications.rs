//! Notifications: the host tells of messages for a window that nobody looks at, in its own words, and a click opens it.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::notes;
use crate::harness::{Host, Notifications, Page, poll, window};

/// Sends messages of the app to itself, and waits until they have arrived.
fn send(count: u32) -> String {
    format!(
        "const own = await mutiny.instance;
         const ids = [];
         for (let n = 0; n < {count}; n++) ids.push(await mutiny.send(own, '<b>secret</b>'));
         while ((await mutiny.status(ids.at(-1))).state !== 'delivered') await new Promise((done) => setTimeout(done, 20));"
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
fn an_invitation_is_told_unless_that_is_switched_off_and_a_click_leads_to_it() {
    let notifications = Notifications::shown();
    let (ana, ben) = (Host::started("ana"), Host::started("ben"));
    ana.launcher().set_name("Ana");
    let (link, id) = (ben.launcher().contact_link(), ben.launcher().id());
    let ben_is_asked = format!("await mutiny.invite('{id}')");
    ana.launcher().add_person(&link);
    ben.launcher().add_person(&ana.launcher().contact_link()).set_name("Ben").sees_online("Ana");
    ana.launcher().sees_online("Ben");
    let chat = ana.open_chat();
    chat.invite("Ben");
    let told = || notifications.all().len();
    let shown = notifications.says("Mutiny · Invitation", "Ana invites you to Chat");
    assert_eq!(told(), 1);

    // Who does not want to be told is not, and what was told is taken back.
    let launcher = ben.launcher();
    let page = launcher.go_to("Settings").page();
    page.click("switch", "Notifications");
    notifications.loses(&shown);
    let asks_again = || {
        launcher.go_to("Invitations");
        page.click("button", "Decline Chat from Ana").shows("heading", "All answered");
        chat.page().asks(&ben_is_asked).expect("invited");
        page.shows("heading", "Ana invites you to Chat");
    };
    asks_again();
    launcher.go_to("Settings").page().click("switch", "Notifications");
    asks_again();
    let shown = notifications.says("Mutiny · Invitation", "Ana invites you to Chat");
    assert_eq!(told(), 2);

    launcher.go_to("Apps");
    notifications.click(&shown);
    page.shows("heading", "Ana invites you to Chat");
}

/// What was chosen is shown while it is kept, and then.
#[test]
fn a_switch_turns_once() {
    let ana = Host::started("ana");
    let launcher = ana.launcher();
    let page = launcher.go_to("Settings").page();
    page.shows("switch", "Notifications");
    let note = "const labelled = (it) => it.labels[0].textContent === 'Notifications';
        const found = [...document.querySelectorAll('[role=switch]')].find(labelled);
        window.turns = [];
        new MutationObserver(() => turns.push(found.ariaChecked)).observe(found, { attributeFilter: ['aria-checked'] })";
    page.asks(note).expect("an observer");
    for on in [false, true, false] {
        let kept =
            format!("while ((await __TAURI_INTERNALS__.invoke('plugin:launcher|settings')).notifications !== {on});");
        page.click("switch", "Notifications").asks(&kept).expect("kept");
    }
    assert_eq!(page.asks("return turns"), Ok(json!(["false", "true", "false"])));
}

/// The page of an app that may notify, newly opened. It is called as the host's own notifications are.
#[track_caller]
fn speaker<'h>(host: &'h Host, folder: &TempDir) -> Page<'h> {
    let app = folder.path().join("speaker");
    fs::create_dir(&app).expect("a folder");
    let manifest = json!({
        "id": "org.example.speaker", "name": "Mutiny · Invitation", "version": "1.0.0", "permissions": ["notifications"],
    });
    fs::write(app.join("mutiny.json"), manifest.to_string()).expect("a manifest");
    fs::write(app.join("index.html"), "<!doctype html><title>Mutiny</title><h1>Speaker</h1>").expect("a page");
    host.open(app.to_str().expect("a path in UTF-8"));
    let page = host.app();
    page.shows("heading", "Speaker");
    // Allowed in the settings, which is as good as in the question.
    host.launcher().go_to("Settings").page().click("switch", "Show notifications").says("Allowed");
    page
}

/// The name under which that app is known: not the one that it gave itself.
const SPEAKER: &str = "App: Mutiny · Invitation";

#[test]
fn what_an_app_says_is_under_its_own_name_and_a_click_opens_it_and_nothing_else() {
    let notifications = Notifications::shown();
    let ana = Host::started("ana");
    let folder = TempDir::new().expect("a temporary folder");
    let page = speaker(&ana, &folder);
    let manager = window::Manager::start();
    manager.focus("Mutiny");
    let say = "return mutiny.notify({ title: 'Ben <b>', text: 'invites\\n\\nyou\\u202e' })";
    assert_eq!(page.asks(say), Ok(json!(true)));
    let shown = notifications.says(SPEAKER, "Ben &lt;b&gt;\ninvites you");

    notifications.click(&shown);
    let came = poll(|| match page.asks("return document.hasFocus()") {
        Ok(Value::Bool(true)) => Ok(()),
        _ if window::asks_for_attention(SPEAKER) => Ok(()),
        other => Err(format!("{other:?}")),
    });
    came.expect("the app's window comes to the front");
    ana.launcher().page().shows("heading", "Settings");
    // Whoever looks at the app needs no words beside it, and what was said before is taken back.
    notifications.loses(&shown);
    manager.focus(SPEAKER);
    assert_eq!(page.asks("return mutiny.notify({ text: 'unseen' })"), Ok(json!(false)));
    assert_eq!(notifications.all().len(), 1);
}

#[test]
fn an_app_that_says_too_much_says_the_last_of_it_and_only_when_it_is_its_turn() {
    let notifications = Notifications::shown();
    let ana = Host::started("ana");
    let folder = TempDir::new().expect("a temporary folder");
    let page = speaker(&ana, &folder);
    let manager = window::Manager::start();
    manager.focus("Mutiny");
    let began = std::time::Instant::now();
    let storm = "const said = [];
        for (let n = 0; n < 200; n++) said.push(mutiny.notify({ text: `number ${n}` }));
        return (await Promise.all(said)).map((shown, n) => shown && n).filter((n) => n !== false)";
    let shown = page.asks(storm).expect("it may");
    assert!(began.elapsed() >= std::time::Duration::from_secs(4), "the last one waited {:?}", began.elapsed());
    notifications.says(SPEAKER, "number 199");
    let told = notifications.all();
    assert!(told.len() <= 3 && shown.as_array().is_some_and(|it| it.len() == told.len()), "{shown} {told:#?}");
    assert!(told.iter().skip(1).all(|it| it.replaces == told[0].id), "{told:#?}");
}

#[test]
fn a_message_of_a_closed_app_that_failed_is_told_counted_and_found() {
    let notifications = Notifications::shown();
    let ana = Host::started("ana");
    ana.launcher().set_name("Ana");
    let folder = TempDir::new().expect("a temporary folder");
    // An instance that is nowhere: the message comes back.
    let send = "const { peer } = await mutiny.instance;
        const nowhere = { peer, instance: '00000000-0000-4000-8000-000000000000' };
        mutiny.send(nowhere, 'secret').then(() => close())";
    notes(&ana, &folder).asks(&format!("setTimeout(async () => {{ {send} }})")).expect("sent");
    notifications.says("notes", "A message to Ana could not be delivered");
    let launcher = ana.launcher();
    let page = launcher.page();
    launcher.go_to("Apps");
    let described = "return document.getElementById('news-of-activity')?.textContent ?? null";
    assert_eq!(page.until("count it", described, json!([])), json!("1 message could not be delivered"));
    page.picture("activity-badge");

    // It is still news after a restart.
    ana.kill_9();
    ana.start();
    assert_eq!(page.until("count it", described, json!([])), json!("1 message could not be delivered"));
    launcher.go_to("Activity").page().says("does not have this app any more");
    page.until("count no more", "return !document.getElementById('news-of-activity')", json!([]));

    // The next ones are told, and a click leads to them.
    launcher.open("notes");
    let send = send.replace("mutiny.send(nowhere, 'secret')", "mutiny.send(nowhere, 1); mutiny.send(nowhere, 2)");
    ana.app().shows("heading", "Notes").asks(&format!("setTimeout(async () => {{ {send} }})")).expect("sent");
    let shown = notifications.says("notes", "2 messages to Ana could not be delivered");
    notifications.click(&shown);
    page.shows("heading", "Activity").says("does not have this app any more");
    notifications.loses(&shown);
}
