//! The content hash of a package: two folders have the same one if and only if they hold the same app.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::scan::Files;

/// What every hash of a package begins with.
const PREFIX: &str = "sha256-";

/// Whether a text is the hash of some package, as [`of_package`] writes it.
pub(super) fn is_one(text: &str) -> bool {
    text.strip_prefix(PREFIX)
        .is_some_and(|hex| hex.len() == 64 && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
}

/// Length and SHA-256 of a file's content, read in pieces.
pub(super) fn of_file(path: &Path) -> io::Result<(u64, [u8; 32])> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut length = 0;
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok((length, hasher.finalize().into())),
            Ok(read) => {
                hasher.update(&buffer[..read]);
                length += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// `sha256-` and the hex SHA-256 over, for each file in the order of their paths' bytes: the path's length, the
/// path in UTF-8, the content's length, the content's SHA-256. Lengths are 64 bits, big-endian.
///
/// The content goes in as its own hash, so that a file that did not change need not be read again. The lengths
/// keep two files apart from one that looks like both.
pub(super) fn of_package(files: &Files) -> String {
    let mut hasher = Sha256::new();
    for (path, file) in files {
        hasher.update((path.len() as u64).to_be_bytes());
        hasher.update(path.as_bytes());
        hasher.update(file.length.to_be_bytes());
        hasher.update(file.digest);
    }
    let mut text = String::from(PREFIX);
    for byte in hasher.finalize() {
        // Writing into a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
