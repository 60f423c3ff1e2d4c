//! Incoming flows: where each stands, and the ids of the messages that came through it last.
//!
//! The row is what makes delivery exact: it moves on in the transaction that fills the inbox. The ids matter only where
//! a sender has lost its memory and numbers anew what it may have sent before; then they tell a repetition.
//!
//! Rows stay when their instance is removed, so that a sender still learns what it had received.

use mutiny_delivery::message::{Epoch, Origin};
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use super::columns::uuid_or_null;
use crate::error::Result;

pub(super) const SCHEMA: &str = "
    CREATE TABLE incoming (
        id       INTEGER PRIMARY KEY,
        peer     BLOB NOT NULL,
        source   BLOB NOT NULL CHECK (length(source) = 16),
        target   BLOB NOT NULL CHECK (length(target) = 16),
        epoch    BLOB NOT NULL CHECK (length(epoch) = 16),
        next     INTEGER NOT NULL, -- the number it waits for
        last     BLOB,             -- id of the message before that, in this epoch
        received INTEGER NOT NULL, -- messages, through all epochs
        doubtful INTEGER NOT NULL, -- so many of the next messages may be repetitions
        UNIQUE (peer, source, target)
    ) STRICT;
    CREATE TABLE recent (
        flow INTEGER NOT NULL REFERENCES incoming (id) ON DELETE CASCADE,
        slot INTEGER NOT NULL, -- a ring: the message's count, modulo its size
        id   BLOB NOT NULL,
        PRIMARY KEY (flow, slot)
    ) STRICT, WITHOUT ROWID;
";

/// How many ids are remembered a flow: more than can be unacknowledged, so that no repetition passes.
const RING: i64 = 4096;

/// How many flows one peer may have to this host: a peer can make up any number of instances.
pub(crate) const MAX_FLOWS: i64 = 4096;

/// Where an incoming flow stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Incoming {
    pub(crate) id: i64,
    pub(crate) epoch: Epoch,
    pub(crate) next: u64,
    pub(crate) last: Option<Uuid>,
    pub(crate) received: i64,
    pub(crate) doubtful: i64,
}

/// The flow's row, if it has one.
pub(crate) fn get(db: &Connection, origin: &Origin) -> Result<Option<Incoming>> {
    Ok(db
        .prepare_cached("SELECT * FROM incoming WHERE peer = ?1 AND source = ?2 AND target = ?3")?
        .query_row(params![&origin.peer.0[..], origin.source.as_bytes(), origin.target.as_bytes()], |row| {
            Ok(Incoming {
                id: row.get("id")?,
                epoch: Epoch(u128::from_be_bytes(row.get("epoch")?)),
                next: row.get::<_, i64>("next")? as u64,
                last: uuid_or_null(row, "last")?,
                received: row.get("received")?,
                doubtful: row.get("doubtful")?,
            })
        })
        .optional()?)
}

/// How many flows a peer has to this host.
pub(crate) fn count(db: &Connection, origin: &Origin) -> Result<i64> {
    Ok(db
        .prepare_cached("SELECT count(*) FROM incoming WHERE peer = ?1")?
        .query_row([&origin.peer.0[..]], |row| row.get(0))?)
}

/// Begins a flow.
pub(crate) fn begin(db: &Connection, origin: &Origin, epoch: Epoch, first: u64) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO incoming (peer, source, target, epoch, next, received, doubtful) VALUES (?1, ?2, ?3, ?4, ?5, 0, 0)",
    )?
    .execute(params![
        &origin.peer.0[..],
        origin.source.as_bytes(),
        origin.target.as_bytes(),
        epoch.0.to_be_bytes(),
        first as i64
    ])?;
    Ok(())
}

/// Goes over to another numbering. What comes next may be a repetition.
pub(crate) fn restart(db: &Connection, id: i64, epoch: Epoch, first: u64) -> Result<()> {
    db.prepare_cached("UPDATE incoming SET epoch = ?2, next = ?3, last = NULL, doubtful = ?4 WHERE id = ?1")?
        .execute(params![id, epoch.0.to_be_bytes(), first as i64, RING])?;
    Ok(())
}

/// Keeps where a flow stands.
pub(crate) fn save(db: &Connection, flow: &Incoming) -> Result<()> {
    db.prepare_cached("UPDATE incoming SET next = ?2, last = ?3, received = ?4, doubtful = ?5 WHERE id = ?1")?
        .execute(params![
            flow.id,
            flow.next as i64,
            flow.last.as_ref().map(Uuid::as_bytes),
            flow.received,
            flow.doubtful
        ])?;
    Ok(())
}

/// Whether a message is among the last that came.
pub(crate) fn is_recent(db: &Connection, flow: i64, id: Uuid) -> Result<bool> {
    Ok(db.prepare_cached("SELECT 1 FROM recent WHERE flow = ?1 AND id = ?2")?.exists(params![flow, id.as_bytes()])?)
}

/// Remembers the message that came as number `count` of all.
pub(crate) fn remember(db: &Connection, flow: i64, count: i64, id: Uuid) -> Result<()> {
    // Not INSERT OR REPLACE: for that SQLite first keeps a copy of each page that it changes.
    db.prepare_cached(
        "INSERT INTO recent (flow, slot, id) VALUES (?1, ?2, ?3) ON CONFLICT (flow, slot) DO UPDATE SET id = ?3",
    )?
    .execute(params![flow, count % RING, id.as_bytes()])?;
    Ok(())
}
