//! The history, kept outside the peers, and what it must satisfy.
//!
//! Seen from outside are: each `send()` that was committed, each entry that an app took out of its inbox, and in the
//! end how the sender says that each message ended. All inboxes are emptied before the check. It demands:
//!
//! 1. Nothing is pending.
//! 2. Each message ended once: delivered, without a notice; or failed, with one notice that says the same outcome.
//! 3. Delivered ones were in the target's inbox; those `not-delivered` never were.
//! 4. Each arrived once at most, in the order of its flow, at the instance it was for. Nothing else arrived.
//! 5. Of two notices of a flow, that of the message which was sent first comes first, unless the other had the earlier
//!    deadline or was withdrawn. Each is held against all before it.
//!
//! A peer whose store was replaced by an old backup has lost a part of its past: what it sent and what its apps read
//! since then. The check goes by what is left of it, and excuses exactly this:
//!
//! * *Sender restored.* Messages that it sent after the backup are nobody's: they may have arrived (once and in order) or
//!   not. A message that had already failed when the backup was put back, but is pending in it, is revived: it may arrive
//!   behind later ones. One that is pending in a backup whose age its host does not know, where either the backup does
//!   not have it as left or the backup is put back for the second time, may arrive and still end as `not-delivered`:
//!   nothing on the disk, and nothing that the receiver can say about the numbering, contradicts it.
//! * *Receiver restored.* A message that was in the inbox before may be gone from it.

use std::collections::{BTreeMap, BTreeSet};

use mutiny_delivery::message::{Message, Origin, Outcome};
use uuid::Uuid;

use mutiny_delivery::model::{Entry, Tables};

#[derive(Default)]
pub struct History {
    sent: Vec<Sent>,
    index: BTreeMap<Uuid, usize>,
    /// What the apps of each peer took out of their inboxes.
    read: BTreeMap<usize, Vec<(Uuid, Entry)>>,
    /// What had arrived in pasts that are gone.
    forgotten: BTreeSet<Uuid>,
    revived: BTreeSet<Uuid>,
    undecidable: BTreeSet<Uuid>,
}

struct Sent {
    id: Uuid,
    from: usize,
    to: usize,
    origin: Origin,
    deadline: i64,
    withdrawn: bool,
    /// Its sender was restored to a time before.
    lost: bool,
}

/// Where the history stood when a backup was taken.
#[derive(Clone)]
pub struct Mark {
    sent: usize,
    read: usize,
    restored: u32,
}

/// What was seen that must not be.
pub type Violation = String;

/// How often what happened, so that a run can be seen to be worth something.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub sent: usize,
    pub delivered: usize,
    pub not_delivered: usize,
    pub unknown: usize,
    pub lost: usize,
    pub revived: usize,
}

impl std::ops::Add for Tally {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            sent: self.sent + other.sent,
            delivered: self.delivered + other.delivered,
            not_delivered: self.not_delivered + other.not_delivered,
            unknown: self.unknown + other.unknown,
            lost: self.lost + other.lost,
            revived: self.revived + other.revived,
        }
    }
}

impl History {
    pub fn sent(&mut self, from: usize, to: usize, origin: Origin, message: &Message) {
        self.index.insert(message.id, self.sent.len());
        let Message { id, deadline, .. } = *message;
        self.sent.push(Sent { id, from, to, origin, deadline, withdrawn: false, lost: false });
    }

    pub fn withdrawn(&mut self, id: Uuid) {
        if let Some(&order) = self.index.get(&id) {
            self.sent[order].withdrawn = true;
        }
    }

    pub fn read(&mut self, peer: usize, instance: Uuid, entry: Entry) {
        self.read.entry(peer).or_default().push((instance, entry));
    }

    pub fn mark(&self, peer: usize) -> Mark {
        Mark { sent: self.sent.len(), read: self.read.get(&peer).map_or(0, Vec::len), restored: 0 }
    }

    /// The store of `peer` becomes `then`, which was taken at `mark`; it is `now`. `knows`: the host notices.
    pub fn restored(&mut self, peer: usize, mark: &mut Mark, now: &Tables, then: &Tables, knows: bool) {
        for sent in self.sent[mark.sent..].iter_mut().filter(|sent| sent.from == peer) {
            sent.lost = true;
        }
        let gone = self.read.get_mut(&peer).map(|read| read.split_off(mark.read)).unwrap_or_default();
        let waiting = now.inboxes.values().flatten().cloned();
        for entry in gone.into_iter().map(|(_, entry)| entry).chain(waiting) {
            if let Entry::Message { id, .. } = entry {
                self.forgotten.insert(id);
            }
        }
        for row in then.pending() {
            if matches!(now.ended.get(&row.message.id), Some(Some(_))) {
                self.revived.insert(row.message.id);
            }
            if !knows && (!row.left || mark.restored > 0) {
                self.undecidable.insert(row.message.id);
            }
        }
        mark.restored += 1;
    }

