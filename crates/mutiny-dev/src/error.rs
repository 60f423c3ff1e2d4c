//! What can go wrong with a session, in sentences.

use std::io;
use std::path::PathBuf;

use mutiny_core::view::ErrorView;

/// Why something did not work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A peer's program cannot be started.
    #[error("{program} cannot be started as {name}: {source}. Is it where it was installed?")]
    Spawn {
        /// The peer.
        name: String,
        /// The program.
        program: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A peer ended instead of running.
    #[error("{name} did not start. {said}")]
    NotStarted {
        /// The peer.
        name: String,
        /// The last that it wrote to its terminal.
        said: String,
    },
    /// A peer is not running.
    #[error("{0} is not running. Restart it first.")]
    NotRunning(String),
    /// There is no such peer.
    #[error("There is no peer called {0} in this session.")]
    NoSuchPeer(String),
    /// A peer refused what it was asked for.
    #[error("{}", .0.message)]
    Refused(ErrorView),
    /// Nothing is kept under this number any more.
    #[error("Happening {0} is not kept any more: too much has happened since.")]
    Forgotten(u32),
    /// A session is too long to be saved.
    #[error(
        "This session is too long to be saved: its first {0} happenings are forgotten. Start anew, and save sooner."
    )]
    TooLong(u32),
    /// A file is no saved session.
    #[error("{} is no session that `mutiny dev` saved: {problem}", .file.display())]
    NoSession {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// A replay went another way.
    #[error("The replay went another way. {0}")]
    Different(String),
    /// A file or folder cannot be used.
    #[error("{} cannot be {doing}: {source}.", .path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// What was to be done with it, as a participle.
        doing: &'static str,
        /// What the system says.
        source: io::Error,
    },
}

/// What may be an [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// Stable code, for programs.
    pub fn code(&self) -> &str {
        match self {
            Self::Spawn { .. } => "Spawn",
            Self::NotStarted { .. } => "NotStarted",
            Self::NotRunning(_) => "NotRunning",
            Self::NoSuchPeer(_) => "NoSuchPeer",
            Self::Refused(view) => &view.code,
            Self::Forgotten(_) => "Forgotten",
            Self::TooLong(_) => "TooLong",
            Self::NoSession { .. } => "NoSession",
            Self::Different(_) => "Different",
            Self::Io { .. } => "Io",
        }
    }

    /// The exit code of a command that ends with it, after `sysexits.h`; a replay that went another way is a test that
    /// failed, and ends with 1.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Different(_) => 1,
            Self::NoSession { .. } => 65,
            Self::Io { source, .. } if source.kind() == io::ErrorKind::NotFound => 66,
            Self::Spawn { .. } | Self::NotStarted { .. } => 69,
            Self::Io { .. } => 74,
            _ => 70,
        }
    }

    /// As the web side gets it.
    pub fn view(&self) -> ErrorView {
        ErrorView { code: self.code().to_owned(), message: self.to_string() }
    }
}
