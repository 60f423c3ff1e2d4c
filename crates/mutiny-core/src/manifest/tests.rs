#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use super::*;

const SCHEMA: &str = include_str!("../../../../docs/mutiny.schema.json");

fn folder_with(manifest: impl AsRef<[u8]>) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(FILE), manifest).unwrap();
    folder
}

fn read(manifest: impl AsRef<[u8]>) -> Result<Manifest> {
    Manifest::read(folder_with(manifest).path())
}

fn problem(manifest: impl AsRef<[u8]>) -> String {
    match read(manifest) {
        Err(Error::BadManifest { problem, .. }) => problem,
        other => panic!("expected a bad manifest, got {other:?}"),
    }
}

/// A good manifest with one more key, or one changed.
fn with(key: &str, value: &str) -> String {
    let mut manifest = serde_json::json!({"id": "org.example.chat", "name": "Chat", "version": "1.2.3"});
    manifest[key] = serde_json::from_str(value).unwrap();
    manifest.to_string()
}

#[test]
fn a_whole_manifest_is_read() {
    let manifest = read(
        r#"{
            "$schema": "mutiny.schema.json",
            "id": "org.example.chat",
            "name": " Chat 💬",
            "version": "1.2.3-beta.1",
            "description": "Talk to people.",
            "icon": "img/icon.svg",
            "entry": "pages/main page.html",
            "accepts": "nearby",
            "permissions": ["notifications", "peers", "peers"]
        }"#,
    )
    .unwrap();
    assert_eq!(
        manifest,
        Manifest {
            id: "org.example.chat".into(),
            name: "Chat 💬".into(),
            version: "1.2.3-beta.1".parse().unwrap(),
            description: Some("Talk to people.".into()),
            icon: Some("img/icon.svg".into()),
            entry: "pages/main page.html".into(),
            accepts: Accepts::Nearby,
            permissions: vec![Permission::Notifications, Permission::Peers],
        }
    );
}

#[test]
fn what_is_left_out_has_a_default() {
    let manifest = read("\u{feff}{\"id\": \"chat\", \"name\": \"Chat\", \"version\": \"0.1.0\"}").unwrap();
    assert_eq!(manifest.entry, "index.html");
    assert_eq!(manifest.accepts, Accepts::Invited);
    assert_eq!(manifest.description, None);
    assert_eq!(manifest.icon, None);
    assert!(manifest.permissions.is_empty());
}

#[test]
fn every_choice_is_understood() {
    for (name, accepts) in ACCEPTS {
        assert_eq!(read(with("accepts", &format!("{name:?}"))).unwrap().accepts, *accepts);
    }
    for (name, permission) in Permission::ALL {
        assert_eq!(permission.as_str(), *name);
        assert_eq!(read(with("permissions", &format!("[{name:?}]"))).unwrap().permissions, [*permission]);
    }
}

