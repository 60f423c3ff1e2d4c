//! The tools as commands of a command line.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::check::check;
use crate::new::{App, Kind};
use crate::pack::{Outcome, pack};
use crate::{Error, Result};

const NEW_EXAMPLES: &str = "\
Examples:
  mutiny new my-app                   A folder ./my-app that runs as it is
  mutiny new ~/apps/chess --name \"Chess\" --id org.example.chess
  mutiny new my-app --typescript      With TypeScript and Vite

Then:
  mutiny open my-app";

const CHECK_EXAMPLES: &str = "\
Examples:
  mutiny check my-app                 What is wrong with the app, by file, line and column
  mutiny check my-app --strict        Warnings count as errors
  mutiny check my-app --json          For programs

The exit code is 0 if there are no errors, 1 if there are, 66 if there is no such folder.";

const PACK_EXAMPLES: &str = "\
Examples:
  mutiny pack my-app                  Writes my-app-1.0.0.zip into this folder
  mutiny pack my-app --output ~/out/chess.zip
  mutiny pack my-app --json           For programs

The same content makes the same file, byte for byte, and has the same hash wherever it is opened. An app with errors
is not packed: the exit code is 1 then, and nothing was written.

Then:
  mutiny open my-app-1.0.0.zip";

/// A tool, to be flattened into a command line's subcommands.
#[derive(Debug, Subcommand, PartialEq, Eq)]
#[non_exhaustive]
pub enum Command {
    /// Begin a new app: a folder that runs
    #[command(after_help = NEW_EXAMPLES)]
    New(NewArgs),
    /// Say what is wrong with an app: its manifest, missing files, what the walls refuse
    #[command(after_help = CHECK_EXAMPLES)]
    Check(CheckArgs),
    /// Make one file of an app, to give to others
    #[command(after_help = PACK_EXAMPLES)]
    Pack(PackArgs),
}

/// What `new` takes.
#[derive(Args, Debug, PartialEq, Eq)]
pub struct NewArgs {
    /// The folder to make; its last part becomes the app's name
    folder: PathBuf,
    /// What people call the app
    #[arg(long)]
    name: Option<String>,
    /// Names the app wherever it runs; begin with a domain of yours, backwards
    #[arg(long)]
    id: Option<String>,
    /// Write TypeScript, built with Vite
    #[arg(long)]
    typescript: bool,
}

/// What `check` takes.
#[derive(Args, Debug, PartialEq, Eq)]
pub struct CheckArgs {
    /// The app's folder
    folder: PathBuf,
    /// Print {folder, app, hash, files, bytes, errors, warnings, findings}
    #[arg(long)]
    json: bool,
    /// Count warnings as errors
    #[arg(long)]
    strict: bool,
}

/// What `pack` takes.
#[derive(Args, Debug, PartialEq, Eq)]
pub struct PackArgs {
    /// The app's folder
    folder: PathBuf,
    /// The file to write, instead of one in this folder that is named after the app
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Print {file, app, hash, files, bytes, packed}
    #[arg(long)]
    json: bool,
}

impl Command {
    /// Does it, and says what happened: what was asked for on standard output, why not on standard error. Relative paths
    /// begin at `cwd`.
    pub fn run(&self, cwd: &Path) -> ExitCode {
        let outcome = match self {
            Self::New(args) => args.run(cwd),
            Self::Check(args) => args.run(cwd),
            Self::Pack(args) => args.run(cwd),
        };
        outcome.unwrap_or_else(|error| {
            // A terminal that is gone is no reason to fail differently.
            let _ = writeln!(std::io::stderr(), "mutiny: {error}");
            error.exit_code().into()
        })
    }
}

impl NewArgs {
    fn run(&self, cwd: &Path) -> Result<ExitCode> {
        let kind = if self.typescript { Kind::TypeScript } else { Kind::Plain };
        let app = App::named(&cwd.join(&self.folder), self.name.as_deref(), self.id.as_deref(), kind)?;
        app.write()?;
        let shown = quoted(&self.folder);
        let next = match kind {
            Kind::Plain => format!("  mutiny open {shown}"),
            Kind::TypeScript => format!("  cd {shown}\n  npm install\n  npm run build\n  mutiny open dist"),
        };
        say(&format!(
            "{} ({}) is in {}. Open it with\n\n{next}\n\nand read its README.md.",
            app.name(),
            app.id(),
            self.folder.display()
        ))
    }
}

impl CheckArgs {
    fn run(&self, cwd: &Path) -> Result<ExitCode> {
        let mut report = check(&cwd.join(&self.folder))?;
        report.folder.clone_from(&self.folder);
        if self.json {
            say(&format!("{:#}", serde_json::json!(report)))?;
        } else {
            say(&report.to_string())?;
        }
        let good = report.is_good() && !(self.strict && report.warnings > 0);
        Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

impl PackArgs {
    fn run(&self, cwd: &Path) -> Result<ExitCode> {
        match pack(&cwd.join(&self.folder), self.output.as_deref(), cwd)? {
            Outcome::Packed(packed) => {
                say(&if self.json { format!("{:#}", serde_json::json!(packed)) } else { packed.to_string() })
            }
            Outcome::Refused(mut report) => {
                report.folder.clone_from(&self.folder);
                // As in `run`, a terminal that is gone changes nothing.
                let _ = writeln!(std::io::stderr(), "{report}\nNothing was packed.");
                Ok(ExitCode::FAILURE)
            }
        }
    }
}

fn say(text: &str) -> Result<ExitCode> {
    match writeln!(std::io::stdout(), "{text}") {
        // Nobody reads any more: `mutiny check | head`.
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Error::Io { path: "the terminal".into(), doing: "written", source: error })
        }
        _ => Ok(ExitCode::SUCCESS),
    }
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let shown = OsString::from(path).to_string_lossy().into_owned();
    let plain = shown.chars().all(|c| c.is_alphanumeric() || "/._-~".contains(c));
    if plain { shown } else { format!("'{}'", shown.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_can_be_pasted_into_a_shell() {
        assert_eq!(quoted(Path::new("../my-app")), "../my-app");
        assert_eq!(quoted(Path::new("Ana's app")), r"'Ana'\''s app'");
    }
}
