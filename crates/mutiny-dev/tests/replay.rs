//! A session is saved and replayed: what was done is done again, and the same has to come of it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::{Scene, is, node};
use mutiny_core::view::{FailureReason, LinkConditions, Step};
use mutiny_dev::view::Event;
use mutiny_dev::{Error, Recording, Switches, What, replay};
use tempfile::TempDir;

/// A session with something of everything.
async fn eventful() -> (Scene, Recording, TempDir) {
    let scene = Scene::of(3).await;
    let conversation = scene.conversation("ana", "ben").await;
    scene.announces("ana", "first").await;
    scene.announces("ana", "last").await;
    scene.sees("ben", |event| matches!(event, Event::Heard { preview, .. } if preview == "\"last\"")).await;
    let first = conversation.says("one").await;
    scene.sees("ben", is::received(first)).await;
    scene.takes("ben").await;

    scene.session.kill("ben").await.unwrap();
    let second = conversation.says("two").await;
    scene.session.restart("ben").await.unwrap();
    scene.sees("ben", is::received(second)).await;
    scene.takes("ben").await;

    scene.session.set_link("ana", "ben", LinkConditions { cut: true, delay: 0 }).await.unwrap();
    scene.until(|view| !view.links.iter().any(|link| link.from == "ana" && link.to == "ben" && link.connected)).await;
    conversation.says("never").await;
    scene.session.set_peer("ana", Switches { ahead: 8 * 24 * 60 * 60 * 1000, ..Switches::default() }).await.unwrap();
    scene.sees("ana", |event| matches!(event, Event::Failed { .. })).await;
    scene.ask("ana", "next", serde_json::json!({})).await;
    scene.sees("ana", |event| matches!(event, Event::Taken { .. })).await;

    let folder = TempDir::new().unwrap();
    let file = folder.path().join("session.json");
    scene.session.save(&file).unwrap();
    let recording = Recording::read(&file).unwrap();
    (scene, recording, folder)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_comes_of_a_saved_session_and_what_is_different_is_noticed() {
    let (scene, recording, _folder) = eventful().await;
    scene.session.stop().await;
    let replayed = replay(&recording, node(), None).await.unwrap();
    assert_eq!(replayed.peers, ["ana", "ben", "cleo"]);
    assert!(replayed.happenings > 20, "{replayed:?}");

    // Somebody says that the last message failed for another reason.
    let mut other = recording.clone();
    for record in &mut other.records {
        if let What::Step(Step::Failed { reason, .. }) = &mut record.what {
            *reason = FailureReason::Blocked;
        }
    }
    let error = replay(&other, node(), None).await.unwrap_err();
    assert!(matches!(&error, Error::Different(why) if why.contains("Blocked") && why.contains("Expired")), "{error}");
    assert_eq!(error.exit_code(), 1);
}
