//! Databases that are damaged: nothing of them is lost or written over, and nobody is left without word.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod common;

use std::fs;
use std::path::PathBuf;

use common::{Peer, alice_and_bob};
use mutiny_core::view::{Damage, MessageState};
use mutiny_core::{Error, Host};

/// Fills the second half of the database with nonsense.
fn damage(peer: &Peer) -> Vec<u8> {
    let mut content = fs::read(peer.database()).unwrap();
    let half = content.len() / 2;
    content[half..].fill(0xa5);
    fs::write(peer.database(), &content).unwrap();
    content
}

async fn set_aside(host: &Host) -> PathBuf {
    match host.damage().await.unwrap() {
        Some(Damage::SetAside { folder, .. }) => folder.into(),
        other => panic!("the person is told {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_database_is_set_aside_whole_and_the_person_is_told_until_they_have_seen_it() {
    let (mut alice, bob) = alice_and_bob().await;
    let (id, webview) = (alice.id(), alice.host().webview_dir());
    fs::create_dir_all(&webview).unwrap();
    fs::write(webview.join("localstorage"), "what the app kept").unwrap();
    alice.stop().await;
    let content = damage(&alice);
    let log = alice.database().with_file_name("mutiny.db-wal");
    fs::write(&log, "a log").unwrap();

    alice.start().await;
    assert_eq!(alice.id(), id, "she is the same peer");
    assert!(alice.host().instances().await.unwrap().is_empty());
    let folder = set_aside(alice.host()).await;
    assert_eq!(fs::read(folder.join("mutiny.db")).unwrap(), content);
    assert_eq!(fs::read_to_string(folder.join("mutiny.db-wal")).unwrap(), "a log");
    assert_eq!(fs::read_to_string(folder.join("webview/localstorage")).unwrap(), "what the app kept");
    assert!(!webview.exists());

    // Told again after a restart, and not any more once it was seen.
    alice.stop().await;
    alice.start().await;
    assert_eq!(set_aside(alice.host()).await, folder);
    alice.host().damage_seen().await.unwrap();
    assert_eq!(alice.host().damage().await.unwrap(), None);
    alice.stop().await;
    alice.start().await;
    assert_eq!(alice.host().damage().await.unwrap(), None);

    // And on it goes: a new app, a new invitation, new messages.
    alice.open().await;
    alice.meets(&bob).await;
    alice.invites(&bob).await;
    bob.accepts().await;
    let to = alice.knows().await.instance.unwrap();
    assert_eq!(to, bob.instance());
    let sent = alice.sends(&bob.address(), "hello again").await;
    assert_eq!(bob.hears(1).await, ["hello again"]);
    assert_eq!(alice.ended(sent).await, MessageState::Delivered);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_had_sent_to_the_lost_instances_ends_with_a_notice() {
    let (mut alice, bob) = alice_and_bob().await;
    let to = alice.address();
    alice.stop().await;
    let waiting = bob.sends(&to, "are you there?").await;
    damage(&alice);
    alice.start().await;
    alice.meets(&bob).await;
    assert_eq!(bob.ended(waiting).await, MessageState::Failed);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_damaged_database_has_a_folder_of_its_own() {
    let mut alice = Peer::new("alice").await;
    let mut folders = Vec::new();
    for _ in 0..3 {
        alice.stop().await;
        damage(&alice);
        alice.start().await;
        folders.push(set_aside(alice.host()).await);
    }
    folders.dedup();
    assert_eq!(folders.len(), 3);
    assert!(folders.iter().all(|folder| folder.join("mutiny.db").exists()));
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_that_shows_while_the_host_runs_stops_all_writing_and_is_set_aside_at_the_next_start() {
    let mut alice = Peer::new("alice").await;
    alice.open().await;
    let to = alice.address();
    alice.invites(&alice).await;
    for n in 0..50 {
        alice.sends(&to, &format!("{n}{}", "x".repeat(20_000))).await;
    }
    alice
        .until("all of them", async |host| {
            let waiting = host.instances().await.unwrap()[0].waiting;
            (waiting == 0).then_some(())
        })
        .await;
    alice.stop().await;
    alice.start().await;
    damage(&alice);

    let met = alice.until("the damage to show", async |host| host.next(alice.instance(), None).await.err()).await;
    assert!(matches!(met, Error::CorruptDatabase { .. }), "{met:?}");
    let refused = alice.host().set_name("Alice").await.unwrap_err();
    assert_eq!(refused.code(), "CorruptDatabase");
    assert!(matches!(alice.host().damage().await.unwrap(), Some(Damage::Met { .. })));

    alice.stop().await;
    alice.start().await;
    assert!(set_aside(alice.host()).await.join("mutiny.db").exists());
    alice.open().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_of_a_newer_mutiny_is_not_set_aside() {
    let mut alice = Peer::new("alice").await;
    alice.stop().await;
    let mut content = fs::read(alice.database()).unwrap();
    // The schema's version, in the file's header.
    content[60..64].copy_from_slice(&1_000_u32.to_be_bytes());
    fs::write(alice.database(), &content).unwrap();
    let refused = Host::start(alice.config()).await.err().unwrap();
    assert!(matches!(refused, Error::NewerDatabase { .. }), "{refused:?}");
    assert_eq!(fs::read(alice.database()).unwrap(), content);
}
