//! Noticing that this machine slept.

use std::time::{Duration, Instant, SystemTime};

/// How much later than expected a tick must come before it looks like sleep, and not like a busy machine.
const SLACK: Duration = Duration::from_secs(20);

/// Two clocks, read together at each tick. Which of them goes on during sleep differs between systems, so both count.
#[derive(Debug)]
pub(super) struct Clocks {
    wall: SystemTime,
    steady: Instant,
}

impl Clocks {
    pub(super) fn new(wall: SystemTime, steady: Instant) -> Self {
        Self { wall, steady }
    }

    /// Reads the clocks again; whether far more time went by than the `expected`. A clock that was set forward looks the
    /// same, and costs a needless round of dials.
    pub(super) fn slept(&mut self, expected: Duration, wall: SystemTime, steady: Instant) -> bool {
        let by_wall = wall.duration_since(self.wall).unwrap_or_default();
        let by_steady = steady.saturating_duration_since(self.steady);
        *self = Self { wall, steady };
        by_wall.max(by_steady) > expected + SLACK
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sleep_shows_on_either_clock_and_once() {
        const TICK: Duration = Duration::from_secs(10);
        const NIGHT: Duration = Duration::from_secs(8 * 3600);
        let (mut wall, mut steady) = (SystemTime::UNIX_EPOCH + NIGHT, Instant::now());
        let mut clocks = Clocks::new(wall, steady);
        let mut slept = |by_wall, by_steady| {
            wall += by_wall;
            steady += by_steady;
            clocks.slept(TICK, wall, steady)
        };
        assert!(!slept(TICK, TICK));
        assert!(slept(NIGHT, TICK));
        assert!(slept(NIGHT, NIGHT));
        assert!(!slept(TICK, TICK));
        assert!(!slept(Duration::ZERO, TICK));
    }

    #[test]
    fn a_clock_set_back_is_no_sleep() {
        let (wall, steady) = (SystemTime::now(), Instant::now());
        let mut clocks = Clocks::new(wall, steady);
        assert!(!clocks.slept(Duration::from_secs(10), wall - Duration::from_secs(3600), steady));
    }
}
