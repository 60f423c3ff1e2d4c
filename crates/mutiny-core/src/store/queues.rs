//! How full each instance's inbox is, kept beside it so that a quota never has to count rows. Of outboxes,
//! [`super::outboxes`] knows.

use mutiny_delivery::store::Usage;
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use crate::error::Result;

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

/// What is counted of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// Messages in the inbox: what its quota is for.
    Inbox,
    /// Those among them that are of strangers.
    Strangers,
}

/// How full an instance's inbox is.
pub(crate) fn usage(db: &Connection, instance: Uuid, side: Side) -> Result<Usage> {
    let query = match side {
        Side::Inbox => "SELECT in_messages, in_bytes FROM queues WHERE instance = ?1",
        Side::Strangers => "SELECT strange_messages, strange_bytes FROM queues WHERE instance = ?1",
    };
    Ok(db
        .prepare_cached(query)?
        .query_row([instance.as_bytes()], |row| usage_at(row, 0))
        .optional()?
        .unwrap_or_default())
}

/// Messages from a column, bytes from the one behind it. Where nothing was ever counted, there is nothing.
pub(super) fn usage_at(row: &Row<'_>, column: usize) -> rusqlite::Result<Usage> {
    let count = |column| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(column)?.unwrap_or_default() as u64);
    Ok(Usage { messages: count(column)?, bytes: count(column + 1)? })
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::store::db::Db;
    use crate::store::instances::{self, tests::instance};
    use crate::store::migrations::in_memory;

    /// A database with two own instances.
    fn with_instances() -> (Db, Uuid, Uuid) {
        let db = in_memory();
        for n in [1, 2] {
            instances::insert(&db, &instance(n)).unwrap();
        }
        (db, instance(1).id, instance(2).id)
    }

    #[test]
    fn each_side_is_counted_for_itself() {
        let (db, own, other) = with_instances();
        count(&db, own, Side::Inbox, 2, 30).unwrap();
        count(&db, own, Side::Inbox, -1, -10).unwrap();
        assert_eq!(usage(&db, own, Side::Inbox).unwrap(), Usage { messages: 1, bytes: 20 });
        assert_eq!(usage(&db, own, Side::Strangers).unwrap(), Usage::default());
        assert_eq!(usage(&db, other, Side::Inbox).unwrap(), Usage::default());
    }
}
