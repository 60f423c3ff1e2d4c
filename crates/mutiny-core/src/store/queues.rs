//! How full each instance's queues are, kept beside them so that a quota never has to count rows.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use mutiny_delivery::store::Usage;
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use super::instances;
use crate::error::{Error, Result};
use crate::view::Millis;

pub(super) const SCHEMA: &str = "
    CREATE TABLE queues (
        instance     BLOB NOT NULL PRIMARY KEY REFERENCES instances (id) ON DELETE CASCADE,
        in_messages  INTEGER NOT NULL DEFAULT 0,
        in_bytes     INTEGER NOT NULL DEFAULT 0,
        out_messages INTEGER NOT NULL DEFAULT 0,
        out_bytes    INTEGER NOT NULL DEFAULT 0
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE outboxes ( -- all of them together: one row
        id       INTEGER PRIMARY KEY CHECK (id = 1),
        messages INTEGER NOT NULL,
        bytes    INTEGER NOT NULL
    ) STRICT;
    INSERT INTO outboxes VALUES (1, 0, 0);
    CREATE TRIGGER outboxes_lose_an_instance AFTER DELETE ON queues BEGIN
        UPDATE outboxes SET messages = messages - old.out_messages, bytes = bytes - old.out_bytes;
    END;
";

/// Counts for themselves what must not take room from others: what strangers left in an inbox, which is counted in it as
/// well, and failure notices, which are not.
pub(super) const SHARES: &str = "
    ALTER TABLE queues ADD COLUMN strange_messages INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE queues ADD COLUMN strange_bytes INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE queues ADD COLUMN notices INTEGER NOT NULL DEFAULT 0;
    UPDATE queues SET
        strange_messages = (SELECT count(*) FROM inbox WHERE inbox.instance = queues.instance AND stranger = 1),
        strange_bytes = (SELECT ifnull(sum(length(body)), 0) FROM inbox
                         WHERE inbox.instance = queues.instance AND stranger = 1),
        notices = (SELECT count(*) FROM inbox WHERE inbox.instance = queues.instance AND kind = 16);
    UPDATE queues SET
        in_messages = in_messages - notices,
        in_bytes = in_bytes - (SELECT ifnull(sum(length(body)), 0) FROM inbox
                               WHERE inbox.instance = queues.instance AND kind = 16);
";

/// What the outbox of one instance may hold, together with the failure notices that it has not read: each message may
/// end as one, for which there is room then.
const OUTBOX: Usage = Usage { messages: 2_000_000, bytes: 1 << 30 };

/// What all outboxes of a profile may hold together: so much of the disk, and no more, can wait for others to come online.
const OUTBOXES: Usage = Usage { messages: 8_000_000, bytes: 4 << 30 };

/// What is counted of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// Messages in the inbox: what its quota is for.
    Inbox,
    /// Those among them that are of strangers.
    Strangers,
    Outbox,
}

/// How full an instance's inbox or outbox is.
pub(crate) fn usage(db: &Connection, instance: Uuid, side: Side) -> Result<Usage> {
    let query = match side {
        Side::Inbox => "SELECT in_messages, in_bytes FROM queues WHERE instance = ?1",
        Side::Strangers => "SELECT strange_messages, strange_bytes FROM queues WHERE instance = ?1",
        Side::Outbox => "SELECT out_messages, out_bytes FROM queues WHERE instance = ?1",
    };
    Ok(db
        .prepare_cached(query)?
        .query_row([instance.as_bytes()], |row| usage_at(row, 0))
        .optional()?
        .unwrap_or_default())
}

/// How full all outboxes are together.
fn outboxes(db: &Connection) -> Result<Usage> {
    Ok(db.prepare_cached("SELECT messages, bytes FROM outboxes")?.query_row([], |row| usage_at(row, 0))?)
}

/// Messages from a column, bytes from the one behind it. Where nothing was ever counted, there is nothing.
pub(super) fn usage_at(row: &Row<'_>, column: usize) -> rusqlite::Result<Usage> {
    let count = |column| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(column)?.unwrap_or_default() as u64);
    Ok(Usage { messages: count(column)?, bytes: count(column + 1)? })
}

