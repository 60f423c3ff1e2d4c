//! Histories that chance finds too seldom.

use bytes::Bytes;
use mutiny_delivery::message::{Content, Epoch, Message, Refusal};
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

/// A sender's store is replaced by an old backup, and its host knows. What was delivered since is pending in it, is
/// numbered anew, and expires before it is sent in that numbering. The receiver says of the new numbering that it has nothing, which
/// does not mean that it has nothing of what was sent.
pub fn renewed_and_expired(fault: Fault) -> Result<Tally, Violation> {
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

/// A sender's store is replaced by an old backup, and its host knows. It gives away as many numbers as it did before, for other
/// messages. The receiver stands behind them all, but in another numbering: each of them must arrive.
pub fn numbered_anew(fault: Fault) -> Result<Tally, Violation> {
    let mut world = World::new(0, fault);
    let long = 1_000_000_000;
    send(&mut world, 1, long);
    rest(&mut world);
    let (mut mark, mut backup) = (world.history.mark(0), world.hosts[0].disk.tables.clone());
    (2..=3).for_each(|id| send(&mut world, id, long));
    world.connect(0, 1);
    chaos::heal(&mut world)?;

    world.crash(0);
    world.history.restored(0, &mut mark, &world.hosts[0].disk.tables, &backup, true);
    backup.loss_of_memory(|| Epoch(2));
    world.hosts[0].disk.tables = backup;
    world.start(0);
    (4..=5).for_each(|id| send(&mut world, id, long));
    world.connect(0, 1);
    chaos::heal(&mut world)?;
    world.check()
}

/// Three messages fail, the last of them first: it was withdrawn. That does not excuse the order of the other two.
pub fn failures_behind_a_withdrawal(fault: Fault) -> Result<Tally, Violation> {
    let mut world = World::new(0, fault);
    (1..=3).for_each(|id| send(&mut world, id, 1_000));
    rest(&mut world);
    world.hosts[0].disk.waiting.push_back(Job::Withdraw { id: Uuid::from_u128(3) });
    rest(&mut world);
    world.steady += 2_000;
    rest(&mut world);
    chaos::heal(&mut world)?;
    world.check()
}

/// A message from the first host to the second, that lives for so long.
fn send(world: &mut World, id: u128, life: i64) {
    send_body(world, id, life, b"text");
}

fn send_body(world: &mut World, id: u128, life: i64, body: &'static [u8]) {
    let (source, target) = (world.hosts[0].instances[0], world.hosts[1].instances[0]);
    let (peer, sent) = (world.hosts[1].peer.clone(), world.now(0).wall);
    let (id, body) = (Uuid::from_u128(id), Bytes::from_static(body));
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

/// What a short history is about.
#[derive(Clone, Copy, Debug)]
pub enum Scenario {
    /// Messages that arrive.
    Plain,
    /// One expires before it is sent, and is skipped.
    Expiry,
    /// One is taken back while others wait.
    Withdrawal,
    /// One is refused by the receiver.
    Refusal,
    /// The receiver lets nobody in, and then does.
    ClosedDoor,
    /// More than the inbox holds.
    FullInbox,
    /// The sender was replaced by an old backup, and knows.
    KnownRestore,
    /// The sender was replaced by an old backup, and does not know.
    UnknownRestore,
}

/// What happens to it, once.
#[derive(Clone, Copy, Debug)]
pub enum Trouble {
    Crash(usize),
    CrashOfBoth,
    LostLink,
    FailingDisk(usize),
}

/// Which of the things that may happen next does.
#[derive(Clone, Copy, Debug)]
pub enum Order {
    First,
    Last,
}

/// Plays a scenario with one trouble after so many steps. Returns whether it came to that.
pub fn play(scenario: Scenario, trouble: Trouble, order: Order, after: usize) -> Result<bool, Violation> {
    let mut world = World::new(0, Fault::None);
    let mut left = Some(after);
    let mut go = |world: &mut World| {
        for _ in 0..10_000 {
            let steps = world.steps();
            let step = match order {
                Order::First => steps.first(),
                Order::Last => steps.last(),
            };
            let Some(step) = step.copied() else { return };
            if left == Some(0) {
                happens(world, trouble);
                left = None;
                continue;
            }
            left = left.map(|left| left - 1);
            world.step(step);
        }
        panic!("{scenario:?} has no end");
    };
    let long = 1_000_000_000;
    match scenario {
        Scenario::Plain => {
            (1..=3).for_each(|id| send(&mut world, id, long));
            world.connect(0, 1);
            go(&mut world);
            send(&mut world, 4, long);
            go(&mut world);
        }
        Scenario::Expiry => {
            send(&mut world, 1, long);
            send(&mut world, 2, 1_000);
            send(&mut world, 3, long);
            go(&mut world);
            world.steady += 2_000;
            world.connect(0, 1);
            go(&mut world);
        }
        Scenario::Withdrawal => {
            (1..=3).for_each(|id| send(&mut world, id, long));
            world.connect(0, 1);
            world.hosts[0].disk.waiting.push_back(Job::Withdraw { id: Uuid::from_u128(2) });
            go(&mut world);
        }
        Scenario::Refusal => {
            send(&mut world, 1, long);
            send_body(&mut world, 2, long, b"!");
            send(&mut world, 3, long);
            world.connect(0, 1);
            go(&mut world);
        }
        Scenario::ClosedDoor => {
            let target = world.hosts[1].instances[0];
            world.hosts[1].disk.tables.doors.insert(target, Refusal::NotInvited);
            send(&mut world, 1, long);
            world.connect(0, 1);
            go(&mut world);
            world.hosts[1].disk.tables.doors.clear();
            send(&mut world, 2, long);
            go(&mut world);
        }
        Scenario::FullInbox => {
            (1..=20).for_each(|id| send(&mut world, id, long));
            world.connect(0, 1);
            go(&mut world);
            let instance = world.hosts[1].instances[0];
            (0..2).for_each(|_| world.hosts[1].disk.waiting.push_back(Job::Next { instance }));
            go(&mut world);
        }
        Scenario::KnownRestore | Scenario::UnknownRestore => {
            let knows = matches!(scenario, Scenario::KnownRestore);
            (1..=2).for_each(|id| send(&mut world, id, long));
            rest(&mut world);
            let (mut mark, mut backup) = (world.history.mark(0), world.hosts[0].disk.tables.clone());
            world.connect(0, 1);
            send(&mut world, 3, long);
            go(&mut world);
            world.crash(0);
            world.history.restored(0, &mut mark, &world.hosts[0].disk.tables, &backup, knows);
            if knows {
                backup.loss_of_memory(|| Epoch(2));
            }
            world.hosts[0].disk.tables = backup;
            world.start(0);
            send(&mut world, 4, long);
            world.connect(0, 1);
            go(&mut world);
        }
    }
    let came = left.is_none();
    chaos::heal(&mut world)?;
    world.check()?;
    Ok(came)
}

fn happens(world: &mut World, trouble: Trouble) {
    let crashed = match trouble {
        Trouble::Crash(host) => vec![host],
        Trouble::CrashOfBoth => vec![0, 1],
        Trouble::LostLink => {
            let World { links, dice, .. } = world;
            links.iter_mut().for_each(|link| link.lose(dice));
            vec![]
        }
        Trouble::FailingDisk(host) => {
            let disk = &mut world.hosts[host].disk;
            return disk.fail(disk.waiting.len());
        }
    };
    crashed.iter().for_each(|host| world.crash(*host));
    crashed.iter().for_each(|host| world.start(*host));
    world.connect(0, 1);
}
