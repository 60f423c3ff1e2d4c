//! Whom to dial, and when: the policy, without the network. The time is handed in, and so is chance.
//!
//! A peer is dialled while it is *wanted* (a friend, or one that messages wait for) or *nearby* (seen by mDNS). All its
//! addresses are tried in one attempt. After a failure it is left alone for a while that grows; news of it (a new
//! address, an announcement, a change of this machine's own network) ends the wait. Whom the person's policy keeps out is
//! not dialled: blocked peers never, and those that mDNS names only if they may come as well.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use libp2p::{Multiaddr, PeerId};

use super::address::dialable;
use super::addresses::Addresses;
use super::backoff::Backoff;
use crate::policy::Policy;
use crate::view::Trouble;

/// The most attempts under way at once. The others take their turn.
const MOST_DIALS: usize = 24;
/// The most peers that are dialled only because mDNS named them: enough for an office, and a bound on what one machine
/// on the network can make this host do by inventing names.
const MOST_NEARBY: usize = 64;
/// The most strangers (see [`Reach::stranger`]) remembered.
const MOST_STRANGERS: usize = 256;
/// A connection that lasted this long was a good one. One that ended sooner counts as a failed attempt: a host that
/// hangs up on us at once must not make us call it in a loop.
const STABLE: Duration = Duration::from_secs(10);
/// News that reaches many hosts at once is acted upon after a random wait of up to this long, so that two of them seldom
/// dial each other at the same moment.
const SPREAD: Duration = Duration::from_millis(250);

/// What is to be expected of a peer that is not connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Outlook {
    /// Attempts since it was reached last.
    pub(crate) attempts: u32,
    /// One is under way.
    pub(crate) trying: bool,
    /// How long until the next one.
    pub(crate) next: Option<Duration>,
    /// What came of the last one.
    pub(crate) trouble: Option<Trouble>,
}

/// The dialling policy.
pub(super) struct Reach {
    own: PeerId,
    /// A random number in `0.0..1.0`.
    chance: fn() -> f64,
    targets: HashMap<PeerId, Target>,
    policy: Policy,
    strangers: HashSet<PeerId>,
}

#[derive(Debug)]
struct Target {
    wanted: bool,
    /// The addresses that mDNS names at present.
    nearby: HashSet<Multiaddr>,
    addresses: Addresses,
    backoff: Backoff,
    /// Attempts since it was reached last.
    attempts: u32,
    /// What came of the last one.
    trouble: Option<Trouble>,
    state: State,
    /// The policy kept it from being dialled when it was asked last.
    kept_out: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Waiting { until: Instant },
    Dialling,
    Connected { since: Instant },
}

impl Target {
    fn new(state: State) -> Self {
        Self {
            wanted: false,
            nearby: HashSet::new(),
            addresses: Addresses::default(),
            backoff: Backoff::default(),
            attempts: 0,
            trouble: None,
            state,
            kept_out: false,
        }
    }

    /// Ends the wait, if it waits.
    fn hurry(&mut self, at: Instant) {
        if let State::Waiting { until } = &mut self.state {
            *until = at.min(*until);
            self.backoff.reset();
        }
    }

    fn is_kept_out(&self, peer: &PeerId, policy: &Policy) -> bool {
        if self.wanted { !policy.may_call(peer) } else { !policy.may_reach(peer, || true) }
    }

    fn is_needless(&self) -> bool {
        !self.wanted && self.nearby.is_empty() && !matches!(self.state, State::Connected { .. })
    }
}

impl Reach {
    pub(super) fn new(own: PeerId, policy: Policy, chance: fn() -> f64) -> Self {
        Self { own, chance, policy, targets: HashMap::new(), strangers: HashSet::new() }
    }

    /// Keeps trying to be connected to `peer`. `connected` says whether it is already.
    ///
    /// To want a peer again that is wanted already is no news, so that an app which sends a thousand messages to
    /// somebody who is away does not cause a thousand calls.
    pub(super) fn want(&mut self, peer: PeerId, addresses: Vec<Multiaddr>, connected: bool, now: Instant) {
        if peer == self.own {
            return;
        }
        let target = self.targets.entry(peer).or_insert_with(|| Target::new(initial(connected, now)));
        if !target.wanted {
            target.wanted = true;
            target.hurry(now);
        }
        self.add_addresses(peer, addresses, now);
    }

