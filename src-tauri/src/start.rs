//! How long a start takes, as a person sees it: from the program's beginning until its launcher can be used.

use std::sync::Once;
use std::time::Instant;

/// A start of the program.
pub(crate) struct Start {
    begun: Instant,
    usable: Once,
}

impl Start {
    /// It begins now.
    pub(crate) fn begin() -> Self {
        Self { begun: Instant::now(), usable: Once::new() }
    }

    /// The launcher has drawn what it read from the host. It says so again when its page is loaded anew, which is no start.
    pub(crate) fn usable(&self) {
        let milliseconds = self.begun.elapsed().as_millis();
        self.usable.call_once(|| tracing::info!(milliseconds, "the launcher can be used"));
    }
}
