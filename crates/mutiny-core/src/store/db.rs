//! The connection that writes, and what is kept in memory beside it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Deref;

use mutiny_delivery::store::Usage;
use rusqlite::Connection;
use uuid::Uuid;

use super::outboxes::Outboxes;

/// A connection to the database, with what its thread has read of it and goes on to need.
///
/// What is in memory is changed together with the rows that it was read from. Where a transaction or part of one is taken
/// back, all of it is forgotten, and read anew when it is asked for.
pub(crate) struct Db {
    connection: Connection,
    pub(super) outboxes: RefCell<Outboxes>,
    /// How full the inboxes are that were asked for.
    pub(super) inboxes: RefCell<HashMap<Uuid, Usage>>,
}

impl Db {
    pub(super) fn new(connection: Connection) -> Self {
        Self { connection, outboxes: RefCell::default(), inboxes: RefCell::default() }
    }

    /// Forgets what is in memory: rows have changed that it was read from.
    pub(super) fn forget(&self) {
        self.outboxes.take();
        self.inboxes.take();
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
