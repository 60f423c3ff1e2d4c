//! Somebody whose host dies and comes back.

use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex};

use mutiny_node::free_port;
use serde_json::{Value, json};

use super::node::{Failure, Node, PATIENCE};

/// Where a host runs.
pub struct Place {
    /// Keeps its profile; made if it is not there.
    pub data: PathBuf,
    /// The network namespace, if not the test's own.
    pub net: Option<String>,
    /// The address it listens on.
    pub listen: String,
    /// The address it is found at.
    pub ip: String,
}

impl Place {
    /// On this machine; `data` is still to be said.
    pub fn loopback() -> Self {
        let ip = "127.0.0.1".to_owned();
        Self { data: PathBuf::new(), net: None, listen: ip.clone(), ip }
    }
}

/// A person, through all the lives of their host.
pub struct Person {
    pub name: &'static str,
    pub place: Place,
    /// The peer id.
    pub id: String,
    log: PathBuf,
    port: Mutex<u16>,
    node: Mutex<Arc<Node>>,
    replaced: Condvar,
}

impl Person {
    pub fn new(name: &'static str, place: Place, log: PathBuf) -> Self {
        let port = free_port().unwrap();
        let node = spawn(&place, port, None, &log);
        let id = node.call("me", json!({})).expect("the host starts")["id"].as_str().unwrap().to_owned();
        let (port, node) = (Mutex::new(port), Mutex::new(Arc::new(node)));
        let person = Self { name, place, id, log, port, node, replaced: Condvar::new() };
        person.ask("set_name", json!({ "name": name }));
        // The addresses of a machine are not all known at once.
        while !person.ask("me", json!({}))["link"].as_str().unwrap().contains(&person.place.ip) {
            let node = person.node();
            node.news(node.events(), PATIENCE);
        }
        person
    }

    /// The host of the moment, alive or not.
    pub fn node(&self) -> Arc<Node> {
        self.node.lock().unwrap().clone()
    }

    /// The host after `old`: waits until somebody starts it.
    pub fn node_after(&self, old: &Arc<Node>) -> Arc<Node> {
        let node = self.node.lock().unwrap();
        let same = |node: &mut Arc<Node>| Arc::ptr_eq(node, old);
        let (node, waited) = self.replaced.wait_timeout_while(node, PATIENCE, same).unwrap();
        assert!(!waited.timed_out(), "{} was never started again", self.name);
        node.clone()
    }

    /// Starts the host, which has ended.
    pub fn start(&self, failpoint: Option<&str>) -> Arc<Node> {
        let new = Arc::new(spawn(&self.place, *self.port.lock().unwrap(), failpoint, &self.log));
        *self.node.lock().unwrap() = new.clone();
        self.replaced.notify_all();
        new
    }

    /// Listens at another port from the next start on.
    pub fn move_port(&self) {
        *self.port.lock().unwrap() = free_port().unwrap();
    }

    /// Asks a host that is to be alive.
    pub fn ask(&self, call: &str, arguments: Value) -> Value {
        let answer = self.node().call(call, arguments);
        answer.unwrap_or_else(|failure| panic!("{}'s {call}: {failure:?}", self.name))
    }

    /// Tells this person where another one is to be found. No matter if one of the two dies over it.
    pub fn hears_of(&self, other: &Person) {
        if let Ok(me) = other.node().call("me", json!({})) {
            let told = self.node().call("add_contact", json!({ "link": me["link"] }));
            assert!(matches!(told, Ok(_) | Err(Failure::Gone)), "{told:?}");
        }
    }

    /// Ends the host as the system does, and starts it again.
    pub fn restart(&self) {
        let node = self.node();
        // Whoever was started only just now does not hear the system yet, and would be killed by it. One that answers does.
        self.ask("me", json!({}));
        node.terminate();
        let status = node.ended(PATIENCE).expect("a host that is asked to end does so");
        assert!(status.success(), "{}: {status}", self.name);
        self.start(None);
    }

    /// What the host said on standard error, for the story of a failure.
    pub fn last_words(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        format!("{}:\n{}", self.name, lines[lines.len().saturating_sub(20)..].join("\n"))
    }
}

fn spawn(place: &Place, port: u16, failpoint: Option<&str>, log: &std::path::Path) -> Node {
    let data = place.data.to_str().unwrap();
    let listen = format!("/ip4/{}/tcp/{port}", place.listen);
    Node::start(&["--no-mdns", "--data-dir", data, "--listen", &listen], place.net.as_deref(), failpoint, log)
}
