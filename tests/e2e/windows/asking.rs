//! What apps need the person for: permissions, and whom to invite. Asked in windows of the host's own.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::window::{Manager, belongs_above};
use crate::harness::{Host, Notifications, Page};

/// Writes an app that asks for permissions and does nothing by itself.
fn app(folder: &TempDir, permissions: &[&str]) -> String {
    let app = folder.path().join("friends");
    fs::create_dir(&app).expect("a folder");
    let manifest =
        json!({ "id": "org.example.friends", "name": "Friends", "version": "1.0.0", "permissions": permissions });
    fs::write(app.join("mutiny.json"), manifest.to_string()).expect("a manifest");
    fs::write(app.join("index.html"), "<!doctype html><title>Friends</title><h1>Friends</h1>").expect("a page");
    app.to_str().expect("a path in UTF-8").to_owned()
}

/// Ana, whose app is open and who knows Ben; and Ben.
fn ana_and_ben(folder: &TempDir, permissions: &[&str]) -> (Host, Host) {
    let (ana, ben) = (Host::started("ana"), Host::started("ben"));
    ben.launcher().set_name("Ben");
    ana.launcher().add_person(&ben.launcher().contact_link()).sees_online("Ben");
    ana.open(&app(folder, permissions));
    ana.app().shows("heading", "Friends");
    (ana, ben)
}

/// Starts a call whose answer the page keeps: it comes only after the person has answered.
fn begin(page: &Page<'_>, call: &str) {
    let code = format!(
        "window.answer = undefined;
         {call}.then((ok) => (window.answer = {{ ok }}), ({{ code, message }}) => (window.answer = {{ code, message }}));"
    );
    page.asks(&code).expect("it is begun");
}

fn answer(page: &Page<'_>) -> Value {
    page.until("get its answer", "return window.answer ?? null", json!([]))
}

#[test]
fn an_app_that_wants_to_see_people_gets_what_the_person_says() {
    let folder = TempDir::new().expect("a temporary folder");
    let (ana, _ben) = ana_and_ben(&folder, &["peers"]);
    let page = ana.app();

    // Refused once, it is not asked again, however often the app tries.
    begin(&page, "mutiny.peers()");
    let question = ana.question();
    question.shows("heading", "Friends would like to see the people you know").picture("ask-peers");
    assert_eq!(question.asks("return document.activeElement.textContent"), Ok(json!("Don’t allow")));
    question.leave_by("button", "Don’t allow");
    assert_eq!(answer(&page)["code"], "PermissionDenied");
    ana.asks_nothing();
    let refusal = page.asks("return mutiny.peers()").expect_err("it was refused");
    assert_eq!(refusal["code"], "PermissionDenied");
    ana.asks_nothing();

    // That holds after a crash as well.
    let opened_again = || {
        ana.kill_9();
        ana.start();
        ana.launcher().open("Friends");
        page.shows("heading", "Friends");
    };
    opened_again();
    assert_eq!(page.asks("return mutiny.peers()").expect_err("it was refused")["code"], "PermissionDenied");
    ana.asks_nothing();

    // Allowed in the settings, it sees them at once.
    let launcher = ana.launcher();
    launcher.go_to("Settings").page().says("Not allowed").picture("settings-permissions");
    launcher.page().click("switch", "See the people you know: Friends");
    launcher.page().says("Allowed");
    let peers = page.asks("return mutiny.peers()").expect("it is allowed");
    assert_eq!(peers[0]["name"], "Ben");
    opened_again();
    let peers = page.asks("return mutiny.peers()").expect("it is still allowed");
    assert_eq!(peers[0]["name"], "Ben");
    ana.asks_nothing();
    launcher.go_to("Settings");

    // Taken back, it sees them no more.
    launcher.page().click("switch", "See the people you know: Friends");
    launcher.page().says("Not allowed");
    assert_eq!(page.asks("return mutiny.peers()").expect_err("taken back")["code"], "PermissionDenied");
}

