//! `send`, `read` and `next` beside full queues: whether their cost depends on what waits already.
//!
//! Full queues are made by SQL, in a profile that does not run: an inbox has a quota of some thousand entries, and what
//! is below it should not cost more than beyond. The host then starts as ever. Each call is made alone, on a quiet host.

use std::path::Path;

use futures::stream::{self, StreamExt, TryStreamExt};
use libp2p::PeerId;
use mutiny_core::view::{Address, Body, Status};
use mutiny_core::{Config, Host};
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::pair::IN_FLIGHT;
use super::{Bench, COMMITTED};
use crate::figure::{Figure, Goal};
use crate::floor::databases::{database, open};
use crate::peer::app;
use crate::sample::{Range, median};
use crate::{Failure, Result, clock};

const SIZE: usize = 64;

/// Calls of each kind a round.
const CALLS: usize = 60;

/// Calls of `send()` at a time where many are under way.
const PIPELINED: usize = 4 * IN_FLIGHT;

/// How often each depth takes its turn at that a round, first, second and last alike: so few messages take no longer than a
/// few syncs of the disk, each of which may be a slow one.
const TURNS: usize = 9;

const KINDS: [(&str, &str); 4] = [
    ("send", COMMITTED),
    ("send-pipelined", COMMITTED),
    ("read", "committed; its head is known, and comes from memory"),
    ("next", COMMITTED),
];

pub(super) async fn measure(bench: &mut Bench) -> Result<()> {
    let mut hosts = Vec::new();
    for depth in bench.scale.depths {
        hosts.push(Full::new(&bench.folder().join(format!("depth-{depth}")), depth).await?);
    }
    let mut values = vec![[const { Vec::new() }; KINDS.len()]; hosts.len()];
    for _ in 0..bench.scale.rounds {
        let mut calls = vec![[const { Vec::new() }; 3]; hosts.len()];
        for call in 0..CALLS {
            for host in &hosts {
                host.refill().await?;
            }
            // Whoever comes first has an advantage, so they take turns at that.
            for turn in 0..hosts.len() {
                let turn = (turn + call) % hosts.len();
                let (host, calls) = (&hosts[turn], &mut calls[turn]);
                // The others were busy meanwhile: each begins with a call that does not count.
                host.send().await?;
                host.read().await?;
                let [send, read, next] = calls;
                send.push(time(host.send()).await?);
                read.push(time(host.read()).await?);
                next.push(time(host.next()).await?);
            }
        }
        let mut pipelined = vec![Vec::new(); hosts.len()];
        // Fewer in a quick run.
        for call in 0..TURNS.min(bench.scale.rounds * hosts.len()) {
            for turn in 0..hosts.len() {
                let turn = (turn + call) % hosts.len();
                hosts[turn].send_many(IN_FLIGHT).await?;
                pipelined[turn].push(time(hosts[turn].send_many(PIPELINED)).await? / PIPELINED as f64);
            }
        }
        for ((calls, pipelined), values) in calls.into_iter().zip(pipelined).zip(&mut values) {
            let [send, read, next] = calls.map(median);
            for (values, value) in values.iter_mut().zip([send, median(pipelined), read, next]) {
                values.push(value * 1e6);
            }
        }
    }
    for (kind, (name, guarantee)) in KINDS.into_iter().enumerate() {
        let rounds = 0..bench.scale.rounds;
        let fastest = |round: usize| values.iter().map(|values| values[kind][round]).fold(f64::INFINITY, f64::min);
        for (host, values) in hosts.iter().zip(&values) {
            bench.add(
                Figure::new(format!("depth.{name}.{}", host.depth), Range::of(values[kind].iter().copied()), "µs")
                    .to("the fastest of the depths", rounds.clone().map(|round| values[kind][round] / fastest(round)))
                    .goal(Goal::RatioAtMost(1.3))
                    .under(guarantee),
            );
        }
    }
    for host in hosts {
        host.host.stop().await;
    }
    Ok(())
}

async fn time<T>(call: impl Future<Output = Result<T>>) -> Result<f64> {
    let (outcome, seconds) = clock::time(call).await;
    outcome.map(|_| seconds)
}

