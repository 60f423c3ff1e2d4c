//! Short histories, each played once for every step that it has: after that step a side crashes, or both, or the link is
//! lost with what was on it, or a disk fails. Beside the random schedules of the simulation, these leave nothing out.

mod sim;

use sim::{Order, Scenario, Trouble};

const SCENARIOS: [Scenario; 8] = [
    Scenario::Plain,
    Scenario::Expiry,
    Scenario::Withdrawal,
    Scenario::Refusal,
    Scenario::ClosedDoor,
    Scenario::FullInbox,
    Scenario::KnownRestore,
    Scenario::UnknownRestore,
];

/// Plays all scenarios with this trouble after each of their steps.
fn after_every_step(trouble: Trouble) {
    for scenario in SCENARIOS {
        for order in [Order::First, Order::Last] {
            let mut steps = 0;
            loop {
                match sim::play(scenario, trouble, order, steps) {
                    Ok(true) => steps += 1,
                    Ok(false) => break,
                    Err(violation) => panic!("{scenario:?}, {trouble:?} after step {steps} ({order:?}): {violation}"),
                }
            }
            assert!(steps > 20, "{scenario:?} has only {steps} steps");
        }
    }
}

#[test]
fn the_sender_may_crash_after_any_step() {
    after_every_step(Trouble::Crash(0));
}

#[test]
fn the_receiver_may_crash_after_any_step() {
    after_every_step(Trouble::Crash(1));
}

#[test]
fn both_may_crash_after_any_step() {
    after_every_step(Trouble::CrashOfBoth);
}

#[test]
fn the_link_may_be_lost_after_any_step() {
    after_every_step(Trouble::LostLink);
}

#[test]
fn the_disk_of_the_sender_may_fail_after_any_step() {
    after_every_step(Trouble::FailingDisk(0));
}

#[test]
fn the_disk_of_the_receiver_may_fail_after_any_step() {
    after_every_step(Trouble::FailingDisk(1));
}
