//! `mutiny new`: a folder that runs.
//!
//! The files lie in `templates/`, one folder a kind. What is written is checked by the tests as a developer would:
//! `mutiny check` finds nothing, and TypeScript's compiler neither.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use mutiny_core::manifest::{Manifest, slug};
use serde_json::json;

use crate::{Error, Result};

mod templates;

/// What an app is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// JavaScript that runs as it is, with types in comments.
    Plain,
    /// TypeScript, built with Vite.
    TypeScript,
}

/// An app that is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct App {
    folder: PathBuf,
    name: String,
    id: String,
    kind: Kind,
}

impl App {
    /// An app in `folder`, with a name and an id made from the folder's name where none are given.
    ///
    /// # Errors
    /// [`Error::BadName`] where they will not do.
    pub fn named(folder: &Path, name: Option<&str>, id: Option<&str>, kind: Kind) -> Result<Self> {
        let last = last_part(folder);
        let name = name.map_or_else(|| title(&last), |name| name.trim().to_owned());
        let id = id.map_or_else(|| format!("org.example.{}", slug(&last)), str::to_owned);
        let app = Self { folder: folder.to_owned(), name, id, kind };
        for (key, given) in [("name", &app.name), ("id", &app.id)] {
            // The other one is good, so that what is wrong is wrong with this one.
            let mut manifest = json!({ "id": "a", "name": "A", "version": "0.1.0" });
            manifest[key] = json!(given);
            if let Err(problems) = Manifest::parse(&manifest.to_string()) {
                let problem = problems.iter().map(|it| it.what.trim_start_matches(&format!("`{key}` ")).to_owned());
                let problem = format!("it {}", problem.collect::<Vec<_>>().join("; "));
                return Err(Error::BadName { key, given: given.clone(), problem });
            }
        }
        Ok(app)
    }

    /// What people call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What names it wherever it runs.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Makes the folder and writes the files. Where something goes wrong, what was written is taken away again.
    ///
    /// # Errors
    /// [`Error::Exists`] where anything is there already: a file, or a folder that is not empty.
    pub fn write(&self) -> Result<()> {
        let was_there = match fs::read_dir(&self.folder).map(Iterator::count) {
            Ok(0) => true,
            Err(error) if error.kind() == io::ErrorKind::NotFound => false,
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                return Err(Error::Io { path: self.folder.clone(), doing: "read", source: error });
            }
            Ok(_) | Err(_) => return Err(Error::Exists(self.folder.clone())),
        };
        let mut written = Vec::new();
        let outcome = self.write_files(&mut written);
        if outcome.is_err() {
            // What cannot be taken away stays; the error that counts is the first.
            for file in written {
                let _ = fs::remove_file(file);
            }
            if !was_there {
                let _ = fs::remove_dir_all(&self.folder);
            }
        }
        outcome
    }

    fn write_files(&self, written: &mut Vec<PathBuf>) -> Result<()> {
        for (file, template) in templates::of(self.kind) {
            let path = self.folder.join(file);
            let content = self.fill_in(file, template);
            write_new(&path, &content).map_err(|source| Error::Io { path: path.clone(), doing: "written", source })?;
            written.push(path);
        }
        Ok(())
    }

    /// A template with the app's name and id in it, written as the file's language wants.
    fn fill_in(&self, file: &str, template: &str) -> String {
        let extension = file.rsplit('.').next().unwrap_or_default();
        let escaped = |text: &str| match extension {
            "html" | "svg" => html_text(text),
            "json" => json!(text).to_string().trim_matches('"').to_owned(),
            _ => text.to_owned(),
        };
        let initial: String = self.name.chars().take(1).flat_map(char::to_uppercase).collect();
        template
            .replace("{{name}}", &escaped(&self.name))
            .replace("{{id}}", &escaped(&self.id))
            .replace("{{package}}", &slug(&self.name))
            .replace("{{initial}}", &escaped(&initial))
            .replace("{{hue}}", &hue(&self.id).to_string())
    }
}

/// The last part of a path, also of `.` and of `..`.
fn last_part(folder: &Path) -> String {
    let whole = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    whole.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// `my-first_app` as `My first app`.
fn title(folder_name: &str) -> String {
    let spaced = folder_name.replace(['-', '_', '.'], " ");
    let words = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    super::check::capital(&words)
}

fn write_new(path: &Path, content: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    OpenOptions::new().write(true).create_new(true).open(path)?.write_all(content.as_bytes())
}

fn html_text(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A colour of the app's own, as an angle.
fn hue(id: &str) -> u32 {
    id.bytes().fold(7, |hash: u32, byte| hash.wrapping_mul(31).wrapping_add(u32::from(byte))) % 360
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests;