#[test]
fn an_app_that_wants_to_notify_is_asked_for_and_what_was_said_is_kept_listed_and_taken_back() {
    let folder = TempDir::new().expect("a temporary folder");
    let notifications = Notifications::shown();
    let ana = Host::started("ana");
    ana.open(&app(&folder, &["notifications"]));
    let page = ana.app();
    page.shows("heading", "Friends");
    begin(&page, "mutiny.notify({ text: 'Hello' })");
    let question = ana.question();
    question.shows("heading", "Friends would like to show notifications").picture("ask-notifications");
    question.leave_by("button", "Don’t allow");
    assert_eq!(answer(&page)["code"], "PermissionDenied");
    assert_eq!(page.asks("return mutiny.notify({ text: 'Hello' })").expect_err("refused")["code"], "PermissionDenied");
    ana.asks_nothing();
    assert_eq!(notifications.all(), []);

    let launcher = ana.launcher();
    launcher.go_to("Settings").page().click("switch", "Show notifications: Friends").says("Allowed");
    let manager = Manager::start();
    manager.focus("Mutiny");
    assert_eq!(page.asks("return mutiny.notify({ title: 'Ben', text: 'Hello' })"), Ok(json!(true)));
    notifications.says("Friends", "Ben\nHello");
    launcher.page().click("switch", "Show notifications: Friends").says("Not allowed");
    assert_eq!(
        page.asks("return mutiny.notify({ text: 'Again' })").expect_err("taken back")["code"],
        "PermissionDenied"
    );
    assert_eq!(notifications.all().len(), 1);
}

#[test]
fn a_permission_can_be_granted_and_several_calls_wait_for_one_answer() {
    let folder = TempDir::new().expect("a temporary folder");
    let (ana, _ben) = ana_and_ben(&folder, &["peers"]);
    let page = ana.app();
    begin(&page, "Promise.all([mutiny.peers(), mutiny.peers(), mutiny.peers()])");
    let question = ana.question();
    // It takes no click in its first moments, which may have been meant for the app.
    question.until("take an answer", "return document.querySelector('button.primary:enabled') !== null", json!([]));
    question.leave_by("button", "Allow");
    let seen = answer(&page);
    assert_eq!(seen["ok"][2][0]["name"], "Ben", "{seen}");
    ana.asks_nothing();
}

#[test]
fn escape_refuses() {
    let folder = TempDir::new().expect("a temporary folder");
    let (ana, _ben) = ana_and_ben(&folder, &["peers"]);
    let page = ana.app();
    begin(&page, "mutiny.peers()");
    ana.question().shows("button", "Allow").leave_by_escape();
    assert_eq!(answer(&page)["code"], "PermissionDenied");
    ana.asks_nothing();
}

#[test]
fn without_a_declared_permission_nobody_is_asked() {
    let folder = TempDir::new().expect("a temporary folder");
    let (ana, _ben) = ana_and_ben(&folder, &[]);
    let refusal = ana.app().asks("return mutiny.peers()").expect_err("undeclared");
    assert_eq!(refusal["code"], "PermissionDenied");
    assert!(refusal["message"].as_str().is_some_and(|text| text.contains("mutiny.json")), "{refusal}");
    let refusal = ana.app().asks("return mutiny.notify({ text: 'Hello' })").expect_err("undeclared");
    assert_eq!(refusal["code"], "PermissionDenied");
    ana.asks_nothing();
}

#[test]
fn an_app_learns_only_whom_the_person_chose() {
    let folder = TempDir::new().expect("a temporary folder");
    let (ana, ben) = ana_and_ben(&folder, &[]);
    let cleo = Host::started("cleo");
    cleo.launcher().set_name("Cleo");
    ana.launcher().add_person(&cleo.launcher().contact_link()).sees_online("Cleo");
    let page = ana.app();

    // A chooser that is closed says so, and the next one has to wait a moment.
    begin(&page, "mutiny.invite()");
    ana.question().shows("radio", "Ben").shows("radio", "Cleo").picture("ask-whom");
    belongs_above("Mutiny · Friends", "Friends");
    assert_eq!(page.asks("return mutiny.invite()").expect_err("one at a time")["code"], "Busy");
    ana.question().leave_by("button", "Cancel");
    assert_eq!(answer(&page), json!({ "ok": null }));
    ana.asks_nothing();
    assert_eq!(page.asks("return mutiny.invitations()"), Ok(json!([])));

    // The person chooses, and that is all the app gets to know.
    let patiently = "(async () => {
        for (;;) {
            try {
                return await mutiny.invite();
            } catch (error) {
                if (error.code !== 'Busy') throw error;
                await new Promise((resolve) => setTimeout(resolve, 100));
            }
        }
    })()";
    begin(&page, patiently);
    let chooser = ana.question();
    chooser.click("radio", "Ben").leave_by("button", "Ask Ben to connect");
    let chosen = answer(&page);
    assert_eq!(chosen["ok"]["name"], "Ben");
    let known = page.asks("return mutiny.invitations()").expect("an answer");
    assert_eq!(known.as_array().map(Vec::len), Some(1), "{known}");
    assert_eq!(known[0]["name"], "Ben");
    assert_eq!(page.asks("return mutiny.peers()").expect_err("undeclared")["code"], "PermissionDenied");
    ben.launcher().go_to("Invitations").page().says("invites you to Friends");
}

