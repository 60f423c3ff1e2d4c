//! How own messages ended, for as long as somebody may ask. Table and state are in [`super::outbox`], which fills it.
//!
//! What failed is listed over an index. What was delivered is not: an index by flow has a page to write for each flow at
//! every commit, and with a thousand of them that cost more than all else. Each message names the one of its flow that
//! was delivered before it instead, and the flow names the last: a list that is read from its newest end.

use std::collections::HashMap;

use rusqlite::{Connection, params};
use uuid::Uuid;

use crate::error::Result;
use crate::view::{MessageState, Millis};

/// Lists of what was delivered, in place of an index of all that ended.
pub(super) const CHAINED: &str = "
    ALTER TABLE ended ADD COLUMN before BLOB; -- delivered before it in its flow; NULL: nothing, or it failed
    ALTER TABLE flows ADD COLUMN latest BLOB; -- delivered last; NULL: nothing
    ALTER TABLE flows ADD COLUMN delivered INTEGER NOT NULL DEFAULT 0; -- how many, as far as they are not forgotten
    UPDATE ended SET before = chain.before
        FROM (SELECT id, lag(id) OVER (PARTITION BY flow ORDER BY id) AS before FROM ended
              WHERE state = 'delivered' AND flow IS NOT NULL) AS chain
        WHERE chain.id = ended.id;
    UPDATE flows SET latest = sum.latest, delivered = sum.delivered
        FROM (SELECT flow, max(id) AS latest, count(*) AS delivered FROM ended
              WHERE state = 'delivered' AND flow IS NOT NULL GROUP BY flow) AS sum
        WHERE sum.flow = flows.id;
    DROP INDEX ended_by_flow;
    CREATE INDEX ended_as_failed ON ended (flow, id) WHERE state = 'failed';
";

/// For how long it is remembered how a message ended.
pub(crate) const REMEMBERED: Millis = 90 * 24 * 60 * 60 * 1_000;

/// Whether an instance sent a message that has ended, and is not forgotten.
pub(crate) fn is_known(db: &Connection, instance: Uuid, id: Uuid) -> Result<bool> {
    Ok(db
        .prepare_cached("SELECT 1 FROM ended WHERE id = ?1 AND instance = ?2")?
        .exists(params![id.as_bytes(), instance.as_bytes()])?)
}

/// Forgets up to `most` messages that ended more than [`REMEMBERED`] before `now`. Returns how many there were.
///
/// Ids begin with the time of sending, and no message ends before it is sent. So those concerned are at the beginning of
/// the table, whatever else is in it, and no further index has to be kept up for them with each message that ends.
pub(crate) fn forget(db: &Connection, now: Millis, most: u32) -> Result<usize> {
    let until = now - REMEMBERED;
    let mut delete = db.prepare_cached(
        "DELETE FROM ended WHERE id IN (SELECT id FROM ended WHERE id < ?1 AND ended < ?2 LIMIT ?3)
         RETURNING flow, state",
    )?;
    let rows = delete.query_map(params![first_id(until), until, most], |row| {
        Ok((row.get::<_, Option<i64>>(0)?, row.get::<_, MessageState>(1)?))
    })?;
    let forgotten = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    let mut delivered = HashMap::<i64, i64>::new();
    for flow in forgotten.iter().filter(|(_, state)| *state == MessageState::Delivered).filter_map(|(flow, _)| *flow) {
        *delivered.entry(flow).or_default() += 1;
    }
    for (flow, count) in delivered {
        db.prepare_cached("UPDATE flows SET delivered = delivered - ?2 WHERE id = ?1")?.execute([flow, count])?;
    }
    Ok(forgotten.len())
}

