//! Says what a test leaves unproven, where the machine does not allow it: never silently, and counted by `scripts/test`.
//! Shared by the packages whose tests need more than a machine has to have.

use std::fs::File;
use std::io::Write;

/// Says why a part of a proof cannot be given on this machine: on standard error, which the test harness passes on, and in
/// the file that `MUTINY_SKIPPED` names, where one is to be kept.
///
/// # Panics
/// With `MUTINY_MAY_SKIP=no`, for a machine that is known to allow all of it.
#[track_caller]
pub fn skipped(what: &str, why: &str) {
    let line = format!("SKIPPED: {what}: {}\n", why.trim().replace('\n', " "));
    assert!(std::env::var_os("MUTINY_MAY_SKIP").is_none_or(|may| may != "no"), "{line}and MUTINY_MAY_SKIP is no");
    let _ = std::io::stderr().write_all(line.as_bytes());
    if let Some(file) = std::env::var_os("MUTINY_SKIPPED") {
        // In one piece: tests run at once.
        let noted = File::options().create(true).append(true).open(file).and_then(|mut file| {
            file.write_all(line.as_bytes())?;
            file.flush()
        });
        noted.expect("a note of what was skipped");
    }
}
