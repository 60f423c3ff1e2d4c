//! The outbox: messages on their way, and how those ended that were.

use bytes::Bytes;
use mutiny_delivery::message::{Content, FlowId, Message, Peer};
use mutiny_delivery::store::Usage;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use super::activity::WITHDRAWN;
use super::columns::{text_enum, uuid, uuid_or_null};
use super::db::Db;
use super::flows;
use crate::error::{Error, Result};
use crate::trace;
use crate::view::{MessageState, Millis, Waiting};

pub(super) const SCHEMA: &str = "
    CREATE TABLE outbox (
        entry    INTEGER PRIMARY KEY,
        flow     INTEGER NOT NULL REFERENCES flows (id) ON DELETE CASCADE,
        seq      INTEGER NOT NULL,
        id       BLOB NOT NULL CHECK (length(id) = 16),
        content  INTEGER NOT NULL,
        sent     INTEGER NOT NULL,
        deadline INTEGER NOT NULL,
        body     BLOB NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX outbox_by_seq ON outbox (flow, seq);
    CREATE INDEX outbox_by_id ON outbox (id);
    CREATE INDEX outbox_by_deadline ON outbox (deadline);
    CREATE TABLE ended (
        id       BLOB NOT NULL PRIMARY KEY,
        instance BLOB NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
        state    TEXT NOT NULL,
        ended    INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX ended_by_instance ON ended (instance);
";

/// Deadlines by flow: what is due is asked of each flow.
pub(super) const DEADLINES: &str = "
    DROP INDEX outbox_by_deadline;
    CREATE INDEX outbox_by_deadline ON outbox (flow, deadline);
";

/// Deadlines of the few messages that do not wait their turn.
///
/// As a rule deadlines rise with the numbers, so that the first message of a flow is the first to be overdue. Those that
/// are *early*, with a deadline before one of a message ahead of them, are the only ones that need an index. Whatever is
/// not early is due no sooner than all that is ahead of it: so the next deadline of a flow is that of its first message or
/// of one that is early, and behind a message that is not overdue only early ones are.
pub(super) const EARLY: &str = "
    ALTER TABLE outbox ADD COLUMN early INTEGER NOT NULL DEFAULT 1;
    DROP INDEX outbox_by_deadline;
    CREATE INDEX outbox_of_early ON outbox (flow, deadline) WHERE early = 1;
    ALTER TABLE flows ADD COLUMN horizon INTEGER NOT NULL DEFAULT 0; -- the latest deadline that a message had
    UPDATE flows SET horizon = ifnull((SELECT max(deadline) FROM outbox WHERE flow = flows.id), 0);
";

/// Messages by their places.
///
/// An entry *is* the place of a message: its flow in the upper bits, its number there in the lower [`NUMBERS`]. So messages
/// lie in the order in which they are sent, and a message is one page less to write than with an index for that.
pub(super) const PLACED: &str = "
    CREATE TABLE messages (
        entry    INTEGER PRIMARY KEY,
        flow     INTEGER GENERATED ALWAYS AS (entry >> 40) VIRTUAL,
        seq      INTEGER GENERATED ALWAYS AS (entry & 1099511627775) VIRTUAL,
        id       BLOB NOT NULL CHECK (length(id) = 16),
        content  INTEGER NOT NULL,
        sent     INTEGER NOT NULL,
        deadline INTEGER NOT NULL,
        body     BLOB NOT NULL,
        early    INTEGER NOT NULL
    ) STRICT;
    INSERT INTO messages (entry, id, content, sent, deadline, body, early)
        SELECT flow << 40 | seq, id, content, sent, deadline, body, early FROM outbox ORDER BY flow, seq;
    DROP TABLE outbox;
    ALTER TABLE messages RENAME TO outbox;
    CREATE INDEX outbox_by_id ON outbox (id);
    CREATE INDEX outbox_of_early ON outbox (flow, deadline) WHERE early = 1;
    CREATE TRIGGER flows_take_messages_along AFTER DELETE ON flows BEGIN
        DELETE FROM outbox WHERE entry BETWEEN old.id << 40 AND old.id << 40 | 1099511627775;
    END;
";

/// How many bits of an entry are the message's number: a million million of them. The others, but for the sign, are for its
/// flow.
const NUMBERS: u32 = 40;

/// The highest id that a flow can have: there is an entry behind its last one.
pub(super) const LAST_FLOW: i64 = (i64::MAX >> NUMBERS) - 1;

/// In SQL, which entries are of a flow.
macro_rules! of_flow {
    ($flow:literal) => {
        concat!("entry BETWEEN ", $flow, " << 40 AND ", $flow, " << 40 | 1099511627775")
    };
}
pub(super) use of_flow;

/// The entry of a message, or of the first behind all messages of a flow.
fn entry(flow: FlowId, seq: u64) -> i64 {
    (flow.0 << NUMBERS) + (seq.min(1 << NUMBERS)) as i64
}

text_enum!(MessageState { Queued => "queued", Delivered => "delivered", Failed => "failed" });

fn message(row: &Row<'_>) -> rusqlite::Result<Message> {
    let content = row.get::<_, u32>("content")?;
    Ok(Message {
        seq: row.get::<_, i64>("seq")? as u64,
        id: uuid(row, "id")?,
        content: Content::from_number(content)
            .ok_or_else(|| rusqlite::Error::FromSqlConversionFailure(0, Type::Integer, "no such content".into()))?,
        sent: row.get("sent")?,
        deadline: row.get("deadline")?,
        body: Bytes::from(row.get::<_, Vec<u8>>("body")?),
    })
}

/// Whether a message can have this number.
pub(crate) fn check_number(seq: u64) -> Result<()> {
    if seq >> NUMBERS == 0 {
        return Ok(());
    }
    Err(Error::QuotaExceeded("This app has sent more messages there than can be numbered.".to_owned()))
}

/// Puts a message into the outbox. `early`: it has a deadline before one of a message that was put into the flow before it.
pub(crate) fn insert(db: &Connection, flow: FlowId, message: &Message, early: bool) -> Result<()> {
    check_number(message.seq)?;
    db.prepare_cached(
        "INSERT INTO outbox (entry, id, content, sent, deadline, body, early) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        entry(flow, message.seq),
        message.id.as_bytes(),
        message.content as u32,
        message.sent,
        message.deadline,
        &message.body[..],
        early,
    ])?;
    Ok(())
}

/// Number of the first pending message of a flow.
pub(crate) fn first(db: &Connection, flow: FlowId) -> Result<Option<u64>> {
    let mut query = db.prepare_cached(concat!("SELECT seq FROM outbox WHERE ", of_flow!("?1"), " ORDER BY entry"))?;
    let first: Option<i64> = query.query_row([flow.0], |row| row.get(0)).optional()?;
    Ok(first.map(|first| first as u64))
}

/// Id of the pending message under a number.
pub(crate) fn id_at(db: &Connection, flow: FlowId, seq: u64) -> Result<Option<Uuid>> {
    Ok(db
        .prepare_cached("SELECT id FROM outbox WHERE entry = ?1")?
        .query_row([entry(flow, seq)], |row| uuid(row, "id"))
        .optional()?)
}

/// Pending messages from a number on, up to `messages` of them, or to the one that reaches `bytes`; and whether there
/// are more behind them.
pub(crate) fn load(
    db: &Connection,
    flow: FlowId,
    from: u64,
    messages: usize,
    bytes: usize,
) -> Result<(Vec<Message>, bool)> {
    let mut query = db.prepare_cached("SELECT * FROM outbox WHERE entry >= ?1 AND entry < ?2 ORDER BY entry")?;
    let mut rows = query.query([entry(flow, from), entry(flow, u64::MAX)])?;
    let (mut loaded, mut size) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        if loaded.len() >= messages || size >= bytes {
            return Ok((loaded, true));
        }
        let message = message(row)?;
        size += message.body.len();
        loaded.push(message);
    }
    Ok((loaded, false))
}

