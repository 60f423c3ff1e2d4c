//! A profile: one identity with its database, in a folder of its own that one process at a time may use.
//!
//! ```text
//! <data>/profiles/<name>/
//!   identity.key   the key, libp2p's protobuf encoding, 0600
//!   mutiny.db      everything else that must last
//!   generation     counts the database's openings; see `generation`
//!   lock           held while a host runs, and says which process it is
//!   packages/      apps that this host keeps itself; see `package::shelf`
//!   webview/       what the system's webview keeps
//!   damaged-…/     databases that were damaged, with what belongs to them; see [`Profile::set_aside`]
//! ```

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use libp2p::PeerId;
use libp2p::identity::Keypair;

use crate::error::{Error, Result};
use crate::view::Millis;

mod aside;
mod files;
mod generation;
mod key;
mod lock;

/// Longest name of a profile.
const MAX_NAME: usize = 64;
/// The key's file.
const KEY: &str = "identity.key";
/// The database's file.
const DATABASE: &str = "mutiny.db";
/// The generation counter's file.
const GENERATION: &str = "generation";
/// The file that is locked while a host runs.
const LOCK: &str = "lock";
/// The folder of kept packages.
const PACKAGES: &str = "packages";
/// The folder of the system's webview.
const WEBVIEW: &str = "webview";

/// An open profile. Nobody else can open it until this value is dropped, or [`Self::give_back`] is called.
#[derive(Debug)]
pub(crate) struct Profile {
    name: String,
    dir: PathBuf,
    key: Keypair,
    lock: File,
}

impl Profile {
    /// Opens the profile `name`, or makes it where there is none: below `data_dir` if given, else where the
    /// platform keeps the data of programs.
    ///
    /// A profile that was used before and has lost its key is an error, never a reason for a new key.
    pub(crate) fn open(name: &str, data_dir: Option<&Path>) -> Result<Self> {
        check_name(name)?;
        let data_dir = match data_dir {
            Some(dir) => dir.to_path_buf(),
            None => platform_data_dir()?,
        };
        let dir = data_dir.join("profiles").join(name);
        files::create_private_dir(&dir)?;
        let lock = lock::acquire(&dir.join(LOCK), name)?;
        // The database and the counter are only ever made after the key, so either of them proves that there was one.
        let used = [DATABASE, GENERATION].iter().any(|file| dir.join(file).symlink_metadata().is_ok());
        let key = key::load_or_create(&dir.join(KEY), used)?;
        aside::finish(&dir, seconds())?;
        Ok(Self { name: name.to_owned(), dir, key, lock })
    }

    /// Lets others open the profile although this value is still there: somebody may hold it for a moment longer than its
    /// host runs.
    pub(crate) fn give_back(&self) {
        if let Err(error) = self.lock.unlock() {
            tracing::warn!(%error, "the profile stays locked until this program ends");
        }
    }

    /// The profile's name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The profile's folder.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// The key that makes this host the peer it is.
    pub(crate) fn key(&self) -> &Keypair {
        &self.key
    }

    /// Where the database is.
    pub(crate) fn database_path(&self) -> PathBuf {
        self.dir.join(DATABASE)
    }

    /// Moves the database into a folder of its own, with all that belongs to it; nothing is written over. Afterwards
    /// there is no database. The generation counter stays, so whatever comes next is known not to be what was.
    pub(crate) fn set_aside(&self) -> Result<PathBuf> {
        aside::set_aside(&self.dir, seconds())
    }

    /// The folder of the database that was set aside last, and when.
    pub(crate) fn last_set_aside(&self) -> Result<Option<(PathBuf, Millis)>> {
        aside::newest(&self.dir)
    }

    /// Where packages are kept.
    pub(crate) fn packages_dir(&self) -> PathBuf {
        self.dir.join(PACKAGES)
    }

    /// Where the system's webview keeps its data.
    pub(crate) fn webview_dir(&self) -> PathBuf {
        self.dir.join(WEBVIEW)
    }

    /// The generation counter, kept outside the database so that a database restored from a backup is
    /// recognised: its own counter is behind this one. `None` if it was never written or is damaged, which
    /// matches no database that has one.
    pub(crate) fn read_generation(&self) -> Result<Option<u64>> {
        generation::read(&self.dir.join(GENERATION))
    }

    /// Sets the generation counter; it is on the disk when this returns.
    pub(crate) fn write_generation(&self, generation: u64) -> Result<()> {
        generation::write(&self.dir.join(GENERATION), generation)
    }
}

/// Which peer a profile is, whoever may be using it; `None` where it has yet to become one, or its key cannot be read.
/// Nothing is made or changed.
pub(crate) fn peer(name: &str, data_dir: Option<&Path>) -> Option<PeerId> {
    check_name(name).ok()?;
    let data_dir = data_dir.map_or_else(platform_data_dir, |dir| Ok(dir.to_path_buf())).ok()?;
    let key = key::load(&data_dir.join("profiles").join(name).join(KEY)).ok()?;
    Some(key.public().to_peer_id())
}

/// Seconds since the Unix epoch.
fn seconds() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() as i64)
}

fn check_name(name: &str) -> Result<()> {
    let valid = (1..=MAX_NAME).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    valid.then_some(()).ok_or_else(|| Error::BadProfileName(name.to_owned()))
}

/// Where this platform keeps the data of a program on this computer. Local rather than roaming: a profile that
/// runs on two computers at once would be one peer in two places.
fn platform_data_dir() -> Result<PathBuf> {
    directories::ProjectDirs::from("", "", "mutiny")
        .map(|dirs| dirs.data_local_dir().to_path_buf())
        .ok_or_else(|| {
            Error::InvalidArgument(
                "Your home folder is not known, so there is no place for profiles. Set HOME, or start with --data-dir and a folder."
                    .to_owned(),
            )
        })
}

#[cfg(test)]
mod tests;
