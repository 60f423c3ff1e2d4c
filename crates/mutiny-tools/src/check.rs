//! `mutiny check`: what is wrong with an app, before anybody opens it.
//!
//! Errors are what certainly fails: a manifest that cannot be used, a file that is not there, something that the walls
//! around every app refuse. Warnings are what probably does, or what its developer should know. The walls are those of
//! [`mutiny_core::csp`], the very policy that the host enforces.
//!
//! * `walls`: what a page may load, and from where.
//! * `html`, `css`, `js`, `svg`: what a file refers to, or would run, with its place.
//! * `manifest`, `files`: what is said of the app as a whole.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use mutiny_core::manifest::{FILE, Manifest, Place};
use mutiny_core::view::Permission;
use mutiny_core::{Error, Survey};

use crate::Result;

mod css;
mod files;
mod html;
mod js;
mod manifest;
mod report;
mod svg;
mod walls;

pub(crate) use report::size;
pub use report::{App, Finding, Report, Severity};

/// The largest file that is looked through, in bytes.
const MAX_TEXT: u64 = 8 << 20;

/// Checks the app in `folder`.
///
/// # Errors
/// Where there is no such folder, or it cannot be read. What is wrong with the app is in the report.
pub fn check(folder: &Path) -> Result<Report> {
    let mut report = Report::new(folder);
    let survey = match Survey::of(folder) {
        Ok(survey) => survey,
        Err(Error::BadPackage { problem, .. }) => {
            report.add(Finding::error("package", ".", None, capital(&problem)));
            return Ok(report);
        }
        Err(error) => return Err(error.into()),
    };
    report.hash = Some(survey.hash.clone());
    report.files = survey.files.len();
    report.bytes = survey.files.values().sum();

    // Without a manifest an app has no permissions; what one that cannot be read would have asked for, nobody knows.
    let permissions = if survey.files.contains_key(FILE) { None } else { Some(Vec::new()) };
    let mut checker = Checker { files: &survey.files, entry: "index.html".to_owned(), permissions, report };
    let manifest = manifest::check(&mut checker, &survey.root)?;
    if let Some(manifest) = manifest {
        checker.entry.clone_from(&manifest.entry);
        checker.permissions = Some(manifest.permissions.clone());
        checker.report.app = Some(app(manifest));
    }
    files::check(&mut checker, &survey.unfit);
    for (file, &length) in &survey.files {
        if let Some(look) = look_for(file) {
            checker.look_through(&survey.root, file, length, look)?;
        }
    }
    let mut report = checker.report;
    report.sort();
    Ok(report)
}

fn app(manifest: Manifest) -> App {
    App { id: manifest.id, name: manifest.name, version: manifest.version.to_string() }
}

/// How to look through a file of this name.
fn look_for(file: &str) -> Option<fn(&mut Checker<'_>, &Source<'_>)> {
    let (_, extension) = file.rsplit_once('.')?;
    match extension.to_ascii_lowercase().as_str() {
        "html" | "htm" | "xhtml" => Some(html::check),
        "css" => Some(css::check),
        "js" | "mjs" => Some(js::check),
        "svg" => Some(svg::check),
        _ => None,
    }
}

/// A file that is looked through.
struct Source<'t> {
    file: &'t str,
    text: &'t str,
}

/// Collects what is found in one app.
struct Checker<'a> {
    files: &'a BTreeMap<String, u64>,
    entry: String,
    /// What the manifest asks for, if that is known.
    permissions: Option<Vec<Permission>>,
    report: Report,
}

impl Checker<'_> {
    fn look_through(&mut self, root: &Path, file: &str, length: u64, look: fn(&mut Self, &Source<'_>)) -> Result<()> {
        if length > MAX_TEXT {
            let what = format!("This file is larger than {} MiB and was not looked through.", MAX_TEXT >> 20);
            self.report.add(Finding::warning("not-checked", file, None, what));
            return Ok(());
        }
        let path = root.join(file);
        let content = fs::read(&path).map_err(|source| crate::Error::Io { path, doing: "read", source })?;
        let text = String::from_utf8_lossy(&content);
        if text.contains('\u{fffd}') && std::str::from_utf8(&content).is_err() {
            let what = "This file is not UTF-8, and is served as if it were. Save it as UTF-8.";
            self.report.add(Finding::warning("not-utf8", file, None, what));
        }
        look(self, &Source { file, text: &text });
        Ok(())
    }

    /// Whether the app may come to have a permission.
    fn may_have(&self, permission: Permission) -> bool {
        self.permissions.as_ref().is_none_or(|declared| declared.contains(&permission))
    }

    /// An error at a byte of a file.
    fn error(&mut self, code: &'static str, source: &Source<'_>, offset: usize, what: impl Into<String>) {
        let place = Place::of(source.text, offset);
        self.report.add(Finding::error(code, source.file, Some(place), what));
    }

    /// A warning at a byte of a file.
    fn warn(&mut self, code: &'static str, source: &Source<'_>, offset: usize, what: impl Into<String>) {
        let place = Place::of(source.text, offset);
        self.report.add(Finding::warning(code, source.file, Some(place), what));
    }
}

/// A sentence that begins with a capital letter.
pub(crate) fn capital(sentence: &str) -> String {
    let mut chars = sentence.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests;
