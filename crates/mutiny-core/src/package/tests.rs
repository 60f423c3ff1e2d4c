#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::time::{Duration, SystemTime};

use tempfile::TempDir;

use super::*;

impl Package {
    fn hash(&self) -> &str {
        &self.hash
    }

    /// The paths of all files, in order.
    fn files(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }
}

/// A folder with these files, in a folder of its own so that there is an outside.
struct Folder {
    parent: TempDir,
}

impl Folder {
    fn with(files: &[(&str, &str)]) -> Self {
        let folder = Self { parent: tempfile::tempdir().unwrap() };
        fs::create_dir(folder.path()).unwrap();
        for (path, content) in files {
            folder.write(path, content);
        }
        folder
    }

    fn app() -> Self {
        Self::with(&[("index.html", "<h1>Hi</h1>")])
    }

    fn path(&self) -> PathBuf {
        self.parent.path().join("app")
    }

    fn write(&self, path: &str, content: &str) {
        let file = self.path().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, content).unwrap();
    }

    /// Makes a file look as if it was written long ago.
    fn age(&self, path: &str) {
        let file = File::options().write(true).open(self.path().join(path)).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000)).unwrap();
    }

    #[cfg(unix)]
    fn link(&self, path: &str, target: impl AsRef<Path>) {
        let _ = fs::remove_file(self.path().join(path));
        std::os::unix::fs::symlink(target, self.path().join(path)).unwrap();
    }

    fn open(&self) -> Result<Package> {
        Package::open(&self.path())
    }

    fn problem(&self) -> String {
        match self.open() {
            Err(Error::BadPackage { problem, .. }) => problem,
            other => panic!("expected a bad package, got {other:?}"),
        }
    }
}

fn text(package: &Package, url_path: &str) -> String {
    String::from_utf8(package.read(url_path).unwrap().0).unwrap()
}

fn is_missing(package: &Package, url_path: &str) -> bool {
    matches!(package.resolve(url_path), Err(Error::NoSuchFile(path)) if path == url_path)
        && matches!(package.read(url_path), Err(Error::NoSuchFile(path)) if path == url_path)
}

#[test]
fn an_app_is_its_files() {
    let folder = Folder::with(&[
        ("index.html", "<h1>Hi</h1>"),
        ("js/app.mjs", "export {}"),
        ("docs/index.html", "docs"),
        ("\u{4f60}\u{597d} 50%.txt", "hello"),
        ("%2e%2e.txt", "oddly named"),
    ]);
    let package = folder.open().unwrap();
    assert_eq!(
        package.files().collect::<Vec<_>>(),
        ["%2e%2e.txt", "docs/index.html", "index.html", "js/app.mjs", "\u{4f60}\u{597d} 50%.txt"]
    );
    for (url_path, content) in [
        ("/", "<h1>Hi</h1>"),
        ("/index.html", "<h1>Hi</h1>"),
        ("/js/app.mjs", "export {}"),
        ("/js/%61pp.mjs", "export {}"),
        ("/docs/", "docs"),
        ("/%E4%BD%A0%E5%A5%BD%2050%25.txt", "hello"),
        ("/\u{4f60}\u{597d} 50%.txt", "hello"),
        ("/%252e%252e.txt", "oddly named"),
    ] {
        assert_eq!(text(&package, url_path), content, "{url_path}");
    }
    let (_, media_type) = package.read("/js/app.mjs").unwrap();
    assert_eq!(media_type, "text/javascript; charset=utf-8");
    assert_eq!(package.resolve("/docs/").unwrap(), package.root().join("docs").join("index.html"));
}

