//! The calendar that this process goes by.
//!
//! One for the process, as the system's is one for the machine. `mutiny dev` sets it ahead, to see how an app takes what
//! has expired; what is measured rather than dated (backoff, pings) goes by steady clocks and does not notice.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::view::Millis;

/// How far it is ahead of the system's.
static AHEAD: AtomicI64 = AtomicI64::new(0);

/// Now, in milliseconds since the Unix epoch.
pub(crate) fn wall() -> Millis {
    system().saturating_add(AHEAD.load(Ordering::Relaxed))
}

/// Now, by the system's calendar.
fn system() -> Millis {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as Millis)
}

/// Now, by the system's calendar, in milliseconds and parts of them: fine enough to put what happens in order.
pub(crate) fn precise() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_micros() as f64 / 1000.0)
}

/// Sets it so many milliseconds ahead of the system's, or behind.
pub(crate) fn set_ahead(milliseconds: Millis) {
    AHEAD.store(milliseconds, Ordering::Relaxed);
}