    /// Dials `peer` as soon as there is a turn, whatever came of earlier attempts: the person asks for it.
    pub(super) fn hurry(&mut self, peer: PeerId, now: Instant) {
        if let Some(target) = self.targets.get_mut(&peer) {
            target.addresses.forgive();
            target.hurry(now);
        }
    }

    /// What is to be expected of `peer`, which is not connected.
    pub(super) fn outlook(&self, peer: PeerId, now: Instant) -> Option<Outlook> {
        let target = self.targets.get(&peer)?;
        let next = match target.state {
            State::Waiting { until } => Some(until.saturating_duration_since(now)),
            State::Dialling | State::Connected { .. } => None,
        };
        let trying = target.state == State::Dialling;
        Some(Outlook { attempts: target.attempts, trying, next, trouble: target.trouble })
    }

    /// More places where a peer might be; of no interest where nobody wants it. A new one is tried at once.
    pub(super) fn add_addresses(&mut self, peer: PeerId, addresses: Vec<Multiaddr>, now: Instant) {
        let Some(target) = self.targets.get_mut(&peer) else {
            return;
        };
        for address in addresses.into_iter().filter_map(|address| dialable(address, peer)) {
            if target.addresses.add(address) {
                target.hurry(now);
            }
        }
    }

    /// mDNS names `peer` at `addresses`.
    pub(super) fn discovered(&mut self, peer: PeerId, addresses: Vec<Multiaddr>, connected: bool, now: Instant) {
        let is_new = !self.targets.contains_key(&peer);
        let full = || self.targets.values().filter(|target| !target.nearby.is_empty()).count() >= MOST_NEARBY;
        if peer == self.own || self.strangers.contains(&peer) || (is_new && full()) {
            return;
        }
        let soon = now + SPREAD.mul_f64((self.chance)());
        let state = if connected { initial(true, now) } else { State::Waiting { until: soon } };
        let target = self.targets.entry(peer).or_insert_with(|| Target::new(state));
        for address in addresses {
            target.addresses.add(address.clone());
            target.nearby.insert(address);
        }
        target.hurry(soon);
    }

    /// mDNS no longer names `peer` at `address`. A connection says more than mDNS does, so one that is open stays.
    pub(super) fn expired(&mut self, peer: PeerId, address: &Multiaddr) {
        if let Some(target) = self.targets.get_mut(&peer) {
            target.nearby.remove(address);
            if target.is_needless() {
                self.targets.remove(&peer);
            }
        }
    }

    /// `peer` speaks libp2p and is not one of us: mDNS names programs of every kind. It is not dialled for that again.
    pub(super) fn stranger(&mut self, peer: PeerId) {
        if self.strangers.len() < MOST_STRANGERS {
            self.strangers.insert(peer);
        }
        if let Some(target) = self.targets.get_mut(&peer) {
            target.nearby.clear();
            if !target.wanted {
                self.targets.remove(&peer);
            }
        }
    }

    /// Does not want `peer` any more.
    pub(super) fn forget(&mut self, peer: PeerId) {
        if let Some(target) = self.targets.get_mut(&peer) {
            target.wanted = false;
            if target.is_needless() {
                self.targets.remove(&peer);
            }
        }
    }

    /// Whether somebody here wants to be connected to `peer`.
    pub(super) fn wants(&self, peer: &PeerId) -> bool {
        self.targets.get(peer).is_some_and(|target| target.wanted)
    }

    /// The person's policy has changed: those that it kept out until now are tried at once.
    pub(super) fn review(&mut self, now: Instant) {
        for (peer, target) in &mut self.targets {
            let kept_out = target.is_kept_out(peer, &self.policy);
            if target.kept_out && !kept_out {
                target.hurry(now);
            }
            target.kept_out = kept_out;
        }
    }

    /// A connection to `peer` is open, whoever dialled; `dialled` is the address where we did.
    pub(super) fn connected(&mut self, peer: PeerId, dialled: Option<&Multiaddr>, now: Instant) {
        if let Some(target) = self.targets.get_mut(&peer) {
            if !matches!(target.state, State::Connected { .. }) {
                target.state = State::Connected { since: now };
                (target.attempts, target.trouble) = (0, None);
            }
            if let Some(address) = dialled {
                target.addresses.worked(address);
            }
        }
    }

