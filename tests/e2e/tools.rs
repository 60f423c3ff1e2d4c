//! The tools of an app's developer, from the command line: none needs a display.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::harness::{Host, refused, skipped};
use serde_json::Value;
use tempfile::TempDir;

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What it printed, after it ended with this code.
#[track_caller]
fn printed(output: &Output, code: i32) -> String {
    assert_eq!(output.status.code(), Some(code), "{}{}", text(&output.stdout), text(&output.stderr));
    assert_eq!(text(&output.stderr), "");
    text(&output.stdout)
}

/// A developer at a terminal, and a folder to work in.
struct Developer {
    host: Host,
    home: TempDir,
}

impl Developer {
    fn new() -> Self {
        Self { host: Host::new("ana"), home: TempDir::new().expect("a temporary folder") }
    }

    fn path(&self, name: &str) -> String {
        self.home.path().join(name).to_str().expect("a path in UTF-8").to_owned()
    }

    /// `mutiny ARGUMENTS`, where there is no display.
    #[track_caller]
    fn tell(&self, arguments: &[&str]) -> Output {
        self.host.tell_without_display(arguments)
    }
}

#[test]
fn each_tool_explains_itself_with_examples() {
    let ana = Developer::new();
    for (tool, example) in [
        ("new", "mutiny new my-app --typescript"),
        ("check", "mutiny check my-app --json"),
        ("pack", "mutiny pack my-app --output"),
        ("node", "| mutiny node"),
    ] {
        let said = printed(&ana.tell(&[tool, "--help"]), 0);
        assert!(said.contains(&format!("Usage: mutiny {tool}")) && said.contains(example), "{said}");
    }
}

#[test]
fn a_new_app_passes_the_check_and_is_never_written_over() {
    let ana = Developer::new();
    let app = ana.path("my-app");
    let said = printed(&ana.tell(&["new", &app]), 0);
    assert!(said.contains("My app (org.example.my-app) is in") && said.contains("mutiny open "), "{said}");
    let said = printed(&ana.tell(&["check", &app, "--strict"]), 0);
    assert!(said.contains("My app 0.1.0 (org.example.my-app)") && said.contains("No problems found."), "{said}");

    let script = Path::new(&app).join("main.js");
    fs::write(&script, "// mine").expect("a change");
    refused(&ana.tell(&["new", &app]), 73, "is there already, and nothing in it was changed");
    assert_eq!(fs::read_to_string(&script).expect("still there"), "// mine");
}

#[test]
fn names_that_will_not_do_are_refused() {
    let ana = Developer::new();
    let app = ana.path("app");
    refused(&ana.tell(&["new", &app, "--id", "my app"]), 64, "will not do as the app's id");
    refused(&ana.tell(&["new", &app, "--name", ""]), 64, "will not do as the app's name");
    refused(&ana.tell(&["new"]), 64, "<FOLDER>");
    assert!(!Path::new(&app).exists());
}

#[test]
fn a_check_names_each_problem_with_its_place() {
    let ana = Developer::new();
    let app = ana.path("app");
    printed(&ana.tell(&["new", &app]), 0);
    let page =
        "<!doctype html>\n<script src=\"https://cdn.example/x.js\"></script>\n<a href=\"https://example.org\">x</a>\n";
    fs::write(Path::new(&app).join("index.html"), page).expect("a page");

    let said = printed(&ana.tell(&["check", &app]), 1);
    assert!(
        said.contains("index.html:2:14: error: The walls around apps refuse this script from https://cdn.example/x.js"),
        "{said}"
    );
    assert!(said.contains("index.html:3:10: warning: ") && said.ends_with("1 error, 1 warning.\n"), "{said}");

    let report: Value = serde_json::from_str(&printed(&ana.tell(&["check", &app, "--json"]), 1)).expect("JSON");
    assert_eq!((&report["errors"], &report["warnings"]), (&1.into(), &1.into()));
    assert_eq!((&report["findings"][0]["code"], &report["findings"][0]["line"]), (&"remote-script".into(), &2.into()));

    fs::write(Path::new(&app).join("index.html"), page.replace("https://cdn.example/x.js", "main.js")).expect("a page");
    printed(&ana.tell(&["check", &app]), 0);
    printed(&ana.tell(&["check", &app, "--strict"]), 1);
    refused(&ana.tell(&["check", &ana.path("none")]), 66, "There is no folder at");
}

#[test]
fn an_app_is_packed_the_same_every_time_and_only_without_errors() {
    let ana = Developer::new();
    let (app, one, two) = (ana.path("app"), ana.path("one.zip"), ana.path("two.zip"));
    printed(&ana.tell(&["new", &app, "--id", "org.mutiny.test.app"]), 0);
    let said = printed(&ana.tell(&["pack", &app, "--output", &one]), 0);
    assert!(said.contains("App 0.1.0 (org.mutiny.test.app) is in") && said.contains("\nsha256-"), "{said}");
    let report: Value =
        serde_json::from_str(&printed(&ana.tell(&["pack", &app, "-o", &two, "--json"]), 0)).expect("JSON");
    assert!(said.contains(report["hash"].as_str().expect("a hash")), "{said}");
    assert_eq!(fs::read(&one).expect("a file"), fs::read(&two).expect("a file"));

    refused(&ana.tell(&["pack", &app, "-o", &format!("{app}/app.zip")]), 64, "lies in the app's own folder");
    refused(&ana.tell(&["pack", &ana.path("none")]), 66, "There is no folder at");
    fs::remove_file(Path::new(&app).join("main.js")).expect("a file less");
    let three = ana.path("three.zip");
    refused(&ana.tell(&["pack", &app, "-o", &three]), 1, "Nothing was packed.");
    assert!(!Path::new(&three).exists());
}

#[test]
fn a_node_runs_in_place_of_the_program() {
    let ana = Developer::new();
    let output = ana.tell(&["--profile", "../elsewhere", "node"]);
    if output.status.code() == Some(69) {
        return skipped("mutiny node", "mutiny-node was not built (`cargo build -p mutiny-node`)");
    }
    refused(&output, 64, "cannot be a profile's name");
    // Its input has ended before it begins.
    let said = printed(
        &ana.tell(&["--data-dir", &ana.path("data"), "--no-mdns", "--listen", "/ip4/127.0.0.1/tcp/0", "node"]),
        0,
    );
    let ready: Value = serde_json::from_str(said.lines().next().unwrap_or_default()).expect("a line of JSON");
    assert_eq!(ready["event"]["type"], "ready");
}
