//! Networks that a test has for itself, in a process of its own: loopback, and addresses that are near nobody.

use std::env;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::{Command, Stdio};

use super::skipped;

/// Says that this is the process with networks of its own.
const INSIDE: &str = "MUTINY_E2E_NETWORKS";

/// What runs a program with networks of its own. All of them end in it. An address of 198.51.100.0/24 (RFC 5737) is this machine's,
/// and none of its interfaces is on that network: whoever calls from there calls from far away.
const NETWORKS: [&str; 6] = [
    "--map-root-user",
    "--net",
    "--",
    "sh",
    "-c",
    "ip link set lo up && ip route add local 198.51.100.0/24 dev lo && exec \"$@\"",
];

/// Runs the calling test again where it has networks of its own. True in there; elsewhere it comes back with false when the
/// test has passed in there, or cannot be run so on this machine.
#[track_caller]
pub(crate) fn in_networks_of_its_own(test: &str) -> bool {
    if env::var_os(INSIDE).is_some() {
        return true;
    }
    let inside = |program: &str| {
        let mut command = Command::new("unshare");
        command.args(NETWORKS).args(["sh", program]);
        command
    };
    let tried = inside("true").stdout(Stdio::null()).output();
    let why = tried.map_or_else(|why| why.to_string(), |tried| String::from_utf8_lossy(&tried.stderr).into_owned());
    if !why.is_empty() {
        skipped(test, &why);
        return false;
    }
    is_a_test(test);
    let program = env::current_exe().expect("this program");
    let status = inside(program.to_str().expect("a path in UTF-8"))
        .args(["--exact", test, "--nocapture"])
        .env(INSIDE, "yes")
        .status()
        .expect("the test run again");
    assert!(status.success(), "it failed in networks of its own: {status}");
    false
}

/// Asserts that there is a test of this name in this program: one that is run again by a name of none would pass.
#[track_caller]
pub(crate) fn is_a_test(name: &str) {
    let program = env::current_exe().expect("this program");
    let listed = Command::new(program).args(["--list", "--exact", name]).output().expect("the names of tests");
    let listed = String::from_utf8_lossy(&listed.stdout);
    assert!(listed.contains(&format!("{name}: test")), "there is no test “{name}”");
}

/// An address far away, of a person by this name. Only in networks of the test's own.
pub(super) fn far_address(name: &str) -> SocketAddr {
    let last = name.as_bytes().first().copied().unwrap_or(1);
    SocketAddr::new(IpAddr::V4(Ipv4Addr::new(198, 51, 100, last)), 10_000)
}
