//! Floors: what the same machine allows without Mutiny, measured in the same run on the same file system.
//!
//! * `disk`: one sync of a file.
//! * `databases`: the rows of a message through two SQLite files.
//! * `stream`: a libp2p stream between two nodes, without a database.

pub(crate) mod databases;
pub(crate) mod disk;
pub(crate) mod stream;
