//! Incoming flows: where each stands, and the ids of the messages that came through them.
//!
//! The row is what makes delivery exact: it moves on in the transaction that fills the inbox. The ids matter only where
//! a sender has lost its memory and numbers anew what it may have sent before; then they tell a repetition. They are
//! kept for all flows together, in the order in which they came, and the oldest are forgotten beyond [`IDS`]. Of each
//! flow it is known how far that reaches, so that what may be a repetition is refused and never taken twice.
//!
//! Rows stay when their instance is removed, so that a sender still learns what it had received. They go when nothing of
//! theirs can matter any more: where nothing ever came, or nothing for longer than a message may wait to be sent again.

use mutiny_delivery::message::{Epoch, Message, Origin};
use mutiny_delivery::store::Usage;
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use super::columns::uuid_or_null;
use super::db::Db;
use crate::error::Result;
use crate::view::Millis;

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

/// What replaced `recent`, a ring of 4,096 ids a flow: whoever sent more again than that had the ring turn under it, and all
/// of them taken twice. Rings have also a page to write for each flow, while ids that come at one time are neighbours
/// here, whatever flows they come through: they begin with the time of sending.
pub(super) const REMEMBERED: &str = "
    CREATE TABLE received (
        entry INTEGER PRIMARY KEY, -- rises with each message that comes
        flow  INTEGER NOT NULL,    -- of `incoming`; not enforced, which would need an index of its own
        id    BLOB NOT NULL,
        sent  INTEGER NOT NULL     -- by the sender's clock, as it says
    ) STRICT;
    CREATE UNIQUE INDEX received_by_id ON received (id, flow);
    INSERT OR IGNORE INTO received (flow, id, sent) SELECT flow, id, unixepoch() * 1000 FROM recent;
    -- The latest time of sending among the messages whose ids are forgotten.
    ALTER TABLE incoming ADD COLUMN forgotten INTEGER NOT NULL DEFAULT -9223372036854775808;
    -- 1: its sender has numbered it anew, at some time.
    ALTER TABLE incoming ADD COLUMN renewed INTEGER NOT NULL DEFAULT 0;
    UPDATE incoming SET renewed = doubtful > 0;
    UPDATE incoming SET forgotten = unixepoch() * 1000 WHERE received > 4096;
    DROP TABLE recent;
    ALTER TABLE incoming DROP COLUMN doubtful;
    ALTER TABLE incoming DROP COLUMN received;
    ALTER TABLE incoming ADD COLUMN used INTEGER NOT NULL DEFAULT 0; -- when a message came last; 0: never
    UPDATE incoming SET used = unixepoch() * 1000;
    CREATE TABLE incomings ( -- how many there are: one row
        id    INTEGER PRIMARY KEY CHECK (id = 1),
        flows INTEGER NOT NULL
    ) STRICT;
    INSERT INTO incomings SELECT 1, count(*) FROM incoming;
    CREATE TRIGGER incomings_get_one AFTER INSERT ON incoming BEGIN
        UPDATE incomings SET flows = flows + 1;
    END;
    CREATE TRIGGER incomings_lose_one AFTER DELETE ON incoming BEGIN
        UPDATE incomings SET flows = flows - 1;
    END;
";

/// How many ids are remembered, of all flows together: some 60 MB of the disk.
pub(crate) const IDS: i64 = 1_000_000;

/// How many flows one peer may have to this host: a peer can make up any number of instances.
pub(crate) const MAX_FLOWS: i64 = 4096;

/// From how many flows on strangers get no more of them: anybody can make up any number of peers.
pub(crate) const ALL_FLOWS: i64 = 100_000;

/// For how long a row is kept through which nothing comes: longer than any message waits. So whatever its sender might
/// send again has long expired there.
const KEPT: Millis = 400 * 24 * 60 * 60 * 1_000;

/// No clock was right that says less: the beginning of 2026. A host that starts before its clock is set must not take what
/// came then for something of old.
const EARLIEST: Millis = 1_767_225_600_000;

/// Where an incoming flow stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Incoming {
    pub(crate) id: i64,
    pub(crate) epoch: Epoch,
    pub(crate) next: u64,
    pub(crate) last: Option<Uuid>,
    /// The latest time of sending among the messages whose ids are forgotten.
    pub(crate) forgotten: Millis,
    /// Its sender has numbered it anew, so that messages may come again that came before.
    pub(crate) renewed: bool,
}

