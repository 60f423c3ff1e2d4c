//! The desktop's notification service, which records what it is asked to show.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use zbus::blocking::Connection;
use zbus::blocking::connection::Builder;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::OwnedValue;

use crate::harness::{poll, window};

const PATH: &str = "/org/freedesktop/Notifications";

/// The service.
pub(crate) struct Notifications {
    bus: Connection,
    record: Arc<Mutex<Record>>,
}

/// What a person saw.
#[derive(Default)]
struct Record {
    next: u32,
    shown: Vec<Shown>,
    withdrawn: Vec<u32>,
}

/// One notification, or one that took its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) id: u32,
    pub(crate) replaces: u32,
    pub(crate) summary: String,
    pub(crate) body: String,
}

struct Service(Arc<Mutex<Record>>);

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Service {
    #[allow(clippy::too_many_arguments, reason = "the specification's")]
    fn notify(
        &self,
        _app: String,
        replaces: u32,
        _icon: String,
        summary: String,
        body: String,
        actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _expire: i32,
    ) -> u32 {
        assert_eq!(actions.first().map(String::as_str), Some("default"), "it can be clicked");
        let mut record = self.0.lock().expect("a record");
        let id = if replaces == 0 { record.next + 1 } else { replaces };
        record.next = record.next.max(id);
        record.shown.push(Shown { id, replaces, summary, body });
        id
    }

    fn close_notification(&self, id: u32) {
        self.0.lock().expect("a record").withdrawn.push(id);
    }

    fn get_capabilities(&self) -> Vec<String> {
        ["actions", "body", "body-markup"].map(String::from).to_vec()
    }

    #[zbus(signal)]
    async fn action_invoked(emitter: &SignalEmitter<'_>, id: u32, action: &str) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn activation_token(emitter: &SignalEmitter<'_>, id: u32, token: &str) -> zbus::Result<()>;
}

impl Notifications {
    /// Starts the service. Nobody looks at any window yet: whoever does is told nothing beside it.
    #[track_caller]
    pub(crate) fn shown() -> Self {
        window::point_nowhere();
        let record = Arc::<Mutex<Record>>::default();
        let bus = Builder::session()
            .and_then(|bus| bus.serve_at(PATH, Service(Arc::clone(&record))))
            .and_then(|bus| bus.name("org.freedesktop.Notifications"))
            .and_then(Builder::build);
        Self { bus: bus.expect("notifications on the session's D-Bus"), record }
    }

    /// All that were shown so far, in order.
    pub(crate) fn all(&self) -> Vec<Shown> {
        self.record.lock().expect("a record").shown.clone()
    }

    /// Waits for a notification that says this.
    #[track_caller]
    pub(crate) fn says(&self, summary: &str, body: &str) -> Shown {
        let found = poll(|| {
            let all = self.all();
            let found = all.iter().rev().find(|shown| shown.summary == summary && shown.body == body);
            found.cloned().ok_or_else(|| format!("nobody was told “{summary}: {body}”, only {all:#?}"))
        });
        found.unwrap_or_else(|why| panic!("{why}"))
    }

    /// Waits until a notification was taken back.
    #[track_caller]
    pub(crate) fn loses(&self, shown: &Shown) {
        let gone = poll(|| match self.record.lock().expect("a record").withdrawn.contains(&shown.id) {
            true => Ok(()),
            false => Err(format!("{shown:?} is still there")),
        });
        gone.unwrap_or_else(|why| panic!("{why}"));
    }

    /// Clicks a notification.
    #[track_caller]
    pub(crate) fn click(&self, shown: &Shown) {
        let service = self.bus.object_server().interface::<_, Service>(PATH).expect("the service");
        let emitter = service.signal_emitter();
        zbus::block_on(async {
            Service::activation_token(emitter, shown.id, "a-token").await?;
            Service::action_invoked(emitter, shown.id, "default").await
        })
        .expect("a click");
    }
}
