//! How often, and with which dice.

use std::io::Write;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::dice::Dice;
use super::say::say;

/// How many proofs share the time of a soak: kills, failpoints, a full disk, and being cut off.
const PROOFS: usize = 4;

/// What became of a proof that did not fail.
#[derive(PartialEq, Eq)]
pub enum Given {
    Whole,
    /// The machine forbids it, which was said.
    Skipped,
}

/// Gives a proof once; and again, each time with other dice, until its share of `MUTINY_SOAK_SECONDS` has passed. The last
/// round is the one that ends closest to that. Ends at once where the machine forbids it.
pub fn rounds(of: &str, proof: impl Fn(Dice) -> Given) {
    let (began, share) = (Instant::now(), soak());
    let first = number("MUTINY_SEED")
        .unwrap_or_else(|| SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos().into());
    for round in 1.. {
        let (seed, started) = (first + round - 1, Instant::now());
        say(&format!("{of}: round {round}, MUTINY_SEED={seed} throws the same dice"));
        if proof(Dice::new(seed)) == Given::Skipped {
            return sum_up(&format!("{of}: skipped"));
        }
        if began.elapsed() + started.elapsed() / 2 >= share {
            return sum_up(&format!("{of}: {round} rounds in {} s, no promise broken", began.elapsed().as_secs()));
        }
    }
}

/// The time of one proof. As many are given at once as there are processors.
fn soak() -> Duration {
    let at_once = std::thread::available_parallelism().map_or(1, usize::from).min(PROOFS);
    Duration::from_secs(number("MUTINY_SOAK_SECONDS").unwrap_or(0)) * at_once as u32 / PROOFS as u32
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// What came of it, for the end of a soak: in the file that `MUTINY_SOAK_SUMMARY` names.
fn sum_up(text: &str) {
    if let Ok(file) = std::env::var("MUTINY_SOAK_SUMMARY") {
        let file = std::fs::OpenOptions::new().create(true).append(true).open(file);
        writeln!(file.unwrap(), "{text}").unwrap();
    }
}
