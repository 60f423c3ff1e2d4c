//! Places where a test can make the process die, as in a crash: `MUTINY_FAILPOINT=name:count` ends it at the `count`th
//! pass of that name. Some do wrong on purpose as long as they are armed, so that a test can show that such a fault is seen:
//! `acknowledge-early` and `forget-row`. Only with the feature `failpoints`, which nothing but tests asks for; without it, nothing is left
//! of them.

#[cfg(feature = "failpoints")]
mod armed {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::thread;
    use std::time::Duration;

    /// How much later each further `count` ends what is under way; see [`soon`].
    const STEP: Duration = Duration::from_micros(50);

    struct Failpoint {
        name: String,
        count: u64,
        passes: AtomicU64,
    }

    /// The one that this process was started with.
    fn armed(name: &str) -> Option<&'static Failpoint> {
        static ARMED: OnceLock<Option<Failpoint>> = OnceLock::new();
        let armed = ARMED.get_or_init(|| {
            let text = std::env::var("MUTINY_FAILPOINT").ok()?;
            let (name, count) = text.split_once(':')?;
            Some(Failpoint { name: name.to_owned(), count: count.parse().ok()?, passes: AtomicU64::new(0) })
        });
        armed.as_ref().filter(|armed| armed.name == name)
    }

    pub(crate) fn failpoint(name: &str) {
        if let Some(armed) = armed(name)
            && armed.passes.fetch_add(1, Ordering::SeqCst) + 1 == armed.count
        {
            die();
        }
    }

    pub(crate) fn soon(name: &str) {
        if let Some(armed) = armed(name) {
            thread::spawn(|| {
                thread::sleep(STEP * u32::try_from(armed.count).unwrap_or(u32::MAX));
                die();
            });
        }
    }

    pub(crate) fn is_armed(name: &str) -> bool {
        armed(name).is_some()
    }

    /// Nothing is unwound, flushed or closed: what the system has is what remains.
    fn die() -> ! {
        std::process::abort()
    }
}

#[cfg(feature = "failpoints")]
pub(crate) use armed::{failpoint, is_armed, soon};

/// The process may die here.
#[cfg(not(feature = "failpoints"))]
#[inline(always)]
pub(crate) fn failpoint(_name: &str) {}

/// The process may die a little later, in the midst of what comes now.
#[cfg(not(feature = "failpoints"))]
#[inline(always)]
pub(crate) fn soon(_name: &str) {}

/// Whether this process was started to do something wrong.
#[cfg(not(feature = "failpoints"))]
#[inline(always)]
pub(crate) fn is_armed(_name: &str) -> bool {
    false
}