#[test]
fn no_path_leads_out_of_the_folder() {
    let folder = Folder::with(&[("index.html", ""), ("a/b.txt", "b"), (".env", "secret"), (".git/config", "secret")]);
    fs::write(folder.parent.path().join("secret.txt"), "secret").unwrap();
    let package = folder.open().unwrap();
    let absolute = folder.parent.path().join("secret.txt");
    for url_path in [
        "",
        "index.html",
        "//",
        "//index.html",
        "/a",
        "/a/",
        "/a//b.txt",
        "/a/./b.txt",
        "/a/../index.html",
        "/../secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e/secret.txt",
        "/%2E%2E%2Fsecret.txt",
        "/.%2e/secret.txt",
        "/%252e%252e/secret.txt",
        "/%25%32%65%25%32%65/secret.txt",
        "/..%252fsecret.txt",
        "/..%5csecret.txt",
        "/..\\secret.txt",
        "/a/..%5c..%5csecret.txt",
        "/..;/secret.txt",
        "/%c0%ae%c0%ae/secret.txt",
        "/%e0%80%ae%e0%80%ae/secret.txt",
        "/%uff0e%uff0e/secret.txt",
        "/\u{ff0e}\u{ff0e}/secret.txt",
        "/a%2fb.txt",
        "/index.html%00",
        "/index.html%00.js",
        "/index.html\0",
        "/index.html/",
        "/index.html?x",
        "/index.html#x",
        "/INDEX.HTML",
        "/.env",
        "/.git/config",
        "/C:/Windows/win.ini",
        "/etc/passwd",
        "//etc/passwd",
        "/file:///etc/passwd",
        absolute.to_str().unwrap(),
    ] {
        assert!(is_missing(&package, url_path), "{url_path:?} was served");
    }
}

