//! An app's package: its folder, read once into a list of files that alone can be served.
//!
//! Nothing here trusts a path. A URL is looked up in the list of files and never joined to the folder, the list
//! never holds a link that leaves the folder, and a file is checked again when it is opened, as the folder may
//! have changed since. Everything here waits for the disk: call it from a thread that may.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::manifest::Manifest;
use crate::view;

pub(crate) mod archive;
mod hash;
mod icon;
pub(crate) mod listing;
mod media_type;
mod pack;
mod paths;
mod scan;
mod shelf;
mod survey;
mod url_path;

pub(crate) use icon::icon;
pub use pack::{Packed, pack};
use paths::Names;
use scan::Files;
pub(crate) use shelf::Shelf;
pub use survey::Survey;

/// Most files and folders a package may have.
pub(crate) const MAX_FILES: usize = 20_000;
/// Most bytes a package may have.
pub(crate) const MAX_BYTES: u64 = 1 << 30;
/// Most folders within each other; links to folders count as folders.
const MAX_DEPTH: usize = 64;

/// An app's folder as it was read last.
#[derive(Clone, Debug)]
pub(crate) struct Package {
    root: PathBuf,
    manifest: Manifest,
    files: Files,
    hash: String,
    /// It lies on the [`Shelf`], where nobody edits it.
    kept: bool,
}

impl Package {
    /// Reads the app in `folder`.
    pub(crate) fn open(folder: &Path) -> Result<Self> {
        let root = open_root(folder)?;
        Self::read_folder(root, &Files::new())
    }

    /// Reads the folder anew, for a developer who has just edited it. Files that look the same are not hashed
    /// again. Returns whether anything changed; after an error everything is as it was.
    pub(crate) fn reload(&mut self) -> Result<bool> {
        if self.kept {
            return Ok(false);
        }
        if !self.root.is_dir() {
            return Err(Error::MissingFolder(self.root.clone()));
        }
        let fresh = Self::read_folder(self.root.clone(), &self.files)?;
        let changed = fresh.hash != self.hash;
        *self = fresh;
        Ok(changed)
    }

    fn read_folder(root: PathBuf, known: &Files) -> Result<Self> {
        // First, as it fails fast where somebody chose a folder that is no app, their home for instance.
        let manifest = Manifest::read(&root)?;
        let files = scan::scan(&root, known)?;
        if !files.contains_key(&manifest.entry) {
            return Err(Error::NoEntry { folder: root, entry: manifest.entry });
        }
        let hash = hash::of_package(&files);
        Ok(Self { root, manifest, files, hash, kept: false })
    }

    /// The app's folder, as an absolute path without links.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// How many files it has.
    pub(crate) fn len(&self) -> usize {
        self.files.len()
    }

    /// How large its files are together, in bytes.
    pub(crate) fn size(&self) -> u64 {
        self.files.values().map(|file| file.length).sum()
    }

    /// The URL's path to open the app at: `/`, or where the entry page lies in a folder, its own, so that what it refers
    /// to is found beside it.
    pub(crate) fn entry_path(&self) -> String {
        let entry = &self.manifest.entry;
        if entry.contains('/') { url_path::encode(entry) } else { "/".to_owned() }
    }

    /// Whether `url_path` is the page that opens: the moment to [`reload`](Self::reload).
    pub(crate) fn is_entry(&self, url_path: &str) -> bool {
        self.file_at(url_path) == Some(&self.manifest.entry)
    }

    /// The file at the path of a URL, which is given as the URL has it: percent-encoded, beginning with `/`.
    /// `/` is the entry page, and another path that ends with `/` the `index.html` there.
    pub(crate) fn resolve(&self, url_path: &str) -> Result<PathBuf> {
        self.file_at(url_path).map(|file| self.root.join(file)).ok_or_else(|| Error::NoSuchFile(url_path.to_owned()))
    }

    /// The content and the media type of the file at the path of a URL; see [`resolve`](Self::resolve).
    pub(crate) fn read(&self, url_path: &str) -> Result<(Vec<u8>, String)> {
        let path = self.resolve(url_path)?;
        let io_error = |source: io::Error| match source.kind() {
            // Deleted since the folder was read.
            io::ErrorKind::NotFound => Error::NoSuchFile(url_path.to_owned()),
            _ => Error::Io { path: path.clone(), doing: "read", source },
        };
        let Some(file) = self.open_inside(&path).map_err(io_error)? else {
            tracing::warn!(path = %path.display(), "became a link out of the app's folder; not served");
            return Err(Error::NoSuchFile(url_path.to_owned()));
        };
        let mut content = Vec::new();
        file.take(MAX_BYTES).read_to_end(&mut content).map_err(io_error)?;
        Ok((content, media_type::of(&path)))
    }

    /// Opens a file of the list, or `None` if it is by now something else than a file of this folder.
    fn open_inside(&self, path: &Path) -> io::Result<Option<File>> {
        open_inside(&self.root, path)
    }

    fn file_at(&self, url_path: &str) -> Option<&String> {
        let path = url_path::decode(url_path)?;
        let path = match path.as_str() {
            "" => self.manifest.entry.clone(),
            folder if folder.ends_with('/') => format!("{folder}index.html"),
            _ => path,
        };
        self.files.get_key_value(&path).map(|(file, _)| file)
    }

    /// What the person should know of it before its first run.
    pub(crate) fn review(&self) -> view::Review {
        view::Review {
            app: self.to_view(),
            icon: icon(&self.root, &self.manifest),
            files: u32::try_from(self.len()).unwrap_or(u32::MAX),
            bytes: self.size(),
        }
    }

    /// The app as the web sides see it.
    pub(crate) fn to_view(&self) -> view::App {
        let Manifest { id, name, version, description, accepts, permissions, .. } = self.manifest.clone();
        view::App {
            id,
            name,
            version: version.to_string(),
            description,
            hash: self.hash.clone(),
            accepts,
            permissions: permissions.into_iter().map(view::Permission::as_str).map(str::to_owned).collect(),
        }
    }
}

/// Opens a file of the app at `root`, or `None` if it is by now something else than a file of that folder.
fn open_inside(root: &Path, path: &Path) -> io::Result<Option<File>> {
    let target = fs::canonicalize(path)?;
    if !scan::belongs_to_package(root, &target) || !target.is_file() {
        return Ok(None);
    }
    let file = File::open(&target)?;
    // A link swapped in between the check and the opening shows now: the path leads elsewhere, or to
    // another file than the one that is open.
    let unchanged = fs::canonicalize(path)? == target && is_same_file(&file, &target)?;
    Ok(unchanged.then_some(file))
}

/// The canonical path of a folder that is there.
fn open_root(folder: &Path) -> Result<PathBuf> {
    match fs::canonicalize(folder) {
        Ok(root) if root.is_dir() => Ok(root),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            Err(Error::Io { path: folder.to_path_buf(), doing: "read", source: error })
        }
        Ok(_) | Err(_) => Err(Error::MissingFolder(folder.to_path_buf())),
    }
}

/// Whether `path` names the very file that is open.
fn is_same_file(file: &File, path: &Path) -> io::Result<bool> {
    let (opened, named) = (file.metadata()?, path.symlink_metadata()?);
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        Ok(opened.is_file() && opened.dev() == named.dev() && opened.ino() == named.ino())
    }
    #[cfg(not(unix))]
    Ok(opened.is_file() && named.is_file())
}

#[cfg(test)]
mod tests;
