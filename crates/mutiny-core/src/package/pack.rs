//! Packs an app's folder into a package file, for a developer.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use super::{Package, archive};
use crate::error::{Error, Result};
use crate::view::App;

/// What was packed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed {
    /// The app, with the hash by which others know it.
    pub app: App,
    /// How many files it has.
    pub files: usize,
    /// How large they are together.
    pub bytes: u64,
}

/// Packs the app in `folder` into `file`, which is replaced as a whole where it exists. Waits for the disk.
///
/// # Errors
/// What is wrong with the folder ([`Error::MissingFolder`], [`Error::NoEntry`], [`Error::BadManifest`],
/// [`Error::BadPackage`]), and [`Error::Io`] where the file cannot be written; then nothing is left behind.
pub fn pack(folder: &Path, file: &Path) -> Result<Packed> {
    let package = Package::open(folder)?;
    // Written under another name, so that nobody ever finds half a package; hidden, so that it is no part of the app
    // where somebody packs a folder into itself.
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let temporary = file.with_file_name(format!(".{name}.new"));
    let failed = |source| Error::Io { path: file.to_path_buf(), doing: "written", source };
    let write = || -> Result<()> {
        let mut to = BufWriter::new(File::create(&temporary).map_err(failed)?);
        archive::write(&package, &mut to)?;
        to.flush().map_err(failed)?;
        to.into_inner().map_err(io::IntoInnerError::into_error).and_then(|file| file.sync_all()).map_err(failed)?;
        fs::rename(&temporary, file).map_err(failed)
    };
    if let Err(error) = write() {
        let _ = fs::remove_file(&temporary);
        return Err(error);
    }
    Ok(Packed { app: package.to_view(), files: package.len(), bytes: package.size() })
}
