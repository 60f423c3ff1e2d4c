//! What the person is to be told of: arrivals they may not have seen, and pages that stopped working.

use std::sync::PoisonError;

use uuid::Uuid;

use super::people::shown_name;
use super::{Event, Host};
use crate::contact::ContactLink;
use crate::error::{Error, Result};
use crate::store::{inboxes, instances, peers};
use crate::view::{ContactOffer, Topic};

/// Messages for one instance from one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The sender's name, as the launcher shows it.
    pub from: String,
    /// How many.
    pub messages: u32,
}

/// An instance with messages that its app has not taken yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// The instance.
    pub instance: Uuid,
    /// What the person calls it.
    pub label: String,
    /// How many.
    pub messages: u32,
}

impl Host {
    /// What arrived for an instance since [`Self::clear_arrivals`], the most first. [`crate::view::AppEvent::Message`] says
    /// that there may be more of it.
    pub async fn arrivals(&self, instance: Uuid) -> Result<Vec<Arrival>> {
        let arrived = self.0.arrivals.of(instance);
        let (me, name) = (self.0.me, self.name());
        let mut arrivals = self
            .0
            .store
            .read(move |db| {
                arrived
                    .into_iter()
                    .map(|(peer, messages)| {
                        let known = peers::get(db, &peer)?.and_then(|known| known.name);
                        let from = if peer == me { name.clone() } else { shown_name(known, &peer) };
                        Ok(Arrival { from, messages })
                    })
                    .collect::<Result<Vec<_>>>()
            })
            .await?;
        arrivals.sort_by(|a, b| b.messages.cmp(&a.messages).then_with(|| a.from.cmp(&b.from)));
        Ok(arrivals)
    }

    /// Notes that the person knows of all that arrived for an instance.
    pub fn clear_arrivals(&self, instance: Uuid) {
        self.0.arrivals.clear(instance);
    }

    /// The instances with unread messages, the most first.
    pub async fn unread(&self) -> Result<Vec<Unread>> {
        let mut unread = self
            .0
            .store
            .read(|db| {
                instances::all(db)?
                    .into_iter()
                    .map(|row| {
                        let messages = inboxes::unread(db, row.id)?;
                        let label = row.label.unwrap_or(row.app.name);
                        Ok(Unread { instance: row.id, label, messages })
                    })
                    .collect::<Result<Vec<_>>>()
            })
            .await?;
        unread.retain(|unread| unread.messages > 0);
        unread.sort_by(|a, b| b.messages.cmp(&a.messages).then_with(|| a.label.cmp(&b.label)));
        Ok(unread)
    }

    /// Reads a contact link, and adds nobody.
    ///
    /// # Errors
    /// [`Error::BadContactLink`], and [`Error::OwnContactLink`] for the person's own.
    pub async fn read_contact(&self, link: &str) -> Result<ContactOffer> {
        let ContactLink { peer, name, .. } = link.parse()?;
        if peer == self.0.me {
            return Err(Error::OwnContactLink);
        }
        let known = self.0.store.read(move |db| peers::get(db, &peer)).await?;
        Ok(ContactOffer {
            link: link.to_owned(),
            id: peer.to_base58(),
            known: known.is_some(),
            name: shown_name(known.and_then(|known| known.name).or(name), &peer),
        })
    }

    /// Notes that the page in an instance's window stopped working, or that it works again.
    pub fn set_crashed(&self, instance: Uuid, crashed: bool) {
        let changed = {
            let mut all = self.0.crashed.lock().unwrap_or_else(PoisonError::into_inner);
            if crashed { all.insert(instance) } else { all.remove(&instance) }
        };
        if changed {
            self.announce(Event::Changed(Topic::Instances));
        }
    }
}
