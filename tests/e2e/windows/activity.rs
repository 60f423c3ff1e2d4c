//! Delivery that a person can see: what waits and for whom, trying again, taking back, and what failed.

use serde_json::json;

use crate::harness::{Chat, Host};

/// Ana and Ben, who talk in a chat.
fn friends<'h>(ana: &'h Host, ben: &'h Host) -> (Chat<'h>, Chat<'h>) {
    ana.launcher().set_name("Ana");
    ben.launcher().set_name("Ben");
    ana.launcher().add_person(&ben.launcher().contact_link()).sees_online("Ben");
    let (of_ana, of_ben) = (ana.open_chat(), ben.open_chat());
    of_ana.invite("Ben");
    ben.launcher().accept_invitation_to("Chat", "Ana");
    of_ana.talks_with("Ben").say("Hello Ben!").sees_delivered("Hello Ben!");
    of_ben.choose("Ana").talks_with("Ana").sees("Hello Ben!");
    (of_ana, of_ben)
}

#[test]
fn what_waits_can_be_seen_and_taken_back_and_then_never_arrives() {
    let (ana, ben) = (Host::started("ana"), Host::started("ben"));
    let (of_ana, of_ben) = friends(&ana, &ben);
    ben.kill_9();
    ana.launcher().sees_offline("Ben");
    of_ana.say("I take this back").sees_waiting("I take this back", "Ben");

    // From the app's card to what it waits for.
    ana.launcher().go_to("Apps");
    let launcher = ana.launcher();
    let page = launcher.page();
    page.click("button", "1 waiting of Chat").shows("heading", "Activity");
    let person = page.within("region", "Ben");
    person.says("Waiting for Ben to come online").says("Tries again");
    let messages = person.within("list", "Messages of Chat to Ben");
    messages.within("listitem", "Message").says("given up in 7 days");
    page.picture("activity-waiting");

    // It is asked once, and nothing happens where the answer is no.
    messages.click("button", "Withdraw");
    let question = page.within("dialog", "Withdraw this message for Ben?");
    question.says("This cannot be undone.");
    page.picture("activity-withdraw");
    question.click("button", "Keep waiting");
    page.lacks("dialog", "Withdraw this message");
    messages.says("Message");

    messages.click("button", "Withdraw");
    question.click("button", "Withdraw message");
    page.says("Withdrawn. Ben will not get it.").shows("heading", "Nothing is waiting");
    page.click("tab", "Failed").says("You took it back.");
    page.picture("activity-failed");
    of_ana.page().says("It was taken back.");

    // What is sent later arrives; this does not.
    of_ana.say("But this is for you");
    ben.start();
    ben.launcher().open("Chat");
    of_ben.reads(&["Ana: Hello Ben!", "Ana: But this is for you"]);
    of_ana.sees_delivered("But this is for you");
    page.click("tab", "Delivered").says("arrived just now");
    page.picture("activity-delivered");
    of_ben.reads(&["Ana: Hello Ben!", "Ana: But this is for you"]);
}

/// Ben has never heard of Ana, so nothing but her own attempt can bring the two together.
#[test]
fn trying_now_reaches_somebody_who_is_back() {
    let (ana, ben) = (Host::started("ana"), Host::started("ben"));
    ana.launcher().set_name("Ana");
    ben.launcher().set_name("Ben");
    let link = ben.launcher().contact_link();
    ben.terminate();
    ana.launcher().add_person(&link);
    let chat = ana.open_chat();
    chat.invite("Ben");
    let launcher = ana.launcher();
    let page = launcher.go_to("Activity").page();
    page.within("region", "Ben").says("Waiting for Ben to come online").says("Invitation");
    // From then on it waits longer than Ben takes to start, who would be reached without a click else.
    page.within("region", "Ben").says("No answer to 5 attempts");
    ben.start();
    page.click("button", "Try now to reach Ben");
    ben.launcher().go_to("Invitations").page().shows("heading", "Ana invites you to Chat");
    page.shows("heading", "Nothing is waiting");
}

#[test]
fn what_failed_is_shown_with_its_reason_and_all_that_waits_is_taken_back_at_once() {
    let (ana, ben) = (Host::started("ana"), Host::started("ben"));
    let (of_ana, _) = friends(&ana, &ben);
    ben.kill_9();
    ana.launcher().sees_offline("Ben");
    for text in ["one", "two", "three"] {
        of_ana.say(text).sees_waiting(text, "Ben");
    }
    // Whoever is about to throw away what waits is told so.
    let launcher = ana.launcher();
    let page = launcher.choose_for("Chat", "Remove").page();
    let question = page.within("dialog", "Remove Chat?");
    question.says("3 messages on the way to others will not be delivered.");
    question.says("What it stored and whom it talks to is forgotten.").says("The folder of the app stays where it is.");
    question.shows("button", "Remove Chat and its 3 waiting messages");
    page.picture("activity-remove");
    question.click("button", "Keep it");
    page.lacks("dialog", "Remove Chat?");

    launcher.go_to("Activity");
    page.click("button", "Withdraw all for Ben");
    page.within("dialog", "Withdraw 3 messages for Ben?").click("button", "Withdraw 3 messages");
    page.says("3 messages withdrawn.").shows("heading", "Nothing is waiting");

    // Ben comes back, and throws the app away with what he has not read in it.
    ben.start();
    ana.launcher().sees_online("Ben");
    of_ana.say("Are you back?").sees_delivered("Are you back?");
    ben.launcher().choose_for("Chat", "Remove");
    let launcher = ben.launcher();
    let question = launcher.page().within("dialog", "Remove Chat?");
    question.says("1 message for you has not been read and will be gone.");
    question.click("button", "Remove Chat and its 1 unread message");
    launcher.page().lacks("article", "Chat");
    of_ana.say("Anybody there?");
    ana.launcher().go_to("Activity").page().click("tab", "Failed");
    page.within("list", "Messages of Chat to Ben").says("Ben’s computer does not have this app any more.");
    page.picture("activity-no-app");
}

/// A click on a notification leads to a part of the view that the person may be in the middle of.
#[test]
fn another_part_of_a_view_leaves_what_was_begun_there() {
    let ana = Host::started("ana");
    ana.launcher().go_to("Activity");
    let goes_on = "
        const begun = document.querySelector('main h1');
        const drawn = () => new Promise((done) => requestAnimationFrame(done));
        const gone = new Promise((done) => addEventListener('hashchange', done, { once: true }));
        location.hash = 'activity/failed';
        await gone;
        await drawn();
        await drawn();
        return begun.isConnected && begun.textContent";
    assert_eq!(ana.launcher().page().asks(goes_on), Ok(json!("Activity")));
}
