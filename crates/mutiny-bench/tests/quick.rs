//! The harness runs, and its results have the form that others read. How fast anything is, is no test's business.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs, unreachable_pub)]

use std::process::Command;

use serde_json::Value;

#[path = "../../../tests/common/skipped.rs"]
mod skipped;

fn quick(arms: &[&str]) -> Vec<Value> {
    quick_and_said(arms).0
}

/// The results, and what was said on the way.
fn quick_and_said(arms: &[&str]) -> (Vec<Value>, String) {
    let out = tempfile::TempDir::new().unwrap();
    let mut bench = Command::new(env!("CARGO_BIN_EXE_mutiny-bench"));
    bench.arg("--quick").arg("--out").arg(out.path()).arg("--docs").arg(out.path());
    bench.args(arms.iter().flat_map(|arm| ["--only", arm]));
    let output = bench.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    assert!(!out.path().join("benchmarks.md").exists(), "a quick run writes no page");
    let rows: Vec<Value> =
        serde_json::from_str(&std::fs::read_to_string(out.path().join("results.json")).unwrap()).unwrap();
    let table = String::from_utf8(output.stdout).unwrap();
    for row in &rows {
        assert!(table.contains(row["name"].as_str().unwrap()), "{row} is not in the table");
    }
    (rows, said)
}

/// Each row has these and no other keys, and a verdict exactly where it has a goal.
fn assert_form(rows: &[Value]) {
    for row in rows {
        let keys: Vec<_> = row.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["name", "value", "unit", "ratio", "goal", "met"]);
        assert!(row["value"].is_number() && row["unit"].is_string(), "{row}");
        assert!(row["ratio"].is_null() || row["ratio"].is_number(), "{row}");
        assert_eq!(row["goal"].is_null(), row["met"].is_null(), "{row}");
        assert!(row["met"].is_null() || row["met"].is_boolean(), "{row}");
    }
}

#[test]
fn floors_are_measured_and_judge_nothing() {
    let rows = quick(&["floors"]);
    assert_form(&rows);
    let names: Vec<_> = rows.iter().map(|row| row["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["floor.fsync", "floor.stream.round-trip"]);
}

#[test]
fn one_message_on_an_idle_pair_is_judged_by_its_ratio() {
    let rows = quick(&["single"]);
    assert_form(&rows);
    let single = rows.iter().find(|row| row["name"] == "single.idle.p50").unwrap();
    assert_eq!(single["goal"], "ratio <= 1.5");
    assert_eq!(single["met"].as_bool().unwrap(), single["ratio"].as_f64().unwrap() <= 1.5);
}

#[test]
fn what_is_written_by_sql_fits_the_tables_of_today() {
    let rows = quick(&["durable", "depth"]);
    assert_form(&rows);
    let durable = rows.iter().filter(|row| row["name"].as_str().unwrap().starts_with("durable.")).count();
    assert_eq!(durable, 6);
}

#[test]
fn windows_are_judged_by_a_bare_window() {
    let (rows, said) = quick_and_said(&["desktop"]);
    if rows.is_empty() {
        // Without a display, or where only this package was built.
        skipped::skipped("windows beside bare ones", said.split_once("Skipped: ").unwrap().1);
        return;
    }
    assert_form(&rows);
    let judged = rows.iter().filter(|row| !row["goal"].is_null()).map(|row| {
        let most: f64 = row["goal"].as_str().unwrap().strip_prefix("ratio <= ").unwrap().parse().unwrap();
        assert_eq!(row["met"].as_bool().unwrap(), row["ratio"].as_f64().unwrap() <= most, "{row}");
        (row["name"].as_str().unwrap(), most)
    });
    assert_eq!(
        judged.collect::<Vec<_>>(),
        [
            ("desktop.start.new", 1.3),
            ("desktop.start.again", 1.3),
            ("desktop.memory.first", 1.3),
            ("desktop.memory.further", 1.3),
            ("desktop.send", 2.0),
        ]
    );
}
