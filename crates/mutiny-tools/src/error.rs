//! What keeps a tool from doing its work. What is wrong with an app is no error but a finding; see [`crate::check`].

use std::path::PathBuf;

/// Why a tool could not do its work, as a sentence that says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The core said no.
    #[error(transparent)]
    Core(#[from] mutiny_core::Error),
    /// Something is where the new app was to be.
    #[error("{} is there already, and nothing in it was changed. Choose another name, or remove it first.", .0.display())]
    Exists(PathBuf),
    /// No name of an app can be made of this.
    #[error("\u{201c}{given}\u{201d} will not do as the app's {key}: {problem}. Choose another with --{key}.")]
    BadName {
        /// What it was to be: `id` or `name`.
        key: &'static str,
        /// What was given.
        given: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The package file would lie in the folder that it is made from.
    #[error("{} lies in the app's own folder, and would be part of the next package. Choose a place outside with --output.", .0.display())]
    InsideApp(PathBuf),
    /// A file or folder could not be read or written.
    #[error("{} cannot be {doing}: {source}.", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// `read`, `written`, ….
        doing: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
}

impl Error {
    /// The exit code where it ends the program, after BSD's `sysexits.h`.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Core(error) => error.exit_code(),
            Self::Exists(_) => 73,                           // EX_CANTCREAT
            Self::BadName { .. } | Self::InsideApp(_) => 64, // EX_USAGE
            Self::Io { .. } => 74,                           // EX_IOERR
        }
    }
}

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;
