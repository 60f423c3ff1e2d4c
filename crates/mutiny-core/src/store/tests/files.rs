//! Which files are opened, which are mended, and which are refused and left as they are.

use std::path::Path;

use rusqlite::Connection;

use super::{names, place, set};
use crate::error::{Error, Result};
use crate::store::{Db, Store, command, migrations, settings};

/// Opening `file` fails, and leaves it as it was.
fn refused(file: &Path) -> Error {
    let before = std::fs::read(file).unwrap();
    let error = Store::open(file).err().expect("this file was opened");
    assert_eq!(std::fs::read(file).unwrap(), before, "the file was changed");
    error
}

#[tokio::test]
async fn a_newer_database_is_refused() {
    let (_folder, file) = place();
    Store::open(&file).unwrap().close().await;
    let newer = migrations::KNOWN + 1;
    let db = Connection::open(&file).unwrap();
    db.pragma_update(None, "user_version", newer).unwrap();
    db.close().unwrap();

    let error = refused(&file);
    let Error::NewerDatabase { found, known, .. } = error else { panic!("{error:?}") };
    assert_eq!((found, known), (newer, migrations::KNOWN));
}

#[tokio::test]
async fn a_newer_database_is_refused_with_its_log() {
    let (folder, file) = place();
    Store::open(&file).unwrap().close().await;
    let db = Connection::open(&file).unwrap();
    db.pragma_update(None, "user_version", migrations::KNOWN + 1).unwrap();
    // As after a crash: the new version is in the log only.
    let crashed = folder.path().join("crashed.db");
    let log = folder.path().join("crashed.db-wal");
    std::fs::copy(&file, &crashed).unwrap();
    std::fs::copy(folder.path().join("mutiny.db-wal"), &log).unwrap();
    let before = std::fs::read(&log).unwrap();

    assert!(matches!(refused(&crashed), Error::NewerDatabase { .. }));
    assert_eq!(std::fs::read(&log).unwrap(), before, "the log was changed");
}

#[tokio::test]
async fn what_was_answered_is_there_after_a_crash() {
    let (folder, file) = place();
    let store = Store::open(&file).unwrap();
    store.write(set("a")).await.unwrap();
    let [crashed, log] = ["crashed.db", "crashed.db-wal"].map(|name| folder.path().join(name));
    std::fs::copy(&file, &crashed).unwrap();
    std::fs::copy(folder.path().join("mutiny.db-wal"), &log).unwrap();

    let store = Store::open(&crashed).unwrap();
    assert_eq!(names(&store).await, ["a"]);
}

#[tokio::test]
async fn a_crash_while_the_file_was_made_is_mended() {
    let (folder, file) = place();
    // Before the file has its log, SQLite keeps a journal of what to take back.
    let db = Connection::open(&file).unwrap();
    db.pragma_update(None, "cache_size", 1).unwrap();
    db.execute_batch("BEGIN; CREATE TABLE half (done BLOB);").unwrap();
    for _ in 0..100 {
        db.execute("INSERT INTO half VALUES (randomblob(10000))", []).unwrap();
    }
    let [crashed, journal] = ["crashed.db", "crashed.db-journal"].map(|name| folder.path().join(name));
    std::fs::copy(&file, &crashed).unwrap();
    std::fs::copy(folder.path().join("mutiny.db-journal"), &journal).unwrap();
    assert_ne!(std::fs::metadata(&crashed).unwrap().len(), 0);

    let store = Store::open(&crashed).unwrap();
    assert!(names(&store).await.is_empty());
}

#[test]
fn garbage_is_refused() {
    let (_folder, file) = place();
    std::fs::write(&file, "this is no database\n".repeat(500)).unwrap();
    assert!(matches!(refused(&file), Error::CorruptDatabase { .. }));
}

#[tokio::test]
async fn a_damaged_page_is_refused() {
    let (_folder, file) = place();
    let store = Store::open(&file).unwrap();
    let rows = |db: &Db| (0..1000).try_for_each(|n| settings::set(db, &format!("{n}"), &"x".repeat(100)));
    store.write(rows).await.unwrap();
    store.close().await;
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 8192].fill(0xa5);
    std::fs::write(&file, bytes).unwrap();
    assert!(matches!(refused(&file), Error::CorruptDatabase { .. }));
}

#[tokio::test]
async fn a_log_without_its_database_is_not_thrown_away() {
    let (folder, file) = place();
    let store = Store::open(&file).unwrap();
    store.write(set("a")).await.unwrap();
    let [crashed, log] = ["crashed.db", "crashed.db-wal"].map(|name| folder.path().join(name));
    std::fs::write(&crashed, "").unwrap();
    std::fs::copy(folder.path().join("mutiny.db-wal"), &log).unwrap();
    let before = std::fs::read(&log).unwrap();
    assert!(matches!(refused(&crashed), Error::CorruptDatabase { .. }));
    assert_eq!(std::fs::read(&log).unwrap(), before);
}

#[tokio::test]
async fn damage_that_is_met_stops_all_work_and_has_the_next_start_look_at_every_page() {
    let (_folder, file) = place();
    let store = Store::open(&file).unwrap();
    let rows = |db: &Db| (0..1000).try_for_each(|n| settings::set(db, &format!("{n:04}"), &format!("{n:04}")));
    store.write(rows).await.unwrap();
    store.close().await;
    // The rows of an index in the wrong order: nothing that a quick look finds.
    let db = Connection::open(&file).unwrap();
    db.execute_batch("CREATE INDEX later ON settings (value)").unwrap();
    db.pragma_update(None, "writable_schema", true).unwrap();
    db.execute_batch(
        "UPDATE sqlite_schema SET sql = 'CREATE INDEX later ON settings (value DESC)' WHERE name = 'later'",
    )
    .unwrap();
    db.close().unwrap();
    let store = Store::open(&file).unwrap();
    let meets = |_: &Connection| -> Result<()> {
        Err(Error::Storage(command::failure(rusqlite::ffi::SQLITE_CORRUPT, "as SQLite would say it")))
    };
    assert!(matches!(store.read(meets).await, Err(Error::CorruptDatabase { .. })));
    assert!(store.damage().borrow().is_some());
    assert!(matches!(store.write(set("b")).await, Err(Error::CorruptDatabase { .. })));
    store.close().await;
    assert!(matches!(refused(&file), Error::CorruptDatabase { .. }));
}

#[tokio::test]
async fn a_false_alarm_is_forgotten() {
    let (folder, file) = place();
    Store::open(&file).unwrap().close().await;
    std::fs::write(folder.path().join("mutiny.db-suspect"), "").unwrap();
    Store::open(&file).unwrap().close().await;
    assert!(!folder.path().join("mutiny.db-suspect").exists());
}

#[test]
fn the_database_of_another_program_is_refused() {
    let (_folder, file) = place();
    let db = Connection::open(&file).unwrap();
    db.execute_batch("CREATE TABLE recipes (name TEXT)").unwrap();
    db.close().unwrap();
    assert!(matches!(refused(&file), Error::ForeignDatabase { .. }));
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_the_database() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, file) = place();
    let _store = Store::open(&file).unwrap();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let mode = entry.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0);
    }
}
