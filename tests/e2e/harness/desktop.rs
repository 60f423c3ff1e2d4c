//! A desktop as hosts meet it over D-Bus: a tray, and a service that shows notifications. Both are on the test's own bus, for
//! as long as these values live.

mod files;
mod notifications;
mod tray;

pub(crate) use files::FileManager;
pub(crate) use notifications::Notifications;
pub(crate) use tray::Tray;
