//! The writer's thread: group commit.
//!
//! All commands that wait, up to [`GROUP`], run inside one transaction, each in a savepoint of its own, and are
//! answered after the commit. Nothing is delayed for the sake of a fuller group: while one commit waits for the disk
//! the next group gathers by itself, so groups grow with the load and are single commands without it.

use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use rusqlite::{Row, ffi};
use tokio::sync::mpsc::Receiver;

use super::command::{Command, Order, again, failure};
use super::db::Db;
use crate::failpoint::{failpoint, soon};

/// How many commands share a commit at most. Beyond a few hundred the `fsync` is already cheap per command, and a
/// larger group only keeps the first of it waiting for its answer.
const GROUP: usize = 256;

/// Serves the queue until it is closed and empty.
pub(super) fn serve(db: &Db, mut orders: Receiver<Order>) {
    let mut waiting = Vec::with_capacity(GROUP);
    let mut count = orders.blocking_recv_many(&mut waiting, GROUP);
    while count > 0 {
        let mut group = Vec::with_capacity(waiting.len());
        for order in waiting.drain(..) {
            match order {
                Order::Run(command) => group.push(command),
                Order::Close => orders.close(),
            }
        }
        match <[_; 1]>::try_from(group) {
            Ok([command]) => carry_out_alone(db, command),
            Err(group) => carry_out(db, group),
        }
        // Whoever ends the host does not wait for it.
        while orders.is_empty() && !orders.is_closed() && give_back(db) {}
        count = next(db, &mut orders, &mut waiting);
    }
}

/// From how many pages in the log on they are moved into the file as soon as nobody waits: 1 MiB, which takes a millisecond or
/// two, and three syncs. Under a load that leaves no such moment they wait for [`super::open`]'s limit, so that a page that is
/// changed time and again is moved once.
const MANY_PAGES: i64 = 250;

/// From how many on where nobody comes for the time of [`QUIET`], either: those of fifteen single messages. The log begins
/// anew then, so that a host with little to do writes over the same few pages, which the system has at hand. Whoever sends
/// one message after another is not made to wait for it so often.
const SOME_PAGES: i64 = 64;

/// When it is quiet: longer than one takes to send a message and then another.
const QUIET: Duration = Duration::from_millis(5);

/// Waits for orders, and tidies up meanwhile. Returns how many there are.
fn next(db: &Db, orders: &mut Receiver<Order>, waiting: &mut Vec<Order>) -> usize {
    let pages = if orders.is_empty() { log_pages(db) } else { 0 };
    if pages >= SOME_PAGES {
        if pages < MANY_PAGES
            && let Some(count) = within(QUIET, orders, waiting)
        {
            return count;
        }
        checkpoint(db);
    }
    orders.blocking_recv_many(waiting, GROUP)
}

/// Waits for orders, so long at most.
fn within(patience: Duration, orders: &mut Receiver<Order>, waiting: &mut Vec<Order>) -> Option<usize> {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let (mut context, until) = (Context::from_waker(&waker), Instant::now() + patience);
    loop {
        if let Poll::Ready(count) = orders.poll_recv_many(&mut context, waiting, GROUP) {
            return Some(count);
        }
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return None;
        }
        thread::park_timeout(left);
    }
}

/// Wakes a thread that waits for something.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// How many pages are in the log and not in the file yet.
fn log_pages(db: &Db) -> i64 {
    let left = |row: &Row<'_>| Ok(row.get::<_, i64>("log")? - row.get::<_, i64>("checkpointed")?);
    let counted = db.prepare_cached("PRAGMA wal_checkpoint(NOOP)").and_then(|mut count| count.query_row([], left));
    counted.unwrap_or_else(|error| {
        tracing::warn!(%error, "the log could not be measured");
        0
    })
}

/// Moves the log's pages into the file.
fn checkpoint(db: &Db) {
    soon("checkpoint");
    let moved = db.prepare_cached("PRAGMA wal_checkpoint(PASSIVE)").and_then(|mut it| it.query_row([], |_| Ok(())));
    if let Err(error) = moved {
        tracing::warn!(%error, "the log could not be moved into the database");
    }
}

/// How many free pages the file keeps for what comes next: 4 MiB.
const SLACK: u32 = 1024;

/// How many pages are given back at once: few enough that whoever comes meanwhile hardly waits.
const SLICE: u32 = 256;

