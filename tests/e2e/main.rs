//! End to end: real hosts as processes of their own, real webviews driven by clicks, a real network between them.
//!
//! Run through `make test` or `scripts/headless cargo nextest run -E 'binary(e2e)'`, which give the windows a
//! display and a D-Bus session of their own. Everything listens on loopback, with mDNS off.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on says so and fails")]

mod command_line;
mod harness;
mod tools;
mod windows;
