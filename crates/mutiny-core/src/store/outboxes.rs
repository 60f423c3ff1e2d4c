//! How full the outboxes are, so that a quota never has to count rows.
//!
//! What waits is counted with its flow, in a row that is written with each message anyway. What that comes to for an
//! instance and in all is kept in memory, from when it is asked for first: it would be two more rows of the disk for each
//! message that is sent, and two more when it ends.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use mutiny_delivery::store::Usage;
use rusqlite::Connection;
use uuid::Uuid;

use super::db::Db;
use super::instances;
use super::queues::{self, usage_at};
use crate::error::{Error, Result};
use crate::view::Millis;

/// Counts by flow, in place of those by instance and in all.
pub(super) const BY_FLOW: &str = "
    ALTER TABLE flows ADD COLUMN waiting INTEGER NOT NULL DEFAULT 0; -- messages in the outbox
    ALTER TABLE flows ADD COLUMN waiting_bytes INTEGER NOT NULL DEFAULT 0; -- of their bodies
    UPDATE flows SET waiting = sum.messages, waiting_bytes = sum.bytes
        FROM (SELECT flow, count(*) AS messages, sum(length(body)) AS bytes FROM outbox GROUP BY flow) AS sum
        WHERE sum.flow = flows.id;
    DROP TRIGGER outboxes_lose_an_instance;
    DROP TABLE outboxes;
    ALTER TABLE queues DROP COLUMN out_messages;
    ALTER TABLE queues DROP COLUMN out_bytes;
";

/// What the outbox of one instance may hold, together with the failure notices that it has not read: each message may
/// end as one, for which there is room then.
const OUTBOX: Usage = Usage { messages: 2_000_000, bytes: 1 << 30 };

/// What all outboxes of a profile may hold together, likewise: so much of the disk, and no more, can wait for others to come
/// online.
const OUTBOXES: Usage = Usage { messages: 8_000_000, bytes: 4 << 30 };

/// How many flows may lead from one instance: an app can make up any number of instances that it writes to.
const FLOWS: u64 = 10_000;

/// What is known of the outboxes. Each holds the messages that wait, and the failure notices that were not read yet.
#[derive(Default)]
pub(super) struct Outboxes {
    all: Option<Usage>,
    own: HashMap<Uuid, Own>,
}

/// One outbox.
struct Own {
    used: Usage,
    /// How many flows lead from it.
    flows: u64,
}

/// How much waits in an instance's outbox.
pub(crate) fn usage(db: &Connection, instance: Uuid) -> Result<Usage> {
    Ok(db
        .prepare_cached("SELECT sum(waiting), sum(waiting_bytes) FROM flows WHERE source = ?1")?
        .query_row([instance.as_bytes()], |row| usage_at(row, 0))?)
}

/// Counts a message in that an instance sends, unless there is no such instance, or its outbox or all of them together are
/// full. To be called with what [`super::flows::advance`] counts. `begins`: it is the first of a flow, of which an
/// instance may have so many.
pub(crate) fn admit(db: &Db, instance: Uuid, bytes: usize, begins: bool, now: Millis) -> Result<()> {
    db.changed(instance);
    let Outboxes { all, own } = &mut *db.outboxes.borrow_mut();
    let own = match own.entry(instance) {
        Entry::Occupied(own) => own.into_mut(),
        Entry::Vacant(vacant) => vacant.insert(Own::read(db, instance)?),
    };
    let all = match all {
        Some(all) => all,
        None => all.insert(read_all(db)?),
    };
    let message = Usage { messages: 1, bytes: bytes as u64 };
    if !OUTBOX.covers(own.used + message) || !OUTBOXES.covers(*all + message) {
        return Err(Error::QuotaExceeded(format!(
            "The outbox is full: {} messages of this app wait to be delivered or have failures to be read, and {} of all \
             apps. Wait until some are, and send again.",
            own.used.messages, all.messages
        )));
    }
    if begins && own.flows >= FLOWS {
        return Err(Error::QuotaExceeded(format!(
            "This app writes to {FLOWS} others already. It may write to another when one of them has had nothing for 90 days."
        )));
    }
    own.flows += u64::from(begins);
    instances::touch(db, instance, now)?;
    own.used = own.used + message;
    *all = *all + message;
    Ok(())
}

/// Counts out of an instance's outbox what was delivered, the bodies of what failed, and the failure notices that were
/// read.
pub(crate) fn release(db: &Db, instance: Uuid, less: Usage) {
    db.changed(instance);
    let Outboxes { all, own } = &mut *db.outboxes.borrow_mut();
    for used in own.get_mut(&instance).map(|own| &mut own.used).into_iter().chain(all) {
        *used = used.less(less);
    }
}

/// What is in memory of an outbox.
#[cfg(test)]
pub(crate) fn known(db: &Db, instance: Uuid) -> Option<Usage> {
    db.outboxes.borrow().own.get(&instance).map(|own| own.used)
}

