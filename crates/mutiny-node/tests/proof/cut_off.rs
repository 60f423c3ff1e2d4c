//! Two machines, a cable, and what may happen to it.

use std::thread;
use std::time::{Duration, Instant};

use super::dice::Dice;
use super::person::Place;
use super::rounds::{Given, rounds};
use super::say::say;
use super::skipped::skipped;
use super::tools::Cable;
use super::world::World;

#[test]
fn every_message_ends_exactly_once_through_partition_loss_and_a_change_of_address() {
    rounds("cut off", cut_off);
}

fn cut_off(dice: Dice) -> Given {
    let cable = match Cable::lay("cut") {
        Ok(cable) => cable,
        Err(why) => {
            skipped("partition, loss and change of address", &why);
            return Given::Skipped;
        }
    };
    let end = |name: &str| usize::from(name != "alice");
    let world = World::at(|name, home| Place {
        data: home.join(name),
        net: Some(cable.net(end(name)).to_owned()),
        listen: "0.0.0.0".to_owned(),
        ip: Cable::ip(end(name)),
    });
    let talk = world.talk(&dice);
    world.is_connected();

    for pause in [500, 4000] {
        cable.link(0, "down").unwrap();
        thread::sleep(Duration::from_millis(pause));
        cable.link(0, "up").unwrap();
        timed("together again after a partition", || world.is_connected());
    }

    // Also where no cable is seen to be out.
    match cable.lose(100) {
        Ok(()) => {
            thread::sleep(Duration::from_secs(4));
            cable.mend().unwrap();
            timed("together again where nothing came through", || world.is_connected());
        }
        Err(why) => skipped("partition unseen", &why),
    }

    match cable.lose(20) {
        Ok(()) => {
            let before = world.taken();
            thread::sleep(Duration::from_secs(6));
            timed("across a network that loses a fifth", || world.is_connected());
            say(&format!("cut off: {} messages taken meanwhile", world.taken() - before));
            cable.mend().unwrap();
        }
        Err(why) => skipped("loss", &why),
    }
    world.is_connected();

    // Bob's machine moves while all goes on, and nobody is told.
    cable.address("delete", 1, 1).unwrap();
    cable.address("add", 1, 2).unwrap();
    timed("found again after a change of address", || world.is_connected());
    world.settle(talk);
    Given::Whole
}

fn timed(what: &str, work: impl FnOnce()) {
    let began = Instant::now();
    work();
    say(&format!("cut off: {what}: {:.1} s", began.elapsed().as_secs_f64()));
}
