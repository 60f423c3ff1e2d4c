//! One message on an idle pair, and under half of the load: from the call of `send()` until it is committed in the
//! target's inbox.

use std::collections::HashMap;
use std::time::Duration;

use uuid::Uuid;

use super::pair::Pair;
use super::{Bench, DELIVERED};
use crate::Result;
use crate::figure::{Figure, Goal};
use crate::floor::disk::Disk;
use crate::floor::stream::Raw;
use crate::peer::Request;
use crate::sample::{Range, median, percentile};

const SIZE: usize = 1024;

/// Few enough that each message finds both sides idle.
const IDLE_PER_SECOND: f64 = 40.0;

/// Seconds of half load a round.
const HALF_LOAD: f64 = 2.0;

/// So many find room in an inbox.
const MOST: usize = 9_000;

const COMMITTED_THERE: &str = "committed on both sides with synchronous=FULL, in order, once";

pub(super) async fn measure(bench: &mut Bench) -> Result<()> {
    let mut pair = Pair::new(bench.folder(), "single", 1).await?;
    let mut disk = Disk::new(bench.folder())?;
    let mut raw = Raw::new().await?;
    let messages = bench.scale.messages;
    // Once through, so that nothing is done for the first time.
    pair.deliver(1, messages / 4, SIZE).await?;
    let (mut idle, mut worst, mut ratios, mut floors) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut half, mut rates) = (Vec::new(), Vec::new());
    for _ in 0..bench.scale.rounds {
        // After the same pauses: a machine that has dozed off takes longer for the first thing it does.
        let pause = Duration::from_secs_f64(1.0 / IDLE_PER_SECOND);
        let syncs = disk.sync(bench.scale.single, pause).await?;
        let trip = raw.round_trip(bench.scale.single, SIZE, pause).await?;
        let mut seconds = latencies(&mut pair, bench.scale.single, IDLE_PER_SECOND).await?;
        let floor = syncs + disk.sync(bench.scale.single, pause).await? + trip;
        let p50 = median(seconds.clone());
        idle.push(p50 * 1e3);
        worst.push(percentile(&mut seconds, 99.0) * 1e3);
        floors.push(floor * 1e3);
        ratios.push(p50 / floor);

        let rate = pair.deliver(1, messages, SIZE).await?.rate / 2.0;
        let count = ((rate * HALF_LOAD) as usize).clamp(10, MOST).min(messages);
        let mut seconds = latencies(&mut pair, count, rate).await?;
        half.push(percentile(&mut seconds, 99.0) * 1e3);
        rates.push(rate);
    }
    bench.add(
        Figure::new("single.idle.p50", Range::of(idle), "ms")
            .to("two fsyncs and a round trip of the raw stream", ratios)
            .goal(Goal::RatioAtMost(1.5))
            .under(COMMITTED_THERE),
    );
    bench.add(Figure::new("single.idle.p99", Range::of(worst), "ms").under(COMMITTED_THERE));
    bench.add(
        Figure::new("floor.single", Range::of(floors), "ms").under("two fsyncs and a round trip of the raw stream"),
    );
    bench.add(Figure::new("single.half-load.p99", Range::of(half), "ms").under(COMMITTED_THERE));
    bench.add(Figure::new("single.half-load.rate", Range::of(rates), "messages/s").under(DELIVERED));
    pair.stop().await
}

/// Seconds from each call to the commit at the other side.
async fn latencies(pair: &mut Pair, messages: usize, per_second: f64) -> Result<Vec<f64>> {
    pair.bob.tell(&Request::Watch).await?;
    let flow = pair.flows[0].clone();
    let sent: Vec<(Uuid, f64)> = pair.alice.ask(&Request::Pace { flow, messages, size: SIZE, per_second }).await?;
    let committed: Vec<(Uuid, f64)> = pair.bob.ask(&Request::Watched(messages)).await?;
    let committed: HashMap<Uuid, f64> = committed.into_iter().collect();
    pair.empty().await?;
    sent.into_iter().map(|(id, called)| Ok(committed.get(&id).ok_or("a message was not noted")? - called)).collect()
}
