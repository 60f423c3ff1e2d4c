//! `mutiny node`: hands over to `mutiny-node`, the peer without windows, which loads neither a window system nor a web
//! engine.

use std::env::consts::EXE_SUFFIX;
use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// `EX_UNAVAILABLE` of `sysexits.h`.
pub(crate) const UNAVAILABLE: u8 = 69;

/// Runs `mutiny-node` with these arguments in place of this program.
pub(crate) fn run(args: &[OsString]) -> ExitCode {
    let node = match beside() {
        Ok(node) => node,
        Err(sentence) => return fail(&sentence),
    };
    match become_or_run(Command::new(&node).args(args)) {
        Ok(code) => code,
        Err(error) => fail(&format!("{} cannot be started: {error}.", node.display())),
    }
}

/// The program, beside this one or on the PATH; or a sentence that says where to get it.
pub(crate) fn beside() -> Result<PathBuf, String> {
    let own = std::env::current_exe().unwrap_or_default();
    find(&own, std::env::var_os("PATH").as_deref()).ok_or_else(|| {
        "mutiny-node is neither beside this program nor on the PATH. Install it there, or build it with \
         `cargo build -p mutiny-node`."
            .to_owned()
    })
}

/// The program beside `own`, or else the first one on the `path`.
fn find(own: &Path, path: Option<&OsStr>) -> Option<PathBuf> {
    let name = format!("mutiny-node{EXE_SUFFIX}");
    let beside = own.parent().map(Path::to_owned);
    let others = path.map(std::env::split_paths).into_iter().flatten();
    beside.into_iter().chain(others).map(|folder| folder.join(&name)).find(|file| file.is_file())
}

/// The same process, so that signals, input and output are its own.
#[cfg(unix)]
fn become_or_run(command: &mut Command) -> std::io::Result<ExitCode> {
    Err(std::os::unix::process::CommandExt::exec(command))
}

#[cfg(not(unix))]
fn become_or_run(command: &mut Command) -> std::io::Result<ExitCode> {
    let code = command.status()?.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.unwrap_or(u8::MAX).into())
}

fn fail(sentence: &str) -> ExitCode {
    // A terminal that is gone is no reason to fail differently.
    let _ = writeln!(std::io::stderr(), "mutiny: {sentence}");
    UNAVAILABLE.into()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_one_beside_this_program_comes_first() {
        let home = tempfile::tempdir().unwrap();
        let name = format!("mutiny-node{EXE_SUFFIX}");
        let [beside, elsewhere] = ["bin", "path"].map(|folder| home.path().join(folder));
        for folder in [&beside, &elsewhere] {
            std::fs::create_dir(folder).unwrap();
        }
        let own = beside.join("mutiny");
        assert_eq!(find(&own, Some(elsewhere.as_os_str())), None);
        std::fs::write(elsewhere.join(&name), "").unwrap();
        assert_eq!(find(&own, Some(elsewhere.as_os_str())), Some(elsewhere.join(&name)));
        std::fs::write(beside.join(&name), "").unwrap();
        assert_eq!(find(&own, Some(elsewhere.as_os_str())), Some(beside.join(&name)));
    }
}
