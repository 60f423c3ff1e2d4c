use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::*;
use crate::check::check;

#[path = "../../../../tests/common/skipped.rs"]
#[allow(unreachable_pub, reason = "other packages' tests share it")]
mod skipped;

const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

fn begun(kind: Kind) -> (TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("my-first_app");
    App::named(&folder, None, None, kind).unwrap().write().unwrap();
    (home, folder)
}

/// The folder of this repository's npm packages, if they are installed.
fn npm_packages() -> Option<PathBuf> {
    let packages = fs::canonicalize(Path::new(REPOSITORY).join("node_modules")).ok();
    if packages.is_none() {
        skipped::skipped("what a new app is built with", "`npm ci` installs this repository's npm packages");
    }
    packages
}

/// Runs a tool of npm's in the app's folder.
#[track_caller]
fn passes(packages: &Path, folder: &Path, tool: &str, arguments: &[&str]) {
    let output = Command::new(packages.join(".bin").join(tool)).args(arguments).current_dir(folder).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{tool} {arguments:?}: {said}");
}

#[test]
fn a_new_app_has_nothing_that_a_check_would_find() {
    let (_home, folder) = begun(Kind::Plain);
    let report = check(&folder).unwrap();
    assert_eq!(report.findings, []);
    let app = report.app.unwrap();
    assert_eq!((app.id.as_str(), app.name.as_str()), ("org.example.my-first-app", "My first app"));
}

#[test]
fn the_types_of_a_new_app_are_right() {
    let Some(packages) = npm_packages() else { return };
    let (_home, folder) = begun(Kind::Plain);
    passes(&packages, &folder, "tsc", &["-p", "jsconfig.json"]);
}

#[cfg(unix)]
#[test]
fn a_new_app_in_typescript_builds_into_one_that_passes_the_check() {
    let Some(packages) = npm_packages() else { return };
    let (_home, folder) = begun(Kind::TypeScript);
    std::os::unix::fs::symlink(&packages, folder.join("node_modules")).unwrap();
    passes(&packages, &folder, "tsc", &["--noEmit"]);
    passes(&packages, &folder, "vite", &["build"]);
    let report = check(&folder.join("dist")).unwrap();
    assert_eq!(report.findings, []);
    assert_eq!(report.app.unwrap().name, "My first app");
}

#[test]
fn no_gap_is_left_in_any_file() {
    for kind in [Kind::Plain, Kind::TypeScript] {
        let (_home, folder) = begun(kind);
        for (file, _) in templates::of(kind) {
            let content = fs::read_to_string(folder.join(file)).unwrap();
            assert!(!content.contains("{{"), "{file}: {content}");
        }
    }
}

#[test]
fn a_name_may_hold_what_means_something_in_a_file() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("app");
    App::named(&folder, Some(r#"<b>"Ana" & Ben\"#), Some("org.example.x"), Kind::Plain).unwrap().write().unwrap();
    let report = check(&folder).unwrap();
    assert_eq!(report.findings, []);
    assert_eq!(report.app.unwrap().name, r#"<b>"Ana" & Ben\"#);
    assert!(
        fs::read_to_string(folder.join("index.html"))
            .unwrap()
            .contains("<h1>&lt;b&gt;&quot;Ana&quot; &amp; Ben\\</h1>")
    );
}

#[test]
fn what_is_there_is_never_written_over() {
    let home = tempfile::tempdir().unwrap();
    let (file, full, empty) = (home.path().join("file"), home.path().join("full"), home.path().join("empty"));
    fs::write(&file, "mine").unwrap();
    fs::create_dir(&full).unwrap();
    fs::write(full.join("main.js"), "mine").unwrap();
    fs::create_dir(&empty).unwrap();
    let write = |folder: &Path| App::named(folder, None, None, Kind::Plain).unwrap().write();
    assert!(matches!(write(&file), Err(Error::Exists(_))));
    assert!(matches!(write(&full), Err(Error::Exists(_))));
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    assert_eq!(fs::read_dir(&full).unwrap().count(), 1);
    write(&empty).unwrap();
    assert!(empty.join("main.js").exists());
    assert!(matches!(write(&empty), Err(Error::Exists(_))));
}

#[test]
fn where_nothing_can_be_written_nothing_is_left() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("file");
    fs::write(&file, "").unwrap();
    let error = App::named(&file.join("app"), None, None, Kind::Plain).unwrap().write().unwrap_err();
    assert!(error.to_string().ends_with('.'), "{error}");
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
}

#[test]
fn ids_are_good_whatever_the_folder_is_called() {
    for (folder, name, id) in [
        ("chess", "Chess", "org.example.chess"),
        ("my-first_app", "My first app", "org.example.my-first-app"),
        ("Größe.2", "Größe 2", "org.example.gr-e-2"),
        ("你好", "你好", "org.example.x86938da3"),
        ("日本", "日本", "org.example.x4ed20ef4"),
    ] {
        let app = App::named(&Path::new("/nowhere").join(folder), None, None, Kind::Plain).unwrap();
        assert_eq!(app.name(), name);
        if id.contains(".x") {
            assert!(app.id().starts_with("org.example.x"), "{}", app.id());
        } else {
            assert_eq!(app.id(), id);
        }
    }
}

#[test]
fn names_that_will_not_do_are_explained() {
    let named = |name, id| App::named(Path::new("/nowhere/a"), name, id, Kind::Plain).unwrap_err().to_string();
    let long = "x".repeat(81);
    for (error, key, problem) in [
        (named(Some("  "), None), "name", "must not be empty"),
        (named(Some("a\u{202e}b"), None), "name", "U+202E"),
        (named(Some(&long), None), "name", "80 characters at most"),
        (named(None, Some("a b")), "id", "may hold letters, digits and hyphens"),
        (named(None, Some("")), "id", "may hold letters"),
    ] {
        assert!(error.contains(problem) && error.contains(&format!("Choose another with --{key}")), "{error}");
    }
    let error = App::named(Path::new("/"), None, None, Kind::Plain).unwrap_err().to_string();
    assert!(error.contains("must not be empty"), "{error}");
}
