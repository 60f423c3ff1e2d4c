//! The program from outside: what goes in, what comes out, and how it ends.

#![allow(clippy::unwrap_used, clippy::expect_used, dead_code, unreachable_pub, missing_docs)]

#[path = "proof/node.rs"]
mod node;

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use node::{Failure, Node, PATIENCE};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A folder with an app, and room for profiles.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        let home = TempDir::new().unwrap();
        let app = home.path().join("talk");
        std::fs::create_dir(&app).unwrap();
        std::fs::write(app.join("index.html"), "<!doctype html><title>Talk</title>").unwrap();
        Self(home)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The arguments of a profile on loopback.
    fn args(&self, profile: &str) -> Vec<String> {
        let data = self.path("data").to_str().unwrap().to_owned();
        ["--no-mdns", "--listen", "/ip4/127.0.0.1/tcp/0", "--profile", profile, "--data-dir", &data]
            .map(str::to_owned)
            .to_vec()
    }

    fn start(&self, profile: &str) -> Node {
        let args = self.args(profile);
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        Node::start(&args, None, None, &self.path(&format!("{profile}.log")))
    }

    fn log(&self, profile: &str) -> String {
        std::fs::read_to_string(self.path(&format!("{profile}.log"))).unwrap()
    }
}

fn ask(node: &Node, call: &str, arguments: Value) -> Value {
    node.call(call, arguments).unwrap_or_else(|failure| panic!("{call}: {failure:?}"))
}

/// The code of the error that a call is answered with.
fn refused(node: &Node, call: &str, arguments: Value) -> String {
    match node.call(call, arguments) {
        Err(Failure::Refused { code, message }) => {
            assert!(message.ends_with('.'), "not a sentence: {message}");
            code
        }
        other => panic!("{call}: {other:?}"),
    }
}

/// Asks until there is an answer that `wanted` takes; asks again after each event.
fn until(node: &Node, call: &str, arguments: &Value, wanted: impl Fn(&Value) -> bool) -> Value {
    loop {
        let known = node.events();
        let answer = ask(node, call, arguments.clone());
        if wanted(&answer) {
            return answer;
        }
        node.news(known, PATIENCE);
        assert!(node.events() > known, "waited in vain for {call}");
    }
}

fn run(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mutiny-node")).args(args).stdin(Stdio::null()).output().unwrap()
}

/// Two peers and their instances, each of which lets the other send; and the address of Bob's.
fn alice_and_bob(home: &Home) -> (Node, Node, [Value; 2], Value) {
    let (alice, bob) = (home.start("alice"), home.start("bob"));
    let [a, b] = [&alice, &bob].map(|node| ask(node, "add_app", json!({ "folder": home.path("talk") }))["id"].clone());
    let link = ask(&bob, "me", json!({}))["link"].clone();
    let peer = ask(&alice, "add_contact", json!({ "link": link }))["id"].clone();
    until(&alice, "peers", &json!({}), |peers| peers[0]["presence"] == "online");

    ask(&alice, "invite", json!({ "instance": a, "peer": peer }));
    let invitation = until(&bob, "invitations", &json!({}), |all| all[0]["answer"] == "open")[0]["id"].clone();
    let with = json!({ "with": "existing", "instance": b });
    ask(&bob, "accept_invitation", json!({ "invitation": invitation, "with": with }));
    let known = until(&alice, "correspondents", &json!({ "instance": a }), |known| known[0]["instance"] == b);

    let to = json!({ "peer": known[0]["peer"], "instance": b });
    (alice, bob, [a, b], to)
}

#[test]
fn two_peers_meet_and_talk() {
    let home = Home::new();
    let (alice, bob, [a, b], to) = alice_and_bob(&home);
    alice.event(|event| event["type"] == "ready");
    ask(&alice, "set_name", json!({ "name": "Alice" }));
    let body = json!({ "type": "json", "value": { "text": "hello" } });
    let message = ask(&alice, "send", json!({ "instance": a, "to": to, "body": body }));
    let head = until(&bob, "read", &json!({ "instance": b }), |head| !head.is_null());
    assert_eq!((&head["id"], &head["body"], &head["kind"]), (&message, &body, &json!("message")));
    assert_eq!(ask(&bob, "next", json!({ "instance": b, "entry": a })), Value::Null);
    assert_eq!(ask(&bob, "next", json!({ "instance": b, "entry": message })), head);
    assert_eq!(ask(&bob, "next", json!({ "instance": b })), Value::Null);
    until(&alice, "status", &json!({ "instance": a, "message": message }), |status| status["state"] == "delivered");

    let woken = bob.event(|event| event["type"] == "message");
    assert_eq!(woken["instance"], b);
    let told = alice.event(|event| event["type"] == "delivery" && event["id"] == message);
    assert_eq!(told["state"], "delivered");
    alice.event(|event| event["type"] == "changed" && event["topic"] == "peers");
}

