//! Opening the file: looking first, changing nothing that is not ours to change.

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::db::Db;
use super::{health, migrations};
use crate::error::{Error, Result};

/// Marks a database as Mutiny's ("Mtny"), so that one of another program is never taken for an old one of ours.
const APPLICATION_ID: i64 = 0x4d74_6e79;

/// Up to this size a file is looked through at every start, which takes some tens of milliseconds. A larger one only
/// where the last run did not end cleanly.
const QUICK_CHECK_BYTES: u64 = 32 << 20;

/// How long a statement waits for a lock. Nobody else should hold one, but a backup or a curious person might.
const BUSY: Duration = Duration::from_secs(5);

/// To what size the log is cut back after a burst.
const LOG_BYTES: i64 = 16 << 20;

/// How much of the file the writer keeps in memory, in KiB. SQLite's own 2 MiB do not hold the ends of all indexes beside
/// the rows of one busy moment, and what was dropped is read again.
const CACHE: i64 = 16 << 10;

/// From how many pages in the log on they are moved into the file although others wait: 16 MiB. SQLite's own thousand is
/// no more than two or three transactions of a busy moment change, so that each page would be written twice every time;
/// and from 4,096 on there would be a second table to look through for each page that is read.
const LOG_PAGES: i64 = 4000;

/// How many statements a connection keeps prepared: all that there are.
const STATEMENTS: usize = 128;

/// The two connections of a store.
pub(super) struct Opened {
    pub(super) writer: Db,
    pub(super) reader: Db,
}

/// Opens the database at `path`, or makes it, and brings it up to date.
pub(super) fn open(path: &Path) -> Result<Opened> {
    prepare_file(path)?;
    look(path)?;
    let opened = connect(path).map_err(|error| explain(path, error))?;
    health::clear(path).map_err(|source| Error::Io { path: path.to_owned(), doing: "opened", source })?;
    Ok(opened)
}

/// Makes an empty file readable by its owner only (SQLite gives its log the same mode) where there is none, and finds
/// out whether it can be written at all.
fn prepare_file(path: &Path) -> Result<()> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(|source| Error::Io { path: path.to_owned(), doing: "opened", source })
}

/// Refuses a file that is not a sound database of this version or an older one, without writing to it.
fn look(path: &Path) -> Result<()> {
    let look = || -> std::result::Result<(), Problem> {
        if size(path) == 0 && size(&log(path)) > 0 {
            // SQLite would take it for a new one, and throw the log away.
            return Err(Problem::Damaged("it is empty, and its log is not.".to_owned()));
        }
        let db = Connection::open_with_flags(path, flags(OpenFlags::SQLITE_OPEN_READ_ONLY))?;
        db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        harden(&db)?;
        check_origin(&db)?;
        if health::is_suspect(path) {
            check_pages(&db, "integrity_check(1)")
        } else if size(path) <= QUICK_CHECK_BYTES || size(&log(path)) > 0 {
            check_pages(&db, "quick_check(1)")
        } else {
            Ok(())
        }
    };
    match look() {
        // A crash can leave work that only a connection that writes may finish. That one looks again.
        Err(Problem::Sqlite(error)) if error.sqlite_error_code() == Some(ErrorCode::ReadOnly) => Ok(()),
        outcome => outcome.map_err(|problem| explain(path, problem)),
    }
}

