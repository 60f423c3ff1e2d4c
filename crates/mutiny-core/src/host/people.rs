//! The person's side: who I am, other people, and their invitations.

use std::path::PathBuf;

use libp2p::multiaddr::Protocol;
use libp2p::{Multiaddr, PeerId};
use rusqlite::Connection;
use uuid::Uuid;

use super::policy::peer_id;
use super::start::NAME;
use super::{Event, Host};
use crate::clock::wall;
use crate::contact::ContactLink;
use crate::delivery::driver::{Order, key};
use crate::delivery::invitation;
use crate::error::{Error, Result};
use crate::name;
use crate::network::Network;
use crate::store::activity::COUNTED;
use crate::store::{doors, flows, instances, invitations, peers, settings};
use crate::view::{
    Acceptance, Address, Answer, AppEvent, Instance, Invitation, Me, Peer, PeerConnection, Presence, Topic, Trust,
};

impl Host {
    /// The person's own card.
    pub fn me(&self) -> Result<Me> {
        let name = self.name();
        let link = ContactLink::new(self.0.me, &name, self.0.network.listen_addresses());
        Ok(Me {
            id: self.0.me.to_base58(),
            qr: link.qr_svg()?,
            link: link.to_string(),
            name,
            profile: self.0.profile.name().to_owned(),
        })
    }

    /// Changes the name that others see.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] where nothing is left of it that can be shown.
    pub async fn set_name(&self, name: &str) -> Result<()> {
        let name =
            name::clean(name).ok_or_else(|| Error::InvalidArgument("A name needs at least one letter.".into()))?;
        let kept = name.clone();
        self.0.store.write(move |db| settings::set(db, NAME, &kept)).await?;
        self.0.name.write().unwrap_or_else(std::sync::PoisonError::into_inner).clone_from(&name);
        self.0.driver.tell(Order::Renamed(name));
        self.announce(Event::Changed(Topic::Me));
        Ok(())
    }

    /// All peers known: online first, then by name.
    pub async fn peers(&self) -> Result<Vec<Peer>> {
        let host = self.clone();
        let mut open = self.0.network.connections().await;
        let mut all = self.0.store.read(move |db| host.read_peers(db, None)).await?;
        for peer in &mut all {
            let links = peer.id.parse().ok().and_then(|id: PeerId| open.remove(&id)).unwrap_or_default();
            peer.connections = links.iter().map(|(address, outgoing)| connection(address, *outgoing)).collect();
        }
        all.sort_by_key(|peer| (peer.presence != Presence::Online, peer.name.to_lowercase(), peer.id.clone()));
        Ok(all)
    }

    /// Gives a peer a name of the person's own, in place of what it calls itself; empty: back to that. Apps are not told.
    ///
    /// # Errors
    /// [`Error::BadPeer`].
    pub async fn rename_peer(&self, peer: &str, name: &str) -> Result<()> {
        let (peer, name) = (peer_id(peer)?, name::clean(name));
        self.0.store.write(move |db| peers::set_own_name(db, &peer, name.as_deref())).await?;
        self.peers_changed();
        Ok(())
    }

    /// Names the person of a new profile, which is not asked then. A profile that is not new keeps the name it has.
    ///
    /// # Errors
    /// As [`Self::set_name`].
    pub async fn introduce(&self, name: &str) -> Result<()> {
        if self.settings().introduced {
            return Ok(());
        }
        self.set_name(name).await?;
        self.set_settings(serde_json::Map::from_iter([("introduced".to_owned(), true.into())])).await
    }

    /// Adds a friend by contact link and connects.
    ///
    /// # Errors
    /// [`Error::BadContactLink`], and [`Error::OwnContactLink`] for the person's own.
    pub async fn add_contact(&self, link: &str) -> Result<Peer> {
        let ContactLink { peer, name, addresses } = link.parse()?;
        if peer == self.0.me {
            return Err(Error::OwnContactLink);
        }
        let (host, now) = (self.clone(), wall());
        let (added, addresses) = self
            .decide(move |db| {
                peers::set_trust(db, &peer, Trust::Friend, now)?;
                // The name in a link is what the peer was called once; what it calls itself is newer.
                if let (Some(name), None) = (name, peers::get(db, &peer)?.and_then(|known| known.name)) {
                    peers::set_name(db, &peer, &name)?;
                }
                peers::add_addresses(db, &peer, &addresses, peers::Source::Link, now)?;
                let added = host.read_peers(db, Some(peer))?.pop();
                Ok((added.ok_or_else(|| Error::BadPeer(peer.to_base58()))?, peers::addresses(db, &peer)?))
            })
            .await?;
        self.0.network.want(peer, addresses);
        self.peers_changed();
        Ok(added)
    }

    /// Invitations received, newest first. Those of blocked peers are kept and not shown.
    pub async fn invitations(&self) -> Result<Vec<Invitation>> {
        let policy = self.0.policy.clone();
        self.0
            .store
            .read(move |db| {
                let mut all = invitations::all(db)?;
                all.retain(|invitation| !policy.is_blocked(&invitation.notice.from_peer));
                all.into_iter().map(|invitation| view(db, invitation)).collect()
            })
            .await
    }

