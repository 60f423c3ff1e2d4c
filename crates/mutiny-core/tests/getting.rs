//! Getting an app from whoever invited: fetched, reviewed, and only then run.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod common;

use std::fs;

use common::Peer;
use mutiny_core::view::{Acceptance, Answer, Body, Entry, Invitation, Review, TransferState};
use mutiny_core::{Error, Host};
use uuid::Uuid;

/// Ana, who has an app, and Ben, who has none.
async fn ana_and_ben() -> (Peer, Peer) {
    let (mut ana, ben) = (Peer::new("Ana").await, Peer::new("Ben").await);
    // Large enough to arrive in several pieces.
    fs::write(ana.app().join("large.bin"), vec![7; 400_000]).unwrap();
    ana.open().await;
    ana.meets(&ben).await;
    (ana, ben)
}

async fn invitation(ben: &Peer) -> Invitation {
    let open = async |host: &Host| {
        host.invitations().await.unwrap().into_iter().find(|invitation| invitation.answer == Answer::Open)
    };
    ben.until("an invitation", open).await
}

async fn state(host: &Host, invitation: Uuid) -> Option<TransferState> {
    let all = host.transfers().await.unwrap();
    all.into_iter().find(|transfer| transfer.invitation == invitation).map(|transfer| transfer.state)
}

async fn review(ben: &Peer, invitation: Uuid) -> Review {
    let ready = async |host: &Host| match state(host, invitation).await {
        Some(TransferState::Ready(review)) => Some(review),
        Some(TransferState::Failed { problem }) => panic!("{problem}"),
        _ => None,
    };
    ben.until("the app", ready).await
}

async fn failure(ben: &Peer, invitation: Uuid) -> String {
    let failed = async |host: &Host| match state(host, invitation).await {
        Some(TransferState::Failed { problem }) => Some(problem),
        _ => None,
    };
    ben.until("a failure", failed).await
}

/// What Ben keeps of packages, whole or not.
fn kept(host: &Host) -> usize {
    fs::read_dir(host.profile_dir().join("packages")).map_or(0, Iterator::count)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_comes_from_the_inviter_and_the_first_message_after_it() {
    let (ana, ben) = ana_and_ben().await;
    ana.invites(&ben).await;
    let invited = invitation(&ben).await;
    let early = ben.host().accept_invitation(invited.id, Acceptance::Fetched).await;
    assert!(matches!(early, Err(Error::AppMissing(_))), "nothing runs that was not fetched");

    ben.host().get_app(invited.id).await.unwrap();
    let review = review(&ben, invited.id).await;
    assert_eq!((review.app.name.as_str(), review.app.hash.as_str()), ("Talk", invited.app_hash.as_str()));
    assert_eq!((review.files, review.app.accepts), (3, mutiny_core::view::Accepts::Invited));
    assert!(review.bytes > 400_000);
    assert!(ben.host().instances().await.unwrap().is_empty(), "nothing runs before it was reviewed");

    let instance = ben.host().accept_invitation(invited.id, Acceptance::Fetched).await.unwrap();
    assert_eq!((instance.app.version.as_str(), instance.folder.as_deref()), ("1.0.0", None));
    let there = ana.knows().await;
    assert_eq!(there.instance, Some(instance.id));
    ben.host().send(instance.id, &ana.address(), Body::Json("thanks".into()), None).await.unwrap();
    let Entry::Message { body, .. } = ana.takes().await else { panic!("no message") };
    assert_eq!(body, Body::Json("thanks".into()));
    ben.until("the transfer to be over", async |host| state(host, invited.id).await.is_none().then_some(())).await;
    assert_eq!(kept(ben.host()), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inviter_who_is_offline_is_waited_for_across_restarts() {
    let (mut ana, mut ben) = ana_and_ben().await;
    ana.invites(&ben).await;
    let invited = invitation(&ben).await;
    ana.stop().await;
    let gone = async |host: &Host| {
        let peers = host.peers().await.unwrap();
        peers.iter().all(|peer| peer.presence == mutiny_core::view::Presence::Offline).then_some(())
    };
    ben.until("Ana to be gone", gone).await;
    ben.host().get_app(invited.id).await.unwrap();
    assert_eq!(state(ben.host(), invited.id).await, Some(TransferState::Waiting));
    ben.stop().await;
    ben.start().await;
    assert_eq!(state(ben.host(), invited.id).await, Some(TransferState::Waiting));
    ana.start().await;
    ana.meets(&ben).await;
    review(&ben, invited.id).await;

    // What was fetched stays, and can be reviewed later.
    ben.stop().await;
    ben.start().await;
    review(&ben, invited.id).await;
    ben.host().accept_invitation(invited.id, Acceptance::Fetched).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_changed_since_is_not_taken_and_a_new_invitation_begins_anew() {
    let (ana, ben) = ana_and_ben().await;
    ana.invites(&ben).await;
    let invited = invitation(&ben).await;
    fs::write(ana.app().join("index.html"), "edited").unwrap();
    ben.host().get_app(invited.id).await.unwrap();
    let problem = failure(&ben, invited.id).await;
    assert!(problem.starts_with("Ana has another version of \u{201c}Talk\u{201d} by now"), "{problem}");
    assert_eq!(kept(ben.host()), 0);

    // By now Ana's host knows what it is, and a new invitation says so.
    ana.invites(&ben).await;
    let ready = async |host: &Host| match state(host, invited.id).await {
        Some(TransferState::Ready(review)) => Some(review),
        _ => None,
    };
    let review = ben.until("the app as it is now", ready).await;
    assert_ne!(review.app.hash, invited.app_hash);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_changes_their_mind_keeps_nothing() {
    let (ana, ben) = ana_and_ben().await;
    ana.invites(&ben).await;
    let invited = invitation(&ben).await;
    ben.host().get_app(invited.id).await.unwrap();
    review(&ben, invited.id).await;
    ben.host().cancel_transfer(invited.id).await.unwrap();
    assert_eq!((state(ben.host(), invited.id).await, kept(ben.host())), (None, 0));

    ben.host().get_app(invited.id).await.unwrap();
    review(&ben, invited.id).await;
    ben.host().decline_invitation(invited.id).await.unwrap();
    ben.until("the package to go", async |host| (kept(host) == 0).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_version_of_an_older_invitation_is_still_lent_after_an_update() {
    let (ana, ben) = ana_and_ben().await;
    let workshop = tempfile::tempdir().unwrap();
    let package = |version: &str| {
        let manifest = format!(r#"{{"id":"org.example.talk","name":"Talk","version":"{version}"}}"#);
        fs::write(ana.app().join("mutiny.json"), manifest).unwrap();
        let file = workshop.path().join(format!("{version}.zip"));
        mutiny_core::pack(ana.app(), &file).unwrap();
        file
    };
    let instance = ana.host().add_app(&package("1.1.0")).await.unwrap().id;
    ana.host().invite(instance, &ben.id()).await.unwrap();
    let invited = invitation(&ben).await;
    ana.host().update_app(instance, &package("1.2.0"), false).await.unwrap();
    ben.host().get_app(invited.id).await.unwrap();
    assert_eq!(review(&ben, invited.id).await.app.version, "1.1.0");
}
