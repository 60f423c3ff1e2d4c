//! Pictures of what was on the display, for people to look at.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::wait::poll;

/// `target/screenshots/NAME.png`.
pub(crate) fn picture_file(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/screenshots");
    fs::create_dir_all(&folder).expect("a folder for screenshots");
    folder.join(name).with_extension("png")
}

/// Saves the whole display, with all windows as they lie.
pub(crate) fn picture_of_display(name: &str) {
    let file = picture_file(name);
    let status = Command::new("import")
        .args(["-window", "root"])
        .arg(&file)
        .status()
        .expect("import (Debian's package imagemagick, which `make test` installs)");
    assert!(status.success(), "import could not write {}", file.display());
}

/// Types into the window with this title, once it is there, as a person at the keyboard would: text, then keys by name.
#[track_caller]
pub(crate) fn type_into_window(title: &str, text: &str, keys: &[&str]) {
    let window = wait_for_window(title);
    // No window manager gives it the keyboard.
    let typed = xdotool(&["windowfocus", "--sync", &window])
        .and_then(|_| xdotool(&["key", "--clearmodifiers", "ctrl+a"]))
        .and_then(|_| xdotool(&["type", "--clearmodifiers", text]))
        .and_then(|_| keys.iter().try_for_each(|key| xdotool(&["key", "--clearmodifiers", key]).map(drop)));
    typed.unwrap_or_else(|why| panic!("“{title}” cannot be typed into: {why}"));
}

/// Waits until there is a window with this title.
#[track_caller]
pub(crate) fn wait_for_window(title: &str) -> String {
    let window = poll(|| {
        let found = xdotool(&["search", "--onlyvisible", "--name", title])?;
        found.lines().last().map(str::to_owned).ok_or_else(|| format!("there is no window “{title}”"))
    });
    window.unwrap_or_else(|why| panic!("{why}"))
}

/// Drives the display itself.
pub(super) fn xdotool(arguments: &[&str]) -> Result<String, String> {
    let output = Command::new("xdotool").args(arguments).output();
    let output = output.expect("xdotool (Debian's package xdotool, which `make test` installs)");
    // A search that finds nothing fails.
    if output.status.success() || arguments.first() == Some(&"search") {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}
