//! A peer that speaks the raw protocol and means no good, against a real host.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod flood;
mod masks;
mod scene;
mod silence;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use futures::{AsyncReadExt as _, AsyncWriteExt as _};
use libp2p::PeerId;
use libp2p::identity::Keypair;
use mutiny_delivery::frame::{Accept, Ack, Data, Frame, Hello, Kind, MAX_BODY, MAX_FRAME, Offer, Skip, VERSION};
use mutiny_delivery::message::Refusal;
use tempfile::TempDir;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::{Config, Host};
use crate::contact::ContactLink;
use crate::delivery::stream::PROTOCOL;
use crate::network::{self, Network, NetworkEvent, Substream};
use crate::policy::Policy;
use crate::view::{Address, Body, Entry, MessageState, Status};

const PATIENCE: Duration = Duration::from_secs(30);

/// The instance that Mallory says she is.
const MASK: Uuid = Uuid::from_u128(0xbad);

/// A host with one instance that has invited Mallory, and is invited by nobody.
struct Victim {
    host: Host,
    instance: Uuid,
    _home: TempDir,
}

impl Victim {
    async fn new() -> Self {
        let home = TempDir::new().unwrap();
        let app = home.path().join("app");
        std::fs::create_dir(&app).unwrap();
        std::fs::write(app.join("index.html"), "").unwrap();
        let host = Host::start(Config {
            profile: "default".into(),
            data_dir: Some(home.path().join("data")),
            listen: vec!["/ip4/127.0.0.1/tcp/0".into()],
            mdns: false,
        })
        .await
        .unwrap();
        let instance = host.add_app(&app).await.unwrap().id;
        Self { host, instance, _home: home }
    }

    /// Takes everything out of the inbox: who it is from, and what it says.
    async fn inbox(&self) -> Vec<(Address, Body)> {
        let mut taken = Vec::new();
        while let Some(entry) = self.host.next(self.instance, None).await.unwrap() {
            match entry {
                Entry::Message { from, body, .. } => taken.push((from, body)),
                other => panic!("{other:?}"),
            }
        }
        taken
    }

    /// An honest exchange within the host works, and quickly.
    async fn is_well(&self) {
        let to = Address { peer: self.host.me().unwrap().id, instance: self.instance };
        self.host.invite(self.instance, &to.peer).await.unwrap();
        let sent = self.host.send(self.instance, &to, Body::Json("well".into()), None).await.unwrap();
        let mut events = self.host.events();
        let delivered = async {
            while self.host.status(self.instance, sent).await.unwrap() != Status::Delivered {
                let _ = events.recv().await;
            }
        };
        tokio::time::timeout(PATIENCE, delivered).await.expect("an honest message is delivered all the same");
        assert_eq!(self.inbox().await, [(to, Body::Json("well".into()))]);
    }
}

struct Mallory {
    id: PeerId,
    network: Network,
    events: mpsc::Receiver<NetworkEvent>,
}

/// A stream that Mallory has opened.
struct Line {
    stream: Substream,
    heard: BytesMut,
}

impl Mallory {
    /// Connected to the victim, and let in.
    async fn invited_by(victim: &Victim) -> Self {
        let key = Keypair::generate_ed25519();
        let id = key.public().to_peer_id();
        let listen = vec!["/ip4/127.0.0.1/tcp/0".parse().unwrap()];
        let protocols = vec![PROTOCOL];
        let (network, events) = Network::start(network::Settings {
            key,
            listen,
            port: None,
            mdns: false,
            protocols,
            policy: Policy::default(),
        })
        .await
        .unwrap();
        victim.host.invite(victim.instance, &id.to_base58()).await.unwrap();
        let link: ContactLink = victim.host.me().unwrap().link.parse().unwrap();
        network.want(link.peer, link.addresses);
        let mut mallory = Self { id, network, events };
        mallory.event(|event| matches!(event, NetworkEvent::Connected { .. })).await;
        mallory
    }

    async fn event(&mut self, wanted: impl Fn(&NetworkEvent) -> bool) -> NetworkEvent {
        let found = async {
            loop {
                let event = self.events.recv().await.unwrap();
                if wanted(&event) {
                    return event;
                }
            }
        };
        tokio::time::timeout(PATIENCE, found).await.unwrap()
    }

    /// The stream on which the victim calls her.
    async fn is_called(&mut self) -> Substream {
        match self.event(|event| matches!(event, NetworkEvent::Incoming { .. })).await {
            NetworkEvent::Incoming { stream, .. } => stream,
            _ => unreachable!(),
        }
    }

    async fn line(&self, victim: &Victim) -> Line {
        let stream = self.network.open_stream(victim.host.0.me, PROTOCOL).await.unwrap();
        Line { stream, heard: BytesMut::new() }
    }

