//! What the network tells: passed on to delivery, to the address book, and to whoever watches.

use std::collections::HashMap;
use std::time::Duration;

use libp2p::PeerId;
use tokio::sync::mpsc;

use super::start::PORT;
use super::{Event, Host};
use crate::announcements;
use crate::clock::wall;
use crate::delivery;
use crate::delivery::driver::Order;
use crate::delivery::names::Heard;
use crate::error::{Error, Result};
use crate::name;
use crate::network::{self, NetworkEvent, Protocol, Substream};
use crate::store::Db;
use crate::store::peers::{self, Source};
use crate::store::settings;
use crate::transfer;
use crate::view::{AppEvent, Step, Topic};

/// The protocols of which peers may open substreams.
pub(super) const PROTOCOLS: &[Protocol] =
    &[delivery::stream::PROTOCOL, announcements::stream::PROTOCOL, transfer::PROTOCOL];

/// How often names are written down, all those together that were said meanwhile.
const NAMES: Duration = Duration::from_millis(200);

/// Takes the network's events until they end. `keep_port`: remember the port, to listen at the same one next time.
pub(super) fn watch(host: &Host, mut heard: mpsc::Receiver<NetworkEvent>, mut named: Heard, keep_port: bool) {
    // Only while somebody holds the host: this must not keep it alive.
    let (weak, weak_too) = (host.downgrade(), host.downgrade());
    tokio::spawn(async move {
        while let Some(event) = heard.recv().await {
            let Some(host) = weak.upgrade() else { break };
            Host(host).network_event(event, keep_port);
        }
    });
    tokio::spawn(async move {
        while let Some(names) = named.next().await {
            let Some(host) = weak_too.upgrade() else { break };
            Host(host).note_names(names);
            tokio::time::sleep(NAMES).await;
        }
    });
}

impl Host {
    fn network_event(&self, event: NetworkEvent, keep_port: bool) {
        let now = wall();
        match event {
            NetworkEvent::Connected { peer, nearby, .. } => {
                self.0.tracer.tell(|| Step::Connected { peer: peer.to_base58() });
                self.0.presence.arrived(peer, nearby);
                self.0.driver.tell(Order::Connected(peer));
                self.tell_announcements(peer);
                self.note(move |db| peers::upsert_seen(db, &peer, now).map(|()| true));
            }
            NetworkEvent::Disconnected { peer } => {
                self.0.presence.gone(&peer);
                self.0.driver.tell(Order::Disconnected(peer));
                // Once it is so: whoever reads it goes by it, and nothing that is sent from here on may leave.
                self.0.tracer.tell(|| Step::Disconnected { peer: peer.to_base58() });
                self.forget_announcements(&peer);
                self.note(move |db| peers::upsert_seen(db, &peer, now).map(|()| true));
            }
            NetworkEvent::Reached { peer, address } => {
                self.note(move |db| peers::reached_at(db, &peer, &address, now).map(|()| false));
            }
            NetworkEvent::Announced { peer, addresses, nearby } => {
                let source = if nearby { Source::Hint } else { Source::Identify };
                self.note(move |db| peers::add_addresses(db, &peer, &addresses, source, now).map(|()| false));
            }
            // Whatever it is for: whom this host only called itself may answer, and begin nothing.
            NetworkEvent::Incoming { peer, .. } if !self.may_reach(&peer) => tracing::debug!(%peer, "not let in"),
            NetworkEvent::Incoming { peer, protocol, stream } => self.take_over(peer, protocol, stream),
            NetworkEvent::Missed => self.announce(Event::Changed(Topic::Activity)),
            NetworkEvent::Listening { addresses } => {
                if let Some(port) = network::port(&addresses).filter(|_| keep_port) {
                    self.note(move |db| settings::set(db, PORT, &port.to_string()).map(|()| false));
                }
                self.announce(Event::Changed(Topic::Me));
            }
        }
    }

    /// Hands a substream to whoever speaks its protocol: one of [`PROTOCOLS`].
    fn take_over(&self, peer: PeerId, protocol: Protocol, stream: Substream) {
        if protocol == delivery::stream::PROTOCOL {
            self.0.driver.tell(Order::Incoming(peer, stream));
        } else if protocol == announcements::stream::PROTOCOL {
            self.hear_announcements(peer, stream);
        } else if protocol == transfer::PROTOCOL {
            self.lend(peer, stream);
        }
    }

    /// Writes to the address book without waiting; tells that peers have changed, if `work` says so. What fails here is
    /// learned again from the network.
    fn note(&self, work: impl FnOnce(&Db) -> Result<bool> + Send + 'static) {
        self.0.store.write_then(work, self.noted());
    }

    /// The same with names, which are said once: they wait where the store has much to do.
    fn note_names(&self, names: HashMap<PeerId, String>) {
        let work = move |db: &Db| {
            let mut changed = false;
            for (peer, name) in names {
                if let Some(name) = name::clean(&name) {
                    peers::remember(db, &peer, wall())?;
                    changed |= peers::set_name(db, &peer, &name)?;
                }
            }
            Ok(changed)
        };
        self.0.store.write_in_turn(work, self.noted());
    }

    fn noted(&self) -> impl FnOnce(Result<bool>) + Send + 'static {
        let host = self.downgrade();
        move |done| match (done, host.upgrade()) {
            (Ok(true), Some(host)) => Host(host).peers_changed(),
            (Ok(_), _) => {}
            // It closes: what it hears now it hears again next time.
            (Err(Error::Stopped), _) => {}
            (Err(error), _) => tracing::warn!(%error, "the address book could not be kept"),
        }
    }

    pub(super) fn peers_changed(&self) {
        self.announce(Event::Changed(Topic::Peers));
        let open = self.0.open.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
        open.into_iter().for_each(|instance| self.announce(Event::App(instance, AppEvent::Peer)));
    }

    /// Tells whoever watches; nobody may.
    pub(super) fn announce(&self, event: Event) {
        drop(self.0.events.send(event));
    }
}
