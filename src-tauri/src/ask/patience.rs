//! How soon an app may ask again.

use std::time::{Duration, Instant};

/// The wait after a first refusal; it doubles with each that follows.
const FIRST: Duration = Duration::from_secs(1);

/// The longest wait.
const LONGEST: Duration = Duration::from_secs(60);

/// What is left of a person's patience with an app's questions.
#[derive(Debug, Default)]
pub(super) struct Patience {
    refusals: u32,
    until: Option<Instant>,
}

impl Patience {
    /// Whether it is too soon.
    pub(super) fn is_short(&self, now: Instant) -> bool {
        self.until.is_some_and(|until| now < until)
    }

    /// The person has said no.
    pub(super) fn lose(&mut self, now: Instant) {
        let wait = FIRST.saturating_mul(2_u32.saturating_pow(self.refusals)).min(LONGEST);
        self.refusals = self.refusals.saturating_add(1);
        self.until = Some(now + wait);
    }

    /// The person has made use of the question.
    pub(super) fn restore(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_that_asks_on_waits_longer_and_longer() {
        let (mut patience, mut now) = (Patience::default(), Instant::now());
        assert!(!patience.is_short(now));
        let mut waits = Vec::new();
        for _ in 0..9 {
            patience.lose(now);
            let mut wait = 0;
            while patience.is_short(now) {
                now += Duration::from_secs(1);
                wait += 1;
            }
            waits.push(wait);
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
    }

    #[test]
    fn an_answer_restores_it() {
        let (mut patience, now) = (Patience::default(), Instant::now());
        patience.lose(now);
        patience.lose(now);
        patience.restore();
        assert!(!patience.is_short(now));
        patience.lose(now);
        assert!(!patience.is_short(now + FIRST));
    }
}
