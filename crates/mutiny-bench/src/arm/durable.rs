//! Durable messages a second: from the first `send()` at one peer until the last is committed in the other's inbox and
//! its acknowledgement committed at the sender.

use super::pair::Pair;
use super::{Bench, COMMITTED, DELIVERED};
use crate::Result;
use crate::figure::{Figure, Goal};
use crate::floor::databases::Databases;
use crate::floor::stream::Raw;
use crate::sample::Range;

const SIZES: [(&str, usize); 3] = [("64B", 64), ("1KiB", 1024), ("64KiB", 64 * 1024)];

const FLOWS: [(&str, usize); 2] = [("1-flow", 1), ("16-flows", 16)];

/// What one combination reached, in messages a second; a value a round.
#[derive(Default)]
struct Rates {
    durable: Vec<f64>,
    in_turn: Vec<f64>,
    overlapped: Vec<f64>,
    raw: Vec<f64>,
    /// Microseconds of CPU a message.
    sender_cpu: Vec<f64>,
    receiver_cpu: Vec<f64>,
}

pub(super) async fn measure(bench: &mut Bench) -> Result<()> {
    let mut pairs = Vec::new();
    for (name, flows) in FLOWS {
        let databases = Databases::new(bench.folder(), flows).await?;
        pairs.push((flows, Pair::new(bench.folder(), name, flows).await?, databases));
    }
    let mut raw = Raw::new().await?;
    let mut rates: Vec<Rates> = Vec::new();
    rates.resize_with(SIZES.len() * FLOWS.len(), Rates::default);
    for _ in 0..bench.scale.rounds {
        let mut combinations = rates.iter_mut();
        for (_, size) in SIZES {
            let messages = if size > 4096 { bench.scale.large } else { bench.scale.messages };
            for (flows, pair, databases) in &mut pairs {
                let Some(rates) = combinations.next() else { continue };
                rates.in_turn.push(databases.in_turn(messages, size)?);
                let delivered = pair.deliver(*flows, messages, size).await?;
                rates.durable.push(delivered.rate);
                rates.sender_cpu.push(delivered.sender_cpu * 1e6);
                rates.receiver_cpu.push(delivered.receiver_cpu * 1e6);
                rates.overlapped.push(databases.overlapped(messages, size)?);
                rates.raw.push(raw.rate(messages, size).await?);
            }
        }
    }
    let combinations = SIZES.iter().flat_map(|(size, _)| FLOWS.iter().map(move |(flows, _)| format!("{size}.{flows}")));
    for (name, rates) in combinations.zip(rates) {
        tell(bench, &name, &rates);
    }
    for (_, pair, _) in pairs {
        pair.stop().await?;
    }
    Ok(())
}

fn tell(bench: &mut Bench, name: &str, rates: &Rates) {
    let figure = |kind: &str, values: &[f64]| {
        Figure::new(format!("{kind}.{name}"), Range::of(values.iter().copied()), "messages/s")
    };
    let to = |floor: &[f64]| rates.durable.iter().zip(floor).map(|(rate, floor)| rate / floor).collect::<Vec<_>>();
    bench.add(
        figure("durable", &rates.durable)
            .to("two databases, in turn", to(&rates.in_turn))
            .goal(Goal::RatioAtLeast(0.5))
            .under(DELIVERED),
    );
    for (side, values) in [("sender", &rates.sender_cpu), ("receiver", &rates.receiver_cpu)] {
        let name = format!("cpu.{side}.{name}");
        bench.add(Figure::new(name, Range::of(values.iter().copied()), "µs/message").under(DELIVERED));
    }
    bench.add(figure("floor.databases.in-turn", &rates.in_turn).under(COMMITTED));
    bench.add(
        figure("floor.databases.overlapped", &rates.overlapped)
            .to("durable messages to this", to(&rates.overlapped))
            .under(COMMITTED),
    );
    bench
        .add(figure("floor.stream", &rates.raw).to("durable messages to this", to(&rates.raw)).under("in memory only"));
}
