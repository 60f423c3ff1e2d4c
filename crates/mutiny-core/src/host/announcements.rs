//! Announcements: what an own instance tells, and what it may hear of others.

use std::collections::{BTreeMap, HashSet};

use libp2p::PeerId;
use rusqlite::Connection;
use serde_json::Value;
use uuid::Uuid;

use super::people::shown_name;
use super::{Event, Host};
use crate::announcements::board::Announced;
use crate::announcements::{MAX_VALUE, stream};
use crate::error::{Error, Result};
use crate::network::{OpenError, Substream};
use crate::store::{Db, announcements, doors, instances, peers, permissions};
use crate::view::{Address, Announcement, AppEvent, Decision, Permission, Step};

impl Host {
    /// Sets what an instance announces, durably, in place of what it announced before; `None` withdraws it. Connected peers
    /// that may reach this host hear of it now, and others when they connect.
    ///
    /// # Errors
    /// [`Error::TooLarge`], [`Error::UnknownInstance`].
    pub async fn set_announcement(&self, instance: Uuid, value: Option<Value>) -> Result<()> {
        let text = value.as_ref().map(Value::to_string);
        if let Some(size) = text.as_ref().map(String::len).filter(|size| *size > MAX_VALUE) {
            return Err(Error::TooLarge { size, limit: MAX_VALUE });
        }
        self.renew_announcements(move |db| {
            instances::get(db, instance)?;
            match text {
                Some(text) => announcements::set(db, instance, &text),
                None => announcements::withdraw(db, instance),
            }
        })
        .await?;
        self.0.tracer.tell(|| Step::Announced { instance, value: value.unwrap_or_default() });
        Ok(())
    }

    /// Tells peers what is announced after `change`, which may be of something else that goes with it: an instance, or the
    /// version of an app.
    pub(super) async fn renew_announcements(
        &self,
        change: impl FnOnce(&Db) -> Result<()> + Send + 'static,
    ) -> Result<()> {
        let board = self.0.board.clone();
        let work = move |db: &Db| {
            change(db)?;
            announcements::all(db)
        };
        // In the order of the commits, so that memory and database agree.
        self.0.store.write_and(work, move |all| board.set_own(all.iter().cloned().collect())).await.map(drop)
    }

    /// What other instances of the same app announce, as far as this one may know: those of people it invited or accepted,
    /// and all where it has the permission `peers`. By name.
    ///
    /// # Errors
    /// [`Error::UnknownInstance`].
    pub async fn announcements(&self, instance: Uuid) -> Result<Vec<Announcement>> {
        let host = self.clone();
        self.0
            .store
            .read(move |db| {
                let app = instances::get(db, instance)?.app.id;
                let view = Horizon::of(db, instance)?;
                let mut all = Vec::new();
                for (peer, other, Announced { version, value, .. }) in host.0.board.of_app(&app) {
                    let Ok(data) = serde_json::from_str(&value) else { continue };
                    if !view.reaches(&peer) || !host.may_reach(&peer) {
                        continue;
                    }
                    let name = shown_name(peers::get(db, &peer)?.and_then(|known| known.name), &peer);
                    let correspondent = view.correspondents.contains(&(peer, other));
                    let from = Address { peer: peer.to_base58(), instance: other };
                    all.push(Announcement { from, name, version, data, correspondent });
                }
                all.sort_by_key(|it| (it.name.to_lowercase(), it.from.peer.clone(), it.from.instance));
                Ok(all)
            })
            .await
    }

    /// A peer is connected: it is told what is announced here, if it may reach this host.
    pub(super) fn tell_announcements(&self, peer: PeerId) {
        if !self.may_reach(&peer) {
            return;
        }
        // Only while somebody holds the host: this must not keep it alive.
        let host = self.downgrade();
        let open = async move {
            let network = host.upgrade().map(|host| host.network.clone()).ok_or(OpenError::Stopped)?;
            network.open_stream(peer, stream::PROTOCOL).await
        };
        let task = tokio::spawn(stream::tell(self.0.board.own(), peer, open));
        self.0.board.tells(peer, task.abort_handle());
    }

    /// A peer wants to tell what is announced there.
    pub(super) fn hear_announcements(&self, peer: PeerId, substream: Substream) {
        if !self.may_reach(&peer) {
            return;
        }
        let (host, tracer) = (self.downgrade(), self.0.tracer.clone());
        let changed = move |app: &str, news: Option<(Uuid, &str)>| {
            if let Some((instance, value)) = news {
                let from = Address { peer: peer.to_base58(), instance };
                // What was heard was JSON where it was announced; a peer that says otherwise is shown as saying nothing.
                tracer.tell(|| Step::Heard { from, value: serde_json::from_str(value).unwrap_or_default() });
            }
            if let Some(host) = host.upgrade() {
                Host(host).announcements_changed(peer, app.to_owned());
            }
        };
        tokio::spawn(stream::hear(peer, substream, self.0.board.clone(), changed));
    }

    /// A peer is gone, and what it announced with it.
    pub(super) fn forget_announcements(&self, peer: &PeerId) {
        self.0.board.forget(peer).into_iter().for_each(|app| self.announcements_changed(*peer, app));
    }

    /// Wakes the instances of an app that may know of it. The others would learn that somebody is there.
    fn announcements_changed(&self, peer: PeerId, app: String) {
        let host = self.clone();
        tokio::spawn(async move {
            let found = host.0.store.read(move |db| {
                let mut woken = Vec::new();
                for row in instances::by_app(db, &app)? {
                    if Horizon::of(db, row.id)?.reaches(&peer) {
                        woken.push(row.id);
                    }
                }
                Ok(woken)
            });
            match found.await {
                Ok(woken) => {
                    woken.into_iter().for_each(|id| host.announce(Event::App(id, AppEvent::Announcement)));
                }
                Err(error) => tracing::debug!(%error, "nobody was told of an announcement"),
            }
        });
    }
}

/// What the database holds of announcements, at a start.
pub(super) fn remembered(db: &Connection) -> Result<BTreeMap<Uuid, Announced>> {
    Ok(announcements::all(db)?.into_iter().collect())
}

/// Whom an instance may hear.
struct Horizon {
    /// It may see everybody.
    all: bool,
    /// Whom it invited or accepted.
    invited: HashSet<PeerId>,
    /// Instances that have accepted.
    correspondents: HashSet<(PeerId, Uuid)>,
}

impl Horizon {
    fn of(db: &Connection, instance: Uuid) -> Result<Self> {
        let declared =
            instances::get(db, instance)?.app.permissions.iter().any(|name| name == Permission::Peers.as_str());
        let granted = permissions::decision(db, instance, Permission::Peers)? == Decision::Granted;
        let doors = doors::doors_of(db, instance)?;
        Ok(Self {
            all: declared && granted,
            invited: doors.iter().map(|door| door.peer).collect(),
            correspondents: doors.iter().filter_map(|door| Some((door.peer, door.instance?))).collect(),
        })
    }

    fn reaches(&self, peer: &PeerId) -> bool {
        self.all || self.invited.contains(peer)
    }
}

#[cfg(test)]
mod tests;
