//! Announcements: the one current value of an instance, at whoever is connected and may know.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::Peer;
use mutiny_core::view::{Announcement, Permission};
use serde_json::{Value, json};

async fn announces(peer: &Peer, value: Value) {
    peer.host().set_announcement(peer.instance(), Some(value).filter(|value| !value.is_null())).await.unwrap();
}

/// Waits until a peer hears exactly these values.
async fn hears(peer: &Peer, expected: &[Value]) -> Vec<Announcement> {
    let instance = peer.instance();
    peer.until(&format!("hear {expected:?}"), async |host| {
        let heard = host.announcements(instance).await.unwrap();
        heard.iter().map(|it| &it.data).eq(expected).then_some(heard)
    })
    .await
}

#[tokio::test]
async fn a_new_value_replaces_the_old_one_until_it_is_withdrawn() {
    let (alice, bob) = common::alice_and_bob().await;
    announces(&alice, json!({ "nickname": "Al" })).await;
    let heard = hears(&bob, &[json!({ "nickname": "Al" })]).await;
    assert_eq!(heard[0].from, alice.address());
    assert_eq!((heard[0].name.as_str(), heard[0].version.as_str()), ("alice", "1.0.0"));
    assert!(heard[0].correspondent);

    announces(&alice, json!("other")).await;
    hears(&bob, &[json!("other")]).await;
    announces(&bob, json!([1, 2.5])).await;
    hears(&alice, &[json!([1, 2.5])]).await;
    announces(&alice, Value::Null).await;
    hears(&bob, &[]).await;
}

#[tokio::test]
async fn it_reaches_who_connects_later_and_goes_with_who_leaves() {
    let (mut alice, mut bob) = common::alice_and_bob().await;
    bob.stop().await;
    announces(&alice, json!("first")).await;
    announces(&alice, json!("second")).await;
    bob.start().await;
    hears(&bob, &[json!("second")]).await;

    // Kept where it was made, and nowhere else.
    alice.stop().await;
    hears(&bob, &[]).await;
    alice.start().await;
    hears(&bob, &[json!("second")]).await;
    alice.host().remove_instance(alice.instance()).await.unwrap();
    hears(&bob, &[]).await;
}

#[tokio::test]
async fn an_app_hears_strangers_only_with_the_permission_to_see_people() {
    let (mut alice, mut bob) = (Peer::new("alice").await, Peer::new("bob").await);
    bob.declares(&["peers"]);
    alice.open().await;
    bob.open().await;
    alice.meets(&bob).await;
    bob.sees(&alice).await;
    announces(&alice, json!("anybody?")).await;
    announces(&bob, json!("somebody")).await;

    bob.host().set_permission(bob.instance(), Permission::Peers, true).await.unwrap();
    let heard = hears(&bob, &[json!("anybody?")]).await;
    assert!(!heard[0].correspondent);
    bob.host().set_permission(bob.instance(), Permission::Peers, false).await.unwrap();
    hears(&bob, &[]).await;

    // Alice's app asks for nothing: it hears Bob when she invites him.
    hears(&alice, &[]).await;
    alice.invites(&bob).await;
    hears(&alice, &[json!("somebody")]).await;
}

#[tokio::test]
async fn blocking_ends_it_both_ways() {
    let (alice, bob) = common::alice_and_bob().await;
    announces(&alice, json!("alice")).await;
    announces(&bob, json!("bob")).await;
    hears(&bob, &[json!("alice")]).await;
    hears(&alice, &[json!("bob")]).await;
    alice.host().block_peer(&bob.id()).await.unwrap();
    hears(&alice, &[]).await;
    hears(&bob, &[]).await;
}

#[tokio::test]
async fn a_value_that_is_too_large_is_refused_and_changes_nothing() {
    let (alice, bob) = common::alice_and_bob().await;
    let limit = alice.host().introduction(alice.instance()).await.unwrap().limits.announcement_bytes as usize;
    announces(&alice, json!("x".repeat(limit - 2))).await;
    hears(&bob, &[json!("x".repeat(limit - 2))]).await;
    let error = alice.host().set_announcement(alice.instance(), Some(json!("x".repeat(limit)))).await.unwrap_err();
    assert_eq!(error.code(), "TooLarge");
    hears(&bob, &[json!("x".repeat(limit - 2))]).await;
}

#[tokio::test]
async fn another_app_hears_nothing() {
    let (alice, bob) = common::alice_and_bob().await;
    announces(&alice, json!("for the same app")).await;
    hears(&bob, &[json!("for the same app")]).await;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("index.html"), "").unwrap();
    let other = bob.host().add_app(folder.path()).await.unwrap().id;
    assert_eq!(bob.host().announcements(other).await.unwrap(), []);
}
