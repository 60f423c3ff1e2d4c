//! The peers and what lies between them; carries out what the machines ask for.

use std::collections::BTreeMap;

use bytes::Bytes;
use mutiny_delivery::frame::{Frame, Kind};
use mutiny_delivery::message::{Content, Epoch, Message, Now, Origin, Peer};
use mutiny_delivery::store::{Reply, Request, Taken, Usage};
use mutiny_delivery::{Input, Machine, Output, Rules, StreamId};
use uuid::Uuid;

use super::Fault;
use super::dice::Dice;
use super::disk::{Disk, Done, Job, Seen};
use super::history::{History, Mark, Tally, Violation};
use super::network::Link;
use mutiny_delivery::model::Tables;

/// Bodies over this are refused; so are those that begin with an exclamation mark.
pub const MAX_BODY: usize = 64;

/// The calendar when a run begins.
const EPOCH: i64 = 1_700_000_000_000;

pub struct World {
    pub dice: Dice,
    pub fault: Fault,
    pub steady: u64,
    pub hosts: Vec<Host>,
    pub links: Vec<Link>,
    pub history: History,
    /// Of a hundred requests, how many fail at once because the queue of the disk is full.
    pub busy: usize,
    /// Prints what goes into the machines and what comes out.
    traced: bool,
    quota: Usage,
    /// An inbox that held more than the quota at some time.
    overfull: Option<Uuid>,
    next_stream: u64,
    /// Where each flow was offered last, and what the handles of all streams stand for: only for [`Fault::TakesLateData`].
    offered: BTreeMap<(usize, Origin), (StreamId, u32)>,
    handles: BTreeMap<(StreamId, u32), (Origin, Epoch)>,
}

pub struct Host {
    pub peer: Peer,
    pub instances: Vec<Uuid>,
    pub machine: Option<Machine>,
    pub disk: Disk,
    /// What its calendar is off by.
    pub offset: i64,
    pub backup: Option<(Tables, Mark)>,
}

/// Something that goes on by itself.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    Commit(usize),
    Tell(usize),
    Wake(usize),
    /// The first frame in the send buffer of this pipe of this link.
    Flush(usize, usize),
    /// Some bytes of it, or its end.
    Carry(usize, usize),
}

impl World {
    pub fn new(seed: u64, fault: Fault) -> Self {
        let mut dice = Dice::new(seed);
        let count = 2 + dice.below(2);
        let instances = 1 + dice.below(3);
        let quota = Usage { messages: 2 + dice.below(12) as u64, bytes: ((MAX_BODY + 1) * (1 + dice.below(8))) as u64 };
        // Few enough that the memory of what came does not reach back to each backup.
        let keeps = [None, Some(2), Some(12), Some(40)][dice.below(4)];
        // Not by the dice, so that what seeds meant before they mean still.
        let step = [None, Some(1), Some(2)][(seed % 3) as usize];
        let tables = Tables::keeping(keeps).in_steps(step);
        let hosts = (0..count)
            .map(|host| Host {
                peer: Peer(Bytes::from(vec![host as u8; 4])),
                instances: (0..instances).map(|n| Uuid::from_u128(0x10 * (host as u128 + 1) + n as u128)).collect(),
                machine: None,
                disk: Disk { tables: tables.clone(), ..Disk::default() },
                offset: 0,
                backup: None,
            })
            .collect();
        let mut world = Self {
            dice,
            fault,
            steady: 0,
            hosts,
            links: Vec::new(),
            history: History::default(),
            busy: 0,
            traced: std::env::var_os("MUTINY_TRACE").is_some(),
            quota,
            overfull: None,
            next_stream: 0,
            offered: BTreeMap::new(),
            handles: BTreeMap::new(),
        };
        (0..count).for_each(|host| world.start(host));
        world
    }

    pub fn check(&self) -> Result<Tally, Violation> {
        let tables: Vec<_> = self.hosts.iter().map(|host| &host.disk.tables).collect();
        let tally = self.history.check(&tables)?;
        match self.overfull {
            Some(instance) => Err(format!("the inbox of {instance} held more than its quota")),
            None => Ok(tally),
        }
    }

    pub fn now(&self, host: usize) -> Now {
        Now { wall: EPOCH + self.steady as i64 + self.hosts[host].offset, steady: self.steady }
    }

    // What goes on by itself.

