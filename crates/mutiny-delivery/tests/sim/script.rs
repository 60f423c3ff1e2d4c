//! Histories that chance finds too seldom.

use bytes::Bytes;
use mutiny_delivery::message::{Content, Epoch, Message};
use mutiny_delivery::store::Reply;
use uuid::Uuid;

use super::disk::{Done, Job};
use super::history::{Tally, Violation};
use super::world::{Step, World};
use super::{Fault, chaos};

/// A message is under way on one stream when another takes its place. There its deadline passes before it is sent: it is
/// not delivered, and must not be when the bytes on the first stream arrive.
pub fn late_data(fault: Fault) -> Result<Tally, Violation> {
    let mut world = World::new(0, fault);
    send(&mut world, 1, 1_000);
    world.connect(0, 1);
    // Until the message is loaded; then it goes out, and its bytes stay on the way.
    go_on(&mut world, |_| true);
    while let Some(step) = world.steps().into_iter().find(|step| !matches!(step, Step::Carry(0, 0))) {
        world.step(step);
    }
    world.connect(0, 1);
    // Until it is loaded again. Before the machine knows, the deadline passes.
    go_on(&mut world, |step| !matches!(step, Step::Carry(0, 0)));
    world.steady += 2_000;
    while let Some(step) = world.steps().into_iter().find(|step| !matches!(step, Step::Carry(0, 0))) {
        world.step(step);
    }
    chaos::heal(&mut world)?;
    world.check()
}

/// A sender's store is replaced by an old backup, and nothing tells its host. It gives numbers away a second time, and the
/// message under the last of them ends before the two meet: there is nothing pending to compare with what the receiver
/// has under that number. Those below it must arrive all the same.
pub fn numbers_given_twice(fault: Fault) -> Result<Tally, Violation> {
    let mut world = World::new(0, fault);
    let mut mark = world.history.mark(0);
    let backup = world.hosts[0].disk.tables.clone();
    for id in 1..=3 {
        send(&mut world, id, 1_000_000);
    }
    world.connect(0, 1);
    chaos::heal(&mut world)?;

    world.crash(0);
    world.history.restored(0, &mut mark, &world.hosts[0].disk.tables, &backup, false);
    world.hosts[0].disk.tables = backup;
    world.start(0);
    for (id, life) in [(4, 1_000_000), (5, 1_000_000), (6, 1_000)] {
        send(&mut world, id, life);
    }
    rest(&mut world);
    world.steady += 2_000;
    rest(&mut world);
    chaos::heal(&mut world)?;
    world.check()
}

/// A sender's store is replaced by an old backup, and its host knows. What was delivered since is pending in it, gets a new
/// number, and expires before it is sent under that one. The receiver says of the new numbering that it has nothing, which
/// does not mean that it has nothing of what was sent.
pub fn renumbered_and_expired(fault: Fault) -> Result<Tally, Violation> {
    let mut world = World::new(0, fault);
    send(&mut world, 1, 30_000);
    rest(&mut world);
    let (mut mark, mut backup) = (world.history.mark(0), world.hosts[0].disk.tables.clone());
    world.connect(0, 1);
    chaos::heal(&mut world)?;

    world.crash(0);
    world.history.restored(0, &mut mark, &world.hosts[0].disk.tables, &backup, true);
    backup.loss_of_memory(|| Epoch(2));
    world.hosts[0].disk.tables = backup;
    world.start(0);
    rest(&mut world);
    world.connect(0, 1);
    // Until it is loaded. Before the machine knows, the deadline passes.
    go_on(&mut world, |_| true);
    world.steady += 40_000;
    rest(&mut world);
    chaos::heal(&mut world)?;
    world.check()
}

/// A message from the first host to the second, that lives for so long.
fn send(world: &mut World, id: u128, life: i64) {
    let (source, target) = (world.hosts[0].instances[0], world.hosts[1].instances[0]);
    let (peer, sent) = (world.hosts[1].peer.clone(), world.now(0).wall);
    let (id, body) = (Uuid::from_u128(id), Bytes::from_static(b"text"));
    let message = Message { seq: 0, id, content: Content::Json, sent, deadline: sent + life, body };
    world.hosts[0].disk.waiting.push_back(Job::Send { source, peer, target, epoch: Epoch(1), message });
}

/// Lets go on what goes on by itself.
fn rest(world: &mut World) {
    while let Some(step) = world.steps().into_iter().next() {
        world.step(step);
    }
}

/// Takes the steps that `may` be taken, until the disk of the first host has loaded the message.
fn go_on(world: &mut World, may: impl Fn(&Step) -> bool) {
    while !loaded(world) {
        let step = world.steps().into_iter().find(|step| may(step)).expect("the message is loaded at some time");
        world.step(step);
    }
}

fn loaded(world: &World) -> bool {
    let done = world.hosts[0].disk.done.iter();
    done.into_iter().any(|done| matches!(done, Done::Reply(_, Reply::Loaded { messages, .. }) if !messages.is_empty()))
}
