//! What a developer makes happen to a host: offline, a cut or slow link, a full inbox, a calendar that is ahead.
//!
//! The parts that it concerns ask here: the network's admission and its dialling (through [`crate::policy::Policy`]),
//! each substream, and the room that an inbox says it has. Nothing of it is kept, and hosts that nobody develops
//! with have the default, under which nothing is different.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use libp2p::PeerId;
use mutiny_delivery::Rules;
use mutiny_delivery::store::Usage;

use crate::view;

/// The conditions of a host. All clones are the same.
#[derive(Clone, Debug, Default)]
pub(crate) struct Conditions(Arc<RwLock<State>>);

#[derive(Debug, Default)]
struct State {
    view: view::Conditions,
    links: HashMap<PeerId, view::LinkConditions>,
}

impl Conditions {
    /// Others from now on. Links to what is no peer's id are left out.
    pub(crate) fn replace(&self, view: view::Conditions) {
        let links = view.links.iter().filter_map(|(peer, link)| Some((peer.parse().ok()?, *link))).collect();
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = State { view, links };
    }

    /// What they are.
    pub(crate) fn view(&self) -> view::Conditions {
        self.look(|state| state.view.clone())
    }

    /// Whether there is no way to a peer and back.
    pub(crate) fn cut_off(&self, peer: &PeerId) -> bool {
        self.look(|state| state.view.offline || state.links.get(peer).is_some_and(|link| link.cut))
    }

    /// How much later all that a peer says arrives.
    pub(crate) fn delay(&self, peer: &PeerId) -> Duration {
        let delay = self.look(|state| state.links.get(peer).map_or(0, |link| link.delay));
        Duration::from_millis(delay.into())
    }

    /// How full an inbox is, as its senders are to believe.
    pub(crate) fn fills(&self, inbox: Usage) -> Usage {
        if self.look(|state| state.view.full) { Rules::default().inbox } else { inbox }
    }

    fn look<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conditions(change: impl FnOnce(&mut view::Conditions)) -> Conditions {
        let (conditions, mut view) = (Conditions::default(), view::Conditions::default());
        change(&mut view);
        conditions.replace(view);
        conditions
    }

    fn link(peer: PeerId, link: view::LinkConditions) -> impl FnOnce(&mut view::Conditions) {
        move |view| {
            view.links.insert(peer.to_base58(), link);
        }
    }

    #[test]
    fn by_default_nothing_is_different() {
        let (conditions, peer, used) = (Conditions::default(), PeerId::random(), Usage { messages: 3, bytes: 9 });
        assert!(!conditions.cut_off(&peer));
        assert_eq!(conditions.delay(&peer), Duration::ZERO);
        assert_eq!(conditions.fills(used), used);
    }

    #[test]
    fn offline_cuts_off_everybody_and_a_cut_link_one() {
        let [ana, ben] = [PeerId::random(), PeerId::random()];
        let offline = conditions(|view| view.offline = true);
        assert!(offline.cut_off(&ana) && offline.cut_off(&ben));
        let cut = conditions(link(ana, view::LinkConditions { cut: true, delay: 0 }));
        assert!(cut.cut_off(&ana) && !cut.cut_off(&ben));
    }

    #[test]
    fn a_slow_link_is_slow_for_one_peer() {
        let [ana, ben] = [PeerId::random(), PeerId::random()];
        let slow = conditions(link(ana, view::LinkConditions { cut: false, delay: 250 }));
        assert_eq!([ana, ben].map(|peer| slow.delay(&peer).as_millis()), [250, 0]);
    }

    #[test]
    fn a_full_inbox_has_no_room_whatever_is_in_it() {
        let full = conditions(|view| view.full = true);
        assert_eq!(full.fills(Usage::default()), Rules::default().inbox);
    }
}
