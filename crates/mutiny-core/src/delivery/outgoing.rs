//! What `send()` writes: messages with the next numbers of their flows.
//!
//! As many at a time as wait. What they have in common (how full the outboxes are, where a flow stands) is read and
//! written once for all of them, so that for each message there is one statement.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use bytes::Bytes;
use mutiny_delivery::message::{Content, Epoch, Flow, Message, Peer};
use mutiny_delivery::store::Usage;
use uuid::Uuid;

use super::driver::random;
use crate::error::{Error, Result};
use crate::failpoint::is_armed;
use crate::store::{Db, flows, outbox, outboxes};
use crate::view::Millis;

/// A message that is to be sent.
pub(crate) struct Outgoing {
    pub(crate) id: Uuid,
    pub(crate) source: Uuid,
    pub(crate) peer: Peer,
    pub(crate) target: Uuid,
    pub(crate) content: Content,
    pub(crate) body: Bytes,
    pub(crate) sent: Millis,
    pub(crate) deadline: Millis,
}

/// A message in the outbox, and its flow.
pub(crate) type Queued = (Flow, Message);

/// Puts a message into the outbox. `left`: mark it, in the same transaction, as one that may have left this machine, so
/// that it can go at once.
pub(crate) fn enqueue(db: &Db, message: &Outgoing, left: bool) -> Result<Queued> {
    let mut queued = enqueue_all(db, [(message, left)])?;
    queued.pop().unwrap_or(Err(Error::UnknownInstance(message.source)))
}

/// Puts messages into the outbox as [`enqueue`] does, each for itself: as far as there is room for it and its instance is
/// there. An error of the whole is one of the database.
pub(crate) fn enqueue_all<'a>(
    db: &Db,
    messages: impl IntoIterator<Item = (&'a Outgoing, bool)>,
) -> Result<Vec<Result<Queued>>> {
    let mut flows = Flows::new();
    let mut queued = Vec::new();
    for (message, left) in messages {
        queued.push(match put(db, &mut flows, message, left) {
            Err(Error::Storage(error)) => return Err(error.into()),
            outcome => outcome,
        });
    }
    flows.into_values().try_for_each(|Used { row, first, more }| flows::advance(db, row, first, more))?;
    Ok(queued)
}

/// The flows that messages are put into, by what they lie between.
type Flows<'a> = HashMap<(Uuid, &'a Peer, Uuid), Used>;

/// A flow that messages are put into.
struct Used {
    /// As it will be.
    row: flows::Outgoing,
    /// The number of its first pending message before that.
    first: u64,
    /// What was put into it.
    more: Usage,
}

fn put<'a>(db: &Db, flows: &mut Flows<'a>, message: &'a Outgoing, left: bool) -> Result<Queued> {
    let &Outgoing { id, source, ref peer, target, content, ref body, sent, deadline } = message;
    let used = |(mut row, first): (flows::Outgoing, u64)| {
        if first == row.next {
            // Nothing waits that a message could be early before.
            row.horizon = Millis::MIN;
        }
        Used { row, first, more: Usage::default() }
    };
    let flow = flows.entry((source, peer, target));
    let known = match &flow {
        Entry::Occupied(_) => None,
        Entry::Vacant(_) => flows::find(db, source, peer, target)?.map(used),
    };
    let begins = matches!(flow, Entry::Vacant(_)) && known.is_none();
    // Before it is counted: what is refused is not there.
    match (&flow, &known) {
        (Entry::Occupied(flow), _) => outbox::check_number(flow.get().row.next)?,
        (_, Some(known)) => outbox::check_number(known.row.next)?,
        _ => flows::check_room(db)?,
    }
    // A test is to see what comes of that.
    let forgets = is_armed("forget-row") && id.as_u128().is_multiple_of(8);
    if !forgets {
        outboxes::admit(db, source, body.len(), begins, sent)?;
    }
    let Used { row, first, more } = match (flow, known) {
        (Entry::Occupied(flow), _) => flow.into_mut(),
        (Entry::Vacant(flow), Some(known)) => flow.insert(known),
        (Entry::Vacant(flow), None) => flow.insert(used((flows::begin(db, source, peer, target, Epoch(random()))?, 0))),
    };
    let message = Message { seq: row.next, id, content, sent, deadline, body: body.clone() };
    if !forgets {
        outbox::insert(db, row.id, &message, deadline < row.horizon)?;
        row.horizon = row.horizon.max(deadline);
        *more = *more + Usage { messages: 1, bytes: body.len() as u64 };
    }
    let queued = (row.flow(Some(*first)), message);
    row.next += 1;
    if forgets && row.waiting + more.messages == 0 {
        *first = row.next;
    }
    if left {
        row.gone = row.next;
    }
    Ok(queued)
}

