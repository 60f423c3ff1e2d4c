//! A thousand instances on either side with a flow between each two, beside one.

use super::pair::{Delivered, Pair};
use super::{Bench, DELIVERED};
use crate::Result;
use crate::figure::{Figure, Goal};
use crate::sample::{Range, median};

const SIZE: usize = 1024;

/// How often each takes its turn a round: what one turn takes depends much on what else the disk does.
const TURNS: usize = 4;

pub(super) async fn measure(bench: &mut Bench) -> Result<()> {
    let (all, messages) = (bench.scale.instances, bench.scale.messages);
    let mut pair = Pair::new(bench.folder(), "many", all).await?;
    // Once through, so that every flow is open.
    pair.deliver(all, messages, SIZE).await?;
    let (mut one, mut many) = (Costs::default(), Costs::default());
    for _ in 0..bench.scale.rounds {
        let (mut of_one, mut of_many) = (Costs::default(), Costs::default());
        for turn in 0..bench.scale.rounds.min(TURNS) {
            // Whoever comes first may have an advantage, so they take turns at that.
            let mut arms = [(1, &mut of_one), (all, &mut of_many)];
            arms.rotate_left(turn % 2);
            for (flows, costs) in arms {
                costs.add(&pair.deliver(flows, messages, SIZE).await?);
            }
        }
        one.add_median(of_one);
        many.add_median(of_many);
    }
    let ratios: Vec<f64> = many.time.iter().zip(&one.time).map(|(many, one)| many / one).collect();
    let name = format!("{all}-flows");
    let cost = |name: String, values: Vec<f64>| Figure::new(name, Range::of(values), "µs/message").under(DELIVERED);
    bench.add(cost("many.one-flow".to_owned(), one.time));
    bench.add(
        cost(format!("many.{name}"), many.time)
            .to("one flow between the same peers", ratios)
            .goal(Goal::RatioAtMost(1.5)),
    );
    for (name, sender, receiver) in
        [("one-flow", one.sender_cpu, one.receiver_cpu), (name.as_str(), many.sender_cpu, many.receiver_cpu)]
    {
        bench.add(cost(format!("many.cpu.sender.{name}"), sender));
        bench.add(cost(format!("many.cpu.receiver.{name}"), receiver));
    }
    pair.stop().await
}

/// What a message cost, in microseconds; a value a turn, or a round.
#[derive(Default)]
struct Costs {
    time: Vec<f64>,
    sender_cpu: Vec<f64>,
    receiver_cpu: Vec<f64>,
}

impl Costs {
    fn add(&mut self, delivered: &Delivered) {
        self.time.push(1e6 / delivered.rate);
        self.sender_cpu.push(delivered.sender_cpu * 1e6);
        self.receiver_cpu.push(delivered.receiver_cpu * 1e6);
    }

    /// The medians of a round's turns.
    fn add_median(&mut self, turns: Self) {
        self.time.push(median(turns.time));
        self.sender_cpu.push(median(turns.sender_cpu));
        self.receiver_cpu.push(median(turns.receiver_cpu));
    }
}
