//! The promise of delivery, put to the proof with real processes.
//!
//! Hosts talk to each other and are killed, cut off, starved of disk space, and stopped at the worst of moments. What
//! they did is recorded outside of them, and a checker judges the record.
//!
//! `MUTINY_SEED` repeats the dice of a run; processes and disks have a will of their own beside them.
//! `MUTINY_SOAK_SECONDS` makes it go on for so long.

#![allow(clippy::unwrap_used, clippy::expect_used, unreachable_pub, missing_docs)]

mod checker;
mod controls;
mod cut_off;
mod damage;
mod dice;
mod discovery;
mod failpoints;
mod full_disk;
mod history;
mod kills;
#[allow(dead_code, reason = "the tests of the protocol use the rest of it")]
mod node;
mod person;
mod rounds;
mod say;
#[path = "../../../../tests/common/skipped.rs"]
mod skipped;
mod skips;
mod talk;
mod tools;
mod world;