#[test]
fn values_that_make_no_sense_name_their_key() {
    let long_id = format!("{:?}", "a".repeat(129));
    let long_name = format!("{:?}", "é".repeat(81));
    for (key, value, expected) in [
        ("id", "\"\"", "`id` may hold letters"),
        ("id", "\"a b\"", "`id` may hold letters"),
        ("id", "\"a..b\"", "`id` may hold letters"),
        ("id", "\".a\"", "`id` may hold letters"),
        ("id", "\"-a\"", "`id` may hold letters"),
        ("id", "\"../a\"", "`id` may hold letters"),
        ("id", "\"é\"", "`id` may hold letters"),
        ("id", &long_id, "`id` may hold letters"),
        ("id", "7", "`id`: invalid type: integer `7`, expected a string"),
        ("name", "\" \"", "`name` must not be empty"),
        ("name", "\"a\\nb\"", "`name` holds the character U+000A"),
        ("name", "\"a\\u202eb\"", "`name` holds the character U+202E"),
        ("name", &long_name, "`name` must have 80 characters at most"),
        ("name", "null", "`name`: invalid type: null"),
        ("version", "\"1.0\"", "`version` must have three numbers"),
        ("version", "\"v1.0.0\"", "`version` must have three numbers"),
        ("version", "1.0", "`version`: invalid type: floating point `1.0`"),
        ("description", "\"a\\u0000\"", "`description` holds the character U+0000"),
        ("entry", "\"\"", "`entry` must not be empty"),
        ("entry", "\"/index.html\"", "`entry` must be a path within"),
        ("entry", "\"../index.html\"", "`entry` must not lead out"),
        ("entry", "\"a/../../b.html\"", "`entry` must not lead out"),
        ("entry", "\"a\\\\b.html\"", "`entry` must have \u{201c}/\u{201d} between"),
        ("entry", "\"a//b.html\"", "`entry` must not have parts"),
        ("entry", "\"./index.html\"", "`entry` must not have parts"),
        ("entry", "\".git/config\"", "`entry` must not have parts"),
        ("entry", "\"a/\"", "`entry` must name a file"),
        ("entry", "\"a\\u0000.html\"", "`entry` must not hold control"),
        ("icon", "\"../icon.png\"", "`icon` must not lead out"),
        (
            "accepts",
            "\"everyone\"",
            "`accepts` knows \u{201c}invited\u{201d}, \u{201c}friends\u{201d}, \u{201c}nearby\u{201d}, \u{201c}anyone\u{201d}, and not \u{201c}everyone\u{201d}",
        ),
        ("permissions", "\"peers\"", "`permissions`: invalid type: string \"peers\", expected a sequence"),
        (
            "permissions",
            "[\"camera\"]",
            "`permissions` knows \u{201c}peers\u{201d}, \u{201c}notifications\u{201d}, and not \u{201c}camera\u{201d}",
        ),
        ("permissions", "[1]", "`permissions`: invalid type: integer `1`"),
    ] {
        let found = problem(with(key, value));
        assert!(found.contains(expected), "{key}: {value} gave {found}");
        assert!(found.starts_with("Line 1, column "), "{found}");
        assert!(found.ends_with('.'), "{found}");
    }
}

#[test]
fn a_mistyped_key_gets_the_one_that_was_meant() {
    for (key, meant) in [
        ("entery", "entry"),
        ("Name", "name"),
        ("permission", "permissions"),
        ("desciption", "description"),
        ("accept", "accepts"),
        ("ID", "id"),
    ] {
        let found = problem(with(key, "\"x\""));
        assert!(found.contains(&format!("unknown key `{key}`; did you mean `{meant}`?")), "{found}");
    }
    assert!(problem(with("zzz", "{}")).contains("unknown key `zzz`; the keys are `id`, `name`, `version`"));
}

#[test]
fn problems_are_found_by_line_and_column() {
    for (manifest, expected) in [
        ("{\n  \"id\": \"a\",\n  \"name\": 3\n}", "Line 3, column 11: `name`: invalid type"),
        ("{\n  \"id\": \"a\",\n  \"entery\": \"b\"\n}", "Line 3, column "),
        ("{\n  \"id\": \"a\"\n  \"name\": \"b\"\n}", "Line 3, column 3: expected `,` or `}`."),
        ("{\"id\": \"a\",}", "Line 1, column "),
        ("{\"id\": \"a\"", "EOF while parsing an object"),
        ("", "EOF while parsing a value"),
        ("[]", "expected an object with `id`, `name` and `version`"),
        ("{} {}", "Line 1, column "),
        ("{\"id\": \"a\", \"id\": \"b\"}", "`id` is there twice"),
        ("{}", "`id` is missing"),
        ("{\"id\": \"a\"}", "`name` is missing"),
        ("{\"id\": \"a\", \"name\": \"A\"}", "`version` is missing"),
    ] {
        let found = problem(manifest);
        assert!(found.contains(expected), "{manifest} gave {found}");
    }
}