/// The lowest id that a message sent at `time` can have: the first 48 bits of a UUID of version 7 are its milliseconds.
fn first_id(time: Millis) -> [u8; 16] {
    let mut id = [0; 16];
    id[..6].copy_from_slice(&time.clamp(0, (1 << 48) - 1).to_be_bytes()[2..]);
    id
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use bytes::Bytes;
    use mutiny_delivery::message::{Content, Epoch, Message, Peer};
    use mutiny_delivery::store::Usage;
    use uuid::Timestamp;

    use super::*;
    use crate::error::Error;
    use crate::store::instances::tests::instance;
    use crate::store::migrations::in_memory;
    use crate::store::{Db, activity, flows, instances, outbox};
    use crate::view::MessageState;

    const NOW: Millis = 1_800_000_000_000;
    const DAY: Millis = 24 * 60 * 60 * 1_000;

    fn with_instance() -> Db {
        let db = in_memory();
        instances::insert(&db, &instance(1)).unwrap();
        db
    }

    /// A message that was sent at one time and delivered at another.
    fn message(db: &Connection, sent: Millis, ended: Millis) -> Uuid {
        let id = Uuid::new_v7(Timestamp::from_unix_time(sent as u64 / 1000, sent as u32 % 1000 * 1_000_000, 0, 0));
        db.execute(
            "INSERT INTO ended (id, instance, state, ended) VALUES (?1, ?2, ?3, ?4)",
            params![id.as_bytes(), instance(1).id.as_bytes(), MessageState::Delivered, ended],
        )
        .unwrap();
        id
    }

    #[test]
    fn what_ended_long_ago_is_forgotten_and_what_ended_lately_is_not() {
        let db = with_instance();
        let old = message(&db, NOW - 98 * DAY, NOW - 91 * DAY);
        let waited = message(&db, NOW - 98 * DAY, NOW - 89 * DAY);
        let fresh = message(&db, NOW - DAY, NOW);
        assert_eq!(forget(&db, NOW, 100).unwrap(), 1);
        let state = |id| outbox::state(&db, instance(1).id, id);
        assert!(matches!(state(old), Err(Error::UnknownMessage(id)) if id == old));
        for id in [waited, fresh] {
            assert_eq!(state(id).unwrap(), MessageState::Delivered);
        }
        // Two days later that one is of age as well.
        assert_eq!(forget(&db, NOW + 2 * DAY, 100).unwrap(), 1);
        assert!(state(waited).is_err());
        assert_eq!(forget(&db, NOW + 2 * DAY, 100).unwrap(), 0);
    }

    #[test]
    fn many_are_forgotten_in_small_steps() {
        let db = with_instance();
        for n in 0..10 {
            message(&db, NOW - 200 * DAY + n, NOW - 200 * DAY + n);
        }
        let steps: Vec<usize> = (0..4).map(|_| forget(&db, NOW, 4).unwrap()).collect();
        assert_eq!(steps, [4, 4, 2, 0]);
    }

    #[test]
    fn what_is_forgotten_was_delivered_before_the_rest_and_no_longer_counts() {
        let db = with_instance();
        let peer = Peer(Bytes::from_static(b"ben"));
        let flow = flows::begin(&db, instance(1).id, &peer, Uuid::nil(), Epoch(1)).unwrap();
        for (seq, ended) in [NOW - 95 * DAY, NOW - 94 * DAY, NOW].into_iter().enumerate() {
            let (seq, id) = (seq as u64, Uuid::from_bytes(first_id(ended)));
            let message = Message { seq, id, content: Content::Json, sent: 0, deadline: 0, body: Bytes::new() };
            outbox::insert(&db, flow.id, &message, false).unwrap();
            flows::advance(&db, flow.clone(), seq, Usage { messages: 1, bytes: 0 }).unwrap();
            outbox::end(&db, flow.id, seq..seq + 1, 0, 9, (MessageState::Delivered, ended)).unwrap();
        }
        let listed = || {
            let (messages, places) = activity::deliveries(&db, (instance(1).id, &peer), None, 9).unwrap();
            assert_eq!(places, []);
            let counted = activity::fares(&db).unwrap()[0].delivered;
            (messages.iter().map(|message| message.ended.unwrap() - NOW).collect::<Vec<_>>(), counted)
        };
        assert_eq!(listed(), (vec![0, -94 * DAY, -95 * DAY], 3));
        assert_eq!(forget(&db, NOW, 9).unwrap(), 2);
        assert_eq!(listed(), (vec![0], 1));
    }

    #[test]
    fn looking_for_them_does_not_walk_through_the_others() {
        let db = with_instance();
        let plan: String = db
            .query_row(
                "EXPLAIN QUERY PLAN SELECT id FROM ended WHERE id < ?1 AND ended < ?2 LIMIT ?3",
                params![first_id(NOW), NOW, 1],
                |row| row.get("detail"),
            )
            .unwrap();
        assert!(plan.contains("USING PRIMARY KEY (id<?)"), "{plan}");
    }
}
