//! What the hostile app saved on the machine, where it may not save anything.

use std::path::{Path, PathBuf};
use std::{fmt, fs};

/// The files that were found, and where somebody looked.
#[derive(Debug, Default)]
pub(crate) struct Saved {
    files: Vec<PathBuf>,
    places: Vec<PathBuf>,
}

impl Saved {
    /// Looks in the folders where a download would land, for files that carry this mark in their names. A folder that is not
    /// there has none.
    pub(crate) fn look(places: Vec<PathBuf>, mark: &str) -> Self {
        let entries = places.iter().filter_map(|place| fs::read_dir(place).ok()).flatten().flatten();
        let files = entries.map(|entry| entry.path()).filter(|path| name(path).contains(mark)).collect();
        Self { files, places }
    }

    /// All files that were found.
    pub(crate) fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// The one that the attempt of this name left: its file's name begins with its own and a point.
    pub(crate) fn by(&self, attempt: &str) -> Option<&Path> {
        let its = |path: &&PathBuf| name(path).split_once('.').is_some_and(|(begin, _)| begin == attempt);
        self.files.iter().find(its).map(PathBuf::as_path)
    }
}

/// As the doctor tells it.
impl fmt::Display for Saved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |paths: &[PathBuf]| paths.iter().map(|it| it.display().to_string()).collect::<Vec<_>>().join(", ");
        match self.files.as_slice() {
            [] => write!(f, "no file in {}", list(&self.places)),
            files => write!(f, "saved: {}", list(files)),
        }
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_carries_the_mark_is_found_and_known_by_its_attempt() {
        let dir = tempfile::tempdir().unwrap();
        for file in ["link-download-data.7e0f.txt", "link-download-data.7e0f (1).txt", "holidays.txt"] {
            fs::write(dir.path().join(file), "x").unwrap();
        }
        let saved = Saved::look(vec![dir.path().to_owned(), dir.path().join("nowhere")], "7e0f");
        assert_eq!(saved.files().len(), 2);
        assert!(saved.by("link-download-data").is_some());
        assert!(saved.by("link-download").is_none() && saved.by("holidays").is_none());
        assert!(saved.to_string().starts_with("saved: "), "{saved}");
    }

    #[test]
    fn where_nothing_was_saved_it_says_where_it_looked() {
        let saved = Saved::look(vec!["/nowhere/Downloads".into(), "/nowhere".into()], "7e0f");
        assert!(saved.files().is_empty());
        assert_eq!(saved.to_string(), "no file in /nowhere/Downloads, /nowhere");
    }
}
