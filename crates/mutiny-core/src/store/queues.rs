//! What is counted of each instance for itself, beside its inbox and outbox, which [`super::inboxes`] and
//! [`super::outboxes`] count.

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

/// What strangers left in an instance's inbox.
pub(crate) fn strangers(db: &Connection, instance: Uuid) -> Result<Usage> {
    Ok(db
        .prepare_cached("SELECT strange_messages, strange_bytes FROM queues WHERE instance = ?1")?
        .query_row([instance.as_bytes()], |row| usage_at(row, 0))
        .optional()?
        .unwrap_or_default())
}

/// Messages from a column, bytes from the one behind it. Where nothing was ever counted, there is nothing.
pub(super) fn usage_at(row: &Row<'_>, column: usize) -> rusqlite::Result<Usage> {
    let count = |column| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(column)?.unwrap_or_default() as u64);
    Ok(Usage { messages: count(column)?, bytes: count(column + 1)? })
}

/// Counts messages of strangers in (positive) or out (negative).
pub(crate) fn count_strangers(db: &Connection, instance: Uuid, messages: i64, bytes: i64) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO queues (instance, strange_messages, strange_bytes) VALUES (?1, ?2, ?3)
         ON CONFLICT DO UPDATE SET strange_messages = strange_messages + ?2, strange_bytes = strange_bytes + ?3",
    )?
    .execute(params![instance.as_bytes(), messages, bytes])?;
    Ok(())
}

/// How many failure notices an instance has not read.
pub(crate) fn notices(db: &Connection, instance: Uuid) -> Result<u64> {
    let query = "SELECT notices FROM queues WHERE instance = ?1";
    let notices: Option<i64> =
        db.prepare_cached(query)?.query_row([instance.as_bytes()], |row| row.get(0)).optional()?;
    Ok(notices.unwrap_or_default() as u64)
}

/// Counts failure notices in (positive) or out (negative).
pub(crate) fn count_notices(db: &Connection, instance: Uuid, notices: i64) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO queues (instance, notices) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET notices = notices + ?2",
    )?
    .execute(params![instance.as_bytes(), notices])?;
    Ok(())
}
