//! A test in a process of its own, in a network of its own: only loopback, and a name server that this test plays.
//!
//! What the walls let through stays in there, and even a question to a name server is seen.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::process::{Command, Stdio};
use std::{env, fs, thread};

use super::kit::sink::{self, Sink};
use crate::harness::{is_a_test, poll, skipped};

/// Says that this is the inner process; `network` if it has a network of its own.
const ALONE: &str = "MUTINY_E2E_ALONE";
/// The walls to take down, as the host reads it.
const WALLS_DOWN: &str = "MUTINY_TEST_WALLS_DOWN";

/// Names below this exist nowhere (RFC 6761).
const ZONE: &str = "mutiny.invalid";

/// Brings up loopback, gives it the name server's address, and runs the rest.
const NETWORK: &str = "ip link set lo up && ip address add \"$1\" dev lo; shift; exec \"$@\"";

/// Runs the calling test, `name`, again in a process of its own with these walls down. True in there; elsewhere it comes back
/// with false when that process has passed.
#[track_caller]
pub(super) fn alone(name: &str, walls_down: &str) -> bool {
    if env::var_os(ALONE).is_some() {
        return true;
    }
    let test = format!("windows::hostile::{name}");
    is_a_test(&test);
    let program = env::current_exe().expect("this program");
    let mut command = if can_be_alone() {
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--net", "--", "sh", "-c", NETWORK, "sh"]);
        command.arg(name_server().map_or("127.0.0.1".to_owned(), |ip| ip.to_string())).arg(program);
        command.env(ALONE, "network");
        command
    } else {
        let mut command = Command::new(program);
        command.env(ALONE, "process");
        command
    };
    let status = command
        .args(["--exact", &test, "--nocapture"])
        .env(WALLS_DOWN, walls_down)
        .status()
        .expect("the test run again");
    assert!(status.success(), "it failed in its own network: {status}");
    false
}

fn can_be_alone() -> bool {
    let tried = Command::new("unshare")
        .args(["--map-root-user", "--net", "--", "ip", "link", "set", "lo", "up"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    tried.is_ok_and(|status| status.success())
}

/// The name server that programs on this machine ask.
fn name_server() -> Option<IpAddr> {
    let config = fs::read_to_string("/etc/resolv.conf").ok()?;
    config.lines().find_map(|line| line.strip_prefix("nameserver")?.trim().parse().ok())
}

/// Plays the name server with `sink`. A zone to ask for, if questions do arrive here; none for a test that is not alone, and
/// none that is not said where they cannot.
pub(super) fn play_name_server(sink: &Sink) -> Option<&'static str> {
    let network = env::var_os(ALONE)? == "network";
    let heard = if network { hear_names(sink) } else { Err("no network of one's own (unshare, ip)".to_owned()) };
    match heard {
        Ok(()) => Some(ZONE),
        Err(why) => {
            skipped("a question to a name server is heard without the walls, and is not asked within them", &why);
            None
        }
    }
}

fn hear_names(sink: &Sink) -> Result<(), String> {
    let server = name_server().ok_or("/etc/resolv.conf names no name server")?;
    sink.listen_at(SocketAddr::new(server, 53)).map_err(|why| format!("port 53 of {server}: {why}"))?;
    // Nobody answers, so the one who asks is left behind.
    thread::spawn(|| format!("check.{ZONE}:80").to_socket_addrs().map(drop));
    poll(|| sink::of("check", &sink.noticed()).map(drop).ok_or_else(|| format!("{server} was not asked")))
}
