//! How long to wait before the next attempt.

use std::time::Duration;

/// The wait after the first failure.
const FIRST: Duration = Duration::from_secs(1);
/// The longest wait. A peer that comes back is found within a minute even where nothing announces it.
const LONGEST: Duration = Duration::from_secs(60);

/// A capped exponential backoff.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// Notes a failure and returns how long to wait. `jitter` is a random number in `0.0..1.0`: it takes up to half off
    /// the wait, so that peers that lost each other at the same moment do not call each other at the same moment again.
    pub(super) fn failed(&mut self, jitter: f64) -> Duration {
        let full = FIRST.saturating_mul(1 << self.failures.min(16)).min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        full.mul_f64(1.0 - jitter.clamp(0.0, 1.0) / 2.0)
    }

    /// Begins anew, because something changed that gives reason to hope.
    pub(super) fn reset(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_minute() {
        let mut backoff = Backoff::default();
        let waits: Vec<u64> = (0..8).map(|_| backoff.failed(0.0).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
    }

    #[test]
    fn jitter_takes_off_half_at_most() {
        assert_eq!(Backoff::default().failed(0.5), Duration::from_millis(750));
        assert_eq!(Backoff::default().failed(1.0), Duration::from_millis(500));
    }

    #[test]
    fn reset_begins_anew_even_after_very_many_failures() {
        let mut backoff = Backoff { failures: u32::MAX };
        assert_eq!(backoff.failed(0.0), LONGEST);
        backoff.reset();
        assert_eq!(backoff.failed(0.0), FIRST);
    }
}
