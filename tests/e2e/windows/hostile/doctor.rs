//! `mutiny doctor`, as a person runs it.

use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

use super::alone::alone;
use crate::harness::program;

fn doctor(arguments: &[&str]) -> Output {
    let home = TempDir::new().expect("a home");
    let mut command = Command::new(program());
    for variable in ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "TMPDIR"] {
        command.env(variable, home.path());
    }
    let output = command.arg("doctor").args(arguments).output().expect("mutiny run");
    // A throwaway profile is thrown away.
    let left = std::fs::read_dir(home.path()).expect("a home").flatten().map(|entry| entry.file_name());
    let left: Vec<_> = left.filter(|name| name.to_string_lossy().starts_with("mutiny")).collect();
    assert!(left.is_empty(), "{left:?}");
    output
}

/// The list that `--json` prints.
#[track_caller]
fn list(output: &Output) -> Vec<Value> {
    let list: Vec<Value> = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|why| panic!("{why}: {}", String::from_utf8_lossy(&output.stderr)));
    for entry in &list {
        let keys: Vec<_> = entry.as_object().expect("an object").keys().collect();
        assert_eq!(keys, ["attempt", "held", "control", "seen"]);
        assert!(entry["attempt"].is_string() && entry["held"].is_boolean() && entry["seen"].is_string(), "{entry}");
    }
    list
}

#[test]
fn it_finds_that_the_walls_hold() {
    if !alone("doctor::it_finds_that_the_walls_hold", "") {
        return;
    }
    let output = doctor(&["--json"]);
    let list = list(&output);
    let broken: Vec<_> = list.iter().filter(|entry| entry["held"] == false).collect();
    assert!(broken.is_empty(), "{broken:#?}");
    assert!(list.len() > 400, "only {} attempts", list.len());
    let seen = |name: &str| list.iter().find(|entry| entry["attempt"] == name).and_then(|entry| entry["seen"].as_str());
    for (attempt, expected) in [
        ("zip-slip", "leads out of the package"),
        ("zip-slip-inside", "leads out of the package"),
        ("zip-slip-backslash", "has a backslash"),
        ("zip-absolute", "is not a path inside the package"),
        ("zip-link", "is a link"),
        ("zip-bomb", "far more than it holds"),
        ("zip-bomb-claimed", "larger than 1 GiB"),
        ("link-out-of-folder", "link"),
        ("window-stays", "its window closed within"),
        ("dialog-storm", "a dialog held its page alone; the host answered within"),
        ("message-storm", " ms, and the host answered within"),
        ("command-flood", "the host answered within"),
        ("downloads", "no file in /"),
    ] {
        assert!(seen(attempt).is_some_and(|seen| seen.contains(expected)), "{attempt}: {:?}", seen(attempt));
    }
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn it_tells_a_person_which_walls_are_down() {
    if !alone("doctor::it_tells_a_person_which_walls_are_down", "policy,proxy") {
        return;
    }
    let output = doctor(&[]);
    let said = String::from_utf8_lossy(&output.stdout);
    for line in ["BROKEN  fetch: ", "BROKEN  image: ", "BROKEN  beacon: ", "BROKEN  sink: "] {
        let why = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains(&format!("\n{line}")), "no “{line}” in: {said}{why}");
    }
    // Tauri's access control is another wall.
    assert!(said.contains("\nheld    command-launcher-me: "), "{said}");
    assert!(said.contains(" attempts got through. Please report this.\n"), "{said}");
    assert_eq!(output.status.code(), Some(1));
}
