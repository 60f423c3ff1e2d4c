//! What happens to the peers: apps, people, and bad luck. And then an end to it.

use std::collections::BTreeSet;

use bytes::Bytes;
use mutiny_delivery::message::{Content, Epoch, HOST, Message, Refusal};
use uuid::Uuid;

use super::Fault;
use super::disk::Job;
use super::history::Violation;
use super::world::{MAX_BODY, Step, World};

const MINUTE: u64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE as i64;
const YEAR: i64 = 365 * DAY;

/// The character of a schedule: of a hundred steps, how many are what.
struct Plan {
    steps: usize,
    chaos: usize,
    /// How long messages live, in milliseconds: one for all or several.
    lives: Vec<i64>,
    /// How likely each of the things in [`happen`] is.
    weights: [usize; WEIGHTS.len()],
}

/// send, next, connect, lose, crash, fail, jump, door, backup, restore, time, withdraw
const WEIGHTS: [usize; 12] = [40, 20, 12, 4, 3, 3, 1, 2, 2, 1, 12, 6];

impl Plan {
    fn new(world: &mut World) -> Self {
        let dice = &mut world.dice;
        let mut weights = WEIGHTS;
        // Most schedules are without some kinds of trouble, so that the others get their time.
        for weight in &mut weights[3..10] {
            *weight *= [0, 0, 1, 4][dice.below(4)];
        }
        let lives = [7 * DAY, 7 * DAY, 20_000, 2_000, 100];
        let lives = (0..1 + dice.below(3)).map(|_| lives[dice.below(lives.len())]).collect();
        // These show where there are many backups.
        if matches!(world.fault, Fault::NoDedup | Fault::ForgetsIds | Fault::NoEpochs) {
            (weights[8], weights[9]) = (12, 12);
        }
        Self { steps: 60 + dice.below(400), chaos: 10 + dice.below(50), lives, weights }
    }
}

/// Lets things happen for a while.
pub fn trouble(world: &mut World) {
    let plan = Plan::new(world);
    world.busy = [0, 0, 0, 3][world.dice.below(4)];
    for _ in 0..plan.steps {
        let steps = world.steps();
        if steps.is_empty() || world.dice.chance(plan.chaos) {
            happen(world, &plan);
        } else {
            let step = steps[world.dice.below(steps.len())];
            let slow = matches!(step, Step::Carry(link, _) if world.links[link].slow);
            if !slow || world.dice.chance(8) {
                world.step(step);
            }
        }
    }
}

fn happen(world: &mut World, plan: &Plan) {
    let mut roll = world.dice.below(plan.weights.iter().sum());
    let what = plan.weights.iter().position(|weight| {
        let hit = roll < *weight;
        roll = roll.wrapping_sub(*weight);
        hit
    });
    let host = world.dice.below(world.hosts.len());
    let down = world.hosts[host].machine.is_none();
    if down {
        if world.dice.chance(30) {
            world.start(host);
        }
        return;
    }
    match what {
        Some(0) => {
            for _ in 0..1 + world.dice.below(3) {
                send(world, host, plan);
            }
        }
        Some(1) => {
            let instance = any_instance(world, host);
            world.hosts[host].disk.waiting.push_back(Job::Next { instance });
        }
        Some(2) => {
            let to = world.dice.below(world.hosts.len());
            let connected = world.connected(host).any(|other| other == to);
            if !connected || world.dice.chance(40) {
                world.connect(host, to);
            }
        }
        Some(3) if !world.links.is_empty() => {
            let link = world.dice.below(world.links.len());
            let World { links, dice, .. } = world;
            links[link].lose(dice);
        }
        Some(4) => world.crash(host),
        Some(5) => {
            let count = world.dice.below(world.hosts[host].disk.waiting.len() + 1);
            world.hosts[host].disk.fail(count);
        }
        Some(6) => world.hosts[host].offset += [YEAR, -YEAR][world.dice.below(2)],
        Some(7) => {
            let instance = any_instance(world, host);
            let refusal = [Refusal::NotInvited, Refusal::UnknownInstance, Refusal::Busy][world.dice.below(3)];
            let doors = &mut world.hosts[host].disk.tables.doors;
            if doors.remove(&instance).is_none() {
                doors.insert(instance, refusal);
            }
        }
        Some(8) => {
            let backup = (world.hosts[host].disk.tables.clone(), world.history.mark(host));
            world.hosts[host].backup = Some(backup);
        }
        Some(9) => restore(world, host),
        Some(10) => world.steady += [1, 10, 400, 3_000, 30_000, 90_000][world.dice.below(6)],
        Some(11) => withdraw(world, host),
        _ => {}
    }
}

