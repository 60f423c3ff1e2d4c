//! Who may reach this host: decisions of the person, and what follows from them at once.

use std::collections::HashSet;

use libp2p::PeerId;
use rusqlite::Connection;

use super::{Event, Host};
use crate::clock::wall;
use crate::error::{Error, Result};
use crate::policy::Book;
use crate::store::{Db, doors, flows, peers};
use crate::view::{Topic, Trust};

impl Host {
    /// Blocks a peer: it is hung up on, and nothing of it is let in any more. Messages for it wait.
    ///
    /// # Errors
    /// [`Error::BadPeer`].
    pub async fn block_peer(&self, peer: &str) -> Result<()> {
        let peer = peer_id(peer)?;
        self.decide(move |db| peers::block(db, &peer, wall())).await?;
        self.trust_changed();
        Ok(())
    }

    /// Lets a blocked peer be what it was before: a friend, or nobody in particular.
    ///
    /// # Errors
    /// [`Error::BadPeer`].
    pub async fn unblock_peer(&self, peer: &str) -> Result<()> {
        let peer = peer_id(peer)?;
        self.decide_about(peer, move |db| peers::unblock(db, &peer)).await
    }

    /// Makes a peer that is known already a friend, and keeps connected with it.
    ///
    /// # Errors
    /// [`Error::BadPeer`].
    pub async fn add_friend(&self, peer: &str) -> Result<()> {
        let peer = peer_id(peer)?;
        self.decide_about(peer, move |db| peers::set_trust(db, &peer, Trust::Friend, wall())).await
    }

    /// Makes a friend one of many again. Instances that invited it still let it in.
    ///
    /// # Errors
    /// [`Error::BadPeer`].
    pub async fn remove_friend(&self, peer: &str) -> Result<()> {
        let peer = peer_id(peer)?;
        self.decide_about(peer, move |db| peers::set_trust(db, &peer, Trust::None, wall())).await
    }

    /// Whether a connected peer may reach this host at all. Each protocol of the network asks it before it answers.
    pub(crate) fn may_reach(&self, peer: &PeerId) -> bool {
        *peer == self.0.me || self.0.policy.may_reach(peer, || self.0.presence.is_nearby(peer))
    }

    /// Writes what changes who may reach this host. When it returns, that is in effect, also on open connections.
    pub(super) async fn decide<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Db) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let host = self.clone();
        let write = move |db: &Db| {
            let done = work(db)?;
            Ok((done, Book::read(db)?))
        };
        let (done, _) = self.0.store.write_and(write, move |(_, book)| host.enforce(book)).await?;
        Ok(done)
    }

    /// The same, where it is about one peer: it is called, or not any more.
    async fn decide_about(
        &self,
        peer: PeerId,
        work: impl FnOnce(&Connection) -> Result<bool> + Send + 'static,
    ) -> Result<()> {
        let wanted = self.decide(move |db| {
            work(db)?;
            let wanted = match peers::get(db, &peer)? {
                Some(known) => is_wanted(db, &known, &waited_for(db)?)?,
                None => false,
            };
            Ok(if wanted { Some(peers::addresses(db, &peer)?) } else { None })
        });
        match wanted.await? {
            Some(addresses) => self.0.network.want(peer, addresses),
            None => self.0.network.forget(peer),
        }
        self.trust_changed();
        Ok(())
    }

    /// Goes by another book from now on. To be called in the order of the commits.
    pub(super) fn enforce(&self, book: &Book) {
        self.0.policy.replace(book.clone());
        self.0.network.review();
    }

    fn trust_changed(&self) {
        self.peers_changed();
        // Those of blocked peers are not shown.
        self.announce(Event::Changed(Topic::Invitations));
    }
}

/// Whether this host has a reason to be connected with a peer: a friend, one whose answer is expected, or one of those
/// that messages wait for.
pub(super) fn is_wanted(db: &Connection, peer: &peers::Peer, waiting: &HashSet<PeerId>) -> Result<bool> {
    match peer.trust {
        Trust::Friend => Ok(true),
        Trust::Blocked => Ok(false),
        Trust::None => Ok(waiting.contains(&peer.id) || doors::is_expected(db, &peer.id)?),
    }
}

/// Peers that messages wait for.
pub(super) fn waited_for(db: &Connection) -> Result<HashSet<PeerId>> {
    Ok(flows::waited_for(db)?.into_iter().filter_map(|peer| PeerId::from_bytes(&peer.0).ok()).collect())
}

/// The peer that somebody names.
pub(super) fn peer_id(text: &str) -> Result<PeerId> {
    text.trim().parse().map_err(|_| Error::BadPeer(text.chars().take(80).collect()))
}
