//! The program that is tested.

use std::path::PathBuf;

/// The one that was built with these tests; or that of a package, unpacked somewhere, where `MUTINY_PROGRAM` says so
/// (`make try-package`).
pub(crate) fn program() -> PathBuf {
    std::env::var_os("MUTINY_PROGRAM").map_or_else(|| env!("CARGO_BIN_EXE_mutiny").into(), PathBuf::from)
}
