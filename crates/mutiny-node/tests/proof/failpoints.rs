//! Death at the worst of moments, each by its name.

use serde_json::json;
use tempfile::TempDir;

use super::dice::Dice;
use super::node::{Node, PATIENCE};
use super::rounds::rounds;
use super::say::say;
use super::world::World;

/// Where a host at work dies. All of these lie on the way of a message: in its sender's commit and its receiver's, in the
/// transaction of the delivery machine, between its commit and the acknowledgement, and right behind that.
const AT_WORK: [&str; 5] = ["commit", "committed", "delivery-written", "delivery-committed", "delivery-acknowledged"];

/// Where one dies that is asked to end, in terms of its database.
const AT_THE_END: [&str; 2] = ["close", "closed"];

/// How far a checkpoint may get before the host dies of it: steps of 50 microseconds.
const INTO_THE_CHECKPOINT: [u32; 5] = [0, 4, 10, 25, 60];

#[test]
fn every_message_ends_exactly_once_through_deaths_at_named_points() {
    rounds("failpoints", die);
}

fn die(mut dice: Dice) {
    let world = World::new();
    let talk = world.talk(&dice.fork(1));
    let mut deaths = 0;
    for name in AT_WORK {
        for person in [&world.alice, &world.bob] {
            let failpoint = format!("{name}:{}", 1 + dice.below(80));
            person.node().kill();
            let node = person.start(Some(&failpoint));
            world.dies(&node, &failpoint);
            person.start(None);
            world.hears(20);
            deaths += 1;
        }
    }
    // The counter beside the database is behind it then, and the host takes itself for a restored backup. It dies before
    // that with messages delivered that it does not know of, some of which expire meanwhile.
    for _ in 0..3 {
        for person in [&world.alice, &world.bob] {
            let failpoint = format!("delivery-committed:{}", 1 + dice.below(40));
            for failpoint in [&failpoint, "generation:1"] {
                person.node().kill();
                let node = person.start(Some(failpoint));
                world.dies(&node, failpoint);
                deaths += 1;
            }
            person.start(None);
            world.hears(20);
        }
    }
    for name in AT_THE_END {
        for person in [&world.alice, &world.bob] {
            person.node().kill();
            let node = person.start(Some(&format!("{name}:1")));
            world.hears(20);
            node.terminate();
            world.dies(&node, name);
            person.start(None);
            deaths += 1;
        }
    }
    let mut in_time = 0;
    for steps in INTO_THE_CHECKPOINT {
        world.alice.node().kill();
        let node = world.alice.start(Some(&format!("closing:{steps}")));
        world.hears(100);
        node.terminate();
        let status = node.ended(PATIENCE).unwrap_or_else(|| world.give_up("the host did not end"));
        in_time += usize::from(!status.success());
        world.alice.start(None);
    }
    assert!(in_time > 0, "no checkpoint was interrupted");
    say(&format!("failpoints: {deaths} deaths at named points, {in_time} in the midst of a checkpoint"));
    world.settle(talk);
}

#[test]
fn a_death_in_the_midst_of_any_migration_or_right_after_them_leaves_a_database_that_opens() {
    let each = (1..).map(|migration| format!("migration:{migration}"));
    let mut deaths = 0;
    for failpoint in std::iter::once("migrated:1".to_owned()).chain(each) {
        let home = TempDir::new().unwrap();
        let (data, log) = (home.path().join("data"), home.path().join("log"));
        let args = ["--no-mdns", "--data-dir", data.to_str().unwrap(), "--listen", "/ip4/127.0.0.1/tcp/0"];
        let node = Node::start(&args, None, Some(&failpoint), &log);
        if node.call("instances", json!({})).is_ok() {
            // There are no more migrations than that.
            break;
        }
        assert!(!node.ended(PATIENCE).expect("the failpoint is reached").success());
        deaths += 1;
        let node = Node::start(&args, None, None, &log);
        assert_eq!(node.call("instances", json!({})), Ok(json!([])), "after {failpoint}");
        assert_eq!(node.call("damage", json!({})), Ok(json!(null)), "after {failpoint}");
    }
    say(&format!("failpoints: {deaths} deaths in and after migrations"));
    assert!(deaths >= 2, "no migration was interrupted");
}
