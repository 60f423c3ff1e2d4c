//! The list of a package's files, from one host to another.

use bytes::Bytes;
use prost::Message as _;

use super::CHUNK;
use super::frame::{File, Listing};
use crate::package::listing::{Listed, check_path};
use crate::package::{MAX_BYTES, MAX_FILES};

/// A package's list in pieces that fit into frames.
pub(super) fn pieces(files: &[Listed]) -> Vec<Listing> {
    let (mut pieces, mut piece, mut size) = (Vec::new(), Listing::default(), 0);
    for file in files {
        let file = File { path: file.path.clone(), length: file.length, digest: Bytes::copy_from_slice(&file.digest) };
        let weight = file.encoded_len() + 4;
        if size + weight > CHUNK {
            pieces.push(std::mem::take(&mut piece));
            size = 0;
        }
        size += weight;
        piece.files.push(file);
    }
    piece.last = true;
    pieces.push(piece);
    pieces
}

/// A list that arrives in pieces. It never grows beyond what a package may be.
#[derive(Default)]
pub(super) struct Arriving {
    files: Vec<Listed>,
    bytes: u64,
}

impl Arriving {
    /// Takes a piece. An error is what is wrong with it.
    pub(super) fn take(&mut self, piece: Listing) -> Result<(), &'static str> {
        if piece.files.is_empty() && !piece.last {
            return Err("its list of files has an empty part");
        }
        for File { path, length, digest } in piece.files {
            let digest = digest.as_ref().try_into().map_err(|_| "its list of files is damaged")?;
            self.bytes = self.bytes.saturating_add(length);
            if self.files.len() >= MAX_FILES || self.bytes > MAX_BYTES {
                return Err("it is larger than an app may be");
            }
            // Before it is kept, as it may be long.
            check_path(&path).map_err(|_| "it has a file with an impossible name")?;
            self.files.push(Listed { path, length, digest });
        }
        Ok(())
    }

    /// The whole list.
    pub(super) fn done(self) -> Vec<Listed> {
        self.files
    }
}
