//! The person's side: apps and their instances.

use std::path::Path;
use std::sync::PoisonError;

use rusqlite::Connection;
use uuid::Uuid;

use super::start::blocking;
use super::{Event, Host};
use crate::clock::wall;
use crate::error::{Error, Result};
use crate::manifest::Manifest;
use crate::name;
use crate::package::Shelf;
use crate::store::editions::{self, Source};
use crate::store::{inboxes, instances, outboxes};
use crate::view::{Instance, Topic};

impl Host {
    /// All instances, last active first.
    pub async fn instances(&self) -> Result<Vec<Instance>> {
        let host = self.clone();
        let known = self
            .0
            .store
            .read(move |db| instances::all(db)?.into_iter().map(|row| host.instance_view(db, row)).collect())
            .await?;
        with_problems(self.0.shelf.clone(), known).await
    }

    /// One instance.
    ///
    /// # Errors
    /// [`Error::UnknownInstance`].
    pub async fn instance(&self, id: Uuid) -> Result<Instance> {
        let host = self.clone();
        let known = self.0.store.read(move |db| host.instance_view(db, instances::get(db, id)?)).await?;
        with_problems(self.0.shelf.clone(), vec![known]).await?.pop().ok_or(Error::UnknownInstance(id))
    }

    /// Changes what the person calls an instance; empty: back to the app's name.
    pub async fn rename_instance(&self, id: Uuid, label: &str) -> Result<()> {
        let label = name::clean(label);
        self.0.store.write(move |db| instances::rename(db, id, label.as_deref())).await?;
        self.announce(Event::Changed(Topic::Instances));
        Ok(())
    }

    /// Removes an instance with its queues and invitations. A person's folder stays; a package that no other instance needs
    /// goes.
    pub async fn remove_instance(&self, id: Uuid) -> Result<()> {
        // Whom only this instance expected is a stranger from now on.
        let heads = self.0.heads.clone();
        self.decide(move |db| {
            heads.remove(id);
            instances::remove(db, id)
        })
        .await?;
        self.renew_announcements(|_| Ok(())).await?;
        self.0.packages.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
        self.sweep_packages().await;
        self.announce(Event::Changed(Topic::Instances));
        self.announce(Event::Changed(Topic::Invitations));
        Ok(())
    }

    /// Notes that an instance's window opened or closed.
    pub async fn set_open(&self, id: Uuid, open: bool) -> Result<()> {
        {
            let mut windows = self.0.open.lock().unwrap_or_else(PoisonError::into_inner);
            if open {
                windows.insert(id)
            } else {
                windows.remove(&id)
            };
            // A window that opens or closes has no page that broke.
            self.0.crashed.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
        }
        // A window may close because its instance was removed.
        match self.0.store.write(move |db| instances::touch(db, id, wall())).await {
            Ok(()) => {}
            Err(Error::UnknownInstance(_)) if !open => {}
            Err(error) => return Err(error),
        }
        self.announce(Event::Changed(Topic::Instances));
        Ok(())
    }

    fn instance_view(&self, db: &Connection, row: instances::Instance) -> Result<Instance> {
        let small = |count| u32::try_from(count).unwrap_or(u32::MAX);
        Ok(Instance {
            unread: inboxes::unread(db, row.id)?,
            waiting: small(outboxes::usage(db, row.id)?.messages),
            id: row.id,
            label: row.label.unwrap_or_else(|| row.app.name.clone()),
            app: row.app,
            previous_version: editions::previous(db, row.id)?.map(|edition| edition.version),
            folder: match row.source {
                Source::Folder(folder) => Some(folder),
                Source::Package(_) => None,
            },
            open: self.0.open.lock().unwrap_or_else(PoisonError::into_inner).contains(&row.id),
            crashed: self.0.crashed.lock().unwrap_or_else(PoisonError::into_inner).contains(&row.id),
            last_active: row.last_active,
            problem: None,
        })
    }
}

/// Looks whether the apps are still where they were.
async fn with_problems(shelf: Shelf, mut known: Vec<Instance>) -> Result<Vec<Instance>> {
    blocking(move || {
        for instance in &mut known {
            let found = match &instance.folder {
                Some(folder) => manifest(Path::new(folder)),
                None => shelf.folder(&instance.app.hash).and_then(|folder| manifest(&folder)),
            };
            instance.problem = found.err().map(|error| error.to_string());
        }
        Ok(known)
    })
    .await
}

fn manifest(folder: &Path) -> Result<()> {
    if folder.is_dir() { Manifest::read(folder).map(drop) } else { Err(Error::MissingFolder(folder.to_owned())) }
}
