//! Sessions of real peers without windows: each a process of its own.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{Scene, is};
use mutiny_core::view::{FailureReason, LinkConditions};
use mutiny_dev::Switches;
use mutiny_dev::view::{Event, PeerState};

#[tokio::test(flavor = "multi_thread")]
async fn peers_know_each_other_and_a_message_is_seen_all_the_way() {
    let scene = Scene::of(2).await;
    let message = scene.conversation("ana", "ben").await.says("hello").await;
    scene.takes("ben").await;
    scene
        .sees("ana", |event| matches!(event, Event::Sent { message: id, to, preview, .. } if *id == message && to == "ben" && preview == "\"hello\""))
        .await;
    scene
        .sees("ben", |event| matches!(event, Event::Received { message: id, from } if *id == message && from == "ana"))
        .await;
    scene.sees("ana", |event| matches!(event, Event::Acknowledged { message: id } if *id == message)).await;
    scene.sees("ben", |event| matches!(event, Event::Taken { entry } if *entry == message)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_meet_when_they_are_introduced() {
    let scene = Scene::of_strangers(2).await;
    assert!(scene.peers_known_to("ana").await.is_empty());
    scene.session.introduce("ana", "ben").await.unwrap();
    scene.until(|view| view.links[0].connected && view.links[0].introduced).await;
    assert_eq!(scene.peers_known_to("ana").await, ["Ben"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_answer_invitations_when_they_are_told_to() {
    let scene = Scene::of_strangers(2).await;
    scene.session.introduce("ana", "ben").await.unwrap();
    scene.invites("ana", "ben").await;
    let view = scene.until(|view| !view.peers[1].invitations.is_empty()).await;
    scene.session.answer("ben", view.peers[1].invitations[0].id, true).await.unwrap();
    scene.sees("ben", |event| *event == Event::Answered { from: "ana".into(), accepted: true }).await;
    scene.until(|view| view.peers[1].invitations.is_empty()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_a_killed_peer_arrives_once_it_is_back() {
    let scene = Scene::of(3).await;
    let conversation = scene.conversation("ana", "ben").await;
    scene.session.kill("ben").await.unwrap();
    let view = scene.session.view();
    assert_eq!((view.peers[1].state, view.peers[1].problem.as_deref()), (PeerState::Ended, None));
    scene.sees("ben", |event| *event == Event::Ended { killed: true }).await;
    let message = conversation.says("are you back?").await;
    scene.until(|view| view.peers[0].queues.as_ref().is_some_and(|queues| queues.outbox == 1)).await;
    scene.session.restart("ben").await.unwrap();
    scene.sees("ben", is::received(message)).await;
    assert_eq!(scene.takes("ben").await, "are you back?");
    assert!(scene.has_taken_everything("ben").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_under_conditions_is_under_them_after_a_restart_too() {
    let scene = Scene::of(2).await;
    let conversation = scene.conversation("ana", "ben").await;
    let offline = Switches { offline: true, ..Switches::default() };
    scene.session.set_peer("ben", offline).await.unwrap();
    scene.until(|view| !view.links[0].connected).await;
    scene.session.restart("ben").await.unwrap();
    let message = conversation.says("later").await;
    assert!(!scene.session.view().links[0].connected);
    scene.session.set_peer("ben", Switches::default()).await.unwrap();
    scene.sees("ben", is::received(message)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_connection_comes_back_by_itself() {
    let scene = Scene::of(2).await;
    let conversation = scene.conversation("ana", "ben").await;
    let before = scene.count(|event| matches!(event, Event::Disconnected { .. }));
    scene.session.lose("ana", "ben").await.unwrap();
    scene
        .until_events(|events| {
            events.iter().filter(|(_, it)| matches!(it, Event::Disconnected { .. })).count() > before
        })
        .await;
    let message = conversation.says("still there?").await;
    scene.sees("ben", is::received(message)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_link_a_full_inbox_and_a_calendar_ahead_do_what_they_say() {
    let scene = Scene::of(2).await;
    let conversation = scene.conversation("ana", "ben").await;

    scene.session.set_peer("ben", Switches { full: true, ..Switches::default() }).await.unwrap();
    let held = conversation.says("held back").await;
    scene.until(|view| view.peers[0].queues.as_ref().is_some_and(|queues| queues.outbox == 1)).await;
    scene.session.set_peer("ben", Switches::default()).await.unwrap();
    scene.sees("ben", is::received(held)).await;

    scene.session.set_link("ana", "ben", LinkConditions { cut: true, delay: 0 }).await.unwrap();
    scene.until(|view| !view.links[0].connected).await;
    let late = conversation.says("too late").await;
    let eight_days = 8 * 24 * 60 * 60 * 1000;
    scene.session.set_peer("ana", Switches { ahead: eight_days, ..Switches::default() }).await.unwrap();
    scene
        .sees(
            "ana",
            |event| matches!(event, Event::Failed { message, reason: FailureReason::Expired, .. } if *message == late),
        )
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_peers_announce_is_seen_on_both_sides() {
    let scene = Scene::of(2).await;
    let _conversation = scene.conversation("ana", "ben").await;
    scene.announces("ana", "here").await;
    scene.sees("ana", |event| *event == Event::Announced { preview: "\"here\"".into() }).await;
    scene.sees("ben", |event| *event == Event::Heard { from: "ana".into(), preview: "\"here\"".into() }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_is_gone_on_with() {
    let folder = tempfile::TempDir::new().unwrap();
    let before = Scene::kept_in(folder.path()).await;
    let ids = [before.id("ana"), before.id("ben")];
    before.conversation("ana", "ben").await.says("for next time").await;
    before.sees("ben", |event| matches!(event, Event::Received { .. })).await;
    before.session.stop().await;

    let after = Scene::kept_in(folder.path()).await;
    assert_eq!([after.id("ana"), after.id("ben")], ids);
    let invited = after.ask_any("ben", "instances").await;
    assert!(invited.as_array().unwrap().iter().any(|instance| instance["unread"] == 1), "{invited}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_cannot_run_says_why() {
    let scene = Scene::without_app(2).await;
    let problem = scene.session.start().await.unwrap_err().to_string();
    assert!(problem.contains("index.html"), "{problem}");
    let view = scene.session.view();
    assert_eq!(view.peers[0].state, PeerState::Ended);
    assert!(view.peers[0].problem.as_ref().unwrap().contains("index.html"));
    for error in [scene.session.kill("ana").await, scene.session.lose("ana", "ben").await] {
        assert_eq!(error.unwrap_err().code(), "NotRunning");
    }
    assert_eq!(scene.session.kill("zoe").await.unwrap_err().code(), "NoSuchPeer");
}
