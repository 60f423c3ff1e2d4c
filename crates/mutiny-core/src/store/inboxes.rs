//! How full the inboxes are, so that a quota never has to count rows.
//!
//! Messages that wait are counted with the flow through which they came, in a row that is written with each of them anyway.
//! What that comes to for an instance is kept in memory, from when it is asked for first. Failure notices are no part of
//! it: [`super::queues`] counts them.

use mutiny_delivery::store::Usage;
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::db::Db;
use super::queues::usage_at;
use crate::error::Result;

/// Counts by flow, in place of those by instance. With them an inbox whose entries are numbered by themselves: no number
/// need be kept that none of them has.
pub(super) const BY_FLOW: &str = "
    ALTER TABLE incoming ADD COLUMN waiting INTEGER NOT NULL DEFAULT 0; -- messages in the inbox
    ALTER TABLE incoming ADD COLUMN waiting_bytes INTEGER NOT NULL DEFAULT 0; -- of their bodies
    CREATE INDEX incoming_by_target ON incoming (target);
    -- Flows that were forgotten though something of theirs still waits.
    INSERT INTO incoming (peer, source, target, epoch, next)
        SELECT DISTINCT peer, other, instance, zeroblob(16), 0 FROM inbox WHERE kind <> 16
        ON CONFLICT DO NOTHING;
    UPDATE incoming SET waiting = sum.messages, waiting_bytes = sum.bytes
        FROM (SELECT peer, other, instance, count(*) AS messages, sum(length(body)) AS bytes FROM inbox
              WHERE kind <> 16 GROUP BY peer, other, instance) AS sum
        WHERE incoming.peer = sum.peer AND source = other AND target = instance;
    ALTER TABLE queues DROP COLUMN in_messages;
    ALTER TABLE queues DROP COLUMN in_bytes;
    CREATE TABLE entries (
        entry    INTEGER PRIMARY KEY,
        instance BLOB NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
        id       BLOB NOT NULL CHECK (length(id) = 16),
        kind     INTEGER NOT NULL, -- 1 JSON, 2 bytes, 16 failure notice
        peer     BLOB NOT NULL,    -- who sent it, or whom the message was for that failed
        other    BLOB NOT NULL,    -- the instance there
        sent     INTEGER NOT NULL,
        body     BLOB NOT NULL,
        stranger INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    INSERT INTO entries SELECT entry, instance, id, kind, peer, other, sent, body, stranger FROM inbox;
    DROP TABLE inbox;
    ALTER TABLE entries RENAME TO inbox;
    CREATE INDEX inbox_by_instance ON inbox (instance, entry);
    CREATE INDEX inbox_of_strangers ON inbox (instance, peer) WHERE stranger = 1;
";

/// How full an instance's inbox is: messages, without failure notices.
pub(crate) fn usage(db: &Connection, instance: Uuid) -> Result<Usage> {
    Ok(db
        .prepare_cached("SELECT sum(waiting), sum(waiting_bytes) FROM incoming WHERE target = ?1")?
        .query_row([instance.as_bytes()], |row| usage_at(row, 0))?)
}

/// The same, from memory where it is known.
pub(crate) fn used(db: &Db, instance: Uuid) -> Result<Usage> {
    let mut inboxes = db.inboxes.borrow_mut();
    Ok(match inboxes.get(&instance) {
        Some(used) => *used,
        None => *inboxes.entry(instance).insert_entry(usage(db, instance)?).get(),
    })
}

/// As far as entries are counted: all messages that an inbox has room for, and as many failure notices.
const COUNTED: u32 = 20_000;

/// How many entries of any kind an instance has not read, counted up to [`COUNTED`]. They are counted one by one: of the
/// flows through which they may have come there may be more, since others can make those up.
pub(crate) fn unread(db: &Connection, instance: Uuid) -> Result<u32> {
    Ok(db
        .prepare_cached("SELECT count(*) FROM (SELECT 1 FROM inbox WHERE instance = ?1 LIMIT ?2)")?
        .query_row(params![instance.as_bytes(), COUNTED], |row| row.get(0))?)
}

/// Notes that the inbox is another now: what its flows have counted has come or gone.
pub(super) fn change(db: &Db, instance: Uuid, change: impl FnOnce(Usage) -> Usage) {
    db.changed(instance);
    if let Some(used) = db.inboxes.borrow_mut().get_mut(&instance) {
        *used = change(*used);
    }
}
