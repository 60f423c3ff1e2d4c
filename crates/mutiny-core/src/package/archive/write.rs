//! From a folder to a package file.

use std::io::{self, Read as _, Seek, Write};
use std::path::Path;

use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::super::{Names, Package, paths};
use crate::error::{Error, Result};
use crate::manifest;

/// Packs an app. Only one with a manifest: without the folder's name nobody could say what it is.
pub(crate) fn write(package: &Package, to: impl Write + Seek) -> Result<()> {
    let bad = |problem: String| Error::BadPackage { folder: package.root.clone(), problem };
    if !package.files.contains_key(manifest::FILE) {
        return Err(bad(format!(
            "it has no {}, so nobody else could tell what app it is. Add one with `id`, `name` and `version`.",
            manifest::FILE
        )));
    }
    // What could not be read again must not be written.
    let mut names = Names::default();
    for path in package.files.keys() {
        let fits = paths::check(path).and_then(|()| names.add_file(path));
        fits.map_err(|problem| bad(format!("{path} {problem}. Rename it.")))?;
    }
    let mut archive = ZipWriter::new(to);
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    for (path, listed) in &package.files {
        archive.start_file(path, options).map_err(|error| failed(package.root(), error.into()))?;
        let from = package.root.join(path);
        let changed = || bad(format!("{path} changed while it was packed. Try again."));
        let file = package.open_inside(&from).map_err(|error| failed(&from, error))?.ok_or_else(changed)?;
        let mut hashing = Hashing { to: &mut archive, hasher: Sha256::new() };
        let copied = io::copy(&mut file.take(listed.length + 1), &mut hashing).map_err(|error| failed(&from, error))?;
        let digest: [u8; 32] = hashing.hasher.finalize().into();
        if (copied, digest) != (listed.length, listed.digest) {
            return Err(changed());
        }
    }
    archive
        .finish()
        .map_err(|error| failed(package.root(), error.into()))?
        .flush()
        .map_err(|error| failed(package.root(), error))
}

/// Hashes what it writes.
struct Hashing<W> {
    to: W,
    hasher: Sha256,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

fn failed(path: &Path, source: io::Error) -> Error {
    Error::Io { path: path.to_path_buf(), doing: "packed", source }
}
