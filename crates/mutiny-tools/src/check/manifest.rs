//! What the manifest says, and whether what it names is there.

use std::fs;
use std::path::Path;

use mutiny_core::manifest::{FILE, Manifest, Place};

use super::{Checker, Finding, capital, walls};
use crate::{Error, Result};

/// What a picture may be: what every web engine shows.
const PICTURES: [&str; 8] = ["svg", "png", "jpg", "jpeg", "webp", "gif", "ico", "avif"];

/// Checks the manifest and returns it, if it can be used.
pub(super) fn check(checker: &mut Checker<'_>, root: &Path) -> Result<Option<Manifest>> {
    if !checker.files.contains_key(FILE) {
        let what = format!(
            "This app has no {FILE}: it opens under its folder's name, and nobody can recognise it elsewhere. Add one \
             with an id, a name and a version."
        );
        checker.report.add(Finding::warning("no-manifest", FILE, None, what));
        if !checker.files.contains_key("index.html") {
            let what = "There is no index.html, so there is nothing to open. Add one, or name another page as `entry` in mutiny.json.";
            checker.report.add(Finding::error("missing-file", "index.html", None, what));
        }
        return Ok(None);
    }
    let manifest = match Manifest::read(root) {
        Ok(manifest) => manifest,
        Err(mutiny_core::Error::BadManifest { problem, .. }) => {
            note_problems(checker, root, &problem);
            return Ok(None);
        }
        Err(error) => return Err(error.into()),
    };
    let text = read(root)?;
    if !checker.files.contains_key(&manifest.entry) {
        let what = format!("`entry` names {}", walls::missing(checker.files, &manifest.entry));
        checker.report.add(Finding::error("missing-file", FILE, place_of(&text, "entry"), what));
    } else if !has_extension(&manifest.entry, &["html", "htm", "xhtml"]) {
        let what = format!("`entry` is {}, which is no page. Name an HTML file.", manifest.entry);
        checker.report.add(Finding::error("entry", FILE, place_of(&text, "entry"), what));
    }
    if let Some(icon) = &manifest.icon {
        if !checker.files.contains_key(icon) {
            let what = format!("`icon` names {}", walls::missing(checker.files, icon));
            checker.report.add(Finding::error("missing-file", FILE, place_of(&text, "icon"), what));
        } else if !has_extension(icon, &PICTURES) {
            let what = format!("`icon` is {icon}, which is no picture. Use one of {}.", PICTURES.join(", "));
            checker.report.add(Finding::error("icon", FILE, place_of(&text, "icon"), what));
        }
    }
    Ok(Some(manifest))
}

/// Notes each problem at its place; where the file could not even be read as text, the one problem as it is.
fn note_problems(checker: &mut Checker<'_>, root: &Path, problem: &str) {
    let problems = read(root).ok().and_then(|text| Manifest::parse(&text).err());
    match problems {
        Some(problems) => {
            for problem in problems {
                let what = format!("{}.", capital(&problem.what));
                checker.report.add(Finding::error("manifest", FILE, problem.place, what));
            }
        }
        None => checker.report.add(Finding::error("manifest", FILE, None, capital(problem))),
    }
}

fn read(root: &Path) -> Result<String> {
    let path = root.join(FILE);
    fs::read_to_string(&path).map_err(|source| Error::Io { path, doing: "read", source })
}

/// Where a key stands in a manifest that can be used.
fn place_of(text: &str, key: &str) -> Option<Place> {
    text.find(&format!("\"{key}\"")).map(|offset| Place::of(text, offset))
}

fn has_extension(file: &str, extensions: &[&str]) -> bool {
    file.rsplit_once('.').is_some_and(|(_, last)| extensions.iter().any(|known| last.eq_ignore_ascii_case(known)))
}
