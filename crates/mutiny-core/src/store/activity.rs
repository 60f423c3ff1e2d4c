//! How own messages fare, for the person to see: who waits for whom, what failed, what arrived. And their withdrawal.
//!
//! Nothing here counts or walks through a whole queue: what is listed comes in pages over an index, and what is counted
//! is counted up to [`COUNTED`].

use bytes::Bytes;
use mutiny_delivery::message::{FlowId, HOST, Peer};
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use super::columns::{text_enum, uuid, uuid_or_null};
use super::outbox::of_flow;
use crate::error::Result;
use crate::view::{FailureReason, MessageState, Millis, Outcome, OwnMessage};

/// How a message ended, beside the bare state: where it was going, and what a person wants to know of it. Messages that
/// ended before these columns were there have none of it, and are not listed.
pub(super) const SCHEMA: &str = "
    ALTER TABLE ended ADD COLUMN flow INTEGER;
    ALTER TABLE ended ADD COLUMN sent INTEGER;
    ALTER TABLE ended ADD COLUMN bytes INTEGER;
    ALTER TABLE ended ADD COLUMN reason TEXT;  -- NULL: delivered
    ALTER TABLE ended ADD COLUMN outcome TEXT; -- likewise
    DROP INDEX ended_by_instance;
    CREATE INDEX ended_by_flow ON ended (flow, state, id);
";

text_enum!(FailureReason {
    Expired => "expired",
    UnknownInstance => "unknown-instance",
    NotInvited => "not-invited",
    Blocked => "blocked",
    TooLarge => "too-large",
    Malformed => "malformed",
    Forgotten => "forgotten",
    Withdrawn => "withdrawn",
});
text_enum!(Outcome { NotDelivered => "not-delivered", Unknown => "unknown" });

/// The deadline of a message that was withdrawn: always in the past, and no message is sent with it.
pub(super) const WITHDRAWN: Millis = 0;

/// As far as messages are counted for a summary.
pub(crate) const COUNTED: u32 = 1_000;

/// How many flows are summed up, the newest of them.
const FLOWS: usize = 2_000;

/// How many flows from one instance to one peer are listed: one for invitations and one for each instance there.
const FLOWS_OF_ONE: usize = 64;

/// Notes why a message failed that was taken out of the outbox just now.
pub(crate) fn explain(db: &Connection, id: Uuid, reason: FailureReason, outcome: Outcome) -> Result<()> {
    db.prepare_cached("UPDATE ended SET reason = ?2, outcome = ?3 WHERE id = ?1")?.execute(params![
        id.as_bytes(),
        reason,
        outcome
    ])?;
    Ok(())
}

/// Why a message of an instance failed, if it did. Of those that failed before that was kept it is not known: what is said
/// of them then leaves their sender as careful as it has to be.
pub(crate) fn failure(db: &Connection, id: Uuid) -> Result<(FailureReason, Outcome)> {
    let kept: Option<(Option<FailureReason>, Option<Outcome>)> = db
        .prepare_cached("SELECT reason, outcome FROM ended WHERE id = ?1")?
        .query_row([id.as_bytes()], |row| Ok((row.get("reason")?, row.get("outcome")?)))
        .optional()?;
    let (reason, outcome) = kept.unwrap_or_default();
    Ok((reason.unwrap_or(FailureReason::Expired), outcome.unwrap_or(Outcome::Unknown)))
}

/// Whom a message is for that waits.
pub(crate) fn waits_for(db: &Connection, id: Uuid) -> Result<Option<Peer>> {
    Ok(db
        .prepare_cached("SELECT peer FROM outbox JOIN flows ON flows.id = flow WHERE outbox.id = ?1")?
        .query_row([id.as_bytes()], |row| Ok(Peer(Bytes::from(row.get::<_, Vec<u8>>("peer")?))))
        .optional()?)
}

/// How the messages of one flow fare. Counts end at [`COUNTED`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fare {
    pub(crate) flow: FlowId,
    pub(crate) source: Uuid,
    pub(crate) peer: Peer,
    pub(crate) waiting: u32,
    pub(crate) failed: u32,
    pub(crate) delivered: u32,
    /// When the first that waits was sent.
    pub(crate) since: Option<Millis>,
    /// When something was sent or ended last, as far as that is known.
    pub(crate) last: Millis,
}

