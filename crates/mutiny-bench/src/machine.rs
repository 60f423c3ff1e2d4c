//! What was measured on.

use std::fs;
use std::path::Path;
use std::process::Command;

/// The machine in a few lines, name and value.
pub(crate) fn describe(out: &Path) -> Vec<(&'static str, String)> {
    let unknown = || "unknown".to_owned();
    let cpus = std::thread::available_parallelism().map_or(0, usize::from);
    vec![
        ("Processor", format!("{}, {cpus} cores", field("/proc/cpuinfo", "model name").unwrap_or_else(unknown))),
        ("Memory", memory().unwrap_or_else(unknown)),
        ("System", system().unwrap_or_else(unknown)),
        ("File system", file_system(out).unwrap_or_else(unknown)),
        ("SQLite", rusqlite::version().to_owned()),
        ("Mutiny", output("git", &["describe", "--always", "--dirty"]).unwrap_or_else(unknown)),
        ("Load average before", load().unwrap_or_else(unknown)),
    ]
}

/// The three load averages.
pub(crate) fn load() -> Option<String> {
    let text = fs::read_to_string("/proc/loadavg").ok()?;
    Some(text.split_whitespace().take(3).collect::<Vec<_>>().join(", "))
}

fn field(path: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.trim_start_matches([':', ' ', '\t']).trim().to_owned())
}

fn memory() -> Option<String> {
    let kibibytes: f64 = field("/proc/meminfo", "MemTotal")?.split_whitespace().next()?.parse().ok()?;
    Some(format!("{:.0} GiB", kibibytes / 1024.0 / 1024.0))
}

fn system() -> Option<String> {
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").ok()?;
    let name = field("/etc/os-release", "PRETTY_NAME=").unwrap_or_default();
    Some(format!("{}, Linux {}", name.trim_matches('"'), kernel.trim()))
}

fn file_system(out: &Path) -> Option<String> {
    let path = out.to_str()?;
    let text = output("df", &["--output=fstype,source", path])?;
    let line = text.lines().nth(1)?;
    Some(line.split_whitespace().collect::<Vec<_>>().join(" on "))
}

fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
