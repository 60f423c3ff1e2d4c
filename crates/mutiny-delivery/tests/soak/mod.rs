//! Seed after seed: so many of them, or for as long as `MUTINY_SOAK_SECONDS` says.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How often a soak says how far it is.
const WORD: Duration = Duration::from_secs(10);

/// A number from the environment.
pub fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Does `work` for each seed from `first` on: for `count` of them or, in a soak, on all processors until its time is over.
/// Returns how many they were.
pub fn go_through(what: &str, first: u64, count: u64, work: impl Fn(u64) + Sync) -> u64 {
    let Some(seconds) = number("MUTINY_SOAK_SECONDS") else {
        (first..first + count).for_each(work);
        return count;
    };
    let (began, next) = (Instant::now(), AtomicU64::new(first));
    let until = began + Duration::from_secs(seconds);
    say(&format!("{what} for {seconds} s, from MUTINY_SEED={first} on"));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while Instant::now() < until {
                    work(next.fetch_add(1, Ordering::Relaxed));
                }
            });
        }
        while let left = until.saturating_duration_since(Instant::now())
            && !left.is_zero()
        {
            std::thread::sleep(left.min(WORD));
            let seed = next.load(Ordering::Relaxed);
            say(&format!("{:>6.0} s: {} {what}, up to seed {seed}", began.elapsed().as_secs_f64(), seed - first));
        }
    });
    next.into_inner() - first
}

/// Says something also where the test harness keeps what is printed.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// What came of it: printed, and added to the file that `MUTINY_SOAK_SUMMARY` names, for the end of the soak.
pub fn sum_up(text: &str) {
    println!("{text}");
    if let Ok(file) = std::env::var("MUTINY_SOAK_SUMMARY") {
        let file = std::fs::OpenOptions::new().create(true).append(true).open(file);
        writeln!(file.unwrap(), "{text}").unwrap();
    }
}