/// How the messages of all flows fare in which there are any.
pub(crate) fn fares(db: &Connection) -> Result<Vec<Fare>> {
    let mut query = db.prepare_cached(
        "SELECT id, source, peer, waiting, delivered, (SELECT ended FROM ended WHERE ended.id = latest) AS last
         FROM flows ORDER BY id DESC LIMIT ?1",
    )?;
    let fare = |row: &Row<'_>| {
        let count = |column| Ok::<_, rusqlite::Error>(row.get::<_, u32>(column)?.min(COUNTED));
        Ok(Fare {
            flow: FlowId(row.get("id")?),
            source: uuid(row, "source")?,
            peer: Peer(Bytes::from(row.get::<_, Vec<u8>>("peer")?)),
            waiting: count("waiting")?,
            failed: 0,
            delivered: count("delivered")?,
            since: None,
            last: row.get::<_, Option<Millis>>("last")?.unwrap_or(Millis::MIN),
        })
    };
    let mut fares = query.query_map([FLOWS as i64], fare)?.collect::<rusqlite::Result<Vec<_>>>()?;
    for fare in &mut fares {
        let (since, sent_last) = waiting(db, fare.flow)?;
        let (failed, failed_last) = failed(db, fare.flow)?;
        let last = [sent_last, failed_last].into_iter().flatten().max().unwrap_or(Millis::MIN);
        (fare.since, fare.failed, fare.last) = (since, failed, fare.last.max(last));
    }
    fares.retain(|fare| fare.last > Millis::MIN);
    Ok(fares)
}

/// How many messages of instances that are here failed after `since`, but for those that the person took back. Of each flow
/// only the newest [`COUNTED`] are looked at.
pub(crate) fn failed_since(db: &Connection, since: Millis) -> Result<u32> {
    let mut flows = db.prepare_cached(
        "SELECT flows.id FROM flows JOIN instances ON instances.id = flows.source ORDER BY flows.id DESC LIMIT ?1",
    )?;
    let mut count = db.prepare_cached(
        "SELECT count(*) FROM (SELECT ended, reason FROM ended WHERE flow = ?1 AND state = 'failed'
                               ORDER BY id DESC LIMIT ?2)
         WHERE ended > ?3 AND reason IS NOT ?4",
    )?;
    let mut sum: u32 = 0;
    let ids = flows.query_map([FLOWS as i64], |row| row.get::<_, i64>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
    for id in ids {
        let of_flow: u32 = count.query_row(params![id, COUNTED, since, FailureReason::Withdrawn], |row| row.get(0))?;
        sum = sum.saturating_add(of_flow).min(COUNTED);
    }
    Ok(sum)
}

/// Whom a message of an instance was for that failed, unless the person took it back.
pub(crate) fn failed_for(db: &Connection, instance: Uuid, message: Uuid) -> Result<Option<Peer>> {
    Ok(db
        .prepare_cached(
            "SELECT peer FROM ended JOIN flows ON flows.id = flow
             WHERE ended.id = ?1 AND instance = ?2 AND state = ?3 AND reason IS NOT ?4",
        )?
        .query_row(
            params![message.as_bytes(), instance.as_bytes(), MessageState::Failed, FailureReason::Withdrawn],
            |row| Ok(Peer(Bytes::from(row.get::<_, Vec<u8>>("peer")?))),
        )
        .optional()?)
}

/// When the first and the last message of a flow were sent that wait.
fn waiting(db: &Connection, flow: FlowId) -> Result<(Option<Millis>, Option<Millis>)> {
    let end = |query| -> Result<Option<Millis>> {
        Ok(db.prepare_cached(query)?.query_row([flow.0], |row| row.get(0)).optional()?)
    };
    let first = end(concat!("SELECT sent FROM outbox WHERE ", of_flow!("?1"), " ORDER BY entry LIMIT 1"))?;
    let last = end(concat!("SELECT sent FROM outbox WHERE ", of_flow!("?1"), " ORDER BY entry DESC LIMIT 1"))?;
    Ok((first, last))
}

/// How many messages of a flow failed, and when the last of them did.
fn failed(db: &Connection, flow: FlowId) -> Result<(u32, Option<Millis>)> {
    let count = db
        .prepare_cached("SELECT count(*) FROM (SELECT 1 FROM ended WHERE flow = ?1 AND state = 'failed' LIMIT ?2)")?
        .query_row(params![flow.0, COUNTED], |row| row.get(0))?;
    let last = db
        .prepare_cached("SELECT ended FROM ended WHERE flow = ?1 AND state = 'failed' ORDER BY id DESC LIMIT 1")?
        .query_row([flow.0], |row| row.get(0))
        .optional()?;
    Ok((count, last))
}

