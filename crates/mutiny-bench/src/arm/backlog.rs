//! Many messages waiting for a peer that was away: how fast they go once it is there, and at what cost in memory; and how
//! long the sender takes to start with them after `kill -9`.

use super::pair::{IN_FLIGHT, Pair};
use super::{Bench, COMMITTED, DELIVERED};
use crate::Result;
use crate::figure::{Figure, Goal};
use crate::floor::databases::Databases;
use crate::peer::{Request, Sent};
use crate::process::Usage;
use crate::sample::Range;

const SIZE: usize = 1024;

/// As many as keep each inbox below its quota, so that nobody has to take anything out meanwhile.
const FLOWS: usize = 16;

/// How often the sender is killed.
const KILLS: usize = 3;

/// Rounds, where other arms take more: each writes some hundred thousand rows.
const ROUNDS: usize = 3;

/// In seconds, MiB, messages a second and microseconds a message; a value a round.
#[derive(Default)]
struct Found {
    queued: Vec<f64>,
    starts: Vec<f64>,
    first: Vec<f64>,
    rate: Vec<f64>,
    ratio: Vec<f64>,
    sender: Vec<f64>,
    receiver: Vec<f64>,
    sender_cpu: Vec<f64>,
    receiver_cpu: Vec<f64>,
}

pub(super) async fn measure(bench: &mut Bench) -> Result<()> {
    let mut databases = Databases::new(bench.folder(), FLOWS).await?;
    let mut found = Found::default();
    for round in 0..ROUNDS.min(bench.scale.rounds) {
        let folder = bench.folder().join(format!("backlog-{round}"));
        let pair = Pair::new(&folder, "backlog", FLOWS).await?;
        let before = databases.in_turn(bench.scale.messages, SIZE)?;
        let rate = away(pair, bench.scale.backlog, &mut found).await?;
        let floor = (before + databases.in_turn(bench.scale.messages, SIZE)?) / 2.0;
        found.rate.push(rate);
        found.ratio.push(rate / floor);
        std::fs::remove_dir_all(folder)?;
    }
    tell(bench, found);
    Ok(())
}

async fn away(Pair { mut alice, bob, flows }: Pair, messages: usize, found: &mut Found) -> Result<f64> {
    let peer = bob.card.id.clone();
    let bob = bob.stop().await?;
    alice.tell(&Request::Miss(peer)).await?;
    let request = Request::Send { flows, messages, size: SIZE, in_flight: IN_FLIGHT };
    let sent: Sent = alice.ask(&request).await?;
    found.queued.push(messages as f64 / (sent.done - sent.begun));
    for _ in 0..KILLS {
        let (started, seconds) = alice.kill().await?.start().await?;
        alice = started;
        found.starts.push(seconds);
    }
    let quiet: Usage = alice.ask(&Request::Forget).await?;
    let (mut bob, _) = bob.start().await?;
    let first: f64 = bob.ask(&Request::First).await?;
    let last: f64 = alice.ask(&Request::Acknowledged(sent.last)).await?;
    found.first.push(first - bob.card.ready);
    let (sender, receiver) = (alice.usage().await?, bob.usage().await?);
    found.sender.push(sender.peak - quiet.memory);
    found.receiver.push(receiver.peak - bob.card.memory);
    found.sender_cpu.push((sender.cpu - quiet.cpu) / messages as f64 * 1e6);
    found.receiver_cpu.push(receiver.cpu / messages as f64 * 1e6);
    alice.stop().await?;
    let ready = bob.card.ready;
    bob.stop().await?;
    Ok(messages as f64 / (last - ready))
}

fn tell(bench: &mut Bench, found: Found) {
    let Found { queued, starts, first, rate, ratio, sender, receiver, sender_cpu, receiver_cpu } = found;
    bench.add(Figure::new("backlog.send-offline", Range::of(queued), "messages/s").under(COMMITTED));
    bench.add(
        Figure::new("backlog.rate", Range::of(rate), "messages/s")
            .to("two databases, in turn", ratio)
            .goal(Goal::RatioAtLeast(0.5))
            .under(DELIVERED),
    );
    for (name, values) in [("sender", sender_cpu), ("receiver", receiver_cpu)] {
        bench.add(Figure::new(format!("backlog.cpu.{name}"), Range::of(values), "µs/message").under(DELIVERED));
    }
    bench.add(Figure::new("backlog.first", Range::of(first), "s").goal(Goal::AtMost(1.0)).under(DELIVERED));
    let growth = |name: &str, values: Vec<f64>| {
        Figure::new(name, Range::of(values), "MiB").goal(Goal::AtMost(64.0)).under(DELIVERED)
    };
    bench.add(growth("backlog.memory.sender", sender));
    bench.add(growth("backlog.memory.receiver", receiver));
    bench.add(Figure::new("start.after-kill", Range::of(starts), "s").goal(Goal::AtMost(1.0)).under(COMMITTED));
}
