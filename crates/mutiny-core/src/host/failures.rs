//! Own messages that did not arrive: what the person has not seen of it, and what they are to be told.

use libp2p::PeerId;
use uuid::Uuid;

use super::people::shown_name;
use super::{Event, Host};
use crate::clock::wall;
use crate::error::Result;
use crate::store::{activity, peers, settings};
use crate::view::{Millis, Topic};

/// The setting that says until when the person has seen what failed.
const SEEN: &str = "failures_seen";

/// Messages to one person that were not delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// The name of whom they were for, as the launcher shows it.
    pub to: String,
    /// How many.
    pub messages: u32,
}

impl Host {
    /// How many messages failed that the person has not [seen](Self::failures_seen) to have failed. Not those that they took
    /// back themselves. Ends at 1000.
    pub async fn failures(&self) -> Result<u32> {
        self.0
            .store
            .read(|db| {
                let seen: Millis = settings::get(db, SEEN)?.and_then(|text| text.parse().ok()).unwrap_or(0);
                activity::failed_since(db, seen)
            })
            .await
    }

    /// The person has seen what failed until now.
    pub async fn failures_seen(&self) -> Result<()> {
        self.0.store.write(|db| settings::set(db, SEEN, &wall().to_string())).await?;
        self.announce(Event::Changed(Topic::Activity));
        Ok(())
    }

    /// Which of these messages of an instance failed, by whom they were for, the most first.
    pub async fn failed(&self, instance: Uuid, messages: Vec<Uuid>) -> Result<Vec<Failed>> {
        let (me, name) = (self.0.me, self.name());
        self.0
            .store
            .read(move |db| {
                let mut all: Vec<Failed> = Vec::new();
                for message in messages {
                    let Some(peer) = activity::failed_for(db, instance, message)? else { continue };
                    let Ok(peer) = PeerId::from_bytes(&peer.0) else { continue };
                    let known = peers::get(db, &peer)?.and_then(|known| known.own_name.or(known.name));
                    let to = if peer == me { name.clone() } else { shown_name(known, &peer) };
                    match all.iter_mut().find(|failed| failed.to == to) {
                        Some(failed) => failed.messages += 1,
                        None => all.push(Failed { to, messages: 1 }),
                    }
                }
                all.sort_by(|a, b| b.messages.cmp(&a.messages).then_with(|| a.to.cmp(&b.to)));
                Ok(all)
            })
            .await
    }
}
