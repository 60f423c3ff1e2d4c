//! What is known of a session at a moment.

use std::collections::BTreeMap;
use std::sync::Arc;

use mutiny_core::view::{Conditions, LinkConditions, Step, Trace};

use crate::error::{Error, Result};
use crate::member::{Member, Switches};
use crate::process::Process;
use crate::record::{Act, Record, What};
use crate::timeline::Timeline;
use crate::view::{Link, PeerState};

/// All of it, but for what does not change.
pub(crate) struct State {
    pub(crate) members: Vec<Member>,
    /// Links that are different from others, by the places of the two; the lower first.
    pub(crate) links: BTreeMap<(usize, usize), LinkConditions>,
    /// Pairs that were introduced, likewise.
    pub(crate) introduced: Vec<(usize, usize)>,
    pub(crate) timeline: Timeline,
}

impl State {
    pub(crate) fn new(members: Vec<Member>) -> Self {
        Self { members, links: BTreeMap::new(), introduced: Vec::new(), timeline: Timeline::default() }
    }

    /// The place of the peer with this name.
    pub(crate) fn find(&self, name: &str) -> Result<usize> {
        let found = self.members.iter().position(|member| member.name == name);
        found.ok_or_else(|| Error::NoSuchPeer(name.to_owned()))
    }

    /// The places of two peers, the lower first.
    pub(crate) fn pair(&self, one: &str, other: &str) -> Result<(usize, usize)> {
        let (one, other) = (self.find(one)?, self.find(other)?);
        if one == other {
            return Err(Error::NoSuchPeer(format!("{0} beside {0}", self.members[one].name)));
        }
        Ok((one.min(other), one.max(other)))
    }

    /// The process of a peer.
    pub(crate) fn process(&self, index: usize) -> Result<Arc<Process>> {
        let member = &self.members[index];
        member.process.clone().ok_or_else(|| Error::NotRunning(member.name.clone()))
    }

    /// What a peer's id stands for: its name, where it is of this session.
    pub(crate) fn name_of(&self, id: &str) -> String {
        self.members.iter().find(|member| member.id == id).map_or(id, |member| &member.name).to_owned()
    }

    /// The conditions of a peer: its switches, and its links to those whose ids are known.
    pub(crate) fn conditions(&self, index: usize) -> Conditions {
        let Switches { offline, full, ahead } = self.members[index].switches;
        let links = self.links.iter().filter_map(|((from, to), link)| {
            let other = if *from == index { to } else { from };
            let id = &self.members[*other].id;
            ((*from == index || *to == index) && !id.is_empty()).then(|| (id.clone(), *link))
        });
        Conditions { offline, full, ahead, links: links.collect() }
    }

    /// Takes down what a peer did.
    pub(crate) fn step(&mut self, index: usize, Trace { at, step }: Trace) {
        let member = &mut self.members[index];
        match &step {
            Step::Connected { peer } => drop(member.connected.insert(peer.clone())),
            Step::Disconnected { peer } => drop(member.connected.remove(peer)),
            _ => {}
        }
        let peer = member.name.clone();
        self.timeline.push(Record { at, peer, what: What::Step(step) });
    }

    /// Takes down what was done to a peer.
    pub(crate) fn act(&mut self, index: usize, at: f64, act: Act) {
        let peer = self.members[index].name.clone();
        self.timeline.push(Record { at, peer, what: What::Act(act) });
    }

    /// Every pair of peers.
    pub(crate) fn links(&self) -> Vec<Link> {
        let count = self.members.len();
        let pairs = (0..count).flat_map(|from| (from + 1..count).map(move |to| (from, to)));
        let running = |member: &Member| member.state == PeerState::Running;
        let view = |(from, to)| {
            let (one, other) = (&self.members[from], &self.members[to]);
            let LinkConditions { cut, delay } = self.links.get(&(from, to)).copied().unwrap_or_default();
            Link {
                from: one.name.clone(),
                to: other.name.clone(),
                cut,
                delay,
                connected: running(one)
                    && running(other)
                    && (one.connected.contains(&other.id) || other.connected.contains(&one.id)),
                introduced: self.introduced.contains(&(from, to)),
            }
        };
        pairs.map(view).collect()
    }
}
