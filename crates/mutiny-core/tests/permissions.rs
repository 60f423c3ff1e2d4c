//! What apps may do: only what they declare, and only while the person allows it.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::Peer;
use mutiny_core::view::{Decision, Permission};
use mutiny_core::{Error, Host};
use uuid::Uuid;

async fn sees(host: &Host, instance: Uuid) -> Result<Vec<String>, String> {
    let peers = host.app_peers(instance).await.map_err(|error| error.code().to_owned())?;
    Ok(peers.into_iter().map(|peer| peer.name).collect())
}

/// Alice's app asks for everybody; she knows Bob.
async fn alice_knows_bob() -> (Peer, Peer, Uuid) {
    let (mut alice, bob) = (Peer::new("alice").await, Peer::new("bob").await);
    alice.declares(&["peers"]);
    let instance = alice.open().await;
    alice.meets(&bob).await;
    (alice, bob, instance)
}

#[tokio::test]
async fn an_app_sees_people_only_once_and_while_the_person_allows_it() {
    let (mut alice, bob, instance) = alice_knows_bob().await;
    assert_eq!(alice.host().permission(instance, Permission::Peers).await.unwrap(), Decision::Unasked);
    assert_eq!(sees(alice.host(), instance).await, Err("PermissionDenied".to_owned()));

    alice.host().set_permission(instance, Permission::Peers, true).await.unwrap();
    let named = alice.until("Bob by name", async |host| {
        sees(host, instance).await.ok().filter(|names| names.contains(&"bob".to_owned()))
    });
    assert_eq!(named.await, ["bob"]);
    drop(bob);

    // What was said outlives the host.
    alice.stop().await;
    alice.start().await;
    assert_eq!(sees(alice.host(), instance).await, Ok(vec!["bob".to_owned()]));

    alice.host().set_permission(instance, Permission::Peers, false).await.unwrap();
    assert_eq!(sees(alice.host(), instance).await, Err("PermissionDenied".to_owned()));
    assert_eq!(alice.host().permission(instance, Permission::Peers).await.unwrap(), Decision::Refused);
}

#[tokio::test]
async fn what_the_manifest_does_not_declare_cannot_be_allowed() {
    let mut alice = Peer::new("alice").await;
    let instance = alice.open().await;
    let error = alice.host().set_permission(instance, Permission::Peers, true).await.unwrap_err();
    assert!(matches!(error, Error::PermissionUndeclared(Permission::Peers)), "{error}");
    assert!(error.to_string().contains("Add it to"), "{error}");
    assert_eq!(sees(alice.host(), instance).await, Err("PermissionDenied".to_owned()));
    assert_eq!(alice.host().permissions().await.unwrap(), []);
}

#[tokio::test]
async fn each_instance_is_allowed_on_its_own() {
    let (alice, _bob, instance) = alice_knows_bob().await;
    alice.host().set_permission(instance, Permission::Peers, true).await.unwrap();
    let other = alice.host().add_app(alice.app()).await.unwrap().id;
    assert_eq!(sees(alice.host(), other).await, Err("PermissionDenied".to_owned()));

    let listed = alice.host().permissions().await.unwrap();
    let mut decisions: Vec<_> = listed.iter().map(|grant| (grant.label.as_str(), grant.decision)).collect();
    decisions.sort_by_key(|(label, _)| *label);
    assert_eq!(decisions, [("Talk", Decision::Granted), ("Talk 2", Decision::Unasked)]);
}

#[tokio::test]
async fn whom_the_person_can_choose_is_told_with_what_they_need_to_choose() {
    let (alice, bob, instance) = alice_knows_bob().await;
    let bob_as_listed = async |host: &Host| {
        let found = host.candidates(instance).await.unwrap().into_iter().find(|candidate| candidate.id == bob.id());
        found.filter(|candidate| candidate.name == "bob")
    };
    let listed = alice.until("Bob by name", bob_as_listed).await;
    assert!(listed.online && listed.friend && !listed.invited, "{listed:?}");
    let invited = alice.host().invite(instance, &bob.id()).await.unwrap();
    assert_eq!((invited.id.as_str(), invited.name.as_str()), (bob.id().as_str(), "bob"));
    assert!(bob_as_listed(alice.host()).await.unwrap().invited);
}
