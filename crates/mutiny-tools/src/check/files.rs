//! What is said of the package's files as a whole: sizes, and names that others cannot tell apart.

use super::report::size;
use super::{Checker, Finding};

/// A file larger than this is worth a word, in bytes.
const LARGE_FILE: u64 = 10 << 20;
/// An app larger than this is worth a word, in bytes.
const LARGE_APP: u64 = 50 << 20;

pub(super) fn check(checker: &mut Checker<'_>, unfit: &[(String, String)]) {
    for (file, &length) in checker.files {
        if length > LARGE_FILE {
            let what = format!(
                "This file has {}. Whoever gets the app from a friend waits for it; see whether it can be smaller.",
                size(length)
            );
            checker.report.add(Finding::warning("large-file", file, None, what));
        }
    }
    for (file, problem) in unfit {
        let what = format!("This file's name {problem}, which not every computer can keep. Rename it.");
        checker.report.add(Finding::error("bad-name", file, None, what));
    }
    if checker.report.bytes > LARGE_APP {
        let what = format!(
            "This app has {} in all. See whether the folder holds more than the app.",
            size(checker.report.bytes)
        );
        checker.report.add(Finding::warning("large-app", ".", None, what));
    }
}
