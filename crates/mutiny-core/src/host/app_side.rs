//! The app's side: what `window.mutiny` stands on. `instance` is always the caller's own.

use std::sync::PoisonError;
use std::time::Duration;

use libp2p::PeerId;
use mutiny_delivery::frame::MAX_BODY;
use mutiny_delivery::message::{Content, HOST};
use rusqlite::Connection;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::people::{shown_name, unnamed};
use super::policy::peer_id;
use super::start::blocking;
use super::{Event, Host, Resource, permissions};
use crate::announcements::MAX_VALUE;
use crate::clock::wall;
use crate::delivery::driver::{Order, key};
use crate::delivery::invitation::Invitation;
use crate::delivery::outgoing::{self, Outgoing};
use crate::error::{Error, Result};
use crate::policy::Book;
use crate::store::{Db, doors, inbox, inboxes, instances, peers};
use crate::view::{
    Address, AppEvent, AppPeer, Body, Correspondent, Entry, Introduction, Limits, Millis, Permission, Person, Presence,
    Step, Topic, Trust,
};

/// How long a message waits for its target, unless its sender says otherwise.
pub(super) const DEADLINE: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// The longest that a message may wait.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 60 * 60);

impl Host {
    /// A file of the instance's app. `path` is the URL's path as it stands there: percent-encoded, starting with `/`.
    ///
    /// # Errors
    /// [`Error::UnknownInstance`], [`Error::NoSuchFile`], and what may be wrong with the app's folder by now.
    pub async fn resource(&self, instance: Uuid, path: &str) -> Result<Resource> {
        let (package, path) = (self.package(instance).await?, path.to_owned());
        let read = package.clone();
        let (content, media_type, edited) = blocking(move || {
            let mut package = read.lock().unwrap_or_else(PoisonError::into_inner);
            // Whoever edits an app sees it after a reload.
            let edited = package.is_entry(&path) && package.reload()?;
            let (content, media_type) = package.read(&path)?;
            Ok((content, media_type, edited))
        })
        .await?;
        if edited {
            self.edited(instance, &package).await?;
        }
        Ok(Resource { content, media_type })
    }

    /// The path of the URL to open the instance at.
    ///
    /// # Errors
    /// As [`Self::resource`].
    pub async fn entry_path(&self, instance: Uuid) -> Result<String> {
        let package = self.package(instance).await?;
        blocking(move || Ok(package.lock().unwrap_or_else(PoisonError::into_inner).entry_path())).await
    }

    /// What a page is told about itself.
    pub async fn introduction(&self, instance: Uuid) -> Result<Introduction> {
        let row = self.0.store.read(move |db| instances::get(db, instance)).await?;
        Ok(Introduction {
            address: Address { peer: self.0.me.to_base58(), instance },
            name: self.name(),
            label: row.label.unwrap_or_else(|| row.app.name.clone()),
            app: row.app,
            limits: Limits {
                message_bytes: MAX_BODY as u32,
                announcement_bytes: MAX_VALUE as u32,
                deadline: DEADLINE.as_millis() as Millis,
            },
        })
    }

    /// Everybody this host knows, but for the blocked: what an app sees that has the permission `peers`.
    ///
    /// # Errors
    /// [`Error::PermissionUndeclared`], and [`Error::PermissionDenied`] unless the person has allowed it.
    pub async fn app_peers(&self, instance: Uuid) -> Result<Vec<AppPeer>> {
        let host = self.clone();
        let mut seen = self
            .0
            .store
            .read(move |db| {
                permissions::demand(db, instance, Permission::Peers)?;
                let mut peers = host.read_peers(db, None)?;
                peers.retain(|peer| peer.trust != Trust::Blocked);
                Ok(peers)
            })
            .await?;
        seen.sort_by_key(|peer| (peer.presence != Presence::Online, peer.name.to_lowercase(), peer.id.clone()));
        let view = |peer: crate::view::Peer| AppPeer {
            online: peer.presence == Presence::Online,
            // What the person calls somebody is no app's business.
            name: peer.says.unwrap_or_else(|| unnamed(&peer.id)),
            id: peer.id,
        };
        Ok(seen.into_iter().map(view).collect())
    }

