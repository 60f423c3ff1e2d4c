//! What the person is told where the database is, or was, damaged.

use super::{Event, Host};
use crate::error::Result;
use crate::store::settings;
use crate::view::{Damage, Topic};

/// The setting that says up to which time the person has seen what was set aside.
const SEEN: &str = "set_aside_seen";

impl Host {
    /// Damage to the database that the person should know of: what was met in this run, or what a start set aside that
    /// nobody has [seen](Self::damage_seen) yet.
    pub async fn damage(&self) -> Result<Option<Damage>> {
        if self.0.store.damage().borrow().is_some() {
            let file = self.0.profile.database_path().display().to_string();
            return Ok(Some(Damage::Met { file }));
        }
        let Some((folder, at)) = self.0.profile.last_set_aside()? else { return Ok(None) };
        let seen = self.0.store.read(|db| settings::get(db, SEEN)).await?;
        let news = seen.and_then(|text| text.parse().ok()).is_none_or(|seen: i64| seen < at);
        Ok(news.then(|| Damage::SetAside { folder: folder.display().to_string(), at }))
    }

    /// The person has seen what was set aside.
    pub async fn damage_seen(&self) -> Result<()> {
        if let Some((_, at)) = self.0.profile.last_set_aside()? {
            self.0.store.write(move |db| settings::set(db, SEEN, &at.to_string())).await?;
            self.announce(Event::Changed(Topic::Me));
        }
        Ok(())
    }
}

/// Wakes the watchers once damage is met.
pub(super) fn watch(host: &Host) {
    let (mut damage, events) = (host.0.store.damage(), host.0.events.clone());
    tokio::spawn(async move {
        // Ends with the store, if nothing is met.
        if damage.changed().await.is_ok() {
            // Nobody may be watching.
            drop(events.send(Event::Changed(Topic::Me)));
        }
    });
}
