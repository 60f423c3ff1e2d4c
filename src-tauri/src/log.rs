//! The log: on standard error what somebody should know, and in the profile what helps to find out what happened.
//!
//! The file is a writer of our own behind `tracing`, which the core logs with. Tauri's log plugin is for the `log` crate and
//! gives every page a command to write with; `tracing-appender` starts a new file with each day, whatever its size.

use std::fs::{self, File, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt};

/// What standard error gets unless `MUTINY_LOG` asks for something else. A missing D-Bus is no news: the profile's lock is
/// there.
const SHOWN: &str = "warn,tauri_plugin_single_instance=error,yamux=error";

/// What the file gets unless `MUTINY_LOG` asks for something else.
const KEPT: &str = "warn,yamux=error,mutiny=info,mutiny_desktop=info,mutiny_core=info,mutiny_delivery=info";

/// The file's name in the profile's folder; older ones are `mutiny.log.1` and so on.
const FILE: &str = "mutiny.log";

/// A file that has reached this size makes room for a new one.
const LARGEST: u64 = 1 << 20;

/// How many older files are kept.
const OLDER: u32 = 3;

/// What is held back until there is a profile to keep it in.
const MOST_EARLY: usize = 64 << 10;

/// The log's file, once the profile is open.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Kept>>);

enum Kept {
    /// There is no profile yet.
    Early(Vec<u8>),
    File(Rotating),
    /// It cannot be written; standard error has the reason.
    Nowhere,
}

impl Default for Kept {
    fn default() -> Self {
        Self::Early(Vec::new())
    }
}

/// Begins to log.
pub(crate) fn start() -> Log {
    let log = Log::default();
    let filter = |otherwise| EnvFilter::try_from_env("MUTINY_LOG").unwrap_or_else(|_| EnvFilter::new(otherwise));
    let shown = fmt::layer().with_writer(io::stderr).with_ansi(io::stderr().is_terminal()).with_filter(filter(SHOWN));
    let kept = log.clone();
    let kept = fmt::layer().with_writer(move || kept.clone()).with_ansi(false).with_filter(filter(KEPT));
    tracing_subscriber::registry().with(shown).with(kept).init();
    log
}

/// Where a profile's log is.
pub(crate) fn file(profile: &Path) -> PathBuf {
    profile.join(FILE)
}

impl Log {
    /// Keeps the log in this file from now on, with what was logged before.
    pub(crate) fn keep_in(&self, file: PathBuf) {
        let opened = Rotating::open(file.clone()).and_then(|mut rotating| {
            if let Kept::Early(early) = &*self.lock() {
                rotating.write_all(early)?;
            }
            Ok(rotating)
        });
        match opened {
            Ok(rotating) => *self.lock() = Kept::File(rotating),
            Err(error) => {
                *self.lock() = Kept::Nowhere;
                tracing::warn!(%error, file = %file.display(), "the log cannot be kept");
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut *self.lock() {
            Kept::Early(early) if early.len() + bytes.len() <= MOST_EARLY => early.extend_from_slice(bytes),
            Kept::File(file) => file.write_all(bytes)?,
            Kept::Early(_) | Kept::Nowhere => {}
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A file that is put aside for a new one when it has grown large.
struct Rotating {
    path: PathBuf,
    file: File,
    size: u64,
}

impl Rotating {
    fn open(path: PathBuf) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        // It names people and addresses.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path)?;
        let size = file.metadata()?.len();
        Ok(Self { path, file, size })
    }

    /// Lines come whole, and stay whole.
    fn write_all(&mut self, line: &[u8]) -> io::Result<()> {
        if self.size > 0 && self.size + line.len() as u64 > LARGEST {
            self.rotate()?;
        }
        self.file.write_all(line)?;
        self.size += line.len() as u64;
        Ok(())
    }

    fn rotate(&mut self) -> io::Result<()> {
        for number in (1..OLDER).rev() {
            rename(&self.older(number), &self.older(number + 1))?;
        }
        rename(&self.path, &self.older(1))?;
        *self = Self::open(std::mem::take(&mut self.path))?;
        Ok(())
    }

    fn older(&self, number: u32) -> PathBuf {
        let mut name = self.path.as_os_str().to_owned();
        name.push(format!(".{number}"));
        name.into()
    }
}

/// Renames a file, if there is one.
fn rename(from: &Path, to: &Path) -> io::Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn names(dir: &Path) -> Vec<String> {
        let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = entries.collect();
        names.sort();
        names
    }

    #[test]
    fn what_was_logged_before_there_was_a_profile_is_kept() {
        let dir = tempfile::tempdir().unwrap();
        let mut log = Log::default();
        log.write_all(b"early\n").unwrap();
        log.keep_in(file(dir.path()));
        log.write_all(b"late\n").unwrap();
        assert_eq!(fs::read_to_string(file(dir.path())).unwrap(), "early\nlate\n");
    }

    #[test]
    fn it_goes_on_where_it_was() {
        let dir = tempfile::tempdir().unwrap();
        for run in ["one\n", "two\n"] {
            let mut log = Log::default();
            log.keep_in(file(dir.path()));
            log.write_all(run.as_bytes()).unwrap();
        }
        assert_eq!(fs::read_to_string(file(dir.path())).unwrap(), "one\ntwo\n");
    }

    #[test]
    fn it_never_grows_beyond_a_few_files() {
        let dir = tempfile::tempdir().unwrap();
        let mut log = Log::default();
        log.keep_in(file(dir.path()));
        let line = vec![b'x'; 300 << 10];
        for _ in 0..40 {
            log.write_all(&line).unwrap();
        }
        assert_eq!(names(dir.path()), ["mutiny.log", "mutiny.log.1", "mutiny.log.2", "mutiny.log.3"]);
        for name in names(dir.path()) {
            let file = dir.path().join(name).metadata().unwrap();
            assert!(file.len() <= LARGEST, "{} bytes", file.len());
            #[cfg(unix)]
            assert_eq!(std::os::unix::fs::PermissionsExt::mode(&file.permissions()) & 0o077, 0);
        }
    }
}