    /// Accepts an invitation, and answers it with an invitation of the instance's own. Returns the instance.
    ///
    /// # Errors
    /// [`Error::UnknownInvitation`]; [`Error::AppMissing`] where a new instance is wanted of an app that is not here;
    /// [`Error::InvalidArgument`] where it was answered already, or for another app.
    pub async fn accept_invitation(&self, id: Uuid, with: Acceptance) -> Result<Instance> {
        let invitation = self.0.store.read(move |db| invitations::get(db, id)).await?;
        if invitation.answer == Answer::Accepted {
            return Err(Error::InvalidArgument("This invitation was accepted already.".into()));
        }
        let app = invitation.notice.app.clone();
        let instance = match with {
            Acceptance::Existing { instance } => self.instance(instance).await?,
            Acceptance::New => {
                let wanted = app.clone();
                let known = self.0.store.read(move |db| instances::by_app(db, &wanted)).await?;
                let Some(known) = known.into_iter().next() else {
                    return Err(Error::AppMissing(invitation.notice.app_name));
                };
                self.another_instance(known.id).await?
            }
            Acceptance::Folder { folder } => {
                let (folder, wanted) = (PathBuf::from(folder), app.clone());
                self.add_app_if(&folder, move |found| found == wanted).await?
            }
            Acceptance::Fetched => self.add_fetched(&invitation).await?,
        };
        if instance.app.id != app {
            return Err(Error::InvalidArgument(format!(
                "\u{201c}{}\u{201d} is not the app of this invitation. Accept it with \u{201c}{}\u{201d}.",
                instance.label, invitation.notice.app_name
            )));
        }
        let (own, peer, theirs) = (instance.id, invitation.notice.from_peer, invitation.notice.from_instance);
        let body = invitation::Invitation::new(&self.name(), &instance.app, Some(theirs));
        let version = invitation.notice.app_version;
        self.send_invitation(own, peer, body, move |db, now| {
            invitations::accept(db, id, own)?;
            doors::invite(db, own, &peer, now)?;
            doors::bind(db, own, &peer, theirs, &version, now)?;
            peers::set_trust(db, &peer, Trust::Friend, now)?;
            Ok(())
        })
        .await?;
        self.announce(Event::App(own, AppEvent::Invitation));
        self.announce(Event::Changed(Topic::Invitations));
        self.peers_changed();
        Ok(instance)
    }

    /// Declines an invitation. The inviter is not told.
    pub async fn decline_invitation(&self, id: Uuid) -> Result<()> {
        self.0.store.write(move |db| invitations::decline(db, id)).await?;
        self.announce(Event::Changed(Topic::Invitations));
        Ok(())
    }

    pub(super) fn name(&self) -> String {
        self.0.name.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// Peers as the launcher shows them: all but this host itself, or one.
    pub(super) fn read_peers(&self, db: &Connection, only: Option<PeerId>) -> Result<Vec<Peer>> {
        let known = match only {
            Some(peer) => peers::get(db, &peer)?.into_iter().collect(),
            None => peers::all(db)?,
        };
        known
            .into_iter()
            .filter(|peer| peer.id != self.0.me)
            .map(|peer| {
                let online = self.0.presence.is_online(&peer.id);
                Ok(Peer {
                    name: shown_name(peer.own_name.clone().or_else(|| peer.name.clone()), &peer.id),
                    own_name: peer.own_name,
                    says: peer.name,
                    presence: if online { Presence::Online } else { Presence::Offline },
                    trust: peer.trust,
                    nearby: self.0.presence.is_nearby(&peer.id),
                    last_seen: peer.last_seen,
                    addresses: peers::addresses(db, &peer.id)?.iter().map(Multiaddr::to_string).collect(),
                    connections: Vec::new(),
                    waiting: flows::waiting(db, &key(&peer.id), COUNTED)?,
                    id: peer.id.to_base58(),
                })
            })
            .collect()
    }
}

/// A peer's name, or what stands for it where it has not said one yet.
pub(super) fn shown_name(name: Option<String>, peer: &PeerId) -> String {
    name.unwrap_or_else(|| unnamed(&peer.to_base58()))
}

/// Somebody without a name: the end of the id, since the beginning is the same for all.
pub(super) fn unnamed(id: &str) -> String {
    format!("Somebody \u{2026}{}", &id[id.len().saturating_sub(5)..])
}

fn connection(address: &Multiaddr, outgoing: bool) -> PeerConnection {
    PeerConnection {
        address: address.to_string(),
        nearby: Network::is_nearby(address),
        direct: !address.iter().any(|part| part == Protocol::P2pCircuit),
        outgoing,
    }
}

fn view(db: &Connection, invitation: invitations::Invitation) -> Result<Invitation> {
    let invitations::Invitation { id, notice, received, answer, instance } = invitation;
    let known = peers::get(db, &notice.from_peer)?.and_then(|peer| peer.own_name.or(peer.name));
    let candidates = instances::by_app(db, &notice.app)?
        .into_iter()
        .map(|instance| instance.id)
        // Where somebody invites another instance of their own host.
        .filter(|candidate| *candidate != notice.from_instance)
        .collect();
    let claimed = Some(notice.from_name).filter(|name| !name.is_empty());
    Ok(Invitation {
        id,
        from_name: shown_name(known.or(claimed), &notice.from_peer),
        from: Address { peer: notice.from_peer.to_base58(), instance: notice.from_instance },
        app_id: notice.app,
        app_name: notice.app_name,
        app_version: notice.app_version,
        app_hash: notice.app_hash,
        received,
        answer,
        instance,
        candidates,
    })
}
