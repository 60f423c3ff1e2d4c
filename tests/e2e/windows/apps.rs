//! What a person does with their apps: add, open, rename, update, look at their files.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;
use tempfile::TempDir;

use crate::harness::{FileManager, Host, choose_in_dialog, poll, window};

/// Writes an app that shows its version, and returns its folder.
fn notes(folder: &TempDir, version: &str) -> PathBuf {
    let app = folder.path().join(format!("notes-{version}"));
    fs::create_dir_all(&app).expect("a folder");
    let manifest = format!(r#"{{"id":"org.example.notes","name":"Notes","version":"{version}","icon":"icon.svg"}}"#);
    fs::write(app.join("mutiny.json"), manifest).expect("a manifest");
    let icon =
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path fill="#f00" d="M0 0h8v8H0z"/></svg>"##;
    fs::write(app.join("icon.svg"), icon).expect("an icon");
    let page = format!("<!doctype html><title>Notes</title><h1>Notes {version}</h1>");
    fs::write(app.join("index.html"), page).expect("a page");
    app
}

/// The same as a package file.
fn package(folder: &TempDir, version: &str) -> PathBuf {
    let app = notes(folder, version);
    let file = app.with_extension("zip");
    mutiny_core::pack(&app, &file).expect("a package file");
    file
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

const FOLDER_DIALOG: &str = "Choose an app's folder";
const PACKAGE_DIALOG: &str = "Choose an app's package file";

#[test]
fn somebody_new_begins_with_an_app_that_came_along() {
    let ana = Host::started("ana");
    let launcher = ana.launcher();
    let page = launcher.go_to("Apps").page();
    page.shows("heading", "Your apps will be here").picture("apps-offers");
    let text = page.asks("return document.querySelector('main').innerText").expect("text").to_string();
    for jargon in ["index.html", "terminal", "mutiny open"] {
        assert!(!text.contains(jargon), "{jargon}: {text}");
    }
    page.within("list", "Apps that came with Mutiny").click("button", "Add and open Chat");
    ana.app().shows("button", "New conversation");
    page.shows("article", "Chat").lacks("heading", "Your apps will be here");

    // The others are still a click away; those that are here are not offered again.
    page.click("button", "Add app").shows("menuitem", "Whiteboard").lacks("menuitem", "Chat");
    page.click("menuitem", "Whiteboard").says("Whiteboard was added.").shows("article", "Whiteboard");
}

#[test]
fn an_app_is_shown_with_its_own_icon_and_so_is_its_window() {
    let (ana, folder) = (Host::started("ana"), TempDir::new().expect("a temporary folder"));
    ana.open(text(&notes(&folder, "1.0.0")));
    ana.app().shows("heading", "Notes 1.0.0");
    let launcher = ana.launcher();
    let page = launcher.lists_app("Notes").page();
    let own = "const icon = document.querySelector('article img');
        return icon?.complete && icon.naturalWidth > 0 && icon.src.startsWith('data:image/svg+xml;base64,')";
    page.until("show the app's own icon", own, json!([]));
    page.within("article", "Notes").says("open now").shows("button", "Show Notes");
    page.picture("apps-icon");
    // A window without an app's own icon has the one that the launcher made up; this one is red.
    let red = poll(|| match window::icon("Notes") {
        Some(dots) if dots.len() == 64 * 64 && dots[32 * 64 + 32] == 0xffff_0000 => Ok(()),
        other => Err(format!("the window's icon is {:?}", other.map(|dots| (dots.len(), dots.get(2080).copied())))),
    });
    red.unwrap_or_else(|why| panic!("{why}"));

    window::close("Notes");
    page.within("article", "Notes").says("active just now").shows("button", "Open Notes");
}

#[test]
fn an_instance_is_renamed_to_the_title_of_its_window_and_back() {
    let (ana, folder) = (Host::started("ana"), TempDir::new().expect("a temporary folder"));
    ana.open(text(&notes(&folder, "1.0.0")));
    window::appears("Notes");
    let launcher = ana.launcher();
    let page = launcher.choose_for("Notes", "Rename").page();
    page.within("dialog", "Rename Notes").fill("Name", "Shopping").click("button", "Rename");
    page.shows("article", "Shopping");
    window::appears("Notes · Shopping");

    launcher.choose_for("Shopping", "Rename");
    page.within("dialog", "Rename Shopping").fill("Name", " ").click("button", "Rename");
    page.shows("article", "Notes");
    window::appears("Notes");
}

#[test]
fn another_instance_has_a_name_and_a_memory_of_its_own() {
    let (ana, folder) = (Host::started("ana"), TempDir::new().expect("a temporary folder"));
    ana.open(text(&notes(&folder, "1.0.0")));
    ana.app().shows("heading", "Notes 1.0.0").asks("localStorage.setItem('kept', 'first')").expect("kept");
    let launcher = ana.launcher();
    launcher.choose_for("Notes", "Add another instance").page().says("Notes 2 was added.").shows("article", "Notes 2");
    window::close("Notes");
    launcher.open("Notes 2");
    window::appears("Notes · Notes 2");
    assert_eq!(ana.app().asks("return localStorage.getItem('kept')"), Ok(json!(null)));
}

#[test]
fn the_files_of_an_app_are_shown_by_the_desktop_s_file_manager() {
    let (files, ana) = (FileManager::ready(), Host::started("ana"));
    let folder = TempDir::new().expect("a temporary folder");
    let app = notes(&folder, "1.0.0");
    ana.open(text(&app));
    ana.launcher().choose_for("Notes", "Show in files");
    files.shows(&format!("file://{}", text(&app)));
}

#[test]
fn an_app_is_added_from_a_folder_and_updated_from_a_file_that_the_person_chooses() {
    let (ana, folder) = (Host::started("ana"), TempDir::new().expect("a temporary folder"));
    let launcher = ana.launcher();
    let page = launcher.go_to("Apps").page();
    page.click("button", "Add app").click("menuitem", "From a folder");
    choose_in_dialog(FOLDER_DIALOG, text(&notes(&folder, "1.2.0")));
    page.says("Notes was added.").shows("article", "Notes");
    launcher.open("Notes");
    ana.app().shows("heading", "Notes 1.2.0");

    launcher.choose_for("Notes", "Update from a package file");
    choose_in_dialog(PACKAGE_DIALOG, text(&package(&folder, "1.3.0")));
    page.says("Notes is version 1.3.0 now.");
    ana.app().shows("heading", "Notes 1.3.0");

    // An older one is asked about.
    launcher.choose_for("Notes", "Update from a folder");
    choose_in_dialog(FOLDER_DIALOG, text(&notes(&folder, "1.1.0")));
    page.within("dialog", "Use an older version?").click("button", "Keep 1.3.0");
    page.within("article", "Notes").says("Version 1.3.0");
    launcher.choose_for("Notes", "Update from a folder");
    choose_in_dialog(FOLDER_DIALOG, text(&notes(&folder, "1.1.0")));
    page.within("dialog", "Use an older version?").click("button", "Use the older one");
    page.says("Notes is version 1.1.0 now.");
    ana.app().shows("heading", "Notes 1.1.0");

    page.click("button", "Add app").click("menuitem", "From a package file");
    choose_in_dialog(PACKAGE_DIALOG, text(&package(&folder, "2.0.0")));
    page.says("Notes 2 was added.").shows("article", "Notes 2");
}

#[test]
fn what_is_dropped_on_the_launcher_becomes_apps() {
    let (ana, folder) = (Host::started("ana"), TempDir::new().expect("a temporary folder"));
    let (app, file) = (notes(&folder, "1.0.0"), package(&folder, "2.0.0"));
    let launcher = ana.launcher();
    let page = launcher.go_to("People").page();
    launcher.is_dragged_over("enter", &[text(&app)]);
    page.says("Drop it here to add it as an app");
    launcher.is_dragged_over("leave", &[]);
    page.until("show no target", "return !document.querySelector('.target')", json!([]));
    launcher.is_dragged_over("enter", &[text(&app), text(&file)]).is_dragged_over("drop", &[text(&app), text(&file)]);
    page.shows("heading", "Apps").within("article", "Notes").says("Version 1.0.0");
    page.within("article", "Notes 2").says("2.0.0");
    // What is no app says why, and stays.
    launcher.is_dragged_over("drop", &[text(folder.path())]);
    page.says("index.html");
}
