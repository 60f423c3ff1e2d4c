//! Programs of the system that set the stage, and take it down again.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs a program to its end. An error is what it said.
pub fn run(line: &[&str]) -> Result<(), String> {
    let output = Command::new(line[0]).args(&line[1..]).output().map_err(|error| format!("{}: {error}", line[0]))?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() { Ok(()) } else { Err(format!("{}: {said}", line.join(" "))) }
}

/// A small file system of its own, until dropped.
pub struct SmallDisk(PathBuf);

impl SmallDisk {
    pub fn mount(at: &Path, size: &str) -> Result<Self, String> {
        std::fs::create_dir_all(at).map_err(|error| error.to_string())?;
        run(&["mount", "-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs", at.to_str().unwrap()])?;
        Ok(Self(at.to_owned()))
    }

    /// Fills what is left of it.
    pub fn fill(&self) {
        use std::io::Write;
        let mut file = std::fs::File::options().create(true).append(true).open(self.ballast()).unwrap();
        // A byte at a time in the end, so that nothing is left.
        for size in [1 << 16, 1 << 12, 1] {
            while file.write_all(&vec![b'x'; size]).is_ok() {}
        }
    }

    /// Frees it again.
    pub fn free(&self) {
        std::fs::remove_file(self.ballast()).unwrap();
    }

    fn ballast(&self) -> PathBuf {
        self.0.join("ballast")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a host that was just killed may not be quite gone.
        let _ = run(&["umount", "-l", self.0.to_str().unwrap()]);
    }
}

/// Two network namespaces with a cable between them and no way out, until dropped.
pub struct Cable([String; 2]);

impl Cable {
    /// `whose` tells it from others of this process.
    pub fn lay(whose: &str) -> Result<Self, String> {
        let names = ["a", "b"].map(|end| format!("mutiny-{whose}-{}-{end}", std::process::id()));
        run(&["ip", "netns", "add", &names[0]])?;
        let cable = Self(names);
        let [a, b] = &cable.0;
        run(&["ip", "netns", "add", b])?;
        run(&["ip", "-n", a, "link", "add", "cable", "type", "veth", "peer", "name", "cable", "netns", b])?;
        for (end, name) in cable.0.iter().enumerate() {
            run(&["ip", "-n", name, "link", "set", "lo", "up"])?;
            cable.address("add", end, end)?;
            cable.link(end, "up")?;
        }
        Ok(cable)
    }

    /// The name of the namespace at one end.
    pub fn net(&self, end: usize) -> &str {
        &self.0[end]
    }

    /// The address with this number.
    pub fn ip(number: usize) -> String {
        format!("10.77.0.{}", number + 1)
    }

    /// `add`s or `del`etes an address.
    pub fn address(&self, what: &str, end: usize, number: usize) -> Result<(), String> {
        run(&["ip", "-n", self.net(end), "address", what, &format!("{}/24", Self::ip(number)), "dev", "cable"])
    }

    /// Sets one end `up` or `down`.
    pub fn link(&self, end: usize, state: &str) -> Result<(), String> {
        run(&["ip", "-n", self.net(end), "link", "set", "cable", state])
    }

    /// Loses so many of a hundred packets that arrive at either end, one at least.
    pub fn lose(&self, percent: u32) -> Result<(), String> {
        let last = (percent - 1).to_string();
        for net in &self.0 {
            let nft = ["ip", "netns", "exec", net.as_str(), "nft"];
            run(&[&nft[..], &["add", "table", "inet", "loss"]].concat())?;
            let chain = "{ type filter hook input priority 0; }";
            run(&[&nft[..], &["add", "chain", "inet", "loss", "input", chain]].concat())?;
            let rule = ["add", "rule", "inet", "loss", "input", "iifname", "cable"];
            let random = ["numgen", "random", "mod", "100", "<=", last.as_str(), "drop"];
            run(&[&nft[..], &rule, &random].concat())?;
        }
        Ok(())
    }

    /// Loses no more.
    pub fn mend(&self) -> Result<(), String> {
        self.0.iter().try_for_each(|net| run(&["ip", "netns", "exec", net, "nft", "delete", "table", "inet", "loss"]))
    }
}

impl Drop for Cable {
    fn drop(&mut self) {
        for name in &self.0 {
            // The second may never have been made.
            let _ = run(&["ip", "netns", "delete", name]);
        }
    }
}
