//! Setting a damaged database aside: it moves, with all that belongs to it, into a folder of its own within the profile.
//! Nothing of it is written over or deleted, so whoever can mend it or has a backup can put all of it back.
//!
//! ```text
//!   damaged-1795393980/    the time, in seconds since the Unix epoch
//!     mutiny.db            as it was found, with its log
//!     webview/             what the apps' pages had stored, by instances that only that database knows
//!     packages/            the apps that it knows
//! ```

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use super::files::{create_private_dir, io_error, sync_parent};
use super::{DATABASE, PACKAGES, WEBVIEW};
use crate::error::Result;
use crate::view::Millis;

/// How the folder's name begins.
const PREFIX: &str = "damaged-";

/// What goes along with the database, and before it: once the database has moved, nothing of this may be found without it.
const ALONG: [&str; 2] = [WEBVIEW, PACKAGES];

/// Moves the database of the profile `dir` aside. Returns the folder that it is in now.
pub(super) fn set_aside(dir: &Path, seconds: i64) -> Result<PathBuf> {
    let folder = new_folder(dir, seconds)?;
    for name in ALONG {
        shift(dir, &folder, name.as_ref())?;
    }
    sync_parent(&dir.join(DATABASE))?;
    shift(dir, &folder, DATABASE.as_ref())?;
    for name in logs(dir)? {
        shift(dir, &folder, &name)?;
    }
    settle(dir, &folder)?;
    Ok(folder)
}

/// Moves the log of a database aside that is not there any more: a crash came between the two, or somebody moved the
/// database away by hand. A new database must never meet a log that is not its own.
pub(super) fn finish(dir: &Path, seconds: i64) -> Result<()> {
    let logs = logs(dir)?;
    if logs.is_empty() || dir.join(DATABASE).symlink_metadata().is_ok() {
        return Ok(());
    }
    let whose = newest(dir)?.map(|(folder, _)| folder);
    let whose = whose.filter(|folder| logs.iter().all(|name| folder.join(name).symlink_metadata().is_err()));
    let folder = whose.map_or_else(|| new_folder(dir, seconds), Ok)?;
    for name in logs {
        shift(dir, &folder, &name)?;
    }
    settle(dir, &folder)
}

/// The folder that was set aside last, and when.
pub(super) fn newest(dir: &Path) -> Result<Option<(PathBuf, Millis)>> {
    let times = names(dir)?.into_iter().filter_map(|name| time(name.to_str()?));
    Ok(times.max().map(|seconds| (dir.join(format!("{PREFIX}{seconds}")), seconds * 1000)))
}

/// The time in a folder's name.
fn time(name: &str) -> Option<i64> {
    name.strip_prefix(PREFIX)?.parse().ok()
}

/// Makes the folder of this second, or of the first one after it that has none.
fn new_folder(dir: &Path, seconds: i64) -> Result<PathBuf> {
    let latest = newest(dir)?.map_or(i64::MIN, |(_, at)| at / 1000);
    let folder = dir.join(format!("{PREFIX}{}", seconds.max(latest.saturating_add(1))));
    create_private_dir(&folder)?;
    Ok(folder)
}

/// The files that SQLite keeps beside the database, and the mark of one that is to be looked through.
fn logs(dir: &Path) -> Result<Vec<OsString>> {
    let belongs = |name: &OsString| name.to_str().is_some_and(|name| name.starts_with(&format!("{DATABASE}-")));
    Ok(names(dir)?.into_iter().filter(belongs).collect())
}

fn names(dir: &Path) -> Result<Vec<OsString>> {
    let read = || fs::read_dir(dir)?.map(|entry| Ok(entry?.file_name())).collect::<std::io::Result<_>>();
    read().map_err(io_error(dir, "read"))
}

/// Moves `name`, if it is there.
fn shift(from: &Path, to: &Path, name: &OsStr) -> Result<()> {
    let (old, new) = (from.join(name), to.join(name));
    if old.symlink_metadata().is_err() {
        return Ok(());
    }
    fs::rename(&old, new).map_err(io_error(&old, "set aside"))
}

/// The moves are on the disk when this returns.
fn settle(dir: &Path, folder: &Path) -> Result<()> {
    sync_parent(&folder.join(DATABASE))?;
    sync_parent(&dir.join(DATABASE))
}
