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
mod store;
mod world;

pub use history::{Tally, Violation};
pub use script::{late_data, numbers_given_twice, renumbered_and_expired};

/// What a run does wrong, so that the checker can show that it sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// The receiver acknowledges before the commit.
    AckBeforeCommit,
    /// The receiver does not recognise a message by its id.
    NoDedup,
    /// The receiver keeps no row a flow: it starts where the sender offers.
    NoRow,
    /// The receiver ignores the epoch of an offer.
    NoEpochs,
    /// The sender forgets some rows of its outbox.
    ForgetsRow,
    /// The sender takes messages that were given new numbers after a loss of memory for not delivered when they fail.
    NoDoubt,
    /// The sender compares what the receiver has last with pending messages alone, and doubts nothing where that one has
    /// ended.
    SeesPendingOnly,
    /// The receiver goes on taking data from streams whose flow was offered elsewhere since.
    TakesLateData,
}

/// Runs the schedule of `seed`, to its end, and checks its history.
pub fn run(seed: u64, fault: Fault) -> Result<Tally, Violation> {
    let mut world = world::World::new(seed, fault);
    chaos::trouble(&mut world);
    chaos::heal(&mut world)?;
    world.check()
}