/// One of the flows from an instance to a peer.
struct Between {
    flow: FlowId,
    /// It carries invitations.
    invitation: bool,
    /// Messages numbered below may have left.
    gone: i64,
    /// The message that was delivered last.
    latest: Option<Uuid>,
}

/// The flows from an instance to a peer, that of invitations first.
fn flows_between(db: &Connection, source: Uuid, peer: &Peer) -> Result<Vec<Between>> {
    let mut query = db.prepare_cached(
        "SELECT id, target, gone, latest FROM flows WHERE source = ?1 AND peer = ?2 ORDER BY target LIMIT ?3",
    )?;
    let rows = query.query_map(params![source.as_bytes(), &peer.0[..], FLOWS_OF_ONE as i64], |row| {
        Ok(Between {
            flow: FlowId(row.get(0)?),
            invitation: uuid(row, 1)? == HOST,
            gone: row.get(2)?,
            latest: uuid_or_null(row, 3)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Messages of a flow behind a number. With one lower bound: with two, SQLite may seek by the wrong one.
const QUEUED: &str = "SELECT seq, id, sent, deadline, length(body) AS bytes FROM outbox
    WHERE entry > (?1 << 40) + ?2 AND entry < ?1 + 1 << 40 ORDER BY entry LIMIT ?3";

/// Messages of an instance that wait for a peer, oldest first: up to `count` of them behind those that `after` names by
/// flow and number. Each with its place, by which the next page goes on.
pub(crate) fn queued(
    db: &Connection,
    (source, peer): (Uuid, &Peer),
    after: &[(i64, i64)],
    count: usize,
) -> Result<Vec<(OwnMessage, (i64, i64))>> {
    let mut query = db.prepare_cached(QUEUED)?;
    let mut found = Vec::new();
    for Between { flow, invitation, gone, .. } in flows_between(db, source, peer)? {
        let behind = after.iter().find(|(of, _)| *of == flow.0).map_or(-1, |(_, seq)| *seq);
        let rows = query.query_map(params![flow.0, behind, count as i64], |row| {
            let (seq, deadline): (i64, Millis) = (row.get("seq")?, row.get("deadline")?);
            let withdrawing = deadline <= WITHDRAWN;
            let message = OwnMessage {
                id: uuid(row, "id")?,
                state: MessageState::Queued,
                invitation,
                bytes: row.get("bytes")?,
                sent: row.get("sent")?,
                left: seq < gone,
                withdrawing,
                deadline: Some(deadline).filter(|_| !withdrawing),
                ended: None,
                reason: None,
                outcome: None,
            };
            Ok((message, (flow.0, seq)))
        })?;
        found.extend(rows.collect::<rusqlite::Result<Vec<_>>>()?);
    }
    found.sort_by_key(|(message, _)| message.id);
    found.truncate(count);
    Ok(found)
}

/// Messages of an instance to a peer that failed, newest first: up to `count` of them that were sent before `before`.
pub(crate) fn failures(
    db: &Connection,
    (source, peer): (Uuid, &Peer),
    before: Option<Uuid>,
    count: usize,
) -> Result<Vec<OwnMessage>> {
    let before = before.unwrap_or(Uuid::max());
    let mut found = Vec::new();
    for Between { flow, invitation, .. } in flows_between(db, source, peer)? {
        let mut query = db.prepare_cached(
            "SELECT * FROM ended WHERE flow = ?1 AND state = 'failed' AND id < ?2 ORDER BY id DESC LIMIT ?3",
        )?;
        let rows = query.query_map(params![flow.0, before.as_bytes(), count as i64], |row| ending(row, invitation))?;
        found.extend(rows.collect::<rusqlite::Result<Vec<_>>>()?);
    }
    found.sort_by_key(|message| std::cmp::Reverse(message.id));
    found.truncate(count);
    Ok(found)
}

/// Where a list of what was delivered goes on: flows, each with the next message of it.
pub(crate) type Places = Vec<(i64, Uuid)>;

/// Messages of an instance to a peer that were delivered, newest first: up to `count` of them, from `places` on; and the
/// places behind those. Without places it begins with the newest.
pub(crate) fn deliveries(
    db: &Connection,
    (source, peer): (Uuid, &Peer),
    places: Option<&Places>,
    count: usize,
) -> Result<(Vec<OwnMessage>, Places)> {
    // Of each flow the next one, and what was delivered before that.
    let mut heads = Vec::new();
    for between in flows_between(db, source, peer)? {
        let next = match places {
            Some(places) => places.iter().find(|(flow, _)| *flow == between.flow.0).map(|(_, id)| *id),
            None => between.latest,
        };
        heads.extend(delivery(db, &between, next)?.map(|head| (between, head)));
    }
    let mut found = Vec::new();
    while found.len() < count
        && let Some(newest) = (0..heads.len()).max_by_key(|index| heads[*index].1.0.id)
    {
        let (between, (message, before)) = heads.swap_remove(newest);
        heads.extend(delivery(db, &between, before)?.map(|head| (between, head)));
        found.push(message);
    }
    Ok((found, heads.into_iter().map(|(between, (message, _))| (between.flow.0, message.id)).collect()))
}

/// A message of a flow that was delivered, and which one was before it; nothing where it is forgotten.
fn delivery(db: &Connection, of: &Between, id: Option<Uuid>) -> Result<Option<(OwnMessage, Option<Uuid>)>> {
    let Some(id) = id else { return Ok(None) };
    let mut query = db.prepare_cached("SELECT * FROM ended WHERE id = ?1 AND flow = ?2 AND state = 'delivered'")?;
    let row = |row: &Row<'_>| Ok((ending(row, of.invitation)?, uuid_or_null(row, "before")?));
    Ok(query.query_row(params![id.as_bytes(), of.flow.0], row).optional()?)
}

fn ending(row: &Row<'_>, invitation: bool) -> rusqlite::Result<OwnMessage> {
    let outcome: Option<Outcome> = row.get("outcome")?;
    Ok(OwnMessage {
        id: uuid(row, "id")?,
        state: row.get("state")?,
        invitation,
        bytes: row.get::<_, Option<u32>>("bytes")?.unwrap_or(0),
        sent: row.get::<_, Option<Millis>>("sent")?.unwrap_or(0),
        left: outcome != Some(Outcome::NotDelivered),
        withdrawing: false,
        deadline: None,
        ended: row.get("ended")?,
        reason: row.get("reason")?,
        outcome,
    })
}

/// A message that was marked as withdrawn, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Marked {
    pub(crate) id: Uuid,
    pub(crate) source: Uuid,
    pub(crate) flow: FlowId,
    pub(crate) peer: Peer,
}

/// Marks a message of an instance as withdrawn, if it still waits. From the commit on it is overdue: however this host
/// goes on from there, it will not send the message.
pub(crate) fn withdraw(db: &Connection, instance: Uuid, id: Uuid) -> Result<Option<Marked>> {
    let found = db
        .prepare_cached(
            "SELECT entry, flow, peer FROM outbox JOIN flows ON flows.id = flow WHERE outbox.id = ?1 AND source = ?2",
        )?
        .query_row(params![id.as_bytes(), instance.as_bytes()], |row| {
            let peer = Peer(Bytes::from(row.get::<_, Vec<u8>>("peer")?));
            Ok((row.get::<_, i64>("entry")?, Marked { id, source: instance, flow: FlowId(row.get("flow")?), peer }))
        })
        .optional()?;
    let Some((entry, marked)) = found else { return Ok(None) };
    mark(db, entry)?;
    Ok(Some(marked))
}

/// Marks messages to a peer as withdrawn: of one instance, or of all; up to `count` of those that are not marked yet, in
/// the order of each flow.
pub(crate) fn withdraw_some(db: &Connection, peer: &Peer, instance: Option<Uuid>, count: usize) -> Result<Vec<Marked>> {
    let mut query = db.prepare_cached(concat!(
        "SELECT entry, outbox.id AS id, source, flow FROM flows JOIN outbox ON ",
        of_flow!("flows.id"),
        " WHERE peer = ?1 AND (?2 IS NULL OR source = ?2) AND deadline > ?3 ORDER BY flows.id, entry LIMIT ?4",
    ))?;
    let instance = instance.as_ref().map(Uuid::as_bytes);
    let rows = query.query_map(params![&peer.0[..], instance, WITHDRAWN, count as i64], |row| {
        let (id, source, flow) = (uuid(row, "id")?, uuid(row, "source")?, FlowId(row.get("flow")?));
        Ok((row.get::<_, i64>("entry")?, Marked { id, source, flow, peer: peer.clone() }))
    })?;
    let found = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    found.into_iter().map(|(entry, marked)| mark(db, entry).map(|()| marked)).collect()
}

fn mark(db: &Connection, entry: i64) -> Result<()> {
    db.prepare_cached("UPDATE outbox SET deadline = ?2, early = 1 WHERE entry = ?1")?.execute([entry, WITHDRAWN])?;
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
