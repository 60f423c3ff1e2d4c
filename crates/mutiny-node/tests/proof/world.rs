//! Two people with several instances each, and the history of what they do.

use std::collections::HashMap;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;

use super::checker::{Fault, check};
use super::dice::Dice;
use super::history::{Event, Flow, History, Status};
use super::node::{Failure, Node, PATIENCE};
use super::person::{Person, Place};
use super::say::say;
use super::talk::{Instance, Talk, outcome};

/// How many instances each person has.
const INSTANCES: usize = 3;

/// The people, and what is known of them.
pub struct World {
    pub alice: Arc<Person>,
    pub bob: Arc<Person>,
    instances: Arc<Vec<Instance>>,
    history: Arc<History>,
    home: Option<TempDir>,
    began: Instant,
}

impl World {
    /// Two people on loopback.
    pub fn new() -> Self {
        Self::at(|name, home| Place { data: home.join(name), ..Place::loopback() })
    }

    /// Two people, `alice` and `bob`, each at a place of their own. All instances may talk to each other.
    pub fn at(place: impl Fn(&str, &std::path::Path) -> Place) -> Self {
        let home = TempDir::new().unwrap();
        let app = home.path().join("talk");
        std::fs::create_dir(&app).unwrap();
        std::fs::write(app.join("index.html"), "<!doctype html><title>Talk</title>").unwrap();
        let person = |name: &'static str| {
            let log = home.path().join(format!("{name}.log"));
            Arc::new(Person::new(name, place(name, home.path()), log))
        };
        let (alice, bob) = (person("alice"), person("bob"));
        alice.hears_of(&bob);
        let mut instances = Vec::new();
        for owner in [&alice, &bob] {
            for _ in 0..INSTANCES {
                let id = owner.ask("add_app", json!({ "folder": app }))["id"].as_str().unwrap().to_owned();
                for peer in [&alice.id, &bob.id] {
                    owner.ask("invite", json!({ "instance": id, "peer": peer }));
                }
                instances.push(Instance { owner: owner.clone(), id });
            }
        }
        Self {
            alice,
            bob,
            instances: Arc::new(instances),
            history: Arc::default(),
            home: Some(home),
            began: Instant::now(),
        }
    }

    pub fn talk(&self, dice: &Dice) -> Talk {
        Talk::start(&self.instances, &self.history, dice)
    }

    /// Both ways, so that whoever moved is found.
    pub fn introduce(&self) {
        self.alice.hears_of(&self.bob);
        self.bob.hears_of(&self.alice);
    }

    /// How many messages were taken so far.
    pub fn taken(&self) -> usize {
        self.history.count(|event| matches!(event, Event::Took { .. }))
    }

    /// How many calls of `send` succeeded, and how many were refused with `code`.
    pub fn sent(&self) -> usize {
        self.history.count(|event| matches!(event, Event::Sent { .. }))
    }

    pub fn refused(&self, with: &str) -> usize {
        self.history.count(|event| matches!(event, Event::Refused { code, .. } if code == with))
    }

    /// Waits until so many more messages are taken.
    pub fn hears(&self, more: usize) {
        let enough = self.taken() + more;
        self.until("messages to be taken", || self.taken() >= enough);
    }

    /// Waits until messages that are sent from now on come across between the two people, both ways.
    pub fn is_connected(&self) {
        let mut sent = HashMap::<Flow, u64>::new();
        for event in self.history.events() {
            if let Event::Sent { flow, n, .. } = event {
                sent.insert(flow, n);
            }
        }
        let comes_across = |way: bool| {
            let is_new = |(from, to): &Flow, n: &u64| {
                let (here, there) = (*from < INSTANCES, *to < INSTANCES);
                here != there && here == way && sent.get(&(*from, *to)).is_none_or(|last| n > last)
            };
            self.history.count(|event| matches!(event, Event::Took { flow, n, .. } if is_new(flow, n))) > 0
        };
        self.until("messages to come across", || comes_across(true) && comes_across(false));
    }

    pub fn until(&self, what: &str, reached: impl Fn() -> bool) {
        let end = Instant::now() + PATIENCE;
        while !reached() {
            if Instant::now() >= end {
                self.give_up(&format!("waited in vain for {what}"));
            }
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Lets everything come to its end, with the hosts started once more, and judges the history: there is no fault.
    pub fn settle(mut self, talk: Talk) {
        let faults = self.judge(talk);
        if !faults.is_empty() {
            self.give_up(&format!("{} faults: {:?}", faults.len(), &faults[..faults.len().min(20)]));
        }
        self.home.take();
    }

    /// Lets everything come to its end, and returns what the checker finds.
    pub fn judge(&self, mut talk: Talk) -> Vec<Fault> {
        talk.quiet();
        let (talked, draining) = (self.began.elapsed(), Instant::now());
        self.alice.restart();
        self.bob.restart();
        self.introduce();
        self.until("the queues to be empty", || self.is_empty());
        talk.end();
        self.ask_how_all_ended();
        let count = |which: fn(&Event) -> bool| self.history.count(which);
        say(&format!(
            "sent {}, without an answer {}, refused {}, taken {}, failed {}; {:.1} s of talk, {:.1} s until all had ended",
            self.sent(),
            count(|event| matches!(event, Event::Doubtful { .. })),
            count(|event| matches!(event, Event::Refused { .. })),
            self.taken(),
            count(|event| matches!(event, Event::Noticed { .. })),
            talked.as_secs_f64(),
            draining.elapsed().as_secs_f64(),
        ));
        check(&self.history.events())
    }

    fn is_empty(&self) -> bool {
        [&self.alice, &self.bob].into_iter().all(|person| {
            let instances = person.ask("instances", json!({}));
            instances.as_array().unwrap().iter().all(|instance| instance["waiting"] == 0 && instance["unread"] == 0)
        })
    }

    fn ask_how_all_ended(&self) {
        let events = self.history.events();
        thread::scope(|scope| {
            for instance in 0..self.instances.len() {
                let events = &events;
                scope.spawn(move || {
                    for event in events {
                        if let Event::Sent { flow: (from, _), id, .. } = event
                            && *from == instance
                        {
                            // One that its host does not know has no end.
                            if let Some(status) = self.status(instance, id) {
                                self.history.note(Event::Ended { id: id.clone(), status });
                            }
                        }
                    }
                });
            }
        });
    }

    fn status(&self, instance: usize, message: &str) -> Option<Status> {
        let Instance { owner, id } = &self.instances[instance];
        match owner.node().call("status", json!({ "instance": id, "message": message })) {
            Ok(status) => match status["state"].as_str().unwrap() {
                "queued" => Some(Status::Queued),
                "delivered" => Some(Status::Delivered),
                "failed" => Some(Status::Failed(outcome(&status))),
                other => panic!("a status of {other}"),
            },
            Err(Failure::Refused { code, .. }) if code == "UnknownMessage" => None,
            Err(failure) => self.give_up(&format!("a host does not say how a message ended: {failure:?}")),
        }
    }

    /// Fails, and leaves all that may explain it.
    pub fn give_up(&self, why: &str) -> ! {
        if let Some(home) = &self.home {
            let log: Vec<String> = self.history.events().iter().map(|event| format!("{event:?}")).collect();
            let _ = std::fs::write(home.path().join("history"), log.join("\n"));
        }
        panic!("{why}\n{}\n{}", self.alice.last_words(), self.bob.last_words());
    }

    /// Waits until a host that was started with a failpoint has died of it.
    pub fn dies(&self, node: &Node, of: &str) {
        match node.ended(PATIENCE) {
            Some(status) if !status.success() => {}
            Some(status) => self.give_up(&format!("at {of} the host ended with {status}")),
            None => self.give_up(&format!("{of} was never reached")),
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.alice.node().kill();
        self.bob.node().kill();
        // What a failure left is worth a look.
        if let (true, Some(home)) = (thread::panicking(), self.home.take()) {
            eprintln!("data, logs and history are in {}", home.keep().display());
        }
    }
}