/// One message that is pending, or all of them that go to one peer.
fn withdraw(world: &mut World, host: usize) {
    let all = world.dice.chance(20);
    let World { hosts, dice, .. } = world;
    let to = hosts[dice.below(hosts.len())].peer.clone();
    let disk = &mut hosts[host].disk;
    let pending: Vec<Uuid> = match all {
        true => disk.tables.pending_to(&to).map(|pending| pending.message.id).collect(),
        false => disk.tables.pending().map(|pending| pending.message.id).collect(),
    };
    match all {
        true => disk.waiting.extend(pending.into_iter().map(|id| Job::Withdraw { id })),
        false if pending.is_empty() => {}
        false => disk.waiting.push_back(Job::Withdraw { id: pending[dice.below(pending.len())] }),
    }
}

fn any_instance(world: &mut World, host: usize) -> Uuid {
    let instances = &world.hosts[host].instances;
    let n = world.dice.below(instances.len() + 1);
    instances.get(n).copied().unwrap_or(HOST)
}

fn send(world: &mut World, host: usize, plan: &Plan) {
    let to = world.dice.below(world.hosts.len());
    let source = world.hosts[host].instances[world.dice.below(world.hosts[host].instances.len())];
    let target = any_instance(world, to);
    let dice = &mut world.dice;
    let size = if dice.chance(2) { MAX_BODY + 1 } else { dice.below(MAX_BODY) };
    let mut body = vec![b'.'; size];
    if dice.chance(2) {
        body.insert(0, b'!');
        body.truncate(MAX_BODY);
    }
    let life = plan.lives[dice.below(plan.lives.len())];
    let (id, epoch) = (Uuid::from_u128(dice.wide()), Epoch(dice.wide()));
    let sent = world.now(host).wall;
    let content = if target == HOST { Content::Invitation } else { Content::Json };
    let message = Message { seq: 0, id, content, sent, deadline: sent + life, body: Bytes::from(body) };
    let peer = world.hosts[to].peer.clone();
    world.hosts[host].disk.waiting.push_back(Job::Send { source, peer, target, epoch, message });
}

/// The store of a peer is replaced by an old copy of it. Its host may notice.
fn restore(world: &mut World, host: usize) {
    let Some((mut tables, mut mark)) = world.hosts[host].backup.take() else { return };
    world.crash(host);
    let knows = world.dice.chance(50);
    world.history.restored(host, &mut mark, &world.hosts[host].disk.tables, &tables, knows);
    world.hosts[host].backup = Some((tables.clone(), mark));
    if knows {
        let dice = &mut world.dice;
        tables.loss_of_memory(|| Epoch(dice.wide()));
    }
    world.hosts[host].disk.tables = tables;
}

/// Ends all trouble and lets the peers come to rest. What is pending must end long before any deadline helps it.
pub fn heal(world: &mut World) -> Result<(), Violation> {
    world.busy = 0;
    for host in 0..world.hosts.len() {
        world.hosts[host].disk.tables.doors.clear();
        if world.hosts[host].machine.is_none() {
            world.start(host);
        }
    }
    let end = world.steady + 20 * MINUTE;
    for _ in 0..20_000 {
        let steps = world.steps();
        if !steps.is_empty() {
            let step = steps[world.dice.below(steps.len())];
            world.step(step);
            continue;
        }
        if reconnect(world) || drain(world) {
            continue;
        }
        if world.hosts.iter().all(|host| host.disk.tables.pending().next().is_none()) {
            return Ok(());
        }
        match next_wake(world).filter(|at| *at <= end) {
            Some(at) => world.steady = world.steady.max(at),
            None => return Err(format!("stalled with messages pending: {}", pending(world))),
        }
    }
    Err(format!("no rest: {}", pending(world)))
}

/// Connects peers that have something for one another.
fn reconnect(world: &mut World) -> bool {
    let mut any = false;
    for from in 0..world.hosts.len() {
        let connected: BTreeSet<_> = world.connected(from).collect();
        for to in 0..world.hosts.len() {
            if !connected.contains(&to) && world.hosts[from].disk.tables.pending_for(&world.hosts[to].peer) {
                world.connect(from, to);
                any = true;
            }
        }
    }
    any
}

/// Takes an entry out of each inbox.
fn drain(world: &mut World) -> bool {
    let mut any = false;
    for host in &mut world.hosts {
        let full = host.disk.tables.inboxes.iter().filter(|(_, entries)| !entries.is_empty());
        let next: Vec<_> = full.map(|(instance, _)| Job::Next { instance: *instance }).collect();
        any |= !next.is_empty();
        host.disk.waiting.extend(next);
    }
    any
}

fn next_wake(world: &World) -> Option<u64> {
    let wakes = (0..world.hosts.len()).filter_map(|host| {
        let (wake, now) = (world.hosts[host].machine.as_ref()?.wake(), world.now(host));
        let wall = wake.wall.map(|at| now.steady + u64::try_from(at.saturating_sub(now.wall)).unwrap_or(0));
        wake.steady.into_iter().chain(wall).min()
    });
    wakes.min()
}

fn pending(world: &World) -> String {
    let left = world.hosts.iter().map(|host| host.disk.tables.pending().count());
    format!("{:?} of each peer at {}", left.collect::<Vec<_>>(), world.steady)
}
