//! The packages that a profile keeps itself: unpacked, each in a folder named after its hash.
//!
//! A package gets that name when all of it is on the disk and its hash was computed from there. So whatever has such a
//! name is whole, also after a power cut, and two instances of one app share it.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::{Package, archive, hash};
use crate::error::{Error, Result};

/// What the name of an unfinished package begins with.
const UNFINISHED: &str = "new-";

/// The folder of a profile's packages. Cheap to clone. Everything here waits for the disk.
#[derive(Clone, Debug)]
pub(crate) struct Shelf {
    dir: PathBuf,
}

impl Shelf {
    /// The shelf in this folder, which may not be there yet. Only one may be in use at a time; the profile's lock sees to
    /// that.
    pub(crate) fn new(dir: PathBuf) -> Self {
        Self { dir }
    }

    /// The package with this hash.
    ///
    /// # Errors
    /// [`Error::BadPackage`] where it is not there, or not any more what its name says.
    pub(crate) fn get(&self, hash: &str) -> Result<Package> {
        let folder = self.folder(hash)?;
        let bad = |problem: &str| Error::BadPackage { folder: folder.clone(), problem: problem.to_owned() };
        match Package::open(&folder) {
            Ok(package) if package.hash == hash => Ok(Package { kept: true, ..package }),
            Ok(_) => Err(bad("its files were changed. Add the app's package again.")),
            Err(Error::MissingFolder(_)) => Err(bad("its files are gone. Add the app's package again.")),
            Err(error) => Err(error),
        }
    }

    /// Whether there is a package with this hash.
    pub(crate) fn has(&self, hash: &str) -> bool {
        self.folder(hash).is_ok_and(|folder| folder.is_dir())
    }

    /// The folder of the package with this hash.
    pub(crate) fn folder(&self, hash: &str) -> Result<PathBuf> {
        // It becomes a path, and it may come from another host.
        if hash::is_one(hash) {
            Ok(self.dir.join(hash))
        } else {
            Err(Error::InvalidArgument("This is not the hash of a package.".to_owned()))
        }
    }

    /// Unpacks a package file and keeps it. After an error nothing is left of it.
    pub(crate) fn take_in(&self, file: &Path) -> Result<Package> {
        let folder = self.unfinished(&Uuid::new_v4().to_string())?;
        let kept = archive::read(file, &folder).and_then(|()| self.keep(&folder, None)).map_err(|error| match error {
            // What was unpacked has a name that means nothing to anybody.
            Error::BadPackage { problem, .. } => Error::BadPackage { folder: file.to_path_buf(), problem },
            Error::NoEntry { entry, .. } => Error::NoEntry { folder: file.to_path_buf(), entry },
            Error::BadManifest { problem, .. } => Error::BadPackage {
                folder: file.to_path_buf(),
                problem: format!("its {} cannot be used. {problem}", crate::manifest::FILE),
            },
            other => other,
        });
        if kept.is_err() {
            let _ = fs::remove_dir_all(&folder);
        }
        kept
    }

    /// An empty folder for a package that is yet to come; one of this name that is there already stays as it is.
    pub(crate) fn unfinished(&self, name: &str) -> Result<PathBuf> {
        let folder = self.dir.join(format!("{UNFINISHED}{name}"));
        fs::create_dir_all(&folder).map_err(|source| Error::Io { path: folder.clone(), doing: "created", source })?;
        Ok(folder)
    }

    /// Keeps the app in `folder`, which lies on the shelf, under its hash: `wanted`, if that is known already. Its files
    /// have to be on the disk.
    pub(crate) fn keep(&self, folder: &Path, wanted: Option<&str>) -> Result<Package> {
        let package = Package::open(folder)?;
        let bad = |problem: String| Error::BadPackage { folder: folder.to_path_buf(), problem };
        if wanted.is_some_and(|wanted| wanted != package.hash) {
            return Err(bad("it is not the app that it should be.".to_owned()));
        }
        if !package.files.contains_key(crate::manifest::FILE) {
            return Err(bad(format!("it has no {}. Ask whoever made it to add one.", crate::manifest::FILE)));
        }
        let target = self.folder(&package.hash)?;
        let failed = |source| Error::Io { path: target.clone(), doing: "written", source };
        if target.is_dir() {
            fs::remove_dir_all(folder).map_err(failed)?;
        } else {
            sync_folders(folder).map_err(failed)?;
            fs::rename(folder, &target).and_then(|()| sync(&self.dir)).map_err(failed)?;
        }
        self.get(&package.hash)
    }

