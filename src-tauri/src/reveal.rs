//! Shows a folder in the system's file manager.
//!
//! Not through Tauri's opener plugin: that would bring commands that open anything, and all that is needed is to show a
//! folder that the core names.

use std::path::Path;

use crate::error::{Error, Result};

/// Shows the folder: on Linux in the desktop's file manager by D-Bus where there is one, else with what opens folders.
pub(crate) async fn folder(folder: &Path) -> Result<()> {
    #[cfg(target_os = "linux")]
    if by_bus(folder).await.is_ok() {
        return Ok(());
    }
    by_program(folder)
}

/// Asks the file manager that the desktop has, which brings its window to the front.
#[cfg(target_os = "linux")]
async fn by_bus(folder: &Path) -> zbus::Result<()> {
    let Ok(url) = tauri::Url::from_directory_path(folder) else {
        return Err(zbus::Error::InterfaceNotFound);
    };
    let bus = zbus::Connection::session().await?;
    let what = (vec![url.as_str()], "");
    let asked = bus.call_method(
        Some("org.freedesktop.FileManager1"),
        "/org/freedesktop/FileManager1",
        Some("org.freedesktop.FileManager1"),
        "ShowFolders",
        &what,
    );
    // A file manager may have to be started first, but nobody waits for ever.
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(answer) => answer.map(drop),
        Err(_) => Err(zbus::Error::InterfaceNotFound),
    }
}

/// How long the file manager may take to answer.
#[cfg(target_os = "linux")]
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);

/// Starts the system's program for folders. Its folder goes along as one argument, past any shell.
fn by_program(folder: &Path) -> Result<()> {
    let program = match std::env::consts::OS {
        "macos" => "open",
        "windows" => "explorer",
        _ => "xdg-open",
    };
    let started = std::process::Command::new(program).arg(folder).spawn();
    let mut child = started.map_err(|source| Error::FileManager { folder: folder.to_owned(), source })?;
    // So that no dead process is left behind.
    std::thread::spawn(move || drop(child.wait()));
    Ok(())
}