#[test]
fn a_folder_that_cannot_be_an_app_is_named() {
    let folder = Folder::with(&[]);
    assert!(matches!(folder.open(), Err(Error::NoEntry { entry, .. }) if entry == "index.html"));
    let missing = folder.path().join("missing");
    assert!(matches!(Package::open(&missing), Err(Error::MissingFolder(path)) if path == missing));
    folder.write("file", "");
    for file in ["file", "file/below"] {
        assert!(matches!(Package::open(&folder.path().join(file)), Err(Error::MissingFolder(_))));
    }
    folder.write("mutiny.json", r#"{"id": "a", "name": "A", "version": "1.0.0", "entry": "main.html"}"#);
    assert!(matches!(folder.open(), Err(Error::NoEntry { entry, .. }) if entry == "main.html"));
    folder.write("mutiny.json", "{");
    assert!(matches!(folder.open(), Err(Error::BadManifest { .. })));
}

#[test]
fn the_manifest_says_what_opens_and_what_is_shown() {
    let folder = Folder::with(&[
        (
            "mutiny.json",
            r#"{"id": "org.example.a", "name": "A", "version": "1.0.0", "entry": "pages/main.html", "permissions": ["peers"]}"#,
        ),
        ("pages/main.html", "main"),
    ]);
    let package = folder.open().unwrap();
    assert_eq!(text(&package, "/"), "main");
    for (url_path, entry) in [("/", true), ("/pages/main.html", true), ("/mutiny.json", false), ("/none", false)] {
        assert_eq!(package.is_entry(url_path), entry, "{url_path}");
    }
    let app = package.to_view();
    assert_eq!(
        app,
        view::App {
            id: "org.example.a".into(),
            name: "A".into(),
            version: "1.0.0".into(),
            description: None,
            hash: package.hash().into(),
            accepts: view::Accepts::Invited,
            permissions: vec!["peers".into()],
        }
    );
}

#[test]
fn hidden_files_and_dependencies_are_no_part_of_an_app() {
    let folder = Folder::app();
    let hash = folder.open().unwrap().hash().to_owned();
    for path in [".env", ".git/HEAD", "node_modules/x/index.js", "sub/node_modules/y.js", "sub/.hidden/z.js"] {
        folder.write(path, "x");
    }
    let package = folder.open().unwrap();
    assert_eq!(package.files().collect::<Vec<_>>(), ["index.html"]);
    assert_eq!(package.hash(), hash);
}

#[test]
fn the_hash_is_the_content_and_nothing_else() {
    let files = [("index.html", "a"), ("b/c.txt", "c")];
    let first = Folder::with(&files).open().unwrap();
    let second = Folder::with(&[files[1], files[0]]).open().unwrap();
    assert_eq!(first.hash(), second.hash());
    // Computed apart from this program, from the description of the hash.
    assert_eq!(first.hash(), "sha256-6ed7e7f41b1acc882352555e27fc94434dbeae48b4000879a9519609dc02da89");
    for other in [
        &[("index.html", "a"), ("b/c.txt", "C")][..],
        &[("index.html", "a"), ("b/C.txt", "c")],
        &[("index.html", "ac"), ("b/c.txt", "")],
        &[("index.html", "a"), ("b/c.txt", "c"), ("d", "")],
        &[("index.html", "a")],
    ] {
        assert_ne!(Folder::with(other).open().unwrap().hash(), first.hash(), "{other:?}");
    }
}

#[test]
fn a_reload_sees_what_was_edited() {
    let folder = Folder::app();
    let mut package = folder.open().unwrap();
    assert!(!package.reload().unwrap());

    // The same length and within the same second: the time of the change cannot tell.
    folder.write("index.html", "<h1>Ho</h1>");
    assert!(package.reload().unwrap());
    assert_eq!(text(&package, "/"), "<h1>Ho</h1>");

    folder.write("new.js", "");
    assert!(is_missing(&package, "/new.js"));
    assert!(package.reload().unwrap());
    assert_eq!(text(&package, "/new.js"), "");

    fs::remove_file(folder.path().join("new.js")).unwrap();
    assert!(matches!(package.read("/new.js"), Err(Error::NoSuchFile(_))));
    assert!(package.reload().unwrap());
    assert_eq!(package.hash(), folder.open().unwrap().hash());
}

#[test]
fn a_reload_does_not_hash_again_what_looks_the_same() {
    let folder = Folder::with(&[("index.html", ""), ("big.bin", "old content")]);
    folder.age("big.bin");
    let mut package = folder.open().unwrap();
    folder.write("big.bin", "new content");
    folder.age("big.bin");
    assert!(!package.reload().unwrap(), "same length and time: not read again");
    folder.write("big.bin", "new content");
    assert!(package.reload().unwrap());
}

#[test]
fn a_failed_reload_changes_nothing() {
    let folder = Folder::app();
    let mut package = folder.open().unwrap();
    let hash = package.hash().to_owned();
    folder.write("mutiny.json", "{");
    assert!(matches!(package.reload(), Err(Error::BadManifest { .. })));
    assert_eq!(package.hash(), hash);
    assert_eq!(text(&package, "/"), "<h1>Hi</h1>");
    fs::remove_dir_all(folder.path()).unwrap();
    assert!(matches!(package.reload(), Err(Error::MissingFolder(_))));
}

#[test]
fn an_absurd_folder_is_refused() {
    let folder = Folder::app();
    let file = File::create(folder.path().join("huge.bin")).unwrap();
    file.set_len(MAX_BYTES + 1).unwrap();
    assert!(folder.problem().contains("larger than 1 GiB"));

    let folder = Folder::app();
    for n in 0..MAX_FILES {
        File::create(folder.path().join(n.to_string())).unwrap();
    }
    assert!(folder.problem().contains("more than 20000 files"));

    let folder = Folder::app();
    folder.write(&format!("{}x", "d/".repeat(MAX_DEPTH)), "");
    folder.open().unwrap();
    folder.write(&format!("{}x", "d/".repeat(MAX_DEPTH + 1)), "");
    assert!(folder.problem().contains("too deeply"));
}

#[test]
fn the_folder_may_be_a_link_itself() {
    #[cfg(unix)]
    {
        let folder = Folder::app();
        let link = folder.parent.path().join("link");
        std::os::unix::fs::symlink(folder.path(), &link).unwrap();
        let package = Package::open(&link).unwrap();
        assert_eq!(package.root(), fs::canonicalize(folder.path()).unwrap());
    }
}

#[cfg(unix)]
#[test]
fn links_within_the_folder_are_files_like_others() {
    let folder = Folder::with(&[("index.html", ""), ("lib/v2/a.js", "a")]);
    folder.link("lib/latest", "v2");
    folder.link("a.js", "lib/v2/a.js");
    folder.link("b.js", folder.path().join("a.js"));
    let package = folder.open().unwrap();
    assert_eq!(package.files().collect::<Vec<_>>(), ["a.js", "b.js", "index.html", "lib/latest/a.js", "lib/v2/a.js"]);
    for url_path in ["/a.js", "/b.js", "/lib/latest/a.js"] {
        assert_eq!(text(&package, url_path), "a", "{url_path}");
    }
}

#[cfg(unix)]
#[test]
fn links_that_leave_the_app_are_named() {
    let outside = |folder: &Folder| {
        fs::write(folder.parent.path().join("secret.txt"), "secret").unwrap();
        fs::create_dir_all(folder.parent.path().join("app-two")).unwrap();
    };
    for (target, expected) in [
        ("../secret.txt", "not part of the app"),
        ("..", "not part of the app"),
        ("../app-two", "not part of the app"),
        ("/etc/passwd", "not part of the app"),
        ("/", "not part of the app"),
        (".env", "not part of the app"),
        ("missing", "leads nowhere"),
        ("link", "leads nowhere"),
        (".", "leads back"),
    ] {
        let folder = Folder::with(&[("index.html", ""), (".env", "secret")]);
        outside(&folder);
        folder.link("link", target);
        let problem = folder.problem();
        assert!(problem.contains("link link ") && problem.contains(expected), "{target} gave {problem}");
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_became_a_link_out_is_not_served() {
    let folder = Folder::with(&[("index.html", ""), ("a.txt", "a"), ("dir/b.txt", "b")]);
    let outside = folder.parent.path().join("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("b.txt"), "secret").unwrap();
    let package = folder.open().unwrap();

    folder.link("a.txt", outside.join("b.txt"));
    assert!(matches!(package.read("/a.txt"), Err(Error::NoSuchFile(_))));

    fs::remove_dir_all(folder.path().join("dir")).unwrap();
    folder.link("dir", &outside);
    assert!(matches!(package.read("/dir/b.txt"), Err(Error::NoSuchFile(_))));

    fs::remove_file(folder.path().join("index.html")).unwrap();
    fs::create_dir(folder.path().join("index.html")).unwrap();
    assert!(matches!(package.read("/"), Err(Error::NoSuchFile(_))));
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_named() {
    let folder = Folder::app();
    let _socket = std::os::unix::net::UnixListener::bind(folder.path().join("socket")).unwrap();
    assert!(folder.problem().contains("socket is neither a file nor a folder"));
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_no_url_can_hold_are_refused() {
    use std::os::unix::ffi::OsStrExt;

    for (name, expected) in
        [(&b"caf\xe9.txt"[..], "is not UTF-8"), (b"a\\b", "has a backslash"), (b"a\nb", "has a control character")]
    {
        let folder = Folder::app();
        File::create(folder.path().join(std::ffi::OsStr::from_bytes(name))).unwrap();
        let problem = folder.problem();
        assert!(problem.contains(expected), "{problem}");
    }
}

#[test]
fn a_page_in_a_folder_opens_where_it_lies() {
    assert_eq!(Folder::app().open().unwrap().entry_path(), "/");
    let manifest = r#"{"id":"org.example.a","name":"A","version":"1.0.0","entry":"my pages/start#1.html"}"#;
    let package = Folder::with(&[("mutiny.json", manifest), ("my pages/start#1.html", "")]).open().unwrap();
    assert_eq!(package.entry_path(), "/my%20pages/start%231.html");
    assert!(package.is_entry(&package.entry_path()));
}