    /// Permits `peer` to send to this instance and sends it the notice, durably. Returns who that is.
    ///
    /// # Errors
    /// [`Error::BadPeer`], [`Error::UnknownInstance`], [`Error::QuotaExceeded`].
    pub async fn invite(&self, instance: Uuid, peer: &str) -> Result<Person> {
        let peer = peer_id(peer)?;
        let row = self.0.store.read(move |db| instances::get(db, instance)).await?;
        let body = Invitation::new(&self.name(), &row.app, None);
        self.send_invitation(instance, peer, body, move |db, now| {
            peers::remember(db, &peer, now)?;
            doors::invite(db, instance, &peer, now).map(drop)
        })
        .await?;
        self.announce(Event::App(instance, AppEvent::Invitation));
        let known = self.0.store.read(move |db| peers::get(db, &peer)).await?.and_then(|peer| peer.name);
        Ok(Person { id: peer.to_base58(), name: shown_name(known, &peer) })
    }

    /// Whom this instance invited or accepted.
    pub async fn correspondents(&self, instance: Uuid) -> Result<Vec<Correspondent>> {
        let presence = self.0.presence.clone();
        self.0
            .store
            .read(move |db| {
                instances::get(db, instance)?;
                let view = |door: doors::Correspondent| {
                    let name = peers::get(db, &door.peer)?.and_then(|peer| peer.name);
                    Ok(Correspondent {
                        name: shown_name(name, &door.peer),
                        online: presence.is_online(&door.peer),
                        peer: door.peer.to_base58(),
                        instance: door.instance,
                        version: door.version,
                    })
                };
                doors::doors_of(db, instance)?.into_iter().map(view).collect()
            })
            .await
    }

    /// Puts a message into the outbox, durably, and returns its id. `deadline`: how long it may wait, 7 days unless given.
    ///
    /// # Errors
    /// [`Error::TooLarge`], [`Error::QuotaExceeded`], [`Error::BadPeer`], [`Error::InvalidArgument`],
    /// [`Error::UnknownInstance`].
    pub async fn send(&self, instance: Uuid, to: &Address, body: Body, deadline: Option<Duration>) -> Result<Uuid> {
        let (tell, told) = oneshot::channel();
        // Nobody may wait for it any more.
        self.send_then(instance, to, body, deadline, |sent| drop(tell.send(sent)));
        told.await.unwrap_or(Err(Error::Stopped))
    }

    /// Sends as [`Self::send`] does, from whatever thread and without waiting, and hands what comes of it to `then`: at once
    /// where it is refused; otherwise on the store's thread, which writes nothing until `then` is done.
    pub fn send_then(
        &self,
        instance: Uuid,
        to: &Address,
        body: Body,
        deadline: Option<Duration>,
        then: impl FnOnce(Result<Uuid>) + Send + 'static,
    ) {
        match message(instance, to, body, deadline) {
            Ok((message, peer)) => {
                let (id, reachable) = (message.id, self.is_reachable(&peer));
                self.0.tray.send(message, reachable, move |written| then(written.map(|()| id)));
            }
            Err(error) => then(Err(error)),
        }
    }

    /// The head of the inbox, left in place.
    ///
    /// # Errors
    /// [`Error::UnknownInstance`].
    pub async fn read(&self, instance: Uuid) -> Result<Option<Entry>> {
        let since = match self.0.heads.get(instance) {
            Ok(head) => return self.0.store.check().map(|()| Some(head)),
            Err(since) => since,
        };
        let read = move |db: &Connection| or_unknown(db, instance, inbox::head(db, instance)?);
        let found = self.0.store.read(read).await?;
        self.0.heads.read(instance, since, found.as_ref());
        Ok(found.map(|(head, _)| head))
    }

