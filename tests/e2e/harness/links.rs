//! Links that are clicked in another program, and whom the desktop has open them.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use super::host::Host;
use super::program::program;
use super::tell::ended;

/// What the bundler makes of `tauri.conf.json`, as far as links go by it.
const ENTRY: &str =
    "[Desktop Entry]\nType=Application\nName=Mutiny\nExec=mutiny %u\nMimeType=x-scheme-handler/mutiny;\n";

/// What the package says of the program that is tested; the same in short where it was not packaged.
fn entry() -> String {
    let packaged = program().ancestors().nth(2).map(|root| root.join("share/applications/Mutiny.desktop"));
    packaged.and_then(|file| fs::read_to_string(file).ok()).unwrap_or_else(|| ENTRY.to_owned())
}

impl Host {
    /// The person's desktop hears of the program, as it does when the package is installed.
    #[track_caller]
    pub(crate) fn is_installed(&self) {
        let applications = self.home().join("data/applications");
        fs::create_dir_all(&applications).expect("a folder for programs");
        fs::write(applications.join("Mutiny.desktop"), entry()).expect("an entry");
        // What is on the path by this name is this host's, on loopback.
        let command = self.command();
        let words = [command.get_program()].into_iter().chain(command.get_args());
        let line: Vec<String> = words.map(|word| format!("'{}'", word.to_str().expect("UTF-8"))).collect();
        let script = self.programs().join("mutiny");
        fs::create_dir_all(self.programs()).expect("a folder for programs");
        fs::write(&script, format!("#!/bin/sh\nexec {} \"$@\"\n", line.join(" "))).expect("a program");
        fs::set_permissions(&script, PermissionsExt::from_mode(0o755)).expect("a program");
        self.desktop(&["xdg-mime", "default", "Mutiny.desktop", "x-scheme-handler/mutiny"]);
    }

    /// A link is clicked in another program, which hands it to the desktop.
    #[track_caller]
    pub(crate) fn clicks_elsewhere(&self, link: &str) {
        self.desktop(&["xdg-open", link]);
    }

    fn programs(&self) -> PathBuf {
        self.home().join("bin")
    }

    #[track_caller]
    fn desktop(&self, line: &[&str]) {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = [self.programs()].into_iter().chain(std::env::split_paths(&path));
        let path = std::env::join_paths(path).expect("a path");
        let output = ended(
            self.of_person(line[0])
                .args(&line[1..])
                .env("PATH", path)
                // Whatever desktop these tests are run from, they are not on it.
                .env_remove("XDG_CURRENT_DESKTOP")
                .env_remove("DESKTOP_SESSION"),
        );
        assert!(output.status.success(), "{line:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
