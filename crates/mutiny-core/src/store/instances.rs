//! Own instances: what this host runs.

use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use super::columns::{text_enum, uuid};
use super::db::Db;
use super::editions::Source;
use super::incoming;
use crate::error::{Error, Result};
use crate::view::{Accepts, App, Millis};

pub(super) const SCHEMA: &str = "
    CREATE TABLE instances (
        id          BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
        app         TEXT NOT NULL,
        name        TEXT NOT NULL,
        version     TEXT NOT NULL,
        description TEXT,
        hash        TEXT NOT NULL,
        permissions TEXT NOT NULL, -- a JSON array of names
        label       TEXT,          -- NULL: the app's name
        folder      TEXT NOT NULL,
        created     INTEGER NOT NULL,
        last_active INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
";

/// What apps let in besides whom they invited.
pub(super) const ACCEPTS: &str = "
    ALTER TABLE instances ADD COLUMN accepts TEXT NOT NULL DEFAULT 'invited'
        CHECK (accepts IN ('invited', 'friends', 'nearby', 'anyone'));
";

/// An own instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Instance {
    pub(crate) id: Uuid,
    /// The app, as its folder was read last.
    pub(crate) app: App,
    /// What the person calls it, where that is not the app's name.
    pub(crate) label: Option<String>,
    pub(crate) source: Source,
    pub(crate) created: Millis,
    /// Last time it was opened, sent or was sent something.
    pub(crate) last_active: Millis,
}

impl Instance {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: uuid(row, "id")?,
            app: App {
                id: row.get("app")?,
                name: row.get("name")?,
                version: row.get("version")?,
                description: row.get("description")?,
                hash: row.get("hash")?,
                accepts: row.get("accepts")?,
                permissions: permissions(row)?,
            },
            label: row.get("label")?,
            source: Source::from_row(row)?,
            created: row.get("created")?,
            last_active: row.get("last_active")?,
        })
    }
}

text_enum!(Accepts { Invited => "invited", Friends => "friends", Nearby => "nearby", Anyone => "anyone" });

/// Adds a new instance.
pub(crate) fn insert(db: &Connection, instance: &Instance) -> Result<()> {
    let Instance { id, app, label, source, created, last_active } = instance;
    let (folder, package) = source.columns();
    db.prepare_cached(
        "INSERT INTO instances
            (id, app, name, version, description, hash, permissions, label, folder, package, created, last_active,
             accepts)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    )?
    .execute(params![
        id.as_bytes(),
        app.id,
        app.name,
        app.version,
        app.description,
        app.hash,
        json(&app.permissions),
        label,
        folder,
        package,
        created,
        last_active,
        app.accepts,
    ])?;
    Ok(())
}

/// The instance with this id.
pub(crate) fn get(db: &Connection, id: Uuid) -> Result<Instance> {
    db.prepare_cached("SELECT * FROM instances WHERE id = ?1")?
        .query_row([id.as_bytes()], Instance::from_row)
        .optional()?
        .ok_or(Error::UnknownInstance(id))
}

/// Makes sure that there is an instance with this id.
pub(crate) fn check(db: &Connection, id: Uuid) -> Result<()> {
    let known = db.prepare_cached("SELECT 1 FROM instances WHERE id = ?1")?.exists([id.as_bytes()])?;
    if known { Ok(()) } else { Err(Error::UnknownInstance(id)) }
}

