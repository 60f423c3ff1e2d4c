#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::*;

fn data_dir() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// Opens and closes a profile, and returns its folder.
fn made(data: &TempDir) -> PathBuf {
    Profile::open("ana", Some(data.path())).unwrap().dir().to_path_buf()
}

fn open(data: &TempDir) -> Result<Profile> {
    Profile::open("ana", Some(data.path()))
}

fn key_problem(data: &TempDir) -> String {
    match open(data) {
        Err(Error::BadKey { problem, .. }) => problem,
        other => panic!("expected a bad key, got {other:?}"),
    }
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_new_profile_is_made_where_it_was_asked_for() {
    let data = data_dir();
    let profile = open(&data).unwrap();
    let dir = data.path().join("profiles/ana");
    assert_eq!(profile.name(), "ana");
    assert_eq!(profile.dir(), dir);
    assert_eq!(profile.database_path(), dir.join("mutiny.db"));
    assert_eq!(profile.webview_dir(), dir.join("webview"));
    assert_eq!(profile.key().key_type(), libp2p::identity::KeyType::Ed25519);
}

#[test]
fn the_identity_stays_the_same() {
    let data = data_dir();
    let first = open(&data).unwrap().key().public();
    let second = open(&data).unwrap().key().public();
    assert_eq!(first, second);
}

#[test]
fn profiles_are_different_people() {
    let data = data_dir();
    let ana = Profile::open("ana", Some(data.path())).unwrap();
    let bob = Profile::open("bob", Some(data.path())).unwrap();
    assert_ne!(ana.key().public(), bob.key().public());
}

#[test]
fn names_that_could_lead_elsewhere_are_refused() {
    let data = data_dir();
    for name in ["", ".", "..", "a/b", "a\\b", "/etc", "a b", "ána", "a\0", "a.b", &"a".repeat(65)] {
        let error = Profile::open(name, Some(data.path())).unwrap_err();
        assert!(matches!(error, Error::BadProfileName(_)), "{name:?} gave {error}");
    }
    assert_eq!(fs::read_dir(data.path()).unwrap().count(), 0, "a refused name leaves nothing behind");
    for name in ["a", "default", "Ana_2-b", &"a".repeat(64)] {
        Profile::open(name, Some(data.path())).unwrap();
    }
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_look_inside() {
    let data = data_dir();
    let dir = made(&data);
    assert_eq!(mode(&dir), 0o700);
    assert_eq!(mode(&dir.join("identity.key")), 0o600);
    assert_eq!(mode(&dir.join("lock")), 0o600);
}

#[cfg(unix)]
#[test]
fn what_was_open_to_others_is_closed() {
    let data = data_dir();
    let dir = made(&data);
    set_mode(&dir, 0o755);
    set_mode(&dir.join("identity.key"), 0o644);
    open(&data).unwrap();
    assert_eq!(mode(&dir), 0o700);
    assert_eq!(mode(&dir.join("identity.key")), 0o600);
}

#[test]
fn a_profile_in_use_names_the_process() {
    let data = data_dir();
    let profile = open(&data).unwrap();
    match open(&data) {
        Err(Error::ProfileInUse { profile, pid }) => {
            assert_eq!(profile, "ana");
            // Windows lets nobody read a locked file.
            assert!(cfg!(windows) || pid == Some(std::process::id()));
        }
        other => panic!("expected a profile in use, got {other:?}"),
    }
    // Whoever holds the value for longer than its host runs keeps nobody out.
    profile.give_back();
    open(&data).unwrap();
    drop(profile);
    open(&data).unwrap();
}

/// Not a test of its own: what the tests below run in another process. An empty folder is the platform's.
#[test]
fn hold_a_profile_until_told() {
    let Ok(dir) = std::env::var("MUTINY_TEST_HOLD") else { return };
    let data_dir = (!dir.is_empty()).then_some(Path::new(&dir));
    let _profile = Profile::open("ana", data_dir).unwrap();
    println!("\nholding");
    std::io::stdin().lock().read_line(&mut String::new()).unwrap();
}

/// Starts a process that holds the profile; it ends when told, or when this value is dropped.
fn holder(data_dir: &Path, environment: &[(&str, &Path)]) -> Child {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--nocapture", "profile::tests::hold_a_profile_until_told"])
        .env("MUTINY_TEST_HOLD", data_dir)
        .envs(environment.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.map_while(std::result::Result::ok).any(|line| line == "holding"));
    child
}

#[test]
fn another_process_holds_a_profile_until_it_is_killed() {
    let data = data_dir();
    let mut child = holder(data.path(), &[]);
    match open(&data) {
        Err(Error::ProfileInUse { pid, .. }) => assert!(cfg!(windows) || pid == Some(child.id())),
        other => panic!("expected a profile in use, got {other:?}"),
    }
    child.kill().unwrap();
    child.wait().unwrap();
    open(&data).unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn profiles_are_kept_where_the_platform_keeps_data() {
    let home = data_dir();
    for (variable, dir) in [("XDG_DATA_HOME", home.path().join("data")), ("HOME", home.path().join(".local/share"))] {
        let unset = Path::new("");
        let value = if variable == "HOME" { home.path() } else { &dir };
        let mut child = holder(Path::new(""), &[("HOME", home.path()), ("XDG_DATA_HOME", unset), (variable, value)]);
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(dir.join("mutiny/profiles/ana/identity.key").is_file(), "{variable}");
    }
}

#[test]
fn a_lost_key_is_never_replaced() {
    for trace in ["mutiny.db", "generation"] {
        let data = data_dir();
        let dir = made(&data);
        fs::remove_file(dir.join("identity.key")).unwrap();
        fs::write(dir.join(trace), "").unwrap();
        assert!(key_problem(&data).contains("missing"));
        assert!(!dir.join("identity.key").exists());
    }
}

#[test]
fn a_key_that_cannot_be_used_is_left_as_it_is() {
    let data = data_dir();
    let dir = made(&data);
    let file = dir.join("identity.key");
    let whole = fs::read(&file).unwrap();
    let mut damaged = whole.clone();
    damaged[10] ^= 1;
    let secp256k1_header = [0x08, 0x02, 0x12, 0x20].iter().copied().chain([7; 32]).collect();
    let cases: [(Vec<u8>, &str); 6] = [
        (Vec::new(), "empty"),
        (whole[..whole.len() - 1].to_vec(), "whole key"),
        (damaged, "whole key"),
        (b"-----BEGIN PRIVATE KEY-----".to_vec(), "whole key"),
        (secp256k1_header, "whole key"),
        (vec![0; 5000], "too long"),
    ];
    for (content, expected) in cases {
        fs::write(&file, &content).unwrap();
        let problem = key_problem(&data);
        assert!(problem.contains(expected), "{problem}");
        assert_eq!(fs::read(&file).unwrap(), content);
    }
    fs::write(&file, &whole).unwrap();
    open(&data).unwrap();
}

#[test]
fn a_folder_is_no_key() {
    let data = data_dir();
    let file = made(&data).join("identity.key");
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    assert!(key_problem(&data).contains("not a file"));
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere_is_no_missing_key() {
    let data = data_dir();
    let dir = made(&data);
    let file = dir.join("identity.key");
    fs::remove_file(&file).unwrap();
    std::os::unix::fs::symlink(dir.join("elsewhere"), &file).unwrap();
    key_problem(&data);
    assert!(!dir.join("elsewhere").exists());
}

#[test]
fn what_a_crash_left_of_a_new_key_is_no_obstacle() {
    let data = data_dir();
    let dir = data.path().join("profiles/ana");
    fs::create_dir_all(&dir).unwrap();
    fs::write(dir.join("identity.key.new"), "half").unwrap();
    let profile = open(&data).unwrap();
    assert!(!dir.join("identity.key.new").exists());
    assert_eq!(fs::read(dir.join("identity.key")).unwrap(), profile.key().to_protobuf_encoding().unwrap());
}

#[test]
fn a_data_folder_that_is_a_file_is_an_error_that_names_it() {
    let data = data_dir();
    let file = data.path().join("file");
    fs::File::create(&file).unwrap().write_all(b"x").unwrap();
    let error = Profile::open("ana", Some(&file)).unwrap_err();
    assert!(matches!(&error, Error::Io { path, .. } if path.starts_with(&file)), "{error}");
}

#[test]
fn the_generation_is_remembered() {
    let data = data_dir();
    let profile = open(&data).unwrap();
    assert_eq!(profile.read_generation().unwrap(), None);
    for generation in [0, 1, u64::MAX] {
        profile.write_generation(generation).unwrap();
        assert_eq!(profile.read_generation().unwrap(), Some(generation));
    }
    drop(profile);
    assert_eq!(open(&data).unwrap().read_generation().unwrap(), Some(u64::MAX));
}

#[test]
fn a_damaged_generation_counts_as_none() {
    let data = data_dir();
    let profile = open(&data).unwrap();
    for damaged in [&b""[..], b"one", b"-1", b"18446744073709551616", b"\xff\xff"] {
        fs::write(profile.dir().join("generation"), damaged).unwrap();
        assert_eq!(profile.read_generation().unwrap(), None);
    }
}

#[test]
fn a_log_that_a_crash_left_behind_follows_its_database() {
    let data = data_dir();
    let dir = made(&data);
    fs::write(dir.join("mutiny.db"), "damaged").unwrap();
    let folder = open(&data).unwrap().set_aside().unwrap();
    // As if the crash had come between the two.
    fs::write(dir.join("mutiny.db-wal"), "its log").unwrap();
    drop(open(&data).unwrap());
    assert!(!dir.join("mutiny.db-wal").exists());
    assert_eq!(fs::read_to_string(folder.join("mutiny.db-wal")).unwrap(), "its log");
}

#[test]
fn a_log_without_a_database_is_never_written_over() {
    let data = data_dir();
    let dir = made(&data);
    for content in ["one", "two"] {
        fs::write(dir.join("mutiny.db-wal"), content).unwrap();
        let profile = open(&data).unwrap();
        let (folder, _) = profile.last_set_aside().unwrap().unwrap();
        assert_eq!(fs::read_to_string(folder.join("mutiny.db-wal")).unwrap(), content);
    }
}

#[test]
fn a_log_stays_with_the_database_that_is_there() {
    let data = data_dir();
    let dir = made(&data);
    fs::write(dir.join("mutiny.db"), "").unwrap();
    fs::write(dir.join("mutiny.db-wal"), "its log").unwrap();
    let profile = open(&data).unwrap();
    assert_eq!(profile.last_set_aside().unwrap(), None);
    assert!(dir.join("mutiny.db-wal").exists());
}
