//! What the tools make, opened.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::examples::connected;
use crate::harness::{Host, skipped};
use tempfile::TempDir;

#[test]
fn a_new_app_opens_as_a_folder_and_as_a_package() {
    let home = TempDir::new().expect("a temporary folder");
    let path = |name: &str| home.path().join(name).to_str().expect("a path in UTF-8").to_owned();
    let (folder, package) = (path("first-steps"), path("first-steps.zip"));
    let ana = Host::new("ana");
    assert!(ana.tell_without_display(&["new", &folder]).status.success());
    assert!(ana.tell_without_display(&["pack", &folder, "--output", &package]).status.success());

    ana.start_with(&["open", &folder]);
    ana.app().shows("heading", "First steps").says("Nobody is connected yet.").picture("tools-new-app");

    let ben = Host::new("ben");
    ben.start_with(&["open", &package]);
    ben.app().shows("heading", "First steps").says("Nobody is connected yet.");
    ben.launcher().lists_app("First steps");
}

/// Two people open a new app, connect, and write to each other.
#[track_caller]
fn two_people_talk_with(app: &Path) {
    let app = app.to_str().expect("a path in UTF-8");
    let (ana, ben) = connected(app, "First steps", "Connect with someone");
    ana.app().says("Connected with Ben.").fill("Line", "Hello Ben").click("button", "Send").says("YouHello Ben");
    ben.app().says("Connected with Ana.").says("AnaHello Ben").fill("Line", "Hello Ana").click("button", "Send");
    ana.app().says("BenHello Ana");

    // Who is away gets it later.
    ben.kill_9();
    ana.app().fill("Line", "Are you there?").click("button", "Send").says("YouAre you there?");
    ben.start();
    ben.launcher().open("First steps");
    ben.app().says("AnaAre you there?");
}

#[test]
fn two_people_talk_with_a_new_app() {
    let home = TempDir::new().expect("a temporary folder");
    let folder = home.path().join("first-steps");
    let output = Host::new("ana").tell_without_display(&["new", folder.to_str().expect("a path in UTF-8")]);
    assert!(output.status.success());
    two_people_talk_with(&folder);
}

#[test]
fn two_people_talk_with_a_new_app_in_typescript() {
    let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("node_modules");
    if !packages.exists() {
        return skipped("a new app in TypeScript", "what builds it are npm packages (`npm ci` installs them)");
    }
    let home = TempDir::new().expect("a temporary folder");
    let folder = home.path().join("first-steps");
    let path = folder.to_str().expect("a path in UTF-8");
    assert!(Host::new("ana").tell_without_display(&["new", path, "--typescript"]).status.success());
    // In place of `npm install`, which would go to the network.
    std::os::unix::fs::symlink(&packages, folder.join("node_modules")).expect("a link");
    let built = Command::new("npm").args(["run", "build"]).current_dir(&folder).output().expect("npm");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stdout));
    two_people_talk_with(&folder.join("dist"));
}

/// The first block of README.md in a language.
fn code_in_readme(language: &str) -> &'static str {
    let readme = include_str!("../../../README.md");
    let (_, code) = readme.split_once(&format!("\n```{language}\n")).expect("a block");
    code.split_once("```").expect("its end").0
}

#[test]
fn the_app_in_ten_lines_says_back_what_it_is_told() {
    let home = TempDir::new().expect("a temporary folder");
    let folder = home.path().join("echo");
    fs::create_dir(&folder).expect("a folder");
    fs::write(folder.join("index.html"), code_in_readme("html")).expect("a page");
    fs::write(folder.join("echo.js"), code_in_readme("js")).expect("a script");
    let lines = code_in_readme("js").lines().count();
    assert!(lines <= 10, "the app in ten lines has {lines}");

    let (ana, ben) = connected(folder.to_str().expect("a path in UTF-8"), "echo", "Invite someone");
    ana.app().click("button", "Say hello");
    ben.app().says(r#"{"say":"Hello"}"#);
    ana.app().says(r#"{"echo":"Hello"}"#);
    ben.app().click("button", "Say hello");
    ana.app().says(r#"{"say":"Hello"}"#);
    ben.app().says(r#"{"echo":"Hello"}"#);
}
