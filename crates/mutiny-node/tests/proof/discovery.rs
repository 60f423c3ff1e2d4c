//! Finding one another by mDNS, with nothing but a network: real multicast, which never leaves namespaces of the test's own.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::node::{Node, PATIENCE};
use super::say::say;
use super::skipped::skipped;
use super::tools::Cable;

/// A person of whom nobody was told.
struct Stranger {
    node: Node,
    id: String,
}

impl Stranger {
    fn at(cable: &Cable, end: usize, name: &'static str, home: &TempDir, more: &[&str]) -> Self {
        let path = |what: &str| home.path().join(format!("{name}{what}"));
        let data = path("");
        let args = [&["--data-dir", data.to_str().unwrap()], more].concat();
        let node = Node::start(&args, Some(cable.net(end)), None, &path(".log"));
        let id = node.event(|event| event["type"] == "ready")["peer"].as_str().unwrap().to_owned();
        let stranger = Self { node, id };
        stranger.ask("set_name", json!({ "name": name }));
        stranger
    }

    fn ask(&self, call: &str, arguments: Value) -> Value {
        self.node.call(call, arguments).unwrap_or_else(|failure| panic!("{call}: {failure:?}"))
    }

    /// What is known of another.
    fn knows_of(&self, other: &Stranger) -> Option<Value> {
        let peers = self.ask("peers", json!({}));
        peers.as_array().unwrap().iter().find(|peer| peer["id"] == *other.id).cloned()
    }

    /// Waits until the other one is online, under the name it gives itself.
    fn finds(&self, other: &Stranger, name: &str) {
        let until = Instant::now() + PATIENCE;
        loop {
            let events = self.node.events();
            let known = self.knows_of(other);
            if let Some(peer) = &known
                && peer["presence"] == "online"
                && peer["nearby"] == true
                && peer["name"] == name
            {
                return;
            }
            assert!(Instant::now() < until, "{name} was not found: {known:?}");
            self.node.news(events, Duration::from_secs(1));
        }
    }

    /// Waits until an invitation of the other one's is there.
    fn is_invited_by(&self, other: &Stranger) {
        let until = Instant::now() + PATIENCE;
        while self.ask("invitations", json!({}))[0]["from"]["peer"] != *other.id {
            assert!(Instant::now() < until, "no invitation came");
            self.node.news(self.node.events(), Duration::from_secs(1));
        }
    }
}

#[test]
fn peers_on_one_network_find_one_another_by_themselves_and_only_those_who_want_to_be_found() {
    let cable = match Cable::lay("mdns") {
        Ok(cable) => cable,
        Err(why) => return skipped("finding one another by mDNS", &why),
    };
    let home = TempDir::new().unwrap();
    // She was there before all others, so whoever could be found from the start would be.
    let hidden = Stranger::at(&cable, 0, "hidden", &home, &["--no-mdns"]);

    // Two machines.
    let began = Instant::now();
    let ana = Stranger::at(&cable, 0, "ana", &home, &[]);
    let ben = Stranger::at(&cable, 1, "ben", &home, &[]);
    ana.finds(&ben, "ben");
    ben.finds(&ana, "ana");
    say(&format!("discovery: two machines found one another in {:.1} s", began.elapsed().as_secs_f64()));

    // Two profiles on one machine.
    let began = Instant::now();
    let cleo = Stranger::at(&cable, 1, "cleo", &home, &[]);
    for (one, other, name) in [(&cleo, &ben, "ben"), (&cleo, &ana, "ana"), (&ben, &cleo, "cleo")] {
        one.finds(other, name);
    }
    say(&format!("discovery: one more was found in {:.1} s", began.elapsed().as_secs_f64()));

    // Being found is enough to be invited.
    let app = home.path().join("talk");
    std::fs::create_dir(&app).unwrap();
    std::fs::write(app.join("index.html"), "<!doctype html><title>Talk</title>").unwrap();
    let instance = ana.ask("add_app", json!({ "folder": app }))["id"].clone();
    ana.ask("invite", json!({ "instance": instance, "peer": ben.id }));
    ben.is_invited_by(&ana);

    // All of this went on around her.
    for other in [&ana, &ben, &cleo] {
        assert_eq!(other.knows_of(&hidden), None);
        assert_eq!(hidden.knows_of(other), None);
    }
}