/// The message of an instance that has waited longest.
pub(crate) fn head(db: &Connection, instance: Uuid) -> Result<Option<Waiting>> {
    let query = concat!(
        "SELECT outbox.*, peer, target FROM flows JOIN outbox ON ",
        of_flow!("flows.id"),
        " WHERE source = ?1 ORDER BY outbox.id LIMIT 1",
    );
    let waiting = |row: &Row<'_>| {
        let Message { id, content, sent, body, .. } = message(row)?;
        let to = trace::address(&row.get::<_, Vec<u8>>("peer")?, uuid(row, "target")?);
        Ok(Waiting { id, to, sent, body: trace::body(content, &body) })
    };
    Ok(db.prepare_cached(query)?.query_row([instance.as_bytes()], waiting).optional()?)
}

/// What ended: the parts of a message that its end concerns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ending {
    pub(crate) seq: u64,
    pub(crate) id: Uuid,
    /// The instance that sent it.
    pub(crate) source: Uuid,
    pub(crate) bytes: i64,
    /// Its sender has withdrawn it.
    pub(crate) withdrawn: bool,
}

/// Takes messages of a flow out of the outbox and notes how they ended: those that are numbered in `range` and whose
/// deadline is at or before `deadline`, the first `most` of them. Returns them in their order, and how much they are.
pub(crate) fn end(
    db: &Db,
    flow: FlowId,
    range: std::ops::Range<u64>,
    deadline: Millis,
    most: usize,
    (state, now): (MessageState, Millis),
) -> Result<(Vec<Ending>, Usage)> {
    let (first, end) = (entry(flow, range.start), entry(flow, range.end));
    let (mut ended, mut entries) = (Vec::<Ending>::new(), Vec::<i64>::new());
    let mut messages = db.prepare_cached(
        "SELECT entry, seq, outbox.id, length(body), deadline, sent, source, latest, early
         FROM outbox JOIN flows ON flows.id = ?1
         WHERE entry >= ?2 AND entry < ?3 ORDER BY entry",
    )?;
    // A row at a time, and not INSERT OR REPLACE: for that, and wherever it may be many rows, SQLite first keeps a copy of
    // each page that it changes. No id is there yet: a message ends once.
    let mut note = db.prepare_cached(
        "INSERT INTO ended (id, instance, state, ended, flow, sent, bytes, before)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (id) DO NOTHING",
    )?;
    let mut early = if deadline < Millis::MAX { overdue_early(db, flow, deadline, most)? } else { 0 };
    let mut rows = messages.query(params![flow.0, first, end])?;
    // No LIMIT: SQLite plans a statement anew for each value of one.
    while ended.len() < most
        && let Some(row) = rows.next()?
    {
        let due: Millis = row.get(4)?;
        if due > deadline {
            match early {
                0 => break,
                _ => continue,
            }
        }
        early = early.saturating_sub(usize::from(row.get::<_, bool>(8)?));
        let ending = Ending {
            seq: row.get::<_, i64>(1)? as u64,
            id: uuid(row, 2)?,
            source: uuid(row, 6)?,
            bytes: row.get(3)?,
            withdrawn: due <= WITHDRAWN,
        };
        let sent: Millis = row.get(5)?;
        let before = match (state, ended.last()) {
            (MessageState::Delivered, Some(last)) => Some(last.id),
            (MessageState::Delivered, None) => uuid_or_null(row, 7)?,
            _ => None,
        };
        let (id, source, before) =
            (ending.id.as_bytes(), ending.source.as_bytes(), before.as_ref().map(Uuid::as_bytes));
        note.execute(params![id, source, state, now, flow.0, sent, ending.bytes, before])?;
        entries.push(row.get(0)?);
        ended.push(ending);
    }
    let mut delete = db.prepare_cached("DELETE FROM outbox WHERE entry = ?1")?;
    for entry in entries {
        delete.execute([entry])?;
    }
    let bytes = ended.iter().map(|ending| ending.bytes as u64).sum();
    let less = Usage { messages: ended.len() as u64, bytes };
    match (state, ended.last()) {
        (_, None) => {}
        (MessageState::Delivered, Some(latest)) => flows::delivered(db, flow, latest.id, less)?,
        (_, Some(_)) => flows::failed(db, flow, less)?,
    }
    Ok((ended, less))
}

