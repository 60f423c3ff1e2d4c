//! Delivery through thousands of seeded histories of crashes, lost connections, failing disks, clock jumps and restored
//! backups.
//!
//! `MUTINY_SEEDS` sets how many schedules are run. `MUTINY_SEED` runs just one, as it ran when it failed (or begins there,
//! if both are given); with `MUTINY_TRACE` it shows what goes into the machines and what comes out.

mod sim;

use sim::{Fault, Tally};

/// A number from the environment.
fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn every_message_ends_once_and_in_order() {
    let seed = number("MUTINY_SEED");
    let count = number("MUTINY_SEEDS").unwrap_or(if seed.is_some() { 1 } else { 3_000 });
    let first = seed.unwrap_or(0);
    let (mut sum, mut failures) = (Tally::default(), Vec::new());
    for seed in first..first + count {
        match std::panic::catch_unwind(|| sim::run(seed, Fault::None)) {
            Ok(Ok(tally)) => sum = sum + tally,
            Ok(Err(violation)) => failures.push(format!("MUTINY_SEED={seed}: {violation}")),
            Err(_) => failures.push(format!("MUTINY_SEED={seed}: a panic")),
        }
    }
    assert!(failures.is_empty(), "{} of {count} schedules failed:\n{}", failures.len(), failures.join("\n"));
    println!("{count} schedules: {sum:?}");
    if count >= 1_000 {
        let Tally { sent, delivered, not_delivered, unknown, lost, revived } = sum;
        assert!(delivered > sent / 3, "most of what was sent should arrive: {sum:?}");
        assert!(not_delivered > 0 && unknown > 0 && lost > 0 && revived > 0, "all kinds of ends: {sum:?}");
    }
}
