//! What the values of a manifest may be. Problems are the ends of sentences that begin with the key.

use crate::name::{self, is_deceptive};

/// Longest id, in characters.
const MAX_ID: usize = 128;
/// Longest description, in characters.
const MAX_DESCRIPTION: usize = 300;
/// Longest path of a file in an app, in bytes.
const MAX_PATH: usize = 512;

pub(super) fn id(id: &str) -> Result<(), String> {
    let parts_are_whole = id.split('.').all(|part| {
        part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') && !part.is_empty() && !part.starts_with('-')
    });
    if parts_are_whole && id.len() <= MAX_ID {
        return Ok(());
    }
    Err(format!(
        "may hold letters, digits and hyphens, in parts separated by single dots, {MAX_ID} characters at most; for example \u{201c}org.example.chat\u{201d}"
    ))
}

pub(super) fn name(name: &str) -> Result<(), String> {
    if name.trim().is_empty() {
        return Err("must not be empty".to_owned());
    }
    plain_text(name, name::MAX_CHARS)
}

pub(super) fn description(description: &str) -> Result<(), String> {
    plain_text(description, MAX_DESCRIPTION)
}

fn plain_text(text: &str, max: usize) -> Result<(), String> {
    if let Some(c) = text.chars().find(|&c| is_deceptive(c)) {
        return Err(format!(
            "holds the character U+{:04X}; it must be one line without control or direction characters",
            u32::from(c)
        ));
    }
    if text.chars().count() > max {
        return Err(format!("must have {max} characters at most"));
    }
    Ok(())
}

/// A path within the app's folder, in the form in which the package lists its files.
pub(super) fn path(path: &str) -> Result<(), String> {
    if path.is_empty() {
        return Err("must not be empty".to_owned());
    }
    if path.len() > MAX_PATH {
        return Err(format!("must have {MAX_PATH} bytes at most"));
    }
    if path.contains('\\') {
        return Err("must have \u{201c}/\u{201d} between its parts, not \u{201c}\\\u{201d}".to_owned());
    }
    if path.starts_with('/') {
        return Err("must be a path within the app's folder, without \u{201c}/\u{201d} at its beginning".to_owned());
    }
    if path.ends_with('/') {
        return Err("must name a file, not a folder".to_owned());
    }
    for part in path.split('/') {
        if part == ".." {
            return Err("must not lead out of the app's folder with \u{201c}..\u{201d}".to_owned());
        }
        if part.is_empty() || part.starts_with('.') {
            return Err(
                "must not have parts that are empty or begin with a dot, as hidden files are no part of an app"
                    .to_owned(),
            );
        }
        if part.chars().any(char::is_control) {
            return Err("must not hold control characters".to_owned());
        }
    }
    Ok(())
}
