//! What `mutiny-bench` reads from the bare window. Needs a display, which `scripts/headless` gives.

#![allow(clippy::unwrap_used, missing_docs)]

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

#[test]
fn it_says_when_a_window_can_be_used_and_what_an_empty_command_costs() {
    let home = tempfile::tempdir().unwrap();
    let mut program = Command::new(env!("CARGO_BIN_EXE_mutiny-bench-window"))
        .arg("2")
        .env("XDG_DATA_HOME", home.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = program.stdin.take().unwrap();
    let mut lines = BufReader::new(program.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert_eq!(lines.next().unwrap(), "usable window-1");
    let measured = lines.next().unwrap();
    let milliseconds: Vec<f64> = serde_json::from_str(measured.strip_prefix("measured ").unwrap()).unwrap();
    assert_eq!(milliseconds.len(), 2);
    assert!(milliseconds.iter().all(|each| *each > 0.0), "{measured}");
    input.write_all(b"\n").unwrap();
    assert_eq!(lines.next().unwrap(), "usable window-2");
    drop(input);
    assert!(program.wait().unwrap().success());
}
