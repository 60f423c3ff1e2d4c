//! The tools of an app's developer, from the command line: none needs a display.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

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

/// The commands that `mutiny --help` lists, without `help` itself.
fn commands(ana: &Developer) -> Vec<String> {
    let said = printed(&ana.tell(&["--help"]), 0);
    let (_, list) = said.split_once("\nCommands:\n").expect("a list of commands");
    let names = list.lines().take_while(|line| !line.is_empty()).filter_map(|line| {
        // What goes on in the next line is indented further.
        line.strip_prefix("  ").filter(|line| !line.starts_with(' ')).and_then(|line| line.split(' ').next())
    });
    names.filter(|name| *name != "help").map(str::to_owned).collect()
}

#[test]
fn every_command_explains_itself_with_examples() {
    let ana = Developer::new();
    let commands = commands(&ana);
    for known in ["open", "doctor", "node", "new", "check", "pack"] {
        assert!(commands.iter().any(|command| command == known), "{known} is not in {commands:?}");
    }
    for command in commands {
        let said = printed(&ana.tell(&[&command, "--help"]), 0);
        assert!(said.contains(&format!("Usage: mutiny {command}")), "{said}");
        let (_, examples) = said.split_once("\nExamples:\n").unwrap_or_else(|| panic!("{command} shows none: {said}"));
        let calls = examples.lines().take_while(|line| !line.is_empty()).filter(|line| line.starts_with("  "));
        let calls = calls.filter(|line| line.contains("mutiny ") && line.contains(&command)).count();
        assert!(calls >= 2, "{command} shows {calls}: {said}");
    }
}

#[test]
fn a_new_app_in_typescript_says_how_it_is_built() {
    let ana = Developer::new();
    let app = ana.path("my-app");
    let said = printed(&ana.tell(&["new", &app, "--typescript", "--name", "Mine"]), 0);
    for step in ["Mine (org.example.my-app) is in", "npm install", "npm run build", "mutiny open dist"] {
        assert!(said.contains(step), "{step} is not in: {said}");
    }
    let manifest = fs::read_to_string(Path::new(&app).join("public/mutiny.json")).expect("a manifest");
    assert_eq!(serde_json::from_str::<Value>(&manifest).expect("JSON")["name"], "Mine");
    assert!(Path::new(&app).join("src/main.ts").is_file());
    refused(&ana.tell(&["new", &app, "--typescript"]), 73, "is there already, and nothing in it was changed");
    refused(&ana.tell(&["new", &ana.path("other"), "--python"]), 64, "'--python'");
}

#[test]
fn the_doctor_says_what_it_needs() {
    let ana = Developer::new();
    refused(&ana.tell(&["doctor"]), 69, "there is no display to open them on");
    refused(&ana.tell(&["doctor", "--json"]), 69, "there is no display to open them on");
    refused(&ana.tell(&["doctor", "--xml"]), 64, "'--xml'");
    refused(&ana.tell(&["doctor", "chat"]), 64, "'chat'");
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

#[test]
fn an_installed_mutiny_brings_apps_and_npm_packages_that_work_where_they_are() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    if !repository.join("node_modules").exists() {
        return skipped("an installed Mutiny", "its npm packages are laid out by npm (`npm ci`)");
    }
    let ana = Developer::new();
    let share = ana.path("share");
    let laid_out = Command::new(repository.join("scripts/share")).arg(&share).output().expect("scripts/share");
    assert!(laid_out.status.success(), "{}", text(&laid_out.stderr));

    for app in fs::read_dir(Path::new(&share).join("apps")).expect("apps").flatten() {
        let folder = Some(app.path().join("app")).filter(|app| app.exists()).unwrap_or_else(|| app.path());
        printed(&ana.tell(&["check", folder.to_str().expect("a path in UTF-8"), "--strict"]), 0);
    }
    // The bot and its tests find what they import, and so do an editor and a page in a plain browser.
    let script = "await import('@mutiny/node'); await import('@mutiny/node/testing'); await import('@mutiny/app/mock')";
    let bot = Path::new(&share).join("apps/echo-bot");
    let imported = Command::new("node").args(["--input-type=module", "-e", script]).current_dir(bot).output();
    let imported = imported.expect("node");
    assert!(imported.status.success(), "{}", text(&imported.stderr));
    assert!(Path::new(&share).join("node_modules/@mutiny/app/mutiny.d.ts").is_file());

    // Both packages bring it.
    let config = fs::read_to_string(repository.join("tauri.conf.json")).expect("the bundler's settings");
    let config: Value = serde_json::from_str(&config).expect("JSON");
    for format in ["deb", "rpm"] {
        assert_eq!(config["bundle"]["linux"][format]["files"]["/usr/share/mutiny"], "target/share", "{format}");
    }
}