/// A first message arrives, so that both sides know where they stand: what comes next goes out at once.
fn have_talked(alice: &Node, bob: &Node, [a, b]: &[Value; 2], to: &Value) {
    let body = json!({ "type": "json", "value": "hello" });
    let message = ask(alice, "send", json!({ "instance": a, "to": to, "body": body }));
    until(alice, "status", &json!({ "instance": a, "message": message }), |status| status["state"] == "delivered");
    ask(bob, "next", json!({ "instance": b, "entry": message }));
}

/// Alice sends, and withdraws while Bob's computer has the message and does not answer.
fn withdrawn_on_its_way(alice: &Node, a: &Value, to: &Value) -> Value {
    let body = json!({ "type": "json", "value": "on its way" });
    let message = ask(alice, "send", json!({ "instance": a, "to": to, "body": body }));
    let outcome = ask(alice, "withdraw", json!({ "instance": a, "message": message }));
    assert_eq!(outcome, json!({ "withdrawn": 0, "uncertain": 0, "arrived": 0, "underWay": 1 }));
    let waiting = json!({ "instance": a, "peer": to["peer"], "state": "queued" });
    assert_eq!(ask(alice, "own_messages", waiting)["messages"][0]["withdrawing"], true);
    message
}

#[test]
fn what_is_withdrawn_on_its_way_and_arrives_is_delivered() {
    let home = Home::new();
    let (alice, bob, [a, b], to) = alice_and_bob(&home);
    have_talked(&alice, &bob, &[a.clone(), b.clone()], &to);
    bob.freeze();
    let message = withdrawn_on_its_way(&alice, &a, &to);
    bob.thaw();
    until(&alice, "status", &json!({ "instance": a, "message": message }), |status| status["state"] == "delivered");
    assert_eq!(until(&bob, "read", &json!({ "instance": b }), |head| !head.is_null())["id"], message);
    let late = ask(&alice, "withdraw", json!({ "instance": a, "message": message }));
    assert_eq!(late, json!({ "withdrawn": 0, "uncertain": 0, "arrived": 1, "underWay": 0 }));
    assert_eq!(ask(&alice, "read", json!({ "instance": a })), Value::Null, "there is nothing to tell of");
}

#[test]
fn what_is_withdrawn_on_its_way_to_a_computer_that_dies_has_an_unknown_outcome_and_is_not_sent_again() {
    let home = Home::new();
    let (alice, bob, [a, b], to) = alice_and_bob(&home);
    have_talked(&alice, &bob, &[a.clone(), b.clone()], &to);
    bob.freeze();
    let message = withdrawn_on_its_way(&alice, &a, &to);
    bob.kill();
    until(&alice, "status", &json!({ "instance": a, "message": message }), |status| status["state"] == "failed");
    let notice = ask(&alice, "next", json!({ "instance": a }));
    assert_eq!((&notice["message"], &notice["reason"]), (&message, &json!("withdrawn")));
    assert_eq!(notice["outcome"], "unknown");
    // The notice, the status and the event say the same.
    let told = alice.event(|event| event["type"] == "delivery" && event["id"] == message);
    let status = ask(&alice, "status", json!({ "instance": a, "message": message }));
    for said in [&told, &status] {
        assert_eq!(
            (&said["state"], &said["reason"], &said["outcome"]),
            (&json!("failed"), &json!("withdrawn"), &json!("unknown"))
        );
    }

    // What follows arrives, and nothing else does.
    let body = json!({ "type": "json", "value": "later" });
    let later = ask(&alice, "send", json!({ "instance": a, "to": to, "body": body }));
    let bob = home.start("bob");
    bob.event(|event| event["type"] == "ready");
    ask(&alice, "retry", json!({ "peer": to["peer"] }));
    let head = until(&bob, "read", &json!({ "instance": b }), |head| !head.is_null());
    assert_eq!((&head["id"], &head["body"]), (&later, &body));
    until(&alice, "status", &json!({ "instance": a, "message": later }), |status| status["state"] == "delivered");
    ask(&bob, "next", json!({ "instance": b }));
    assert_eq!(ask(&bob, "read", json!({ "instance": b })), Value::Null);
}

#[test]
fn instances_are_made_named_shown_and_removed() {
    let home = Home::new();
    let node = home.start("default");
    let folder = home.path("talk");
    let id = ask(&node, "instance_for", json!({ "folder": folder }))["id"].clone();
    assert_eq!(ask(&node, "instance_for", json!({ "folder": folder }))["id"], id);
    ask(&node, "rename_instance", json!({ "instance": id, "label": "Mine" }));
    assert_eq!(ask(&node, "instances", json!({}))[0]["label"], "Mine");
    let introduction = ask(&node, "introduction", json!({ "instance": id }));
    assert_eq!(introduction["address"], json!({ "peer": ask(&node, "me", json!({}))["id"], "instance": id }));
    assert_eq!(refused(&node, "app_peers", json!({ "instance": id })), "PermissionDenied");
    ask(&node, "remove_instance", json!({ "instance": id }));
    assert_eq!(ask(&node, "instances", json!({})), json!([]));
}