/// When an instance was last active; and how full its outbox is, its failure notices with it.
fn standing(db: &Connection, instance: Uuid) -> Result<(Millis, Usage)> {
    let query = "SELECT last_active, out_messages + notices, out_bytes
                 FROM instances LEFT JOIN queues ON queues.instance = id WHERE id = ?1";
    db.prepare_cached(query)?
        .query_row([instance.as_bytes()], |row| Ok((row.get(0)?, usage_at(row, 1)?)))
        .optional()?
        .ok_or(Error::UnknownInstance(instance))
}

/// Counts messages in (positive) or out (negative).
pub(crate) fn count(db: &Connection, instance: Uuid, side: Side, messages: i64, bytes: i64) -> Result<()> {
    let (update, insert) = match side {
        Side::Inbox => (
            "UPDATE queues SET in_messages = in_messages + ?2, in_bytes = in_bytes + ?3 WHERE instance = ?1",
            "INSERT INTO queues (instance, in_messages, in_bytes) VALUES (?1, ?2, ?3)",
        ),
        Side::Strangers => (
            "UPDATE queues SET strange_messages = strange_messages + ?2, strange_bytes = strange_bytes + ?3
             WHERE instance = ?1",
            "INSERT INTO queues (instance, strange_messages, strange_bytes) VALUES (?1, ?2, ?3)",
        ),
        Side::Outbox => (
            "UPDATE queues SET out_messages = out_messages + ?2, out_bytes = out_bytes + ?3 WHERE instance = ?1",
            "INSERT INTO queues (instance, out_messages, out_bytes) VALUES (?1, ?2, ?3)",
        ),
    };
    // Not ON CONFLICT DO UPDATE: for that SQLite first keeps a copy of each page that it changes.
    let counted = db.prepare_cached(update)?.execute(params![instance.as_bytes(), messages, bytes])?;
    if counted == 0 {
        db.prepare_cached(insert)?.execute(params![instance.as_bytes(), messages, bytes])?;
    }
    Ok(())
}

/// How many failure notices an instance has not read.
pub(crate) fn notices(db: &Connection, instance: Uuid) -> Result<u64> {
    let query = "SELECT notices FROM queues WHERE instance = ?1";
    let notices: Option<i64> =
        db.prepare_cached(query)?.query_row([instance.as_bytes()], |row| row.get(0)).optional()?;
    Ok(notices.unwrap_or_default() as u64)
}

/// How many entries of any kind an instance has not read.
pub(crate) fn unread(db: &Connection, instance: Uuid) -> Result<u64> {
    Ok(usage(db, instance, Side::Inbox)?.messages + notices(db, instance)?)
}

/// Counts failure notices in (positive) or out (negative).
pub(crate) fn count_notices(db: &Connection, instance: Uuid, notices: i64) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO queues (instance, notices) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET notices = notices + ?2",
    )?
    .execute(params![instance.as_bytes(), notices])?;
    Ok(())
}

/// Counts for all outboxes together what [`count`] counted for each.
pub(crate) fn count_all(db: &Connection, messages: i64, bytes: i64) -> Result<()> {
    db.prepare_cached("UPDATE outboxes SET messages = messages + ?1, bytes = bytes + ?2")?
        .execute([messages, bytes])?;
    Ok(())
}

/// The outboxes while messages are put into them: each counter is read once and written once, however many they are.
pub(crate) struct Outboxes {
    all: Usage,
    /// How full an instance's outbox was, its failure notices with it, and what has come since.
    own: HashMap<Uuid, (Usage, Usage)>,
}

impl Outboxes {
    pub(crate) fn open(db: &Connection) -> Result<Self> {
        Ok(Self { all: outboxes(db)?, own: HashMap::new() })
    }

    /// Counts a message in, unless there is no such instance, or its outbox or all of them together are full.
    pub(crate) fn admit(&mut self, db: &Connection, instance: Uuid, bytes: usize, now: Millis) -> Result<()> {
        let (before, more) = match self.own.entry(instance) {
            Entry::Occupied(own) => own.into_mut(),
            Entry::Vacant(own) => {
                let (last_active, usage) = standing(db, instance)?;
                instances::touch_after(db, instance, last_active, now)?;
                own.insert((usage, Usage::default()))
            }
        };
        let message = Usage { messages: 1, bytes: bytes as u64 };
        let (own, all) = (*before + *more, self.all);
        if !OUTBOX.covers(own + message) || !OUTBOXES.covers(all + message) {
            return Err(Error::QuotaExceeded(format!(
                "The outbox is full: {} messages of this app wait to be delivered or have failures to be read, and {} \
                 wait in all. Wait until some are, and send again.",
                own.messages, all.messages
            )));
        }
        *more = *more + message;
        self.all = all + message;
        Ok(())
    }

