//! End to end: real hosts as processes of their own, real webviews driven by clicks, a real network between them.
//!
//! Cargo starts these tests through `scripts/runner`, which gives each process of them a display and a D-Bus session of its
//! own; `MUTINY_WATCH=1` leaves them on yours. Everything listens on loopback, with mDNS off.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on says so and fails")]

mod command_line;
mod harness;
mod tools;
mod windows;