    /// Checks the history, once all peers are at rest and their inboxes are empty.
    pub fn check(&self, tables: &[&Tables]) -> Result<Tally, Violation> {
        let mut tally = Tally::default();
        let arrived = self.arrivals()?;
        let notices = self.notices()?;
        for sent in &self.sent {
            let id = sent.id;
            tally.sent += 1;
            if sent.lost {
                tally.lost += 1;
                continue;
            }
            let Some(end) = tables[sent.from].ended.get(&id) else {
                return Err(format!("{} has not ended", self.name(id)));
            };
            if notices.get(&(sent.from, id)).copied() != *end {
                return Err(format!(
                    "{} ended as {end:?}, its notice says {:?}",
                    self.name(id),
                    notices.get(&(sent.from, id))
                ));
            }
            let here = arrived.contains(&id);
            match end {
                None if !here && !self.forgotten.contains(&id) => {
                    return Err(format!("{} is said to be delivered and never arrived", self.name(id)));
                }
                Some(Outcome::NotDelivered) if here && !self.undecidable.contains(&id) => {
                    return Err(format!("{} is said not to be delivered and arrived", self.name(id)));
                }
                None => tally.delivered += 1,
                Some(Outcome::NotDelivered) => tally.not_delivered += 1,
                Some(Outcome::Unknown) => tally.unknown += 1,
            }
        }
        tally.revived = self.revived.len();
        Ok(tally)
    }

    /// All that arrived: once, in order, and at its target.
    fn arrivals(&self) -> Result<BTreeSet<Uuid>, Violation> {
        let mut arrived = BTreeSet::new();
        let mut latest: BTreeMap<(usize, &Origin), usize> = BTreeMap::new();
        for (peer, instance, entry) in self.entries() {
            let Entry::Message { origin, id, .. } = entry else { continue };
            let Some(&order) = self.index.get(id) else {
                return Err(format!("{id} was never sent and arrived"));
            };
            let sent = &self.sent[order];
            if sent.to != peer || sent.origin != *origin || sent.origin.target != *instance {
                return Err(format!("{} arrived at {instance} of {peer}", self.name(*id)));
            }
            if !arrived.insert(*id) {
                return Err(format!("{} arrived twice", self.name(*id)));
            }
            match latest.get(&(peer, origin)) {
                Some(&last) if order < last && !self.revived.contains(id) => {
                    return Err(format!("{} arrived behind {}", self.name(*id), self.name(self.sent[last].id)));
                }
                _ if sent.lost => {}
                last => drop(latest.insert((peer, origin), last.map_or(order, |last| order.max(*last)))),
            }
        }
        Ok(arrived)
    }

    /// All notices, by peer and message: one each at most, at the instance that sent the message, in order.
    fn notices(&self) -> Result<BTreeMap<(usize, Uuid), Outcome>, Violation> {
        let mut notices = BTreeMap::new();
        // What was told of in each flow so far, but for what was withdrawn: that may come before anything.
        let mut told: BTreeMap<(usize, &Origin), BTreeSet<usize>> = BTreeMap::new();
        for (peer, instance, entry) in self.entries() {
            let Entry::Notice { id, outcome } = entry else { continue };
            let Some(&order) = self.index.get(id) else {
                return Err(format!("a notice about {id}, which was never sent"));
            };
            let sent = &self.sent[order];
            if sent.from != peer || sent.origin.source != *instance || sent.lost {
                return Err(format!("a notice about {} at {instance} of {peer}", self.name(*id)));
            }
            if notices.insert((peer, *id), *outcome).is_some() {
                return Err(format!("two notices about {}", self.name(*id)));
            }
            let told = told.entry((sent.to, &sent.origin)).or_default();
            if let Some(last) = told.range(order..).find(|last| sent.deadline <= self.sent[**last].deadline) {
                let (early, late) = (self.name(self.sent[*last].id), self.name(*id));
                return Err(format!("the notice about {late} came behind that about {early}"));
            }
            if !sent.withdrawn {
                told.insert(order);
            }
        }
        Ok(notices)
    }

    fn entries(&self) -> impl Iterator<Item = (usize, &Uuid, &Entry)> {
        self.read.iter().flat_map(|(peer, read)| read.iter().map(|(instance, entry)| (*peer, instance, entry)))
    }

    fn name(&self, id: Uuid) -> String {
        let Some(&order) = self.index.get(&id) else { return id.to_string() };
        let Sent { from, to, origin, .. } = &self.sent[order];
        format!("message {order} ({from}/{:x} to {to}/{:x})", origin.source.as_u128(), origin.target.as_u128())
    }
}
