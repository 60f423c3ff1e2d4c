//! Peers that listen and do not answer, or talk and do not listen.

use super::scene::{Scene, resident};
use super::*;
use crate::view::{FailureReason, Outcome};

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_never_reads_holds_nobody_up() {
    let victim = Victim::new().await;
    let mallory = Mallory::invited_by(&victim).await;
    let mut line = mallory.line(&victim).await;
    line.hello().await;
    // Every offer is answered, and the answers pile up.
    let flood = async {
        for first in (0..).step_by(100) {
            let offers = (first..first + 100).map(|n| offer(MASK, n, Uuid::from_u128(u128::from(n)), 1));
            line.raw(&wire(offers)).await;
        }
    };
    let (_, ()) = tokio::join!(tokio::time::timeout(Duration::from_secs(5), flood), victim.is_well());
    victim.is_well().await;
    // So they did.
    for _ in 0..1_000 {
        assert!(line.hear().await.is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_never_says_a_word_keeps_only_its_own_messages_waiting() {
    let victim = Victim::new().await;
    let mut mallory = Mallory::invited_by(&victim).await;
    let stream = mallory.is_called().await;
    let to = Address { peer: mallory.id.to_base58(), instance: MASK };
    let waiting = victim.host.send(victim.instance, &to, Body::Json("hello?".into()), None).await.unwrap();
    victim.is_well().await;
    assert_eq!(victim.host.status(victim.instance, waiting).await.unwrap().state(), MessageState::Queued);
    drop(stream);
}

/// How much Mallory takes without acknowledging it.
const MESSAGES: u64 = 800;
const SIZE: usize = 100 << 10;

#[tokio::test(flavor = "multi_thread")]
async fn what_a_peer_takes_and_never_acknowledges_waits_on_the_disk_alone_and_holds_nobody_up() {
    let scene = Scene::new().await;
    let (memory, disk) = (resident(), scene.disk());
    let to = Address { peer: scene.mallory.id.to_base58(), instance: MASK };
    let sending = async {
        let mut ids = Vec::new();
        for _ in 0..MESSAGES {
            let body = Body::Json("x".repeat(SIZE - 2).into());
            ids.push(scene.victim.host.send(scene.victim.instance, &to, body, None).await.unwrap());
        }
        let began = Instant::now();
        while scene.took(MASK).len() < MESSAGES as usize {
            assert!(began.elapsed() < 2 * PATIENCE, "Mallory took {} of {MESSAGES}", scene.took(MASK).len());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        ids
    };
    let (ids, noticed) = tokio::join!(sending, scene.talks(Duration::from_secs(3)));
    noticed.is_bearable("all is taken and nothing acknowledged");

    // She has all of it, in order and once: what came after the first of it was held up by nothing.
    assert_eq!(scene.took(MASK), (0..MESSAGES).collect::<Vec<_>>());
    for id in ids {
        assert_eq!(scene.victim.host.status(scene.victim.instance, id).await.unwrap().state(), MessageState::Queued);
    }
    let sent = MESSAGES * SIZE as u64;
    let (memory, disk) = (resident().saturating_sub(memory), scene.disk() - disk);
    println!("{} MiB not acknowledged: memory +{} MiB, disk +{} MiB", sent >> 20, memory >> 20, disk >> 20);
    assert!(memory < sent / 2, "the process grew by {} MiB", memory >> 20);
    assert!(disk < 2 * sent, "the victim's profile grew by {} MiB", disk >> 20);
    scene.talks(Duration::from_secs(1)).await.is_bearable("and goes on waiting");
}

/// How long the victim puts up with silence about what is overdue, and as much as it takes to say so.
const SILENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn what_is_never_acknowledged_ends_as_unknown_when_its_time_is_up_and_is_told_of_once() {
    let scene = Scene::new().await;
    let (host, instance) = (&scene.victim.host, scene.victim.instance);
    let to = Address { peer: scene.mallory.id.to_base58(), instance: MASK };
    let soon = Some(Duration::from_secs(1));
    let id = host.send(instance, &to, Body::Json("hello?".into()), soon).await.unwrap();
    let mut events = host.events();
    let ended = async {
        while host.status(instance, id).await.unwrap().state() == MessageState::Queued {
            let _ = events.recv().await;
        }
    };
    tokio::time::timeout(SILENCE + PATIENCE, ended).await.expect("its end");
    assert_eq!(scene.took(MASK), [0]);
    let (reason, outcome) = (FailureReason::Expired, Outcome::Unknown);
    assert_eq!(host.status(instance, id).await.unwrap(), Status::Failed { reason, outcome });
    let notice = host.next(instance, None).await.unwrap();
    let said = (reason, outcome, id);
    assert!(
        matches!(notice, Some(Entry::Failure { message, reason, outcome, .. }) if (reason, outcome, message) == said)
    );
    assert_eq!(host.next(instance, None).await.unwrap(), None);
}
