//! What own instances announce: one value each, as long as they do not withdraw it.

use rusqlite::{Connection, params};
use uuid::Uuid;

use super::columns::uuid;
use crate::announcements::board::Announced;
use crate::error::Result;

pub(super) const SCHEMA: &str = "
    CREATE TABLE announcements (
        instance BLOB NOT NULL PRIMARY KEY REFERENCES instances (id) ON DELETE CASCADE,
        value    TEXT NOT NULL -- JSON
    ) STRICT, WITHOUT ROWID;
";

/// Replaces what an instance announces.
pub(crate) fn set(db: &Connection, instance: Uuid, value: &str) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO announcements (instance, value) VALUES (?1, ?2)
         ON CONFLICT (instance) DO UPDATE SET value = excluded.value",
    )?
    .execute(params![instance.as_bytes(), value])?;
    Ok(())
}

/// An instance announces nothing any more.
pub(crate) fn withdraw(db: &Connection, instance: Uuid) -> Result<()> {
    db.prepare_cached("DELETE FROM announcements WHERE instance = ?1")?.execute([instance.as_bytes()])?;
    Ok(())
}

/// What all own instances announce, with the versions that their apps have now.
pub(crate) fn all(db: &Connection) -> Result<Vec<(Uuid, Announced)>> {
    let mut query = db.prepare_cached(
        "SELECT instance, app, version, value FROM announcements JOIN instances ON instances.id = instance",
    )?;
    let rows = query.query_map([], |row| {
        let announced = Announced { app: row.get("app")?, version: row.get("version")?, value: row.get("value")? };
        Ok((uuid(row, "instance")?, announced))
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::store::instances::tests::instance;
    use crate::store::instances::{insert, remove};
    use crate::store::migrations::in_memory;

    #[test]
    fn a_new_value_replaces_the_old_one_and_all_go_with_the_instance() {
        let db = in_memory();
        insert(&db, &instance(1)).unwrap();
        insert(&db, &instance(2)).unwrap();
        for (n, value) in [(1, "1"), (2, "2"), (1, "3")] {
            set(&db, instance(n).id, value).unwrap();
        }
        let mut values: Vec<_> = all(&db).unwrap().into_iter().map(|(_, announced)| announced.value).collect();
        values.sort();
        assert_eq!(values, ["2", "3"]);
        withdraw(&db, instance(2).id).unwrap();
        remove(&db, instance(1).id).unwrap();
        assert_eq!(all(&db).unwrap(), []);
    }
}
