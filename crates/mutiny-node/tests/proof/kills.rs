//! `kill -9` on either side, at random moments, while messages flow in all directions.

use std::thread;

use super::dice::Dice;
use super::rounds::{Given, rounds};
use super::say::say;
use super::world::World;

/// At least so many a round.
const KILLS: usize = 40;

#[test]
fn every_message_ends_exactly_once_through_kills_of_either_side() {
    rounds("kills", |dice| {
        kill(dice);
        Given::Whole
    });
}

fn kill(mut dice: Dice) {
    let world = World::new();
    let talk = world.talk(&dice.fork(1));
    let (mut kills, mut moves) = (0, 0);
    while kills < KILLS {
        // Short enough to hit hosts that are just starting, long enough to hit them at work.
        let longest = if dice.one_in(3) { 150 } else { 900 };
        thread::sleep(dice.millis(1, longest));
        let victims = match dice.below(10) {
            0 => vec![&world.alice, &world.bob],
            1..=5 => vec![&world.alice],
            _ => vec![&world.bob],
        };
        victims.iter().for_each(|victim| victim.node().kill());
        kills += victims.len();
        if dice.one_in(4) {
            thread::sleep(dice.millis(0, 500));
        }
        let mut moved = false;
        for victim in &victims {
            if dice.one_in(3) {
                victim.move_port();
                (moved, moves) = (true, moves + 1);
            }
            victim.start(None);
        }
        // Whoever moved finds the other one, unless that one moved unseen as well.
        if moved && (victims.len() > 1 || dice.one_in(4)) {
            world.introduce();
        }
    }
    let (sent, taken) = (world.sent(), world.taken());
    say(&format!("kills: {kills} kills, {moves} with a change of port"));
    assert!(sent > 10 * KILLS && taken > 10 * KILLS, "next to nothing was said: {sent} sent, {taken} taken");
    world.settle(talk);
}
