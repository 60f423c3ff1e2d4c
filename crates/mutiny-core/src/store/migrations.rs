//! The schema's history. What has been released is never edited: a change is one more entry of [`LATER`].

use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};

#[cfg(test)]
use super::db::Db;
use super::{
    activity, announcements, doors, editions, ended, flows, inbox, inboxes, incoming, instances, invitations, outbox,
    outboxes, peers, permissions, queues, settings, transfers,
};
use crate::failpoint::failpoint;

/// The tables as they began, in an order that lets each name the ones before.
const FIRST: &[&str] = &[
    settings::SCHEMA,
    peers::SCHEMA,
    instances::SCHEMA,
    doors::SCHEMA,
    invitations::SCHEMA,
    queues::SCHEMA,
    flows::SCHEMA,
    outbox::SCHEMA,
    inbox::SCHEMA,
    incoming::SCHEMA,
];

/// What came later, oldest first: one entry a change, each the SQL of one migration. New ones go to the end.
///
/// Each runs in a transaction of its own, with foreign keys enforced: dropping a table that others refer to would take
/// their rows along. Add columns and tables; build a table anew only where nothing refers to it.
const LATER: &[&str] = &[
    activity::SCHEMA,
    editions::ADDED,
    permissions::SCHEMA,
    instances::ACCEPTS,
    peers::WAS_FRIEND,
    announcements::SCHEMA,
    transfers::ADDED,
    inbox::STRANGERS,
    peers::OWN_NAME,
    incoming::REMEMBERED,
    queues::SHARES,
    outbox::DEADLINES,
    ended::CHAINED,
    outboxes::BY_FLOW,
    inboxes::BY_FLOW,
    outbox::EARLY,
    outbox::PLACED,
];

/// The schema version of an up-to-date database.
pub(super) const KNOWN: i64 = 1 + LATER.len() as i64;

/// Brings the schema up to date, one transaction a migration.
pub(super) fn run(db: &mut Connection) -> rusqlite_migration::Result<()> {
    let first = FIRST.concat();
    let each = [first.as_str()].into_iter().chain(LATER.iter().copied());
    let migrations = each.map(|sql| {
        M::up_with_hook(sql, |_| {
            failpoint("migration");
            Ok(())
        })
    });
    Migrations::new(migrations.collect()).to_latest(db)?;
    failpoint("migrated");
    Ok(())
}

/// A database in memory with the tables of today, for the tests of tables.
#[cfg(test)]
#[allow(clippy::unwrap_used)]
pub(crate) fn in_memory() -> Db {
    let mut db = Connection::open_in_memory().unwrap();
    super::open::harden(&db).unwrap();
    run(&mut db).unwrap();
    Db::writing(db).unwrap()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests;
