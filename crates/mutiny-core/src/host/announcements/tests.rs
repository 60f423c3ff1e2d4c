//! A peer that announces without end, against a real host.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::time::Duration;

use futures::AsyncWriteExt as _;
use libp2p::identity::Keypair;
use tempfile::TempDir;

use crate::announcements::stream::PROTOCOL;
use crate::contact::ContactLink;
use crate::host::{Config, Host};
use crate::network::{self, Network, NetworkEvent};
use crate::policy::Policy;

const PATIENCE: Duration = Duration::from_secs(30);

/// A frame as it stands on the wire, written by hand: fields of a length below 128 only.
fn frame(instance: u8, value: &str) -> Vec<u8> {
    let mut body = Vec::new();
    for (tag, bytes) in
        [(0x0a, &[instance; 16][..]), (0x12, b"org.example.talk"), (0x1a, b"1.0.0"), (0x22, value.as_bytes())]
    {
        body.extend([tag, u8::try_from(bytes.len()).unwrap()]);
        body.extend(bytes);
    }
    [&u32::try_from(body.len()).unwrap().to_be_bytes()[..], &body].concat()
}

#[tokio::test]
async fn a_flood_of_announcements_is_bounded_held_back_and_gone_with_its_peer() {
    let home = TempDir::new().unwrap();
    let app = home.path().join("app");
    std::fs::create_dir(&app).unwrap();
    std::fs::write(app.join("index.html"), "").unwrap();
    std::fs::write(app.join("mutiny.json"), r#"{"id":"org.example.talk","name":"Talk","version":"1.0.0"}"#).unwrap();
    let host = Host::start(Config {
        profile: "default".into(),
        data_dir: Some(home.path().join("data")),
        listen: vec!["/ip4/127.0.0.1/tcp/0".into()],
        mdns: false,
    })
    .await
    .unwrap();
    let instance = host.add_app(&app).await.unwrap().id;

    let key = Keypair::generate_ed25519();
    let mallory = key.public().to_peer_id();
    let (network, mut events) = Network::start(network::Settings {
        key,
        listen: vec!["/ip4/127.0.0.1/tcp/0".parse().unwrap()],
        port: None,
        mdns: false,
        protocols: vec![PROTOCOL],
        policy: Policy::default(),
    })
    .await
    .unwrap();
    host.invite(instance, &mallory.to_base58()).await.unwrap();
    let link: ContactLink = host.me().unwrap().link.parse().unwrap();
    network.want(link.peer, link.addresses);
    while !matches!(events.recv().await.unwrap(), NetworkEvent::Connected { .. }) {}
    tokio::spawn(async move { while events.recv().await.is_some() {} });

    // Far more instances than are kept, and far more frames than are read at once.
    let mut stream = network.open_stream(link.peer, PROTOCOL).await.unwrap();
    let flood = tokio::spawn(async move {
        for round in 0_u32.. {
            for instance in 0..=255 {
                if stream.write_all(&frame(instance, &round.to_string())).await.is_err() {
                    return;
                }
            }
        }
    });
    let mut woken = host.events();
    let heard = tokio::time::timeout(PATIENCE, async {
        loop {
            let heard = host.announcements(instance).await.unwrap();
            if heard.len() >= 32 {
                return heard;
            }
            let _ = woken.recv().await;
        }
    });
    let heard = heard.await.expect("it is heard as far as its bounds go");
    assert_eq!(heard.len(), 32);
    // Of the second round nothing was read yet: 64 frames came at once, and then a few a second.
    assert!(heard.iter().all(|it| it.data == 0 && it.from.peer == mallory.to_base58()), "{heard:?}");
    assert!(!flood.is_finished(), "the sender is held back");

    // The host answers as ever, and blocking ends it.
    host.set_announcement(instance, Some("well".into())).await.unwrap();
    host.block_peer(&mallory.to_base58()).await.unwrap();
    let silence = tokio::time::timeout(PATIENCE, async {
        while !host.announcements(instance).await.unwrap().is_empty() {
            let _ = woken.recv().await;
        }
    });
    silence.await.expect("nothing of a blocked peer is shown");
    flood.abort();
    host.stop().await;
}
