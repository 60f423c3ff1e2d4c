//! The store as its callers see it.

mod files;

use std::path::{Path, PathBuf};
use std::sync::mpsc;

use bytes::Bytes;
use mutiny_delivery::message::{Content, Peer};
use rusqlite::{Connection, ErrorCode};
use tempfile::TempDir;
use uuid::Uuid;

use super::instances::{self, tests::instance};
use super::{Db, Store, outboxes, settings};
use crate::delivery::outgoing::{Outgoing, enqueue};
use crate::error::{Error, Result};

/// A folder with a place for a database.
fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mutiny.db");
    (folder, file)
}

/// What is committed, as somebody else sees it.
fn committed(file: &Path) -> i64 {
    let db = Connection::open(file).unwrap();
    db.query_row("SELECT count(*) FROM settings", [], |row| row.get(0)).unwrap()
}

async fn names(store: &Store) -> Vec<String> {
    let query = |db: &Connection| {
        let mut query = db.prepare("SELECT name FROM settings ORDER BY name")?;
        let names = query.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        Ok(names)
    };
    store.read(query).await.unwrap()
}

fn set(name: impl Into<String>) -> impl FnOnce(&Db) -> Result<()> + Send + 'static {
    let name = name.into();
    move |db| settings::set(db, &name, "on")
}

/// Keeps the writer busy until the sender is dropped, so that what is handed in meanwhile forms one group.
async fn hold(store: &Store) -> mpsc::Sender<()> {
    let (release, held) = mpsc::channel::<()>();
    let (tell, busy) = tokio::sync::oneshot::channel();
    let work = move |_: &Db| {
        let _ = tell.send(());
        let _ = held.recv();
        Ok(())
    };
    store.write_then(work, drop);
    busy.await.unwrap();
    release
}

#[tokio::test]
async fn a_write_is_seen_by_the_next_read_and_after_reopening() {
    let (_folder, file) = place();
    let store = Store::open(&file).unwrap();
    store.write(set("a")).await.unwrap();
    assert_eq!(names(&store).await, ["a"]);
    store.close().await;

    let store = Store::open(&file).unwrap();
    assert_eq!(names(&store).await, ["a"]);
}

