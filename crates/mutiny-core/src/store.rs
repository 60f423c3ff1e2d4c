//! What a profile keeps: one SQLite file, written by one thread.
//!
//! Two promises shape it. A write is answered only once it would survive a power cut, and the network's loop never
//! waits for the disk. So every write goes through a queue to the writer's thread, which runs all that is waiting
//! inside one transaction and answers when that is on the disk: many writes then share the price of one `fsync`, and
//! a single one on an idle queue waits for nobody. Reads have a thread and a connection of their own, and see what
//! was committed. Tables live in a module each, as functions over a connection that are called from here.

pub(crate) mod activity;
pub(crate) mod announcements;
mod columns;
mod command;
mod db;
pub(crate) mod doors;
pub(crate) mod editions;
pub(crate) mod ended;
pub(crate) mod flows;
mod health;
pub(crate) mod inbox;
pub(crate) mod inboxes;
pub(crate) mod incoming;
pub(crate) mod instances;
pub(crate) mod invitations;
mod known;
pub(crate) mod migrations;
mod open;
pub(crate) mod outbox;
pub(crate) mod outboxes;
pub(crate) mod peers;
pub(crate) mod permissions;
pub(crate) mod preferences;
pub(crate) mod queues;
mod reader;
pub(crate) mod settings;
pub(crate) mod transfers;
mod writer;

use std::path::Path;
use std::sync::Arc;
use std::thread;

use rusqlite::Connection;
use tokio::sync::watch;

use self::command::Queue;
pub(crate) use self::command::again;
pub(crate) use self::db::Db;
use self::health::Health;
use crate::error::{Error, Result};
use crate::failpoint;

/// A profile's database. Cheap to clone; all clones are the same one.
///
/// When the last clone is dropped, what was handed in is still carried out; [`Store::close`] also waits for that.
#[derive(Clone)]
pub(crate) struct Store {
    writes: Queue,
    reads: Queue,
    health: Arc<Health>,
    /// Closed by the writer's thread once it has let go of the file.
    ended: watch::Receiver<()>,
}

impl Store {
    /// Opens the database at `path`, makes it where there is none, and brings its schema up to date.
    ///
    /// A file that is damaged ([`Error::CorruptDatabase`]), newer than this program ([`Error::NewerDatabase`]) or another
    /// program's ([`Error::ForeignDatabase`]) is refused and left as it is.
    /// Blocks for as long as that takes.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let open::Opened { writer, reader } = open::open(path)?;
        let failed = |source| Error::Io { path: path.to_owned(), doing: "opened", source };
        let health = Arc::new(Health::of(path));
        let (reads, orders) = command::queue(&health);
        let reader = thread::Builder::new()
            .name("store-reader".to_owned())
            .spawn(move || reader::serve(&reader, orders))
            .map_err(failed)?;
        let (writes, orders) = command::queue(&health);
        let (ending, ended) = watch::channel(());
        thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || {
                writer::serve(&writer, orders);
                // The last connection to close moves the log into the file and removes it. Only the writer's can:
                // the reader's is read-only.
                if reader.join().is_err() {
                    tracing::error!("the store's reader ended in a panic");
                }
                failpoint::failpoint("close");
                failpoint::soon("closing");
                if let Err(error) = writer.close() {
                    tracing::warn!(%error, "the database did not close cleanly; the next start recovers it");
                }
                failpoint::failpoint("closed");
                drop(ending);
            })
            .map_err(failed)?;
        Ok(Self { writes, reads, health, ended })
    }

    /// Runs `work` within the next commit, and resolves once that is durable.
    ///
    /// Writes run in the order they were handed in, which is when the future is first polled. An error of `work`
    /// takes back what this `work` wrote and nothing else; an error of the commit takes back all that was in it.
    /// Where the future is dropped, `work` may run all the same.
    pub(crate) async fn write<T, W>(&self, work: W) -> Result<T>
    where
        T: Send + 'static,
        W: FnOnce(&Db) -> Result<T> + Send + 'static,
    {
        self.writes.run(work, |_| {}).await
    }

    /// Runs `work` as [`Store::write`] does, and shows what came of it to `and` on the writer's thread, after the commit:
    /// in the order of the commits, and also where nobody waits for the answer any more. `and` must be quick.
    pub(crate) async fn write_and<T, W, A>(&self, work: W, and: A) -> Result<T>
    where
        T: Send + 'static,
        W: FnOnce(&Db) -> Result<T> + Send + 'static,
        A: FnOnce(&T) + Send + 'static,
    {
        self.writes.run(work, and).await
    }

    /// Runs `work` as [`Store::write`] does, and hands the answer to `then` on the writer's thread, after the commit.
    ///
    /// Never waits. Where the queue is full ([`Error::QuotaExceeded`]) or the store closed ([`Error::Stopped`]), `work`
    /// does not run, and `then` gets that error at once, on the caller's thread. `then` is called once in every case,
    /// and must be quick: all writes wait for it.
    pub(crate) fn write_then<T, W, A>(&self, work: W, then: A)
    where
        T: Send + 'static,
        W: FnOnce(&Db) -> Result<T> + Send + 'static,
        A: FnOnce(Result<T>) + Send + 'static,
    {
        self.writes.run_then(work, then);
    }

    /// Runs `work` and `then` as [`Store::write_then`] does; where the queue is full, once there is room. Never waits.
    pub(crate) fn write_in_turn<T, W, A>(&self, work: W, then: A)
    where
        T: Send + 'static,
        W: FnOnce(&Db) -> Result<T> + Send + 'static,
        A: FnOnce(Result<T>) + Send + 'static,
    {
        self.writes.run_in_turn(work, then);
    }

    /// Runs `work` over what is committed, on a connection that cannot write. All of its queries see the same state.
    pub(crate) async fn read<T, W>(&self, work: W) -> Result<T>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        self.reads.run(|db: &Db| work(db), |_| {}).await
    }

    /// Whether there is anything to be read: an error where damage was met, and where the store is closed.
    pub(crate) fn check(&self) -> Result<()> {
        self.reads.check()
    }

    /// Tells of damage as soon as some is met. From then on there is only [`Error::CorruptDatabase`].
    pub(crate) fn damage(&self) -> watch::Receiver<Option<String>> {
        self.health.watch()
    }

    /// Carries out all that was handed in, closes the file and returns when that is done. From then on, and for
    /// every clone, there is only [`Error::Stopped`].
    pub(crate) async fn close(mut self) {
        self.reads.close().await;
        self.writes.close().await;
        // Nothing is ever sent: the wait ends when the writer's thread drops its half.
        while self.ended.changed().await.is_ok() {}
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests;