/// All instances, last active first.
pub(crate) fn all(db: &Connection) -> Result<Vec<Instance>> {
    let mut query = db.prepare_cached("SELECT * FROM instances ORDER BY last_active DESC, created DESC, id")?;
    let rows = query.query_map([], Instance::from_row)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The instance that was last active of those opened from `folder`.
pub(crate) fn by_folder(db: &Connection, folder: &str) -> Result<Option<Instance>> {
    let mut query = db.prepare_cached(
        "SELECT * FROM instances WHERE folder = ?1 ORDER BY last_active DESC, created DESC, id LIMIT 1",
    )?;
    Ok(query.query_row([folder], Instance::from_row).optional()?)
}

/// All instances of an app, last active first.
pub(crate) fn by_app(db: &Connection, app: &str) -> Result<Vec<Instance>> {
    let mut query =
        db.prepare_cached("SELECT * FROM instances WHERE app = ?1 ORDER BY last_active DESC, created DESC, id")?;
    let rows = query.query_map([app], Instance::from_row)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Changes what the person calls an instance; `None` is the app's name.
pub(crate) fn rename(db: &Connection, id: Uuid, label: Option<&str>) -> Result<()> {
    let changed =
        db.prepare_cached("UPDATE instances SET label = ?2 WHERE id = ?1")?.execute(params![id.as_bytes(), label])?;
    known(id, changed)
}

/// How exactly it is known when an instance was last active, in milliseconds: a busy one is not written anew with each
/// message.
const GRAIN: Millis = 1_000;

/// Notes that an instance was active. A clock that was set back takes nothing away.
pub(crate) fn touch(db: &Db, id: Uuid, now: Millis) -> Result<()> {
    let active = &mut *db.active.borrow_mut();
    let known = match active.get(&id) {
        Some(known) => Some(*known),
        None => db
            .prepare_cached("SELECT last_active FROM instances WHERE id = ?1")?
            .query_row([id.as_bytes()], |row| row.get(0))
            .optional()?,
    };
    let mut last = known.ok_or(Error::UnknownInstance(id))?;
    if now >= last.saturating_add(GRAIN) {
        db.prepare_cached("UPDATE instances SET last_active = ?2 WHERE id = ?1")?
            .execute(params![id.as_bytes(), now])?;
        last = now;
    }
    active.keep(id, last);
    Ok(())
}

/// Keeps what the folder's manifest says now.
pub(crate) fn update_app(db: &Db, id: Uuid, app: &App) -> Result<()> {
    db.thresholds.borrow_mut().clear();
    let changed = db
        .prepare_cached(
            "UPDATE instances
             SET app = ?2, name = ?3, version = ?4, description = ?5, hash = ?6, permissions = ?7, accepts = ?8
             WHERE id = ?1",
        )?
        .execute(params![
            id.as_bytes(),
            app.id,
            app.name,
            app.version,
            app.description,
            app.hash,
            json(&app.permissions),
            app.accepts,
        ])?;
    known(id, changed)
}

/// Removes an instance, with all that belongs to it.
pub(crate) fn remove(db: &Db, id: Uuid) -> Result<()> {
    db.changed(id);
    db.forget();
    incoming::all_taken(db, id)?;
    let changed = db.prepare_cached("DELETE FROM instances WHERE id = ?1")?.execute([id.as_bytes()])?;
    known(id, changed)
}

fn known(id: Uuid, changed: usize) -> Result<()> {
    if changed == 0 { Err(Error::UnknownInstance(id)) } else { Ok(()) }
}

fn json(permissions: &[String]) -> String {
    serde_json::Value::from(permissions).to_string()
}

fn permissions(row: &Row<'_>) -> rusqlite::Result<Vec<String>> {
    let index = row.as_ref().column_index("permissions")?;
    let json = row.get_ref(index)?.as_str()?;
    serde_json::from_str(json)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(index, Type::Text, Box::new(error)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
pub(crate) mod tests {
    use super::*;
    use crate::store::migrations::in_memory;

    /// The `n`th instance, of chat, last active at `n`.
    pub(crate) fn instance(n: u8) -> Instance {
        Instance {
            id: Uuid::from_bytes([n; 16]),
            app: App {
                id: "org.example.chat".to_owned(),
                name: "Chat".to_owned(),
                version: "1.2.3".to_owned(),
                description: Some("Talk.".to_owned()),
                hash: "sha256-00".to_owned(),
                accepts: Accepts::Nearby,
                permissions: vec!["peers".to_owned(), "files".to_owned()],
            },
            label: None,
            source: Source::Folder("/apps/chat".to_owned()),
            created: n.into(),
            last_active: n.into(),
        }
    }

    fn ids(instances: &[Instance]) -> Vec<u8> {
        instances.iter().map(|instance| instance.id.as_bytes()[0]).collect()
    }

    #[test]
    fn an_instance_comes_back_as_it_was_kept() {
        let db = in_memory();
        let mut kept = instance(1);
        kept.label = Some("Chat with Bob".to_owned());
        insert(&db, &kept).unwrap();
        assert_eq!(get(&db, kept.id).unwrap(), kept);
        insert(&db, &kept).unwrap_err();
    }

    #[test]
    fn instances_are_found_last_active_first() {
        let db = in_memory();
        for n in [1, 3, 2] {
            insert(&db, &instance(n)).unwrap();
        }
        let mut other = instance(4);
        other.source = Source::Folder("/apps/ping".to_owned());
        other.app.id = "org.example.ping".to_owned();
        insert(&db, &other).unwrap();

        assert_eq!(ids(&all(&db).unwrap()), [4, 3, 2, 1]);
        assert_eq!(ids(&by_app(&db, "org.example.chat").unwrap()), [3, 2, 1]);
        touch(&db, instance(1).id, 9_000).unwrap();
        touch(&db, instance(1).id, 0).unwrap();
        let found = by_folder(&db, "/apps/chat").unwrap().unwrap();
        assert_eq!((found.id, found.last_active), (instance(1).id, 9_000));
        assert_eq!(by_folder(&db, "/apps").unwrap(), None);
    }

    #[test]
    fn a_changed_app_and_a_new_label_are_kept() {
        let db = in_memory();
        let mut kept = instance(1);
        insert(&db, &kept).unwrap();
        kept.app.version = "2.0.0".to_owned();
        kept.app.description = None;
        kept.app.permissions.clear();
        kept.label = Some("Work".to_owned());
        update_app(&db, kept.id, &kept.app).unwrap();
        rename(&db, kept.id, Some("Work")).unwrap();
        assert_eq!(get(&db, kept.id).unwrap(), kept);
        rename(&db, kept.id, None).unwrap();
        assert_eq!(get(&db, kept.id).unwrap().label, None);
    }

    #[test]
    fn what_is_removed_is_unknown() {
        let db = in_memory();
        let Instance { id, app, .. } = instance(1);
        insert(&db, &instance(1)).unwrap();
        insert(&db, &instance(2)).unwrap();
        remove(&db, id).unwrap();
        assert_eq!(ids(&all(&db).unwrap()), [2]);
        for outcome in [
            get(&db, id).map(drop),
            rename(&db, id, None),
            touch(&db, id, 1),
            update_app(&db, id, &app),
            remove(&db, id),
        ] {
            assert!(matches!(outcome, Err(Error::UnknownInstance(unknown)) if unknown == id));
        }
    }
}
