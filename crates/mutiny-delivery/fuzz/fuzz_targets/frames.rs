//! Bytes from another peer: `cargo +nightly fuzz run frames`. What it finds goes into `corpus/frames`, which
//! `tests/corpus.rs` goes through in every test run.

#![no_main]

#[path = "../../tests/fuzz/mod.rs"]
mod fuzz;

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::feed(data));
