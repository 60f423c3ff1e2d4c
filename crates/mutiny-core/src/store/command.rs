//! What waits in a queue of the store: a piece of work, and whoever wants its answer.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rusqlite::ffi;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};

use super::db::Db;
use super::health::Health;
use crate::error::{Error, Result};

/// How many commands may wait in a queue. Far more than a group, so that a burst fills whole groups, and few enough
/// that what waits is bounded: whoever cannot wait is told that the queue is full.
const QUEUE: usize = 1024;

/// A piece of work with its types forgotten.
pub(super) trait Command: Send {
    /// Does the work and keeps its result. The error tells to take back what was written.
    fn run(&mut self, db: &Db) -> rusqlite::Result<()>;

    /// Hands the result over, or `lost` where the work succeeded and was taken back, or never ran.
    fn answer(self: Box<Self>, lost: Option<Error>);
}

/// What a queue carries.
pub(super) enum Order {
    /// Run this.
    Run(Box<dyn Command>),
    /// Take nothing new, finish what is here.
    Close,
}

/// The near end of a queue.
#[derive(Clone)]
pub(super) struct Queue {
    orders: mpsc::Sender<Order>,
    health: Arc<Health>,
}

/// A new queue to a database of this health, and its far end.
pub(super) fn queue(health: &Arc<Health>) -> (Queue, mpsc::Receiver<Order>) {
    let (orders, far) = mpsc::channel(QUEUE);
    (Queue { orders, health: health.clone() }, far)
}

impl Queue {
    /// Hands in `work`, waiting for room, and waits for its answer. `and` sees it first, where it is a success.
    pub(super) async fn run<T, W, A>(&self, work: W, and: A) -> Result<T>
    where
        T: Send + 'static,
        W: FnOnce(&Db) -> Result<T> + Send + 'static,
        A: FnOnce(&T) + Send + 'static,
    {
        self.health.check()?;
        let (tell, told) = oneshot::channel();
        let work = self.if_sound(work);
        let health = self.health.clone();
        let then = move |result: Result<T>| {
            let result = health.judge(result);
            if let Ok(success) = &result {
                and(success);
            }
            drop(tell.send(result));
        };
        let order = Order::Run(Job::boxed(work, then));
        self.orders.send(order).await.map_err(|_| Error::Stopped)?;
        told.await.unwrap_or(Err(Error::Stopped))
    }

    /// Hands in `work` without waiting.
    pub(super) fn run_then<T, W, A>(&self, work: W, then: A)
    where
        T: Send + 'static,
        W: FnOnce(&Db) -> Result<T> + Send + 'static,
        A: FnOnce(Result<T>) + Send + 'static,
    {
        if let Some(order) = self.hand_in(work, then) {
            refuse(order, Error::QuotaExceeded(FULL.to_owned()));
        }
    }

    /// Hands in `work` without waiting: where there is no room, as soon as there is.
    pub(super) fn run_in_turn<T, W, A>(&self, work: W, then: A)
    where
        T: Send + 'static,
        W: FnOnce(&Db) -> Result<T> + Send + 'static,
        A: FnOnce(Result<T>) + Send + 'static,
    {
        if let Some(order) = self.hand_in(work, then) {
            let orders = self.orders.clone();
            tokio::spawn(async move {
                if let Err(closed) = orders.send(order).await {
                    refuse(closed.0, Error::Stopped);
                }
            });
        }
    }

    /// Gives the order back where there is no room for it.
    fn hand_in<T, W, A>(&self, work: W, then: A) -> Option<Order>
    where
        T: Send + 'static,
        W: FnOnce(&Db) -> Result<T> + Send + 'static,
        A: FnOnce(Result<T>) + Send + 'static,
    {
        if let Err(damaged) = self.health.check() {
            then(Err(damaged));
            return None;
        }
        let work = self.if_sound(work);
        let health = self.health.clone();
        let then = move |result| then(health.judge(result));
        match self.orders.try_send(Order::Run(Job::boxed(work, then))) {
            Ok(()) => None,
            Err(TrySendError::Full(order)) => Some(order),
            Err(TrySendError::Closed(order)) => {
                refuse(order, Error::Stopped);
                None
            }
        }
    }