    /// A stream on which the first flow is open.
    async fn open_line(&self, victim: &Victim) -> Line {
        let mut line = self.line(victim).await;
        line.hello().await;
        line.offer(0, victim.instance, 1).await;
        assert!(matches!(line.hear().await, Some(Kind::Hello(_))));
        assert!(matches!(line.hear().await, Some(Kind::Accept(_))));
        line
    }
}

impl Line {
    async fn raw(&mut self, bytes: &[u8]) {
        // The victim may hang up meanwhile; what it heard is asserted elsewhere.
        let _ = self.write(bytes).await;
    }

    async fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.stream.write_all(bytes).await?;
        self.stream.flush().await
    }

    async fn say(&mut self, kind: Kind) {
        self.raw(&wire([kind])).await;
    }

    async fn hello(&mut self) {
        self.say(Kind::Hello(Hello { version: VERSION, name: "Mallory".into() })).await;
    }

    async fn offer(&mut self, handle: u32, target: Uuid, epoch: u128) {
        self.offer_from(MASK, handle, target, epoch).await;
    }

    async fn offer_from(&mut self, source: Uuid, handle: u32, target: Uuid, epoch: u128) {
        self.say(offer(source, handle, target, epoch)).await;
    }

    async fn data(&mut self, seq: u64, body: &[u8]) {
        self.say(data(seq, body)).await;
    }

    /// The next frame, or `None` once the victim has closed the stream.
    async fn hear(&mut self) -> Option<Kind> {
        tokio::time::timeout(PATIENCE, self.listen()).await.expect("an answer or the end of the stream")
    }

    /// The same, however long it takes.
    async fn listen(&mut self) -> Option<Kind> {
        loop {
            if let Some(frame) = Frame::decode(&mut self.heard).unwrap() {
                return frame.kind;
            }
            let mut chunk = [0; 16 * 1024];
            match self.stream.read(&mut chunk).await {
                Ok(0) | Err(_) => return None,
                Ok(count) => self.heard.extend_from_slice(&chunk[..count]),
            }
        }
    }

    async fn is_closed(&mut self) {
        while self.hear().await.is_some() {}
    }

    /// Waits until the victim has acknowledged all before `next`.
    async fn acknowledged(&mut self, next: u64) {
        loop {
            match self.hear().await {
                Some(Kind::Ack(ack)) if ack.next == next => return,
                Some(Kind::Ack(_)) => {}
                other => panic!("{other:?}"),
            }
        }
    }
}

/// Frames as they are sent.
fn wire(kinds: impl IntoIterator<Item = Kind>) -> BytesMut {
    let mut bytes = BytesMut::new();
    kinds.into_iter().for_each(|kind| Frame::from(kind).encode(&mut bytes));
    bytes
}

fn offer(source: Uuid, handle: u32, target: Uuid, epoch: u128) -> Kind {
    Kind::Offer(Offer {
        handle,
        source: Bytes::copy_from_slice(source.as_bytes()),
        target: Bytes::copy_from_slice(target.as_bytes()),
        epoch: Bytes::copy_from_slice(&epoch.to_be_bytes()),
        first: 0,
    })
}

