//! What the host does to itself from time to time: it forgets what nobody will ask for any more.

use std::time::Duration;

use super::Host;
use crate::clock::wall;
use crate::store::ended;

/// How often it looks.
const PAUSE: Duration = Duration::from_secs(60 * 60);

/// How many messages are forgotten in one transaction: few enough that no message waits for it.
const STEP: u32 = 500;

/// Keeps at it for as long as the host runs.
pub(super) fn begin(host: &Host) {
    let host = host.downgrade();
    tokio::spawn(async move {
        while let Some(inner) = host.upgrade() {
            let store = inner.store.clone();
            drop(inner);
            match store.write(|db| ended::forget(db, wall(), STEP)).await {
                Ok(forgotten) if forgotten == STEP as usize => continue,
                Ok(_) => {}
                Err(error) => tracing::debug!(%error, "nothing was forgotten this time"),
            }
            drop(store);
            tokio::time::sleep(PAUSE).await;
        }
    });
}