/// How many messages of a flow are early, and overdue, counted up to `most`.
fn overdue_early(db: &Connection, flow: FlowId, deadline: Millis, most: usize) -> Result<usize> {
    let mut query = db.prepare_cached("SELECT 1 FROM outbox WHERE flow = ?1 AND early = 1 AND deadline <= ?2")?;
    let mut rows = query.query([flow.0, deadline])?;
    let mut count = 0;
    while count < most && rows.next()?.is_some() {
        count += 1;
    }
    Ok(count)
}

/// Where an own message of an instance stands.
pub(crate) fn state(db: &Connection, instance: Uuid, id: Uuid) -> Result<MessageState> {
    let queued = db
        .prepare_cached("SELECT 1 FROM outbox JOIN flows ON flows.id = flow WHERE outbox.id = ?1 AND source = ?2")?
        .exists(params![id.as_bytes(), instance.as_bytes()])?;
    if queued {
        return Ok(MessageState::Queued);
    }
    db.prepare_cached("SELECT state FROM ended WHERE id = ?1 AND instance = ?2")?
        .query_row(params![id.as_bytes(), instance.as_bytes()], |row| row.get(0))
        .optional()?
        .ok_or(Error::UnknownMessage(id))
}

/// Flows, with the peers they lead to; and a deadline.
type Due = (Vec<(FlowId, Peer)>, Option<Millis>);

/// The flows in which messages are pending, found by going from one to the next: not over all their messages, of which
/// there may be a million.
const PENDING: &str = "WITH RECURSIVE pending (flow) AS (
    SELECT min(entry) >> 40 FROM outbox
    UNION ALL
    SELECT (SELECT min(entry) >> 40 FROM outbox WHERE entry >= pending.flow + 1 << 40)
    FROM pending WHERE pending.flow IS NOT NULL
)";