    /// Writes down what was counted.
    pub(crate) fn close(self, db: &Connection) -> Result<()> {
        let mut sum = Usage::default();
        for (instance, (_, more)) in self.own {
            count(db, instance, Side::Outbox, more.messages as i64, more.bytes as i64)?;
            sum = sum + more;
        }
        count_all(db, sum.messages as i64, sum.bytes as i64)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::store::instances::tests::instance;
    use crate::store::migrations::in_memory;

    /// A database with two own instances.
    fn with_instances() -> (Connection, Uuid, Uuid) {
        let db = in_memory();
        for n in [1, 2] {
            instances::insert(&db, &instance(n)).unwrap();
        }
        (db, instance(1).id, instance(2).id)
    }

    #[test]
    fn a_full_outbox_says_so_and_takes_again_what_fits() {
        let (db, own, other) = with_instances();
        count(&db, own, Side::Outbox, 1, OUTBOX.bytes as i64 - 10).unwrap();
        count_all(&db, 1, OUTBOX.bytes as i64 - 10).unwrap();
        let mut outboxes = Outboxes::open(&db).unwrap();
        let mut admit = |instance, bytes| outboxes.admit(&db, instance, bytes, 0);
        assert!(matches!(admit(own, 11), Err(Error::QuotaExceeded(_))));
        admit(own, 10).unwrap();
        assert!(matches!(admit(own, 0), Ok(())), "an empty message still fits");
        assert!(matches!(admit(own, 1), Err(Error::QuotaExceeded(_))));
        admit(other, 1).unwrap();
        outboxes.close(&db).unwrap();
        assert_eq!(usage(&db, own, Side::Outbox).unwrap(), Usage { messages: 3, bytes: OUTBOX.bytes });
        assert_eq!(super::outboxes(&db).unwrap(), Usage { messages: 4, bytes: OUTBOX.bytes + 1 });
    }

    #[test]
    fn failure_notices_that_nobody_reads_hold_up_further_sending_and_nothing_else() {
        let (db, own, _) = with_instances();
        count(&db, own, Side::Outbox, 1, 5).unwrap();
        count_notices(&db, own, OUTBOX.messages as i64 - 2).unwrap();
        let mut outboxes = Outboxes::open(&db).unwrap();
        outboxes.admit(&db, own, 1, 0).unwrap();
        assert!(matches!(outboxes.admit(&db, own, 1, 0), Err(Error::QuotaExceeded(_))));
        outboxes.close(&db).unwrap();
        assert_eq!(usage(&db, own, Side::Outbox).unwrap(), Usage { messages: 2, bytes: 6 });
        assert_eq!(usage(&db, own, Side::Inbox).unwrap(), Usage::default());
        count_notices(&db, own, -1).unwrap();
        Outboxes::open(&db).unwrap().admit(&db, own, 1, 0).unwrap();
    }

    #[test]
    fn all_outboxes_together_have_a_limit_and_a_removed_instance_makes_room() {
        let (db, own, other) = with_instances();
        count(&db, own, Side::Outbox, OUTBOXES.messages as i64, 5).unwrap();
        count_all(&db, OUTBOXES.messages as i64, 5).unwrap();
        let admit = || Outboxes::open(&db)?.admit(&db, other, 1, 0);
        assert!(matches!(admit(), Err(Error::QuotaExceeded(_))));
        instances::remove(&db, own).unwrap();
        assert_eq!(outboxes(&db).unwrap(), Usage::default());
        admit().unwrap();
    }

    #[test]
    fn each_side_is_counted_for_itself() {
        let (db, own, other) = with_instances();
        count(&db, own, Side::Inbox, 2, 30).unwrap();
        count(&db, own, Side::Inbox, -1, -10).unwrap();
        assert_eq!(usage(&db, own, Side::Inbox).unwrap(), Usage { messages: 1, bytes: 20 });
        assert_eq!(usage(&db, own, Side::Outbox).unwrap(), Usage::default());
        assert_eq!(usage(&db, other, Side::Inbox).unwrap(), Usage::default());
    }
}
