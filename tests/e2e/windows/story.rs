//! The program's main job: two people, two windows, one conversation.

use crate::harness::{Host, picture_of_display};

/// Two hosts on one machine, one app on both, an invitation, a conversation both ways. Then one dies while a message
/// for it is waiting, and nothing is lost or doubled; then the other dies, and nothing is forgotten.
#[test]
fn a_conversation_survives_kill_9_of_either_side() {
    let ana = Host::started("ana");
    let ben = Host::started("ben");
    ana.launcher().set_name("Ana");
    ben.launcher().set_name("Ben");

    // They find each other by contact link, given one way only.
    ana.launcher().add_person(&ben.launcher().contact_link()).sees_online("Ben");
    ben.launcher().sees_online("Ana");

    // The same folder, opened on both.
    let chat_of_ana = ana.open_chat();
    let chat_of_ben = ben.open_chat();
    ana.launcher().lists_app("Chat").page().place(0, 0, 960, 540);
    ben.launcher().lists_app("Chat").page().place(960, 0, 960, 540);
    chat_of_ana.page().place(0, 540, 960, 540);
    chat_of_ben.page().place(960, 540, 960, 540);

    // An invitation from one to the other.
    chat_of_ana.invite("Ben");
    ben.launcher().go_to("Invitations").page().shows("heading", "Ana invites you to Chat");
    ben.launcher().page().picture("story-invitation");
    ben.launcher().accept_invitation_to("Chat", "Ana");

    // A conversation both ways.
    chat_of_ana.talks_with("Ben").say("Hello Ben!").sees_delivered("Hello Ben!");
    chat_of_ben.choose("Ana").talks_with("Ana").sees("Hello Ben!");
    chat_of_ben.say("Hello Ana! How is the weather?").sees_delivered("Hello Ana! How is the weather?");
    chat_of_ana.sees("Hello Ana! How is the weather?");
    ana.launcher().go_to("People").is_quiet().page().picture("story-launcher");
    ben.launcher().is_quiet();
    chat_of_ana.page().picture("story-chat-of-ana");
    chat_of_ben.page().picture("story-chat-of-ben");
    picture_of_display("story-display");

    // One host dies, and a message for it waits.
    ben.kill_9();
    ana.launcher().sees_offline("Ben");
    chat_of_ana.say("Are you still there?").sees_waiting("Are you still there?", "Ben");
    chat_of_ana.page().picture("story-waiting");

    // It is started again, and the message arrives: once, and in its place.
    ben.start();
    ben.launcher().open("Chat");
    chat_of_ben.sees("Are you still there?");
    chat_of_ana.sees_delivered("Are you still there?");
    chat_of_ana.say("Good.").sees_delivered("Good.");
    let as_ben_reads_it =
        ["Ana: Hello Ben!", "You: Hello Ana! How is the weather?", "Ana: Are you still there?", "Ana: Good."];
    chat_of_ben.reads(&as_ben_reads_it);

    // A reload of the page keeps what was said.
    chat_of_ben.page().reload();
    chat_of_ben.reads(&as_ben_reads_it);

    // So does the end of the sender's own host.
    ana.kill_9();
    ana.start();
    ana.launcher().open("Chat");
    chat_of_ana.reads(&[
        "You: Hello Ben!",
        "Ben: Hello Ana! How is the weather?",
        "You: Are you still there?",
        "You: Good.",
    ]);
    chat_of_ana.sees_delivered("Good.");

    // And the two go on as if nothing had happened.
    chat_of_ben.say("See you.").sees_delivered("See you.");
    chat_of_ana.sees("See you.").say("Bye.").sees_delivered("Bye.");
    chat_of_ben.sees("Bye.");
}