fn connect(path: &Path) -> std::result::Result<Opened, Problem> {
    let mut writer = Connection::open_with_flags(path, flags(OpenFlags::SQLITE_OPEN_READ_WRITE))?;
    harden(&writer)?;
    // Where this one turns out to be damaged after all, closing it must not move the log into the file.
    writer.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    check_origin(&writer)?;
    // Takes effect only before the first table is made; the writer gives free pages back bit by bit.
    writer.pragma_update(None, "auto_vacuum", "incremental")?;
    let mode: String = writer.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
    if mode != "wal" {
        return Err(Problem::Unfit(format!("its folder allows no write-ahead log (journal mode {mode}).")));
    }
    // Under NORMAL a power cut may take back commits that another peer was already told of.
    writer.pragma_update(None, "synchronous", "full")?;
    // Where the system's fsync leaves data in the drive's cache (macOS), insist.
    writer.pragma_update(None, "fullfsync", true)?;
    writer.pragma_update(None, "checkpoint_fullfsync", true)?;
    writer.pragma_update(None, "cache_size", -CACHE)?;
    writer.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
    writer.pragma_update(None, "journal_size_limit", LOG_BYTES)?;
    // What an app or a person deleted is overwritten where that costs no further write.
    writer.pragma_update(None, "secure_delete", "fast")?;
    writer.pragma_update(None, "application_id", APPLICATION_ID)?;
    migrations::run(&mut writer)?;
    let writer = Db::writing(writer)?;
    let reader = Connection::open_with_flags(path, flags(OpenFlags::SQLITE_OPEN_READ_ONLY))?;
    harden(&reader)?;
    // The reader loads its pages anew after each commit. Looking at every cell of them takes as long as reading them, and
    // what the writer has seen to be well formed it need not look at again.
    reader.pragma_update(None, "cell_size_check", false)?;
    writer.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    Ok(Opened { writer, reader: Db::new(reader) })
}

/// What every connection gets: nothing in the file is trusted to run code or to be well formed.
pub(super) fn harden(db: &Connection) -> rusqlite::Result<()> {
    db.busy_timeout(BUSY)?;
    db.set_prepared_statement_cache_capacity(STATEMENTS);
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, true)?;
    // A misspelt column must not pass for a string.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    db.pragma_update(None, "cell_size_check", true)?;
    db.pragma_update(None, "temp_store", "memory")
}

/// Ours, and not newer than we are?
fn check_origin(db: &Connection) -> std::result::Result<(), Problem> {
    let application: i64 = db.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let version: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let tables: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    // A crash right after the file was made leaves it without a mark and without tables.
    let fresh = application == 0 && tables == 0;
    if !fresh && application != APPLICATION_ID {
        return Err(Problem::Unfit("it belongs to another program.".to_owned()));
    }
    if version < 0 {
        return Err(Problem::Unfit(format!("its schema version is {version}.")));
    }
    if version > migrations::KNOWN {
        return Err(Problem::Newer(version));
    }
    Ok(())
}

/// Looks for damage in every page.
fn check_pages(db: &Connection, how: &str) -> std::result::Result<(), Problem> {
    let verdict: String = db.query_row(&format!("PRAGMA {how}"), [], |row| row.get(0))?;
    match verdict.as_str() {
        "ok" => Ok(()),
        damage => Err(Problem::Damaged(format!("{damage}."))),
    }
}

fn flags(mode: OpenFlags) -> OpenFlags {
    // Each connection stays with one thread, so SQLite need not lock it.
    mode | OpenFlags::SQLITE_OPEN_NO_MUTEX
}

fn size(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |file| file.len())
}

/// The write-ahead log of a database.
pub(super) fn log(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

/// Why a file cannot be used, before it is said with the file's name.
enum Problem {
    Sqlite(rusqlite::Error),
    Damaged(String),
    Unfit(String),
    Newer(i64),
}

impl From<rusqlite::Error> for Problem {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<rusqlite_migration::Error> for Problem {
    fn from(error: rusqlite_migration::Error) -> Self {
        match error {
            rusqlite_migration::Error::RusqliteError { err, .. } => Self::Sqlite(err),
            other => Self::Unfit(format!("{other}.")),
        }
    }
}

fn explain(path: &Path, problem: Problem) -> Error {
    let file = path.to_owned();
    match problem {
        Problem::Newer(found) => Error::NewerDatabase { file, found, known: migrations::KNOWN },
        Problem::Unfit(problem) => Error::ForeignDatabase { file, problem },
        Problem::Damaged(problem) => Error::CorruptDatabase { file, problem },
        Problem::Sqlite(error) if health::is_damage(&error) => {
            Error::CorruptDatabase { file, problem: format!("{error}.") }
        }
        Problem::Sqlite(error) => error.into(),
    }
}
