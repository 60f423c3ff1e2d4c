//! Where an instance's app comes from, now and before its last update.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use crate::error::{Error, Result};

/// Added after the first release: until then every app was a folder.
pub(super) const ADDED: &str = "
    -- The hash of the package that this host keeps; NULL where the app is opened from `folder`.
    ALTER TABLE instances ADD COLUMN package TEXT;
    CREATE TABLE previous_editions (
        instance BLOB NOT NULL PRIMARY KEY REFERENCES instances (id) ON DELETE CASCADE,
        version  TEXT NOT NULL,
        folder   TEXT NOT NULL,
        package  TEXT
    ) STRICT, WITHOUT ROWID;
";

/// Where an app comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A person's folder, read anew whenever the app is opened.
    Folder(String),
    /// A package that this host keeps, by its hash.
    Package(String),
}

impl Source {
    /// From the columns `folder` and `package`.
    pub(super) fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let package: Option<String> = row.get("package")?;
        match package {
            Some(hash) => Ok(Self::Package(hash)),
            None => row.get("folder").map(Self::Folder),
        }
    }

    /// The columns `folder` and `package`.
    pub(super) fn columns(&self) -> (&str, Option<&str>) {
        match self {
            Self::Folder(folder) => (folder, None),
            Self::Package(hash) => ("", Some(hash)),
        }
    }
}

/// An app as an instance had it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edition {
    pub(crate) version: String,
    pub(crate) source: Source,
}

/// What an instance was before its last update, if it had one.
pub(crate) fn previous(db: &Connection, instance: Uuid) -> Result<Option<Edition>> {
    let edition = |row: &Row<'_>| Ok(Edition { version: row.get("version")?, source: Source::from_row(row)? });
    let mut query = db.prepare_cached("SELECT * FROM previous_editions WHERE instance = ?1")?;
    Ok(query.query_row([instance.as_bytes()], edition).optional()?)
}

/// Gives an instance another source, and keeps the one it had. What it is called and what it says are for
/// [`update_app`](super::instances::update_app).
pub(crate) fn replace(db: &Connection, instance: Uuid, source: &Source) -> Result<()> {
    let kept = db
        .prepare_cached(
            "INSERT OR REPLACE INTO previous_editions (instance, version, folder, package)
             SELECT id, version, folder, package FROM instances WHERE id = ?1",
        )?
        .execute([instance.as_bytes()])?;
    if kept == 0 {
        return Err(Error::UnknownInstance(instance));
    }
    let (folder, package) = source.columns();
    db.prepare_cached("UPDATE instances SET folder = ?2, package = ?3 WHERE id = ?1")?.execute(params![
        instance.as_bytes(),
        folder,
        package
    ])?;
    Ok(())
}

/// The hashes of all packages that some instance needs, for itself or to go back to.
pub(crate) fn needed(db: &Connection) -> Result<HashSet<String>> {
    let mut query = db.prepare_cached(
        "SELECT package FROM instances WHERE package IS NOT NULL
         UNION SELECT package FROM previous_editions WHERE package IS NOT NULL",
    )?;
    let rows = query.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::store::instances;
    use crate::store::instances::tests::instance;
    use crate::store::migrations::in_memory;

    fn package(hash: &str) -> Source {
        Source::Package(hash.to_owned())
    }

    #[test]
    fn an_update_keeps_what_there_was_before_and_forgets_what_was_before_that() {
        let db = in_memory();
        let own = instance(1);
        instances::insert(&db, &own).unwrap();
        assert_eq!(previous(&db, own.id).unwrap(), None);

        replace(&db, own.id, &package("two")).unwrap();
        assert_eq!(instances::get(&db, own.id).unwrap().source, package("two"));
        let first = Edition { version: "1.2.3".to_owned(), source: own.source };
        assert_eq!(previous(&db, own.id).unwrap(), Some(first));

        replace(&db, own.id, &package("three")).unwrap();
        assert_eq!(previous(&db, own.id).unwrap().map(|edition| edition.source), Some(package("two")));
        assert_eq!(needed(&db).unwrap(), HashSet::from(["two".to_owned(), "three".to_owned()]));

        instances::remove(&db, own.id).unwrap();
        assert!(needed(&db).unwrap().is_empty());
        assert!(matches!(replace(&db, own.id, &package("four")), Err(Error::UnknownInstance(_))));
    }
}