/// Numbers all flows anew, after this side has lost its memory: the database was restored from a backup.
pub(crate) fn renew_all(db: &Db) -> Result<()> {
    flows::all(db)?.iter().try_for_each(|row| flows::renew(db, row.id, Epoch(random())))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::store::instances;
    use crate::store::instances::tests::instance;
    use crate::store::migrations::in_memory;

    fn message(source: Uuid, target: u128) -> Outgoing {
        Outgoing {
            id: Uuid::now_v7(),
            source,
            peer: Peer(Bytes::from_static(b"bob")),
            target: Uuid::from_u128(target),
            content: Content::Bytes,
            body: Bytes::from_static(b"hello"),
            sent: 1,
            deadline: 2,
        }
    }

    /// What became of each: target, number and first pending number of its flow; `None` where it was refused.
    fn numbers(db: &Db, messages: &[(Outgoing, bool)]) -> Vec<Option<(u128, u64, u64)>> {
        let queued = enqueue_all(db, messages.iter().map(|(message, left)| (message, *left))).unwrap();
        let number = |(flow, message): Queued| (flow.target.as_u128(), message.seq, flow.first);
        queued.into_iter().map(|queued| queued.ok().map(number)).collect()
    }

    #[test]
    fn messages_are_numbered_by_flow_and_one_that_is_refused_leaves_no_gap() {
        let db = in_memory();
        let (own, nobody) = (instance(1).id, instance(2).id);
        instances::insert(&db, &instance(1)).unwrap();
        let batch = [(own, 7, true), (nobody, 7, true), (own, 8, false), (own, 7, true), (own, 7, false)]
            .map(|(source, target, left)| (message(source, target), left));
        assert_eq!(numbers(&db, &batch), [Some((7, 0, 0)), None, Some((8, 0, 0)), Some((7, 1, 0)), Some((7, 2, 0))]);
        assert_eq!(outboxes::usage(&db, own).unwrap().messages, 4);
        let gone: Vec<u64> = flows::all(&db).unwrap().iter().map(|flow| flow.gone).collect();
        assert_eq!(gone, [2, 0], "of each flow, up to the last that may have left");

        let flow = flows::all(&db).unwrap().remove(0);
        outbox::end(&db, flow.id, 0..2, 9, 9, (crate::view::MessageState::Delivered, 3)).unwrap();
        assert_eq!(numbers(&db, &[(message(own, 7), true)]), [Some((7, 3, 2))]);
    }

    /// Also those behind others that have more time.
    #[test]
    fn whatever_is_overdue_ends_in_order_and_the_next_to_be_is_known() {
        let db = in_memory();
        let own = instance(1).id;
        instances::insert(&db, &instance(1)).unwrap();
        let deadlines = [10, 5, 20, 15, 30, 25, 30];
        let batch = deadlines.map(|deadline| (Outgoing { deadline, ..message(own, 7) }, false));
        let (first, second) = batch.split_at(3);
        numbers(&db, first);
        numbers(&db, second);
        let flow = flows::all(&db).unwrap().remove(0);
        let due = |wall| outbox::due(&db, wall).map(|(flows, next)| (flows.len(), next)).unwrap();
        let end = |wall, most| {
            let failed = (crate::view::MessageState::Failed, 99);
            let (ended, _) = outbox::end(&db, flow.id, 0..9, wall, most, failed).unwrap();
            ended.iter().map(|ending| ending.seq).collect::<Vec<_>>()
        };
        assert_eq!(due(4), (0, Some(5)));
        assert_eq!(due(17), (1, None));
        assert_eq!(end(17, 2), [0, 1]);
        assert_eq!(due(17), (1, None));
        assert_eq!(end(17, 2), [3]);
        assert_eq!(due(17), (0, Some(20)));
        assert_eq!(end(29, 9), [2, 5]);
        assert_eq!(due(29), (0, Some(30)));
        assert_eq!(end(30, 9), [4, 6]);
        assert_eq!(due(99), (0, None));
    }
}
