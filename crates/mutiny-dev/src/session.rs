//! A session: peers that run an app side by side, each a host in a process of its own.
//!
//! It starts them, introduces them to one another, takes down what they do, puts them under conditions, and ends them.
//! They reach one another over loopback, as peers of different machines would over a network.

mod launch;
mod news;
mod switches;

use std::collections::vec_deque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use mutiny_node::free_port;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::{Notify, broadcast};

use crate::error::{Error, Result};
use crate::member::Member;
use crate::names;
use crate::record::{Cast, Record, Recording};
use crate::stage::Stage;
use crate::state::State;
use crate::view::{self, Happening, Payload, PeerState, Topic};

/// How many wakes a watcher may fall behind; it asks anew in any case.
const WAKES: usize = 64;

/// How long a peer may take to end in an orderly way.
const PARTING: Duration = Duration::from_secs(5);

/// What a session is to be.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The app's folder, absolute.
    pub folder: PathBuf,
    /// How many peers, [`names::MOST`] at most.
    pub peers: usize,
    /// Introduce them to one another, so that they know each other from the start.
    pub introduced: bool,
    /// Let them accept each other's invitations by themselves.
    pub accepts: bool,
    /// Where they run.
    pub stage: Stage,
    /// Where their data is kept, to go on with it next time; otherwise it goes with the session.
    pub keep: Option<PathBuf>,
}

/// A session. All clones are the same; the peers end with the last of them.
#[derive(Clone)]
pub struct Session(Arc<Inner>);

struct Inner {
    plan: Plan,
    home: Home,
    state: Mutex<State>,
    wakes: broadcast::Sender<Topic>,
    /// Peers whose queues may be different; see [`news`].
    stale: Mutex<Vec<usize>>,
    look: Notify,
}

enum Home {
    Kept(PathBuf),
    Passing(TempDir),
}

impl Session {
    /// A session whose peers do not run yet. To be called within a tokio runtime.
    ///
    /// # Errors
    /// [`Error::Io`] where there is no place for the peers' data.
    pub fn new(plan: Plan) -> Result<Self> {
        let home = match &plan.keep {
            Some(folder) => {
                let failed = |source| Error::Io { path: folder.clone(), doing: "made", source };
                std::fs::create_dir_all(folder).map_err(failed)?;
                Home::Kept(folder.clone())
            }
            None => {
                let failed = |source| Error::Io { path: std::env::temp_dir(), doing: "used", source };
                Home::Passing(tempfile::Builder::new().prefix("mutiny-dev-").tempdir().map_err(failed)?)
            }
        };
        let failed = |source| Error::Io { path: "127.0.0.1".into(), doing: "listened on", source };
        let member = |name: &str| Ok(Member::new(name.to_owned(), free_port().map_err(failed)?));
        let members = names::first(plan.peers).map(member).collect::<Result<_>>()?;
        let session = Self(Arc::new(Inner {
            plan,
            home,
            state: Mutex::new(State::new(members)),
            wakes: broadcast::channel(WAKES).0,
            stale: Mutex::default(),
            look: Notify::new(),
        }));
        news::look_after(&session);
        Ok(session)
    }

    /// A new watcher of what is different.
    pub fn watch(&self) -> broadcast::Receiver<Topic> {
        self.0.wakes.subscribe()
    }

    /// How it stands.
    pub fn view(&self) -> view::Session {
        let state = self.state();
        let window = self.0.plan.stage.has_windows();
        view::Session {
            folder: self.0.plan.folder.display().to_string(),
            app: state.members.iter().find_map(|member| member.app.clone()),
            peers: state.members.iter().map(|member| member.view(window)).collect(),
            links: state.links(),
            introduced: self.0.plan.introduced,
            forgotten: state.timeline.lacks(),
        }
    }

    /// What has happened after that of this number; a page of it at most.
    pub fn timeline(&self, after: u32) -> Vec<Happening> {
        let state = self.state();
        state.timeline.after(after, |id| state.name_of(id))
    }

    /// The whole of what a happening says.
    ///
    /// # Errors
    /// [`Error::Forgotten`].
    pub fn payload(&self, number: u32) -> Result<Payload> {
        self.state().timeline.payload(number)
    }

    /// Saves all that has happened, to be replayed.
    ///
    /// # Errors
    /// [`Error::TooLong`], [`Error::Io`].
    pub fn save(&self, file: &Path) -> Result<()> {
        self.recording()?.write(file)
    }

    fn recording(&self) -> Result<Recording> {
        let state = self.state();
        if state.timeline.lacks() > 0 {
            return Err(Error::TooLong(state.timeline.lacks()));
        }
        let app = state.members.iter().find_map(|member| member.app.clone());
        let mut recording = Recording::new(self.0.plan.folder.clone(), app, self.0.plan.introduced);
        let cast = |it: &Member| Cast { name: it.name.clone(), id: it.id.clone(), instance: it.instance };
        recording.peers = state.members.iter().map(cast).collect();
        recording.records = state.timeline.records().cloned().collect();
        // What a peer tells takes a moment to arrive, and longer while it starts: what followed from it elsewhere may have
        // been told before. All of them go by one clock.
        recording.records.sort_by(|one, other| one.at.total_cmp(&other.at));
        Ok(recording)
    }

    /// Makes a call of a running peer's host: one of `docs/node.md`.
    ///
    /// # Errors
    /// [`Error::NoSuchPeer`], [`Error::NotRunning`], [`Error::Refused`].
    pub async fn ask<T: DeserializeOwned>(&self, name: &str, call: &str, arguments: Value) -> Result<T> {
        let process = {
            let state = self.state();
            state.process(state.find(name)?)?
        };
        process.ask(call, arguments).await
    }

    /// Waits until `look` finds something in what has happened so far, in order; `None` where that takes too long.
    pub(crate) async fn until<T>(
        &self,
        patience: Duration,
        look: impl Fn(vec_deque::Iter<'_, Record>) -> Option<T>,
    ) -> Option<T> {
        let mut wakes = self.watch();
        let found = async {
            loop {
                if let Some(found) = look(self.state().timeline.records()) {
                    return Some(found);
                }
                if let Err(broadcast::error::RecvError::Closed) = wakes.recv().await {
                    return None;
                }
            }
        };
        tokio::time::timeout(patience, found).await.ok().flatten()
    }

    /// Waits until a peer is in a state, for as long as parting may take.
    async fn until_state(&self, index: usize, wanted: PeerState) {
        let mut wakes = self.watch();
        let is_there = || self.state().members[index].state == wanted;
        let there = async { while !is_there() && wakes.recv().await.is_ok() {} };
        // Whoever looks sees how it is in any case.
        drop(tokio::time::timeout(PARTING, there).await);
    }

    fn wake(&self, topic: Topic) {
        // Nobody may be watching.
        drop(self.0.wakes.send(topic));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn home(&self) -> &Path {
        match &self.0.home {
            Home::Kept(folder) => folder,
            Home::Passing(folder) => folder.path(),
        }
    }
}

/// Milliseconds since the Unix epoch and parts of them, as peers count.
fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_micros() as f64 / 1000.0)
}
