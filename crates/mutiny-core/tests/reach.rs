//! Who may reach a host, and write to its instances: real hosts over loopback, where everybody is nearby.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::{Peer, alice_and_bob};
use mutiny_core::view::{FailureReason, MessageState, PeerFilter, Presence, Trust};
use serde_json::{Map, Value, json};

fn setting(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

async fn lets_in(peer: &Peer, filter: PeerFilter) {
    peer.host().set_settings(setting(json!({ "reach": filter }))).await.unwrap();
    assert_eq!(peer.host().settings().reach, filter);
}

/// Waits until `other` is not connected with `peer`.
async fn loses(peer: &Peer, other: &Peer) {
    let id = other.id();
    peer.until("a peer to be gone", async |host| {
        let peers = host.peers().await.unwrap();
        peers.into_iter().find(|peer| peer.id == id && peer.presence == Presence::Offline)
    })
    .await;
}

/// What `peer`'s person thinks of `other`.
async fn trust(peer: &Peer, other: &Peer) -> Trust {
    let id = other.id();
    peer.host().peers().await.unwrap().into_iter().find(|peer| peer.id == id).map_or(Trust::None, |peer| peer.trust)
}

#[tokio::test]
async fn a_stranger_s_invitation_waits_until_strangers_may_come() {
    let (mut alice, bob) = (Peer::new("alice").await, Peer::new("bob").await);
    alice.open().await;
    lets_in(&bob, PeerFilter::Friends).await;
    alice.host().add_contact(&bob.host().me().unwrap().link).await.unwrap();
    alice.invites(&bob).await;

    // Somebody whom Bob knows comes through at the same time.
    let mut carol = Peer::new("carol").await;
    carol.open().await;
    bob.host().add_contact(&carol.host().me().unwrap().link).await.unwrap();
    carol.invites(&bob).await;
    let first = bob.until("an invitation", async |host| host.invitations().await.unwrap().pop()).await;
    assert_eq!(first.from.peer, carol.id());
    assert_eq!(bob.host().invitations().await.unwrap().len(), 1);

    lets_in(&bob, PeerFilter::Nearby).await;
    let alice_s = alice.id();
    bob.until("Alice's invitation", async |host| {
        host.invitations().await.unwrap().into_iter().find(|invitation| invitation.from.peer == alice_s)
    })
    .await;
}

#[tokio::test]
async fn a_filter_that_shuts_somebody_out_closes_the_connection_that_is_open() {
    let (alice, bob) = (Peer::new("alice").await, Peer::new("bob").await);
    alice.meets(&bob).await;
    bob.sees(&alice).await;
    assert_eq!(trust(&bob, &alice).await, Trust::None);
    lets_in(&bob, PeerFilter::Friends).await;
    loses(&bob, &alice).await;
    loses(&alice, &bob).await;
    lets_in(&bob, PeerFilter::Nearby).await;
    bob.sees(&alice).await;
}

#[tokio::test]
async fn a_block_ends_a_conversation_at_once_and_its_end_resumes_it() {
    let (alice, bob) = alice_and_bob().await;
    let to = bob.address();
    alice.sends(&to, "before").await;
    assert_eq!(bob.hears(1).await, ["before"]);

    bob.host().block_peer(&alice.id()).await.unwrap();
    alice.sends(&to, "meanwhile").await;
    loses(&bob, &alice).await;
    loses(&alice, &bob).await;
    assert!(bob.has_empty_inbox().await);
    assert_eq!(trust(&bob, &alice).await, Trust::Blocked);

    bob.host().unblock_peer(&alice.id()).await.unwrap();
    assert_eq!(trust(&bob, &alice).await, Trust::Friend);
    alice.sends(&to, "after").await;
    // What was under way at that moment may have been refused. The sender knows which.
    let heard = bob.hears(1).await.remove(0);
    assert!(["meanwhile", "after"].contains(&heard.as_str()), "{heard}");
}

#[tokio::test]
async fn the_blocked_are_forgotten_by_no_restart() {
    let (alice, mut bob) = alice_and_bob().await;
    bob.host().block_peer(&alice.id()).await.unwrap();
    bob.stop().await;
    bob.start().await;
    let message = alice.sends(&bob.address(), "let me in").await;
    let mut carol = Peer::new("carol").await;
    carol.open().await;
    bob.meets(&carol).await;
    assert!(bob.has_empty_inbox().await);
    assert_eq!(trust(&bob, &alice).await, Trust::Blocked);
    let state = alice.host().status(alice.instance(), message).await.unwrap().state();
    assert_ne!(state, MessageState::Delivered);
}

/// Writes the manifest of a peer's app anew, before it is opened.
fn accepting(peer: &Peer, accepts: &str) {
    let manifest =
        json!({ "id": "org.example.talk", "name": "Talk", "version": "1.0.0", "accepts": accepts }).to_string();
    std::fs::write(peer.app().join("mutiny.json"), manifest).unwrap();
}

#[tokio::test]
async fn a_stranger_cannot_write_to_an_instance_that_lets_in_whom_it_invited() {
    let (mut alice, mut bob) = (Peer::new("alice").await, Peer::new("bob").await);
    alice.open().await;
    bob.open().await;
    alice.meets(&bob).await;
    let message = alice.sends(&bob.address(), "hello?").await;
    assert_eq!(alice.ended(message).await, MessageState::Failed);
    let notice = alice.takes().await;
    let is_refused = matches!(&notice, mutiny_core::view::Entry::Failure { reason: FailureReason::NotInvited, .. });
    assert!(is_refused, "{notice:?}");
    assert!(bob.has_empty_inbox().await);
}

#[tokio::test]
async fn an_app_may_open_its_door_to_people_nearby_and_the_person_may_shut_them_out_all_the_same() {
    let (mut alice, mut bob) = (Peer::new("alice").await, Peer::new("bob").await);
    accepting(&bob, "nearby");
    alice.open().await;
    bob.open().await;
    alice.meets(&bob).await;
    alice.sends(&bob.address(), "hello!").await;
    assert_eq!(bob.hears(1).await, ["hello!"]);

    lets_in(&bob, PeerFilter::Friends).await;
    alice.sends(&bob.address(), "hello?").await;
    loses(&alice, &bob).await;
    assert!(bob.has_empty_inbox().await);
}

#[tokio::test]
async fn an_app_for_friends_lets_in_no_neighbour() {
    let (mut alice, mut bob) = (Peer::new("alice").await, Peer::new("bob").await);
    accepting(&bob, "friends");
    alice.open().await;
    bob.open().await;
    alice.meets(&bob).await;
    bob.sees(&alice).await;
    let refused = alice.sends(&bob.address(), "too early").await;
    assert_eq!(alice.ended(refused).await, MessageState::Failed);
    bob.host().add_friend(&alice.id()).await.unwrap();
    alice.sends(&bob.address(), "as a friend").await;
    assert_eq!(bob.hears(1).await, ["as a friend"]);
}

#[tokio::test]
async fn a_name_of_one_s_own_is_for_the_person_and_not_for_apps() {
    let (alice, bob) = alice_and_bob().await;
    alice.host().rename_peer(&bob.id(), "The Boss").await.unwrap();
    let peer = alice.host().peers().await.unwrap().remove(0);
    assert_eq!((peer.name.as_str(), peer.says.as_deref()), ("The Boss", Some("bob")));
    assert_eq!(alice.knows().await.name, "bob");
    alice.host().rename_peer(&bob.id(), "").await.unwrap();
    assert_eq!(alice.host().peers().await.unwrap()[0].name, "bob");
}

#[tokio::test]
async fn only_a_new_profile_is_named_by_an_introduction() {
    let alice = Peer::new("alice").await;
    assert!(!alice.host().settings().introduced);
    alice.host().introduce("Alice").await.unwrap();
    assert!(alice.host().settings().introduced);
    alice.host().introduce("Mallory").await.unwrap();
    assert_eq!(alice.host().me().unwrap().name, "Alice");
}
