//! Apps from package files: added, updated in place, and brought back.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::{Peer, alice_and_bob};
use mutiny_core::view::Answer;
use mutiny_core::{Error, Host, pack};
use tempfile::TempDir;
use uuid::Uuid;

/// A place where a developer makes package files.
struct Workshop(TempDir);

impl Workshop {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A package file of this version of Talk.
    fn talk(&self, version: &str) -> PathBuf {
        self.app("org.example.talk", "Talk", version)
    }

    fn app(&self, id: &str, name: &str, version: &str) -> PathBuf {
        let folder = self.0.path().join(format!("{id}-{version}"));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("mutiny.json"), format!(r#"{{"id":"{id}","name":"{name}","version":"{version}"}}"#))
            .unwrap();
        fs::write(folder.join("index.html"), format!("{name} {version}")).unwrap();
        let file = folder.with_extension("zip");
        pack(&folder, &file).unwrap();
        file
    }
}

async fn page(host: &Host, instance: Uuid) -> String {
    String::from_utf8(host.resource(instance, "/").await.unwrap().content).unwrap()
}

/// How many packages a peer keeps.
fn kept(host: &Host) -> usize {
    fs::read_dir(host.profile_dir().join("packages")).map_or(0, Iterator::count)
}

async fn version(host: &Host, instance: Uuid) -> String {
    host.instance(instance).await.unwrap().app.version
}

/// Waits until a peer knows that the other side has this version, and sees that nobody was asked again for it.
async fn learns(peer: &Peer, version: &str) {
    let instance = peer.instance();
    let known = async |host: &Host| {
        let known = host.correspondents(instance).await.unwrap();
        known.into_iter().find(|correspondent| correspondent.version.as_deref() == Some(version))
    };
    peer.until("the new version", known).await;
    assert!(peer.host().invitations().await.unwrap().iter().all(|invitation| invitation.instance.is_some()));
}

#[tokio::test(flavor = "multi_thread")]
async fn opening_a_package_twice_gives_two_instances_that_need_the_file_no_more() {
    let (mut alice, workshop) = (Peer::new("alice").await, Workshop::new());
    let file = workshop.talk("1.0.0");
    let first = alice.host().instance_for(&file).await.unwrap();
    let second = alice.host().instance_for(&file).await.unwrap();
    assert_ne!(first.id, second.id);
    assert_eq!((first.label.as_str(), second.label.as_str()), ("Talk", "Talk 2"));
    assert_eq!((first.folder, kept(alice.host())), (None, 1));

    fs::remove_file(file).unwrap();
    alice.stop().await;
    alice.start().await;
    assert_eq!(page(alice.host(), first.id).await, "Talk 1.0.0");
    let third = alice.host().another_instance(second.id).await.unwrap();
    assert_eq!((third.label.as_str(), third.problem), ("Talk 3", None));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_package_goes_with_its_last_instance() {
    let (alice, workshop) = (Peer::new("alice").await, Workshop::new());
    let file = workshop.talk("1.0.0");
    let first = alice.host().add_app(&file).await.unwrap().id;
    let second = alice.host().add_app(&file).await.unwrap().id;
    alice.host().remove_instance(first).await.unwrap();
    assert_eq!(page(alice.host(), second).await, "Talk 1.0.0");
    alice.host().remove_instance(second).await.unwrap();
    assert_eq!(kept(alice.host()), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_keeps_the_queues_and_the_other_side_learns_the_version() {
    let ((alice, mut bob), workshop) = (alice_and_bob().await, Workshop::new());
    assert_eq!(bob.knows().await.version.as_deref(), Some("1.0.0"));
    let to = bob.address();
    bob.stop().await;
    alice.sends(&to, "written before").await;

    let updated = alice.host().update_app(alice.instance(), &workshop.talk("1.1.0"), false).await.unwrap();
    assert_eq!((updated.id, updated.app.version.as_str()), (alice.instance(), "1.1.0"));
    assert_eq!((updated.waiting, updated.previous_version.as_deref()), (2, Some("1.0.0")));
    assert_eq!(page(alice.host(), alice.instance()).await, "Talk 1.1.0");

    bob.start().await;
    assert_eq!(bob.hears(1).await, ["written before"]);
    learns(&bob, "1.1.0").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_asks_nobody_again_who_removed_the_app() {
    let ((alice, bob), workshop) = (alice_and_bob().await, Workshop::new());
    bob.host().remove_instance(bob.instance()).await.unwrap();
    alice.host().update_app(alice.instance(), &workshop.talk("1.1.0"), false).await.unwrap();
    let arrived = async |host: &Host| {
        host.invitations().await.unwrap().into_iter().find(|invitation| invitation.app_version == "1.1.0")
    };
    assert_eq!(bob.until("the new version", arrived).await.answer, Answer::Accepted);

    // A new invitation does ask.
    alice.invites(&bob).await;
    let asked = async |host: &Host| {
        host.invitations().await.unwrap().into_iter().find(|invitation| invitation.answer == Answer::Open)
    };
    bob.until("an open invitation", asked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_waits_for_somebody_blocked_after_an_update() {
    let ((alice, bob), workshop) = (alice_and_bob().await, Workshop::new());
    alice.host().block_peer(&bob.id()).await.unwrap();
    let updated = alice.host().update_app(alice.instance(), &workshop.talk("1.1.0"), false).await.unwrap();
    assert_eq!((updated.app.version.as_str(), updated.waiting), ("1.1.0", 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_version_before_can_be_brought_back_and_so_can_the_newer_one() {
    let (mut alice, workshop) = (Peer::new("alice").await, Workshop::new());
    let id = alice.host().add_app(&workshop.talk("1.2.0")).await.unwrap().id;
    alice.host().update_app(id, &workshop.talk("1.3.0"), false).await.unwrap();
    alice.stop().await;
    alice.start().await;
    let host = alice.host();
    let back = host.restore_app(id).await.unwrap();
    assert_eq!((back.app.version.as_str(), back.previous_version.as_deref()), ("1.2.0", Some("1.3.0")));
    assert_eq!(page(host, id).await, "Talk 1.2.0");
    host.restore_app(id).await.unwrap();
    assert_eq!(page(host, id).await, "Talk 1.3.0");

    // One step, and no more: the oldest goes.
    host.update_app(id, &workshop.talk("1.4.0"), false).await.unwrap();
    assert_eq!(kept(host), 2);
    let fresh = host.add_app(&workshop.talk("1.4.0")).await.unwrap().id;
    assert!(matches!(host.restore_app(fresh).await, Err(Error::InvalidArgument(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_version_is_taken_only_by_who_says_so_and_another_app_never() {
    let (alice, workshop) = (Peer::new("alice").await, Workshop::new());
    let host = alice.host();
    let id = host.add_app(&workshop.talk("1.10.0")).await.unwrap().id;
    let old = workshop.talk("1.9.0");
    let refused = host.update_app(id, &old, false).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "This is version 1.9.0 of \u{201c}Talk\u{201d}, and you have 1.10.0, which is newer. Nothing was changed."
    );
    let poll = workshop.app("org.example.poll", "Poll", "9.0.0");
    assert!(matches!(host.update_app(id, &poll, true).await, Err(Error::OtherApp { .. })));
    assert_eq!((version(host, id).await.as_str(), kept(host)), ("1.10.0", 3));
    host.update_app(id, &old, true).await.unwrap();
    assert_eq!((version(host, id).await.as_str(), kept(host)), ("1.9.0", 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_moves_between_a_folder_and_a_package() {
    let (mut alice, workshop) = (Peer::new("alice").await, Workshop::new());
    let id = alice.open().await;
    let host = alice.host();
    let packaged = host.update_app(id, &workshop.talk("2.0.0"), false).await.unwrap();
    assert_eq!(packaged.folder, None);
    let back = host.restore_app(id).await.unwrap();
    assert_eq!(back.folder.as_deref().map(Path::new), Some(alice.app().canonicalize().unwrap().as_path()));
    // A folder is read anew whenever it is opened; a package never changes.
    fs::write(alice.app().join("index.html"), "edited").unwrap();
    assert_eq!(page(host, id).await, "edited");
}

/// Whatever it is noticed by: opening a page, the command line, or choosing the folder again. The last is an update.
#[tokio::test(flavor = "multi_thread")]
async fn an_edited_folder_is_what_it_is_now_and_the_other_side_learns_of_an_update() {
    let (alice, bob) = alice_and_bob().await;
    let (host, id, folder) = (alice.host(), alice.instance(), alice.app().to_owned());
    let edit = |version: &str| {
        fs::write(folder.join("index.html"), format!("Talk {version}")).unwrap();
        let manifest = format!(r#"{{"id":"org.example.talk","name":"Talk","version":"{version}"}}"#);
        fs::write(folder.join("mutiny.json"), manifest).unwrap();
    };
    let is = async |expected: &str| {
        assert_eq!(version(host, id).await, expected);
        assert_eq!(page(host, id).await, format!("Talk {expected}"));
    };
    edit("1.1.0");
    page(host, id).await;
    is("1.1.0").await;

    edit("1.2.0");
    assert_eq!(host.instance_for(&folder).await.unwrap().id, id);
    is("1.2.0").await;

    edit("1.3.0");
    page(host, id).await;
    let updated = host.update_app(id, &folder, false).await.unwrap();
    assert_eq!((updated.app.version.as_str(), updated.previous_version), ("1.3.0", None));
    is("1.3.0").await;
    learns(&bob, "1.3.0").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_package_is_refused_with_a_sentence() {
    let (alice, workshop) = (Peer::new("alice").await, Workshop::new());
    let file = workshop.0.path().join("broken.zip");
    fs::write(&file, "PK but no more").unwrap();
    let error = alice.host().add_app(&file).await.unwrap_err();
    assert_eq!(error.code(), "BadPackage");
    assert!(
        error.to_string().contains("broken.zip cannot be opened as an app: it is not a sound .zip file"),
        "{error}"
    );
    let missing = workshop.0.path().join("missing.zip");
    assert!(matches!(alice.host().add_app(&missing).await, Err(Error::MissingPackage(_))));
    assert_eq!(kept(alice.host()), 0);
}

#[tokio::test]
async fn apps_that_came_along_are_offered_until_they_are_here() {
    let (alice, shelf) = (Peer::new("alice").await, TempDir::new().unwrap());
    for (name, id) in [("b", "org.example.chat"), ("a", "org.example.poll")] {
        let folder = shelf.path().join(name);
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("index.html"), "").unwrap();
        fs::write(folder.join("icon.svg"), "<svg/>").unwrap();
        let manifest = format!(r#"{{"id":"{id}","name":"{}","version":"1.0.0","icon":"icon.svg"}}"#, &id[12..]);
        fs::write(folder.join("mutiny.json"), manifest).unwrap();
    }
    fs::create_dir(shelf.path().join("no app")).unwrap();
    let names = async || {
        let offers = alice.host().offers(shelf.path().to_owned()).await.unwrap();
        assert!(offers.iter().all(|offer| offer.icon.is_some()), "{offers:?}");
        offers.into_iter().map(|offer| offer.name).collect::<Vec<_>>()
    };
    assert_eq!(names().await, ["chat", "poll"]);
    let chat = alice.host().add_app(&shelf.path().join("b")).await.unwrap();
    assert_eq!(names().await, ["poll"]);
    assert!(alice.host().app_icon(chat.id).await.unwrap().is_some());
    assert_eq!(alice.host().offers(shelf.path().join("gone")).await.unwrap(), []);
}
