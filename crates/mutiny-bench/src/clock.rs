//! One clock for all processes of a run.

use rustix::time::{ClockId, clock_gettime};

/// Seconds of the system's monotonic clock, which is the same for every process.
pub(crate) fn now() -> f64 {
    let time = clock_gettime(ClockId::Monotonic);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// Runs `work` and tells how many seconds it took.
pub(crate) async fn time<T>(work: impl Future<Output = T>) -> (T, f64) {
    let begun = now();
    let result = work.await;
    (result, now() - begun)
}