impl Own {
    fn read(db: &Connection, instance: Uuid) -> Result<Self> {
        instances::check(db, instance)?;
        let notices = Usage { messages: queues::notices(db, instance)?, bytes: 0 };
        let flows: i64 = db
            .prepare_cached("SELECT count(*) FROM flows WHERE source = ?1")?
            .query_row([instance.as_bytes()], |row| row.get(0))?;
        Ok(Self { used: usage(db, instance)? + notices, flows: flows as u64 })
    }
}

impl Outboxes {
    pub(super) fn forget(&mut self, instance: Uuid) {
        self.own.remove(&instance);
        self.all = None;
    }
}

/// How full all outboxes are together.
fn read_all(db: &Connection) -> Result<Usage> {
    let all =
        "SELECT ifnull(sum(waiting), 0) + (SELECT ifnull(sum(notices), 0) FROM queues), sum(waiting_bytes) FROM flows";
    Ok(db.prepare_cached(all)?.query_row([], |row| usage_at(row, 0))?)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use bytes::Bytes;
    use mutiny_delivery::message::{Epoch, Peer};

    use super::*;
    use crate::store::flows;
    use crate::store::instances::tests::instance;
    use crate::store::migrations::in_memory;
    use crate::store::queues::count_notices;

    /// A database with two own instances, in the outbox of the first of which so much waits.
    fn with_instances(messages: u64, bytes: u64) -> (Db, Uuid, Uuid) {
        let db = in_memory();
        for n in [1, 2] {
            instances::insert(&db, &instance(n)).unwrap();
        }
        let (own, peer) = (instance(1).id, Peer(Bytes::from_static(b"bob")));
        let flow = flows::begin(&db, own, &peer, Uuid::nil(), Epoch(1)).unwrap();
        flows::advance(&db, flow, 0, Usage { messages, bytes }).unwrap();
        (db, own, instance(2).id)
    }

    #[test]
    fn a_full_outbox_says_so_and_takes_again_what_fits() {
        let (db, own, other) = with_instances(1, OUTBOX.bytes - 10);
        assert!(matches!(admit(&db, own, 11, false, 0), Err(Error::QuotaExceeded(_))));
        admit(&db, own, 10, false, 0).unwrap();
        assert!(matches!(admit(&db, own, 0, false, 0), Ok(())), "an empty message still fits");
        assert!(matches!(admit(&db, own, 1, false, 0), Err(Error::QuotaExceeded(_))));
        admit(&db, other, 1, false, 0).unwrap();
        release(&db, own, Usage { messages: 1, bytes: 5 });
        assert!(matches!(admit(&db, own, 6, false, 0), Err(Error::QuotaExceeded(_))));
        admit(&db, own, 5, false, 0).unwrap();
    }

    #[test]
    fn failure_notices_that_nobody_reads_hold_up_further_sending_and_nothing_else() {
        let (db, own, other) = with_instances(1, 5);
        count_notices(&db, own, OUTBOX.messages as i64 - 2).unwrap();
        admit(&db, own, 1, false, 0).unwrap();
        assert!(matches!(admit(&db, own, 1, false, 0), Err(Error::QuotaExceeded(_))));
        admit(&db, other, 1, false, 0).unwrap();
        release(&db, own, Usage { messages: 1, bytes: 0 });
        admit(&db, own, 1, false, 0).unwrap();
    }

    #[test]
    fn all_outboxes_together_have_a_limit_and_a_removed_instance_makes_room() {
        let (db, own, other) = with_instances(OUTBOXES.messages, 5);
        assert!(matches!(admit(&db, other, 1, false, 0), Err(Error::QuotaExceeded(_))));
        instances::remove(&db, own).unwrap();
        assert!(matches!(admit(&db, own, 1, false, 0), Err(Error::UnknownInstance(_))));
        admit(&db, other, 1, false, 0).unwrap();
    }

    #[test]
    fn an_instance_has_so_many_flows_and_no_more() {
        let (db, own, other) = with_instances(1, 5);
        for _ in 1..FLOWS {
            admit(&db, own, 1, true, 0).unwrap();
        }
        assert!(matches!(admit(&db, own, 1, true, 0), Err(Error::QuotaExceeded(_))));
        admit(&db, own, 1, false, 0).unwrap();
        admit(&db, other, 1, true, 0).unwrap();
        db.forget();
        admit(&db, own, 1, true, 0).unwrap();
    }

    #[test]
    fn what_is_taken_back_was_not_counted() {
        let (db, own, _) = with_instances(0, 0);
        for _ in 0..2 {
            admit(&db, own, 1 << 30, false, 0).unwrap();
            assert!(matches!(admit(&db, own, 1, false, 0), Err(Error::QuotaExceeded(_))));
            db.forget();
        }
    }
}
