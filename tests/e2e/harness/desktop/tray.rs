//! The desktop's tray: a StatusNotifierWatcher, which items register with, and the hand that clicks them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use zbus::blocking::connection::Builder;
use zbus::blocking::{Connection, Proxy};
use zbus::zvariant::{OwnedValue, Structure, Value};

use crate::harness::poll;

/// A tray.
pub(crate) struct Tray {
    bus: Connection,
    items: Arc<Mutex<Vec<String>>>,
}

struct Watcher {
    items: Arc<Mutex<Vec<String>>>,
}

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, service: String) {
        self.items.lock().expect("items").push(service);
    }

    fn register_status_notifier_host(&self, _service: String) {}

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        self.items.lock().expect("items").clone()
    }

    #[zbus(property)]
    fn protocol_version(&self) -> i32 {
        0
    }
}

impl Tray {
    /// Puts a tray onto the desktop.
    pub(crate) fn shown() -> Self {
        let items = Arc::default();
        let watcher = Watcher { items: Arc::clone(&items) };
        let bus = Builder::session()
            .and_then(|bus| bus.serve_at("/StatusNotifierWatcher", watcher))
            .and_then(|bus| bus.name("org.kde.StatusNotifierWatcher"))
            .and_then(Builder::build);
        Self { bus: bus.expect("a tray on the session's D-Bus"), items }
    }

    /// The icon that was put into it last; waits for it.
    #[track_caller]
    pub(crate) fn icon(&self) -> Icon {
        let find = || self.items.lock().expect("items").last().cloned().ok_or_else(|| "no icon in the tray".to_owned());
        let service = poll(find).unwrap_or_else(|why| panic!("{why}"));
        Icon { bus: self.bus.clone(), service }
    }
}

/// An icon in the tray.
pub(crate) struct Icon {
    bus: Connection,
    service: String,
}

impl Icon {
    /// Waits until its tooltip says this.
    #[track_caller]
    pub(crate) fn says(&self, words: &str) {
        let read = || -> zbus::Result<String> {
            let tip: OwnedValue =
                self.item("/StatusNotifierItem", "org.kde.StatusNotifierItem")?.get_property("ToolTip")?;
            let tip = Structure::try_from(tip)?;
            Ok(tip.fields().last().and_then(|text| text.downcast_ref::<&str>().ok()).unwrap_or_default().to_owned())
        };
        let said = poll(|| match read() {
            Ok(text) if text == words => Ok(()),
            other => Err(format!("the tray icon says {other:?}, not “{words}”")),
        });
        said.unwrap_or_else(|why| panic!("{why}"));
    }

    /// Clicks the icon itself.
    #[track_caller]
    pub(crate) fn click(&self) {
        let item = self.item("/StatusNotifierItem", "org.kde.StatusNotifierItem");
        item.and_then(|item| item.call::<_, _, ()>("Activate", &(0, 0))).expect("a click");
    }

    /// What its menu lists, without separators.
    pub(crate) fn menu(&self) -> Vec<String> {
        let entries = self.entries().expect("a menu");
        entries.into_iter().map(|(_, label)| label).filter(|label| !label.is_empty()).collect()
    }

    /// Clicks an entry of its menu, as soon as it is there.
    #[track_caller]
    pub(crate) fn choose(&self, entry: &str) {
        let clicked = poll(|| {
            let entries = self.entries().map_err(|error| error.to_string())?;
            let Some((id, _)) = entries.iter().find(|(_, label)| label == entry) else {
                return Err(format!("the menu has no “{entry}”, only {entries:?}"));
            };
            let event = (*id, "clicked", Value::from(0), 0_u32);
            let menu = self.item("/MenuBar", "com.canonical.dbusmenu").map_err(|error| error.to_string())?;
            menu.call::<_, _, ()>("Event", &event).map_err(|error| error.to_string())
        });
        clicked.unwrap_or_else(|why| panic!("{why}"));
    }

    fn entries(&self) -> zbus::Result<Vec<(i32, String)>> {
        type Layout = (u32, (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>));
        let menu = self.item("/MenuBar", "com.canonical.dbusmenu")?;
        let (_, (_, _, children)): Layout = menu.call("GetLayout", &(0, -1, Vec::<String>::new()))?;
        children
            .into_iter()
            .map(|child| {
                let child = Structure::try_from(child)?;
                let [id, properties, ..] = child.fields() else { return Ok((0, String::new())) };
                let properties = HashMap::<String, OwnedValue>::try_from(properties.try_clone()?)?;
                let label = properties.get("label").and_then(|label| label.downcast_ref::<&str>().ok());
                Ok((id.downcast_ref::<i32>()?, label.unwrap_or_default().to_owned()))
            })
            .collect()
    }

    fn item(&self, path: &'static str, interface: &'static str) -> zbus::Result<Proxy<'_>> {
        zbus::blocking::proxy::Builder::new(&self.bus)
            .destination(self.service.as_str())?
            .path(path)?
            .interface(interface)?
            .cache_properties(zbus::proxy::CacheProperties::No)
            .build()
    }
}