#[test]
fn who_knows_nobody_is_shown_how_to_be_found() {
    let folder = TempDir::new().expect("a temporary folder");
    let ana = Host::started("ana");
    ana.open(&app(&folder, &[]));
    let page = ana.app();
    page.shows("heading", "Friends");
    begin(&page, "mutiny.invite()");
    ana.question().says("Nobody here yet").shows("button", "Copy contact link").picture("ask-nobody");

    // The question goes with the app's window, and nothing is decided by that.
    page.asks("setTimeout(() => window.close())").expect("it closes");
    ana.asks_nothing();
}

#[test]
fn chat_says_who_writes_and_what_where_the_person_wants_it_and_goes_on_where_they_do_not() {
    let notifications = Notifications::shown();
    let (ana, ben) = (Host::started("ana"), Host::started("ben"));
    ana.launcher().set_name("Ana");
    ben.launcher().set_name("Ben");
    ana.launcher().add_person(&ben.launcher().contact_link()).sees_online("Ben");
    let (of_ana, of_ben) = (ana.open_chat(), ben.open_chat());
    of_ana.invite("Ben");
    ben.launcher().accept_invitation_to("Chat", "Ana");
    of_ana.talks_with("Ben");
    of_ben.choose("Ana").talks_with("Ana");
    let (page, wanted) = (of_ana.page(), "Notify me of new messages");

    page.click("checkbox", wanted);
    let question = ana.question();
    question.shows("heading", "Chat would like to show notifications");
    question.leave_by("button", "Don’t allow");
    page.says("Chat may not show notifications.").picture("chat-notifications-refused");
    of_ben.say("Hello").sees_delivered("Hello");
    of_ana.reads(&["Ben: Hello"]);
    assert!(notifications.all().iter().all(|shown| !shown.body.contains("Hello")), "{:#?}", notifications.all());

    // Allowed after all, it says who writes, in the name that both sides know them by, and what.
    ana.launcher().go_to("Settings").page().click("switch", "Show notifications: Chat").says("Allowed");
    page.click("checkbox", wanted);
    page.until("be wanted", "return document.getElementById('notices').checked", json!([]));
    page.until("say nothing more of it", "return !document.getElementById('notices-refused').textContent", json!([]));
    page.picture("chat-notifications");
    of_ben.page().fill("Your nickname", "Captain").press_enter_in("Your nickname");
    page.within("region", "People").says("Captain");
    Manager::start().focus("Mutiny");
    of_ben.say("Are you there?");
    notifications.says("Chat", "Ben “Captain”\nAre you there?");
}

#[test]
fn a_nickname_reaches_the_other_side_and_whoever_comes_later() {
    let (ana, ben) = (Host::started("ana"), Host::started("ben"));
    ana.launcher().set_name("Ana");
    ben.launcher().set_name("Ben");
    ana.launcher().add_person(&ben.launcher().contact_link()).sees_online("Ben");
    let (of_ana, of_ben) = (ana.open_chat(), ben.open_chat());
    of_ana.invite("Ben");
    ben.launcher().accept_invitation_to("Chat", "Ana");
    of_ana.talks_with("Ben");
    of_ben.choose("Ana").talks_with("Ana");

    of_ana.page().fill("Your nickname", "Captain").press_enter_in("Your nickname");
    of_ben.page().within("region", "People").says("Captain");
    of_ben.page().picture("chat-nickname");

    // It is announced anew to a host that comes back.
    ben.kill_9();
    ben.start();
    ben.launcher().open("Chat");
    ben.chat().page().within("region", "People").says("Captain");

    // Taken back, it is gone.
    of_ana.page().fill("Your nickname", " ").press_enter_in("Your nickname");
    ben.chat().page().until_equal(
        "lose the nickname",
        "return document.querySelectorAll('.nickname').length",
        &json!(0),
    );
}
