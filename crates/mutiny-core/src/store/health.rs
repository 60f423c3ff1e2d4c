//! Whether the database can still be trusted.
//!
//! Once SQLite has met damage, nothing more is read or written: what the damaged pages say is not known, and each write
//! could carry it further. The next start looks through the whole file, and sets it aside if it is damaged indeed.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;
use tokio::sync::watch;

use crate::error::{Error, Result};

/// What both queues of a store know of its health.
pub(super) struct Health {
    file: PathBuf,
    /// What was met.
    damage: watch::Sender<Option<String>>,
}

impl Health {
    /// Sound, as far as is known.
    pub(super) fn of(file: &Path) -> Self {
        Self { file: file.to_owned(), damage: watch::Sender::new(None) }
    }

    /// Tells of damage as soon as some is met.
    pub(super) fn watch(&self) -> watch::Receiver<Option<String>> {
        self.damage.subscribe()
    }

    /// An error where damage was met before.
    pub(super) fn check(&self) -> Result<()> {
        match &*self.damage.borrow() {
            Some(problem) => Err(Error::CorruptDatabase { file: self.file.clone(), problem: problem.clone() }),
            None => Ok(()),
        }
    }

    /// Looks at how some work went. Where it met damage, it says so.
    pub(super) fn judge<T>(&self, result: Result<T>) -> Result<T> {
        match result {
            Err(Error::Storage(error)) if is_damage(&error) => {
                self.met(&error);
                self.check()?;
                Err(Error::Storage(error))
            }
            other => other,
        }
    }

    fn met(&self, error: &rusqlite::Error) {
        tracing::error!(%error, file = %self.file.display(), "the database is damaged; nothing more is written to it");
        if let Err(error) = mark(&self.file) {
            tracing::error!(%error, "the next start may not notice the damage");
        }
        self.damage.send_if_modified(|damage| {
            let first = damage.is_none();
            damage.get_or_insert_with(|| format!("{error}."));
            first
        });
    }
}

/// Whether the file itself is at fault, and not the disk or the statement.
pub(super) fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

/// Whether the last run met damage in this database.
pub(super) fn is_suspect(database: &Path) -> bool {
    suspect(database).exists()
}

/// The database was looked through, and is sound.
pub(super) fn clear(database: &Path) -> io::Result<()> {
    match fs::remove_file(suspect(database)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Has the next start look through the database.
fn mark(database: &Path) -> io::Result<()> {
    File::create(suspect(database))?.sync_all()
}

/// The mark: an empty file beside the database.
fn suspect(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push("-suspect");
    name.into()
}
