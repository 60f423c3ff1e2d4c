#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;
use crate::error::{Error, Result};
use crate::package::{MAX_BYTES, MAX_FILES, Package, pack};

const MANIFEST: &str = r#"{"id":"org.example.chat","name":"Chat","version":"1.2.0"}"#;
const STORED: u16 = 0;

/// An archive written by hand, as only somebody who means no good writes them.
#[derive(Default)]
struct Forged {
    locals: Vec<u8>,
    central: Vec<u8>,
    count: u16,
}

/// What a forged archive says of a file.
#[derive(Clone, Copy)]
struct Claim {
    flags: u16,
    method: u16,
    mode: u32,
    size: u32,
}

impl Claim {
    fn honest(content: &[u8]) -> Self {
        Self { flags: 1 << 11, method: STORED, mode: 0o100_644, size: content.len() as u32 }
    }
}

impl Forged {
    fn app() -> Self {
        Self::default().with("mutiny.json", MANIFEST.as_bytes()).with("index.html", b"<h1>Hi</h1>")
    }

    fn with(self, name: &str, content: &[u8]) -> Self {
        self.claiming(name, content, Claim::honest(content))
    }

    fn claiming(self, name: &str, content: &[u8], claim: Claim) -> Self {
        self.bytes(name.as_bytes(), content, claim)
    }

    fn bytes(mut self, name: &[u8], content: &[u8], claim: Claim) -> Self {
        let mut crc = flate2::Crc::new();
        crc.update(content);
        let mut common = Vec::new();
        for number in [20, claim.flags, claim.method, 0, 0x21] {
            common.extend(u16::to_le_bytes(number));
        }
        for number in [crc.sum(), content.len() as u32, claim.size] {
            common.extend(u32::to_le_bytes(number));
        }
        common.extend((name.len() as u16).to_le_bytes());
        common.extend(0_u16.to_le_bytes());
        let offset = self.locals.len() as u32;
        self.locals.extend(0x0403_4b50_u32.to_le_bytes());
        self.locals.extend(&common);
        self.locals.extend(name);
        self.locals.extend(content);
        self.central.extend(0x0201_4b50_u32.to_le_bytes());
        self.central.extend(0x0314_u16.to_le_bytes());
        self.central.extend(&common);
        self.central.extend([0; 6]);
        self.central.extend((claim.mode << 16).to_le_bytes());
        self.central.extend(offset.to_le_bytes());
        self.central.extend(name);
        self.count += 1;
        self
    }

    fn end(&self, disk: u16, count: u16) -> Vec<u8> {
        let mut all = self.locals.clone();
        all.extend(&self.central);
        all.extend(0x0605_4b50_u32.to_le_bytes());
        for number in [disk, 0, count, count] {
            all.extend(u16::to_le_bytes(number));
        }
        all.extend((self.central.len() as u32).to_le_bytes());
        all.extend((self.locals.len() as u32).to_le_bytes());
        all.extend(0_u16.to_le_bytes());
        all
    }

    fn done(&self) -> Vec<u8> {
        self.end(0, self.count)
    }
}

/// A place to unpack to, with an outside that has to stay as it is.
struct Place {
    dir: TempDir,
}

impl Place {
    fn new() -> Self {
        let place = Self { dir: tempfile::tempdir().unwrap() };
        fs::create_dir(place.folder()).unwrap();
        place
    }

    fn folder(&self) -> PathBuf {
        self.dir.path().join("app")
    }

    fn file(&self) -> PathBuf {
        self.dir.path().join("app.zip")
    }

    fn read(&self, archive: &[u8]) -> Result<Package> {
        fs::write(self.file(), archive).unwrap();
        read(&self.file(), &self.folder())?;
        Package::open(&self.folder())
    }

