//! What a check found.

use std::fmt;
use std::path::{Path, PathBuf};

use mutiny_core::manifest::Place;
use serde::Serialize;

/// What a check found; serialized, it is what `mutiny check --json` prints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The folder, as it was given.
    pub folder: PathBuf,
    /// What the manifest says; none if there is no manifest that can be used.
    pub app: Option<App>,
    /// The package's content hash, if the folder can be read as one.
    pub hash: Option<String>,
    /// How many files the package has.
    pub files: usize,
    /// How many bytes they have together.
    pub bytes: u64,
    /// How many of the findings are errors.
    pub errors: usize,
    /// How many of the findings are warnings.
    pub warnings: usize,
    /// Everything that was found, by file and place.
    pub findings: Vec<Finding>,
}

/// What the manifest says of the app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct App {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Whether it certainly fails.
    pub severity: Severity,
    /// Stable, for programs.
    pub code: &'static str,
    /// The file, as a path in the package; `.` for the package as a whole.
    pub file: String,
    /// The line, from 1, where it has one.
    pub line: Option<usize>,
    /// The column in characters, from 1, where it has one.
    pub column: Option<usize>,
    /// What is wrong and what to do, in sentences.
    pub message: String,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It certainly fails.
    Error,
    /// It may fail, or is worth knowing.
    Warning,
}

impl Finding {
    pub(super) fn error(code: &'static str, file: &str, place: Option<Place>, what: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, file, place, what.into())
    }

    pub(super) fn warning(code: &'static str, file: &str, place: Option<Place>, what: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, file, place, what.into())
    }

    fn new(severity: Severity, code: &'static str, file: &str, place: Option<Place>, message: String) -> Self {
        let (line, column) = (place.map(|at| at.line), place.map(|at| at.column));
        Self { severity, code, file: file.to_owned(), line, column, message }
    }
}

impl Report {
    pub(super) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            app: None,
            hash: None,
            files: 0,
            bytes: 0,
            errors: 0,
            warnings: 0,
            findings: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, finding: Finding) {
        match finding.severity {
            Severity::Error => self.errors += 1,
            Severity::Warning => self.warnings += 1,
        }
        self.findings.push(finding);
    }

    pub(super) fn sort(&mut self) {
        self.findings.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
    }

    /// The report of an app that is to be given to others, and so needs a manifest.
    pub(crate) fn lacking_manifest(mut self) -> Self {
        for finding in
            self.findings.iter_mut().filter(|it| it.code == "no-manifest" && it.severity == Severity::Warning)
        {
            finding.severity = Severity::Error;
            self.warnings -= 1;
            self.errors += 1;
        }
        self
    }

    /// Whether the app can be opened, and has what it needs.
    pub fn is_good(&self) -> bool {
        self.errors == 0
    }
}

/// For a terminal: a line a finding, in the form that editors follow (`file:line:column: …`), and a summary.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.findings {
            let file = if finding.file == "." { self.folder.clone() } else { self.folder.join(&finding.file) };
            write!(f, "{}:", file.display())?;
            for number in [finding.line, finding.column].into_iter().flatten() {
                write!(f, "{number}:")?;
            }
            let severity = match finding.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            };
            writeln!(f, " {severity}: {} [{}]", finding.message, finding.code)?;
        }
        if !self.findings.is_empty() {
            writeln!(f)?;
        }
        if let Some(App { id, name, version }) = &self.app {
            write!(f, "{name} {version} ({id}): ")?;
        }
        writeln!(f, "{}, {}", count(self.files, "file"), size(self.bytes))?;
        match (self.errors, self.warnings) {
            (0, 0) => write!(f, "No problems found."),
            (errors, 0) => write!(f, "{}.", count(errors, "error")),
            (0, warnings) => write!(f, "{}.", count(warnings, "warning")),
            (errors, warnings) => write!(f, "{}, {}.", count(errors, "error"), count(warnings, "warning")),
        }
    }
}

/// `1 file`, `2 files`.
fn count(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}

/// A size as people say it.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..1_048_576 => format!("{} KiB", bytes.div_ceil(1024)),
        _ => format!("{:.1} MiB", bytes as f64 / 1_048_576.0),
    }
}
