//! The tables do what the model of them does that the simulation runs on: for any sequence of requests, the same replies,
//! the same inboxes, the same ends. So what is shown of the one holds for the other.
//!
//! `MUTINY_SEED` runs just one sequence, as it ran when it failed.

use bytes::Bytes;
use mutiny_delivery::message::{Content, Peer};
use mutiny_delivery::model::{self, Fault, Tables};

use super::*;
use crate::conditions::Conditions;
use crate::delivery::outgoing::{Outgoing, enqueue, renew_all};
use crate::policy::Book;
use crate::store::instances::tests::instance;
use crate::store::migrations::in_memory;
use crate::view::Entry;

const SEQUENCES: u64 = 150;
const STEPS: usize = 150;

/// Chance that repeats itself: splitmix64.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize]
    }

    fn epoch(&mut self) -> Epoch {
        Epoch(u128::from(self.below(3)) + 1)
    }
}

/// A host, and the model of it.
struct Twins {
    dice: Dice,
    db: Db,
    policy: Policy,
    model: Tables,
    friend: PeerId,
    /// Own messages: flow and id.
    sent: Vec<(FlowId, Uuid)>,
    /// Where an incoming flow was said to stand.
    open: Option<(Origin, Epoch, u64)>,
}

impl Twins {
    fn new(seed: u64) -> Self {
        let (db, friend) = (in_memory(), PeerId::random());
        for n in [1, 2] {
            instances::insert(&db, &instance(n)).unwrap();
        }
        let book = Book { trust: HashMap::from([(friend, Trust::Friend)]), ..Book::default() };
        let mut model = Tables::default();
        // There is no such instance.
        model.doors.insert(instance(3).id, Refusal::UnknownInstance);
        Self {
            dice: Dice(seed),
            db,
            policy: Policy::new(book, Conditions::default()),
            model,
            friend,
            sent: Vec::new(),
            open: None,
        }
    }

    fn peer(&self) -> Peer {
        Peer(self.friend.to_bytes().into())
    }

    /// Both carry out the same request, and answer the same.
    fn both(&mut self, request: Request) -> Reply {
        let what = format!("{request:?}");
        let expected = sorted(self.model.carry_out(request.clone(), Fault::None));
        let reply = sorted(carry_out(&self.db, &self.policy, request));
        assert_eq!(reply, expected, "to {what}");
        reply
    }

    fn step(&mut self) {
        match self.dice.below(14) {
            0..3 => self.send(),
            3 => drop(self.both(Request::Flows { peer: self.peer() })),
            4 => self.resume(),
            5 => self.load(),
            6 => {
                let (flow, next) = (self.flow(), self.dice.below(12));
                self.both(Request::Delivered { flow, next });
            }
            7 => {
                let outcome = self.dice.one(&[None, Some(message::Outcome::NotDelivered)]);
                let (flow, from, wall) = (self.flow(), self.dice.below(8), self.dice.below(30) as i64);
                self.both(Request::Expire { flow, from, wall, outcome });
            }
            8 => {
                let at = self.dice.below(8);
                let extent = self.dice.one(&[Extent::One(at), Extent::From(at), Extent::All { left: at }]);
                let failure = Failure::Refused(self.dice.one(&[Refusal::TooLarge, Refusal::NotInvited]));
                let flow = self.flow();
                self.both(Request::Fail { flow, extent, failure });
            }
            9 => {
                let wall = self.dice.below(30) as i64;
                self.both(Request::Due { wall });
            }
            10 => self.open(),
            11 | 12 => self.take(),
            _ => match self.dice.below(8) {
                0 => self.loses_memory(),
                1 | 2 => self.forgets(),
                _ => self.reads(),
            },
        }
    }

    /// A flow; sometimes one that does not exist.
    fn flow(&mut self) -> FlowId {
        FlowId(self.dice.below(4) as i64 + 1)
    }

    fn send(&mut self) {
        let id = Uuid::from_u128(0x5000 + self.sent.len() as u128);
        let (source, target) = (instance(self.dice.one(&[1, 2])).id, Uuid::from_u128(0x77));
        let body = Bytes::from(vec![b'1'; self.dice.below(5) as usize + 1]);
        let (deadline, left) = (self.dice.below(30) as i64 + 2, self.dice.below(2) == 0);
        let outgoing =
            Outgoing { id, source, peer: self.peer(), target, content: Content::Bytes, body, sent: 1, deadline };
        let (flow, message) = enqueue(&self.db, &outgoing, left).unwrap();
        let bare = Message { seq: 0, ..message.clone() };
        let expected = self.model.insert((source, &self.peer(), target), flow.epoch, bare, left);
        self.sent.push((flow.id, id));
        assert_eq!((flow, message), expected);
    }

    fn resume(&mut self) {
        let flow = self.flow();
        let Some(row) = flows::get(&self.db, flow).unwrap() else { return };
        let epoch = if self.dice.below(8) == 0 { Epoch(9) } else { row.epoch };
        let next = self.dice.below(row.next + 2);
        let own: Vec<Uuid> = self.sent.iter().filter(|(of, _)| *of == flow).map(|(_, id)| *id).collect();
        let before = next.checked_sub(1).and_then(|seq| outbox::id_at(&self.db, flow, seq).unwrap());
        let any = (!own.is_empty()).then(|| self.dice.one(&own));
        let last = self.dice.one(&[before, before, any, None, Some(Uuid::from_u128(0xbad))]);
        let fresh = Epoch(0x100 + u128::from(self.dice.below(1 << 40)));
        self.both(Request::Resume { flow, epoch, next, last, fresh });
    }

