//! No notifications on systems other than Linux yet.

use super::Notice;

/// Shows nothing.
#[derive(Default)]
pub(super) struct Desktop(());

impl Desktop {
    pub(super) fn on_click(&self, _act: impl Fn(Notice, Option<String>) + Send + 'static) {}

    pub(super) fn show(&self, _notice: Notice, _summary: &str, _body: &str) {}

    pub(super) fn withdraw(&self, _which: impl Fn(Notice) -> bool) {}
}