fn data(seq: u64, body: &[u8]) -> Kind {
    let id = Bytes::copy_from_slice(&u128::from(seq + 1).to_be_bytes());
    Kind::Data(Data { handle: 0, seq, id, content: 1, sent: 0, body: Bytes::copy_from_slice(body) })
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_are_no_frames_end_the_stream_and_nothing_else() {
    let victim = Victim::new().await;
    let mallory = Mallory::invited_by(&victim).await;
    let mut long = BytesMut::new();
    prost::encoding::encode_varint(MAX_FRAME as u64 + 1, &mut long);
    for garbage in [&long[..], &[0xff; 64], &[2, 0x0a, 0x7f]] {
        let mut line = mallory.line(&victim).await;
        line.raw(garbage).await;
        line.is_closed().await;
    }
    let mut line = mallory.open_line(&victim).await;
    line.data(0, b"1").await;
    line.acknowledged(1).await;
    assert_eq!(victim.inbox().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_out_of_place_end_the_stream() {
    let victim = Victim::new().await;
    let mallory = Mallory::invited_by(&victim).await;
    let mut line = mallory.line(&victim).await;
    line.data(0, b"1").await;
    line.is_closed().await;
    let out_of_place = [
        data(0, b"before the answer to the offer"),
        Kind::Skip(Skip { handle: 9, to: 1 }),
        Kind::Ack(Ack { handle: 0, next: 1, messages: 1, bytes: 1 }),
        Kind::Hello(Hello { version: VERSION + 1, name: String::new() }),
    ];
    for frame in out_of_place {
        let mut line = mallory.line(&victim).await;
        line.raw(&wire([Kind::Hello(Hello { version: VERSION, name: String::new() }), frame])).await;
        line.is_closed().await;
    }
    assert!(victim.inbox().await.is_empty());
    victim.is_well().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gap_is_turned_away_and_a_replay_is_taken_once() {
    let victim = Victim::new().await;
    let mallory = Mallory::invited_by(&victim).await;
    let mut line = mallory.open_line(&victim).await;
    for _ in 0..3 {
        line.data(0, b"\"once\"").await;
    }
    line.acknowledged(1).await;
    line.data(5, b"\"far ahead\"").await;
    let Some(Kind::Reject(reject)) = line.hear().await else { panic!("taken") };
    assert_eq!(reject.code, Refusal::OutOfStep as u32);

    // The same again, in a new numbering and on a new stream: the message's id gives it away.
    let mut line = mallory.line(&victim).await;
    line.hello().await;
    line.offer(0, victim.instance, 2).await;
    assert!(matches!(line.hear().await, Some(Kind::Hello(_))));
    assert!(matches!(line.hear().await, Some(Kind::Accept(accept)) if accept.next == 0));
    line.data(0, b"\"once\"").await;
    line.acknowledged(1).await;
    let taken: Vec<Body> = victim.inbox().await.into_iter().map(|(_, body)| body).collect();
    assert_eq!(taken, [Body::Json("once".into())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_json_or_too_large_is_refused_for_good() {
    let victim = Victim::new().await;
    let mallory = Mallory::invited_by(&victim).await;
    let deep = "[".repeat(100_000);
    for (body, refusal) in [
        (&b"{"[..], Refusal::Malformed),
        (deep.as_bytes(), Refusal::Malformed),
        (&vec![b'1'; MAX_BODY + 1], Refusal::TooLarge),
    ] {
        let mut line = mallory.open_line(&victim).await;
        line.data(0, body).await;
        let Some(Kind::Reject(reject)) = line.hear().await else { panic!("taken") };
        assert_eq!((reject.code, reject.next), (refusal as u32, Some(0)));
    }
    assert!(victim.inbox().await.is_empty());
    victim.is_well().await;
}

/// Messages that an empty inbox gives a flow credit for.
const CREDIT: usize = 256;

#[tokio::test(flavor = "multi_thread")]
async fn more_than_there_is_credit_for_ends_the_stream() {
    let victim = Victim::new().await;
    let mallory = Mallory::invited_by(&victim).await;
    let mut line = mallory.open_line(&victim).await;
    line.raw(&wire((0..5_000_u64).map(|seq| data(seq, seq.to_string().as_bytes())))).await;
    line.is_closed().await;
    let taken: Vec<Body> = victim.inbox().await.into_iter().map(|(_, body)| body).collect();
    assert!(taken.len() <= CREDIT, "{} were taken", taken.len());
    assert_eq!(taken, (0..taken.len()).map(|number| Body::Json(number.into())).collect::<Vec<_>>());
    victim.is_well().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_waits_for_numbers_that_never_were_is_asked_less_and_less() {
    let victim = Victim::new().await;
    let mut mallory = Mallory::invited_by(&victim).await;
    let stream = mallory.is_called().await;
    let mut line = Line { stream, heard: BytesMut::new() };
    line.hello().await;
    let to = Address { peer: mallory.id.to_base58(), instance: MASK };
    victim.host.send(victim.instance, &to, Body::Json("hello?".into()), None).await.unwrap();
    let mut offered = Vec::new();
    while offered.len() < 4 {
        if let Some(Kind::Offer(Offer { handle, target, .. })) = line.hear().await
            && target == MASK.as_bytes()[..]
        {
            offered.push(Instant::now());
            let next = u64::MAX / 4;
            let last = Bytes::from_static(&[1; 16]);
            line.say(Kind::Accept(Accept { handle, next, last, messages: 1, bytes: 1 })).await;
        }
    }
    // At once for the first time; then after half a second and after a whole one, less a quarter at most.
    assert!(offered[3] - offered[1] > Duration::from_millis(1_100));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_with_much_to_do_turns_nobody_away() {
    let victim = Victim::new().await;
    let mallory = Mallory::invited_by(&victim).await;
    let (store, over) = (victim.host.0.store.clone(), Arc::new(AtomicBool::new(false)));
    let stop = over.clone();
    let busy = std::thread::spawn(move || {
        while !stop.load(Ordering::Relaxed) {
            store.write_then(|_| Ok(()), drop);
        }
    });
    let mut line = mallory.open_line(&victim).await;
    for seq in 0..20 {
        line.data(seq, b"1").await;
        line.acknowledged(seq + 1).await;
    }
    over.store(true, Ordering::Relaxed);
    busy.join().unwrap();
    assert_eq!(victim.inbox().await.len(), 20);
}