/// Gives space that deletions have left back to the file system, a little of it, while nobody waits. Returns whether
/// there is more.
fn give_back(db: &Db) -> bool {
    let slice = || {
        let free: u32 = db.prepare_cached("PRAGMA freelist_count")?.query_row([], |row| row.get(0))?;
        let surplus = free.saturating_sub(SLACK).min(SLICE);
        if surplus > 0 {
            let mut vacuum = db.prepare(&format!("PRAGMA incremental_vacuum({surplus})"))?;
            let mut steps = vacuum.query([])?;
            while steps.next()?.is_some() {
                failpoint("give-back");
            }
        }
        Ok::<_, rusqlite::Error>(surplus > 0)
    };
    slice().unwrap_or_else(|error| {
        tracing::warn!(%error, "free space could not be given back");
        false
    })
}

/// Runs the only command of a group, commits it and answers it. Its error takes back all there is, so it needs no
/// savepoint, for which SQLite would keep a copy of every page changed.
fn carry_out_alone(db: &Db, mut command: Box<dyn Command>) {
    let outcome = execute(db, "BEGIN IMMEDIATE").and_then(|()| {
        let verdict = command.run(db);
        if verdict.is_ok() && db.is_autocommit() {
            roll_back(db);
            return Err(ended_early());
        }
        verdict.inspect_err(|_| roll_back(db))?;
        commit(db)
    });
    command.answer(outcome.err().map(Into::into));
}

/// Runs a group, commits it and answers it.
fn carry_out(db: &Db, group: Vec<Box<dyn Command>>) {
    let mut done = Vec::with_capacity(group.len());
    for mut command in group {
        // At the start, and again where a failure took the whole transaction away.
        if db.is_autocommit()
            && let Err(error) = execute(db, "BEGIN IMMEDIATE")
        {
            command.answer(Some(error.into()));
            continue;
        }
        let outcome = run_in_savepoint(db, command.as_mut());
        done.push(command);
        if let Err(error) = outcome {
            answer(&mut done, Err(error));
        }
    }
    if !done.is_empty() {
        let outcome = commit(db);
        answer(&mut done, outcome);
    }
}

/// Runs one command so that its error takes back only its own writes. An error from here is one of the transaction:
/// it is gone, and with it all that ran in it.
fn run_in_savepoint(db: &Db, command: &mut dyn Command) -> rusqlite::Result<()> {
    let outcome = execute(db, "SAVEPOINT command").and_then(|()| {
        let verdict = command.run(db);
        // SQLite itself rolls everything back after some errors: a full disk, a failed read.
        if db.is_autocommit() {
            return Err(verdict.err().unwrap_or_else(ended_early));
        }
        if verdict.is_err() {
            db.forget();
            execute(db, "ROLLBACK TO command")?;
        }
        execute(db, "RELEASE command")
    });
    outcome.inspect_err(|_| roll_back(db))
}

/// Makes what ran durable, or takes it back.
fn commit(db: &Db) -> rusqlite::Result<()> {
    failpoint("commit");
    execute(db, "COMMIT").inspect_err(|_| roll_back(db))?;
    db.keep();
    failpoint("committed");
    Ok(())
}

/// Ends the transaction, if SQLite has not done so already.
fn roll_back(db: &Db) {
    db.forget_all();
    if !db.is_autocommit()
        && let Err(error) = execute(db, "ROLLBACK")
    {
        tracing::error!(%error, "a transaction could not be rolled back");
    }
}

/// Answers all that shared a transaction, in the order they came.
fn answer(done: &mut Vec<Box<dyn Command>>, outcome: rusqlite::Result<()>) {
    if let Err(error) = &outcome {
        tracing::error!(%error, commands = done.len(), "nothing of a group was written");
    }
    for command in done.drain(..) {
        command.answer(outcome.as_ref().err().map(|error| again(error).into()));
    }
}

/// What is said where work ended the transaction that it ran in, and then claimed success.
fn ended_early() -> rusqlite::Error {
    failure(ffi::SQLITE_ABORT, "the transaction ended early")
}

/// One of the few statements that frame every command: prepared once.
fn execute(db: &Db, statement: &str) -> rusqlite::Result<()> {
    db.prepare_cached(statement)?.execute([]).map(drop)
}
