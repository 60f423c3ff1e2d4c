//! Updates in place: another edition of the app takes over, and the instance stays what it was to everybody.
//!
//! Storage, queues and correspondents belong to the instance and are not touched. What it was before is kept, one step
//! back. Correspondents learn the new version durably: each, but for the blocked, gets an invitation that answers its own,
//! which is how versions travelled in the first place.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use mutiny_delivery::message::{Content, HOST};
use semver::Version;
use uuid::Uuid;

use super::packages::Found;
use super::{Event, Host};
use crate::clock::wall;
use crate::delivery::driver::key;
use crate::delivery::invitation::Invitation;
use crate::delivery::outgoing::{self, Outgoing, Queued};
use crate::error::{Error, Result};
use crate::package::Package;
use crate::policy::Policy;
use crate::store::editions;
use crate::store::{Db, doors, instances};
use crate::view::{App, AppEvent, Instance, Millis, Topic};

impl Host {
    /// Replaces an instance's app by the one at `place`, a folder or a package file as in [`Self::add_app`]. The pages of
    /// the instance have to be loaded anew after that.
    ///
    /// # Errors
    /// As [`Self::add_app`]; [`Error::OtherApp`] where it is another app; [`Error::OlderVersion`] where it is older than
    /// what is there, unless that is `older_too`.
    pub async fn update_app(&self, id: Uuid, place: &Path, older_too: bool) -> Result<Instance> {
        let updated = {
            let _shelving = self.0.shelving.lock().await;
            let found = self.find(place).await?;
            let row = self.0.store.read(move |db| instances::get(db, id)).await?;
            let app = found.package.to_view();
            if app.id != row.app.id {
                return Err(Error::OtherApp { name: row.app.name, other: app.name });
            }
            if !older_too && is_older(&app.version, &row.app.version) {
                return Err(Error::OlderVersion { name: row.app.name, old: app.version, new: row.app.version });
            }
            if row.source == found.source {
                self.renew(id, found, app).await?;
            } else {
                self.replace(id, found, app).await?;
            }
            self.instance(id).await
        };
        self.sweep_packages().await;
        updated
    }

    /// Brings back what an instance was before its last update, which can then be gone back to in the same way.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] where there was none; what is wrong with what there was.
    pub async fn restore_app(&self, id: Uuid) -> Result<Instance> {
        let _shelving = self.0.shelving.lock().await;
        let previous = self.0.store.read(move |db| editions::previous(db, id)).await?;
        let Some(editions::Edition { source, .. }) = previous else {
            return Err(Error::InvalidArgument("This app was not updated, so there is nothing to go back to.".into()));
        };
        let package = self.open_source(source.clone()).await?;
        let app = package.to_view();
        self.replace(id, Found { package, source }, app).await?;
        self.instance(id).await
    }

    /// Takes another edition from another place.
    async fn replace(&self, id: Uuid, found: Found, app: App) -> Result<()> {
        let source = found.source.clone();
        self.amend(id, found, app, move |db| editions::replace(db, id, &source)).await
    }

    /// Takes what the same folder holds by now, which may have been noticed before. What it held is gone, so there is nothing
    /// to go back to.
    async fn renew(&self, id: Uuid, found: Found, app: App) -> Result<()> {
        self.amend(id, found, app, |_| Ok(())).await
    }

    async fn amend(
        &self,
        id: Uuid,
        found: Found,
        app: App,
        before: impl FnOnce(&Db) -> Result<()> + Send + 'static,
    ) -> Result<()> {
        let (name, driver, policy) = (self.name(), self.0.driver.clone(), self.0.policy.clone());
        let amend = move |db: &Db| {
            before(db)?;
            instances::update_app(db, id, &app)?;
            tell_correspondents(db, id, &app, &name, &policy)
        };
        let tell = move |queued: &Vec<Queued>| {
            queued.iter().cloned().for_each(|(flow, message)| driver.queued(flow, message, false));
        };
        self.0.store.write_and(amend, tell).await?;
        self.renew_announcements(|_| Ok(())).await?;
        self.keep(id, found.package);
        self.announce(Event::Changed(Topic::Instances));
        self.announce(Event::Changed(Topic::Invitations));
        self.announce(Event::App(id, AppEvent::Invitation));
        Ok(())
    }

    /// Keeps what an instance's own folder was found to hold, which was `known` before. For whoever holds the lock of the
    /// shelf.
    pub(super) async fn found_again(&self, id: Uuid, package: Package, known: App) -> Result<()> {
        let app = package.to_view();
        if app != known {
            self.take_note(id, app).await?;
        }
        self.keep(id, package);
        Ok(())
    }

    /// Whoever makes an app has edited it in the instance's folder, as a read of it has found; unless an update has taken
    /// over since.
    pub(super) async fn edited(&self, id: Uuid, package: &Arc<Mutex<Package>>) -> Result<()> {
        let _shelving = self.0.shelving.lock().await;
        let packages = || self.0.packages.lock().unwrap_or_else(PoisonError::into_inner);
        if !packages().get(&id).is_some_and(|kept| Arc::ptr_eq(kept, package)) {
            return Ok(());
        }
        let app = package.lock().unwrap_or_else(PoisonError::into_inner).to_view();
        let noted = self.take_note(id, app).await;
        if noted.is_err() {
            // It is read again, and compared with what is noted.
            packages().remove(&id);
        }
        noted
    }

    /// Notes what an instance's folder holds by now. Correspondents are not told of each step of an edit: announcements and
    /// the next invitation say which version it is, or an update that the person asks for.
    async fn take_note(&self, id: Uuid, app: App) -> Result<()> {
        self.renew_announcements(move |db| instances::update_app(db, id, &app)).await?;
        self.announce(Event::Changed(Topic::Instances));
        Ok(())
    }
}

fn tell_correspondents(db: &Db, id: Uuid, app: &App, name: &str, policy: &Policy) -> Result<Vec<Queued>> {
    let (mut queued, now) = (Vec::new(), wall());
    // Whoever has not answered yet is not asked again, or an update would open again what was declined. What is for the
    // blocked would wait until it fails.
    let told = |door: &doors::Correspondent| door.instance.is_some() && !policy.is_blocked(&door.peer);
    for door in doors::doors_of(db, id)?.into_iter().filter(told) {
        let body = Invitation::new(name, app, door.instance).encode();
        let outgoing = Outgoing {
            id: Uuid::now_v7(),
            source: id,
            peer: key(&door.peer),
            target: HOST,
            content: Content::Invitation,
            body: Bytes::from(body),
            sent: now,
            deadline: now.saturating_add(super::app_side::DEADLINE.as_millis() as Millis),
        };
        match outgoing::enqueue(db, &outgoing, false) {
            Ok(message) => queued.push(message),
            // Its own messages go first. They learn of the version with the next update.
            Err(Error::QuotaExceeded(_)) => tracing::warn!(%id, "the queue is full; a correspondent is not told"),
            Err(error) => return Err(error),
        }
    }
    Ok(queued)
}

/// Whether a version comes before another. What is no version at all comes before nothing.
fn is_older(version: &str, than: &str) -> bool {
    matches!((Version::parse(version), Version::parse(than)), (Ok(version), Ok(than)) if version < than)
}
