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

/// A picture of one window, by its title, also of one that no driver reaches.
#[track_caller]
pub(crate) fn picture_of_window(title: &str) -> Vec<u8> {
    let window = wait_for_window(title);
    // Whatever lies over it would be in the picture.
    xdotool(&["windowraise", &window]).unwrap_or_else(|why| panic!("“{title}” cannot be raised: {why}"));
    let output = Command::new("import").args(["-window", &window, "png:-"]).output().expect("import");
    assert!(output.status.success(), "no picture of “{title}”: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
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

/// Chooses a file or folder in the system's dialog with this title, by typing where it is.
#[track_caller]
pub(crate) fn choose_in_dialog(title: &str, path: &str) {
    let window = wait_for_window(title);
    // The first stroke opens the field for a path, and is its beginning.
    let typed = xdotool(&["windowfocus", "--sync", &window])
        .and_then(|_| xdotool(&["type", "--clearmodifiers", "--delay", "25", path]))
        .and_then(|_| xdotool(&["key", "--clearmodifiers", "Return"]));
    typed.unwrap_or_else(|why| panic!("nothing can be chosen in “{title}”: {why}"));
    let gone = poll(|| match xdotool(&["search", "--onlyvisible", "--name", title])?.trim() {
        "" => Ok(()),
        _ => Err(format!("the dialog “{title}” is still there")),
    });
    gone.unwrap_or_else(|why| panic!("{why}"));
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
