//! Two hosts over loopback: the story of an invitation and of what may be relied on afterwards.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use std::time::Duration;

use common::{Peer, alice_and_bob};
use mutiny_core::Error;
use mutiny_core::view::{Acceptance, Address, Body, Entry, FailureReason, MessageState, Outcome};
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_opens_the_way_in_both_directions() {
    let (alice, bob) = alice_and_bob().await;
    let there = alice.sends(&bob.address(), "hello bob").await;
    assert_eq!(bob.hears(1).await, ["hello bob"]);
    assert_eq!(alice.ended(there).await, MessageState::Delivered);
    let back = bob.sends(&alice.address(), "hello alice").await;
    assert_eq!(alice.hears(1).await, ["hello alice"]);
    assert_eq!(bob.ended(back).await, MessageState::Delivered);
    assert_eq!(alice.knows().await.name, "bob");
    assert_eq!(bob.knows().await.name, "alice");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_messages_arrive_in_the_order_sent() {
    let (alice, bob) = alice_and_bob().await;
    let sent: Vec<String> = (0..500).map(|number| format!("message {number}")).collect();
    for text in &sent {
        alice.sends(&bob.address(), text).await;
    }
    assert_eq!(bob.hears(500).await, sent);
    assert!(bob.has_empty_inbox().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_wait_for_a_peer_that_is_offline_and_arrive_once() {
    let (alice, mut bob) = alice_and_bob().await;
    let to = bob.address();
    bob.stop().await;
    let mut last = Uuid::nil();
    for text in ["one", "two", "three"] {
        last = alice.sends(&to, text).await;
    }
    bob.start().await;
    assert_eq!(bob.hears(3).await, ["one", "two", "three"]);
    assert_eq!(alice.ended(last).await, MessageState::Delivered);
    assert!(bob.has_empty_inbox().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_wait_in_a_sender_that_was_restarted() {
    let (mut alice, mut bob) = alice_and_bob().await;
    let to = bob.address();
    bob.stop().await;
    let waiting = alice.sends(&to, "still here").await;
    alice.stop().await;
    bob.start().await;
    alice.start().await;
    // Their ports are new ones, which only a contact link tells.
    bob.meets(&alice).await;
    assert_eq!(bob.hears(1).await, ["still here"]);
    assert_eq!(alice.ended(waiting).await, MessageState::Delivered);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_not_invited_is_told_so() {
    let (alice, bob) = alice_and_bob().await;
    let mut carol = Peer::new("carol").await;
    carol.open().await;
    carol.meets(&bob).await;
    let message = carol.sends(&bob.address(), "let me in").await;
    let Entry::Failure { message: about, reason, outcome, to, .. } = carol.takes().await else { panic!("no notice") };
    assert_eq!((about, reason, outcome), (message, FailureReason::NotInvited, Outcome::NotDelivered));
    assert_eq!(to, bob.address());
    assert_eq!(carol.ended(message).await, MessageState::Failed);
    assert!(bob.has_empty_inbox().await);
    drop(alice);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_for_an_instance_that_is_not_there_fails() {
    let (alice, bob) = alice_and_bob().await;
    let nobody = Address { peer: bob.id(), instance: Uuid::from_u128(7) };
    let message = alice.sends(&nobody, "anyone?").await;
    let Entry::Failure { message: about, reason, outcome, .. } = alice.takes().await else { panic!("no notice") };
    assert_eq!((about, reason, outcome), (message, FailureReason::UnknownInstance, Outcome::NotDelivered));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_expires_while_its_target_is_offline_was_not_delivered() {
    let (alice, mut bob) = alice_and_bob().await;
    let to = bob.address();
    bob.stop().await;
    alice
        .until("bob to be gone", async |host| {
            host.peers().await.unwrap().into_iter().find(|peer| peer.presence == mutiny_core::view::Presence::Offline)
        })
        .await;
    let soon = Some(Duration::from_millis(50));
    let message = alice.host().send(alice.instance(), &to, Body::Json("now or never".into()), soon).await.unwrap();
    let Entry::Failure { message: about, reason, outcome, .. } = alice.takes().await else { panic!("no notice") };
    assert_eq!((about, reason, outcome), (message, FailureReason::Expired, Outcome::NotDelivered));
    // What follows arrives, across the gap.
    alice.sends(&to, "later").await;
    bob.start().await;
    assert_eq!(bob.hears(1).await, ["later"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_instances_of_one_host_talk_the_same_way() {
    let mut alice = Peer::new("alice").await;
    let first = alice.open().await;
    let second = alice.host().add_app(alice.app()).await.unwrap().id;
    alice.host().invite(first, &alice.id()).await.unwrap();
    let invitation =
        alice.until("an invitation", async |host| host.invitations().await.unwrap().into_iter().next()).await;
    assert_eq!(invitation.candidates, [second]);
    alice.host().accept_invitation(invitation.id, Acceptance::Existing { instance: second }).await.unwrap();
    assert_eq!(alice.knows().await.instance, Some(second));
    let to = Address { peer: alice.id(), instance: second };
    let message = alice.sends(&to, "myself").await;
    assert_eq!(alice.ended(message).await, MessageState::Delivered);
    let Some(Entry::Message { from, .. }) = alice.host().next(second, None).await.unwrap() else { panic!("nothing") };
    assert_eq!(from, alice.address());
    assert!(alice.host().peers().await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn next_with_an_id_takes_only_that_entry() {
    let (alice, bob) = alice_and_bob().await;
    let first = alice.sends(&bob.address(), "first").await;
    let second = alice.sends(&bob.address(), "second").await;
    alice.ended(second).await;
    let (host, instance) = (bob.host(), bob.instance());
    assert!(host.next(instance, Some(second)).await.unwrap().is_none());
    assert!(host.next(instance, Some(first)).await.unwrap().is_some());
    assert!(host.next(instance, Some(first)).await.unwrap().is_none());
    assert_eq!(bob.hears(1).await, ["second"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_arrive_as_they_were_sent_up_to_the_limit() {
    let (alice, bob) = alice_and_bob().await;
    let most: Vec<u8> = (0..1024 * 1024).map(|index| index as u8).collect();
    alice.host().send(alice.instance(), &bob.address(), Body::Bytes(most.clone()), None).await.unwrap();
    let Entry::Message { body, .. } = bob.takes().await else { panic!("no message") };
    assert_eq!(body, Body::Bytes(most.clone()));
    let more = [most, vec![0]].concat();
    let error = alice.host().send(alice.instance(), &bob.address(), Body::Bytes(more), None).await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { size: 1_048_577, limit: 1_048_576 }), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_makes_no_sense_is_refused_with_a_code() {
    let mut alice = Peer::new("alice").await;
    let instance = alice.open().await;
    let host = alice.host();
    let to = Address { peer: "nobody".into(), instance: Uuid::from_u128(1) };
    let send = async |to: &Address| host.send(instance, to, Body::Json(1.into()), None).await.unwrap_err().code();
    assert_eq!(send(&to).await, "BadPeer");
    assert_eq!(send(&Address { peer: alice.id(), instance: Uuid::nil() }).await, "InvalidArgument");
    let unknown = Uuid::from_u128(9);
    assert_eq!(host.read(instance).await.unwrap(), None);
    assert_eq!(host.read(unknown).await.unwrap_err().code(), "UnknownInstance");
    assert_eq!(host.next(instance, Some(unknown)).await.unwrap(), None);
    assert_eq!(host.next(unknown, None).await.unwrap_err().code(), "UnknownInstance");
    assert_eq!(host.invite(Uuid::from_u128(9), &alice.id()).await.unwrap_err().code(), "UnknownInstance");
    assert_eq!(host.status(instance, Uuid::from_u128(9)).await.unwrap_err().code(), "UnknownMessage");
    assert_eq!(host.add_contact(&host.me().unwrap().link).await.unwrap_err().code(), "OwnContactLink");
    assert_eq!(host.add_contact("mutiny:hello").await.unwrap_err().code(), "BadContactLink");
    assert_eq!(mutiny_core::Host::start(alice.config()).await.err().unwrap().code(), "ProfileInUse");
}

/// What the network remembers of flows that are gone must not be taken for what it knows of others.
#[tokio::test(flavor = "multi_thread")]
async fn messages_of_a_new_instance_have_nothing_to_do_with_those_of_one_that_was_removed() {
    let (mut alice, bob) = alice_and_bob().await;
    // Also of such as are there from the start.
    alice.stop().await;
    alice.start().await;
    alice.sees(&bob).await;
    let old = alice.instance();
    for text in ["one", "two"] {
        let sent = alice.sends(&bob.address(), text).await;
        assert_eq!(alice.ended(sent).await, MessageState::Delivered);
    }
    assert_eq!(bob.hears(2).await, ["one", "two"]);
    alice.host().remove_instance(old).await.unwrap();
    let new = alice.open().await;
    assert_ne!(new, old);
    alice.invites(&bob).await;
    let texts = ["three", "four", "five"];
    let mut last = Uuid::nil();
    for text in texts {
        last = alice.sends(&bob.address(), text).await;
    }
    for text in texts {
        match bob.takes().await {
            Entry::Message { from, body, .. } => assert_eq!((from, body), (alice.address(), Body::Json(text.into()))),
            other => panic!("expected {text}, got {other:?}"),
        }
    }
    assert_eq!(alice.ended(last).await, MessageState::Delivered);
}
