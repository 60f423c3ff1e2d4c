//! Outgoing flows: from an own instance to an instance at a peer, and the numbering of their messages.

use bytes::Bytes;
use mutiny_delivery::message::{Epoch, Flow, FlowId, Peer};
use mutiny_delivery::store::Usage;
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use super::columns::uuid;
use super::db::Db;
use super::known::Known;
use super::outbox::{LAST_FLOW, of_flow};
use crate::error::{Error, Result};
use crate::view::Millis;

pub(super) const SCHEMA: &str = "
    CREATE TABLE flows (
        id     INTEGER PRIMARY KEY,
        source BLOB NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
        peer   BLOB NOT NULL,
        target BLOB NOT NULL CHECK (length(target) = 16),
        epoch  BLOB NOT NULL CHECK (length(epoch) = 16),
        next   INTEGER NOT NULL, -- number of the next message
        gone   INTEGER NOT NULL, -- messages numbered below may have left this machine
        doubt  INTEGER NOT NULL, -- messages numbered below may have been delivered under other numbers
        UNIQUE (source, peer, target)
    ) STRICT;
    CREATE INDEX flows_by_peer ON flows (peer);
";

/// A flow's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outgoing {
    pub(crate) id: FlowId,
    pub(crate) source: Uuid,
    pub(crate) peer: Peer,
    pub(crate) target: Uuid,
    pub(crate) epoch: Epoch,
    /// Number of the next message.
    pub(crate) next: u64,
    /// Messages numbered below may have left this machine.
    pub(crate) gone: u64,
    /// Messages numbered below may have been delivered under the numbers of an earlier epoch.
    pub(crate) doubt: u64,
    /// The latest deadline of the messages that were put into it since nothing waited in it.
    pub(crate) horizon: Millis,
    /// How many messages are pending.
    pub(crate) waiting: u64,
}

/// What a flow lies between: the own instance, the peer, the instance there.
type Ends = (Uuid, Peer, Uuid);

/// Flows in memory, each with the number of its first pending message.
#[derive(Debug, Default)]
pub(super) struct Flows {
    rows: Known<FlowId, (Outgoing, u64)>,
    ids: Known<Ends, FlowId>,
}

impl Flows {
    pub(super) fn clear(&mut self) {
        self.rows.clear();
        self.ids.clear();
    }

    /// All of them, and what they lie between.
    #[cfg(test)]
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Ends, &(Outgoing, u64))> {
        self.ids.iter().filter_map(|(ends, id)| Some((ends, self.rows.get(id)?)))
    }

    fn get(&self, ends: &Ends) -> Option<(Outgoing, u64)> {
        self.rows.get(self.ids.get(ends)?).cloned()
    }

    fn keep(&mut self, flow: Outgoing, first: u64) {
        self.ids.keep((flow.source, flow.peer.clone(), flow.target), flow.id);
        self.rows.keep(flow.id, (flow, first));
    }

    fn forget(&mut self, id: FlowId) {
        self.rows.forget(&id);
    }

    /// Messages of a flow have been delivered. Which is the first now is not known as long as others wait.
    fn delivered(&mut self, id: FlowId, messages: u64) {
        match self.rows.get_mut(&id) {
            Some((flow, first)) if flow.waiting == messages => (flow.waiting, *first) = (0, flow.next),
            _ => self.forget(id),
        }
    }
}

/// The columns of an [`Outgoing`], in the order in which they are read.
macro_rules! columns {
    () => {
        "flows.id, source, peer, target, epoch, next, gone, doubt, horizon, waiting"
    };
}

impl Outgoing {
    /// From a row that begins with the columns: by their places, since looking for names costs as much as
    /// finding the row.
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: FlowId(row.get(0)?),
            source: uuid(row, 1)?,
            peer: Peer(Bytes::from(row.get::<_, Vec<u8>>(2)?)),
            target: uuid(row, 3)?,
            epoch: Epoch(u128::from_be_bytes(row.get(4)?)),
            next: row.get::<_, i64>(5)? as u64,
            gone: row.get::<_, i64>(6)? as u64,
            doubt: row.get::<_, i64>(7)? as u64,
            horizon: row.get(8)?,
            waiting: row.get::<_, i64>(9)? as u64,
        })
    }

    /// As the machine knows it. `first` is the number of its first pending message.
    pub(crate) fn flow(&self, first: Option<u64>) -> Flow {
        Flow {
            id: self.id,
            source: self.source,
            peer: self.peer.clone(),
            target: self.target,
            epoch: self.epoch,
            first: first.unwrap_or(self.next),
        }
    }
}

