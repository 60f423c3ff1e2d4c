//! Messages in all directions: for each instance a thread that sends and one that takes, whatever becomes of the hosts.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::dice::Dice;
use super::history::{Event, History, Outcome};
use super::node::Failure;
use super::person::Person;

/// How long a message may wait that does not say so, in milliseconds.
const WEEK: u64 = 7 * 24 * 60 * 60 * 1000;

/// An instance at a person.
#[derive(Clone)]
pub struct Instance {
    pub owner: Arc<Person>,
    pub id: String,
}

impl Instance {
    fn address(&self) -> Value {
        json!({ "peer": self.owner.id, "instance": self.id })
    }
}

/// Threads that talk.
pub struct Talk {
    quiet: Arc<AtomicBool>,
    done: Arc<AtomicBool>,
    senders: Vec<JoinHandle<()>>,
    takers: Vec<JoinHandle<()>>,
}

impl Talk {
    /// Begins: everybody with everybody.
    pub fn start(instances: &Arc<Vec<Instance>>, history: &Arc<History>, dice: &Dice) -> Self {
        let (quiet, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let mut talk = Self { quiet, done, senders: Vec::new(), takers: Vec::new() };
        for me in 0..instances.len() {
            let dice = dice.fork(2 * me as u64);
            let sender = Sender { me, instances: instances.clone(), history: history.clone(), dice };
            let quiet = talk.quiet.clone();
            talk.senders.push(thread::spawn(move || sender.run(&quiet)));
            let dice = Dice::new(2 * me as u64 + 1);
            let taker = Taker { me, instances: instances.clone(), history: history.clone(), dice, head: None };
            let done = talk.done.clone();
            talk.takers.push(thread::spawn(move || taker.run(&done)));
        }
        talk
    }

    /// Lets no more be sent. What was sent is still taken.
    pub fn quiet(&mut self) {
        self.quiet.store(true, Ordering::SeqCst);
        self.senders.drain(..).for_each(|sender| sender.join().unwrap());
    }

    /// Ends once the inboxes are empty.
    pub fn end(self) {
        self.done.store(true, Ordering::SeqCst);
        self.takers.into_iter().for_each(|taker| taker.join().unwrap());
    }
}

struct Sender {
    me: usize,
    instances: Arc<Vec<Instance>>,
    history: Arc<History>,
    dice: Dice,
}

impl Sender {
    fn run(mut self, quiet: &AtomicBool) {
        let owner = self.instances[self.me].owner.clone();
        let mut node = owner.node();
        let mut counts = vec![0; self.instances.len()];
        while !quiet.load(Ordering::SeqCst) {
            let to = self.dice.below(self.instances.len() as u64) as usize;
            if to == self.me {
                continue;
            }
            let (flow, n) = ((self.me, to), counts[to]);
            counts[to] += 1;
            let (message, wait) = self.message(to, n);
            let from = wall();
            match node.call("send", message) {
                Ok(id) => {
                    let (id, due) = (id.as_str().unwrap().to_owned(), (from + wait, wall() + wait));
                    self.history.note(Event::Sent { flow, n, id, due });
                }
                Err(Failure::Refused { code, .. }) => {
                    self.history.note(Event::Refused { flow, n, code });
                    thread::sleep(Duration::from_millis(20));
                }
                Err(Failure::Gone) => {
                    self.history.note(Event::Doubtful { flow, n });
                    node = owner.node_after(&node);
                }
            }
            // In bursts, and without keeping the machine from everything else.
            if self.dice.one_in(4) {
                thread::sleep(self.dice.millis(0, 40));
            }
        }
    }

