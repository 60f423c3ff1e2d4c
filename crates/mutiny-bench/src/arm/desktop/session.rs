//! A display and a D-Bus session that nobody else uses: `scripts/headless`, held open.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::Result;

/// The session ends with this value.
pub(super) struct Session {
    holder: Child,
    environment: Vec<(String, String)>,
}

impl Session {
    /// Begins one; fails where the machine has no Xvfb or no D-Bus.
    pub(super) fn open() -> Result<Self> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/headless");
        // Tells its environment, then stays until its input ends.
        let mut holder = Command::new(script)
            .args(["sh", "-c", "env -0; printf '\\0'; exec cat >&2"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut said = BufReader::new(holder.stdout.take().ok_or("scripts/headless has no output")?);
        let mut environment = Vec::new();
        loop {
            let mut entry = Vec::new();
            if said.read_until(0, &mut entry)? == 0 {
                holder.wait()?;
                return Err("scripts/headless finds no display; `scripts/setup bench` installs what it needs".into());
            }
            entry.pop();
            let Ok(entry) = String::from_utf8(entry) else { continue };
            match entry.split_once('=') {
                Some((name, value)) => environment.push((name.to_owned(), value.to_owned())),
                None => return Ok(Self { holder, environment }),
            }
        }
    }

    /// A program of this session, with its person's home, and what programs keep in `data`.
    pub(super) fn command(&self, program: &Path, home: &Path, data: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .env("HOME", home)
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_CACHE_HOME", home.join("cache"))
            .env("XDG_DATA_HOME", data);
        command
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        drop(self.holder.stdin.take());
        // It ends by itself then.
        let _ = self.holder.wait();
    }
}
