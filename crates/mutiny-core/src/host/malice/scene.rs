//! Honest people beside Mallory: the victim and Alice, who talk, and what they notice of an attack.
//!
//! The bounds are wide, for slow machines that have other work to do: they tell a host that copes from one that queues,
//! grows or stands still. The figures are printed; `docs/benchmarks.md` has some.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;

use super::*;
use crate::host::Event;
use crate::view::AppEvent;

/// What half of the honest messages may take from `send()` to their acknowledgement, and what all but a few.
const MEDIAN: Duration = Duration::from_secs(2);
const WORST: Duration = Duration::from_secs(10);

/// How much the process may grow by each attack, Mallory's own side of it included.
const MEMORY: u64 = 96 << 20;

/// The victim, with an instance that has invited Mallory and another that talks with Alice; Mallory; and Alice. What the
/// victim sends to Mallory she takes, and never acknowledges.
pub(super) struct Scene {
    pub(super) victim: Victim,
    pub(super) mallory: Mallory,
    pub(super) alice: Victim,
    /// The instance that talks with Alice.
    pub(super) honest: Address,
    took: Arc<Mutex<Vec<(Uuid, u64)>>>,
    progress: AtomicUsize,
}

/// What honest people notice of an attack.
pub(super) struct Noticed {
    messages: usize,
    median: Duration,
    worst: Duration,
    memory: u64,
}

impl Scene {
    pub(super) async fn new() -> Arc<Self> {
        let (victim, alice) = (Victim::new().await, Victim::new().await);
        let mut mallory = Mallory::invited_by(&victim).await;
        let app = victim._home.path().join("app");
        let honest = victim.host.add_app(&app).await.unwrap().id;
        let [me, her] = [&victim, &alice].map(|person| person.host.me().unwrap());
        victim.host.add_contact(&her.link).await.unwrap();
        alice.host.add_contact(&me.link).await.unwrap();
        victim.host.invite(honest, &her.id).await.unwrap();
        alice.host.invite(alice.instance, &me.id).await.unwrap();
        let took = Arc::default();
        let (_, nothing) = mpsc::channel(1);
        tokio::spawn(take_all(std::mem::replace(&mut mallory.events, nothing), Arc::clone(&took)));
        let honest = Address { peer: me.id, instance: honest };
        let scene = Self { honest, victim, mallory, alice, took, progress: AtomicUsize::new(0) };
        scene.says_one().await;
        scene.hears_one().await;
        Arc::new(scene)
    }

    /// Alice, as others write to her.
    pub(super) fn her(&self) -> Address {
        Address { peer: self.alice.host.me().unwrap().id, instance: self.alice.instance }
    }

    /// One message from Alice: how long until she knows that it is delivered.
    async fn says_one(&self) -> Duration {
        delivers(&self.alice.host, &self.her(), &self.honest).await
    }

    /// One message to Alice: how long until the victim knows that it is delivered.
    async fn hears_one(&self) -> Duration {
        delivers(&self.victim.host, &self.honest, &self.her()).await
    }

    /// Alice and the victim talk for a while.
    pub(super) async fn talks(&self, span: Duration) -> Noticed {
        let (before, began) = (resident(), Instant::now());
        let (mut took, mut most) = (Vec::new(), before);
        while began.elapsed() < span || took.len() < 10 {
            took.extend([self.says_one().await, self.hears_one().await]);
            most = most.max(resident());
            // As people do: not all at once.
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        took.sort();
        let worst = took[(took.len() * 99 / 100).min(took.len() - 1)];
        Noticed { messages: took.len(), median: took[took.len() / 2], worst, memory: most - before }
    }

    /// Mallory got on with what she is about.
    pub(super) fn got_on(&self, by: usize) {
        self.progress.fetch_add(by, Ordering::Relaxed);
    }

    /// How far she got since that was asked last.
    pub(super) fn progress(&self) -> usize {
        self.progress.swap(0, Ordering::Relaxed)
    }

    /// The numbers of what she took for one of her instances, in the order in which it came.
    pub(super) fn took(&self, instance: Uuid) -> Vec<u64> {
        let took = self.took.lock().unwrap();
        took.iter().filter(|(target, _)| *target == instance).map(|(_, seq)| *seq).collect()
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

    pub(super) async fn greeted(&self) -> Line {
        let mut line = self.line().await;
        line.hello().await;
        line
    }

    /// How many bytes the victim's profile takes.
    pub(super) fn disk(&self) -> u64 {
        size(self.victim._home.path())
    }
}

impl Noticed {
    /// Says it, and that it is bearable.
    pub(super) fn is_bearable(&self, attack: &str) {
        let Self { messages, median, worst, memory } = self;
        println!("{attack}: {messages} messages, p50 {median:.1?}, p99 {worst:.1?}, memory +{} MiB", memory >> 20);
        assert!(*median < MEDIAN, "{attack}: half of the messages took {median:?} or longer");
        assert!(*worst < WORST, "{attack}: a message took {worst:?}");
        assert!(*memory < MEMORY, "{attack}: the process grew by {} MiB", memory >> 20);
    }
}

/// One message, from an instance of this host: how long until it is known to be delivered.
async fn delivers(host: &Host, from: &Address, to: &Address) -> Duration {
    let (mut events, began) = (host.events(), Instant::now());
    let sent = host.send(from.instance, to, Body::Json("hello".into()), None).await.unwrap();
    let ended = async {
        loop {
            match events.recv().await {
                Ok(Event::App(_, AppEvent::Delivery { id, status })) if id == sent => return status,
                Ok(_) => {}
                // There was more news than could wait.
                Err(_) => match host.status(from.instance, sent).await.unwrap() {
                    Status::Queued { .. } => {}
                    status => return status,
                },
            }
        }
    };
    let status = tokio::time::timeout(PATIENCE, ended).await.expect("an honest message is delivered");
    assert_eq!(status, Status::Delivered);
    began.elapsed()
}

/// Takes what others send to Mallory, and acknowledges none of it.
async fn take_all(mut events: mpsc::Receiver<NetworkEvent>, took: Arc<Mutex<Vec<(Uuid, u64)>>>) {
    while let Some(event) = events.recv().await {
        if let NetworkEvent::Incoming { stream, .. } = event {
            tokio::spawn(take(Line { stream, heard: BytesMut::new() }, took.clone()));
        }
    }
}

/// The same on one stream: every flow gets all the credit in the world, and that is the last that is heard of her.
async fn take(mut line: Line, took: Arc<Mutex<Vec<(Uuid, u64)>>>) {
    let mut targets = Vec::new();
    line.hello().await;
    while let Some(kind) = line.listen().await {
        match kind {
            Kind::Offer(Offer { handle, target, first, .. }) => {
                assert_eq!(handle as usize, targets.len());
                targets.push(Uuid::from_slice(&target).unwrap());
                let (messages, bytes) = (u64::MAX, u64::MAX);
                line.say(Kind::Accept(Accept { handle, next: first, last: Bytes::new(), messages, bytes })).await;
            }
            Kind::Data(Data { handle, seq, .. }) => took.lock().unwrap().push((targets[handle as usize], seq)),
            _ => {}
        }
    }
}

/// What of this process is in memory, in bytes.
pub(super) fn resident() -> u64 {
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