    fn outside(&self) -> Vec<String> {
        let names = fs::read_dir(self.dir.path()).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<_> = names.map(|name| name.to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

/// Why an archive is refused. Nothing of it may lie outside the folder it was to go to.
fn problem(archive: &[u8]) -> String {
    let place = Place::new();
    let problem = match place.read(archive) {
        Err(Error::BadPackage { problem, .. }) => problem,
        other => panic!("expected a refusal, got {other:?}"),
    };
    assert_eq!(place.outside(), ["app", "app.zip"]);
    problem
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (path, content) in files {
        let file = dir.path().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, content).unwrap();
    }
    dir
}

fn packed(folder: &Path) -> Vec<u8> {
    let file = tempfile::tempdir().unwrap();
    let file = file.path().join("packed.zip");
    pack(folder, &file).unwrap();
    fs::read(file).unwrap()
}

#[test]
fn what_was_packed_comes_back_as_the_same_app() {
    let app = folder(&[
        ("mutiny.json", MANIFEST),
        ("index.html", "<h1>Hi</h1>"),
        ("img/grüße.svg", &"<svg/>".repeat(10_000)),
        ("empty", ""),
        (".git/config", "not part of it"),
    ]);
    let place = Place::new();
    let read = place.read(&packed(app.path())).unwrap();
    assert_eq!(read.to_view(), Package::open(app.path()).unwrap().to_view());
    assert_eq!(read.len(), 4);
}

#[test]
fn the_same_app_is_packed_to_the_same_bytes_wherever_and_whenever_it_is_packed() {
    let files = [("mutiny.json", MANIFEST), ("index.html", "<h1>Hi</h1>"), ("a/b.js", "1"), ("a.js", "2")];
    let (first, mut backwards) = (folder(&files), files);
    backwards.reverse();
    let second = folder(&backwards);
    fs::File::open(second.path().join("a.js")).unwrap().set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
    let bytes = packed(first.path());
    assert_eq!(bytes, packed(second.path()));
    assert_eq!(bytes, packed(first.path()));
}

#[test]
fn an_app_without_a_manifest_is_not_packed_and_leaves_no_file() {
    let (app, place) = (folder(&[("index.html", "")]), Place::new());
    let error = pack(app.path(), &place.file()).unwrap_err();
    assert!(error.to_string().contains("mutiny.json"), "{error}");
    assert_eq!(place.outside(), ["app"]);
}

#[test]
fn a_folder_packed_as_a_whole_is_the_app_inside() {
    let archive = Forged::default()
        .with("chat/mutiny.json", MANIFEST.as_bytes())
        .with("chat/index.html", b"Hi")
        .with("chat/img/a.svg", b"<svg/>")
        .with("__MACOSX/chat/._index.html", b"resource fork")
        .with("chat/.DS_Store", b"x");
    let place = Place::new();
    let app = place.read(&archive.done()).unwrap();
    assert_eq!(app.to_view().name, "Chat");
    assert_eq!(app.len(), 3);
}

#[test]
fn names_that_lead_out_are_refused_before_anything_is_written() {
    for name in [
        "../evil.txt",
        "img/../../evil.txt",
        "/evil.txt",
        "\\evil.txt",
        "..\\evil.txt",
        "img\\..\\..\\evil.txt",
        "C:/evil.txt",
        "C:evil.txt",
        "//host/share/evil.txt",
        "evil.txt\0.html",
        "a//evil.txt",
        "./evil.txt",
        "../",
    ] {
        let place = Place::new();
        let refused = place.read(&Forged::app().with(name, b"evil").done());
        assert!(matches!(refused, Err(Error::BadPackage { .. })), "{name:?}: {refused:?}");
        assert_eq!(place.outside(), ["app", "app.zip"], "{name:?}");
        assert_eq!(fs::read_dir(place.folder()).unwrap().count(), 0, "{name:?}");
    }
}

#[test]
fn a_name_that_is_no_text_is_refused() {
    let problem = problem(&Forged::app().bytes(b"caf\xe9.html", b"", Claim::honest(b"")).done());
    assert!(problem.contains("is not UTF-8"), "{problem}");
}

#[test]
fn links_and_devices_are_refused() {
    for mode in [0o120_777, 0o060_644, 0o010_644, 0o140_755] {
        let claim = Claim { mode, ..Claim::honest(b"/etc/passwd") };
        let problem = problem(&Forged::app().claiming("secret", b"/etc/passwd", claim).done());
        assert!(problem.contains("secret is a link, or no file"), "{mode:o}: {problem}");
    }
}

#[test]
fn a_name_that_is_there_twice_is_refused_also_in_other_letters() {
    for (name, expected) in [
        ("index.html", "one of its files is there twice."),
        ("INDEX.html", "INDEX.html differs from index.html only in upper and lower case."),
        ("index.html/x", "is the name of both a file and a folder"),
    ] {
        let problem = problem(&Forged::app().with(name, b"other").done());
        assert!(problem.contains(expected), "{problem}");
    }
}

#[test]
fn an_encrypted_one_is_refused() {
    let claim = Claim { flags: 1 | 1 << 11, ..Claim::honest(b"x") };
    let problem = problem(&Forged::app().claiming("secret", b"x", claim).done());
    assert!(problem.contains("encrypted"), "{problem}");
}

#[test]
fn another_way_of_packing_is_refused() {
    let claim = Claim { method: 93, ..Claim::honest(b"x") };
    let problem = problem(&Forged::app().claiming("a.js", b"x", claim).done());
    assert!(problem.contains("a.js is packed in a way"), "{problem}");
}

#[test]
fn one_part_of_several_is_refused() {
    let problem = problem(&Forged::app().end(1, 2));
    assert!(problem.contains("one part of several"), "{problem}");
}

#[test]
fn a_bomb_is_refused_by_what_it_claims() {
    let claim = Claim { size: u32::MAX, ..Claim::honest(b"x") };
    let problem = problem(&Forged::app().claiming("a.js", b"x", claim).done());
    assert!(problem.contains("larger than 1 GiB together"), "{problem}");
    assert!(u64::from(u32::MAX) > MAX_BYTES);
}

#[test]
fn a_bomb_is_refused_by_what_it_holds() {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("zeros", SimpleFileOptions::default()).unwrap();
    archive.write_all(&vec![0; 32 << 20]).unwrap();
    let problem = problem(&archive.finish().unwrap().into_inner());
    assert!(problem.contains("far more than it holds"), "{problem}");
}

#[test]
fn a_file_that_is_larger_or_smaller_than_claimed_is_refused() {
    for size in [3, 30] {
        let claim = Claim { size, ..Claim::honest(b"0123456789") };
        problem(&Forged::app().claiming("a.js", b"0123456789", claim).done());
    }
}

#[test]
fn too_many_files_are_refused() {
    let mut archive = Forged::app();
    for n in 0..=MAX_FILES {
        archive = archive.with(&format!("{n}"), b"");
    }
    let problem = problem(&archive.done());
    assert!(problem.contains("more than 20000 files"), "{problem}");
}

#[test]
fn a_count_that_is_not_true_is_refused_without_taking_memory() {
    problem(&Forged::app().end(0, 60_000));
}

#[test]
fn damage_is_noticed() {
    let whole = Forged::app().with("a.js", &[7; 1000]).done();
    let hit = whole.windows(1000).position(|bytes| bytes == [7; 1000]).unwrap();
    let mut flipped = whole.clone();
    flipped[hit + 500] ^= 1;
    assert!(problem(&flipped).contains("a.js is damaged"));
    for cut in [0, 1, 21, 22, whole.len() / 2, whole.len() - 1] {
        problem(&whole[..cut]);
    }
}

#[test]
fn an_app_is_still_judged_as_an_app() {
    let place = Place::new();
    let absurd = Forged::default().with("mutiny.json", b"{\"id\": 1}").with("index.html", b"");
    assert!(matches!(place.read(&absurd.done()), Err(Error::BadManifest { .. })));
    let place = Place::new();
    let empty = Forged::default().with("mutiny.json", MANIFEST.as_bytes());
    assert!(matches!(place.read(&empty.done()), Err(Error::NoEntry { .. })));
}

#[test]
fn no_file_is_an_error_that_names_it() {
    let place = Place::new();
    assert!(matches!(read(&place.file(), &place.folder()), Err(Error::MissingPackage(path)) if path == place.file()));
    assert!(matches!(read(place.dir.path(), &place.folder()), Err(Error::MissingPackage(_))));
}
