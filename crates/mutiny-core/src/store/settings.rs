//! The profile's own settings: a text each, by name.

use rusqlite::{Connection, OptionalExtension, params};

use crate::error::Result;

pub(super) const SCHEMA: &str = "
    CREATE TABLE settings (
        name  TEXT NOT NULL PRIMARY KEY,
        value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
";

/// The value of a setting, if it was ever set.
pub(crate) fn get(db: &Connection, name: &str) -> Result<Option<String>> {
    let mut query = db.prepare_cached("SELECT value FROM settings WHERE name = ?1")?;
    Ok(query.query_row([name], |row| row.get(0)).optional()?)
}

/// Sets a setting, in place of what it was before.
pub(crate) fn set(db: &Connection, name: &str, value: &str) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO settings (name, value) VALUES (?1, ?2)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )?
    .execute(params![name, value])?;
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::store::migrations::in_memory;

    #[test]
    fn a_setting_is_what_it_was_set_to_last() {
        let db = in_memory();
        assert_eq!(get(&db, "name").unwrap(), None);
        set(&db, "name", "Ada").unwrap();
        set(&db, "name", "Ada Lovelace").unwrap();
        set(&db, "port", "4001").unwrap();
        assert_eq!(get(&db, "name").unwrap().as_deref(), Some("Ada Lovelace"));
        assert_eq!(get(&db, "port").unwrap().as_deref(), Some("4001"));
    }
}
