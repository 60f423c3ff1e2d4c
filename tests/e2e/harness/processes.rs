//! A host's processes, as the system lists them.

use std::collections::BTreeSet;
use std::fs;
use std::process::{Child, Command};
use std::time::Duration;

use super::host::Host;
use super::poll;

impl Host {
    /// The processes in which the web engine runs this host's pages.
    #[track_caller]
    pub(crate) fn page_processes(&self) -> BTreeSet<u32> {
        let host = self.process_id();
        let processes = fs::read_dir("/proc").expect("/proc").flatten();
        let ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
        ids.filter(|id| is_page_of(*id, host)).collect()
    }

    /// For how long processes have computed so far.
    #[track_caller]
    pub(crate) fn computed_by(&self, pages: &BTreeSet<u32>) -> Duration {
        assert!(!pages.is_empty(), "{} has no such page", self.name());
        let ticks = |id: &u32| {
            let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
            let (_, rest) = stat.rsplit_once(") ").unwrap_or_default();
            // Behind the name: state, parent, …, and as the 12th and 13th what it computed itself and what the system did for it.
            rest.split(' ').skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>()
        };
        // A hundred a second, on every Linux that matters.
        Duration::from_millis(10 * pages.iter().map(ticks).sum::<u64>())
    }

    /// Waits until none of these pages runs any more.
    #[track_caller]
    pub(crate) fn is_rid_of(&self, pages: &BTreeSet<u32>) {
        assert!(!pages.is_empty(), "{} has no such page", self.name());
        let gone = poll(|| {
            let left: Vec<_> = pages.iter().filter(|id| runs(**id)).collect();
            if left.is_empty() { Ok(()) } else { Err(format!("{left:?} run on")) }
        });
        gone.unwrap_or_else(|why| panic!("{}'s pages: {why}", self.name()));
    }

    /// Kills pages, as a lack of memory or a mistake in the web engine would.
    #[track_caller]
    pub(crate) fn kill_pages(&self, pages: &BTreeSet<u32>) {
        assert!(!pages.is_empty(), "{} has no such page", self.name());
        for page in pages {
            signal(*page, "KILL");
        }
        self.lets_pages_die();
        self.drive_anew();
    }
}

/// Whether a process runs, and has not merely not been buried yet.
fn runs(id: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
}

fn is_page_of(id: u32, host: u32) -> bool {
    let Ok(stat) = fs::read_to_string(format!("/proc/{id}/stat")) else { return false };
    // The name is in brackets, and cut; after it come the state and the parent.
    let Some((name, rest)) = stat.rsplit_once(") ") else { return false };
    name.ends_with("(WebKitWebProces") && rest.split(' ').nth(1) == Some(host.to_string().as_str())
}

/// Asks a process to end.
pub(super) fn terminate(process: &Child) {
    signal(process.id(), "TERM");
}

/// Sends a process a signal.
pub(super) fn signal(process: u32, signal: &str) {
    let sent = Command::new("kill").args([&format!("-{signal}"), &process.to_string()]).status();
    assert!(sent.is_ok_and(|status| status.success()), "process {process} cannot be sent SIG{signal}");
}
