//! The connection that writes, and what is kept in memory beside it.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ops::Deref;

use mutiny_delivery::store::Usage;
use rusqlite::Connection;
use uuid::Uuid;

use super::flows;
use super::outboxes::Outboxes;

/// A connection to the database, with what its thread has read of it and goes on to need.
///
/// What is in memory is changed together with the rows that it was read from. Of those instances that a transaction
/// concerned which is taken back, all is forgotten, and read anew when it is asked for.
pub(crate) struct Db {
    connection: Connection,
    /// How full the outboxes are.
    pub(super) outboxes: RefCell<Outboxes>,
    /// How full the inboxes are that were asked for.
    pub(super) inboxes: RefCell<HashMap<Uuid, Usage>>,
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