    pub fn steps(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        for (index, host) in self.hosts.iter().enumerate() {
            let Some(machine) = &host.machine else { continue };
            if !host.disk.waiting.is_empty() {
                steps.push(Step::Commit(index));
            }
            if !host.disk.done.is_empty() {
                steps.push(Step::Tell(index));
            }
            let (now, wake) = (self.now(index), machine.wake());
            if wake.steady.is_some_and(|at| at <= now.steady) || wake.wall.is_some_and(|at| at <= now.wall) {
                steps.push(Step::Wake(index));
            }
        }
        for (index, link) in self.links.iter().enumerate() {
            for side in 0..2 {
                let pipe = &link.pipes[side];
                if !pipe.queue.is_empty() {
                    steps.push(Step::Flush(index, side));
                }
                if pipe.has_bytes() || (pipe.shut && link.ends[1 - side].open) {
                    steps.push(Step::Carry(index, side));
                }
            }
        }
        steps
    }

    pub fn step(&mut self, step: Step) {
        match step {
            Step::Commit(host) => {
                let count = 1 + self.dice.below(self.hosts[host].disk.waiting.len());
                self.commit(host, count);
            }
            Step::Tell(host) => {
                if let Some(done) = self.hosts[host].disk.done.pop_front() {
                    self.feed(host, done.into_input());
                }
            }
            Step::Wake(host) => self.feed(host, Input::Tick),
            Step::Flush(link, side) => {
                let (host, stream) = (self.links[link].ends[side].host, self.links[link].ends[side].stream);
                if let Some(weight) = self.links[link].pipes[side].flush()
                    && self.links[link].ends[side].open
                {
                    self.feed(host, Input::Flushed { stream, weight });
                }
            }
            Step::Carry(link, side) => self.carry(link, side),
        }
        self.links.retain(|link| !link.is_over());
    }

    fn commit(&mut self, host: usize, count: usize) {
        let connected: Vec<_> = self.connected(host).map(|to| self.hosts[to].peer.clone()).collect();
        let seen = self.hosts[host].disk.commit(count, |peer| connected.contains(peer), self.fault);
        let tables = &self.hosts[host].disk.tables;
        let within = |usage: Usage| usage.messages <= self.quota.messages && usage.bytes <= self.quota.bytes;
        self.overfull = self.overfull.or(tables.inboxes.keys().copied().find(|inbox| !within(tables.usage(*inbox))));
        for seen in seen {
            match seen {
                Seen::Removed { instance, entry } => self.history.read(host, instance, entry),
                Seen::Withdrawn { id } => self.history.withdrawn(id),
                Seen::Sent { source, peer, target, message } => {
                    let to = self.hosts.iter().position(|host| host.peer == peer).unwrap();
                    let origin = Origin { peer: self.hosts[host].peer.clone(), source, target };
                    self.history.sent(host, to, origin, &message);
                }
            }
        }
    }

    fn carry(&mut self, link: usize, side: usize) {
        let reader = 1 - side;
        let (host, stream) = (self.links[link].ends[reader].host, self.links[link].ends[reader].stream);
        let writer = self.hosts[self.links[link].ends[side].host].peer.clone();
        if self.links[link].announce(reader) {
            self.feed(host, Input::Incoming { stream, peer: writer.clone() });
        }
        if !self.links[link].ends[reader].open {
            return self.links[link].pipes[side].drop_bytes();
        }
        if !self.links[link].pipes[side].has_bytes() {
            self.close(stream);
            return self.feed(host, Input::Closed { stream });
        }
        for frame in self.links[link].pipes[side].carry(&mut self.dice) {
            if !self.links[link].ends[reader].open {
                break;
            }
            if reader == 1 {
                self.watch(host, stream, &writer, &frame);
            }
            self.feed(host, Input::Frame { stream, frame });
        }
    }

