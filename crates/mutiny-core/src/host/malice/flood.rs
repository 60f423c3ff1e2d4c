//! What an attack costs others: while Mallory goes on and on, Alice and the victim talk, and what they get is measured.
//!
//! The bounds are wide, for slow machines that have other work to do: they tell a host that copes from one that queues,
//! grows or stands still. The figures are printed; `docs/benchmarks.md` has some.

use std::path::Path;

use futures::FutureExt as _;
use futures::future::BoxFuture;

use super::*;
use crate::host::Event;
use crate::view::AppEvent;

/// For how long each attack is watched.
const SPAN: Duration = Duration::from_secs(1);

/// For how long those are that pile up, if anything does.
const LONG: Duration = Duration::from_secs(3);

/// What half of the honest messages may take from `send()` to their acknowledgement, and what all but a few.
const MEDIAN: Duration = Duration::from_secs(1);
const WORST: Duration = Duration::from_secs(5);

/// How much the process may grow by each attack, Mallory's own side of it included.
const MEMORY: u64 = 96 << 20;

/// How much the victim's profile may grow by all attacks together: the quota of one inbox, the database's log, and as much
/// again of what is freed and not yet given back.
const DISK: u64 = 192 << 20;

/// The victim, Mallory, and Alice, who has an instance of her own to talk to there.
struct Scene {
    victim: Victim,
    mallory: Mallory,
    alice: Victim,
    to: Address,
}

/// What honest people notice of an attack.
struct Noticed {
    messages: usize,
    median: Duration,
    worst: Duration,
    memory: u64,
}

impl Scene {
    async fn new() -> Arc<Self> {
        let (victim, alice) = (Victim::new().await, Victim::new().await);
        let mallory = Mallory::invited_by(&victim).await;
        let app = victim._home.path().join("app");
        let honest = victim.host.add_app(&app).await.unwrap().id;
        let [me, her] = [&victim, &alice].map(|person| person.host.me().unwrap());
        victim.host.add_contact(&her.link).await.unwrap();
        alice.host.add_contact(&me.link).await.unwrap();
        victim.host.invite(honest, &her.id).await.unwrap();
        let scene = Self { to: Address { peer: me.id, instance: honest }, victim, mallory, alice };
        scene.says_one().await;
        Arc::new(scene)
    }

    /// One message from Alice: how long until she knows that it is delivered.
    async fn says_one(&self) -> Duration {
        let (host, instance) = (&self.alice.host, self.alice.instance);
        let (mut events, began) = (host.events(), Instant::now());
        let sent = host.send(instance, &self.to, Body::Json("hello".into()), None).await.unwrap();
        let delivered = async {
            loop {
                match events.recv().await.unwrap() {
                    Event::App(_, AppEvent::Delivery { id, status }) if id == sent => return status.state(),
                    _ => {}
                }
            }
        };
        let state = tokio::time::timeout(PATIENCE, delivered).await.expect("an honest message is delivered");
        assert_eq!(state, MessageState::Delivered);
        began.elapsed()
    }

