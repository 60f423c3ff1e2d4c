//! The desktop's notification service (`org.freedesktop.Notifications`), over D-Bus.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;

use zbus::blocking::{Connection, Proxy};
use zbus::zvariant::Value;

use super::Notice;

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

/// The action that clicking the notification itself stands for.
const DEFAULT: &str = "default";

/// What `NotificationClosed` and the others are about.
type Id = u32;

/// The service, and what it shows for us.
#[derive(Default)]
pub(super) struct Desktop {
    service: OnceLock<Proxy<'static>>,
    shown: Arc<Mutex<Shown>>,
}

#[derive(Default)]
struct Shown {
    by_notice: HashMap<Notice, Id>,
    /// What lets a window come to the front, sent just before the click that it belongs to.
    tokens: HashMap<Id, String>,
}

impl Shown {
    fn notice(&self, id: Id) -> Option<Notice> {
        self.by_notice.iter().find(|(_, shown)| **shown == id).map(|(notice, _)| *notice)
    }
}

impl Desktop {
    /// Connects to the service, whether it runs already or not, and calls `act` for clicks. Without a D-Bus nothing is shown.
    pub(super) fn on_click(&self, act: impl Fn(Notice, Option<String>) + Send + 'static) {
        let service = Connection::session().and_then(|bus| Proxy::new_owned(bus, NAME, PATH, NAME));
        let service = match service {
            Ok(service) => self.service.get_or_init(|| service).clone(),
            Err(error) => return tracing::info!(%error, "no D-Bus, so no notifications"),
        };
        let shown = Arc::clone(&self.shown);
        thread::spawn(move || {
            if let Err(error) = listen(&service, &shown, &act) {
                tracing::warn!(%error, "clicks on notifications are not heard");
            }
        });
    }

    /// Shows a notification in place of the last one about the same.
    pub(super) fn show(&self, notice: Notice, summary: &str, body: &str) {
        let Some(service) = self.service.get() else { return };
        // Held until the answer is there, so that a click cannot come before its id is known.
        let mut shown = lock(&self.shown);
        let before = shown.by_notice.get(&notice).copied().unwrap_or(0);
        let hints: HashMap<&str, Value<'_>> =
            HashMap::from([("desktop-entry", "Mutiny".into()), ("category", "im.received".into())]);
        let wish = ("Mutiny", before, "mutiny", summary, text(body), vec![DEFAULT, "Open"], hints, -1);
        match service.call::<_, _, Id>("Notify", &wish) {
            Ok(id) => _ = shown.by_notice.insert(notice, id),
            Err(error) => tracing::info!(%error, "the desktop shows no notification"),
        }
    }

    /// Takes back those notifications that `which` names.
    pub(super) fn withdraw(&self, which: impl Fn(Notice) -> bool) {
        let Some(service) = self.service.get() else { return };
        let gone: Vec<Id> =
            lock(&self.shown).by_notice.extract_if(|notice, _| which(*notice)).map(|(_, id)| id).collect();
        for id in gone {
            if let Err(error) = service.call::<_, _, ()>("CloseNotification", &(id,)) {
                tracing::debug!(%error, "a notification cannot be taken back");
            }
        }
    }
}

/// Hears the service's signals for as long as there is a bus. They go to every program, so most are about others' notifications.
fn listen(service: &Proxy<'_>, shown: &Mutex<Shown>, act: impl Fn(Notice, Option<String>)) -> zbus::Result<()> {
    for signal in service.receive_all_signals()? {
        let header = signal.header();
        let body = signal.body();
        match header.member().map(|member| member.as_str()) {
            Some("ActivationToken") => {
                let (id, token): (Id, String) = body.deserialize()?;
                let mut shown = lock(shown);
                if shown.notice(id).is_some() {
                    shown.tokens.insert(id, token);
                }
            }
            Some("ActionInvoked") => {
                let (id, action): (Id, String) = body.deserialize()?;
                let (notice, token) = {
                    let mut shown = lock(shown);
                    (shown.notice(id), shown.tokens.remove(&id))
                };
                if let Some(notice) = notice.filter(|_| action == DEFAULT) {
                    act(notice, token);
                }
            }
            Some("NotificationClosed") => {
                let (id, _why): (Id, u32) = body.deserialize()?;
                let mut shown = lock(shown);
                shown.by_notice.retain(|_, known| *known != id);
                shown.tokens.remove(&id);
            }
            _ => {}
        }
    }
    Ok(())
}

/// Bodies are markup to most services: names in them must not be.
fn text(body: &str) -> String {
    body.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn lock(shown: &Mutex<Shown>) -> MutexGuard<'_, Shown> {
    shown.lock().unwrap_or_else(PoisonError::into_inner)
}
