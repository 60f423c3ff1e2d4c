//! Waiting for an outcome, never for time to pass.

use std::thread;
use std::time::{Duration, Instant};

/// How long a person would wait before calling it broken; generous, since a test machine may be slow.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// Looks again and again until `look` finds what it is after; gives up with what it said last.
pub(crate) fn poll<T>(mut look: impl FnMut() -> Result<T, String>) -> Result<T, String> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match look() {
            Ok(found) => return Ok(found),
            Err(why) if Instant::now() >= deadline => {
                return Err(format!("{why} (waited {} s)", PATIENCE.as_secs()));
            }
            Err(_) => thread::sleep(BETWEEN_LOOKS),
        }
    }
}
