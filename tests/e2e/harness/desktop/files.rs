//! The desktop's file manager, which records what it is asked to show.

use std::sync::{Arc, Mutex};

use zbus::blocking::Connection;
use zbus::blocking::connection::Builder;

use crate::harness::poll;

/// The file manager.
pub(crate) struct FileManager {
    _bus: Connection,
    shown: Arc<Mutex<Vec<String>>>,
}

struct Service(Arc<Mutex<Vec<String>>>);

#[zbus::interface(name = "org.freedesktop.FileManager1")]
impl Service {
    fn show_folders(&self, urls: Vec<String>, _startup_id: String) {
        self.0.lock().expect("a record").extend(urls);
    }
}

impl FileManager {
    /// Starts it.
    pub(crate) fn ready() -> Self {
        let shown = Arc::<Mutex<Vec<String>>>::default();
        let bus = Builder::session()
            .and_then(|bus| bus.serve_at("/org/freedesktop/FileManager1", Service(Arc::clone(&shown))))
            .and_then(|bus| bus.name("org.freedesktop.FileManager1"))
            .and_then(Builder::build);
        Self { _bus: bus.expect("a file manager on the session's D-Bus"), shown }
    }

    /// Waits until it shows a folder, by its address.
    #[track_caller]
    pub(crate) fn shows(&self, url: &str) {
        let shown = poll(|| match &*self.shown.lock().expect("a record") {
            all if all.iter().any(|it| it.trim_end_matches('/') == url) => Ok(()),
            all => Err(format!("it shows {all:?} and not {url}")),
        });
        shown.unwrap_or_else(|why| panic!("{why}"));
    }
}
