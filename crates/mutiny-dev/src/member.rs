//! One peer of a session: what is known of it while it comes and goes.

use std::collections::HashSet;
use std::sync::Arc;

use mutiny_core::view::{self as core, App, Millis, Queues};
use uuid::Uuid;

use crate::process::Process;
use crate::view::{self, PeerState};

/// A peer.
pub(crate) struct Member {
    pub(crate) name: String,
    /// Where it listens, whenever it runs.
    pub(crate) port: u16,
    /// Its peer id; empty until it ran.
    pub(crate) id: String,
    pub(crate) instance: Option<Uuid>,
    pub(crate) app: Option<App>,
    pub(crate) state: PeerState,
    pub(crate) problem: Option<String>,
    /// The switches of its own.
    pub(crate) switches: Switches,
    pub(crate) queues: Option<Queues>,
    pub(crate) invitations: Vec<core::Invitation>,
    /// The peers that it is connected with, by their ids.
    pub(crate) connected: HashSet<String>,
    pub(crate) process: Option<Arc<Process>>,
    /// How often it was started: what an earlier process still tells is of no interest.
    pub(crate) run: u64,
    /// How many marks it has told of: see [`mutiny_core::view::Step::Mark`].
    pub(crate) marks: u64,
    /// It is being ended on purpose.
    pub(crate) killed: bool,
}

/// What can be switched for a peer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Switches {
    /// It reaches nobody, and nobody reaches it.
    pub offline: bool,
    /// Its inbox is full.
    pub full: bool,
    /// How far its calendar is ahead, in milliseconds.
    pub ahead: Millis,
}

impl Member {
    pub(crate) fn new(name: String, port: u16) -> Self {
        Self {
            name,
            port,
            id: String::new(),
            instance: None,
            app: None,
            state: PeerState::Ended,
            problem: None,
            switches: Switches::default(),
            queues: None,
            invitations: Vec::new(),
            connected: HashSet::new(),
            process: None,
            run: 0,
            marks: 0,
            killed: false,
        }
    }

    /// Its process is gone.
    pub(crate) fn ended(&mut self, problem: Option<String>) {
        self.state = PeerState::Ended;
        self.problem = problem;
        (self.process, self.queues) = (None, None);
        self.invitations.clear();
        self.connected.clear();
        self.killed = false;
    }

    pub(crate) fn view(&self, window: bool) -> view::Peer {
        let Switches { offline, full, ahead } = self.switches;
        view::Peer {
            name: self.name.clone(),
            id: self.id.clone(),
            instance: self.instance,
            state: self.state,
            problem: self.problem.clone(),
            offline,
            full,
            ahead,
            queues: self.queues.clone(),
            invitations: self.invitations.clone(),
            window,
        }
    }
}
