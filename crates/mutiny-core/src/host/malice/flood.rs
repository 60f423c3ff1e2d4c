//! What an attack costs others: while Mallory goes on and on, Alice and the victim talk, and what they get is measured. So is
//! how far Mallory gets, by what the victim answers: an attack that does not come about proves nothing.

use futures::FutureExt as _;
use futures::future::BoxFuture;

use super::scene::Scene;
use super::*;

/// For how long each attack is watched.
const SPAN: Duration = Duration::from_secs(1);

/// For how long those are that pile up, if anything does.
const LONG: Duration = Duration::from_secs(3);

/// How much the victim's profile may grow by all attacks together: the quota of one inbox, the database's log, and as much
/// again of what is freed and not yet given back.
const DISK: u64 = 192 << 20;

struct Attack {
    name: &'static str,
    /// What Mallory gets on with, and how many of these she is to get at least for the attack to be one.
    least: (usize, &'static str),
    span: Duration,
    /// Goes on until it is stopped.
    run: fn(Arc<Scene>) -> BoxFuture<'static, ()>,
}

/// `attack!(NAME, LEAST WHAT, SPAN, FUNCTION)`
macro_rules! attack {
    ($name:literal, $least:literal $what:literal, $span:ident, $run:expr) => {
        Attack {
            name: $name,
            least: ($least, $what),
            span: $span,
            run: |scene| async move { $run(&scene).await }.boxed(),
        }
    };
}

/// The flood of messages comes last: it leaves no room in the inbox.
const ATTACKS: [Attack; 13] = [
    attack!("oversized frames", 10 "streams hung up on", SPAN, oversized),
    attack!("truncated frames", 10 "streams hung up on", SPAN, truncated),
    attack!("corrupt frames", 10 "streams hung up on", SPAN, corrupt),
    attack!("replays", 10_000 "passed over", SPAN, replays),
    attack!("gaps", 10 "turned away", SPAN, gaps),
    attack!("another epoch each time", 1_000 "offers answered", SPAN, epochs),
    attack!("made-up sources", 1_000 "offers answered", SPAN, sources),
    attack!("Alice's instance as the source", 1_000 "offers turned away", SPAN, masks),
    attack!("one name after the other", 10 "streams hung up on", SPAN, names),
    attack!("one offer after the other", 10_000 "offers answered", LONG, offers),
    attack!("streams that are not read", 1_000 "answers piled up", LONG, never_reads),
    attack!("no acknowledgements", 5 "messages taken", SPAN, never_acknowledges),
    attack!("a flood of messages", 3 "acknowledged", LONG, flood),
];

async fn oversized(scene: &Scene) {
    let mut bytes = BytesMut::new();
    prost::encoding::encode_varint(MAX_FRAME as u64 + 1, &mut bytes);
    bytes.extend_from_slice(&[0; 64 * 1024]);
    garbage(scene, &bytes).await;
}

async fn corrupt(scene: &Scene) {
    garbage(scene, &[2, 0x0a, 0x7f].repeat(1_000)).await;
}

/// The same bytes on one stream after the other.
async fn garbage(scene: &Scene, bytes: &[u8]) {
    loop {
        let mut line = scene.greeted().await;
        line.raw(bytes).await;
        line.is_closed().await;
        scene.got_on(1);
    }
}

/// Frames that end in the middle, with their streams.
async fn truncated(scene: &Scene) {
    loop {
        let mut line = scene.greeted().await;
        line.raw(&[0x80, 0x08, 0x22, 0xff]).await;
        let _ = line.stream.close().await;
        line.is_closed().await;
        scene.got_on(1);
    }
}

/// Large messages, as fast as the victim gives credit, into an inbox that nobody empties.
async fn flood(scene: &Scene) {
    let body = [&b"\""[..], &vec![b'x'; 200_000], b"\""].concat();
    loop {
        let mut line = scene.greeted().await;
        line.offer(0, scene.victim.instance, 7).await;
        let (mut acknowledged, mut seq, mut granted, mut used) = (0, None, 0, 0);
        while let Some(kind) = line.hear().await {
            match kind {
                Kind::Accept(accept) => (acknowledged, seq, granted) = (accept.next, Some(accept.next), accept.bytes),
                Kind::Ack(ack) => {
                    scene.got_on((ack.next - acknowledged) as usize);
                    (acknowledged, granted) = (ack.next, ack.bytes);
                }
                Kind::Reject(_) => break,
                _ => {}
            }
            let Some(seq) = &mut seq else { continue };
            while granted - used >= body.len() as u64 {
                used += body.len() as u64;
                line.data(*seq, &body).await;
                *seq += 1;
            }
        }
    }
}

/// The first message of a flow, over and over again.
async fn replays(scene: &Scene) {
    const TIMES: usize = 1_000;
    let mut line = scene.greeted().await;
    line.offer(0, scene.victim.instance, 8).await;
    while !matches!(line.hear().await, Some(Kind::Accept(_))) {}
    line.data(0, b"\"again\"").await;
    line.acknowledged(1).await;
    for handle in 1.. {
        line.raw(&wire(vec![data(0, b"\"again\""); TIMES])).await;
        // This is answered behind them.
        line.offer_from(Uuid::from_u128(8), handle, scene.victim.instance, 8).await;
        while !matches!(line.hear().await.unwrap(), Kind::Accept(accept) if accept.handle == handle) {}
        scene.got_on(TIMES);
    }
}

/// Offers of a flow, each with a message that does not follow.
async fn gaps(scene: &Scene) {
    loop {
        let mut line = scene.greeted().await;
        for handle in 0..1_000 {
            line.offer(handle, scene.victim.instance, 9).await;
            while !matches!(line.hear().await.unwrap(), Kind::Accept(_)) {}
            let (id, body) = (Bytes::from_static(&[1; 16]), Bytes::from_static(b"1"));
            line.say(Kind::Data(Data { handle, seq: 1 << 40, id, content: 1, sent: 0, body })).await;
            let Some(Kind::Reject(reject)) = line.hear().await else { panic!("taken") };
            assert_eq!(reject.code, Refusal::OutOfStep as u32);
            scene.got_on(1);
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
        // Each takes the place of the one before it, which is turned away where that had not been accepted yet.
        loop {
            let answer = line.hear().await.unwrap();
            scene.got_on(usize::from(matches!(answer, Kind::Accept(_) | Kind::Reject(_))));
            if matches!(answer, Kind::Accept(accept) if accept.handle == 999) {
                break;
            }
        }
    }
}

/// Offers in the names of instances that do not exist. They are answered in order, be it with a refusal once there are too
/// many.
async fn sources(scene: &Scene) {
    for round in 0.. {
        let mut line = scene.greeted().await;
        for handle in 0..1_000 {
            let source = Uuid::from_u128(round << 32 | u128::from(handle));
            line.offer_from(source, handle, scene.victim.instance, 1).await;
        }
        for _ in 0..1_000 {
            while !matches!(line.hear().await.unwrap(), Kind::Accept(_) | Kind::Reject(_)) {}
            scene.got_on(1);
        }
    }
}

/// Offers of the flow that Alice is using, as if Mallory had her instance.
async fn masks(scene: &Scene) {
    for epoch in 0.. {
        let mut line = scene.greeted().await;
        for handle in 0..1_000 {
            line.offer_from(scene.alice.instance, handle, scene.honest.instance, epoch).await;
        }
        assert!(matches!(line.hear().await, Some(Kind::Hello(_))));
        for _ in 0..1_000 {
            let answer = line.hear().await;
            assert!(matches!(answer, Some(Kind::Reject(_))), "{answer:?}");
            scene.got_on(1);
        }
    }
}

/// Offers of one flow, as fast as they go, whose answers are read and counted.
async fn offers(scene: &Scene) {
    loop {
        let Line { stream, mut heard } = scene.greeted().await;
        let (mut from, mut to) = futures::AsyncReadExt::split(stream);
        let write = async {
            for burst in 0..u32::MAX / 1_000 {
                let handles = burst * 1_000..(burst + 1) * 1_000;
                let bytes = wire(handles.map(|handle| offer(MASK, handle, scene.victim.instance, 7)));
                if to.write_all(&bytes).await.is_err() {
                    break;
                }
            }
        };
        let read = async {
            let mut bytes = vec![0; 64 * 1024];
            while let Ok(count @ 1..) = from.read(&mut bytes).await {
                heard.extend_from_slice(&bytes[..count]);
                while let Some(frame) = Frame::decode(&mut heard).unwrap() {
                    scene.got_on(usize::from(matches!(frame.kind, Some(Kind::Accept(_) | Kind::Reject(_)))));
                }
            }
        };
        tokio::select! { () = write => {}, () = read => {} }
    }
}

/// More names than anybody has, on one stream after the other.
async fn names(scene: &Scene) {
    loop {
        let mut line = scene.greeted().await;
        let name = |n: i32| Kind::Hello(Hello { version: VERSION, name: format!("Mallory {n}") });
        line.raw(&wire((0..100).map(name))).await;
        line.is_closed().await;
        scene.got_on(1);
    }
}

/// Streams full of offers, whose answers pile up. Only in the end they are read, to see that there were any.
async fn never_reads(scene: &Scene) {
    loop {
        let mut lines = Vec::new();
        for _ in 0..8 {
            let mut line = scene.greeted().await;
            for handle in 0..1_000 {
                line.offer(handle, Uuid::from_u128(u128::from(handle)), 1).await;
            }
            lines.push(line);
        }
        for mut line in lines {
            for _ in 0..1_000 {
                while !matches!(line.hear().await.unwrap(), Kind::Reject(_)) {}
                scene.got_on(1);
            }
        }
    }
}

/// Has the victim's app send to her, takes what comes, and never says a word.
async fn never_acknowledges(scene: &Scene) {
    let to = Address { peer: scene.mallory.id.to_base58(), instance: MASK };
    let mut took = 0;
    loop {
        let body = Body::Json("x".repeat(100_000).into());
        scene.victim.host.send(scene.victim.instance, &to, body, None).await.unwrap();
        tokio::time::sleep(Duration::from_millis(10)).await;
        let before = std::mem::replace(&mut took, scene.took(MASK).len());
        scene.got_on(took - before);
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
    let scene = Scene::new().await;
    scene.talks(SPAN).await.is_bearable("no attack");
    let before = scene.disk();
    for Attack { name, least: (least, what), span, run } in ATTACKS {
        let (attack, began) = (tokio::spawn(run(scene.clone())), Instant::now());
        let mut progress = 0;
        // On a slow machine an attack takes its time as well.
        loop {
            let noticed = scene.talks(span).await;
            progress += scene.progress();
            noticed.is_bearable(&format!("{name}, {progress} {what}"));
            if progress >= least || attack.is_finished() || began.elapsed() > PATIENCE {
                break;
            }
        }
        match attack.is_finished() {
            true => attack.await.unwrap(),
            false => attack.abort(),
        }
        assert!(progress >= least, "{name}: no attack, with {progress} {what}");
    }
    let grown = scene.disk().saturating_sub(before);
    println!("disk after all attacks: +{} MiB", grown >> 20);
    assert!(grown < DISK, "the victim's profile grew by {} MiB", grown >> 20);
    // All that Alice said is there, once each and in order; that is what the wait for each of them has shown. And the
    // victim's own app can still empty the inbox that Mallory has filled.
    assert!(!scene.victim.inbox().await.is_empty());
}