    /// Removes every package but those in `needed`, where that is known, and every unfinished one but those whose names are
    /// in `unfinished`.
    pub(crate) fn sweep(&self, needed: Option<&HashSet<String>>, unfinished: &HashSet<String>) {
        let entries = match fs::read_dir(&self.dir) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return,
            Err(error) => return tracing::warn!(%error, "the kept packages cannot be listed"),
        };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let stays = match name.strip_prefix(UNFINISHED) {
                Some(name) => unfinished.contains(name),
                // Somebody else's business, whatever it is.
                None if !hash::is_one(&name) => true,
                None => needed.is_none_or(|needed| needed.contains(&name)),
            };
            if !stays && let Err(error) = fs::remove_dir_all(entry.path()) {
                tracing::warn!(%error, name, "a package that nobody needs cannot be removed");
            }
        }
    }
}

/// Makes the names in a folder last, and in all folders below.
fn sync_folders(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_folders(&entry.path())?;
        }
    }
    sync(folder)
}

#[cfg(unix)]
fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Elsewhere a folder cannot be opened, and names last by themselves.
#[cfg(not(unix))]
fn sync(_folder: &Path) -> io::Result<()> {
    let _ = File::open::<&Path>;
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::package::pack;

    struct Room {
        dir: TempDir,
        shelf: Shelf,
    }

    impl Room {
        fn new() -> Self {
            let dir = tempfile::tempdir().unwrap();
            let shelf = Shelf::new(dir.path().join("packages"));
            Self { dir, shelf }
        }

        /// A package file of a version of chat.
        fn chat(&self, version: &str) -> PathBuf {
            let folder = self.dir.path().join(format!("chat-{version}"));
            fs::create_dir_all(folder.join("img")).unwrap();
            let manifest = format!(r#"{{"id":"org.example.chat","name":"Chat","version":"{version}"}}"#);
            fs::write(folder.join("mutiny.json"), manifest).unwrap();
            fs::write(folder.join("index.html"), version).unwrap();
            fs::write(folder.join("img/a.svg"), "<svg/>").unwrap();
            let file = folder.with_extension("zip");
            pack(&folder, &file).unwrap();
            file
        }

        fn names(&self) -> Vec<String> {
            let entries = fs::read_dir(self.dir.path().join("packages")).unwrap();
            let mut names: Vec<_> =
                entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
            names.sort();
            names
        }
    }

    #[test]
    fn a_package_is_kept_once_under_its_hash() {
        let room = Room::new();
        let first = room.shelf.take_in(&room.chat("1.0.0")).unwrap();
        let again = room.shelf.take_in(&room.chat("1.0.0")).unwrap();
        assert_eq!(first.to_view(), again.to_view());
        assert_eq!(room.names(), std::slice::from_ref(&first.hash));
        assert_eq!(room.shelf.get(&first.hash).unwrap().read("/").unwrap().0, b"1.0.0");
    }

    #[test]
    fn nothing_is_left_of_what_is_refused() {
        let room = Room::new();
        let file = room.dir.path().join("bad.zip");
        fs::write(&file, "not a zip").unwrap();
        let error = room.shelf.take_in(&file).unwrap_err();
        assert!(error.to_string().starts_with(&format!("{} cannot be opened as an app:", file.display())), "{error}");
        assert!(room.names().is_empty());
    }

    #[test]
    fn what_nobody_needs_goes_and_all_else_stays() {
        let room = Room::new();
        let old = room.shelf.take_in(&room.chat("1.0.0")).unwrap().hash;
        let new = room.shelf.take_in(&room.chat("2.0.0")).unwrap().hash;
        room.shelf.unfinished("gone").unwrap();
        room.shelf.unfinished("under-way").unwrap();
        fs::write(room.dir.path().join("packages/notes.txt"), "a person's").unwrap();
        room.shelf.sweep(Some(&HashSet::from([new.clone()])), &HashSet::from(["under-way".to_owned()]));
        assert!(!room.shelf.has(&old) && room.shelf.has(&new));
        let mut left = vec![new, "new-under-way".to_owned(), "notes.txt".to_owned()];
        left.sort();
        assert_eq!(room.names(), left);
    }

    #[test]
    fn a_package_that_was_changed_or_removed_is_not_opened() {
        let room = Room::new();
        let hash = room.shelf.take_in(&room.chat("1.0.0")).unwrap().hash;
        fs::write(room.shelf.folder(&hash).unwrap().join("index.html"), "other").unwrap();
        assert!(room.shelf.get(&hash).unwrap_err().to_string().contains("its files were changed"));
        fs::remove_dir_all(room.shelf.folder(&hash).unwrap()).unwrap();
        assert!(room.shelf.get(&hash).unwrap_err().to_string().contains("its files are gone"));
    }

    #[test]
    fn a_hash_from_elsewhere_never_becomes_a_path() {
        let room = Room::new();
        let long = format!("sha256-{}", "a".repeat(63));
        for hash in ["../..", "sha256-../../x", "", "/etc", &long, &long.to_uppercase()] {
            assert!(room.shelf.folder(hash).is_err(), "{hash}");
            assert!(!room.shelf.has(hash));
        }
    }
}
