//! A terminal: a shell that runs what a person types, command after command.

use std::fs::{self, File, Permissions};
use std::io::Write;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

use tempfile::TempDir;

use super::host::Host;
use super::loopback;
use super::program::program;
use super::wait::poll;

/// A shell in a home of its own. It begins in a folder that stands for Mutiny's source, where `make run` and
/// `target/debug/mutiny` are what was built already: on loopback, and with windows that a test can drive. Whatever it
/// started ends with this value.
pub(crate) struct Terminal {
    shell: Child,
    keyboard: ChildStdin,
    home: TempDir,
    /// Where the windows of each person can be driven.
    inspectors: Vec<(&'static str, SocketAddr)>,
    typed: usize,
}

impl Terminal {
    /// A terminal from which these people's hosts will be started, by their profiles.
    #[track_caller]
    pub(crate) fn of(people: &[&Host]) -> Self {
        let home = TempDir::with_prefix("mutiny-terminal-").expect("a home");
        let source = home.path().join("mutiny");
        let inspectors: Vec<_> = people.iter().map(|person| (person.name(), loopback::free_address())).collect();
        let listens = people.iter().map(|person| person.listens());
        lay_out(
            &source,
            inspectors.iter().zip(listens).map(|((name, inspector), listens)| (*name, *inspector, listens)),
        );

        let screen = File::create(home.path().join("screen")).expect("a screen");
        let mut command = Command::new("bash");
        command.args(["--noprofile", "--norc", "-e"]).current_dir(&source).env("HOME", home.path());
        for variable in ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "MAKEFLAGS", "MAKELEVEL", "MFLAGS"] {
            command.env_remove(variable);
        }
        // A group of its own, so that all of it can be ended at once.
        command.process_group(0).stdin(Stdio::piped()).stdout(screen.try_clone().expect("a screen")).stderr(screen);
        let mut shell = command.spawn().expect("bash");
        let keyboard = shell.stdin.take().expect("its input");
        Self { shell, keyboard, home, inspectors, typed: 0 }
    }

    /// A file or folder, by its path from the person's home.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.home.path().join(path)
    }

    /// Types commands, waits until each has succeeded or runs in the background, and returns what was printed meanwhile.
    #[track_caller]
    pub(crate) fn types(&mut self, commands: &str) -> String {
        self.typed += 1;
        let before = self.screen().len();
        let prompt = format!("prompt {}\n", self.typed);
        write!(self.keyboard, "{commands}\necho {prompt}").expect("it is typed");
        let printed = poll(|| match self.screen()[before..].split_once(&prompt) {
            Some((printed, _)) => Ok(printed.to_owned()),
            None => Err("no prompt".to_owned()),
        });
        printed
            .unwrap_or_else(|why| panic!("{why} after\n{commands}\nThe terminal shows:\n{}", &self.screen()[before..]))
    }

    /// Waits for the windows that were opened from here, so that their person can use them.
    #[track_caller]
    pub(crate) fn brings_up_windows_of(&self, person: &Host) {
        let (_, inspector) =
            self.inspectors.iter().find(|(name, _)| *name == person.name()).expect("one of this terminal's people");
        person.drive(*inspector);
    }

    fn screen(&self) -> String {
        fs::read(self.path("screen")).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }
}

/// Writes what stands for the source: a Makefile, and the program, which adds to what is typed only what keeps it on this
/// machine and open to the test.
fn lay_out(source: &Path, people: impl Iterator<Item = (&'static str, SocketAddr, SocketAddr)>) {
    let built = source.join("target/debug");
    fs::create_dir_all(&built).expect("a folder");
    fs::write(source.join("Makefile"), "run:\n\t@target/debug/mutiny $(ARGS)\n").expect("a Makefile");
    let cases: String = people
        .map(|(name, inspector, listens)| {
            let (ip, port) = (listens.ip(), listens.port());
            format!(
                "*' --profile {name} '*)\n\
                 export TAURI_WEBVIEW_AUTOMATION=true WEBKIT_INSPECTOR_SERVER={inspector}\n\
                 set -- --listen /ip4/{ip}/tcp/{port} \"$@\" ;;\n"
            )
        })
        .collect();
    let program = program();
    let program = program.display();
    let script = format!("#!/bin/sh\ncase \" $* \" in\n{cases}esac\nexec '{program}' --no-mdns \"$@\"\n");
    let file = built.join("mutiny");
    fs::write(&file, script).expect("a script");
    fs::set_permissions(&file, Permissions::from_mode(0o755)).expect("a script that can be run");
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("--- what the terminal shows ---\n{}", self.screen());
        }
        // Its own group: the shell, and what it left running.
        let group = format!("-{}", self.shell.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.shell.wait();
        // As in `Host`: the web engine's processes may still write for a moment.
        let _ = poll(|| fs::remove_dir_all(self.home.path()).map_err(|error| error.to_string()));
    }
}
