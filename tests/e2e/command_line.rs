//! Bad input on the command line: a sentence on stderr, an exit code, and nothing lost or made anew.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Output;

use crate::harness::{Host, refused};
use tempfile::TempDir;

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().expect("a temporary folder");
    for (name, content) in files {
        fs::write(folder.path().join(name), content).expect("a file");
    }
    folder
}

fn open(path: &Path) -> Output {
    Host::new("ana").tell(&["open", path.to_str().expect("a path in UTF-8")])
}

#[test]
fn help_shows_how_it_is_used() {
    let output = Host::new("ana").tell_only(&["--help"]);
    assert!(output.status.success());
    let said = String::from_utf8_lossy(&output.stdout);
    for part in ["Usage: mutiny", "open", "--profile", "--data-dir", "--listen", "--no-mdns"] {
        assert!(said.contains(part), "{part} is not in: {said}");
    }
}

#[test]
fn version_is_the_package_s() {
    let output = Host::new("ana").tell_only(&["--version"]);
    assert!(output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), concat!("mutiny ", env!("CARGO_PKG_VERSION")));
}

#[test]
fn an_unknown_option_is_named() {
    refused(&Host::new("ana").tell_only(&["--colour"]), 64, "'--colour'");
}

#[test]
fn a_missing_folder_is_named() {
    let folder = folder(&[]);
    let missing = folder.path().join("nothing-here");
    refused(&open(&missing), 66, "There is no folder at");
    assert!(!missing.exists());
}

#[test]
fn a_folder_without_an_entry_page_is_explained() {
    let folder = folder(&[("readme.txt", "no page here")]);
    refused(&open(folder.path()), 66, "has no index.html");
}

#[test]
fn a_broken_manifest_is_explained() {
    let folder = folder(&[("index.html", "<p>hello"), ("mutiny.json", "{ \"id\": ")]);
    refused(&open(folder.path()), 65, "mutiny.json cannot be used");
}

#[test]
fn a_missing_package_is_named() {
    let folder = folder(&[]);
    refused(&open(&folder.path().join("chat-1.0.0.zip")), 66, "There is no package file at");
}

#[test]
fn a_broken_package_is_explained_and_nothing_of_it_is_kept() {
    let folder = folder(&[("chat-1.0.0.zip", "This is no archive.")]);
    let ana = Host::new("ana");
    let output = ana.tell(&["open", folder.path().join("chat-1.0.0.zip").to_str().expect("a path in UTF-8")]);
    refused(&output, 65, "chat-1.0.0.zip");
    ana.start();
    ana.launcher().go_to("Apps").page().shows("heading", "Your apps will be here");
}

#[test]
fn an_impossible_profile_name_is_explained() {
    let output = Host::new("ana").tell_only(&["--profile", "../elsewhere"]);
    refused(&output, 64, "cannot be a profile");
}

#[test]
fn an_impossible_address_is_explained() {
    let output = Host::new("ana").tell(&["--listen", "localhost:80"]);
    refused(&output, 64, "is not an address to listen on");
}

#[test]
fn a_port_in_use_is_named() {
    let ana = Host::new("ana");
    let _taken = TcpListener::bind(ana.listens()).expect("a port taken");
    refused(&ana.tell(&[]), 69, "Cannot listen on");
}

#[test]
fn a_profile_in_use_is_left_alone() {
    let ana = Host::started("ana");
    // Out of sight of the first: nothing forwards the second start to it.
    let output = ana.tell_out_of_sight(&[]);
    refused(&output, 75, "is in use by another Mutiny");
    ana.launcher().go_to("People");
}