    /// Looks at a frame on its way to a receiver, to do what it should not.
    fn watch(&mut self, host: usize, stream: StreamId, peer: &Peer, frame: &Frame) {
        if self.fault != Fault::TakesLateData {
            return;
        }
        match &frame.kind {
            Some(Kind::Offer(offer)) => {
                let uuid = |bytes: &Bytes| Uuid::from_slice(bytes).unwrap();
                let origin = Origin { peer: peer.clone(), source: uuid(&offer.source), target: uuid(&offer.target) };
                let epoch = Epoch(u128::from_be_bytes(offer.epoch[..].try_into().unwrap()));
                self.offered.insert((host, origin.clone()), (stream, offer.handle));
                self.handles.insert((stream, offer.handle), (origin, epoch));
            }
            Some(Kind::Data(data)) => {
                let Some((origin, epoch)) = self.handles.get(&(stream, data.handle)) else { return };
                if self.offered.get(&(host, origin.clone())) != Some(&(stream, data.handle)) {
                    let message = Message {
                        seq: data.seq,
                        id: Uuid::from_slice(&data.id).unwrap(),
                        content: Content::from_number(data.content).unwrap(),
                        sent: data.sent,
                        deadline: i64::MAX,
                        body: data.body.clone(),
                    };
                    self.hosts[host].disk.tables.take_late(origin, *epoch, message);
                }
            }
            _ => {}
        }
    }

    // The machines.

    pub fn start(&mut self, host: usize) {
        let quota = self.quota;
        let rules = Rules { max_body: MAX_BODY, inbox: quota, well_formed: |_, body| !body.starts_with(b"!") };
        let mut dice = self.dice.fork();
        self.hosts[host].machine = Some(Machine::new(rules, format!("peer {host}"), Box::new(move || dice.wide())));
        self.feed(host, Input::Tick);
    }

    pub fn crash(&mut self, host: usize) {
        self.hosts[host].machine = None;
        self.hosts[host].disk.crash();
        for link in &mut self.links {
            for end in 0..2 {
                if link.ends[end].host == host {
                    link.close(end, &mut self.dice);
                }
            }
        }
    }

    /// Opens a stream, also where there is one already.
    pub fn connect(&mut self, from: usize, to: usize) {
        if self.hosts[from].machine.is_none() || self.hosts[to].machine.is_none() {
            return;
        }
        let (near, far) = (StreamId(self.next_stream), StreamId(self.next_stream + 1));
        self.next_stream += 2;
        let slow = self.dice.chance(20);
        self.links.push(Link::new((from, near), (to, far), slow));
        let peer = self.hosts[to].peer.clone();
        self.feed(from, Input::Opened { stream: near, peer });
    }

    /// Whom a peer believes to be connected to.
    pub fn connected(&self, host: usize) -> impl Iterator<Item = usize> {
        let open = self.links.iter().filter(move |link| link.ends[0].host == host && link.ends[0].open);
        open.map(|link| link.ends[1].host)
    }

    pub fn feed(&mut self, host: usize, input: Input) {
        let now = self.now(host);
        let Some(machine) = &mut self.hosts[host].machine else { return };
        if self.traced {
            println!("{:>7} {host} <- {input:?}", self.steady);
        }
        machine.handle(now, input);
        let outputs: Vec<_> = std::iter::from_fn(|| machine.poll()).collect();
        for output in outputs {
            if self.traced {
                println!("{:>7} {host} -> {output:?}", self.steady);
            }
            match output {
                Output::Send { stream, frame } => {
                    let ends = self.links.iter_mut().flat_map(|link| link.ends.iter().zip(&mut link.pipes));
                    if let Some((_, pipe)) = { ends }.find(|(end, _)| end.stream == stream && end.open) {
                        pipe.queue.push_back(frame);
                    }
                }
                Output::Close { stream, .. } => self.close(stream),
                Output::Store { ticket, request } => self.ask(host, ticket, request),
                Output::Named { .. } => {}
            }
        }
    }

    fn close(&mut self, stream: StreamId) {
        for link in &mut self.links {
            if let Some(end) = link.ends.iter().position(|end| end.stream == stream && end.open) {
                link.close(end, &mut self.dice);
            }
        }
    }

    fn ask(&mut self, host: usize, ticket: mutiny_delivery::Ticket, request: Request) {
        if self.dice.chance(self.busy) {
            return self.hosts[host].disk.done.push_back(Done::Reply(ticket, Reply::Failed));
        }
        let disk = &mut self.hosts[host].disk;
        if self.fault == Fault::AckBeforeCommit
            && let Request::Take { origin, .. } = &request
        {
            let usage = disk.tables.usage(origin.target);
            disk.done.push_back(Done::Reply(ticket, Reply::Taken(Ok(Taken { usage, refused: None }))));
            return disk.waiting.push_back(Job::Silent(request));
        }
        disk.waiting.push_back(Job::Request(ticket, request));
    }
}