    /// A message, and how long it may wait.
    fn message(&mut self, to: usize, n: u64) -> (Value, u64) {
        let size = if self.dice.one_in(50) { 60_000 } else { self.dice.below(300) };
        let content = json!({ "from": self.me, "to": to, "n": n, "pad": "x".repeat(size as usize) });
        let body = if self.dice.one_in(2) {
            json!({ "type": "json", "value": content })
        } else {
            json!({ "type": "bytes", "value": STANDARD.encode(content.to_string()) })
        };
        let deadline = self.dice.one_in(8).then(|| 1 + self.dice.below(400));
        let (from, to) = (&self.instances[self.me], &self.instances[to]);
        let message = json!({ "instance": from.id, "to": to.address(), "body": body, "deadline": deadline });
        (message, deadline.unwrap_or(WEEK))
    }
}

struct Taker {
    me: usize,
    instances: Arc<Vec<Instance>>,
    history: Arc<History>,
    dice: Dice,
    /// The head of the inbox as it was read, and whether it may be out by now: `next` got no answer.
    head: Option<(Value, bool)>,
}

impl Taker {
    fn run(mut self, done: &AtomicBool) {
        let me = self.instances[self.me].clone();
        let mut node = me.owner.node();
        loop {
            let known = node.events();
            match node.call("read", json!({ "instance": me.id })) {
                Ok(head) => {
                    self.look(&head);
                    if head.is_null() {
                        if done.load(Ordering::SeqCst) {
                            return;
                        }
                        node.news(known, Duration::from_millis(50));
                        continue;
                    }
                    if self.dice.one_in(4) {
                        // Read again, perhaps after a crash: it is still the same.
                        continue;
                    }
                    match node.call("next", json!({ "instance": me.id, "entry": head["id"] })) {
                        Ok(Value::Null) => self.changed(&head, None),
                        Ok(taken) => {
                            assert_eq!(taken, head);
                            self.head = None;
                            self.took(&head);
                        }
                        Err(failure) => {
                            self.head = Some((head, may_be_done(&failure)));
                            thread::sleep(Duration::from_millis(20));
                        }
                    }
                }
                Err(Failure::Gone) => {}
                Err(Failure::Refused { code, message }) => assert_eq!(code, "Stopped", "{message}"),
            }
            if node.is_gone() {
                node = me.owner.node_after(&node);
            }
        }
    }

    /// Compares the head of the inbox with what it was.
    fn look(&mut self, head: &Value) {
        if let Some((before, doubtful)) = self.head.take()
            && before["id"] != head["id"]
        {
            if doubtful {
                self.took(&before);
            } else {
                self.changed(&before, head["id"].as_str());
            }
        }
        self.head = (!head.is_null()).then(|| (head.clone(), false));
    }

    fn changed(&mut self, before: &Value, now: Option<&str>) {
        let (before, now) = (text(before, "id"), now.map(str::to_owned));
        self.history.note(Event::HeadChanged { instance: self.me, before, now });
    }

    fn took(&self, entry: &Value) {
        match entry["kind"].as_str().unwrap() {
            "message" => {
                let value = &entry["body"]["value"];
                let content: Value = match entry["body"]["type"].as_str().unwrap() {
                    "bytes" => serde_json::from_slice(&STANDARD.decode(value.as_str().unwrap()).unwrap()).unwrap(),
                    _ => value.clone(),
                };
                let [from, to, n] = ["from", "to", "n"].map(|field| content[field].as_u64().unwrap());
                let (from, to) = (from as usize, to as usize);
                assert_eq!(to, self.me, "a message in another inbox");
                assert_eq!(entry["from"], self.instances[from].address(), "a message from somebody else");
                self.history.note(Event::Took { flow: (from, to), n, id: text(entry, "id") });
            }
            "failure" => {
                let to = self.instances.iter().position(|instance| instance.address() == entry["to"]).unwrap();
                let outcome = outcome(entry);
                self.history.note(Event::Noticed { flow: (self.me, to), id: text(entry, "message"), outcome });
            }
            other => panic!("an entry of kind {other}"),
        }
    }
}

/// How a message failed, as its notice or its status says. Nothing but their deadlines makes these fail.
pub fn outcome(of: &Value) -> Outcome {
    assert_eq!(of["reason"], "expired", "{of}");
    match of["outcome"].as_str().unwrap() {
        "not-delivered" => Outcome::NotDelivered,
        "unknown" => Outcome::Unknown,
        other => panic!("an outcome of {other}"),
    }
}

/// A host that dies, or is about to end, may have done what it does not answer for.
fn may_be_done(failure: &Failure) -> bool {
    match failure {
        Failure::Gone => true,
        Failure::Refused { code, .. } => code == "Stopped",
    }
}

fn wall() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as u64
}

fn text(entry: &Value, field: &str) -> String {
    entry[field].as_str().unwrap().to_owned()
}
