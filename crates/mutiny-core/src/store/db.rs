//! The connection that writes, and what is kept in memory beside it.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ops::Deref;

use libp2p::PeerId;
use mutiny_delivery::message::Origin;
use mutiny_delivery::store::Usage;
use rusqlite::Connection;
use uuid::Uuid;

use super::doors::Threshold;
use super::flows::{self, Flows};
use super::incoming::Incoming;
use super::known::Known;
use super::outboxes::Outboxes;
#[cfg(test)]
use super::{doors, incoming, instances};
use crate::view::Millis;

/// A connection to the database, with what its thread has read of it and goes on to need.
///
/// What is in memory is changed together with the rows that it was read from. Where a transaction is taken back, all rows are
/// forgotten, and of the instances that it concerned also what was counted; it is read anew when it is asked for.
pub(crate) struct Db {
    connection: Connection,
    /// How full the outboxes are.
    pub(super) outboxes: RefCell<Outboxes>,
    /// How full the inboxes are that were asked for.
    pub(super) inboxes: RefCell<HashMap<Uuid, Usage>>,
    /// Outgoing flows.
    pub(super) flows: RefCell<Flows>,
    /// Incoming flows.
    pub(super) incoming: RefCell<Known<Origin, Incoming>>,
    /// Own instances, as peers find them.
    pub(super) thresholds: RefCell<Known<(Uuid, PeerId), Threshold>>,
    /// When own instances were active.
    pub(super) active: RefCell<Known<Uuid, Millis>>,
    /// The instances of which something has changed since the last commit.
    changed: RefCell<Vec<Uuid>>,
    /// The highest id that a flow has had since the database was opened.
    pub(super) last_flow: Cell<i64>,
}

impl Db {
    pub(super) fn new(connection: Connection) -> Self {
        Self {
            connection,
            outboxes: RefCell::default(),
            inboxes: RefCell::default(),
            flows: RefCell::default(),
            incoming: RefCell::default(),
            thresholds: RefCell::default(),
            active: RefCell::default(),
            changed: RefCell::default(),
            last_flow: Cell::default(),
        }
    }

    /// For the one that writes: reads what has to be known from the beginning.
    pub(super) fn writing(connection: Connection) -> rusqlite::Result<Self> {
        let db = Self::new(connection);
        db.last_flow.set(flows::newest(&db)?);
        Ok(db)
    }

    /// Something of an instance is another in memory than it was at the last commit.
    pub(super) fn changed(&self, instance: Uuid) {
        self.changed.borrow_mut().push(instance);
    }

    /// What has changed is committed.
    pub(super) fn keep(&self) {
        self.changed.borrow_mut().clear();
    }

    /// What has changed may not be what the rows say: part of the transaction is taken back. The rest of it may be as well,
    /// so the instances stay marked.
    pub(super) fn forget(&self) {
        for instance in &*self.changed.borrow() {
            self.outboxes.borrow_mut().forget(*instance);
            self.inboxes.borrow_mut().remove(instance);
        }
        self.flows.borrow_mut().clear();
        self.incoming.borrow_mut().clear();
        self.thresholds.borrow_mut().clear();
        self.active.borrow_mut().clear();
    }

    /// Nothing of what has changed stays: the transaction is taken back.
    pub(super) fn forget_all(&self) {
        self.forget();
        self.keep();
    }

    /// Closes the connection.
    pub(super) fn close(self) -> rusqlite::Result<()> {
        self.connection.close().map_err(|(_, error)| error)
    }
}

impl Deref for Db {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
impl Db {
    /// Fails where a row in memory is another than the one of the database.
    pub(crate) fn assert_known(&self) {
        let flows = self.flows.take();
        for ((source, peer, target), known) in flows.iter() {
            assert_eq!(flows::find(self, *source, peer, *target).unwrap().as_ref(), Some(known));
        }
        self.flows.replace(flows);
        let incoming = self.incoming.take();
        for (origin, known) in incoming.iter() {
            assert_eq!(incoming::get(self, origin).unwrap().as_ref(), Some(known));
        }
        self.incoming.replace(incoming);
        let thresholds = self.thresholds.take();
        for ((instance, peer), known) in thresholds.iter() {
            assert_eq!(doors::threshold(self, *instance, peer).unwrap().as_ref(), Some(known));
        }
        self.thresholds.replace(thresholds);
        for (instance, known) in self.active.borrow().iter() {
            assert_eq!(instances::get(self, *instance).unwrap().last_active, *known);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use bytes::Bytes;
    use mutiny_delivery::message::{Epoch, Peer};

    use super::super::instances::tests::instance;
    use super::super::migrations::in_memory;
    use super::*;

    #[test]
    fn of_a_transaction_that_is_taken_back_nothing_is_known() {
        let (db, own, bob) = (in_memory(), instance(1).id, PeerId::random());
        instances::insert(&db, &instance(1)).unwrap();
        let (peer, target) = (Peer(Bytes::from(bob.to_bytes())), Uuid::nil());
        let origin = Origin { peer: peer.clone(), source: target, target: own };
        incoming::begin(&db, &origin, Epoch(1), 0).unwrap();
        let flow = flows::begin(&db, own, &peer, target, Epoch(1)).unwrap();
        let seen = || {
            let (outgoing, _) = flows::find(&db, own, &peer, target).unwrap().unwrap();
            let incoming = incoming::get(&db, &origin).unwrap().unwrap();
            (outgoing.next, incoming.next, doors::threshold(&db, own, &bob).unwrap().unwrap().invited)
        };
        assert_eq!(seen(), (0, 0, false));

        db.execute_batch("SAVEPOINT command").unwrap();
        flows::advance(&db, flows::Outgoing { next: 5, ..flow }, 5, Usage::default()).unwrap();
        let came = Incoming { next: 7, ..incoming::get(&db, &origin).unwrap().unwrap() };
        incoming::save(&db, &origin, came, Usage::default(), 1).unwrap();
        doors::invite(&db, own, &bob, 1).unwrap();
        instances::touch(&db, own, 9_000).unwrap();
        assert_eq!(seen(), (5, 7, true));
        db.forget();
        db.execute_batch("ROLLBACK TO command").unwrap();

        assert_eq!(seen(), (0, 0, false));
        db.assert_known();
        instances::touch(&db, own, 9_000).unwrap();
        assert_eq!(instances::get(&db, own).unwrap().last_active, 9_000);
    }
}
