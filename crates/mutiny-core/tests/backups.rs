//! Databases restored from old backups, on either side: nothing is lost, doubled or confused by them.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod common;

use common::alice_and_bob;
use mutiny_core::view::MessageState;

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_that_forgot_what_it_sent_is_still_heard() {
    let (mut alice, bob) = alice_and_bob().await;
    let to = bob.address();
    alice.stop().await;
    let backup = alice.backup();
    alice.start().await;
    alice.meets(&bob).await;
    for text in ["one", "two", "three"] {
        alice.sends(&to, text).await;
    }
    assert_eq!(bob.hears(3).await, ["one", "two", "three"]);
    alice.stop().await;

    alice.restore(&backup);
    alice.start().await;
    alice.meets(&bob).await;
    // These get the numbers that "one" and "two" had.
    alice.sends(&to, "four").await;
    let last = alice.sends(&to, "five").await;
    assert_eq!(bob.hears(2).await, ["four", "five"]);
    assert_eq!(alice.ended(last).await, MessageState::Delivered);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_was_delivered_after_the_backup_does_not_come_twice() {
    let (mut alice, mut bob) = alice_and_bob().await;
    let to = bob.address();
    bob.stop().await;
    let waiting = alice.sends(&to, "once").await;
    alice.stop().await;
    let backup = alice.backup();
    alice.start().await;
    bob.start().await;
    alice.meets(&bob).await;
    assert_eq!(bob.hears(1).await, ["once"]);
    alice.stop().await;

    // In the backup, the message still waits.
    alice.restore(&backup);
    alice.start().await;
    alice.meets(&bob).await;
    assert_eq!(alice.ended(waiting).await, MessageState::Delivered);
    alice.sends(&to, "and on").await;
    assert_eq!(bob.hears(1).await, ["and on"]);
    assert!(bob.has_empty_inbox().await);
}

/// So many that a receiver could not know them all by the last few thousand ids.
#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_messages_that_were_delivered_after_the_backup_do_not_come_twice() {
    const MANY: u32 = 5_000;
    let (mut alice, mut bob) = alice_and_bob().await;
    let to = bob.address();
    bob.stop().await;
    for _ in 0..MANY / 250 {
        let batch: Vec<_> = (0..250).map(|_| alice.sends(&to, "once")).collect();
        futures::future::join_all(batch).await;
    }
    alice.stop().await;
    let backup = alice.backup();
    for _ in 0..2 {
        alice.start().await;
        if !bob.is_running() {
            bob.start().await;
        }
        alice.meets(&bob).await;
        let last = alice.sends(&to, "and on").await;
        assert_eq!(alice.ended(last).await, MessageState::Delivered);
        alice.stop().await;
        // In the backup, all of them still wait.
        alice.restore(&backup);
    }
    let unread = bob.host().instances().await.unwrap().into_iter().map(|instance| instance.unread).sum::<u32>();
    assert_eq!(unread, MANY + 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_forgot_what_it_got_goes_on_from_where_the_sender_is() {
    let (alice, mut bob) = alice_and_bob().await;
    let to = bob.address();
    bob.stop().await;
    let backup = bob.backup();
    bob.start().await;
    bob.meets(&alice).await;
    let first = alice.sends(&to, "before").await;
    assert_eq!(bob.hears(1).await, ["before"]);
    // Until she knows, she would rightly send it again.
    assert_eq!(alice.ended(first).await, MessageState::Delivered);
    bob.stop().await;

    bob.restore(&backup);
    bob.start().await;
    bob.meets(&alice).await;
    let last = alice.sends(&to, "after").await;
    assert_eq!(bob.hears(1).await, ["after"]);
    assert_eq!(alice.ended(last).await, MessageState::Delivered);
    let back = bob.sends(&alice.address(), "still me").await;
    assert_eq!(alice.hears(1).await, ["still me"]);
    assert_eq!(bob.ended(back).await, MessageState::Delivered);
}
