//! What an app's folder holds, whether or not it can be opened.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::scan::Files;
use super::{Names, hash, open_root, paths, scan};
use crate::error::Result;

/// A folder as it would become a package.
#[derive(Clone, Debug)]
pub struct Survey {
    /// The folder, as an absolute path without links.
    pub root: PathBuf,
    /// The length of each file of the package in bytes, by its path: relative, with `/` between its parts.
    pub files: BTreeMap<String, u64>,
    /// Files that cannot lie in a package file for others, each with why: the end of a sentence that begins with the path.
    pub unfit: Vec<(String, String)>,
    /// The package's content hash, `sha256-` and hex.
    pub hash: String,
}

impl Survey {
    /// Looks through a folder. The manifest is only one of its files here.
    ///
    /// # Errors
    /// Where there is no such folder, or it holds what no package may hold.
    pub fn of(folder: &Path) -> Result<Self> {
        let root = open_root(folder)?;
        let files = scan::scan(&root, &Files::new())?;
        let hash = hash::of_package(&files);
        let mut names = Names::default();
        let unfit = files.keys().filter_map(|path| {
            let problem = paths::check(path).and_then(|()| names.add_file(path)).err()?;
            Some((path.clone(), problem))
        });
        let unfit = unfit.collect();
        Ok(Self { root, unfit, files: files.into_iter().map(|(path, file)| (path, file.length)).collect(), hash })
    }
}