    /// Alice talks for a while.
    async fn talks(&self, span: Duration) -> Noticed {
        let (before, began) = (resident(), Instant::now());
        let (mut took, mut most) = (Vec::new(), before);
        while began.elapsed() < span || took.len() < 10 {
            took.push(self.says_one().await);
            most = most.max(resident());
            // As a person does: not all at once.
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        took.sort();
        let worst = took[(took.len() * 99 / 100).min(took.len() - 1)];
        Noticed { messages: took.len(), median: took[took.len() / 2], worst, memory: most - before }
    }

    /// A stream of Mallory's, once she gets one.
    async fn line(&self) -> Line {
        loop {
            match self.mallory.network.open_stream(self.victim.host.0.me, PROTOCOL).await {
                Ok(stream) => return Line { stream, heard: BytesMut::new() },
                // Her connection was closed, or she has too many streams.
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    }

    async fn greeted(&self) -> Line {
        let mut line = self.line().await;
        line.hello().await;
        line
    }

    /// How many bytes the victim's profile takes.
    fn disk(&self) -> u64 {
        size(self.victim._home.path())
    }
}

impl Noticed {
    fn say(&self, attack: &str) {
        let Self { messages, median, worst, memory } = self;
        println!("{attack}: {messages} messages, p50 {median:.1?}, p99 {worst:.1?}, memory +{} MiB", memory >> 20);
    }
}

/// What of this process is in memory, in bytes.
fn resident() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    pages.split_whitespace().nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0) * 4096
}

fn size(path: &Path) -> u64 {
    if !path.is_dir() {
        return path.metadata().map_or(0, |file| file.len());
    }
    // Files come and go meanwhile.
    let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
    entries.map(|entry| size(&entry.path())).sum()
}

type Attack = fn(Arc<Scene>) -> BoxFuture<'static, ()>;

/// Each goes on until it is stopped.
const ATTACKS: [(&str, Attack); 12] = [
    ("oversized frames", |scene| async move { garbage(&scene, oversized()).await }.boxed()),
    ("truncated frames", |scene| async move { garbage(&scene, vec![0x80, 0x08, 0x22, 0xff]).await }.boxed()),
    ("corrupt frames", |scene| async move { garbage(&scene, [2, 0x0a, 0x7f].repeat(1_000)).await }.boxed()),
    ("a flood of messages", |scene| async move { flood(&scene).await }.boxed()),
    ("replays", |scene| async move { replays(&scene).await }.boxed()),
    ("gaps", |scene| async move { gaps(&scene).await }.boxed()),
    ("another epoch each time", |scene| async move { epochs(&scene).await }.boxed()),
    ("made-up sources", |scene| async move { sources(&scene).await }.boxed()),
    ("one name after the other", |scene| async move { names(&scene).await }.boxed()),
    ("one offer after the other", |scene| async move { offers(&scene).await }.boxed()),
    ("streams that are never read", |scene| async move { never_reads(&scene).await }.boxed()),
    ("no acknowledgements", |scene| async move { never_acknowledges(&scene).await }.boxed()),
];

/// Those that go on whatever the answers are.
const LONG_ONES: [&str; 1] = ["one offer after the other"];

fn oversized() -> Vec<u8> {
    let mut bytes = BytesMut::new();
    prost::encoding::encode_varint(MAX_FRAME as u64 + 1, &mut bytes);
    bytes.extend_from_slice(&[0; 64 * 1024]);
    bytes.to_vec()
}

/// The same bytes on one stream after the other.
async fn garbage(scene: &Scene, bytes: Vec<u8>) {
    loop {
        let mut line = scene.greeted().await;
        line.raw(&bytes).await;
    }
}

/// Large messages, as fast as the victim gives credit, into an inbox that nobody empties.
async fn flood(scene: &Scene) {
    let body = [&b"\""[..], &vec![b'x'; 200_000], b"\""].concat();
    loop {
        let mut line = scene.greeted().await;
        line.offer(0, scene.victim.instance, 7).await;
        let (mut seq, mut credit) = (None, 0);
        while let Some(kind) = line.hear().await {
            match kind {
                Kind::Accept(accept) => (seq, credit) = (Some(accept.next), accept.bytes),
                Kind::Ack(ack) => credit = ack.bytes,
                Kind::Reject(_) => break,
                _ => {}
            }
            let Some(seq) = &mut seq else { continue };
            while credit >= body.len() as u64 {
                credit -= body.len() as u64;
                line.data(*seq, &body).await;
                *seq += 1;
            }
        }
    }
}

/// The first message of a flow, over and over again.
async fn replays(scene: &Scene) {
    loop {
        let mut line = scene.greeted().await;
        line.offer(0, scene.victim.instance, 8).await;
        while !matches!(line.hear().await, Some(Kind::Accept(_)) | None) {}
        for _ in 0..10_000 {
            line.data(0, b"\"again\"").await;
        }
    }
}

/// Offers of a flow, each with a message that does not follow.
async fn gaps(scene: &Scene) {
    loop {
        let mut line = scene.greeted().await;
        for handle in 0..1_000 {
            line.offer(handle, scene.victim.instance, 9).await;
            loop {
                match line.hear().await {
                    Some(Kind::Accept(_)) => {
                        let id = Bytes::from_static(&[1; 16]);
                        let body = Bytes::from_static(b"1");
                        line.say(Kind::Data(Data { handle, seq: 1 << 40, id, content: 1, sent: 0, body })).await;
                    }
                    Some(Kind::Reject(_)) => break,
                    Some(_) => {}
                    None => return,
                }
            }
        }
    }
}

/// Offers of one flow in ever new numberings, each of which the victim writes down.
async fn epochs(scene: &Scene) {
    for epoch in 0.. {
        let mut line = scene.greeted().await;
        for handle in 0..1_000 {
            line.offer(handle, scene.victim.instance, epoch << 32 | u128::from(handle)).await;
        }
        while !matches!(line.hear().await, Some(Kind::Accept(accept)) if accept.handle == 999) {}
    }
}

/// Offers in the names of instances that do not exist.
async fn sources(scene: &Scene) {
    for round in 0.. {
        let mut line = scene.greeted().await;
        for handle in 0..1_000 {
            let source = Uuid::from_u128(round << 32 | u128::from(handle));
            line.offer_from(source, handle, scene.victim.instance, 1).await;
        }
        // Answered in order, be it with a refusal once she has too many.
        let mut answers = 0;
        while answers < 1_000 {
            match line.hear().await {
                Some(Kind::Accept(_) | Kind::Reject(_)) => answers += 1,
                Some(_) => {}
                None => break,
            }
        }
    }
}

/// Offers of one flow, as fast as they go, whose answers are read and ignored.
async fn offers(scene: &Scene) {
    loop {
        let Line { stream, .. } = scene.greeted().await;
        let (mut from, mut to) = futures::AsyncReadExt::split(stream);
        let target = Bytes::copy_from_slice(scene.victim.instance.as_bytes());
        let (source, epoch) = (Bytes::copy_from_slice(MASK.as_bytes()), Bytes::from_static(&[7; 16]));
        let write = async {
            for burst in 0..u32::MAX / 1_000 {
                let mut bytes = BytesMut::new();
                for handle in burst * 1_000..(burst + 1) * 1_000 {
                    let (source, target, epoch) = (source.clone(), target.clone(), epoch.clone());
                    Frame::from(Kind::Offer(Offer { handle, source, target, epoch, first: 0 })).encode(&mut bytes);
                }
                if to.write_all(&bytes).await.is_err() {
                    break;
                }
            }
        };
        let read = async {
            let mut bytes = vec![0; 64 * 1024];
            while from.read(&mut bytes).await.is_ok_and(|count| count > 0) {}
        };
        tokio::select! { () = write => {}, () = read => {} }
    }
}

/// Names, as fast as they go: on each stream until the victim has had enough.
async fn names(scene: &Scene) {
    loop {
        let mut line = scene.greeted().await;
        for burst in 0..1_000 {
            let mut bytes = BytesMut::new();
            for name in 0..100 {
                let name = format!("Mallory {burst} {name}");
                Frame::from(Kind::Hello(Hello { version: VERSION, name })).encode(&mut bytes);
            }
            if line.stream.write_all(&bytes).await.is_err() || line.stream.flush().await.is_err() {
                break;
            }
        }
    }
}

/// Streams full of offers, whose answers pile up.
async fn never_reads(scene: &Scene) {
    let mut lines = Vec::new();
    loop {
        let mut line = scene.greeted().await;
        for handle in 0..4_000 {
            let offer = line.offer(handle, Uuid::from_u128(u128::from(handle)), 1);
            if tokio::time::timeout(Duration::from_millis(200), offer).await.is_err() {
                break;
            }
        }
        lines.push(line);
        if lines.len() > 64 {
            lines.clear();
        }
    }
}

/// Has the victim's app send to her, takes the bytes, and never says a word.
async fn never_acknowledges(scene: &Scene) {
    let to = Address { peer: scene.mallory.id.to_base58(), instance: MASK };
    loop {
        let body = Body::Json("x".repeat(100_000).into());
        scene.victim.host.send(scene.victim.instance, &to, body, None).await.unwrap();
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Reads nothing but the bytes of whatever the victim opens to her.
async fn swallow(mut events: mpsc::Receiver<NetworkEvent>) {
    while let Some(event) = events.recv().await {
        if let NetworkEvent::Incoming { mut stream, .. } = event {
            tokio::spawn(async move {
                let mut bytes = vec![0; 64 * 1024];
                while futures::AsyncReadExt::read(&mut stream, &mut bytes).await.is_ok_and(|count| count > 0) {}
            });
        }
    }
}

/// Once; in a soak, for as long as `MUTINY_SOAK_SECONDS` says, against new victims each time.
#[tokio::test(flavor = "multi_thread")]
async fn honest_people_hardly_notice_an_attack() {
    let soak = std::env::var("MUTINY_SOAK_SECONDS").ok().and_then(|seconds| seconds.parse().ok()).unwrap_or(0);
    let began = Instant::now();
    for round in 1.. {
        withstand_all().await;
        println!("round {round}: {} attacks withstood", ATTACKS.len());
        if began.elapsed() >= Duration::from_secs(soak) {
            break;
        }
    }
}

async fn withstand_all() {
    let mut scene = Scene::new().await;
    let (_, nothing) = mpsc::channel(1);
    let events = Arc::get_mut(&mut scene).map(|scene| std::mem::replace(&mut scene.mallory.events, nothing)).unwrap();
    let swallowing = tokio::spawn(swallow(events));
    scene.talks(SPAN).await.say("no attack");
    let before = scene.disk();
    for (name, attack) in ATTACKS {
        let attack = tokio::spawn(attack(scene.clone()));
        let noticed = scene.talks(if LONG_ONES.contains(&name) { LONG } else { SPAN }).await;
        attack.abort();
        noticed.say(name);
        assert!(noticed.median < MEDIAN, "{name}: half of the messages took {:?} or longer", noticed.median);
        assert!(noticed.worst < WORST, "{name}: a message took {:?}", noticed.worst);
        assert!(noticed.memory < MEMORY, "{name}: the process grew by {} MiB", noticed.memory >> 20);
    }
    swallowing.abort();
    let grown = scene.disk().saturating_sub(before);
    println!("disk after all attacks: +{} MiB", grown >> 20);
    assert!(grown < DISK, "the victim's profile grew by {} MiB", grown >> 20);
    // All that Alice said is there, once each and in order; that is what the wait for each of them has shown. And the
    // victim's own app can still empty the inbox that Mallory has filled.
    assert!(!scene.victim.inbox().await.is_empty());
}
