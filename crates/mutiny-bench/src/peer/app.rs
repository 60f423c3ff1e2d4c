//! The app that instances run: nothing but a manifest and a page.

use std::path::{Path, PathBuf};

/// The app's folder below `home`; made where it is not there yet.
pub(crate) fn folder(home: &Path) -> std::io::Result<PathBuf> {
    let folder = home.join("app");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("index.html"), "<!doctype html><title>Bench</title>")?;
    std::fs::write(folder.join("mutiny.json"), r#"{"id":"org.example.bench","name":"Bench","version":"1.0.0"}"#)?;
    Ok(folder)
}
