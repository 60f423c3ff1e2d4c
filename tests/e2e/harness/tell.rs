//! Starts of the program beside a host that runs, and what came of them.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitStatus, Output, Stdio};
use std::thread;
use std::time::Instant;

use tempfile::NamedTempFile;

use super::host::Host;
use super::processes::signal;
use super::wait::{PATIENCE, poll};

impl Host {
    /// Runs `mutiny … ARGUMENTS` beside it, as a person would in a terminal, and waits for its end.
    #[track_caller]
    pub(crate) fn tell(&self, arguments: &[&str]) -> Output {
        ended(self.command().args(arguments))
    }

    /// Like [`Host::tell`], with these arguments and no others.
    #[track_caller]
    pub(crate) fn tell_only(&self, arguments: &[&str]) -> Output {
        ended(self.program().args(arguments))
    }

    /// Like [`Host::tell_only`], where there is no display.
    #[track_caller]
    pub(crate) fn tell_without_display(&self, arguments: &[&str]) -> Output {
        ended(self.program().args(arguments).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY"))
    }

    /// Like [`Host::tell`], from a session in which the host that runs cannot be found.
    #[track_caller]
    pub(crate) fn tell_out_of_sight(&self, arguments: &[&str]) -> Output {
        ended(self.command().args(arguments).env("DBUS_SESSION_BUS_ADDRESS", "disabled:"))
    }

    /// Starts it, and once more with these arguments while the first has its profile and cannot be found yet: it is halted
    /// until the second has looked for it in vain. Returns how the second ended.
    #[track_caller]
    pub(crate) fn start_twice(&self, arguments: &[&str]) -> ExitStatus {
        let said = NamedTempFile::new().expect("a log");
        let mut second = self.command();
        second.args(arguments).env("MUTINY_LOG", "mutiny_desktop::single=debug").stderr(said.reopen().expect("a log"));
        let lock = self.lock();
        let second = thread::spawn(move || {
            let first = held_by(&lock);
            signal(first, "STOP");
            let mut second = second.spawn().expect("mutiny run");
            let read = || fs::read_to_string(said.path()).unwrap_or_default();
            let waits = poll(|| match read().contains("the other start is not on the bus yet") {
                true => Ok(()),
                false => Err(format!("the second start does not wait for the first. It said: {}", read())),
            });
            signal(first, "CONT");
            let end = poll(|| second.try_wait().ok().flatten().ok_or_else(|| "it still runs".to_owned()));
            let _ = second.kill();
            waits.and(end).unwrap_or_else(|why| panic!("{why}"))
        });
        self.start();
        second.join().expect("the second start")
    }
}

/// The process that holds a profile's lock, as soon as one does.
fn held_by(lock: &Path) -> u32 {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(holder) = fs::read_to_string(lock).ok().and_then(|text| text.trim().parse().ok()) {
            return holder;
        }
        assert!(Instant::now() < deadline, "nobody holds {}", lock.display());
        std::hint::spin_loop();
    }
}

/// Runs a command that is to end by itself, and soon.
#[track_caller]
pub(super) fn ended(command: &mut Command) -> Output {
    let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("mutiny run");
    let end = poll(|| match process.try_wait() {
        Ok(Some(_)) => Ok(()),
        _ => Err("it still runs".to_owned()),
    });
    if end.is_err() {
        let _ = process.kill();
    }
    let output = process.wait_with_output().expect("what it wrote");
    assert!(end.is_ok(), "{command:?} did not end. It said: {}", String::from_utf8_lossy(&output.stderr));
    output
}
