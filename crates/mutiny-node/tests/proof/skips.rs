//! A proof that cannot be given is never silent.

use std::process::{Command, Output};

/// A proof that needs programs of the system, where there are none.
fn without_programs(note: &std::path::Path, may_skip: &str) -> Output {
    let proof = "discovery::peers_on_one_network_find_one_another_by_themselves_and_only_those_who_want_to_be_found";
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", proof]).env("PATH", "").env("MUTINY_SKIPPED", note).env("MUTINY_MAY_SKIP", may_skip);
    command.output().unwrap()
}

#[test]
fn what_this_machine_forbids_is_said_and_noted() {
    let home = tempfile::tempdir().unwrap();
    let note = home.path().join("skipped");
    let output = without_programs(&note, "yes");
    assert!(output.status.success());
    let noted = std::fs::read_to_string(note).unwrap();
    assert!(noted.starts_with("SKIPPED: finding one another by mDNS: ip: ") && noted.lines().count() == 1, "{noted}");
    assert!(String::from_utf8_lossy(&output.stderr).contains(&noted));
}

#[test]
fn where_nothing_may_be_skipped_that_is_a_failure() {
    let home = tempfile::tempdir().unwrap();
    assert!(!without_programs(&home.path().join("skipped"), "no").status.success());
}
