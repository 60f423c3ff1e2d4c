//! The out-tray: what `send()` was given, until the store's next transaction takes it.
//!
//! Whoever finds the tray empty asks the store for a turn; when that comes, all that lies here by then is written at
//! once. So a single message waits for nobody, and many that come together share everything but their rows.

use std::collections::{BTreeSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use libp2p::{Multiaddr, PeerId};
use tokio::runtime::Handle;
use tokio::sync::broadcast;

use super::driver::Driver;
use super::outgoing::{self, Outgoing, Queued};
use crate::error::{Error, Result};
use crate::host::Event;
use crate::network::Network;
use crate::store::{self, Db, Store, peers};
use crate::view::Topic;

/// How many messages share a transaction at most.
const BATCH: usize = 256;

/// The out-tray of a host. Cheap to clone; all clones are the same one.
#[derive(Clone)]
pub(crate) struct Tray(Arc<Inner>);

struct Inner {
    store: Store,
    driver: Driver,
    network: Network,
    events: broadcast::Sender<Event>,
    /// Where a turn waits that the store has no room for.
    runtime: Handle,
    waiting: Mutex<VecDeque<Waiting>>,
}

/// A message, and whoever waits for it to be written.
struct Waiting {
    message: Outgoing,
    /// It may leave as soon as it is written.
    left: bool,
    then: Box<dyn FnOnce(Result<()>) + Send>,
}

/// What became of a batch: of each message; and who is away, with the addresses to try.
type Written = (Vec<Result<Queued>>, Vec<(PeerId, Vec<Multiaddr>)>);

impl Tray {
    /// To be called within the runtime.
    pub(crate) fn new(store: Store, driver: Driver, network: Network, events: broadcast::Sender<Event>) -> Self {
        let runtime = Handle::current();
        Self(Arc::new(Inner { store, driver, network, events, runtime, waiting: Mutex::default() }))
    }

    /// Puts a message into the outbox as [`outgoing::enqueue`] does, from whatever thread. `then` hears once that is durable or
    /// has failed: on the store's thread, or at once where the store takes nothing any more.
    pub(crate) fn send(&self, message: Outgoing, left: bool, then: impl FnOnce(Result<()>) + Send + 'static) {
        if self.put(Waiting { message, left, then: Box::new(then) }) {
            let _runtime = self.0.runtime.enter();
            self.ask_for_turn();
        }
    }

    /// Returns whether one more turn is needed: each takes a batch, so there are as many to come as there are batches.
    fn put(&self, message: Waiting) -> bool {
        let mut waiting = lock(&self.0.waiting);
        waiting.push_back(message);
        waiting.len() % BATCH == 1
    }

    fn ask_for_turn(&self) {
        let (writing, telling) = (self.clone(), self.clone());
        let batch = Arc::new(Mutex::new(Vec::new()));
        let taken = batch.clone();
        self.0.store.write_in_turn(
            move |db| {
                let mut batch = lock(&taken);
                *batch = writing.take();
                write(db, &batch)
            },
            move |written| {
                let mut batch = std::mem::take(&mut *lock(&batch));
                if batch.is_empty() {
                    // The turn never came, and was theirs.
                    batch = telling.take();
                }
                telling.tell(batch, written);
            },
        );
    }

    fn take(&self) -> Vec<Waiting> {
        let mut waiting = lock(&self.0.waiting);
        let count = waiting.len().min(BATCH);
        waiting.drain(..count).collect()
    }

    /// Tells everybody who is concerned, after the commit.
    fn tell(&self, batch: Vec<Waiting>, written: Result<Written>) {
        let (queued, absent) = match written {
            Ok(written) => written,
            Err(error) => {
                batch.into_iter().for_each(|waiting| (waiting.then)(Err(again(&error))));
                return;
            }
        };
        for (peer, addresses) in absent {
            self.0.network.want(peer, addresses);
        }
        // The driver first: messages go out by it.
        let driver = &self.0.driver;
        let told = batch.into_iter().zip(queued).map(|(Waiting { left, then, .. }, queued)| {
            (then, queued.map(|(flow, message)| driver.queued(flow, message, left)))
        });
        for (then, answer) in told.collect::<Vec<_>>() {
            // Whatever becomes of one answer, the others are given.
            if catch_unwind(AssertUnwindSafe(|| then(answer))).is_err() {
                tracing::error!("taking the answer to a message panicked");
            }
        }
        // Nobody may be watching.
        drop(self.0.events.send(Event::Changed(Topic::Instances)));
    }
}

/// An error once more, for each whom it concerns.
fn again(error: &Error) -> Error {
    match error {
        Error::Storage(error) => store::again(error).into(),
        Error::CorruptDatabase { file, problem } => {
            Error::CorruptDatabase { file: file.clone(), problem: problem.clone() }
        }
        // There is no other reason why nothing at all was written.
        _ => Error::Stopped,
    }
}

fn write(db: &Db, batch: &[Waiting]) -> Result<Written> {
    let queued = outgoing::enqueue_all(db, batch.iter().map(|waiting| (&waiting.message, waiting.left)))?;
    let absent: BTreeSet<_> =
        batch.iter().filter(|waiting| !waiting.left).map(|waiting| &waiting.message.peer).collect();
    let absent = absent.into_iter().filter_map(|peer| PeerId::from_bytes(&peer.0).ok());
    let absent = absent.map(|peer| Ok((peer, peers::addresses(db, &peer)?))).collect::<Result<_>>()?;
    Ok((queued, absent))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