    /// Removes the head of the inbox and returns it; with `id`, only if it is that entry (else `None`).
    ///
    /// # Errors
    /// [`Error::UnknownInstance`].
    pub async fn next(&self, instance: Uuid, id: Option<Uuid>) -> Result<Option<Entry>> {
        let (driver, conditions) = (self.0.driver.clone(), self.0.policy.conditions().clone());
        let heads = self.0.heads.clone();
        let (entry, ..) = self
            .0
            .store
            .write_and(
                move |db| {
                    let entry = or_unknown(db, instance, inbox::take(db, instance, id)?)?;
                    Ok((entry, inboxes::used(db, instance)?, inbox::head(db, instance)?))
                },
                move |(entry, usage, head)| {
                    if entry.is_some() {
                        heads.taken(instance, head.as_ref());
                        driver.tell(Order::Freed(instance, conditions.fills(*usage)));
                    }
                },
            )
            .await?;
        if let Some(entry) = &entry {
            self.announce(Event::Changed(Topic::Instances));
            self.0.tracer.tell(|| Step::Taken { entry: entry.id(), instance });
        }
        Ok(entry)
    }

    /// Sends an invitation to a peer's host, in one transaction with what goes `before` it.
    pub(super) async fn send_invitation(
        &self,
        instance: Uuid,
        peer: PeerId,
        body: Invitation,
        before: impl FnOnce(&Db, Millis) -> Result<()> + Send + 'static,
    ) -> Result<()> {
        let invitation = outgoing(instance, &peer, HOST, (Content::Invitation, body.encode()), DEADLINE);
        let reachable = self.is_reachable(&peer);
        let (host, driver, network) = (self.clone(), self.0.driver.clone(), self.0.network.clone());
        self.0
            .store
            .write_and(
                move |db| {
                    before(db, invitation.sent)?;
                    let (flow, message) = outgoing::enqueue(db, &invitation, reachable)?;
                    let addresses = if reachable { Vec::new() } else { peers::addresses(db, &peer)? };
                    // An invitation opens a door, and may make a friend.
                    Ok((flow, message, addresses, Book::read(db)?))
                },
                move |(flow, message, addresses, book)| {
                    host.enforce(book);
                    driver.queued(flow.clone(), message.clone(), reachable);
                    if !reachable {
                        network.want(peer, addresses.clone());
                    }
                },
            )
            .await?;
        self.announce(Event::Changed(Topic::Instances));
        Ok(())
    }

    fn is_reachable(&self, peer: &PeerId) -> bool {
        *peer == self.0.me || self.0.presence.is_online(peer)
    }
}

/// What the inbox of an instance gave. Only where that is nothing, the instance may be one that there is not.
fn or_unknown<T>(db: &Connection, instance: Uuid, found: Option<T>) -> Result<Option<T>> {
    if found.is_none() {
        instances::check(db, instance)?;
    }
    Ok(found)
}

/// What an app wants sent, and the peer it goes to.
fn message(source: Uuid, to: &Address, body: Body, deadline: Option<Duration>) -> Result<(Outgoing, PeerId)> {
    let peer = peer_id(&to.peer)?;
    if to.instance == HOST {
        return Err(Error::InvalidArgument("A message needs an instance to go to. Use invite() for a peer.".into()));
    }
    let (content, body) = match body {
        Body::Json(value) => {
            let text = serde_json::to_vec(&value)
                .map_err(|error| Error::InvalidArgument(format!("This message is not JSON: {error}.")))?;
            (Content::Json, text)
        }
        Body::Bytes(bytes) => (Content::Bytes, bytes),
    };
    if body.len() > MAX_BODY {
        return Err(Error::TooLarge { size: body.len(), limit: MAX_BODY });
    }
    let wait = deadline.unwrap_or(DEADLINE);
    if wait.is_zero() || wait > LONGEST {
        return Err(Error::InvalidArgument("A message can wait for up to a year, and at least a millisecond.".into()));
    }
    Ok((outgoing(source, &peer, to.instance, (content, body), wait), peer))
}

/// A message of now.
fn outgoing(
    source: Uuid,
    peer: &PeerId,
    target: Uuid,
    (content, body): (Content, Vec<u8>),
    wait: Duration,
) -> Outgoing {
    let (id, sent) = (Uuid::now_v7(), wall());
    let deadline = sent.saturating_add(wait.as_millis() as Millis);
    Outgoing { id, source, peer: key(peer), target, content, body: body.into(), sent, deadline }
}