#[test]
fn a_second_start_goes_to_the_first() {
    let ana = Host::started("ana");
    let output = ana.tell(&[]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    ana.open("apps/ping");
    ana.launcher().lists_app("Ping");
}

#[test]
fn of_two_starts_at_once_one_goes_to_the_other() {
    let ana = Host::new("ana");
    assert_eq!(ana.start_twice(&["open", "apps/ping"]).code(), Some(0));
    ana.launcher().lists_app("Ping");
}

#[test]
fn a_damaged_database_is_set_aside_and_the_person_is_told() {
    let ana = Host::started("ana");
    ana.kill_9();
    // The write-ahead log holds every page after a crash, so that alone would mend the database.
    let files = ["mutiny.db", "mutiny.db-wal"];
    let damaged = "This is no database. ".repeat(1000);
    for file in files {
        fs::write(ana.file(file), &damaged).expect("damage done");
    }
    ana.start();
    let launcher = ana.launcher();
    launcher.tells_of_damage();
    launcher.page().picture("damaged");
    let folder = fs::read_dir(ana.file("")).expect("the profile").map(|entry| entry.expect("an entry").path());
    let folder = folder.into_iter().find(|path| path.to_string_lossy().contains("damaged-")).expect("set aside");
    for file in files {
        assert_eq!(fs::read_to_string(folder.join(file)).expect("still there"), damaged);
    }
    launcher.has_read_of_damage();
}

/// Two of the numbers in the header of a database: the version of its schema, and the program that it belongs to.
const USER_VERSION: std::ops::Range<usize> = 60..64;
const APPLICATION_ID: std::ops::Range<usize> = 68..72;

/// Starts a profile whose database has this number in its header, and returns how that ended. The file is left as it is.
#[track_caller]
fn started_with(header: std::ops::Range<usize>, number: u32) -> Output {
    let ana = Host::started("ana");
    assert!(ana.terminate().success());
    let file = ana.file("mutiny.db");
    let mut database = fs::read(&file).expect("a database");
    database[header].copy_from_slice(&number.to_be_bytes());
    fs::write(&file, &database).expect("another database");
    let output = ana.tell(&[]);
    assert!(fs::read(&file).expect("still there") == database, "the database was changed");
    output
}

#[test]
fn a_database_of_a_newer_version_is_left_as_it_is() {
    refused(&started_with(USER_VERSION, 9999), 65, "was written by a newer Mutiny");
}

#[test]
fn a_database_of_another_program_is_left_as_it_is() {
    refused(&started_with(APPLICATION_ID, 7), 65, "it belongs to another program.");
}

#[test]
fn without_a_display_it_says_so() {
    refused(&Host::new("ana").tell_without_display(&[]), 69, "there is no display to open them on");
}

#[test]
fn an_unreadable_key_is_left_as_it_is() {
    let ana = Host::started("ana");
    ana.kill_9();
    let file = ana.file("identity.key");
    fs::write(&file, "no key").expect("damage done");
    refused(&ana.tell(&[]), 78, "cannot be read");
    assert_eq!(fs::read_to_string(&file).expect("still there"), "no key");
}

#[test]
fn a_lost_key_is_not_replaced_by_another() {
    let ana = Host::started("ana");
    ana.kill_9();
    let file = ana.file("identity.key");
    fs::remove_file(&file).expect("damage done");
    refused(&ana.tell(&[]), 78, "cannot be read");
    assert!(!file.exists());
}

#[test]
fn dev_and_replay_say_what_is_wrong_with_what_they_are_given() {
    let (ana, empty) = (Host::new("ana"), folder(&[("notes.txt", "")]));
    let path = |name: &str| empty.path().join(name).to_str().expect("a path in UTF-8").to_owned();
    refused(&ana.tell_only(&["dev", &path("nothing-here")]), 66, "There is no folder at");
    refused(&ana.tell_only(&["dev", &path("notes.txt")]), 66, "is a file");
    refused(&ana.tell_only(&["dev", &path(""), "--peers", "9"]), 64, "9 is not in 1..=8");
    refused(&ana.tell_without_display(&["dev", &path("")]), 69, "there is no display");
    refused(&ana.tell_only(&["replay", &path("nothing-here")]), 66, "cannot be read");
    refused(&ana.tell_only(&["replay", &path("notes.txt")]), 65, "is no session");
}

#[test]
fn dev_ends_where_no_peer_can_run_the_app() {
    let empty = folder(&[("notes.txt", "")]);
    let output = Host::new("ana").tell_only(&["dev", empty.path().to_str().expect("a path in UTF-8")]);
    refused(&output, 69, "index.html");
}
