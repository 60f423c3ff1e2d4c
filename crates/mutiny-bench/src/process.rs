//! What a process uses, as Linux tells it.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;

use serde::{Deserialize, Serialize};

use crate::Result;

/// What this process uses.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Usage {
    /// Resident memory, in MiB.
    pub(crate) memory: f64,
    /// The most of it since [`forget_peak`].
    pub(crate) peak: f64,
    /// Time of all threads on a CPU, in seconds.
    pub(crate) cpu: f64,
}

/// What this process uses now.
pub(crate) fn usage() -> Result<Usage> {
    let status = read("/proc/self/status")?;
    Ok(Usage { memory: mebibytes(&status, "VmRSS:")?, peak: mebibytes(&status, "VmHWM:")?, cpu: cpu() })
}

/// What a process was seen to use from outside: one that is asked wakes up for that, and is not idle.
pub(crate) struct Seen {
    /// Resident memory, in MiB.
    pub(crate) memory: f64,
    /// Time on a CPU of each thread that there is, by its id, in seconds.
    threads: HashMap<OsString, f64>,
}

impl Seen {
    /// Looks at a process.
    pub(crate) fn of(process: u32) -> Result<Self> {
        let mut threads = HashMap::new();
        for thread in fs::read_dir(format!("/proc/{process}/task"))? {
            let thread = thread?;
            // One that has ended meanwhile has nothing more to tell.
            let Ok(times) = fs::read_to_string(thread.path().join("schedstat")) else { continue };
            let nanoseconds = times.split_whitespace().next().and_then(|first| first.parse::<f64>().ok());
            threads.insert(thread.file_name(), nanoseconds.ok_or("the kernel does not count threads' time")? / 1e9);
        }
        let status = read(&format!("/proc/{process}/status"))?;
        Ok(Self { memory: mebibytes(&status, "VmRSS:")?, threads })
    }

    /// Time on a CPU since then, of the threads that are left, in seconds.
    pub(crate) fn cpu_since(&self, then: &Self) -> f64 {
        self.threads.iter().map(|(thread, now)| now - then.threads.get(thread).copied().unwrap_or(0.0)).sum()
    }
}

fn mebibytes(status: &str, field: &str) -> Result<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    let number = line.and_then(|rest| rest.split_whitespace().next()).and_then(|text| text.parse::<f64>().ok());
    Ok(number.ok_or_else(|| format!("the system does not tell {field}"))? / 1024.0)
}

/// Begins a new peak.
pub(crate) fn forget_peak() -> Result<()> {
    fs::write("/proc/self/clear_refs", "5")
        .map_err(|error| format!("the memory's peak cannot be reset: {error}").into())
}

/// Of all threads, also of those that have ended: counted thread by thread, a process could seem to have used less than before.
fn cpu() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

fn read(path: &str) -> Result<String> {
    fs::read_to_string(path)
        .map_err(|error| format!("{path}: {error} (memory and CPU can be read on Linux only)").into())
}
