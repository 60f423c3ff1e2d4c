//! Apps from one host to another, over `/mutiny/package/1.0.0` (see `docs/package-protocol.md`).
//!
//! Whoever was invited asks for the package that the invitation names, by its hash. What comes first is the list of files
//! with their hashes, and the hash of the package is the hash of that list: so before any content arrives it is known what
//! has to come, how much of it, and what each file must be. A transfer that breaks off goes on where it ended, and what is
//! on the disk until then is nobody's app.
//!
//! * `frame`: what crosses the wire.
//! * `listing`: the list of files.
//! * `serve`: the side that has the package.
//! * `get`: the side that wants it.
//! * `sink`: puts what arrives onto the disk.

use std::time::Duration;

use crate::network::Protocol;

mod frame;
pub(crate) mod get;
mod listing;
pub(crate) mod serve;
mod sink;
#[cfg(test)]
mod tests;

pub(crate) use frame::Reason;

/// The protocol. A peer that fetches two packages at a time has enough to do.
pub(crate) const PROTOCOL: Protocol =
    Protocol { name: "/mutiny/package/1.0.0", opens_within: Duration::from_secs(10), most_open: 4, most_waiting: 2 };

/// How long the other side may take for its next frame, or to take one of ours. The list of a large folder, and the hash of
/// what is there already, take some of it.
const PATIENCE: Duration = Duration::from_secs(if cfg!(test) { 4 } else { 60 });

/// How many bytes of content a frame carries; only the last one carries fewer. With [`PATIENCE`] this is also the slowest
/// that a transfer may be.
const CHUNK: usize = 64 * 1024;