    /// `work`, unless damage is met before its turn comes.
    fn if_sound<T, W>(&self, work: W) -> impl FnOnce(&Db) -> Result<T> + Send + 'static
    where
        W: FnOnce(&Db) -> Result<T> + Send + 'static,
    {
        let health = self.health.clone();
        move |db| health.check().and_then(|()| work(db))
    }

    /// Whether work that is handed in now has a chance.
    pub(super) fn check(&self) -> Result<()> {
        self.health.check()?;
        if self.orders.is_closed() { Err(Error::Stopped) } else { Ok(()) }
    }

    /// Tells the far end to finish. It may have done so already.
    pub(super) async fn close(&self) {
        drop(self.orders.send(Order::Close).await);
    }
}

fn refuse(order: Order, why: Error) {
    if let Order::Run(command) = order {
        command.answer(Some(why));
    }
}

/// What is said where [`QUEUE`] is exhausted.
const FULL: &str = "The disk does not keep up with what is to be written. Try again in a moment.";

/// A [`Command`] with its types.
struct Job<T, W, A> {
    work: Option<W>,
    result: Option<Result<T>>,
    then: A,
}

impl<T, W, A> Job<T, W, A>
where
    T: Send + 'static,
    W: FnOnce(&Db) -> Result<T> + Send + 'static,
    A: FnOnce(Result<T>) + Send + 'static,
{
    fn boxed(work: W, then: A) -> Box<dyn Command> {
        Box::new(Self { work: Some(work), result: None, then })
    }
}

impl<T, W, A> Command for Job<T, W, A>
where
    T: Send + 'static,
    W: FnOnce(&Db) -> Result<T> + Send + 'static,
    A: FnOnce(Result<T>) + Send + 'static,
{
    fn run(&mut self, db: &Db) -> rusqlite::Result<()> {
        let Some(work) = self.work.take() else { return Ok(()) };
        // A panic must cost its own work only: all of the profile hangs on this thread. Nothing half done is seen
        // afterwards, because what was written is taken back.
        let result = catch_unwind(AssertUnwindSafe(|| work(db))).unwrap_or_else(|_| {
            tracing::error!("work on the database panicked");
            Err(Error::Storage(failure(ffi::SQLITE_INTERNAL, "a fault of Mutiny")))
        });
        let verdict = match &result {
            Ok(_) => Ok(()),
            Err(Error::Storage(error)) => Err(again(error)),
            Err(_) => Err(failure(ffi::SQLITE_ABORT, "the work was taken back")),
        };
        self.result = Some(result);
        verdict
    }

    fn answer(self: Box<Self>, lost: Option<Error>) {
        let Self { result, then, .. } = *self;
        let result = match (result, lost) {
            // Its own error says more than that of the commit.
            (Some(Err(own)), _) => Err(own),
            (_, Some(lost)) => Err(lost),
            (Some(result), None) => result,
            (None, None) => Err(Error::Stopped),
        };
        if catch_unwind(AssertUnwindSafe(|| then(result))).is_err() {
            tracing::error!("taking an answer of the database panicked");
        }
    }
}

/// An error of the database with a code and words of our own.
pub(super) fn failure(code: std::ffi::c_int, message: &str) -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(ffi::Error::new(code), Some(message.to_owned()))
}

/// The same error once more, for the others that it concerns: [`rusqlite::Error`] cannot be cloned.
pub(crate) fn again(error: &rusqlite::Error) -> rusqlite::Error {
    match error {
        rusqlite::Error::SqliteFailure(code, message) => rusqlite::Error::SqliteFailure(*code, message.clone()),
        other => failure(ffi::SQLITE_ERROR, &other.to_string()),
    }
}
