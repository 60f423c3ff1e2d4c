//! Delivery at work: the machine of `mutiny-delivery`, the store that carries out its requests, and the streams that
//! carry its frames.
//!
//! * `arrivals`: what the person was not told of yet.
//! * `invitation`: the body of an invitation, and what receiving one does.
//! * `names`: what peers said that they are called.
//! * `presence`: who is connected.
//! * `requests`: the machine's requests, in terms of the tables.
//! * `stream`: one substream: bytes to frames and back.
//! * `outgoing`: what `send()` writes.
//! * `tray`: what it was given, until that is written.
//! * `driver`: the task that owns the machine.

pub(crate) mod arrivals;
pub(crate) mod driver;
pub(crate) mod invitation;
pub(crate) mod names;
pub(crate) mod outgoing;
pub(crate) mod presence;
pub(crate) mod requests;
pub(crate) mod stream;
pub(crate) mod tray;
