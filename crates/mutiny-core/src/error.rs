//! The errors of the runtime: a type for programs, a sentence for people, a code for pages.

use std::path::PathBuf;

use uuid::Uuid;

use crate::view::{ErrorView, Permission};

/// What went wrong. `Display` is a sentence that says what to do; [`Error::code`] is stable.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The folder given does not exist or is not a folder.
    #[error("There is no folder at {}. Check the path, or choose the folder again.", .0.display())]
    MissingFolder(PathBuf),
    /// The package file given does not exist or is not a file.
    #[error("There is no package file at {}. Check the path, or choose the file again.", .0.display())]
    MissingPackage(PathBuf),
    /// The folder has no entry page.
    #[error("{} has no {entry}, so there is nothing to open. Add one, or name another page as `entry` in mutiny.json.", .folder.display())]
    NoEntry {
        /// The app's folder.
        folder: PathBuf,
        /// The entry that was looked for.
        entry: String,
    },
    /// `mutiny.json` cannot be used.
    #[error("{} cannot be used: {problem} Mend it, and open the folder again.", .file.display())]
    BadManifest {
        /// The manifest.
        file: PathBuf,
        /// What is wrong and how to mend it.
        problem: String,
    },
    /// The folder holds something that an app must not hold.
    #[error("{} cannot be opened as an app: {problem}", .folder.display())]
    BadPackage {
        /// The app's folder.
        folder: PathBuf,
        /// What is wrong and how to mend it.
        problem: String,
    },
    /// An app is to be updated with another one.
    #[error(
        "This is \u{201c}{other}\u{201d}, which is another app than \u{201c}{name}\u{201d}. Nothing was changed; add it as an app of its own."
    )]
    OtherApp {
        /// The app there is.
        name: String,
        /// The other one.
        other: String,
    },
    /// An app is to be updated with an older version.
    #[error(
        "This is version {old} of \u{201c}{name}\u{201d}, and you have {new}, which is newer. Nothing was changed."
    )]
    OlderVersion {
        /// The app.
        name: String,
        /// The version it would be.
        old: String,
        /// The version it is.
        new: String,
    },
    /// No such file in the app.
    #[error("This app has no file at {0}.")]
    NoSuchFile(String),
    /// No own instance has this id.
    #[error("There is no instance {0} on this host. It may have been removed.")]
    UnknownInstance(Uuid),
    /// No invitation has this id.
    #[error("There is no invitation {0}. It may have been answered already.")]
    UnknownInvitation(Uuid),
    /// Nothing is known of a message with this id.
    #[error("This instance has sent no message {0}, or it ended more than 90 days ago.")]
    UnknownMessage(Uuid),
    /// Not a peer id.
    #[error("\u{201c}{0}\u{201d} is not a peer id. Copy it again; a peer id starts with 12D3KooW.")]
    BadPeer(String),
    /// Not a contact link.
    #[error("This is not a contact link: {0} Ask the other person to copy theirs again.")]
    BadContactLink(String),
    /// The person's own contact link.
    #[error("This is your own contact link. Send it to the other person, and paste theirs here.")]
    OwnContactLink,
    /// The message is larger than allowed.
    #[error("This message has {size} bytes, and {limit} is the most that can be sent at once. Send it in parts.")]
    TooLarge {
        /// Its size in bytes.
        size: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// A queue is full.
    #[error("{0}")]
    QuotaExceeded(String),
    /// What a page or a person handed in makes no sense.
    #[error("{0}")]
    InvalidArgument(String),
    /// The app does not ask for it in its manifest.
    #[error("This app may not do that: its mutiny.json does not ask for the permission \u{201c}{}\u{201d}. Add it to \u{201c}permissions\u{201d} there.", .0.as_str())]
    PermissionUndeclared(Permission),
    /// The person did not allow it.
    #[error("You have not allowed this app to {}. It can be allowed in Mutiny, under Settings.", .0.phrase())]
    PermissionDenied(Permission),
    /// The person is looking at another question of this app, or has just closed one.
    #[error("{0}")]
    Busy(String),
    /// The app that an invitation is for is not on this host.
    #[error("You do not have \u{201c}{0}\u{201d} yet. Add its folder first, then accept.")]
    AppMissing(String),
    /// Another process runs with this profile.
    #[error("The profile \u{201c}{profile}\u{201d} is in use by another Mutiny{}. Close it first, or start with --profile and another name.", .pid.map(|p| format!(" (process {p})")).unwrap_or_default())]
    ProfileInUse {
        /// The profile's name.
        profile: String,
        /// The process that holds it, if it said.
        pid: Option<u32>,
    },
    /// A name that cannot be a profile's.
    #[error(
        "\u{201c}{0}\u{201d} cannot be a profile's name. Use letters, digits, \u{201c}-\u{201d} and \u{201c}_\u{201d}, 64 at most."
    )]
    BadProfileName(String),
    /// The profile's key is there and cannot be used.
    #[error("The key in {} cannot be read: {problem} Nothing was changed. Mend or restore that file; without it this host would be a stranger to everybody.", .file.display())]
    BadKey {
        /// The key's file.
        file: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The database is damaged.
    #[error("The database {} is damaged: {problem} Nothing more is written to it. Close Mutiny and start it again: it sets that file aside, loses nothing of it, and begins with a new one.", .file.display())]
    CorruptDatabase {
        /// The database's file.
        file: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The database is not one of Mutiny's, or is where it cannot be used.
    #[error("The database {} cannot be used: {problem} Nothing was changed. Move it away, or restore the right one from a backup.", .file.display())]
    ForeignDatabase {
        /// The database's file.
        file: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The database comes from a newer Mutiny.
    #[error("The database {} was written by a newer Mutiny (schema {found}; this one knows {known}). Update Mutiny; nothing was changed.", .file.display())]
    NewerDatabase {
        /// The database's file.
        file: PathBuf,
        /// Its schema version.
        found: i64,
        /// The newest one this program knows.
        known: i64,
    },
    /// An address to listen on that makes no sense.
    #[error(
        "\u{201c}{0}\u{201d} is not an address to listen on. Write it as a multiaddr, such as /ip4/127.0.0.1/tcp/4001."
    )]
    BadListenAddress(String),
    /// An address asked for cannot be listened on.
    #[error("Cannot listen on {address}: {problem} Choose another port with --listen, or leave it out.")]
    CannotListen {
        /// The multiaddr.
        address: String,
        /// What the system said.
        problem: String,
    },
    /// Reading or writing a file failed.
    #[error("{} cannot be {doing}: {source}", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// `read`, `written`, `created`, ….
        doing: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// The database failed.
    #[error("The database failed: {0}. Nothing was lost; try again, and check that the disk is not full.")]
    Storage(#[from] rusqlite::Error),
    /// The host is stopping.
    #[error("Mutiny is closing. What was stored is kept; do it again when Mutiny runs.")]
    Stopped,
}

impl Error {
    /// A stable code, part of the apps' API.
    pub fn code(&self) -> &'static str {
        match self {
            Self::MissingFolder(_) => "MissingFolder",
            Self::MissingPackage(_) => "MissingPackage",
            Self::NoEntry { .. } => "NoEntry",
            Self::BadManifest { .. } => "BadManifest",
            Self::BadPackage { .. } => "BadPackage",
            Self::OtherApp { .. } => "OtherApp",
            Self::OlderVersion { .. } => "OlderVersion",
            Self::NoSuchFile(_) => "NoSuchFile",
            Self::UnknownInstance(_) => "UnknownInstance",
            Self::UnknownInvitation(_) => "UnknownInvitation",
            Self::UnknownMessage(_) => "UnknownMessage",
            Self::BadPeer(_) => "BadPeer",
            Self::BadContactLink(_) => "BadContactLink",
            Self::OwnContactLink => "OwnContactLink",
            Self::TooLarge { .. } => "TooLarge",
            Self::QuotaExceeded(_) => "QuotaExceeded",
            Self::InvalidArgument(_) => "InvalidArgument",
            Self::PermissionUndeclared(_) | Self::PermissionDenied(_) => "PermissionDenied",
            Self::Busy(_) => "Busy",
            Self::AppMissing(_) => "AppMissing",
            Self::ProfileInUse { .. } => "ProfileInUse",
            Self::BadProfileName(_) => "BadProfileName",
            Self::BadKey { .. } => "BadKey",
            Self::CorruptDatabase { .. } => "CorruptDatabase",
            Self::ForeignDatabase { .. } => "ForeignDatabase",
            Self::NewerDatabase { .. } => "NewerDatabase",
            Self::BadListenAddress(_) => "BadListenAddress",
            Self::CannotListen { .. } => "CannotListen",
            Self::Io { .. } => "Io",
            Self::Storage(_) => "Storage",
            Self::Stopped => "Stopped",
        }
    }

    /// The error as the web side gets it.
    pub fn view(&self) -> ErrorView {
        ErrorView { code: self.code().to_owned(), message: self.to_string() }
    }

    /// The exit code for the command line, after BSD's `sysexits.h`.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::MissingFolder(_) | Self::MissingPackage(_) | Self::NoEntry { .. } | Self::NoSuchFile(_) => 66, // EX_NOINPUT
            Self::BadManifest { .. }
            | Self::BadPackage { .. }
            | Self::CorruptDatabase { .. }
            | Self::ForeignDatabase { .. }
            | Self::NewerDatabase { .. } => 65, // EX_DATAERR
            Self::BadProfileName(_) | Self::BadListenAddress(_) | Self::BadContactLink(_) | Self::OwnContactLink => 64, // EX_USAGE
            Self::ProfileInUse { .. } => 75,          // EX_TEMPFAIL
            Self::CannotListen { .. } => 69,          // EX_UNAVAILABLE
            Self::BadKey { .. } => 78,                // EX_CONFIG
            Self::Io { .. } | Self::Storage(_) => 74, // EX_IOERR
            _ => 70,                                  // EX_SOFTWARE
        }
    }
}

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;