/// The flow from an own instance to an instance at a peer, if there is one, and the number of its first pending message
/// (the next, where none is pending): from memory where that is known.
pub(crate) fn find(db: &Db, source: Uuid, peer: &Peer, target: Uuid) -> Result<Option<(Outgoing, u64)>> {
    let known = db.flows.borrow().get(&(source, peer.clone(), target));
    if known.is_some() {
        return Ok(known);
    }
    Ok(db
        .prepare_cached(concat!(
            "SELECT ",
            columns!(),
            ", CASE waiting WHEN 0 THEN next ELSE (SELECT seq FROM outbox WHERE ",
            of_flow!("flows.id"),
            " ORDER BY entry LIMIT 1) END
             FROM flows WHERE source = ?1 AND peer = ?2 AND target = ?3",
        ))?
        .query_row(params![source.as_bytes(), &peer.0[..], target.as_bytes()], |row| {
            let flow = Outgoing::from_row(row)?;
            let first = row.get::<_, Option<i64>>(10)?.map_or(flow.next, |first| first as u64);
            Ok((flow, first))
        })
        .optional()?)
}

/// Whether another flow can begin.
pub(crate) fn check_room(db: &Db) -> Result<()> {
    if db.last_flow.get() < LAST_FLOW {
        return Ok(());
    }
    Err(Error::QuotaExceeded(
        "Apps of this host have written to more others than it can count. Remove one that you do not need, end Mutiny and \
         start it again."
            .to_owned(),
    ))
}

/// Begins a flow, numbered in `epoch`.
///
/// Its id was no other's since the database was opened: streams know flows by it, also such as are gone.
pub(crate) fn begin(db: &Db, source: Uuid, peer: &Peer, target: Uuid, epoch: Epoch) -> Result<Outgoing> {
    check_room(db)?;
    let id = 1 + db.last_flow.get();
    db.prepare_cached(
        "INSERT INTO flows (id, source, peer, target, epoch, next, gone, doubt) VALUES (?1, ?2, ?3, ?4, ?5, 0, 0, 0)",
    )?
    .execute(params![id, source.as_bytes(), &peer.0[..], target.as_bytes(), epoch.0.to_be_bytes()])?;
    db.last_flow.set(id);
    Ok(Outgoing {
        id: FlowId(id),
        source,
        peer: peer.clone(),
        target,
        epoch,
        next: 0,
        gone: 0,
        doubt: 0,
        horizon: Millis::MIN,
        waiting: 0,
    })
}

/// The highest id of a flow.
pub(super) fn newest(db: &Connection) -> rusqlite::Result<i64> {
    db.prepare_cached("SELECT ifnull(max(id), 0) FROM flows")?.query_row([], |row| row.get(0))
}