/// A host with so much in one instance's outbox, and as much in its inbox.
struct Full {
    host: Host,
    depth: usize,
    instance: Uuid,
    other: Uuid,
    to: Address,
}

impl Full {
    async fn new(home: &Path, depth: usize) -> Result<Self> {
        let folder = app::folder(home)?;
        let host = Host::start(config(home)).await?;
        let (instance, other) = (host.add_app(&folder).await?.id, host.add_app(&folder).await?.id);
        host.invite(instance, &host.me()?.id).await?;
        // Somebody who is never there.
        let to = Address { peer: PeerId::random().to_base58(), instance: Uuid::new_v4() };
        let message = host.send(instance, &to, Body::Bytes(vec![7; SIZE]), None).await?;
        let path = database(&host)?;
        host.stop().await;
        fill(&open(&path)?, instance, message, depth)?;
        Ok(Self { host: Host::start(config(home)).await?, depth, instance, other, to })
    }

    async fn send(&self) -> Result<Uuid> {
        Ok(self.host.send(self.instance, &self.to, Body::Bytes(vec![7; SIZE]), None).await?)
    }

    async fn send_many(&self, messages: usize) -> Result<()> {
        stream::iter(0..messages)
            .map(|_| async { self.send().await.map(drop) })
            .buffered(IN_FLIGHT)
            .try_collect::<()>()
            .await
    }

    async fn read(&self) -> Result<()> {
        self.host.read(self.instance).await?.map(drop).ok_or_else(|| Failure::from("an inbox is empty"))
    }

    async fn next(&self) -> Result<()> {
        self.host.next(self.instance, None).await?.map(drop).ok_or_else(|| Failure::from("an inbox is empty"))
    }

    /// Puts a message into an empty inbox.
    async fn refill(&self) -> Result<()> {
        if self.host.read(self.instance).await?.is_some() {
            return Ok(());
        }
        let to = Address { peer: self.host.me()?.id, instance: self.instance };
        let mut events = self.host.events();
        let id = self.host.send(self.other, &to, Body::Bytes(vec![7; SIZE]), None).await?;
        while self.host.status(self.other, id).await? != Status::Delivered {
            events.recv().await?;
        }
        Ok(())
    }
}

fn config(home: &Path) -> Config {
    Config {
        profile: "default".to_owned(),
        data_dir: Some(home.to_owned()),
        listen: vec!["/ip4/127.0.0.1/tcp/0".to_owned()],
        mdns: false,
    }
}

/// Copies a message of the outbox until there are `depth`, and puts as many into the instance's inbox.
///
/// The copies were sent when it was: had they been sent later, whatever is sent next would be due before them, and be
/// indexed for that.
fn fill(db: &Connection, instance: Uuid, message: Uuid, depth: usize) -> Result<()> {
    let (more, all, size) = (depth as i64 - 1, depth as i64, SIZE as i64);
    db.execute_batch("BEGIN IMMEDIATE")?;
    db.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i <= ?1)
         INSERT INTO outbox (entry, id, content, sent, deadline, body, early)
         SELECT entry + i, unhex(printf('%012x7000%016x', sent, i)), content, sent, deadline, body, 0
         FROM outbox, n WHERE id = ?2 AND i <= ?1",
        params![more, message.as_bytes()],
    )?;
    db.execute(
        "UPDATE flows SET next = next + ?1, waiting = waiting + ?1,
             waiting_bytes = waiting_bytes + ?1 * ?3
         WHERE id = (SELECT flow FROM outbox WHERE id = ?2)",
        params![more, message.as_bytes(), size],
    )?;
    db.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
         INSERT INTO inbox (instance, id, kind, peer, other, sent, body)
         SELECT ?2, unhex(printf('%012x7000%016x', i, i)), 2, (SELECT peer FROM flows LIMIT 1), ?2, i, zeroblob(?3)
         FROM n",
        params![all, instance.as_bytes(), size],
    )?;
    db.execute(
        "INSERT INTO incoming (peer, source, target, epoch, next, waiting, waiting_bytes)
         SELECT peer, ?1, ?1, zeroblob(16), 0, ?2, ?2 * ?3 FROM flows LIMIT 1",
        params![instance.as_bytes(), all, size],
    )?;
    db.execute_batch("COMMIT")?;
    Ok(())
}
