//! Messages of an app that is closed and did not arrive. An app that is open tells of them itself.

use mutiny_core::Host;
use tauri::{AppHandle, Manager, async_runtime};
use tokio::time;
use uuid::Uuid;

use super::{BETWEEN, Notice, Notifications, is_looked_at, lock, show, withdraw, words};
use crate::{label, windows};

/// As many of an instance's are told apart; all of them are in the launcher's view.
const MOST: usize = 1_000;

/// What failed of an instance since the person looked.
#[derive(Default)]
pub(super) struct Unseen {
    messages: Vec<Uuid>,
    /// They will be told of the others in a moment.
    due: bool,
}

/// Tells of a message that failed in a moment, with what else of its instance fails until then.
pub(super) fn gather(app: &AppHandle, id: Uuid, message: Uuid) {
    let notifications = app.state::<Notifications>();
    let mut all = lock(&notifications.failed);
    let unseen = all.entry(id).or_default();
    if unseen.messages.len() < MOST {
        unseen.messages.push(message);
    }
    if std::mem::replace(&mut unseen.due, true) {
        return;
    }
    let app = app.clone();
    async_runtime::spawn(async move {
        // Long enough for an app that sends its last message and closes to be gone.
        time::sleep(BETWEEN).await;
        if let Err(error) = tell(&app, id).await {
            tracing::debug!(%id, %error, "the person is not told of a message that failed");
        }
    });
}

/// The person has seen what failed.
pub(crate) fn seen(app: &AppHandle) {
    lock(&app.state::<Notifications>().failed).clear();
    withdraw(app, |notice| matches!(notice, Notice::Failures(_)));
}

async fn tell(app: &AppHandle, id: Uuid) -> mutiny_core::Result<()> {
    let host = app.state::<Host>().inner().clone();
    let messages = {
        let notifications = app.state::<Notifications>();
        let mut all = lock(&notifications.failed);
        let Some(unseen) = all.get_mut(&id) else { return Ok(()) };
        unseen.due = false;
        unseen.messages.clone()
    };
    let instance = host.instance(id).await?;
    if instance.open && !instance.crashed || is_looked_at(app, label::LAUNCHER) {
        // The app knows, or the launcher's own count is before the person's eyes.
        lock(&app.state::<Notifications>().failed).remove(&id);
        return Ok(());
    }
    let failed = host.failed(id, messages).await?;
    if !failed.is_empty() {
        show(app, Notice::Failures(id), &windows::title(&instance), &words::failures(&failed));
    }
    Ok(())
}
