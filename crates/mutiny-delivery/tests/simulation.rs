//! Delivery through thousands of seeded histories of crashes, lost connections, failing disks, clock jumps and restored
//! backups.
//!
//! `MUTINY_SEEDS` sets how many schedules are run; `MUTINY_SOAK_SECONDS`, for how long. `MUTINY_SEED` runs just one, as it
//! ran when it failed (or begins there, with one of the others); with `MUTINY_TRACE` it shows what goes into the machines
//! and what comes out.

#![allow(clippy::unwrap_used)]

mod sim;
mod soak;

use std::sync::Mutex;

use sim::{Fault, Tally};

#[test]
fn every_message_ends_once_and_in_order() {
    let seed = soak::number("MUTINY_SEED");
    let count = soak::number("MUTINY_SEEDS").unwrap_or(if seed.is_some() { 1 } else { 3_000 });
    let found = Mutex::new((Tally::default(), Vec::new()));
    let count = soak::go_through("histories", seed.unwrap_or(0), count, |seed| {
        let outcome = std::panic::catch_unwind(|| sim::run(seed, Fault::None));
        let mut found = found.lock().unwrap();
        match outcome {
            Ok(Ok(tally)) => found.0 = found.0 + tally,
            Ok(Err(violation)) => found.1.push(format!("MUTINY_SEED={seed}: {violation}")),
            Err(_) => found.1.push(format!("MUTINY_SEED={seed}: a panic")),
        }
    });
    let (sum, failures) = found.into_inner().unwrap();
    assert!(failures.is_empty(), "{} of {count} schedules failed:\n{}", failures.len(), failures.join("\n"));
    let Tally { sent, delivered, not_delivered, unknown, lost, revived } = sum;
    soak::sum_up(&format!(
        "{count} simulated histories: {sent} messages sent, {delivered} delivered, {not_delivered} not, {unknown} unknown; \
         {lost} lost and {revived} revived with a backup; no promise broken"
    ));
    if count >= 1_000 {
        assert!(delivered > sent / 3, "most of what was sent should arrive: {sum:?}");
        assert!(not_delivered > 0 && unknown > 0 && lost > 0 && revived > 0, "all kinds of ends: {sum:?}");
    }
}
