//! The lock that keeps a second process out of a profile.
//!
//! The system gives it back when the process ends, however it ends, so a crash never locks a profile for good.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::Path;

use super::files::io_error;
use crate::error::{Error, Result};

/// Takes the lock, or says who has it.
pub(super) fn acquire(path: &Path, profile: &str) -> Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(io_error(path, "opened"))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(Error::ProfileInUse { profile: profile.to_owned(), pid: read_pid(&mut file) });
        }
        Err(TryLockError::Error(error)) => return Err(io_error(path, "locked")(error)),
    }
    write_pid(&mut file).map_err(io_error(path, "written"))?;
    Ok(file)
}

/// Who holds the lock; only for the message, so nothing depends on it.
fn read_pid(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.take(32).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

fn write_pid(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())
}
