//! One running `mutiny-node`: lines in, lines out.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// How long anything may take before a test gives up. Nothing waits that long where all is well.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// Why a call has no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The host said no.
    Refused { code: String, message: String },
    /// The process ended before it answered. What was asked may have been done or not.
    Gone,
}

/// A process.
pub struct Node {
    child: Mutex<Child>,
    input: Mutex<Option<ChildStdin>>,
    heard: Arc<Heard>,
}

#[derive(Default)]
struct Heard {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    next: u64,
    waiting: HashMap<u64, Sender<Value>>,
    events: Vec<Value>,
    gone: bool,
}

impl Node {
    /// Starts the program with these arguments, in the namespace `net` where one is named. It says what it has to say on
    /// standard error into a file.
    pub fn start(args: &[&str], net: Option<&str>, failpoint: Option<&str>, log: &Path) -> Self {
        let program = env!("CARGO_BIN_EXE_mutiny-node");
        let mut command = match net {
            // It becomes the program, under the same process id.
            Some(net) => {
                let mut command = Command::new("ip");
                command.args(["netns", "exec", net, program]);
                command
            }
            None => Command::new(program),
        };
        let log = std::fs::File::options().create(true).append(true).open(log).unwrap();
        command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log).env_remove("MUTINY_FAILPOINT");
        if let Some(failpoint) = failpoint {
            command.env("MUTINY_FAILPOINT", failpoint);
        }
        let mut child = command.spawn().unwrap();
        let (input, output) = (child.stdin.take(), child.stdout.take().unwrap());
        let heard = Arc::new(Heard::default());
        let hearing = heard.clone();
        thread::spawn(move || hearing.listen(output));
        Self { child: Mutex::new(child), input: Mutex::new(input), heard }
    }

    /// Calls, and waits for the answer.
    pub fn call(&self, call: &str, arguments: Value) -> Result<Value, Failure> {
        let (sender, answer) = channel();
        let id = {
            let mut state = self.heard.state.lock().unwrap();
            if state.gone {
                return Err(Failure::Gone);
            }
            state.next += 1;
            let id = state.next;
            state.waiting.insert(id, sender);
            id
        };
        let mut request = arguments;
        request["id"] = json!(id);
        request["call"] = json!(call);
        self.write(&request.to_string());
        let mut answer: Value = answer.recv().map_err(|_| Failure::Gone)?;
        if let Some(error) = answer.get("error") {
            let text = |field: &str| error[field].as_str().unwrap().to_owned();
            return Err(Failure::Refused { code: text("code"), message: text("message") });
        }
        Ok(answer["ok"].take())
    }

    /// Writes a line. Where the process is gone, its end tells.
    pub fn write(&self, line: &str) {
        if let Some(input) = self.input.lock().unwrap().as_mut() {
            let _ = input.write_all(format!("{line}\n").as_bytes());
        }
    }

    /// Ends the process's input.
    pub fn close_input(&self) {
        self.input.lock().unwrap().take();
    }

    /// How many events came so far.
    pub fn events(&self) -> usize {
        self.heard.state.lock().unwrap().events.len()
    }

    /// How many events came so far that `wanted` takes.
    pub fn seen(&self, wanted: impl Fn(&Value) -> bool) -> usize {
        self.heard.state.lock().unwrap().events.iter().filter(|event| wanted(event)).count()
    }

    /// Waits until there are more events than `known`, or the process is gone, or `limit` has passed.
    pub fn news(&self, known: usize, limit: Duration) {
        let state = self.heard.state.lock().unwrap();
        let same = |state: &mut State| state.events.len() <= known && !state.gone;
        drop(self.heard.changed.wait_timeout_while(state, limit, same).unwrap());
    }

    /// Waits for an event that `wanted` takes.
    pub fn event(&self, wanted: impl Fn(&Value) -> bool) -> Value {
        let until = Instant::now() + PATIENCE;
        loop {
            let known = {
                let state = self.heard.state.lock().unwrap();
                if let Some(found) = state.events.iter().find(|event| wanted(event)) {
                    return found.clone();
                }
                assert!(!state.gone, "the process ended");
                state.events.len()
            };
            assert!(Instant::now() < until, "waited in vain for an event");
            self.news(known, Duration::from_secs(1));
        }
    }

    /// Whether the process has closed its output.
    pub fn is_gone(&self) -> bool {
        self.heard.state.lock().unwrap().gone
    }

    /// Waits until the process ends by itself. `None`: it did not, within `limit`.
    pub fn ended(&self, limit: Duration) -> Option<ExitStatus> {
        let until = Instant::now() + limit;
        let state = self.heard.state.lock().unwrap();
        drop(self.heard.changed.wait_timeout_while(state, limit, |state| !state.gone).unwrap());
        // Its output is closed, so its end is a matter of moments.
        while Instant::now() < until {
            if let Some(status) = self.child.lock().unwrap().try_wait().unwrap() {
                return Some(status);
            }
            thread::sleep(Duration::from_millis(2));
        }
        None
    }

    /// `kill -9`, by the child's process id.
    pub fn kill(&self) {
        let mut child = self.child.lock().unwrap();
        // It may have ended already.
        let _ = child.kill();
        let _ = child.wait();
    }

    /// Asks it to terminate, as the system does.
    pub fn terminate(&self) {
        self.signal("-TERM");
    }

    /// Holds it where it is: it neither reads nor answers, and its connections stay open.
    pub fn freeze(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let id = self.child.lock().unwrap().id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Heard {
    fn listen(&self, output: ChildStdout) {
        for line in BufReader::new(output).lines() {
            let Ok(line) = line else { break };
            // A killed process may leave half a line.
            let Ok(mut line) = serde_json::from_str::<Value>(&line) else { break };
            let mut state = self.state.lock().unwrap();
            if line.get("event").is_some() {
                state.events.push(line["event"].take());
                self.changed.notify_all();
            } else if let Some(waiting) = line["id"].as_u64().and_then(|id| state.waiting.remove(&id)) {
                // Whoever asked may have given up.
                let _ = waiting.send(line);
            } else {
                // An answer to a line that was no request.
                state.events.push(json!({ "type": "unasked", "line": line }));
                self.changed.notify_all();
            }
        }
        let mut state = self.state.lock().unwrap();
        state.gone = true;
        state.waiting.clear();
        self.changed.notify_all();
    }
}
