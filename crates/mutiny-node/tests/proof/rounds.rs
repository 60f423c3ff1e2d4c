//! How often, and with which dice.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::dice::Dice;
use super::say::say;

/// How many proofs share the time of a soak: kills, failpoints, a full disk, and being cut off.
const PROOFS: usize = 4;

/// Gives a proof once; and again, each time with other dice, until its share of `MUTINY_SOAK_SECONDS` has passed.
pub fn rounds(of: &str, proof: impl Fn(Dice)) {
    let until = Instant::now() + soak();
    let mut seed = number("MUTINY_SEED")
        .unwrap_or_else(|| SystemTime::now().duration_since(UNIX_EPOCH).unwrap().subsec_nanos().into());
    loop {
        say(&format!("{of}: MUTINY_SEED={seed} throws the same dice"));
        proof(Dice::new(seed));
        if Instant::now() >= until {
            break;
        }
        seed += 1;
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
