//! What the peers of a session are called.

/// The most peers of a session: each is a whole host, with a web engine of its own.
pub const MOST: usize = 8;

const NAMES: [&str; MOST] = ["ana", "ben", "cleo", "dan", "eve", "finn", "gus", "hana"];

/// The names of the first so many peers.
pub(crate) fn first(count: usize) -> impl Iterator<Item = &'static str> {
    NAMES.into_iter().take(count)
}
