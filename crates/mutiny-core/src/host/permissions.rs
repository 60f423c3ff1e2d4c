//! What apps may do: declared in their manifest, decided by the person.

use rusqlite::Connection;
use uuid::Uuid;

use super::{Event, Host};
use crate::clock::wall;
use crate::error::{Error, Result};
use crate::store::{instances, permissions};
use crate::view::{AppEvent, Decision, Grant, Permission, Topic};

impl Host {
    /// What the person said to a permission that the instance's app declares.
    ///
    /// # Errors
    /// [`Error::PermissionUndeclared`] where the app's manifest does not ask for it, [`Error::UnknownInstance`].
    pub async fn permission(&self, instance: Uuid, permission: Permission) -> Result<Decision> {
        self.0.store.read(move |db| decision(db, instance, permission)).await
    }

    /// Makes sure that an instance may do something right now.
    ///
    /// # Errors
    /// As [`Self::permission`], and [`Error::PermissionDenied`] unless the person has allowed it.
    pub async fn demand_permission(&self, instance: Uuid, permission: Permission) -> Result<()> {
        self.0.store.read(move |db| demand(db, instance, permission)).await
    }

    /// All permissions that apps on this host declare, in the order of the instances.
    pub async fn permissions(&self) -> Result<Vec<Grant>> {
        self.0
            .store
            .read(|db| {
                let mut grants = Vec::new();
                for row in instances::all(db)? {
                    for permission in declared(&row) {
                        grants.push(Grant {
                            instance: row.id,
                            label: row.label.clone().unwrap_or_else(|| row.app.name.clone()),
                            app_id: row.app.id.clone(),
                            app_name: row.app.name.clone(),
                            permission,
                            decision: permissions::decision(db, row.id, permission)?,
                        });
                    }
                }
                Ok(grants)
            })
            .await
    }

    /// Keeps what the person says; it counts from the app's next call on.
    ///
    /// # Errors
    /// As [`Self::permission`].
    pub async fn set_permission(&self, instance: Uuid, permission: Permission, granted: bool) -> Result<()> {
        self.0
            .store
            .write(move |db| {
                decision(db, instance, permission)?;
                permissions::decide(db, instance, permission, granted, wall())
            })
            .await?;
        self.announce(Event::Changed(Topic::Permissions));
        if permission == Permission::Peers {
            // Whom the app sees is different now: it finds out by asking.
            self.announce(Event::App(instance, AppEvent::Peer));
        }
        Ok(())
    }
}

/// Refuses what the person has not allowed.
pub(super) fn demand(db: &Connection, instance: Uuid, permission: Permission) -> Result<()> {
    match decision(db, instance, permission)? {
        Decision::Granted => Ok(()),
        Decision::Unasked | Decision::Refused => Err(Error::PermissionDenied(permission)),
    }
}

fn decision(db: &Connection, instance: Uuid, permission: Permission) -> Result<Decision> {
    let row = instances::get(db, instance)?;
    if !declared(&row).any(|declared| declared == permission) {
        return Err(Error::PermissionUndeclared(permission));
    }
    permissions::decision(db, instance, permission)
}

/// What the app of an instance asks for. Names that this version does not know were written by a newer one.
fn declared(row: &instances::Instance) -> impl Iterator<Item = Permission> {
    row.app.permissions.iter().filter_map(|name| Permission::named(name))
}
