//! What a host costs that has nothing to do: two connected peers in silence, and hours of the machine's own time.

use std::time::Duration;

use mutiny_delivery::frame::{Frame, Hello, Kind, VERSION};
use mutiny_delivery::message::{Now, Peer};
use mutiny_delivery::store::{Reply, Request as Wanted};
use mutiny_delivery::{Input, Machine, Output, Rules, StreamId};

use super::Bench;
use super::pair::Pair;
use crate::Result;
use crate::figure::{Figure, Goal};
use crate::process::{Seen, usage};
use crate::sample::Range;

/// How long the two are left alone before they are watched, so that what follows a connection is over.
const SETTLE: Duration = Duration::from_secs(3);

/// How long the driver lets the machine sleep at most, in milliseconds.
const NAP: u64 = 30_000;

const HOUR: u64 = 60 * 60 * 1000;

/// How many hours are looked at for what they leave in memory. The system counts that in pages; after so many of them, a
/// single byte kept at each waking is one MiB.
const YEAR: u64 = 365 * 24;

pub(super) async fn measure(bench: &mut Bench) -> Result<()> {
    let mut pair = Pair::new(bench.folder(), "idle", 1).await?;
    pair.deliver(1, bench.scale.messages, 1024).await?;
    tokio::time::sleep(SETTLE).await;
    let mut looks = vec![[pair.alice.seen()?, pair.bob.seen()?]];
    for _ in 0..bench.scale.rounds {
        tokio::time::sleep(Duration::from_secs_f64(bench.scale.idle)).await;
        looks.push([pair.alice.seen()?, pair.bob.seen()?]);
    }
    pair.stop().await?;
    // Of the one that used more.
    let most = |before: &[Seen; 2], after: &[Seen; 2], of: fn(&Seen, &Seen) -> f64| {
        after.iter().zip(before).map(|(after, before)| of(after, before)).fold(f64::NEG_INFINITY, f64::max)
    };
    let rounds = looks.iter().zip(&looks[1..]);
    let cpu = rounds.map(|(before, after)| most(before, after, Seen::cpu_since) / bench.scale.idle * 1e3);
    let growth = most(&looks[0], &looks[bench.scale.rounds], |after, before| after.memory - before.memory);
    let guarantee = "connected, everything delivered";
    bench.add(Figure::new("idle.cpu", Range::of(cpu), "ms/s").goal(Goal::AtMost(1.0)).under(guarantee));
    bench.add(Figure::new("idle.growth", growth, "MiB").goal(Goal::AtMost(0.25)).under(guarantee));
    let (mut machine, mut now) = connected()?;
    let (ticks, actions) = idle(&mut machine, &mut now, 1)?;
    let kept = kept(&mut machine, &mut now)?;
    bench.add(Figure::new("idle.hour.ticks", ticks as f64, "ticks").under("the machine alone, simulated"));
    bench.add(
        Figure::new("idle.hour.actions", actions as f64, "actions")
            .goal(Goal::AtMost(0.0))
            .under("the machine alone, simulated"),
    );
    bench.add(
        Figure::new("idle.hour.growth", kept, "bytes/hour")
            .goal(Goal::AtMost(64.0))
            .under("the machine alone, simulated for a year"),
    );
    Ok(())
}

/// A machine with a peer that is connected and silent, and the time.
fn connected() -> Result<(Machine, Now)> {
    let mut random = 0;
    let chance = Box::new(move || {
        random += 1;
        random
    });
    let mut machine = Machine::new(Rules::default(), "alice".to_owned(), chance);
    let peer = Peer(vec![1; 38].into());
    let now = Now { wall: 1_700_000_000_000, steady: 0 };
    let (out, back) = (StreamId(1), StreamId(2));
    let hello = || Frame { kind: Some(Kind::Hello(Hello { version: VERSION, name: "bob".to_owned() })) };
    for input in [
        Input::Opened { stream: out, peer: peer.clone() },
        Input::Incoming { stream: back, peer },
        Input::Frame { stream: out, frame: hello() },
        Input::Frame { stream: back, frame: hello() },
        Input::Tick,
    ] {
        carry_out(&mut machine, now, input)?;
    }
    Ok((machine, now))
}

/// Lets so many hours pass. How often the machine was woken, and how often it then wanted anything: a frame sent, a request
/// to the store.
fn idle(machine: &mut Machine, now: &mut Now, hours: u64) -> Result<(usize, usize)> {
    let end = now.steady + hours * HOUR;
    let (mut ticks, mut actions) = (0, 0);
    while now.steady < end {
        let wake = machine.wake();
        let until_wall = wake.wall.map(|wall| wall.saturating_sub(now.wall).max(0) as u64);
        let pause = wake.steady.map(|at| at.saturating_sub(now.steady)).into_iter().chain(until_wall).min();
        let pause = pause.map_or(NAP, |pause| pause.clamp(1, NAP));
        *now = Now { wall: now.wall + pause as i64, steady: now.steady + pause };
        ticks += 1;
        actions += carry_out(machine, *now, Input::Tick)?;
    }
    Ok((ticks, actions))
}

/// How many bytes an hour leaves in memory, of a year of them.
fn kept(machine: &mut Machine, now: &mut Now) -> Result<f64> {
    let before = usage()?.memory;
    idle(machine, now, YEAR)?;
    Ok((usage()?.memory - before) * f64::from(1 << 20) / YEAR as f64)
}

/// Hands in an input, answers what the machine asks of an empty store, and counts what it wanted.
fn carry_out(machine: &mut Machine, now: Now, input: Input) -> Result<usize> {
    machine.handle(now, input);
    let mut actions = 0;
    while let Some(output) = machine.poll() {
        actions += 1;
        if let Output::Store { ticket, request } = output {
            let reply = match request {
                Wanted::Flows { .. } => Reply::Flows(Vec::new()),
                Wanted::Due { .. } => Reply::Due { flows: Vec::new(), next: None },
                other => return Err(format!("an idle machine wants {other:?}").into()),
            };
            machine.handle(now, Input::Stored { ticket, reply });
        }
    }
    Ok(actions)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{connected, idle, kept};

    #[test]
    fn an_idle_machine_wants_nothing_for_an_hour() {
        let (mut machine, mut now) = connected().unwrap();
        let (ticks, actions) = idle(&mut machine, &mut now, 1).unwrap();
        assert!(ticks <= 120, "woken {ticks} times");
        assert_eq!(actions, 0);
    }

    #[test]
    fn an_idle_machine_keeps_nothing_of_an_hour() {
        let (mut machine, mut now) = connected().unwrap();
        idle(&mut machine, &mut now, 1).unwrap();
        let kept = kept(&mut machine, &mut now).unwrap();
        // Less than a byte each time that it is woken.
        assert!(kept < 120.0, "an hour left {kept} bytes");
    }
}
