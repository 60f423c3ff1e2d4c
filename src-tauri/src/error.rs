//! What goes wrong in the desktop host itself, and how it reaches a page or the terminal.

use std::path::PathBuf;

use mutiny_core::view::ErrorView;
use serde::{Serialize, Serializer};

/// Why a command, or the start, failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The core said no; its sentence is the one to show.
    #[error(transparent)]
    Core(#[from] mutiny_core::Error),
    /// A window could not be made.
    #[error("The window cannot be opened: {0}. Close some windows and try again.")]
    Window(tauri::Error),
    /// Nothing to draw on.
    #[error("Mutiny opens windows, and there is no display to open them on. Start it from a desktop session.")]
    NoDisplay,
    /// The frame around all windows could not be made.
    #[error("Mutiny cannot start: {0}")]
    Start(tauri::Error),
    /// No program shows folders.
    #[error("The folder {} cannot be shown: {source}. Open it with your file manager.", .folder.display())]
    FileManager {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The session's list of programs to start could not be changed.
    #[error("Whether Mutiny starts with your session cannot be changed: {0}")]
    Autostart(String),
    /// A session of `mutiny dev` said no.
    #[error(transparent)]
    Dev(#[from] mutiny_dev::Error),
    /// An app is developed in its folder.
    #[error("{} is a file. `mutiny dev` runs an app from its folder, so that its windows follow while you edit.", .0.display())]
    NoFolder(PathBuf),
    /// There is no place for temporary files.
    #[error("There is no room to work: {0}. See whether there is some in the folder for temporary files.")]
    NoRoom(std::io::Error),
    /// The doctor has no place to work.
    #[error("The walls cannot be examined: {0}. See whether there is room in the folder for temporary files.")]
    Doctor(std::io::Error),
    /// The doctor's window was closed.
    #[error("The window was closed before everything was tried. Start it again, and let it close by itself.")]
    DoctorInterrupted,
}

/// A result of this package.
pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// The exit code where it ends the program, after BSD's `sysexits.h`.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Core(error) => error.exit_code(),
            Self::Dev(error) => error.exit_code(),
            Self::NoFolder(_) => 66,                // EX_NOINPUT
            Self::NoDisplay => 69,                  // EX_UNAVAILABLE
            Self::Window(_) | Self::Start(_) => 71, // EX_OSERR
            Self::FileManager { .. } => 69,         // EX_UNAVAILABLE
            // EX_CANTCREAT
            Self::Doctor(_) | Self::Autostart(_) | Self::NoRoom(_) => 73,
            Self::DoctorInterrupted => 1,
        }
    }

    /// As a page gets it.
    pub(crate) fn view(&self) -> ErrorView {
        match self {
            Self::Core(error) => error.view(),
            Self::Dev(error) => error.view(),
            Self::FileManager { .. } => ErrorView { code: "FileManager".to_owned(), message: self.to_string() },
            other => ErrorView { code: "Window".to_owned(), message: other.to_string() },
        }
    }
}

/// Commands reject with an [`ErrorView`].
impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        self.view().serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_gets_the_core_s_code_and_sentence() {
        let error = Error::from(mutiny_core::Error::OwnContactLink);
        let json = serde_json::json!(error);
        assert_eq!(json["code"], "OwnContactLink");
        assert!(json["message"].as_str().is_some_and(|text| text.starts_with("This is your own contact link.")));
    }

    #[test]
    fn the_exit_code_is_the_core_s_where_it_has_one() {
        assert_eq!(Error::from(mutiny_core::Error::MissingFolder("/x".into())).exit_code(), 66);
        assert_eq!(Error::NoDisplay.exit_code(), 69);
    }
}
