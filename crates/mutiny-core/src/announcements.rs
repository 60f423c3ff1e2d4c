//! Announcements: the one current JSON value that an instance advertises, known to connected peers.
//!
//! `docs/announcements.md` specifies the protocol. In short: a substream a direction a peer; whoever opened it says what
//! its instances announce, each value in a frame of its own that replaces the one before, and a frame without a value
//! withdraws it. What was heard lives in memory, and goes with the connection.
//!
//! * [`board`]: what is announced here, and what was heard from whom, within bounds.
//! * [`frame`]: what travels.
//! * [`stream`]: the two ends of a substream, each at its own pace.

pub(crate) mod board;
mod frame;
pub(crate) mod stream;

/// Largest value, in bytes of its JSON text.
pub(crate) const MAX_VALUE: usize = 16 * 1024;
