//! The checker is worth what it catches: hosts that do wrong on purpose, in real processes, must be found out by it.

use super::checker::Fault;
use super::dice::Dice;
use super::say::say;
use super::world::World;

/// How often a host that acknowledges early dies right after, until a message is found to be lost by that.
const DEATHS: usize = 6;

#[test]
fn a_host_that_acknowledges_before_the_commit_is_found_out() {
    let mut dice = Dice::new(7);
    let world = World::new();
    let talk = world.talk(&dice.fork(1));
    for _ in 0..DEATHS {
        let failpoint = format!("acknowledge-early:{}", 5 + dice.below(20));
        world.bob.node().kill();
        let node = world.bob.start(Some(&failpoint));
        world.dies(&node, &failpoint);
    }
    world.bob.start(None);
    world.hears(20);
    let faults = world.judge(talk);
    say(&format!("controls: acknowledging early made {} faults", faults.len()));
    assert!(faults.iter().any(|fault| matches!(fault, Fault::Lost { .. })), "{faults:?}");
}

#[test]
fn a_host_that_forgets_rows_of_its_outbox_is_found_out() {
    let world = World::new();
    let talk = world.talk(&Dice::new(8));
    world.alice.node().kill();
    world.alice.start(Some("forget-row:1"));
    world.hears(300);
    let faults = world.judge(talk);
    say(&format!("controls: forgetting rows made {} faults", faults.len()));
    assert!(faults.iter().any(|fault| matches!(fault, Fault::Unended { .. } | Fault::Lost { .. })), "{faults:?}");
}