/// Forgets flows in which nothing waits and of whose messages nobody can ask any more. Whatever is sent there next begins
/// another one. To be called while no stream is open: one that knew of such a flow would go on offering it.
pub(crate) fn forget_unused(db: &Db) -> Result<()> {
    let mut delete = db.prepare_cached(concat!(
        "DELETE FROM flows WHERE id IN (
             SELECT id FROM flows WHERE waiting = 0 AND delivered = 0
                 AND NOT EXISTS (SELECT 1 FROM ended WHERE flow = flows.id AND state = 'failed')
                 AND NOT EXISTS (SELECT 1 FROM outbox WHERE ",
        of_flow!("flows.id"),
        "))
         RETURNING source",
    ))?;
    let sources = delete.query_map([], |row| uuid(row, 0))?.collect::<rusqlite::Result<Vec<_>>>()?;
    sources.iter().for_each(|source| db.changed(*source));
    db.forget();
    Ok(())
}

/// A flow, unless its instance was removed.
pub(crate) fn get(db: &Connection, id: FlowId) -> Result<Option<Outgoing>> {
    Ok(db
        .prepare_cached(concat!("SELECT ", columns!(), " FROM flows WHERE id = ?1"))?
        .query_row([id.0], Outgoing::from_row)
        .optional()?)
}

/// All flows.
pub(crate) fn all(db: &Connection) -> Result<Vec<Outgoing>> {
    let mut query = db.prepare_cached(concat!("SELECT ", columns!(), " FROM flows"))?;
    let rows = query.query_map([], Outgoing::from_row)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Goes over to another numbering, in which what is pending keeps its numbers. This side has lost its memory, so what it
/// knows of those messages says nothing: each may have left this machine, and been delivered, in the old numbering.
pub(crate) fn renew(db: &Db, id: FlowId, epoch: Epoch) -> Result<()> {
    db.flows.borrow_mut().forget(id);
    db.prepare_cached("UPDATE flows SET epoch = ?2, gone = next, doubt = next WHERE id = ?1")?
        .execute(params![id.0, epoch.0.to_be_bytes()])?;
    Ok(())
}

/// Keeps where a flow stands, after messages were put into it: the next number, the mark of those that may have left, the
/// latest deadline. And counts them. `first` is the number of its first pending message (the
/// next, where none is pending).
pub(crate) fn advance(db: &Db, mut flow: Outgoing, first: u64, more: Usage) -> Result<()> {
    db.prepare_cached(
        "UPDATE flows SET next = ?2, gone = ?3, horizon = ?4, waiting = waiting + ?5, waiting_bytes = waiting_bytes + ?6
         WHERE id = ?1",
    )?
    .execute(params![
        flow.id.0,
        flow.next as i64,
        flow.gone as i64,
        flow.horizon,
        more.messages as i64,
        more.bytes as i64
    ])?;
    flow.waiting += more.messages;
    db.flows.borrow_mut().keep(flow, first);
    Ok(())
}

/// Moves the mark of those messages on that may have left: as far as there are any.
pub(crate) fn leave(db: &Db, id: FlowId, gone: u64) -> Result<()> {
    db.flows.borrow_mut().forget(id);
    db.prepare_cached("UPDATE flows SET gone = max(gone, min(?2, next)) WHERE id = ?1")?
        .execute(params![id.0, gone as i64])?;
    Ok(())
}

/// Counts out what was delivered, and keeps which message was the last of it.
pub(crate) fn delivered(db: &Db, id: FlowId, latest: Uuid, less: Usage) -> Result<()> {
    db.flows.borrow_mut().delivered(id, less.messages);
    db.prepare_cached(
        "UPDATE flows SET latest = ?2, delivered = delivered + ?3,
             waiting = waiting - ?3, waiting_bytes = waiting_bytes - ?4
         WHERE id = ?1",
    )?
    .execute(params![id.0, latest.as_bytes(), less.messages as i64, less.bytes as i64])?;
    Ok(())
}

/// Counts out what failed.
pub(crate) fn failed(db: &Db, id: FlowId, less: Usage) -> Result<()> {
    db.flows.borrow_mut().forget(id);
    db.prepare_cached("UPDATE flows SET waiting = waiting - ?2, waiting_bytes = waiting_bytes - ?3 WHERE id = ?1")?
        .execute([id.0, less.messages as i64, less.bytes as i64])?;
    Ok(())
}

/// Flows to a peer in which messages are pending.
pub(crate) fn pending(db: &Connection, peer: &Peer) -> Result<Vec<Flow>> {
    let mut query = db.prepare_cached(concat!(
        "SELECT ",
        columns!(),
        ", (SELECT seq FROM outbox WHERE ",
        of_flow!("flows.id"),
        " ORDER BY entry LIMIT 1) AS first
         FROM flows WHERE peer = ?1 AND first IS NOT NULL ORDER BY id"
    ))?;
    let rows = query.query_map([&peer.0[..]], |row| {
        Ok(Outgoing::from_row(row)?.flow(row.get::<_, Option<i64>>("first")?.map(|first| first as u64)))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Peers for which something is pending.
pub(crate) fn waited_for(db: &Connection) -> Result<Vec<Peer>> {
    let mut query = db.prepare_cached(concat!(
        "SELECT DISTINCT peer FROM flows WHERE EXISTS (SELECT 1 FROM outbox WHERE ",
        of_flow!("flows.id"),
        ")",
    ))?;
    let rows = query.query_map([], |row| Ok(Peer(Bytes::from(row.get::<_, Vec<u8>>(0)?))))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// How many messages are pending for a peer, counted up to `most`.
pub(crate) fn waiting(db: &Connection, peer: &Peer, most: u32) -> Result<u32> {
    Ok(db
        .prepare_cached(concat!(
            "SELECT count(*) FROM (SELECT 1 FROM flows JOIN outbox ON ",
            of_flow!("flows.id"),
            " WHERE peer = ?1 LIMIT ?2)",
        ))?
        .query_row(params![&peer.0[..], most], |row| row.get(0))?)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::store::instances::{self, tests::instance};
    use crate::store::known::ROOM;
    use crate::store::migrations::in_memory;
    use crate::store::{ended, outbox};
    use crate::view::MessageState;
    use mutiny_delivery::message::{Content, Message};

    fn flow_to(db: &Db, target: u128) -> Outgoing {
        let peer = Peer(Bytes::from_static(b"ben"));
        begin(db, instance(1).id, &peer, Uuid::from_u128(target), Epoch(1)).unwrap()
    }

    /// A message that waits in a flow; sent when time began.
    fn send(db: &Db, flow: &Outgoing) {
        let id = Uuid::from_u128(flow.id.0 as u128);
        let message = Message { seq: 0, id, content: Content::Json, sent: 0, deadline: 9, body: Bytes::new() };
        outbox::insert(db, flow.id, &message, false).unwrap();
        advance(db, Outgoing { next: 1, ..flow.clone() }, 0, Usage { messages: 1, bytes: 0 }).unwrap();
    }

    #[test]
    fn an_id_is_never_given_again() {
        let db = in_memory();
        instances::insert(&db, &instance(1)).unwrap();
        let first = flow_to(&db, 7);
        instances::remove(&db, instance(1).id).unwrap();
        instances::insert(&db, &instance(1)).unwrap();
        assert!(flow_to(&db, 7).id > first.id);
    }

    #[test]
    fn of_more_flows_than_are_kept_each_is_found_as_it_is() {
        let db = in_memory();
        instances::insert(&db, &instance(1)).unwrap();
        let flows: Vec<_> = (0..=ROOM as u128).map(|target| flow_to(&db, target)).collect();
        for round in 1..3 {
            for flow in &flows {
                let (row, first) = find(&db, flow.source, &flow.peer, flow.target).unwrap().unwrap();
                assert_eq!((row.next, first), (round - 1, round - 1));
                advance(&db, Outgoing { next: round, ..row }, round, Usage::default()).unwrap();
            }
            db.assert_known();
        }
    }

    #[test]
    fn there_are_so_many_ids_and_no_more() {
        let db = in_memory();
        instances::insert(&db, &instance(1)).unwrap();
        db.last_flow.set(LAST_FLOW - 1);
        flow_to(&db, 7);
        let peer = Peer(Bytes::from_static(b"ben"));
        let refused = begin(&db, instance(1).id, &peer, Uuid::from_u128(8), Epoch(1));
        assert!(matches!(refused, Err(Error::QuotaExceeded(_))));
    }

    #[test]
    fn flows_go_with_the_last_that_is_known_of_their_messages() {
        let db = in_memory();
        instances::insert(&db, &instance(1)).unwrap();
        let [waiting, delivered, failed] = [1, 2, 3].map(|target| flow_to(&db, target));
        [&waiting, &delivered, &failed].into_iter().for_each(|flow| send(&db, flow));
        for (flow, state) in [(delivered, MessageState::Delivered), (failed, MessageState::Failed)] {
            outbox::end(&db, flow.id, 0..1, 9, 9, (state, 1)).unwrap();
        }
        forget_unused(&db).unwrap();
        assert_eq!(all(&db).unwrap().len(), 3);
        assert_eq!(ended::forget(&db, 2 + ended::REMEMBERED, 9).unwrap(), 2);
        forget_unused(&db).unwrap();
        assert_eq!(all(&db).unwrap().iter().map(|flow| flow.id).collect::<Vec<_>>(), [waiting.id]);
    }
}
