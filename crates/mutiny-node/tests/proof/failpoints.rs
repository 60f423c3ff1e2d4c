//! Death at the worst of moments, each by its name.

use std::path::{Path, PathBuf};

use rusqlite::Connection;
use serde_json::json;
use tempfile::TempDir;

use super::dice::Dice;
use super::node::{Node, PATIENCE};
use super::person::Person;
use super::rounds::{Given, rounds};
use super::say::say;
use super::world::World;

/// Where a host at work dies. All of these lie on the way of a message: in its sender's commit and its receiver's, in the
/// transaction of the delivery machine, between its commit and the acknowledgement, and right behind that.
const AT_WORK: [&str; 5] = ["commit", "committed", "delivery-written", "delivery-committed", "delivery-acknowledged"];

/// Where one dies that is asked to end, in terms of its database.
const AT_THE_END: [&str; 2] = ["close", "closed"];

/// How far a checkpoint may get before the host dies of it: steps of 50 microseconds.
const INTO_THE_CHECKPOINT: [u32; 5] = [0, 4, 10, 25, 60];

/// The same for checkpoints under load.
const UNDER_LOAD: [u32; 3] = [0, 10, 40];

#[test]
fn every_message_ends_exactly_once_through_deaths_at_named_points() {
    rounds("failpoints", |dice| {
        die(dice);
        Given::Whole
    });
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
    // Those that are made while messages flow.
    for steps in UNDER_LOAD {
        world.hears(20);
        world.alice.restart();
        world.alice.node().kill();
        let failpoint = format!("checkpoint:{steps}");
        let node = world.alice.start(Some(&failpoint));
        world.dies(&node, &failpoint);
        world.alice.start(None);
        deaths += 1;
    }
    assert_eq!(deaths, 2 * (AT_WORK.len() + 2 * 3 + AT_THE_END.len()) + UNDER_LOAD.len());
    say(&format!("failpoints: {deaths} deaths at named points, {in_time} in the midst of a checkpoint at the end"));
    world.settle(talk);
}

/// Messages lie in the outbox until the other one comes, and leave it larger than it has to be.
#[test]
fn a_death_while_space_is_given_back_loses_nothing() {
    const MESSAGES: usize = 160;
    let world = World::new();
    let first = |person: &Person| person.ask("instances", json!({}))[0]["id"].clone();
    let (from, to) = (first(&world.alice), first(&world.bob));
    world.bob.node().kill();
    for n in 0..MESSAGES {
        let body = json!({ "type": "json", "value": { "n": n, "pad": "x".repeat(60_000) } });
        let to = json!({ "peer": world.bob.id, "instance": to });
        world.alice.ask("send", json!({ "instance": from, "to": to, "body": body, "deadline": null }));
    }
    world.alice.node().kill();
    let node = world.alice.start(Some("give-back:1"));
    world.bob.start(None);
    world.introduce();
    world.dies(&node, "give-back:1");
    world.alice.start(None);
    world.introduce();
    world.until("all messages to be delivered", || {
        world.alice.ask("instances", json!({})).as_array().unwrap().iter().all(|instance| instance["waiting"] == 0)
    });
    let entries = std::iter::repeat_with(|| world.bob.ask("next", json!({ "instance": to, "entry": null })));
    let taken: Vec<u64> = entries
        .take_while(|entry| !entry.is_null())
        .map(|entry| entry["body"]["value"]["n"].as_u64().unwrap())
        .collect();
    assert_eq!(taken, (0..MESSAGES as u64).collect::<Vec<_>>());
    assert_eq!(world.alice.ask("damage", json!({})), json!(null));
}

#[test]
fn a_death_in_the_midst_of_any_migration_of_a_new_database_leaves_one_that_opens() {
    // The first makes all tables; and it may die after the last.
    let (deaths, version) = deaths_in_migrations(|_| {}, 0);
    assert_eq!(deaths, version + 1);
}

#[test]
fn a_death_in_the_midst_of_any_migration_of_an_old_database_leaves_what_was_in_it() {
    let first = |data: &Path| {
        let file = database(data);
        std::fs::remove_file(&file).unwrap();
        let db = Connection::open(file).unwrap();
        db.execute_batch(include_str!("../../../mutiny-core/src/store/migrations/version-1.sql")).unwrap();
    };
    let (deaths, version) = deaths_in_migrations(first, 2);
    assert_eq!(deaths, version - 1 + 1);
}

/// Lets a host die in each migration and after the last, with a database that `prepare` puts into the profile. Each time,
/// the next start finds a sound one, with so many instances. Returns how many deaths there were, and the schema version
/// in the end.
fn deaths_in_migrations(prepare: impl Fn(&Path), instances: usize) -> (i64, i64) {
    let each = (1..).map(|migration| format!("migration:{migration}"));
    let (mut deaths, mut version) = (0, 0);
    for failpoint in std::iter::once("migrated:1".to_owned()).chain(each) {
        let home = TempDir::new().unwrap();
        let (data, log) = (home.path().join("data"), home.path().join("log"));
        let args = ["--no-mdns", "--data-dir", data.to_str().unwrap(), "--listen", "/ip4/127.0.0.1/tcp/0"];
        let start = |failpoint| Node::start(&args, None, failpoint, &log);
        let is_sound = |node: &Node| {
            let found = node.call("instances", json!({})).unwrap();
            assert_eq!(found.as_array().unwrap().len(), instances, "after {failpoint}");
            assert_eq!(node.call("damage", json!({})), Ok(json!(null)), "after {failpoint}");
        };
        if instances > 0 {
            let node = start(None);
            node.call("me", json!({})).unwrap();
            node.terminate();
            assert!(node.ended(PATIENCE).unwrap().success());
        }
        prepare(&data);
        let node = start(Some(&failpoint));
        if node.call("instances", json!({})).is_ok() {
            // There are no more migrations than that.
            is_sound(&node);
            break;
        }
        assert!(!node.ended(PATIENCE).expect("the failpoint is reached").success());
        deaths += 1;
        let node = start(None);
        is_sound(&node);
        node.terminate();
        assert!(node.ended(PATIENCE).unwrap().success());
        let db = Connection::open(database(&data)).unwrap();
        version = db.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    }
    say(&format!("failpoints: {deaths} deaths in and after migrations"));
    (deaths, version)
}

/// The database somewhere below a folder.
fn database(folder: &Path) -> PathBuf {
    let found = walk(folder);
    found.into_iter().find(|file| file.ends_with("mutiny.db")).expect("there is a database")
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}