impl Incoming {
    /// Whether a message that is not remembered may be one of those that are forgotten.
    pub(crate) fn may_be_repeated(&self, message: &Message) -> bool {
        self.renewed && message.sent <= self.forgotten
    }
}

/// The flow's row, if it has one: from memory where it is known.
pub(crate) fn get(db: &Db, origin: &Origin) -> Result<Option<Incoming>> {
    let known = &mut *db.incoming.borrow_mut();
    if let Some(row) = known.get(origin) {
        return Ok(Some(row.clone()));
    }
    let found = db
        .prepare_cached(
            "SELECT id, epoch, next, last, forgotten, renewed FROM incoming
             WHERE peer = ?1 AND source = ?2 AND target = ?3",
        )?
        .query_row(params![&origin.peer.0[..], origin.source.as_bytes(), origin.target.as_bytes()], |row| {
            Ok(Incoming {
                id: row.get(0)?,
                epoch: Epoch(u128::from_be_bytes(row.get(1)?)),
                next: row.get::<_, i64>(2)? as u64,
                last: uuid_or_null(row, 3)?,
                forgotten: row.get(4)?,
                renewed: row.get(5)?,
            })
        })
        .optional()?;
    if let Some(row) = &found {
        known.keep(origin.clone(), row.clone());
    }
    Ok(found)
}

/// How many flows a peer has to this host.
pub(crate) fn count(db: &Connection, origin: &Origin) -> Result<i64> {
    Ok(db
        .prepare_cached("SELECT count(*) FROM incoming WHERE peer = ?1")?
        .query_row([&origin.peer.0[..]], |row| row.get(0))?)
}

/// How many flows there are.
pub(crate) fn count_all(db: &Connection) -> Result<i64> {
    Ok(db.prepare_cached("SELECT flows FROM incomings")?.query_row([], |row| row.get(0))?)
}