    /// The last connection to `peer` is gone.
    pub(super) fn disconnected(&mut self, peer: PeerId, now: Instant) {
        let Some(target) = self.targets.get_mut(&peer) else {
            return;
        };
        if let State::Connected { since } = target.state {
            if now.saturating_duration_since(since) >= STABLE {
                target.backoff.reset();
            } else {
                (target.attempts, target.trouble) = (target.attempts + 1, Some(Trouble::HungUp));
            }
        }
        target.state = State::Waiting { until: now + target.backoff.failed((self.chance)()) };
        if target.is_needless() {
            self.targets.remove(&peer);
        }
    }

    /// An attempt failed; at `wrong` somebody else answered, which ended the attempt before the other addresses had
    /// their chance.
    pub(super) fn failed(&mut self, peer: PeerId, wrong: Option<&Multiaddr>, now: Instant) {
        let Some(target) = self.targets.get_mut(&peer) else {
            return;
        };
        if target.state != State::Dialling {
            return;
        }
        if let Some(address) = wrong {
            target.addresses.wrong(address, now);
        }
        let trouble = if wrong.is_some() { Trouble::SomebodyElse } else { Trouble::NoAnswer };
        (target.attempts, target.trouble) = (target.attempts.saturating_add(1), Some(trouble));
        let again_at_once = wrong.is_some() && !target.addresses.to_dial(now).is_empty();
        let wait = if again_at_once { Duration::ZERO } else { target.backoff.failed((self.chance)()) };
        target.state = State::Waiting { until: now + wait };
    }

    /// This machine's own network changed, or it slept: nothing learned from failures holds any more.
    pub(super) fn fresh_round(&mut self, now: Instant) {
        for target in self.targets.values_mut() {
            target.addresses.forgive();
            target.hurry(now + SPREAD.mul_f64((self.chance)()));
        }
    }

    /// Whether a connection that we opened to `peer` is worth keeping while it is idle.
    pub(super) fn keeps(&self, peer: PeerId) -> bool {
        self.targets.contains_key(&peer)
    }

    /// The peers to dial now, and where. They count as being dialled from here on.
    pub(super) fn due(&mut self, now: Instant) -> Vec<(PeerId, Vec<Multiaddr>)> {
        let mut free = MOST_DIALS.saturating_sub(self.dialling());
        let mut due = Vec::new();
        for (peer, target) in &mut self.targets {
            if free == 0 {
                break;
            }
            let State::Waiting { until } = target.state else { continue };
            target.kept_out = target.is_kept_out(peer, &self.policy);
            if until > now || target.kept_out {
                continue;
            }
            let addresses = target.addresses.to_dial(now);
            if addresses.is_empty() {
                // Those left out for a time say more than that there are none.
                target.trouble = target.trouble.filter(|_| target.addresses.is_any()).or(Some(Trouble::NoAddress));
                // Nowhere to go. This is looked at again in a while, since an address may be left out only for a time.
                target.state = State::Waiting { until: now + target.backoff.failed((self.chance)()) };
                continue;
            }
            target.state = State::Dialling;
            due.push((*peer, addresses));
            free -= 1;
        }
        due
    }

    /// When [`Reach::due`] should be asked next, if nothing happens before. An attempt that ends is such a happening.
    pub(super) fn next_due(&self) -> Option<Instant> {
        if self.dialling() >= MOST_DIALS {
            return None;
        }
        let waiting = self.targets.iter().filter(|(peer, target)| !target.is_kept_out(peer, &self.policy));
        waiting
            .filter_map(|(_, target)| if let State::Waiting { until } = target.state { Some(until) } else { None })
            .min()
    }

    /// Whether there is anybody to be reached who is not connected.
    pub(super) fn seeks(&self) -> bool {
        let seeks = |(peer, target): (&PeerId, &Target)| {
            !matches!(target.state, State::Connected { .. }) && !target.is_kept_out(peer, &self.policy)
        };
        self.targets.iter().any(seeks)
    }

    fn dialling(&self) -> usize {
        self.targets.values().filter(|target| target.state == State::Dialling).count()
    }
}

fn initial(connected: bool, now: Instant) -> State {
    if connected { State::Connected { since: now } } else { State::Waiting { until: now } }
}

#[cfg(test)]
mod tests;
