//! The list of a package's files as other hosts get it, and what its hash says of it before any content is there.

use std::fs::File;
use std::io;

use super::scan::FileEntry;
use super::{Files, Names, Package, hash, paths};
use crate::manifest;

/// A file of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    /// Its path: relative, with `/`.
    pub(crate) path: String,
    /// Its length in bytes.
    pub(crate) length: u64,
    /// The SHA-256 of its content.
    pub(crate) digest: [u8; 32],
}

/// Whether a path may be in a list. An error is the end of a sentence that begins with the path.
pub(crate) fn check_path(path: &str) -> Result<(), String> {
    paths::check(path)
}

/// Whether a list that somebody sent is the one of the package with this hash, and can be laid out here. An error is what is
/// wrong, as the end of a sentence about the app.
pub(crate) fn check(files: &[Listed], wanted: &str) -> Result<(), String> {
    let mut names = Names::default();
    let mut known = Files::new();
    for file in files {
        check_path(&file.path)
            .and_then(|()| names.add_file(&file.path))
            .map_err(|problem| format!("has a file whose name {problem}"))?;
        if paths::left_out(&file.path) {
            return Err("has a hidden file".to_owned());
        }
        known.insert(file.path.clone(), FileEntry::listed(file.length, file.digest));
    }
    if !known.keys().eq(files.iter().map(|file| &file.path)) {
        return Err("comes in disorder".to_owned());
    }
    if !known.contains_key(manifest::FILE) {
        return Err(format!("has no {}", manifest::FILE));
    }
    if hash::of_package(&known) == wanted { Ok(()) } else { Err("is not the one of the invitation".to_owned()) }
}

impl Package {
    /// The files, in the order of their paths' bytes; `None` where others could not tell what app it is, or could not lay
    /// it out.
    pub(crate) fn listing(&self) -> Option<Vec<Listed>> {
        let listed = |(path, file): (&String, &FileEntry)| Listed {
            path: path.clone(),
            length: file.length,
            digest: file.digest,
        };
        let files: Vec<_> = self.files.iter().map(listed).collect();
        check(&files, &self.hash).is_ok().then_some(files)
    }

    /// Opens a listed file; `None` if it is by now something else than a file of this package.
    pub(crate) fn open_listed(&self, file: &Listed) -> io::Result<Option<File>> {
        self.open_inside(&self.root.join(&file.path))
    }
}
