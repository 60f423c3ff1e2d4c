//! The identity key's file. A key is made once in a profile's life; after that it is read or it is an error.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use libp2p::identity::{KeyType, Keypair};

use super::files;
use crate::error::{Error, Result};

/// No encoded ed25519 key is longer; a longer file is something else.
const MAX_LENGTH: u64 = 1024;

/// Reads the key, or makes one if the profile was never `used`.
pub(super) fn load_or_create(path: &Path, used: bool) -> Result<Keypair> {
    // Looks at the link itself: one that leads nowhere (to a stick that is not plugged in) is no missing key.
    match fs::symlink_metadata(path) {
        Ok(_) => {
            let key = load(path)?;
            // A key that works is used even where its permissions cannot be mended, on a read-only medium say.
            if let Err(error) = files::restrict(path, 0o600) {
                tracing::warn!(%error, "the key stays open to others");
            }
            Ok(key)
        }
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(bad(path, format!("{error}."))),
        Err(_) if used => Err(bad(path, "it is missing, though this profile was used before.")),
        Err(_) => create(path),
    }
}

/// Reads the key, and changes nothing.
pub(super) fn load(path: &Path) -> Result<Keypair> {
    let content = read(path).map_err(|error| bad(path, format!("{error}.")))?;
    if content.is_empty() {
        return Err(bad(path, "it is empty."));
    }
    if content.len() as u64 > MAX_LENGTH {
        return Err(bad(path, "it is too long for a key."));
    }
    let key = Keypair::from_protobuf_encoding(&content).map_err(|_| bad(path, "it does not hold a whole key."))?;
    if key.key_type() != KeyType::Ed25519 {
        return Err(bad(path, "it holds a key of another kind than ed25519."));
    }
    Ok(key)
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is not a file"));
    }
    let mut content = Vec::new();
    File::open(path)?.take(MAX_LENGTH + 1).read_to_end(&mut content)?;
    Ok(content)
}

fn create(path: &Path) -> Result<Keypair> {
    let key = Keypair::generate_ed25519();
    let content =
        key.to_protobuf_encoding().map_err(|error| bad(path, format!("a new one cannot be encoded: {error}.")))?;
    files::write_atomically(path, &content)?;
    Ok(key)
}

fn bad(path: &Path, problem: impl Into<String>) -> Error {
    Error::BadKey { file: path.to_path_buf(), problem: problem.into() }
}
