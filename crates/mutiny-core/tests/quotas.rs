//! What an app is told that sends more than there is room for.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod common;

use common::{Peer, alice_and_bob};
use mutiny_core::view::{Body, MessageState};
use rusqlite::Connection;

/// Makes Alice's outbox as full as if so many messages were waiting, while her host is stopped.
async fn with_outbox_of(alice: &mut Peer, messages: i64) {
    alice.stop().await;
    let db = Connection::open(alice.database()).unwrap();
    db.execute("UPDATE flows SET waiting = ?1", [messages]).unwrap();
    drop(db);
    alice.start().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_outbox_is_said_to_be_full_and_nothing_of_the_message_is_kept() {
    let (mut alice, bob) = alice_and_bob().await;
    let to = bob.address();
    with_outbox_of(&mut alice, 2_000_000).await;
    let refused = alice.host().send(alice.instance(), &to, Body::Json("too much".into()), None).await.unwrap_err();
    assert_eq!(refused.code(), "QuotaExceeded");
    assert!(refused.to_string().contains("2000000 messages of this app"), "{refused}");

    with_outbox_of(&mut alice, 0).await;
    alice.meets(&bob).await;
    let fits = alice.sends(&to, "fits").await;
    assert_eq!(bob.hears(1).await, ["fits"]);
    assert_eq!(alice.ended(fits).await, MessageState::Delivered);
    assert!(bob.has_empty_inbox().await);
}
