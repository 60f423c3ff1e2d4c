//! Hosts under a developer's conditions, and what is seen of their steps.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::time::Duration;

use common::{Peer, alice_and_bob};
use mutiny_core::view::{
    Acceptance, Answer, Body, Conditions, FailureReason, LinkConditions, MessageState, Outcome, Presence, Step, Trace,
    TransferState,
};
use tokio::sync::Mutex;
use tokio::sync::broadcast::Receiver;
use uuid::Uuid;

/// The calendar is the process's, and may be one for several tests: held by whoever sets it.
static CALENDAR: Mutex<()> = Mutex::const_new(());

const DAY: i64 = 24 * 60 * 60 * 1000;

/// Changes the conditions that a person's host is under.
async fn put(peer: &Peer, change: impl FnOnce(&mut Conditions)) {
    let mut conditions = peer.host().conditions();
    change(&mut conditions);
    peer.host().set_conditions(conditions).await.unwrap();
}

/// Waits until somebody is offline for a person.
async fn misses(peer: &Peer, other: &Peer) {
    loses(peer, &other.id()).await;
}

/// The same of somebody whose host has ended.
async fn loses(peer: &Peer, id: &str) {
    peer.until("a peer to be offline", async |host| {
        let peers = host.peers().await.unwrap();
        peers.into_iter().find(|peer| peer.id == id && peer.presence == Presence::Offline)
    })
    .await;
}

