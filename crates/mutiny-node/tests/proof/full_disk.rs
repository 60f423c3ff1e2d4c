//! A disk without room.

use std::thread;
use std::time::{Duration, Instant};

use super::dice::Dice;
use super::node::PATIENCE;
use super::person::Place;
use super::rounds::{Given, rounds};
use super::say::say;
use super::skipped::skipped;
use super::tools::SmallDisk;
use super::world::World;

/// `EX_IOERR` of `sysexits.h`.
const IO_ERROR: i32 = 74;

#[test]
fn a_full_disk_refuses_messages_and_loses_none() {
    rounds("full disk", fill);
}

fn fill(dice: Dice) -> Given {
    let home = tempfile::tempdir().unwrap();
    let small = home.path().join("small");
    let disk = match SmallDisk::mount(&small, "12m") {
        Ok(disk) => disk,
        Err(why) => {
            skipped("full disk", &why);
            return Given::Skipped;
        }
    };
    let world = World::at(|name, home| Place {
        data: if name == "alice" { small.clone() } else { home.join(name) },
        ..Place::loopback()
    });
    let talk = world.talk(&dice);
    world.is_connected();

    disk.fill();
    let refused = || world.refused("Storage");
    world.until("messages to be refused", || refused() >= 30);
    // Meanwhile what comes from elsewhere waits where it is.
    thread::sleep(Duration::from_secs(3));
    disk.free();
    let freed = Instant::now();
    world.is_connected();
    let resumed = freed.elapsed().as_secs_f64();
    let first = refused();

    // Killed over it, it does not start before there is room, and says so.
    disk.fill();
    world.until("messages to be refused", || refused() >= first + 10);
    world.alice.node().kill();
    let node = world.alice.start(None);
    let status = node.ended(PATIENCE).unwrap_or_else(|| world.give_up("the host started on a full disk"));
    assert_eq!(status.code(), Some(IO_ERROR), "{}", world.alice.last_words());
    disk.free();
    world.alice.start(None);
    world.is_connected();
    say(&format!("full disk: {} messages refused; delivery resumed {resumed:.1} s after there was room", refused()));
    world.settle(talk);
    drop(disk);
    Given::Whole
}
