//! `mutiny pack`: one file of an app, to give to others.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::check::{App, Report, check, size};
use crate::{Error, Result};

/// What came of packing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The file is there.
    Packed(Packed),
    /// The app has errors, and nothing was written.
    Refused(Report),
}

/// A package file; serialized, it is what `mutiny pack --json` prints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Packed {
    /// The file.
    pub file: PathBuf,
    /// What the manifest says.
    pub app: App,
    /// The package's content hash, by which others know it.
    pub hash: String,
    /// How many files it has.
    pub files: usize,
    /// How many bytes they have together.
    pub bytes: u64,
    /// How many bytes the package file has.
    pub packed: u64,
    /// What its developer should know before giving it away, as sentences.
    pub notes: Vec<String>,
}

/// Checks the app in `folder`, and packs it into `output`: relative to `cwd`, and where it is left out, a file there that
/// is named after the app.
///
/// # Errors
/// Where the folder cannot be read or the file not be written. What is wrong with the app is an [`Outcome`].
pub fn pack(folder: &Path, output: Option<&Path>, cwd: &Path) -> Result<Outcome> {
    let report = check(folder)?;
    let Some(app) = report.app.clone().filter(|_| report.is_good()) else {
        return Ok(Outcome::Refused(report.lacking_manifest()));
    };
    let name = output.map_or_else(|| file_name(&app).into(), Path::to_owned);
    let file = cwd.join(&name);
    if lies_in(&file, folder) {
        return Err(Error::InsideApp(name));
    }
    let packed = mutiny_core::pack(folder, &file)?;
    let length = fs::metadata(&file).map_err(|source| Error::Io { path: file.clone(), doing: "read", source })?.len();
    let mut notes = Vec::new();
    if report.warnings > 0 {
        notes.push(format!("There are {} warnings: `mutiny check` shows them.", report.warnings));
    }
    if app.id.starts_with("org.example.") {
        notes.push(format!(
            "The id {} is one for trying out. Before others use the app, give it one that begins with a domain of yours, backwards.",
            app.id
        ));
    }
    Ok(Outcome::Packed(Packed {
        file: name,
        app,
        hash: packed.app.hash,
        files: packed.files,
        bytes: packed.bytes,
        packed: length,
        notes,
    }))
}

/// `org.example.chess` in version 1.2.0 as `chess-1.2.0.zip`.
fn file_name(app: &App) -> String {
    let last = app.id.rsplit('.').next().unwrap_or(&app.id);
    format!("{last}-{}.zip", app.version)
}

/// Whether a file that may not be there yet would lie in `folder`.
fn lies_in(file: &Path, folder: &Path) -> bool {
    let parent = file.parent().and_then(|parent| fs::canonicalize(parent).ok());
    let folder = fs::canonicalize(folder).ok();
    parent.zip(folder).is_some_and(|(parent, folder)| parent.starts_with(folder))
}

impl fmt::Display for Packed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let App { id, name, version } = &self.app;
        writeln!(f, "{name} {version} ({id}) is in {}.", self.file.display())?;
        writeln!(f, "{} files, {}, packed into {}.", self.files, size(self.bytes), size(self.packed))?;
        write!(f, "{}", self.hash)?;
        for note in &self.notes {
            write!(f, "\n\nNote: {note}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;

    /// An app whose files were written in this order.
    fn app(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let content = match *file {
                "mutiny.json" => r#"{ "id": "org.example.chess", "name": "Chess", "version": "1.2.0" }"#.to_owned(),
                other => format!("/* {other} */"),
            };
            fs::write(folder.path().join(file), content).unwrap();
        }
        folder
    }

    fn packed(folder: &Path, output: &Path) -> Packed {
        match pack(folder, Some(output), Path::new("/")).unwrap() {
            Outcome::Packed(packed) => packed,
            Outcome::Refused(report) => panic!("{report}"),
        }
    }

    #[test]
    fn the_same_content_makes_the_same_file() {
        let (one, two) = (app(&["mutiny.json", "index.html", "a.css"]), app(&["a.css", "index.html", "mutiny.json"]));
        let long_ago = SystemTime::now() - Duration::from_secs(1_000_000);
        fs::File::options().write(true).open(two.path().join("a.css")).unwrap().set_modified(long_ago).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(two.path().join("a.css"), fs::Permissions::from_mode(0o755)).unwrap();
        }
        fs::write(two.path().join(".hidden"), "no part of it").unwrap();
        let out = tempfile::tempdir().unwrap();
        let [first, second] = ["1.zip", "2.zip"].map(|name| out.path().join(name));
        let (a, b) = (packed(one.path(), &first), packed(two.path(), &second));
        assert_eq!(fs::read(&first).unwrap(), fs::read(&second).unwrap());
        assert_eq!((&a.hash, a.files), (&b.hash, 3));
        assert_eq!(Some(a.hash), check(one.path()).unwrap().hash);

        fs::write(two.path().join("a.css"), "changed").unwrap();
        assert_ne!(packed(two.path(), &second).hash, b.hash);
        assert_ne!(fs::read(&first).unwrap(), fs::read(&second).unwrap());
    }

    #[test]
    fn a_file_is_named_after_the_app() {
        let (folder, cwd) = (app(&["mutiny.json", "index.html"]), tempfile::tempdir().unwrap());
        let Outcome::Packed(packed) = pack(folder.path(), None, cwd.path()).unwrap() else { panic!("refused") };
        assert_eq!(packed.file, Path::new("chess-1.2.0.zip"));
        assert!(cwd.path().join("chess-1.2.0.zip").is_file());
        assert!(packed.notes.iter().any(|note| note.contains("one for trying out")));
    }

    #[test]
    fn what_has_errors_is_not_packed() {
        let out = tempfile::tempdir().unwrap();
        let file = out.path().join("x.zip");
        for files in [&["mutiny.json"][..], &["index.html"][..]] {
            let folder = app(files);
            let Outcome::Refused(report) = pack(folder.path(), Some(&file), Path::new("/")).unwrap() else {
                panic!("packed")
            };
            assert!(!report.is_good(), "{report}");
        }
        assert_eq!(fs::read_dir(out.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_package_never_holds_itself() {
        let folder = app(&["mutiny.json", "index.html"]);
        let inside = pack(folder.path(), None, folder.path());
        assert!(matches!(inside, Err(Error::InsideApp(_))), "{inside:?}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }
}
