//! An app's manifest, `mutiny.json`: what the app is called and what it asks for.
//!
//! Read strictly, since whoever wrote it is the one who sees the error: every problem names the key, the line
//! and what is allowed. `docs/mutiny.schema.json` says the same to editors.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use semver::Version;

use crate::error::{Error, Result};
use crate::name;
pub use crate::view::{Accepts, Permission};

mod check;
mod parse;
mod problem;

pub use problem::{Place, Problem};

/// The manifest's file, in the root of the app's folder.
pub const FILE: &str = "mutiny.json";
/// The page that opens, where the manifest names no other.
const ENTRY: &str = "index.html";
/// Largest manifest that is read, in bytes.
const MAX_BYTES: u64 = 64 * 1024;

/// What an app says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// Names the app wherever it runs, such as `org.example.chat`.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The version of the app.
    pub version: Version,
    /// One sentence about it.
    pub description: Option<String>,
    /// Its picture, a path in the folder.
    pub icon: Option<String>,
    /// The page that opens, a path in the folder.
    pub entry: String,
    /// Who may send to its instances.
    pub accepts: Accepts,
    /// What it asks the person for, each once.
    pub permissions: Vec<Permission>,
}

/// Every choice of `accepts`, under its name in the manifest.
const ACCEPTS: &[(&str, Accepts)] = &[
    ("invited", Accepts::Invited),
    ("friends", Accepts::Friends),
    ("nearby", Accepts::Nearby),
    ("anyone", Accepts::Anyone),
];

impl Permission {
    /// Every permission, under its name in the manifest.
    const ALL: &[(&str, Self)] = &[("peers", Self::Peers), ("notifications", Self::Notifications)];

    /// Its name in the manifest.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Peers => "peers",
            Self::Notifications => "notifications",
        }
    }

    /// The one with this name in the manifest.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, permission)| *permission)
    }

    /// What it lets an app do, to go behind “allowed this app to”.
    pub(crate) fn phrase(self) -> &'static str {
        match self {
            Self::Peers => "see the people you know",
            Self::Notifications => "show notifications",
        }
    }
}

impl Manifest {
    /// Reads the manifest of the app in `folder`. A folder that has none is an app too if it has an
    /// `index.html`: its name is the folder's.
    ///
    /// # Errors
    /// [`Error::BadManifest`], and [`Error::NoEntry`] where there is neither.
    pub fn read(folder: &Path) -> Result<Self> {
        let file = folder.join(FILE);
        match read_text(&file) {
            Ok(text) => Self::parse(&text).map_err(|problems| {
                let problems: Vec<_> = problems.iter().map(Problem::to_string).collect();
                Error::BadManifest { file, problem: problems.join(" ") }
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound && is_absent(&file) => Self::of_folder(folder),
            Err(error) => Err(Error::BadManifest { file, problem: format!("{error}.") }),
        }
    }

    /// Reads the text of a manifest.
    ///
    /// # Errors
    /// Everything that is wrong with it, in the order in which it stands there; never empty.
    pub fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        parse::parse(text)
    }

    /// The manifest of a folder that has none.
    fn of_folder(folder: &Path) -> Result<Self> {
        if !folder.join(ENTRY).is_file() {
            return Err(Error::NoEntry { folder: folder.to_path_buf(), entry: ENTRY.to_owned() });
        }
        let folder_name = folder.file_name().unwrap_or_default().to_string_lossy();
        Ok(Self {
            id: format!("folder.{}", slug(&folder_name)),
            name: name::clean(&folder_name).unwrap_or_else(|| "App".to_owned()),
            version: Version::new(0, 0, 0),
            description: None,
            icon: None,
            entry: ENTRY.to_owned(),
            accepts: Accepts::default(),
            permissions: Vec::new(),
        })
    }
}

/// The file is not there, rather than a link to a file that is not there.
fn is_absent(file: &Path) -> bool {
    file.symlink_metadata().is_err()
}

fn read_text(file: &Path) -> io::Result<String> {
    // Asked before opening, as opening a named pipe would wait for whoever writes to it.
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is not a file"));
    }
    let mut content = Vec::new();
    File::open(file)?.take(MAX_BYTES + 1).read_to_end(&mut content)?;
    if content.len() as u64 > MAX_BYTES {
        return Err(io::Error::other(format!("it is larger than {} KiB", MAX_BYTES / 1024)));
    }
    String::from_utf8(content).map_err(|_| io::Error::other("it is not UTF-8 text; save it as UTF-8"))
}

/// A folder's name as part of an id: lower-case letters and digits, with hyphens between them. Names without
/// any get a number made from the name, so that two of them stay two apps.
pub fn slug(folder_name: &str) -> String {
    let words: Vec<String> = folder_name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    let slug: String = words.join("-").chars().take(64).collect();
    let slug = slug.trim_end_matches('-');
    if !slug.is_empty() {
        return slug.to_owned();
    }
    // FNV-1a: stable across versions, and nothing depends on its strength.
    let number =
        folder_name.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    format!("x{number:08x}")
}

#[cfg(test)]
mod tests;