    fn load(&mut self) {
        let (flow, from) = (self.flow(), self.dice.below(6));
        let (messages, bytes) = (self.dice.below(5) as usize + 1, self.dice.below(12) as usize + 1);
        self.both(Request::Load { flow, from, messages, bytes });
    }

    fn open(&mut self) {
        let source = Uuid::from_u128(u128::from(self.dice.below(2)) + 0x90);
        let target = instance(self.dice.one(&[1, 1, 2, 3])).id;
        let origin = Origin { peer: self.peer(), source, target };
        let (epoch, first) = (self.dice.epoch(), self.dice.below(6));
        if let Reply::Opened(Ok(opened)) = self.both(Request::Open { origin: origin.clone(), epoch, first }) {
            self.open = Some((origin, epoch, opened.next));
        }
    }

    fn take(&mut self) {
        let Some((origin, epoch, mut from)) = self.open.clone() else { return };
        // Now and then from another place than the row's.
        from += u64::from(self.dice.below(10) == 0);
        let (mut items, mut seq) = (Vec::new(), from);
        for _ in 0..=self.dice.below(4) {
            if self.dice.below(5) == 0 {
                seq += self.dice.below(3) + 1;
                items.push(Item::Skip(seq));
                continue;
            }
            let n = self.dice.below(40);
            // Some come again, under whatever number.
            let (id, body) = (Uuid::from_u128(0x9000 + u128::from(n)), Bytes::from(vec![b'1'; n as usize % 3 + 1]));
            let message = Message { seq, id, content: Content::Bytes, sent: n as i64, deadline: i64::MAX, body };
            items.push(Item::Message(message));
            seq += 1;
        }
        match self.both(Request::Take { origin: origin.clone(), epoch, from, items }) {
            Reply::Taken(Ok(Taken { refused, .. })) => {
                self.open = Some((origin, epoch, refused.map_or(seq, |(refused, _)| refused)));
            }
            _ => self.open = None,
        }
    }

    fn loses_memory(&mut self) {
        renew_all(&self.db).unwrap();
        let mut rows = flows::all(&self.db).unwrap();
        rows.sort_by_key(|row| row.id);
        let mut epochs = rows.into_iter().map(|row| row.epoch);
        self.model.loss_of_memory(|| epochs.next().unwrap());
    }

    fn forgets(&mut self) {
        let keep = self.dice.below(12);
        self.model.forget(keep as usize);
        while incoming::forget(&self.db, keep as i64, 3).unwrap() > 0 {}
    }

    fn reads(&mut self) {
        let instance = instance(self.dice.one(&[1, 2])).id;
        self.reads_of(instance);
    }

    fn reads_of(&mut self, instance: Uuid) -> bool {
        let entry = inbox::take(&self.db, instance, None).unwrap();
        let expected = self.model.remove_head(instance);
        match (&entry, &expected) {
            (None, None) => {}
            (Some(Entry::Failure { message, outcome: found, .. }), Some(model::Entry::Notice { id, outcome })) => {
                let outcome = match outcome {
                    message::Outcome::NotDelivered => Outcome::NotDelivered,
                    message::Outcome::Unknown => Outcome::Unknown,
                };
                assert_eq!((message, *found), (id, outcome));
            }
            (Some(Entry::Message { id, from, body, .. }), Some(model::Entry::Message { origin, id: own, size })) => {
                let crate::view::Body::Bytes(body) = body else { panic!("{body:?}") };
                assert_eq!((id, from.instance, body.len()), (own, origin.source, *size));
            }
            _ => panic!("{entry:?}, and by the model {expected:?}"),
        }
        let usage = inboxes::usage(&self.db, instance).unwrap();
        assert_eq!(inboxes::used(&self.db, instance).unwrap(), usage, "what is in memory is what the rows say");
        assert_eq!(usage, self.model.usage(instance));
        if let Some(known) = outboxes::known(&self.db, instance) {
            let notices = Usage { messages: queues::notices(&self.db, instance).unwrap(), bytes: 0 };
            assert_eq!(known, outboxes::usage(&self.db, instance).unwrap() + notices, "likewise");
        }
        entry.is_some()
    }

    /// What is left when all is over.
    fn end(&mut self) {
        for instance in [instance(1).id, instance(2).id] {
            while self.reads_of(instance) {}
        }
        for (flow, id) in &self.sent {
            let source = flows::get(&self.db, *flow).unwrap().unwrap().source;
            let expected = match self.model.ended.get(id) {
                None => MessageState::Queued,
                Some(None) => MessageState::Delivered,
                Some(Some(_)) => MessageState::Failed,
            };
            assert_eq!(outbox::state(&self.db, source, *id).unwrap(), expected);
        }
        assert_eq!(queues::notices(&self.db, instance(1).id).unwrap(), 0);
    }
}

/// The order of these says nothing.
fn sorted(reply: Reply) -> Reply {
    match reply {
        Reply::Due { mut flows, next } => {
            flows.sort();
            Reply::Due { flows, next }
        }
        other => other,
    }
}

#[test]
fn the_tables_answer_every_request_as_the_model_does() {
    let only = std::env::var("MUTINY_SEED").ok().and_then(|seed| seed.parse().ok());
    let seeds = only.map_or(0..SEQUENCES, |seed| seed..seed + 1);
    for seed in seeds {
        let run = || {
            let mut twins = Twins::new(seed);
            (0..STEPS).for_each(|_| {
                twins.step();
                twins.db.assert_known();
            });
            twins.end();
        };
        assert!(std::panic::catch_unwind(run).is_ok(), "MUTINY_SEED={seed}");
    }
}