#[tokio::test]
async fn writes_that_wait_share_one_commit_and_keep_their_order() {
    let (_folder, file) = place();
    let store = Store::open(&file).unwrap();
    let release = hold(&store).await;
    let (answers, answered) = mpsc::channel();
    for n in 0..100 {
        let (answers, file) = (answers.clone(), file.clone());
        let seen = file.clone();
        store.write_then(
            move |db| {
                settings::set(db, &format!("{n:03}"), "on")?;
                Ok(committed(&seen))
            },
            move |before| answers.send((n, before.unwrap(), committed(&file))).unwrap(),
        );
    }
    drop((release, answers));
    // None of them saw another one committed, and all were by the time that the first was answered.
    let expected: Vec<_> = (0..100).map(|n| (n, 0, 100)).collect();
    assert_eq!(answered.iter().collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn an_error_takes_back_its_own_writes_only() {
    let (_folder, file) = place();
    let store = Store::open(&file).unwrap();
    let release = hold(&store).await;
    let (before, failing, panicking, after) = (
        store.write(set("before")),
        store.write(|db| {
            settings::set(db, "failing", "on")?;
            Err::<(), _>(Error::InvalidArgument("no".to_owned()))
        }),
        store.write::<(), _>(|db| {
            settings::set(db, "panicking", "on")?;
            panic!("on purpose")
        }),
        store.write(set("after")),
    );
    let all = async { tokio::join!(before, failing, panicking, after) };
    let release = async { drop(release) };
    let ((before, failing, panicking, after), ()) = tokio::join!(all, release);
    before.unwrap();
    assert!(matches!(failing, Err(Error::InvalidArgument(_))));
    assert!(matches!(panicking, Err(Error::Storage(_))));
    after.unwrap();
    assert_eq!(names(&store).await, ["after", "before"]);
}

#[tokio::test]
async fn a_failed_commit_applies_nothing_of_its_group() {
    let (_folder, file) = place();
    let store = Store::open(&file).unwrap();
    let broken = |db: &Db| {
        // Looked at by COMMIT only, which is what makes that fail.
        db.execute_batch(
            "CREATE TABLE parent (id INTEGER PRIMARY KEY);
             CREATE TABLE child (parent REFERENCES parent DEFERRABLE INITIALLY DEFERRED);
             INSERT INTO child VALUES (1);",
        )?;
        Ok(())
    };
    let release = hold(&store).await;
    let all = async { tokio::join!(store.write(set("a")), store.write(broken), store.write(set("b"))) };
    let release = async { drop(release) };
    let ((a, broken, b), ()) = tokio::join!(all, release);
    for outcome in [a, broken, b] {
        assert!(matches!(outcome, Err(Error::Storage(_))), "{outcome:?}");
    }
    assert!(names(&store).await.is_empty());

    store.write(set("c")).await.unwrap();
    assert_eq!(names(&store).await, ["c"]);
}

#[tokio::test]
async fn a_full_disk_loses_nothing_and_writes_go_on_when_there_is_room() {
    fn pages(limit: u32) -> impl FnOnce(&Db) -> Result<()> + Send + 'static {
        move |db| Ok(db.pragma_update_and_check(None, "max_page_count", limit, |_| Ok(()))?)
    }
    let big = |name: &'static str| move |db: &Db| settings::set(db, name, &"x".repeat(1 << 20));
    let (_folder, file) = place();
    let store = Store::open(&file).unwrap();
    store.write(set("old")).await.unwrap();
    store.write(pages(1)).await.unwrap(); // as many as there are

    let error = store.write(big("new")).await.unwrap_err();
    let Error::Storage(error) = error else { panic!("{error:?}") };
    assert_eq!(error.sqlite_error_code(), Some(ErrorCode::DiskFull));
    assert_eq!(names(&store).await, ["old"]);

    store.write(pages(1 << 20)).await.unwrap();
    store.write(big("new")).await.unwrap();
    assert_eq!(names(&store).await, ["new", "old"]);
}

#[tokio::test]
async fn a_full_queue_refuses_at_once_what_cannot_wait() {
    let (_folder, file) = place();
    let store = Store::open(&file).unwrap();
    let release = hold(&store).await;
    let (refusals, refused) = mpsc::channel();
    let mut handed_in = 0;
    let refusal = loop {
        let refusals = refusals.clone();
        store.write_then(set(format!("{handed_in}")), move |outcome| {
            if let Err(error) = outcome {
                refusals.send(error).unwrap();
            }
        });
        match refused.try_recv() {
            Ok(error) => break error,
            Err(_) => handed_in += 1,
        }
    };
    assert!(matches!(refusal, Error::QuotaExceeded(_)));
    drop(release);
    store.clone().close().await;
    assert_eq!(committed(&file), handed_in);
}

#[tokio::test]
async fn closing_carries_out_what_was_handed_in_and_refuses_what_comes_later() {
    let (folder, file) = place();
    let store = Store::open(&file).unwrap();
    let release = hold(&store).await;
    store.write_then(set("waiting"), drop);
    let other = store.clone();
    let release = async { drop(release) };
    tokio::join!(store.close(), release);

    assert!(matches!(other.write(set("late")).await, Err(Error::Stopped)));
    assert!(matches!(other.read(|_| Ok(())).await, Err(Error::Stopped)));
    other.close().await;
    // The log is gone: all is in the one file.
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    let store = Store::open(&file).unwrap();
    assert_eq!(names(&store).await, ["waiting"]);
}

#[tokio::test]
async fn reads_cannot_write_and_see_one_state() {
    let (_folder, file) = place();
    let store = Store::open(&file).unwrap();
    assert!(matches!(store.read(|db| settings::set(db, "a", "on")).await, Err(Error::Storage(_))));

    let (go_on, told) = mpsc::channel();
    let (tell, looked) = tokio::sync::oneshot::channel();
    let count =
        |db: &Connection| -> Result<i64> { Ok(db.query_row("SELECT count(*) FROM settings", [], |row| row.get(0))?) };
    let read = store.read(move |db| {
        let before = count(db)?;
        tell.send(()).unwrap();
        told.recv().unwrap();
        Ok((before, count(db)?))
    });
    let write = async {
        looked.await.unwrap();
        store.write(set("a")).await.unwrap();
        go_on.send(()).unwrap();
    };
    let (read, ()) = tokio::join!(read, write);
    assert_eq!(read.unwrap(), (0, 0));
    assert_eq!(names(&store).await, ["a"]);
}

#[tokio::test]
async fn what_is_deleted_gives_its_space_back() {
    let (_folder, file) = place();
    let store = Store::open(&file).unwrap();
    for n in 0..32 {
        let value = "x".repeat(1 << 20);
        store.write(move |db| settings::set(db, &format!("big {n}"), &value)).await.unwrap();
    }
    store.write(|db| Ok(db.execute("DELETE FROM settings", [])?)).await.unwrap();
    let pages = |db: &Connection| Ok(db.pragma_query_value(None, "page_count", |row| row.get::<_, u32>(0))?);
    let smaller = async {
        while store.read(pages).await.unwrap() > 2048 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), smaller).await.unwrap();
    store.close().await;
    assert!(std::fs::metadata(&file).unwrap().len() < 8 << 20);
}