/// The next deadline of each of them: of the first message, or of one that is early.
const DEADLINES_OF: &str = concat!(
    "SELECT flows.id, flows.peer, min(
        (SELECT deadline FROM outbox WHERE ",
    of_flow!("pending.flow"),
    " ORDER BY entry LIMIT 1),
        ifnull((SELECT min(deadline) FROM outbox WHERE flow = pending.flow AND early = 1), ?1))
    FROM pending JOIN flows ON flows.id = pending.flow"
);

/// Flows with messages whose deadline is at or before `wall`, with the peers they lead to; and the next deadline of the
/// others.
pub(crate) fn due(db: &Connection, wall: Millis) -> Result<Due> {
    let mut query = db.prepare_cached(&format!("{PENDING} {DEADLINES_OF}"))?;
    let mut rows = query.query([Millis::MAX])?;
    let (mut flows, mut next) = (Vec::new(), None::<Millis>);
    while let Some(row) = rows.next()? {
        let deadline: Millis = row.get(2)?;
        if deadline <= wall {
            flows.push((FlowId(row.get(0)?), Peer(Bytes::from(row.get::<_, Vec<u8>>(1)?))));
        } else {
            next = Some(next.map_or(deadline, |next| next.min(deadline)));
        }
    }
    Ok((flows, next))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;
    use crate::store::flows;
    use crate::store::instances::{self, tests::instance};
    use crate::store::migrations::in_memory;
    use mutiny_delivery::message::Epoch;

    /// How many steps of SQLite's it takes to look for what is due, where so many messages are overdue and as many are not.
    fn steps(messages: u64) -> i32 {
        let db = in_memory();
        instances::insert(&db, &instance(1)).unwrap();
        let peer = Peer(Bytes::from_static(b"peer"));
        let flow = flows::begin(&db, instance(1).id, &peer, Uuid::from_u128(9), Epoch(1)).unwrap();
        for seq in 0..2 * messages {
            let deadline = if seq % 2 == 0 { 1_000 } else { 5_000 };
            let early = seq > 0 && seq % 2 == 0;
            let id = Uuid::from_u128(u128::from(seq));
            let message = Message { seq, id, content: Content::Json, sent: 0, deadline, body: Bytes::new() };
            insert(&db, flow.id, &message, early).unwrap();
        }
        assert_eq!(due(&db, 999).unwrap(), (vec![], Some(1_000)));
        assert_eq!(due(&db, 2_000).unwrap(), (vec![(flow.id, peer)], None));
        let mut query = db.prepare(&format!("{PENDING} {DEADLINES_OF}")).unwrap();
        let mut rows = query.query([Millis::MAX]).unwrap();
        while rows.next().unwrap().is_some() {}
        drop(rows);
        query.get_status(StatementStatus::VmStep)
    }

    fn put(db: &Connection, flow: FlowId, seq: u64) -> Result<()> {
        let (id, body) = (Uuid::from_u64_pair(flow.0 as u64, seq), Bytes::new());
        insert(db, flow, &Message { seq, id, content: Content::Json, sent: 0, deadline: 9, body }, false)
    }

    #[test]
    fn flows_are_neighbours_and_do_not_touch() {
        const LAST: u64 = (1 << 40) - 1;
        let db = in_memory();
        let peer = Peer(Bytes::from_static(b"peer"));
        let [first, second] = [1, 2].map(|n| {
            instances::insert(&db, &instance(n)).unwrap();
            flows::begin(&db, instance(n).id, &peer, Uuid::from_u128(9), Epoch(1)).unwrap().id
        });
        for flow in [first, second] {
            [0, 7, LAST].into_iter().for_each(|seq| put(&db, flow, seq).unwrap());
            assert!(matches!(put(&db, flow, LAST + 1), Err(Error::QuotaExceeded(_))));
        }
        let numbers = |flow, from| {
            let (messages, _) = load(&db, flow, from, 9, 9).unwrap();
            messages.iter().map(|message| message.seq).collect::<Vec<_>>()
        };
        assert_eq!((numbers(first, 1), numbers(second, 0)), (vec![7, LAST], vec![0, 7, LAST]));
        end(&db, first, 0..LAST + 1, Millis::MAX, 2, (MessageState::Delivered, 1)).unwrap();
        assert_eq!((super::first(&db, first).unwrap(), super::first(&db, second).unwrap()), (Some(LAST), Some(0)));

        instances::remove(&db, instance(1).id).unwrap();
        assert_eq!((super::first(&db, first).unwrap(), numbers(second, 0).len()), (None, 3));
    }

    #[test]
    fn looking_for_what_is_due_takes_no_longer_where_much_is() {
        assert_eq!(steps(2), steps(500));
    }
}
