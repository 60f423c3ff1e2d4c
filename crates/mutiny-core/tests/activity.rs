//! What a person sees of delivery, and what they do about it: try again, or withdraw.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod common;

use common::{Peer, alice_and_bob};
use mutiny_core::view::{
    Address, Body, Entry, FailureReason, Holdup, MessageState, Outcome, Presence, Status, Trouble, Withdrawal,
};
use uuid::Uuid;

/// Bob is away, and Alice knows it.
async fn bob_leaves(alice: &Peer, bob: &mut Peer) -> Address {
    let to = bob.address();
    bob.stop().await;
    alice
        .until("bob to be gone", async |host| {
            host.peers().await.unwrap().into_iter().find(|peer| peer.presence == Presence::Offline)
        })
        .await;
    to
}

async fn notice(peer: &Peer) -> (Uuid, FailureReason, Outcome) {
    match peer.takes().await {
        Entry::Failure { message, reason, outcome, .. } => (message, reason, outcome),
        other => panic!("no notice but {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_to_somebody_who_is_away_is_seen_to_wait() {
    let (alice, mut bob) = alice_and_bob().await;
    let to = bob_leaves(&alice, &mut bob).await;
    let message = alice.sends(&to, "are you there?").await;
    let exchange = alice
        .until("an attempt that failed", async |host| {
            host.activity().await.unwrap().into_iter().find(|exchange| {
                matches!(exchange.holdup, Holdup::Away { trouble: Some(Trouble::NoAnswer), attempts: 1.., .. })
            })
        })
        .await;
    assert_eq!((exchange.name.as_str(), exchange.label.as_str(), exchange.waiting), ("bob", "Talk", 1));
    let page = alice.host().own_messages(alice.instance(), &to.peer, MessageState::Queued, None).await.unwrap();
    let [waiting] = page.messages.as_slice() else { panic!("{page:?}") };
    assert_eq!((waiting.id, waiting.bytes, waiting.left, waiting.withdrawing), (message, 16, false, false));
    assert_eq!(exchange.since, Some(waiting.sent));
    // Its app is told as much as it needs, and in the same words.
    let next_try = alice.until("when it is tried next", async |host| {
        match host.status(alice.instance(), message).await.unwrap() {
            Status::Queued { online: false, next_try } => next_try,
            other => panic!("{other:?}"),
        }
    });
    assert!(next_try.await > waiting.sent);
    // The invitation of before has arrived, and is known to have been one.
    let page = alice.host().own_messages(alice.instance(), &to.peer, MessageState::Delivered, None).await.unwrap();
    assert!(page.messages.iter().any(|delivered| delivered.invitation && delivered.ended.is_some()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_withdrawn_while_its_target_is_away_never_arrives() {
    let (alice, mut bob) = alice_and_bob().await;
    let to = bob_leaves(&alice, &mut bob).await;
    let [first, second, third] =
        [alice.sends(&to, "one").await, alice.sends(&to, "two").await, alice.sends(&to, "three").await];
    let outcome = alice.host().withdraw(alice.instance(), second).await.unwrap();
    assert_eq!(outcome, Withdrawal { withdrawn: 1, ..Withdrawal::default() });
    assert_eq!(notice(&alice).await, (second, FailureReason::Withdrawn, Outcome::NotDelivered));
    assert_eq!(alice.ended(second).await, MessageState::Failed);
    let page = alice.host().own_messages(alice.instance(), &to.peer, MessageState::Failed, None).await.unwrap();
    assert_eq!((page.messages[0].id, page.messages[0].reason), (second, Some(FailureReason::Withdrawn)));
    let failed = Status::Failed { reason: FailureReason::Withdrawn, outcome: Outcome::NotDelivered };
    assert_eq!(alice.host().status(alice.instance(), second).await.unwrap(), failed);

    bob.start().await;
    assert_eq!(bob.hears(2).await, ["one", "three"]);
    assert_eq!(alice.ended(first).await, MessageState::Delivered);
    assert_eq!(alice.ended(third).await, MessageState::Delivered);
    assert!(bob.has_empty_inbox().await);
    assert!(alice.has_empty_inbox().await, "one notice and no other");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_survives_a_restart() {
    let (mut alice, mut bob) = alice_and_bob().await;
    let to = bob_leaves(&alice, &mut bob).await;
    let message = alice.sends(&to, "never mind").await;
    alice.host().withdraw(alice.instance(), message).await.unwrap();
    alice.stop().await;
    alice.start().await;
    assert_eq!(notice(&alice).await, (message, FailureReason::Withdrawn, Outcome::NotDelivered));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_comes_too_late_for_what_has_arrived() {
    let (alice, bob) = alice_and_bob().await;
    let message = alice.sends(&bob.address(), "there").await;
    assert_eq!(alice.ended(message).await, MessageState::Delivered);
    let outcome = alice.host().withdraw(alice.instance(), message).await.unwrap();
    assert_eq!(outcome, Withdrawal { arrived: 1, ..Withdrawal::default() });
    assert_eq!(alice.ended(message).await, MessageState::Delivered);
    assert_eq!(bob.hears(1).await, ["there"]);
    assert!(alice.has_empty_inbox().await, "there is nothing to notify of");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_waits_for_room_is_withdrawn_and_the_others_arrive() {
    let (alice, bob) = alice_and_bob().await;
    // 64 MiB fill the inbox; what is beyond waits in the outbox of somebody who is online.
    let large = || Body::Bytes(vec![7; 1 << 20]);
    let mut sent = Vec::new();
    for _ in 0..66 {
        sent.push(alice.host().send(alice.instance(), &bob.address(), large(), None).await.unwrap());
    }
    assert_eq!(alice.ended(sent[63]).await, MessageState::Delivered);
    let outcome = alice.host().withdraw(alice.instance(), sent[64]).await.unwrap();
    assert_eq!(outcome, Withdrawal { withdrawn: 1, ..Withdrawal::default() });
    assert_eq!(notice(&alice).await, (sent[64], FailureReason::Withdrawn, Outcome::NotDelivered));
    for expected in sent.iter().filter(|id| **id != sent[64]) {
        let Entry::Message { id, .. } = bob.takes().await else { panic!("no message") };
        assert_eq!(id, *expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_waits_for_somebody_is_withdrawn_at_once_and_in_order() {
    let (alice, mut bob) = alice_and_bob().await;
    let to = bob_leaves(&alice, &mut bob).await;
    let mut sent = Vec::new();
    for number in 0..120 {
        sent.push(alice.sends(&to, &format!("{number}")).await);
    }
    let (host, instance) = (alice.host(), alice.instance());
    let first = host.own_messages(instance, &to.peer, MessageState::Queued, None).await.unwrap();
    let second = host.own_messages(instance, &to.peer, MessageState::Queued, first.next.clone()).await.unwrap();
    let listed: Vec<Uuid> = first.messages.iter().chain(&second.messages).map(|message| message.id).collect();
    assert_eq!(listed, sent[..100]);

    assert_eq!(host.withdraw_all(&to.peer, None).await.unwrap(), Withdrawal { withdrawn: 120, ..Default::default() });
    for message in sent {
        assert_eq!(notice(&alice).await, (message, FailureReason::Withdrawn, Outcome::NotDelivered));
    }
    assert_eq!(host.withdraw_all(&to.peer, None).await.unwrap(), Withdrawal::default());
    let exchanges = host.activity().await.unwrap();
    assert_eq!((exchanges[0].waiting, exchanges[0].failed), (0, 120));
    bob.start().await;
    alice.sends(&to, "new").await;
    alice.sees(&bob).await;
    assert_eq!(bob.hears(1).await, ["new"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_never_sent_cannot_be_withdrawn() {
    let mut alice = Peer::new("alice").await;
    let instance = alice.open().await;
    let error = alice.host().withdraw(instance, Uuid::from_u128(5)).await.unwrap_err();
    assert_eq!(error.code(), "UnknownMessage");
    assert_eq!(alice.host().withdraw_all("x", None).await.unwrap_err().code(), "BadPeer");
    let id = alice.id();
    let page = alice.host().own_messages(instance, &id, MessageState::Failed, Some("x".into())).await;
    assert_eq!(page.unwrap_err().code(), "InvalidArgument");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_failed_counts_until_it_was_seen_and_what_was_taken_back_does_not() {
    let (mut alice, mut bob) = alice_and_bob().await;
    let to = bob_leaves(&alice, &mut bob).await;
    assert_eq!(alice.host().failures().await.unwrap(), 0);

    let withdrawn = alice.sends(&to, "never mind").await;
    alice.host().withdraw(alice.instance(), withdrawn).await.unwrap();
    let body = || Body::Json("too late".into());
    let soon = Some(std::time::Duration::from_millis(1));
    let late = alice.host().send(alice.instance(), &to, body(), soon).await.unwrap();
    assert_eq!(alice.ended(late).await, MessageState::Failed);
    assert_eq!(alice.host().failures().await.unwrap(), 1);
    let failed = alice.host().failed(alice.instance(), vec![withdrawn, late, Uuid::nil()]).await.unwrap();
    assert_eq!(failed, [mutiny_core::Failed { to: "bob".to_owned(), messages: 1 }]);

    // It is still news after a restart, and old news once it was seen.
    alice.stop().await;
    alice.start().await;
    assert_eq!(alice.host().failures().await.unwrap(), 1);
    alice.host().failures_seen().await.unwrap();
    assert_eq!(alice.host().failures().await.unwrap(), 0);
    let again = alice.host().send(alice.instance(), &to, body(), soon).await.unwrap();
    assert_eq!(alice.ended(again).await, MessageState::Failed);
    assert_eq!(alice.host().failures().await.unwrap(), 1);
}
