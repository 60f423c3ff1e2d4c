//! What the person said to the permissions that apps ask for. Each instance is asked for on its own.

use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use super::columns::text_enum;
use crate::error::Result;
use crate::view::{Decision, Millis, Permission};

pub(super) const SCHEMA: &str = "
    CREATE TABLE permissions (
        instance   BLOB NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
        permission TEXT NOT NULL,
        granted    INTEGER NOT NULL CHECK (granted IN (0, 1)),
        decided    INTEGER NOT NULL,
        PRIMARY KEY (instance, permission)
    ) STRICT, WITHOUT ROWID;
";

text_enum!(Permission { Peers => "peers", Notifications => "notifications" });

/// What the person said to a permission of an instance, whether or not its app still asks for it.
pub(crate) fn decision(db: &Connection, instance: Uuid, permission: Permission) -> Result<Decision> {
    let granted: Option<bool> = db
        .prepare_cached("SELECT granted FROM permissions WHERE instance = ?1 AND permission = ?2")?
        .query_row(params![instance.as_bytes(), permission], |row| row.get(0))
        .optional()?;
    Ok(match granted {
        None => Decision::Unasked,
        Some(true) => Decision::Granted,
        Some(false) => Decision::Refused,
    })
}

/// Keeps what the person says now.
pub(crate) fn decide(
    db: &Connection,
    instance: Uuid,
    permission: Permission,
    granted: bool,
    now: Millis,
) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO permissions (instance, permission, granted, decided) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (instance, permission) DO UPDATE SET granted = excluded.granted, decided = excluded.decided",
    )?
    .execute(params![instance.as_bytes(), permission, granted, now])?;
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::store::instances::tests::instance;
    use crate::store::instances::{insert, remove};
    use crate::store::migrations::in_memory;

    #[test]
    fn the_last_word_counts_and_for_one_instance_only() {
        let db = in_memory();
        let (own, other) = (instance(1), instance(2));
        insert(&db, &own).unwrap();
        insert(&db, &other).unwrap();
        let said = |id| decision(&db, id, Permission::Peers).unwrap();
        assert_eq!(said(own.id), Decision::Unasked);
        decide(&db, own.id, Permission::Peers, true, 1).unwrap();
        assert_eq!((said(own.id), said(other.id)), (Decision::Granted, Decision::Unasked));
        decide(&db, own.id, Permission::Peers, false, 2).unwrap();
        assert_eq!(said(own.id), Decision::Refused);
        assert_eq!(decision(&db, own.id, Permission::Notifications).unwrap(), Decision::Unasked);
    }

    #[test]
    fn what_was_said_goes_with_the_instance() {
        let db = in_memory();
        insert(&db, &instance(1)).unwrap();
        decide(&db, instance(1).id, Permission::Peers, true, 1).unwrap();
        remove(&db, instance(1).id).unwrap();
        insert(&db, &instance(1)).unwrap();
        assert_eq!(decision(&db, instance(1).id, Permission::Peers).unwrap(), Decision::Unasked);
    }
}
