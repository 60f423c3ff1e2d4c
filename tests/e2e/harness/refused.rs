//! How the program says no on a terminal.

use std::process::Output;

/// Asserts that the program ended with this code and said this much, as a sentence.
#[track_caller]
pub(crate) fn refused(output: &Output, code: i32, because: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "it said: {said}");
    assert!(said.contains(because), "“{because}” is not in: {said}");
    assert!(!said.contains("panicked"), "{said}");
    assert!(output.stdout.is_empty(), "stdout is for what was asked for");
}