#[test]
fn every_problem_is_found_in_the_order_of_the_text() {
    let text = "{\n  \"id\": \"a b\",\n  \"entery\": 1,\n  \"version\": \"1\",\n  \"permissions\": [\"peers\",\n    \"camera\"]\n}";
    let found = Manifest::parse(text).unwrap_err();
    let places: Vec<_> = found.iter().map(|problem| problem.place.map(|at| (at.line, at.column)).unwrap()).collect();
    assert_eq!(places, [(1, 1), (2, 9), (3, 3), (4, 14), (6, 5)], "{found:#?}");
    for (problem, about) in found.iter().zip(["`name` is missing", "`id` may", "`entery`", "`version` must", "camera"])
    {
        assert!(problem.what.contains(about), "{}", problem.what);
    }
    assert!(problem(text).contains(". Line 2, column 9: `id`"), "{}", problem(text));
}

#[test]
fn what_is_no_text_or_too_much_is_refused() {
    assert!(problem(b"\xff\xfe{}").contains("not UTF-8"));
    assert!(problem(" ".repeat(64 * 1024 + 1)).contains("larger than 64 KiB"));
    assert!(problem("[".repeat(10_000)).contains("Line 1"));
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(FILE)).unwrap();
    assert!(
        matches!(Manifest::read(folder.path()), Err(Error::BadManifest { problem, .. }) if problem.contains("not a file"))
    );
}

#[cfg(unix)]
#[test]
fn a_manifest_that_leads_nowhere_is_not_overlooked() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("index.html"), "").unwrap();
    std::os::unix::fs::symlink("nowhere.json", folder.path().join(FILE)).unwrap();
    assert!(matches!(Manifest::read(folder.path()), Err(Error::BadManifest { .. })));
}

#[test]
fn a_folder_without_manifest_is_an_app_of_its_name() {
    let parent = tempfile::tempdir().unwrap();
    for (folder, id, name) in [
        ("My First App!", "folder.my-first-app", "My First App!"),
        ("tic_tac.toe", "folder.tic-tac-toe", "tic_tac.toe"),
        ("Café", "folder.caf", "Café"),
        ("你好", "folder.x86938da3", "你好"),
    ] {
        let folder = parent.path().join(folder);
        fs::create_dir(&folder).unwrap();
        let error = Manifest::read(&folder).unwrap_err();
        assert!(matches!(&error, Error::NoEntry { entry, .. } if entry == "index.html"), "{error}");
        fs::write(folder.join("index.html"), "").unwrap();
        let manifest = Manifest::read(&folder).unwrap();
        assert_eq!((manifest.id.as_str(), manifest.name.as_str()), (id, name));
        assert_eq!(manifest.version, Version::new(0, 0, 0));
        assert_eq!(check::id(&manifest.id), Ok(()));
    }
}

#[test]
fn the_schema_agrees_with_what_is_read() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let properties = schema["properties"].as_object().unwrap();
    let documented: BTreeSet<_> = properties.keys().map(String::as_str).collect();
    let read_keys: BTreeSet<_> = parse::KEYS.iter().copied().chain([parse::SCHEMA]).collect();
    assert_eq!(documented, read_keys);
    assert_eq!(schema["additionalProperties"], false);
    assert_eq!(schema["required"], serde_json::json!(["id", "name", "version"]));

    let accepts: Vec<_> = ACCEPTS.iter().map(|(name, _)| *name).collect();
    assert_eq!(properties["accepts"]["enum"], serde_json::json!(accepts));
    let permissions: Vec<_> = Permission::ALL.iter().map(|(name, _)| *name).collect();
    assert_eq!(properties["permissions"]["items"]["enum"], serde_json::json!(permissions));

    for example in schema["examples"].as_array().unwrap() {
        read(example.to_string()).unwrap();
    }
    let full = schema["examples"][0].as_object().unwrap();
    assert!(parse::KEYS.iter().all(|key| full.contains_key(*key)), "the first example shows every key");
}
