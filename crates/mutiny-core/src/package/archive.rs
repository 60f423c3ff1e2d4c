//! Package files: an app as one `.zip`.
//!
//! The hash of a package is over its paths and contents, so it does not matter how a file was packed. What this program
//! packs is the same byte for byte as often as it is packed: files in the order of their paths, all of one time, all of one
//! kind.
//!
//! What is read may come from anybody. Nothing is written before the whole list of contents has been checked, nothing is
//! believed that can be counted, and what is unpacked is read once more as every folder is.

mod read;
mod write;

pub(crate) use read::{check, read};
pub(crate) use write::write;

#[cfg(test)]
mod tests;
