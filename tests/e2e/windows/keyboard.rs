//! A whole day without a mouse: from the first start to the removal of an app. Every stop of the Tab key shows that it is one.

use serde_json::json;

use crate::harness::keys::{DOWN, END, ENTER, ESCAPE, SPACE, UP};
use crate::harness::{Host, Page, choose_in_dialog, window};

/// The launcher of a host, which is looked at.
#[track_caller]
fn look_at<'h>(host: &'h Host, manager: &window::Manager) -> Page<'h> {
    manager.focus("Mutiny");
    let page = host.launcher().into_page();
    page.until("have the keyboard", "return document.hasFocus()", json!([]));
    page
}

/// Goes to a view by the rail.
#[track_caller]
fn go_to(page: &Page<'_>, view: &str) {
    page.tab_to(view);
    page.press(ENTER).shows("heading", view);
}

/// Opens an app's menu.
#[track_caller]
fn menu(page: &Page<'_>, app: &str) {
    page.tab_to(&format!("More for {app}"));
    page.press(ENTER).shows("menuitem", "Rename").has_focus_on("Rename");
}

#[test]
fn a_first_start_an_app_and_its_end() {
    let chat = format!("{}/apps/chat", env!("CARGO_MANIFEST_DIR"));
    let ana = Host::new("ana");
    ana.start_anew();
    let manager = window::Manager::start();
    // What lies under the pointer would take the focus of a menu.
    window::point_nowhere();
    let page = look_at(&ana, &manager);

    // The name is selected, so that typing replaces it.
    page.shows("heading", "Welcome to Mutiny").has_focus_on("Your name");
    page.types("Ana");
    page.tab_to("Friends and people nearby");
    page.press(DOWN).has_focus_on("Friends only");
    page.press(UP).has_focus_on("Friends and people nearby");
    assert_eq!(page.tab_to("Start"), ["Contact link", "Copy contact link", "Skip", "Start"]);
    page.press(ENTER).shows("heading", "Apps");

    // A menu that was left gives the focus back; an app from a folder.
    page.tab_to("Add app");
    page.press(ENTER).shows("menuitem", "From a folder");
    page.press(ESCAPE).lacks("menuitem", "From a folder").has_focus_on("Add app");
    page.press(ENTER).shows("menuitem", "From a folder").has_focus_on("From a package file");
    page.press(DOWN).has_focus_on("From a folder").press(ENTER);
    choose_in_dialog("Choose an app's folder", &chat);
    page.says("Chat was added.");
    manager.focus("Mutiny");

    // Another name for it, after one that was not meant.
    menu(&page, "Chat");
    page.press(ENTER).shows("dialog", "Rename").has_focus_on("Name");
    page.types("Nonsense").press(ESCAPE).lacks("dialog", "Rename").has_focus_on("More for Chat");
    page.press(ENTER).has_focus_on("Rename").press(ENTER).shows("dialog", "Rename").has_focus_on("Name");
    // What it is called now is selected, so that typing replaces it.
    page.types("Family").press(ENTER).lacks("dialog", "Rename").has_focus_on("More for Family");

    // It is opened, and shown again.
    page.tab_to("Open Family");
    page.press(ENTER);
    window::appears("Chat · Family");
    manager.focus("Mutiny");
    page.shows("button", "Show Family").has_focus_on("Show Family");

    go_to(&page, "Settings");
    page.tab_to("Friends and people nearby");
    page.press(DOWN).has_focus_on("Friends only");
    page.tab_to("Show notifications: Family");
    page.press(SPACE).says("Allowed");

    go_to(&page, "Apps");
    menu(&page, "Family");
    page.press(END).has_focus_on("Remove").press(ENTER).shows("dialog", "Remove Family");
    assert_eq!(page.tab_to("Keep it").len(), 1);
    page.press(ESCAPE).lacks("dialog", "Remove Family").has_focus_on("More for Family");
    page.press(ENTER).has_focus_on("Rename").press(END).press(ENTER).shows("dialog", "Remove Family");
    assert_eq!(page.tab_to("Remove Family"), ["Keep it", "Remove Family"]);
    page.press(ENTER).lacks("dialog", "Remove Family").lacks("article", "Family");
    // The keyboard goes on where the app was, and not at the very beginning.
    page.until("go on in the view", "return document.activeElement.matches('main')", json!([]));
}

#[test]
fn people_their_invitations_and_what_waits_for_them() {
    let (ana, ben) = (Host::started("ana"), Host::started("ben"));
    ben.launcher().set_name("Ben");
    let link = ben.launcher().contact_link();
    let manager = window::Manager::start();
    window::point_nowhere();
    let _of_ana = ana.open_chat();
    let of_ben = ben.open_chat();
    let id = ana.app().asks("return (await mutiny.peer).id").expect("an id");
    ana.launcher().go_to("Apps");
    ana.launcher().page().asks("document.activeElement.blur()").expect("no focus");
    let page = ana.launcher().into_page();

    go_to(&page, "People");
    page.tab_to("Add person");
    page.press(ENTER).shows("dialog", "Add person").has_focus_on("Contact link");
    page.press(ESCAPE).lacks("dialog", "Add person").has_focus_on("Add person");
    page.press(ENTER).shows("dialog", "Add person").has_focus_on("Contact link");
    page.types(&link).press(ENTER).lacks("dialog", "Add person").has_focus_on("Add person");
    page.within("listitem", "Ben").says("Online");
    page.tab_to("More for Ben");
    page.press(ENTER)
        .shows("menuitem", "Rename")
        .press(ESCAPE)
        .lacks("menuitem", "Rename")
        .has_focus_on("More for Ben");

    of_ben.page().asks(&format!("await mutiny.invite({id})")).expect("invited");
    go_to(&page, "Invitations");
    page.shows("heading", "Ben invites you to Chat");
    page.tab_to("Accept Chat from Ben");
    page.press(ENTER).says("now talks with Ben");
    page.until("go on in the view", "return document.activeElement.matches('main')", json!([]));

    ben.terminate();
    let send = "const [to] = await mutiny.invitations(); await mutiny.send(to, 'Hello'); await mutiny.send(to, 'Ben')";
    ana.app().asks(send).expect("sent");
    go_to(&page, "Activity");
    page.says("Waiting for Ben to come online");
    page.tab_to("Try now to reach Ben");
    page.press(ENTER).has_focus_on("Try now to reach Ben");
    page.tab_to("Withdraw all for Ben");
    page.press(ENTER).shows("dialog", "Withdraw 2 messages for Ben?");
    assert_eq!(page.tab_to("Keep waiting").len(), 1);
    page.press(ESCAPE).lacks("dialog", "Withdraw 2 messages").has_focus_on("Withdraw all for Ben");
    page.press(ENTER).shows("dialog", "Withdraw 2 messages for Ben?");
    assert_eq!(page.tab_to("Withdraw 2 messages"), ["Keep waiting", "Withdraw 2 messages"]);
    page.press(ENTER).shows("heading", "Nothing is waiting");
    page.until("go on in the view", "return document.activeElement.matches('main')", json!([]));
    drop(manager);
}
