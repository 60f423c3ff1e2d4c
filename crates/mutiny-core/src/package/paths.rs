//! Paths of files in a package that somebody else made: what may be one, and which two cannot stand side by side.

use std::collections::HashMap;

use super::MAX_DEPTH;
use super::scan::is_left_out;

/// Longest path, in bytes. Systems differ in what they take, and this fits below the profile's folder on all of them.
const MAX_PATH: usize = 512;

/// Whether a path can be one of a package: relative, with `/`, and nothing in it that any system takes for more than a name.
/// A problem is the end of a sentence that begins with the path.
pub(super) fn check(path: &str) -> Result<(), String> {
    if path.len() > MAX_PATH {
        return Err(format!("is longer than {MAX_PATH} bytes"));
    }
    if path.contains('\\') {
        return Err("has a backslash".to_owned());
    }
    if path.chars().any(char::is_control) {
        return Err("has a control character".to_owned());
    }
    if path.starts_with('/') {
        return Err("is not a path inside the package".to_owned());
    }
    if path.split('/').count() > MAX_DEPTH {
        return Err(format!("is nested too deeply; {MAX_DEPTH} levels of folders are the most"));
    }
    for part in path.split('/') {
        match part {
            "" => return Err("has an empty part".to_owned()),
            "." | ".." => return Err("leads out of the package".to_owned()),
            // `C:` is a drive, and `name:stream` is a hidden part of a file.
            part if part.contains(':') => return Err("has a colon".to_owned()),
            _ => {}
        }
    }
    Ok(())
}

/// Whether a package leaves out what lies at this path.
pub(super) fn left_out(path: &str) -> bool {
    path.split('/').any(|part| is_left_out(part.as_ref()))
}

/// The paths of a package seen so far. Some systems do not tell upper from lower case, so two that differ in nothing else
/// would be one file there; and no system has a file and a folder of one name.
#[derive(Default)]
pub(super) struct Names {
    /// By lower-case path: the path as written, and whether it is a folder.
    taken: HashMap<String, (String, bool)>,
}

impl Names {
    /// Adds a file, with the folders it lies in. A problem is the end of a sentence that begins with the path.
    pub(super) fn add_file(&mut self, path: &str) -> Result<(), String> {
        for (end, _) in path.match_indices('/') {
            self.add(&path[..end], true)?;
        }
        self.add(path, false)
    }

    fn add(&mut self, path: &str, folder: bool) -> Result<(), String> {
        match self.taken.get(&path.to_lowercase()) {
            None => {
                self.taken.insert(path.to_lowercase(), (path.to_owned(), folder));
                Ok(())
            }
            Some((known, true)) if folder && known == path => Ok(()),
            Some((known, was_folder)) if known == path && *was_folder == folder => Err("is there twice".to_owned()),
            Some((known, was_folder)) if known == path || *was_folder != folder => {
                Err(format!("is the name of both a file and a folder ({known})"))
            }
            Some((known, _)) => Err(format!("differs from {known} only in upper and lower case")),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_leads_elsewhere_is_no_path_of_a_package() {
        for path in [
            "../x",
            "a/../../x",
            "a/./x",
            "/etc/passwd",
            "//server/share",
            "a//x",
            "a/",
            "",
            "C:/x",
            "c:x",
            "a\\..\\x",
            "x:hidden",
            "a\0b",
            "a\nb",
        ] {
            assert!(check(path).is_err(), "{path:?}");
        }
        assert!(check(&"a/".repeat(600)).is_err());
        assert!(check(&("a/".repeat(MAX_DEPTH) + "x")).is_err());
    }

    #[test]
    fn ordinary_names_in_any_script_are_paths() {
        for path in ["index.html", "img/grüße an alle.png", "דף.html", "a..b/c...d", "100%25", "~user"] {
            assert_eq!(check(path), Ok(()), "{path}");
        }
    }

    #[test]
    fn two_names_that_some_system_takes_for_one_are_refused() {
        for (first, second) in
            [("a.js", "a.js"), ("a.js", "A.js"), ("x/a", "X/b"), ("a", "a/b"), ("a/b", "a"), ("ä", "Ä")]
        {
            let mut names = Names::default();
            names.add_file(first).unwrap();
            assert!(names.add_file(second).is_err(), "{first} {second}");
        }
        let mut names = Names::default();
        for path in ["x/a", "x/b", "x/y/a", "a"] {
            names.add_file(path).unwrap();
        }
    }
}