/// Begins a flow.
pub(crate) fn begin(db: &Connection, origin: &Origin, epoch: Epoch, first: u64) -> Result<()> {
    db.prepare_cached("INSERT INTO incoming (peer, source, target, epoch, next) VALUES (?1, ?2, ?3, ?4, ?5)")?
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
pub(crate) fn restart(db: &Db, origin: &Origin, id: i64, epoch: Epoch, first: u64) -> Result<()> {
    db.incoming.borrow_mut().forget(origin);
    db.prepare_cached("UPDATE incoming SET epoch = ?2, next = ?3, last = NULL, renewed = 1 WHERE id = ?1")?
        .execute(params![id, epoch.0.to_be_bytes(), first as i64])?;
    Ok(())
}

/// Keeps where a flow stands, after something came, and counts what goes to the inbox.
pub(crate) fn save(db: &Db, origin: &Origin, flow: Incoming, more: Usage, now: Millis) -> Result<()> {
    let Incoming { id, next, last, .. } = &flow;
    db.prepare_cached(
        "UPDATE incoming SET next = ?2, last = ?3, used = max(used, ?4),
             waiting = waiting + ?5, waiting_bytes = waiting_bytes + ?6
         WHERE id = ?1",
    )?
    .execute(params![
        id,
        *next as i64,
        last.as_ref().map(Uuid::as_bytes),
        now.max(EARLIEST),
        more.messages as i64,
        more.bytes as i64
    ])?;
    db.incoming.borrow_mut().keep(origin.clone(), flow);
    Ok(())
}

/// Counts out what was taken from an inbox. `from` is the peer and the instance there.
pub(crate) fn taken(db: &Connection, target: Uuid, from: (&[u8], Uuid), less: Usage) -> Result<()> {
    db.prepare_cached(
        "UPDATE incoming SET waiting = waiting - ?4, waiting_bytes = waiting_bytes - ?5
         WHERE peer = ?1 AND source = ?2 AND target = ?3",
    )?
    .execute(params![from.0, from.1.as_bytes(), target.as_bytes(), less.messages as i64, less.bytes as i64])?;
    Ok(())
}

/// Counts out all that waits in the inbox of an instance: it goes.
pub(crate) fn all_taken(db: &Connection, target: Uuid) -> Result<()> {
    db.prepare_cached("UPDATE incoming SET waiting = 0, waiting_bytes = 0 WHERE target = ?1")?
        .execute([target.as_bytes()])?;
    Ok(())
}

/// Forgets up to `most` flows of which nothing can matter any more. Returns how many there were.
///
/// While something waits in an inbox it is counted there. Where nothing ever came, the row says nothing that the next offer
/// does not say as well. A flow that is open meanwhile is out of step then, and is offered again.
pub(crate) fn forget_unused(db: &Db, now: Millis, most: u32) -> Result<usize> {
    db.incoming.borrow_mut().clear();
    Ok(db
        .prepare_cached(
            "DELETE FROM incoming WHERE id IN (SELECT id FROM incoming WHERE used < ?1 AND waiting = 0 LIMIT ?2)",
        )?
        .execute(params![(now - KEPT).max(1), most])?)
}

/// Whether it is remembered that a message came.
pub(crate) fn is_remembered(db: &Connection, flow: i64, id: Uuid) -> Result<bool> {
    Ok(db.prepare_cached("SELECT 1 FROM received WHERE id = ?1 AND flow = ?2")?.exists(params![id.as_bytes(), flow])?)
}

/// Remembers that a message came. False where that was known.
pub(crate) fn remember(db: &Connection, flow: i64, message: &Message) -> Result<bool> {
    // Not INSERT OR IGNORE: for that SQLite first keeps a copy of each page that it changes.
    let new = db
        .prepare_cached("INSERT INTO received (flow, id, sent) VALUES (?1, ?2, ?3) ON CONFLICT (id, flow) DO NOTHING")?
        .execute(params![flow, message.id.as_bytes(), message.sent])?;
    Ok(new > 0)
}

/// Forgets ids beyond the last `keep`, the oldest first, up to `most` of them. Returns how many there were.
pub(crate) fn forget(db: &Db, keep: i64, most: u32) -> Result<usize> {
    db.incoming.borrow_mut().clear();
    let until: i64 =
        db.prepare_cached("SELECT ifnull(max(entry), 0) - ?1 FROM received")?.query_row([keep], |row| row.get(0))?;
    db.prepare_cached(
        "UPDATE incoming SET forgotten = max(forgotten, gone.sent)
         FROM (SELECT flow, max(sent) AS sent
               FROM (SELECT flow, sent FROM received WHERE entry <= ?1 ORDER BY entry LIMIT ?2) GROUP BY flow) AS gone
         WHERE incoming.id = gone.flow",
    )?
    .execute(params![until, most])?;
    Ok(db
        .prepare_cached(
            "DELETE FROM received
             WHERE entry IN (SELECT entry FROM received WHERE entry <= ?1 ORDER BY entry LIMIT ?2)",
        )?
        .execute(params![until, most])?)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use bytes::Bytes;
    use mutiny_delivery::message::Peer;

    use super::*;
    use crate::store::migrations::in_memory;

    const NOW: Millis = 1_900_000_000_000;
    const DAY: Millis = 24 * 60 * 60 * 1_000;

    fn origin(source: u128) -> Origin {
        Origin { peer: Peer(Bytes::from_static(b"bob")), source: Uuid::from_u128(source), target: Uuid::nil() }
    }

    /// A flow through which something came at these times.
    fn flow(db: &Db, source: u128, came: &[Millis]) -> Origin {
        let origin = origin(source);
        begin(db, &origin, Epoch(1), 0).unwrap();
        for now in came {
            let row = get(db, &origin).unwrap().unwrap();
            save(db, &origin, Incoming { next: row.next + 1, ..row }, Usage::default(), *now).unwrap();
        }
        origin
    }

    #[test]
    fn flows_go_when_nothing_of_them_can_matter_any_more() {
        let db = in_memory();
        let kept = [flow(&db, 1, &[NOW - 500 * DAY, NOW]), flow(&db, 2, &[NOW - 399 * DAY])];
        let gone = [flow(&db, 3, &[NOW - 401 * DAY]), flow(&db, 4, &[])];
        assert_eq!(count_all(&db).unwrap(), 4);
        assert_eq!(forget_unused(&db, NOW, 9).unwrap(), 2);
        assert!(kept.iter().all(|flow| get(&db, flow).unwrap().is_some()));
        assert!(gone.iter().all(|flow| get(&db, flow).unwrap().is_none()));
        assert_eq!(count_all(&db).unwrap(), 2);
    }

    #[test]
    fn a_clock_that_was_not_set_yet_makes_nothing_old() {
        let db = in_memory();
        let flow = flow(&db, 1, &[NOW - 10 * DAY, 3]);
        let early = EARLIEST + 300 * DAY;
        let unset = super::tests::flow(&db, 2, &[3]);
        assert_eq!(forget_unused(&db, early, 9).unwrap(), 0);
        assert!(get(&db, &flow).unwrap().is_some() && get(&db, &unset).unwrap().is_some());
    }
}
