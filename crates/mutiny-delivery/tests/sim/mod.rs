//! A seeded simulation: peers with machines, disks that commit late, links that break, apps, clocks, backups.
//!
//! Each step picks one thing that may happen next: a commit, an answer of a disk, some bytes of a link, a crash. So any
//! order of events that the parts allow can come about, and a seed brings it about again.

#![allow(dead_code, unused_imports, unreachable_pub, clippy::unwrap_used, clippy::expect_used)]

mod chaos;
mod dice;
mod disk;
mod history;
mod network;
mod script;
mod world;

pub use mutiny_delivery::model::Fault;

pub use history::{Tally, Violation};
pub use script::{
    Order, Scenario, Trouble, failures_behind_a_withdrawal, late_data, numbered_anew, numbers_given_twice, play,
    renewed_and_expired,
};

/// Runs the schedule of `seed`, to its end, and checks its history.
pub fn run(seed: u64, fault: Fault) -> Result<Tally, Violation> {
    let mut world = world::World::new(seed, fault);
    chaos::trouble(&mut world);
    chaos::heal(&mut world)?;
    world.check()
}