fn link(to: &Peer, link: LinkConditions) -> impl FnOnce(&mut Conditions) {
    let id = to.id();
    move |conditions| {
        conditions.links.insert(id, link);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_offline_is_not_reached_until_it_is_back() {
    let (alice, bob) = alice_and_bob().await;
    put(&bob, |conditions| conditions.offline = true).await;
    misses(&alice, &bob).await;
    let id = alice.sends(&bob.address(), "are you there?").await;
    assert_eq!(alice.host().status(alice.instance(), id).await.unwrap().state(), MessageState::Queued);
    put(&bob, |conditions| conditions.offline = false).await;
    assert_eq!(bob.hears(1).await, ["are you there?"]);
    assert_eq!(alice.ended(id).await, MessageState::Delivered);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_link_parts_two_and_nobody_else() {
    let (alice, bob) = alice_and_bob().await;
    let carol = Peer::new("carol").await;
    carol.meets(&alice).await;
    put(&alice, link(&bob, LinkConditions { cut: true, delay: 0 })).await;
    misses(&alice, &bob).await;
    misses(&bob, &alice).await;
    alice.sees(&carol).await;
    put(&alice, link(&bob, LinkConditions::default())).await;
    alice.sees(&bob).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_link_delivers_late() {
    let (alice, bob) = alice_and_bob().await;
    let delay = 400;
    put(&bob, link(&alice, LinkConditions { cut: false, delay })).await;
    let began = std::time::Instant::now();
    alice.sends(&bob.address(), "slowly").await;
    assert_eq!(bob.hears(1).await, ["slowly"]);
    assert!(began.elapsed() >= Duration::from_millis(delay.into()), "{:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_inbox_holds_messages_back_and_loses_none() {
    let (alice, bob) = alice_and_bob().await;
    put(&bob, |conditions| conditions.full = true).await;
    let mut steps = bob.host().trace();
    let ids = [alice.sends(&bob.address(), "one").await, alice.sends(&bob.address(), "two").await];
    // What goes the other way is not held back, and comes after whatever alice has sent.
    bob.sends(&alice.address(), "your turn").await;
    assert_eq!(alice.hears(1).await, ["your turn"]);
    for id in ids {
        assert_eq!(alice.host().status(alice.instance(), id).await.unwrap().state(), MessageState::Queued);
    }
    assert!(bob.has_empty_inbox().await);
    let queues = alice.host().queues(alice.instance()).await.unwrap();
    assert_eq!((queues.outbox, queues.outbox_head.unwrap().body), (2, Some(Body::Json("one".into()))));

    put(&bob, |conditions| conditions.full = false).await;
    assert_eq!(bob.hears(2).await, ["one", "two"]);
    let received = steps_of(&mut steps, 2, |step| matches!(step, Step::Received { .. })).await;
    let expected = ids.map(|message| Step::Received { message, instance: bob.instance(), from: alice.address() });
    assert_eq!(received, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn under_a_calendar_that_is_ahead_what_waits_expires() {
    let _calendar = CALENDAR.lock().await;
    let (alice, bob) = alice_and_bob().await;
    put(&alice, link(&bob, LinkConditions { cut: true, delay: 0 })).await;
    misses(&alice, &bob).await;
    let mut steps = alice.host().trace();
    let message = alice.sends(&bob.address(), "too late").await;
    put(&alice, |conditions| conditions.ahead = 8 * DAY).await;
    assert_eq!(alice.ended(message).await, MessageState::Failed);
    put(&alice, |conditions| conditions.ahead = 0).await;
    let failed = steps_of(&mut steps, 1, |step| matches!(step, Step::Failed { .. })).await;
    let (reason, outcome) = (FailureReason::Expired, Outcome::NotDelivered);
    assert_eq!(failed, [Step::Failed { message, instance: alice.instance(), reason, outcome }]);
}

/// Waits until a person's only invitation, and what they fetch for it, are as they should be.
async fn finds<T>(person: &Peer, what: &str, right: impl Fn(Uuid, Answer, Option<TransferState>) -> Option<T>) -> T {
    let look = async |host: &mutiny_core::Host| {
        let invitation = host.invitations().await.unwrap().into_iter().next()?;
        let transfer = host.transfers().await.unwrap().into_iter().find(|it| it.invitation == invitation.id);
        right(invitation.id, invitation.answer, transfer.map(|it| it.state))
    };
    person.until(what, look).await
}

/// Nothing but that a day has gone by.
fn tomorrow() -> Conditions {
    Conditions { ahead: DAY, ..Conditions::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_and_its_app_outlast_a_day_without_the_inviter() {
    let _calendar = CALENDAR.lock().await;
    let (mut alice, mut bob, mut carol) = (Peer::new("alice").await, Peer::new("bob").await, Peer::new("carol").await);
    alice.open().await;
    carol.open().await;
    for other in [&bob, &carol] {
        alice.meets(other).await;
        alice.invites(other).await;
    }
    let invitation = finds(&bob, "an invitation", |id, _, _| Some(id)).await;
    finds(&carol, "an invitation", |id, _, _| Some(id)).await;
    let address = alice.address();
    alice.stop().await;
    loses(&bob, &address.peer).await;
    loses(&carol, &address.peer).await;

    // One gets the app, the other has it and accepts: both as long as nobody is there to answer.
    bob.host().get_app(invitation).await.unwrap();
    carol.accepts().await;
    let early = carol.sends(&address, "whenever you are back").await;
    for host in [bob.host(), carol.host()] {
        host.set_conditions(tomorrow()).await.unwrap();
    }
    bob.stop().await;
    bob.start_under(tomorrow()).await;
    let waits = |_, answer, state| (answer == Answer::Open && state == Some(TransferState::Waiting)).then_some(());
    finds(&bob, "that it still waits", waits).await;
    assert_eq!(carol.host().status(carol.instance(), early).await.unwrap().state(), MessageState::Queued);

    alice.start_under(tomorrow()).await;
    alice.meets(&bob).await;
    alice.meets(&carol).await;
    let ready = |_, _, state| matches!(state, Some(TransferState::Ready(_))).then_some(());
    finds(&bob, "the app", ready).await;
    let of_bob = bob.host().accept_invitation(invitation, Acceptance::Fetched).await.unwrap().id;
    bob.host().send(of_bob, &address, Body::Json("I have it".into()), None).await.unwrap();
    let mut heard = alice.hears(2).await;
    heard.sort();
    assert_eq!(heard, ["I have it", "whenever you are back"]);
    assert_eq!(carol.ended(early).await, MessageState::Delivered);
    put(&carol, |conditions| conditions.ahead = 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_step_of_a_message_is_seen_where_it_happens() {
    let (alice, bob) = alice_and_bob().await;
    let (mut near, mut far) = (alice.host().trace(), bob.host().trace());
    let message = alice.sends(&bob.address(), "hello").await;
    bob.hears(1).await;
    assert_eq!(alice.ended(message).await, MessageState::Delivered);
    alice.host().set_announcement(alice.instance(), Some("here".into())).await.unwrap();

    let (own, other) = (alice.instance(), bob.instance());
    // That bob's invitation was acknowledged may be news yet.
    let news = |step: &Step| !matches!(step, Step::Acknowledged { message: other, .. } if *other != message);
    let here = || "here".into();
    let (body, patience) = (Body::Json("hello".into()), 7 * 24 * 60 * 60 * 1000);
    assert_eq!(
        steps_of(&mut near, 3, news).await,
        [
            Step::Sent { message, instance: own, to: bob.address(), body, patience },
            Step::Acknowledged { message, instance: own },
            Step::Announced { instance: own, value: here() },
        ]
    );
    assert_eq!(
        steps_of(&mut far, 3, news).await,
        [
            Step::Received { message, instance: other, from: alice.address() },
            Step::Taken { entry: message, instance: other },
            Step::Heard { from: alice.address(), value: here() },
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn invitations_are_seen_on_both_sides() {
    let (mut alice, mut bob) = (Peer::new("alice").await, Peer::new("bob").await);
    alice.open().await;
    bob.open().await;
    alice.meets(&bob).await;
    let (mut near, mut far) = (alice.host().trace(), bob.host().trace());
    alice.invites(&bob).await;
    bob.accepts().await;
    alice.knows().await;
    let mine = steps_of(&mut near, 1, |step| matches!(step, Step::Invited { .. })).await;
    let [Step::Invited { message, instance, peer, answer }] = &mine[..] else { panic!("{mine:?}") };
    assert_eq!((*instance, peer, *answer), (alice.instance(), &bob.id(), false));
    let theirs = steps_of(&mut far, 1, |step| matches!(step, Step::Invitation { .. })).await;
    assert_eq!(theirs, [Step::Invitation { message: *message, from: alice.address() }]);
    let answers = steps_of(&mut far, 1, |step| matches!(step, Step::Invited { .. })).await;
    assert!(matches!(answers[..], [Step::Invited { answer: true, .. }]), "{answers:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_instance_has_no_queues() {
    let alice = Peer::new("alice").await;
    let error = alice.host().queues(Uuid::from_u128(7)).await.unwrap_err();
    assert_eq!(error.code(), "UnknownInstance");
}

/// The next so many steps of a kind.
async fn steps_of(steps: &mut Receiver<Trace>, count: usize, wanted: impl Fn(&Step) -> bool) -> Vec<Step> {
    let found = async {
        let mut found = Vec::new();
        while found.len() < count {
            let step = steps.recv().await.unwrap().step;
            if wanted(&step) {
                found.push(step);
            }
        }
        found
    };
    tokio::time::timeout(Duration::from_secs(30), found).await.expect("steps")
}
