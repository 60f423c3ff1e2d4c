//! What the host does to itself from time to time: it forgets what nobody will ask for any more.

use std::time::Duration;

use super::Host;
use crate::clock::wall;
use crate::error::Result;
use crate::store::{Db, ended, incoming};

/// How often it looks.
const PAUSE: Duration = Duration::from_secs(60 * 60);

/// How many things of a kind are forgotten in one transaction: few enough that no message waits for it.
const STEP: u32 = 500;

/// Keeps at it for as long as the host runs.
pub(super) fn begin(host: &Host) {
    let host = host.downgrade();
    tokio::spawn(async move {
        while let Some(inner) = host.upgrade() {
            let store = inner.store.clone();
            drop(inner);
            match store.write(forget).await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => tracing::debug!(%error, "nothing was forgotten this time"),
            }
            drop(store);
            tokio::time::sleep(PAUSE).await;
        }
    });
}

/// Forgets some. Returns whether there is more.
fn forget(db: &Db) -> Result<bool> {
    let forgotten = [
        ended::forget(db, wall(), STEP)?,
        incoming::forget(db, incoming::IDS, STEP)?,
        incoming::forget_unused(db, wall(), STEP)?,
    ];
    Ok(forgotten.contains(&(STEP as usize)))
}
