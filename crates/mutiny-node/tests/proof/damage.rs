//! A database that is damaged while nobody looks.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::node::Node;

fn profile(data: &Path) -> PathBuf {
    data.join("profiles/default")
}

fn ask(node: &Node, call: &str) -> Value {
    node.call(call, json!({})).unwrap()
}

#[test]
fn a_damaged_database_is_set_aside_with_its_log_and_the_host_starts_as_the_same_peer() {
    let home = TempDir::new().unwrap();
    let (data, log) = (home.path().join("data"), home.path().join("log"));
    let args = ["--no-mdns", "--data-dir", data.to_str().unwrap(), "--listen", "/ip4/127.0.0.1/tcp/0"];
    let start = || Node::start(&args, None, None, &log);
    let node = start();
    let id = ask(&node, "me")["id"].clone();
    assert_eq!(ask(&node, "damage"), Value::Null);
    node.call("set_name", json!({ "name": "Alice" })).unwrap();
    // So that there is a log beside it, as after every crash.
    node.kill();
    let files = ["mutiny.db", "mutiny.db-wal"].map(|name| profile(&data).join(name));
    let contents = files.each_ref().map(|file| {
        let mut content = fs::read(file).unwrap();
        let length = content.len();
        content[100.min(length)..].fill(0x5a);
        fs::write(file, &content).unwrap();
        content
    });

    let node = start();
    assert_eq!(ask(&node, "me")["id"], id);
    let damage = ask(&node, "damage");
    assert_eq!(damage["kind"], "set-aside");
    let folder = PathBuf::from(damage["folder"].as_str().unwrap());
    assert_eq!(folder.parent(), Some(profile(&data).as_path()));
    for (file, content) in files.iter().zip(contents) {
        assert_eq!(fs::read(folder.join(file.file_name().unwrap())).unwrap(), content);
    }
    assert!(fs::read_to_string(&log).unwrap().contains("it was set aside"), "the log says so");

    // It is told until it is seen, also through a crash.
    node.kill();
    let node = start();
    assert_eq!(ask(&node, "damage"), damage);
    ask(&node, "damage_seen");
    assert_eq!(ask(&node, "damage"), Value::Null);
}