#[test]
fn errors_have_the_codes_of_the_host() {
    let home = Home::new();
    let node = home.start("default");
    let nobody = "00000000-0000-4000-8000-000000000000";
    assert_eq!(refused(&node, "add_app", json!({ "folder": home.path("nothing") })), "MissingFolder");
    assert_eq!(refused(&node, "add_contact", json!({ "link": "hello" })), "BadContactLink");
    assert_eq!(refused(&node, "invite", json!({ "instance": nobody, "peer": "x" })), "BadPeer");
    assert_eq!(refused(&node, "introduction", json!({ "instance": nobody })), "UnknownInstance");
    assert_eq!(refused(&node, "status", json!({ "instance": nobody, "message": nobody })), "UnknownMessage");
    assert_eq!(refused(&node, "decline_invitation", json!({ "invitation": nobody })), "UnknownInvitation");
    assert_eq!(refused(&node, "fly", json!({})), "BadRequest");
}

#[test]
fn lines_that_are_no_requests_are_answered_and_do_no_harm() {
    let home = Home::new();
    let node = home.start("default");
    let lines = ["{", "[1]", "\u{7}", "{\"call\":\"me\"}", "", &"x".repeat(9 << 20), "{\"id\":null,\"call\":\"me\"}"];
    for line in lines {
        node.write(line);
    }
    // Blank lines are no mistake.
    let mistakes = lines.len() - 1;
    assert!(ask(&node, "me", json!({}))["id"].is_string());
    let answers = || node.seen(|event| event["type"] == "unasked" && event["line"]["error"]["code"] == "BadRequest");
    assert_eq!(answers(), mistakes);
}

#[test]
fn the_end_of_the_input_ends_it_once_all_is_answered() {
    let home = Home::new();
    let args = home.args("default");
    let mut child = Command::new(env!("CARGO_BIN_EXE_mutiny-node"))
        .args(&args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let folder = json!(home.path("talk"));
    let calls: String =
        (0..50).map(|id| format!("{{\"id\":{id},\"call\":\"add_app\",\"folder\":{folder}}}\n")).collect();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), calls.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", output.status);
    let lines = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let ids: Vec<u64> =
        answers.iter().filter(|line| line.get("ok").is_some()).filter_map(|a| a["id"].as_u64()).collect();
    assert_eq!(ids, (0..50).collect::<Vec<u64>>());
}

#[test]
fn it_ends_cleanly_when_it_is_told_to() {
    let home = Home::new();
    let node = home.start("default");
    assert_eq!(ask(&node, "stop", json!({})), Value::Null);
    assert!(node.ended(PATIENCE).unwrap().success());

    let node = home.start("default");
    node.event(|event| event["type"] == "ready");
    node.terminate();
    assert!(node.ended(PATIENCE).unwrap().success());

    let node = home.start("default");
    node.event(|event| event["type"] == "ready");
    node.close_input();
    assert!(node.ended(PATIENCE).unwrap().success());
    // A database that was closed in good order leaves no log behind.
    assert!(!home.path("data/profiles/default/mutiny.db-wal").exists());
    assert_eq!(home.log("default"), "");
}

#[test]
fn a_profile_in_use_is_refused_with_a_sentence() {
    let home = Home::new();
    let first = home.start("default");
    first.event(|event| event["type"] == "ready");
    let args = home.args("default");
    let output = run(&args.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(output.status.code(), Some(75));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("is in use by another Mutiny") && said.trim_end().ends_with('.'), "{said}");
    assert!(output.stdout.is_empty());
}

#[test]
fn what_cannot_be_listened_on_is_refused_with_a_sentence() {
    let home = Home::new();
    let data = home.path("data");
    let output = run(&["--data-dir", data.to_str().unwrap(), "--no-mdns", "--listen", "somewhere"]);
    assert_eq!(output.status.code(), Some(64));
    assert!(String::from_utf8(output.stderr).unwrap().contains("is not an address to listen on"));
    assert!(output.stdout.is_empty());
}

#[test]
fn the_command_line_helps() {
    let help = run(&["--help"]);
    assert!(help.status.success());
    let text = String::from_utf8(help.stdout).unwrap();
    for part in ["--profile", "--data-dir", "--listen", "--no-mdns", "Examples:", "\"call\":\"send\""] {
        assert!(text.contains(part), "{part} is missing from {text}");
    }
    let wrong = run(&["--porfile", "x"]);
    assert_eq!(wrong.status.code(), Some(64));
    assert!(String::from_utf8(wrong.stderr).unwrap().contains("--profile"));
}
