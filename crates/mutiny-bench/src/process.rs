//! What a process uses, as Linux tells it.

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
    let kibibytes = |field: &str| -> Result<f64> {
        let line = status.lines().find_map(|line| line.strip_prefix(field));
        let number = line.and_then(|rest| rest.split_whitespace().next()).and_then(|text| text.parse::<f64>().ok());
        Ok(number.ok_or_else(|| format!("/proc/self/status does not tell {field}"))? / 1024.0)
    };
    Ok(Usage { memory: kibibytes("VmRSS:")?, peak: kibibytes("VmHWM:")?, cpu: cpu() })
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
