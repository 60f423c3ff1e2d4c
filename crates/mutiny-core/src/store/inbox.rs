//! The inbox: what came for an instance, and what it has to be told.

use libp2p::PeerId;
use mutiny_delivery::message::{Content, Message};
use mutiny_delivery::store::Usage;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::columns::{peer, uuid};
use super::db::Db;
use super::{inboxes, incoming, outboxes, queues};
use crate::error::Result;
use crate::view::{Address, Body, Entry, FailureReason, Millis, Outcome};

pub(super) const SCHEMA: &str = "
    CREATE TABLE inbox (
        entry    INTEGER PRIMARY KEY AUTOINCREMENT,
        instance BLOB NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
        id       BLOB NOT NULL CHECK (length(id) = 16),
        kind     INTEGER NOT NULL, -- 1 JSON, 2 bytes, 16 failure notice
        peer     BLOB NOT NULL,    -- who sent it, or whom the message was for that failed
        other    BLOB NOT NULL,    -- the instance there
        sent     INTEGER NOT NULL,
        body     BLOB NOT NULL
    ) STRICT;
    CREATE INDEX inbox_by_instance ON inbox (instance, entry);
";

/// Which entries are strangers': people who may write here though nobody invited them.
pub(super) const STRANGERS: &str = "
    ALTER TABLE inbox ADD COLUMN stranger INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX inbox_of_strangers ON inbox (instance, peer) WHERE stranger = 1;
";

/// What may wait in an inbox of one stranger: who was not invited cannot take the room of those who were. The last
/// messages to come in may go beyond it by what they were promised before.
pub(crate) const OF_STRANGER: Usage = Usage { messages: 100, bytes: 1 << 20 };

/// What may wait in an inbox of all strangers together: half of it, so that they cannot fill it between them, however many
/// they make up.
pub(crate) const OF_STRANGERS: Usage = Usage { messages: 5_000, bytes: 32 << 20 };

/// The kind of failure notices, beyond the numbers of [`Content`].
const NOTICE: u32 = 16;

/// What a failure notice says; its body, as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Failed {
    pub(crate) message: Uuid,
    pub(crate) reason: FailureReason,
    pub(crate) outcome: Outcome,
}

/// Puts messages of one flow into an inbox. Returns how much they are. To be called with what [`incoming::save`] counts.
pub(crate) fn receive(
    db: &Db,
    instance: Uuid,
    from: (&PeerId, Uuid),
    messages: &[Message],
    stranger: bool,
) -> Result<()> {
    for message in messages {
        let Message { id, content, sent, body, .. } = message;
        insert(db, instance, *id, *content as u32, from, *sent, body, stranger)?;
    }
    let more = size(messages);
    if stranger {
        queues::count_strangers(db, instance, more.messages as i64, more.bytes as i64)?;
    }
    inboxes::change(db, instance, |used| used + more);
    Ok(())
}

/// How much messages are.
pub(crate) fn size(messages: &[Message]) -> Usage {
    Usage { messages: messages.len() as u64, bytes: messages.iter().map(|message| message.body.len() as u64).sum() }
}

/// Tells an instance that a message of its own failed. `to` is whom it was for.
pub(crate) fn notify(db: &Connection, instance: Uuid, to: (&PeerId, Uuid), failed: &Failed, now: Millis) -> Result<()> {
    let body = serde_json::to_vec(failed).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    insert(db, instance, Uuid::now_v7(), NOTICE, to, now, &body, false)?;
    queues::count_notices(db, instance, 1)
}

/// What waits in an inbox of one stranger.
pub(crate) fn of_stranger(db: &Connection, instance: Uuid, peer: &PeerId) -> Result<Usage> {
    let query = "SELECT count(*), ifnull(sum(length(body)), 0) FROM inbox
                 WHERE instance = ?1 AND peer = ?2 AND stranger = 1";
    let usage =
        |row: &Row<'_>| Ok(Usage { messages: row.get::<_, i64>(0)? as u64, bytes: row.get::<_, i64>(1)? as u64 });
    Ok(db.prepare_cached(query)?.query_row(params![instance.as_bytes(), peer.to_bytes()], usage)?)
}

#[allow(clippy::too_many_arguments)]
fn insert(
    db: &Connection,
    instance: Uuid,
    id: Uuid,
    kind: u32,
    other: (&PeerId, Uuid),
    sent: Millis,
    body: &[u8],
    stranger: bool,
) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO inbox (instance, id, kind, peer, other, sent, body, stranger) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        instance.as_bytes(),
        id.as_bytes(),
        kind,
        other.0.to_bytes(),
        other.1.as_bytes(),
        sent,
        body,
        stranger
    ])?;
    Ok(())
}

/// The entry at the head of an inbox, left in place, and the bytes of its body.
pub(crate) fn head(db: &Connection, instance: Uuid) -> Result<Option<(Entry, usize)>> {
    Ok(db
        .prepare_cached("SELECT *, length(body) AS bytes FROM inbox WHERE instance = ?1 ORDER BY entry LIMIT 1")?
        .query_row([instance.as_bytes()], |row| Ok((entry(row)?, row.get::<_, u32>("bytes")? as usize)))
        .optional()?)
}

/// Takes the entry at the head out and returns it; with `id`, only if it is that one.
pub(crate) fn take(db: &Db, instance: Uuid, id: Option<Uuid>) -> Result<Option<Entry>> {
    let head = db
        .prepare_cached("SELECT *, length(body) AS bytes FROM inbox WHERE instance = ?1 ORDER BY entry LIMIT 1")?
        .query_row([instance.as_bytes()], |row| {
            let (bytes, stranger): (i64, bool) = (row.get("bytes")?, row.get("stranger")?);
            let from: (Vec<u8>, Uuid) = (row.get("peer")?, uuid(row, "other")?);
            Ok((row.get::<_, i64>("entry")?, uuid(row, "id")?, (bytes, stranger, from), entry(row)?))
        })
        .optional()?;
    let Some((rowid, head, (bytes, stranger, from), entry)) = head else { return Ok(None) };
    if id.is_some_and(|id| id != head) {
        return Ok(None);
    }
    db.prepare_cached("DELETE FROM inbox WHERE entry = ?1")?.execute([rowid])?;
    match entry {
        Entry::Failure { .. } => {
            queues::count_notices(db, instance, -1)?;
            outboxes::release(db, instance, Usage { messages: 1, bytes: 0 });
        }
        Entry::Message { .. } => {
            let less = Usage { messages: 1, bytes: bytes as u64 };
            incoming::taken(db, instance, (&from.0, from.1), less)?;
            inboxes::change(db, instance, |used| used.less(less));
        }
    }
    if stranger {
        queues::count_strangers(db, instance, -1, -bytes)?;
    }
    Ok(Some(entry))
}

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let id = uuid(row, "id")?;
    let address = Address { peer: peer(row, "peer")?.to_base58(), instance: uuid(row, "other")? };
    let body: Vec<u8> = row.get("body")?;
    let bad = |error| rusqlite::Error::FromSqlConversionFailure(0, Type::Blob, Box::new(error));
    let sent = row.get("sent")?;
    Ok(match row.get::<_, u32>("kind")? {
        NOTICE => {
            let Failed { message, reason, outcome } = serde_json::from_slice(&body).map_err(bad)?;
            Entry::Failure { id, message, to: address, reason, outcome }
        }
        kind if kind == Content::Bytes as u32 => Entry::Message { id, from: address, sent, body: Body::Bytes(body) },
        _ => {
            let body = Body::Json(serde_json::from_slice(&body).map_err(bad)?);
            Entry::Message { id, from: address, sent, body }
        }
    })
}
