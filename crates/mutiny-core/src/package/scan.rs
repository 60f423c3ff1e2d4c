//! Reads a folder into the list of a package's files.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::{MAX_BYTES, MAX_DEPTH, MAX_FILES, hash};
use crate::error::{Error, Result};

/// How old a change must be before the time of the change is trusted to tell the next one. File systems keep
/// these times as coarsely as two seconds (FAT).
const SETTLED: Duration = Duration::from_secs(2);

/// The files of a package by path: relative, with `/`, in the order of the paths' bytes.
pub(super) type Files = BTreeMap<String, FileEntry>;

/// A file of a package.
#[derive(Clone, Debug)]
pub(super) struct FileEntry {
    /// Its length when it was hashed.
    pub(super) length: u64,
    /// The SHA-256 of its content.
    pub(super) digest: [u8; 32],
    /// When it was changed last; `None` if that cannot be relied on to notice the next change.
    modified: Option<SystemTime>,
}

impl FileEntry {
    /// A file of which only this is known.
    pub(super) fn listed(length: u64, digest: [u8; 32]) -> Self {
        Self { length, digest, modified: None }
    }
}

/// Lists the files of the folder `root`, which is a canonical path. Files that look as they do in `known` are
/// not read again.
pub(super) fn scan(root: &Path, known: &Files) -> Result<Files> {
    let mut scan = Scan { root, known, files: Files::new(), entries: 0, bytes: 0, started: SystemTime::now() };
    scan.folder(root, "", &mut Vec::new())?;
    Ok(scan.files)
}

/// Whether a canonical path is below `root` and none of its parts is left out of packages.
pub(super) fn belongs_to_package(root: &Path, path: &Path) -> bool {
    path.strip_prefix(root).is_ok_and(|inside| inside.iter().all(|part| !is_left_out(part)))
}

/// Hidden files and installed dependencies are a developer's, not the app's.
pub(super) fn is_left_out(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".") || name == "node_modules"
}

struct Scan<'a> {
    root: &'a Path,
    known: &'a Files,
    files: Files,
    entries: usize,
    bytes: u64,
    started: SystemTime,
}

impl Scan<'_> {
    /// Adds what is in `folder`, under `prefix`. `above` holds the canonical paths of the folders that lead here.
    fn folder(&mut self, folder: &Path, prefix: &str, above: &mut Vec<PathBuf>) -> Result<()> {
        if above.len() > MAX_DEPTH {
            return Err(self.bad(format!("{prefix} is nested too deeply. Use {MAX_DEPTH} levels of folders at most.")));
        }
        above.push(folder.to_path_buf());
        let entries = fs::read_dir(folder).map_err(|error| unreadable(folder, error))?;
        for entry in entries {
            let entry = entry.map_err(|error| unreadable(folder, error))?;
            let name = entry.file_name();
            if is_left_out(&name) {
                continue;
            }
            let path = format!("{prefix}{}", self.checked_name(&name, prefix)?);
            self.count(1, 0)?;
            match self.target(&entry.path(), &path)? {
                Some((target, metadata)) if metadata.is_dir() => {
                    if above.contains(&target) {
                        return Err(
                            self.bad(format!("the link {path} leads back to a folder that holds it. Remove it."))
                        );
                    }
                    self.folder(&target, &format!("{path}/"), above)?;
                }
                Some((target, metadata)) => self.file(&target, path, &metadata)?,
                None => {}
            }
        }
        above.pop();
        Ok(())
    }

    /// The name, if it can be part of a URL on every platform.
    fn checked_name<'n>(&self, name: &'n OsStr, prefix: &str) -> Result<&'n str> {
        let problem = match name.to_str() {
            None => "is not UTF-8",
            Some(name) if name.contains('\\') => "has a backslash",
            Some(name) if name.chars().any(char::is_control) => "has a control character",
            Some(name) => return Ok(name),
        };
        let shown = name.to_string_lossy().escape_debug().to_string();
        Err(self.bad(format!("the name of {prefix}{shown} {problem}. Rename it.")))
    }

    /// What is at `at`, links followed: its canonical path, and whether it is a file or a folder. `None` if it
    /// was deleted just now.
    fn target(&self, at: &Path, path: &str) -> Result<Option<(PathBuf, Metadata)>> {
        let metadata = match fs::symlink_metadata(at) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unreadable(at, error)),
        };
        let (target, metadata) = if metadata.is_symlink() {
            let target = fs::canonicalize(at)
                .map_err(|error| self.bad(format!("the link {path} leads nowhere ({error}). Remove it or mend it.")))?;
            if !belongs_to_package(self.root, &target) {
                return Err(self.bad(format!(
                    "the link {path} leads to {}, which is not part of the app. Replace it with a copy.",
                    target.display()
                )));
            }
            let metadata = fs::metadata(&target).map_err(|error| unreadable(&target, error))?;
            (target, metadata)
        } else {
            (at.to_path_buf(), metadata)
        };
        if metadata.is_dir() || metadata.is_file() {
            Ok(Some((target, metadata)))
        } else {
            Err(self.bad(format!("{path} is neither a file nor a folder. Remove it.")))
        }
    }

    fn file(&mut self, target: &Path, path: String, metadata: &Metadata) -> Result<()> {
        self.count(0, metadata.len())?;
        let modified = metadata.modified().ok();
        let unchanged = self
            .known
            .get(&path)
            .filter(|known| known.length == metadata.len() && known.modified.is_some() && known.modified == modified);
        let entry = match unchanged {
            Some(known) => known.clone(),
            None => {
                let (length, digest) = match hash::of_file(target) {
                    Ok(hashed) => hashed,
                    // Editors replace files by deleting them for a moment.
                    Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
                    Err(error) => return Err(unreadable(target, error)),
                };
                FileEntry {
                    length,
                    digest,
                    modified: modified.filter(|at| self.started.duration_since(*at).is_ok_and(|age| age > SETTLED)),
                }
            }
        };
        self.files.insert(path, entry);
        Ok(())
    }

    fn count(&mut self, entries: usize, bytes: u64) -> Result<()> {
        self.entries += entries;
        self.bytes = self.bytes.saturating_add(bytes);
        if self.entries > MAX_FILES {
            return Err(self.bad(format!(
                "it holds more than {MAX_FILES} files, so it is hardly an app. Choose the folder that holds only the app."
            )));
        }
        if self.bytes > MAX_BYTES {
            return Err(self.bad(format!(
                "its files are larger than {} GiB together. Choose the folder that holds only the app.",
                MAX_BYTES >> 30
            )));
        }
        Ok(())
    }

    fn bad(&self, problem: String) -> Error {
        Error::BadPackage { folder: self.root.to_path_buf(), problem }
    }
}

fn unreadable(path: &Path, source: io::Error) -> Error {
    Error::Io { path: path.to_path_buf(), doing: "read", source }
}
