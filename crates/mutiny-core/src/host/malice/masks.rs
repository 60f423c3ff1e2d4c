//! Mallory in the names of others: a frame says from which instance it is, and who is believed is the connection's peer.

use super::scene::Scene;
use super::*;

/// What Alice says is `n`-th.
fn word(n: u64) -> Body {
    Body::Json(format!("Alice {n}").into())
}

impl Scene {
    /// The next of Alice's messages, up to its delivery.
    async fn alice_says(&self, n: u64) {
        let (host, instance) = (&self.alice.host, self.alice.instance);
        let mut events = host.events();
        let id = host.send(instance, &self.honest, word(n), None).await.unwrap();
        let delivered = async {
            while host.status(instance, id).await.unwrap() != Status::Delivered {
                let _ = events.recv().await;
            }
        };
        tokio::time::timeout(PATIENCE, delivered).await.expect("an honest message is delivered all the same");
    }

    /// What came to the instance that talks with Alice, in her name and in Mallory's.
    async fn honest_inbox(&self) -> (Vec<Body>, Vec<Body>) {
        let (mut hers, mut mallorys) = (Vec::new(), Vec::new());
        let in_her_name = Address { peer: self.mallory.id.to_base58(), ..self.her() };
        while let Some(entry) = self.victim.host.next(self.honest.instance, None).await.unwrap() {
            match entry {
                Entry::Message { from, body, .. } if from == self.her() => hers.push(body),
                Entry::Message { from, body, .. } if from == in_her_name => mallorys.push(body),
                other => panic!("{other:?}"),
            }
        }
        (hers, mallorys)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_can_speak_in_another_peers_name() {
    let victim = Victim::new().await;
    let mallory = Mallory::invited_by(&victim).await;
    let mut line = mallory.open_line(&victim).await;
    line.data(0, br#"{"from":"somebody else"}"#).await;
    line.acknowledged(1).await;
    let (from, _) = victim.inbox().await.remove(0);
    assert_eq!(from, Address { peer: mallory.id.to_base58(), instance: MASK });
}

#[tokio::test(flavor = "multi_thread")]
async fn the_instance_of_an_invited_peer_lets_no_other_peer_in() {
    let scene = Scene::new().await;
    scene.honest_inbox().await;
    for n in 0..20 {
        scene.alice_says(n).await;
        let mut line = scene.greeted().await;
        line.offer_from(scene.alice.instance, 0, scene.honest.instance, u128::from(n)).await;
        assert!(matches!(line.hear().await, Some(Kind::Hello(_))));
        let Some(Kind::Reject(reject)) = line.hear().await else { panic!("let in") };
        assert_eq!(reject.code, Refusal::NotInvited as u32);
        // The flow is closed: what is sent on it all the same is ignored.
        line.data(0, b"\"Mallory\"").await;
    }
    scene.alice_says(20).await;
    assert_eq!(scene.honest_inbox().await, ((0..=20).map(word).collect(), vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_peers_with_the_same_instance_have_flows_of_their_own() {
    let scene = Scene::new().await;
    scene.honest_inbox().await;
    scene.victim.host.invite(scene.honest.instance, &scene.mallory.id.to_base58()).await.unwrap();
    // Her numbers are far ahead of Alice's, and stay where they are whatever Alice says.
    let mut stands = 0;
    for n in 0..20 {
        scene.alice_says(n).await;
        let mut line = scene.greeted().await;
        line.offer_from(scene.alice.instance, 0, scene.honest.instance, 1).await;
        assert!(matches!(line.hear().await, Some(Kind::Hello(_))));
        let Some(Kind::Accept(accept)) = line.hear().await else { panic!("turned away") };
        assert_eq!(accept.next, stands);
        line.say(Kind::Skip(Skip { handle: 0, to: 1_000 + n })).await;
        line.data(1_000 + n, b"\"Mallory\"").await;
        stands = 1_001 + n;
        line.acknowledged(stands).await;
    }
    scene.alice_says(20).await;
    let mallorys = vec![Body::Json("Mallory".into()); 20];
    assert_eq!(scene.honest_inbox().await, ((0..=20).map(word).collect(), mallorys));
}
