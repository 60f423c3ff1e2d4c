//! What is forgotten after a while.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod common;

use common::Peer;
use mutiny_core::view::{MessageState, Status};
use rusqlite::{Connection, params};

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_ended_long_ago_is_forgotten_and_status_says_so() {
    let mut alice = Peer::new("alice").await;
    let instance = alice.open().await;
    alice.invites(&alice).await;
    let to = alice.address();
    let fresh = alice.sends(&to, "fresh").await;
    assert_eq!(alice.ended(fresh).await, MessageState::Delivered);
    alice.stop().await;
    // A great many of them, from the year 2023.
    let old = uuid::Uuid::parse_str("018bcfe5-6800-7000-8000-000000000000").unwrap();
    let db = Connection::open(alice.database()).unwrap();
    for n in 0..1_200_u128 {
        let id = uuid::Uuid::from_u128(old.as_u128() + n);
        db.execute(
            "INSERT INTO ended (id, instance, state, ended) VALUES (?1, ?2, 'failed', 1700000000000)",
            params![id.as_bytes(), instance.as_bytes()],
        )
        .unwrap();
    }
    db.close().unwrap();

    alice.start().await;
    for n in [0, 1_199] {
        let id = uuid::Uuid::from_u128(old.as_u128() + n);
        let error = loop {
            match alice.host().status(instance, id).await {
                Ok(_) => tokio::task::yield_now().await,
                Err(error) => break error,
            }
        };
        assert_eq!(error.code(), "UnknownMessage");
        assert!(error.to_string().contains("more than 90 days ago"), "{error}");
    }
    assert_eq!(alice.host().status(instance, fresh).await.unwrap(), Status::Delivered);
}
