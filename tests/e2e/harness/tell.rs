//! Starts of the program beside a host that runs, and what came of them.

use std::fs;
use std::process::{Command, Output, Stdio};
use std::thread;

use super::host::Host;
use super::wait::poll;

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

    /// Starts it, and once more with these arguments before anybody could find the first; returns how the second ended.
    #[track_caller]
    pub(crate) fn start_twice(&self, arguments: &[&str]) -> Output {
        let mut second = self.command();
        second.args(arguments);
        let lock = self.lock();
        let second = thread::spawn(move || {
            while fs::read_to_string(&lock).unwrap_or_default().is_empty() {
                std::hint::spin_loop();
            }
            ended(&mut second)
        });
        self.start();
        second.join().expect("the second start")
    }
}

/// Runs a command that is to end by itself, and soon.
#[track_caller]
fn ended(command: &mut Command) -> Output {
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
