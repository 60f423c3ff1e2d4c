//! How soon an app may say something again.

use std::time::{Duration, Instant};

use tokio::sync::oneshot;

/// The wait between what an app says while the person pays heed to it.
const FIRST: Duration = Duration::from_secs(4);

/// The longest wait.
const LONGEST: Duration = Duration::from_secs(256);

/// One app's turns. Each that the person pays no heed to makes the next one wait twice as long: an app that is not looked at
/// has little to gain from saying more.
#[derive(Debug, Default)]
pub(super) struct Pace {
    unheeded: u32,
    last: Option<Instant>,
    /// What waits for its turn, and the number it has in the page's own order. Dropped where something newer takes its place.
    waits: Option<(f64, oneshot::Sender<()>)>,
}

impl Pace {
    /// A turn: when it is due, and what ends where a newer one takes its place. That may be there already.
    pub(super) fn turn(&mut self, order: f64, now: Instant) -> (Instant, oneshot::Receiver<()>) {
        let (waits, replaced) = oneshot::channel();
        if self.waits.as_ref().is_none_or(|(waiting, _)| *waiting <= order) {
            self.waits = Some((order, waits));
        }
        let wait = FIRST.saturating_mul(2_u32.saturating_pow(self.unheeded.saturating_sub(1))).min(LONGEST);
        (self.last.map_or(now, |last| (last + wait).max(now)), replaced)
    }

    /// Something was said.
    pub(super) fn said(&mut self, now: Instant) {
        self.last = Some(now);
        self.unheeded = self.unheeded.saturating_add(1);
    }

    /// The person looks at the app.
    pub(super) fn heed(&mut self) {
        self.unheeded = 0;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_first_is_said_at_once_and_the_others_wait_longer_and_longer() {
        let (mut pace, mut now) = (Pace::default(), Instant::now());
        let mut waits = Vec::new();
        for _ in 0..10 {
            let (due, _) = pace.turn(0.0, now);
            waits.push((due - now).as_secs());
            now = due;
            pace.said(now);
        }
        assert_eq!(waits, [0, 4, 8, 16, 32, 64, 128, 256, 256, 256]);
    }

    #[test]
    fn a_look_at_the_app_starts_afresh() {
        let (mut pace, now) = (Pace::default(), Instant::now());
        (0..9).for_each(|_| pace.said(now));
        pace.heed();
        assert_eq!(pace.turn(0.0, now).0 - now, FIRST);
    }

    #[test]
    fn what_is_newer_takes_the_place_of_what_waits() {
        let (mut pace, now) = (Pace::default(), Instant::now());
        let (_, mut first) = pace.turn(1.0, now);
        let (_, mut second) = pace.turn(3.0, now);
        let (_, mut late) = pace.turn(2.0, now);
        assert_eq!(late.try_recv(), Err(oneshot::error::TryRecvError::Closed));
        assert_eq!(first.try_recv(), Err(oneshot::error::TryRecvError::Closed));
        assert_eq!(second.try_recv(), Err(oneshot::error::TryRecvError::Empty));
    }
}