/// Beside a load that leaves no moment for it, the log may grow further; then SQLite does it.
#[tokio::test]
async fn the_log_is_moved_into_the_database_while_nobody_waits() {
    let (_folder, file) = place();
    let store = Store::open(&file).unwrap();
    let write = |kilobytes: usize| {
        let value = "x".repeat(kilobytes << 10);
        store.write(move |db| settings::set(db, "big", &value))
    };
    // Pages of the log that are not in the database yet.
    let left = || {
        let both = |row: &rusqlite::Row<'_>| Ok(row.get::<_, i64>(1)? - row.get::<_, i64>(2)?);
        Connection::open(&file).unwrap().query_row("PRAGMA wal_checkpoint(NOOP)", [], both).unwrap()
    };
    write(100).await.unwrap();
    store.write(set("small")).await.unwrap();
    assert!(left() > 25, "not for each little thing");
    write(200).await.unwrap();
    let moved = async {
        while left() > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), moved).await.unwrap();
    store.close().await;
}

/// What is kept in memory is what the rows say, whatever part of a transaction is taken back.
#[tokio::test]
async fn what_is_taken_back_is_not_counted() {
    let (_folder, file) = place();
    let store = Store::open(&file).unwrap();
    let own = instance(1).id;
    store.write(|db| instances::insert(db, &instance(1))).await.unwrap();
    let send = |then: Result<()>| {
        let message = Outgoing {
            id: Uuid::now_v7(),
            source: own,
            peer: Peer(Bytes::from_static(b"ben")),
            target: Uuid::nil(),
            content: Content::Bytes,
            body: Bytes::from_static(b"hello"),
            sent: 1,
            deadline: 2,
        };
        move |db: &Db| enqueue(db, &message, false).and(then)
    };
    let counted = || {
        store.write(move |db| {
            db.assert_known();
            assert_eq!(outboxes::known(db, own).unwrap_or(outboxes::usage(db, own)?), outboxes::usage(db, own)?);
            Ok(outboxes::usage(db, own)?.messages)
        })
    };
    store.write(send(Ok(()))).await.unwrap();
    store.write(send(Err(Error::Stopped))).await.unwrap_err();
    assert_eq!(counted().await.unwrap(), 1);

    let release = hold(&store).await;
    let group = async {
        let [first, second, third] = [Ok(()), Err(Error::Stopped), Ok(())].map(|then| store.write(send(then)));
        tokio::join!(first, second, third, async { drop(release) })
    };
    let (first, second, third, ()) = group.await;
    assert_eq!((first.is_ok(), second.is_err(), third.is_ok()), (true, true, true));
    assert_eq!(counted().await.unwrap(), 3);
}

/// Under `NORMAL`, a power cut may take back commits that another peer was already told of. No test without one would see it.
#[tokio::test]
async fn what_is_answered_would_survive_a_power_cut() {
    let (_folder, file) = place();
    let store = Store::open(&file).unwrap();
    let pragma =
        |name: &'static str| store.write(move |db| Ok(db.pragma_query_value(None, name, |row| row.get::<_, i64>(0))?));
    assert_eq!(pragma("synchronous").await.unwrap(), 2, "FULL");
    assert_eq!(pragma("fullfsync").await.unwrap(), 1);
    assert_eq!(pragma("checkpoint_fullfsync").await.unwrap(), 1);
    let mode = store.write(|db| Ok(db.pragma_query_value(None, "journal_mode", |row| row.get::<_, String>(0))?));
    assert_eq!(mode.await.unwrap(), "wal");
}
