//! A peer's process, and the lines that are exchanged with it (`docs/node.md`).

use std::collections::{HashMap, VecDeque};
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mutiny_core::view::{ErrorView, Trace};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::sync::{Notify, oneshot};

use crate::error::{Error, Result};

/// How many lines of a peer's terminal are kept, to say why it ended.
const LAST_WORDS: usize = 4;

/// What a peer tells by itself.
#[derive(Debug)]
pub(crate) enum Told {
    /// It runs.
    Ready,
    /// A step of it.
    Step(Trace),
    /// Steps were left out, so many: it was faster than this side.
    Missed(u64),
    /// It has ended; the last that it wrote to its terminal.
    Ended(String),
}

/// A running peer. Dropping it ends the process in an orderly way: its input is closed.
pub(crate) struct Process {
    name: String,
    input: tokio::sync::Mutex<ChildStdin>,
    asked: Arc<Asked>,
    next: AtomicU64,
    kill: Arc<Notify>,
}

/// Questions that wait for an answer, by number; `None` once nothing will be answered any more.
type Asked = Mutex<Option<HashMap<u64, oneshot::Sender<Result<Value, ErrorView>>>>>;

impl Process {
    /// Starts the peer `name`. What it tells goes to `tell`, up to [`Told::Ended`].
    pub(crate) fn start(name: &str, mut command: Command, tell: impl Fn(Told) + Send + Sync + 'static) -> Result<Self> {
        let program = command.as_std().get_program().to_owned();
        let spawned = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // A web driver drives the windows of the program that it started, and no others.
            .env_remove("TAURI_WEBVIEW_AUTOMATION")
            .env_remove("WEBKIT_INSPECTOR_SERVER")
            .kill_on_drop(true)
            .spawn();
        let failed = |source| Error::Spawn { name: name.to_owned(), program: Path::new(&program).to_owned(), source };
        let mut child = spawned.map_err(failed)?;
        let (Some(input), Some(output), Some(terminal)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(failed(std::io::ErrorKind::BrokenPipe.into()));
        };
        let (asked, kill) = (Arc::new(Mutex::new(Some(HashMap::new()))), Arc::new(Notify::new()));
        let process = Self {
            name: name.to_owned(),
            input: tokio::sync::Mutex::new(input),
            asked: asked.clone(),
            next: AtomicU64::new(1),
            kill: kill.clone(),
        };
        let name = name.to_owned();
        tokio::spawn(async move {
            let words = tokio::spawn(last_words(name, terminal));
            let ended = tokio::spawn(wait(child, kill));
            read(output, &asked, &tell).await;
            // Nobody who waits for an answer gets one any more.
            drop(lock(&asked).take());
            drop(ended.await);
            tell(Told::Ended(words.await.unwrap_or_default()));
        });
        Ok(process)
    }

    /// Makes a call, and waits for what comes of it.
    pub(crate) async fn ask<T: DeserializeOwned>(&self, call: &str, arguments: Value) -> Result<T> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let mut line = Map::from_iter([("id".to_owned(), json!(id)), ("call".to_owned(), json!(call))]);
        if let Value::Object(arguments) = arguments {
            line.extend(arguments);
        }
        let gone = || Error::NotRunning(self.name.clone());
        let (tell, answer) = oneshot::channel();
        lock(&self.asked).as_mut().ok_or_else(gone)?.insert(id, tell);
        let text = format!("{}\n", Value::Object(line));
        self.input.lock().await.write_all(text.as_bytes()).await.map_err(|_| gone())?;
        let answer = answer.await.map_err(|_| gone())?.map_err(Error::Refused)?;
        serde_json::from_value(answer).map_err(|error| {
            let message = format!("{} answered {call} in a way that makes no sense: {error}.", self.name);
            Error::Refused(ErrorView { code: "BadAnswer".to_owned(), message })
        })
    }

    /// Ends the process as `kill -9` does.
    pub(crate) fn kill(&self) {
        self.kill.notify_one();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn wait(mut child: Child, kill: Arc<Notify>) {
    let killed = tokio::select! {
        _ = child.wait() => false,
        () = kill.notified() => true,
    };
    if killed {
        // Fails where it has ended by itself meanwhile.
        drop(child.kill().await);
    }
}

/// Reads lines until there are no more.
async fn read(output: ChildStdout, asked: &Asked, tell: &impl Fn(Told)) {
    let mut lines = BufReader::new(output).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        match serde_json::from_str::<Value>(&line) {
            Ok(Value::Object(mut line)) => match line.remove("event") {
                Some(event) => event_of(event).into_iter().for_each(tell),
                None => answer(line, asked),
            },
            other => tracing::warn!(?other, "a peer wrote a line that makes no sense"),
        }
    }
}

fn event_of(event: Value) -> Option<Told> {
    match event["type"].as_str()? {
        "ready" => Some(Told::Ready),
        "missed" => Some(Told::Missed(event["count"].as_u64().unwrap_or(1))),
        "step" => serde_json::from_value(event).ok().map(Told::Step),
        // What else happens is for whoever has a launcher.
        _ => None,
    }
}

fn answer(mut line: Map<String, Value>, asked: &Asked) {
    let Some(id) = line.get("id").and_then(Value::as_u64) else { return };
    let Some(waiting) = lock(asked).as_mut().and_then(|asked| asked.remove(&id)) else { return };
    let answer = match line.remove("error").map(serde_json::from_value) {
        Some(Ok(error)) => Err(error),
        Some(Err(_)) => Err(ErrorView { code: "BadAnswer".to_owned(), message: "It makes no sense.".to_owned() }),
        None => Ok(line.remove("ok").unwrap_or_default()),
    };
    // Whoever asked may have given up.
    drop(waiting.send(answer));
}

/// Passes on what a peer writes to its terminal, and keeps the end of it.
async fn last_words(name: String, terminal: ChildStderr) -> String {
    let (mut lines, mut last) = (BufReader::new(terminal).lines(), VecDeque::new());
    while let Ok(Some(line)) = lines.next_line().await {
        eprintln!("{name}: {line}");
        if last.len() == LAST_WORDS {
            last.pop_front();
        }
        last.push_back(line);
    }
    Vec::from(last).join("\n")
}
