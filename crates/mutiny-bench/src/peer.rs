//! Peers: real hosts, each in a process of its own, told what to do line by line.
//!
//! The harness starts its own program again for each ([`Peer::spawn`]); `serve` is what runs there. A request is one line
//! of JSON, and so is its answer; each is carried out before the next is read. Times in answers are those of [`clock`],
//! which all processes share.
//!
//! [`clock`]: crate::clock

pub(crate) mod app;
pub(crate) mod serve;
mod traffic;
mod watch;

use std::path::{Path, PathBuf};
use std::process::Stdio;

use mutiny_core::view::Address;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use uuid::Uuid;

use crate::process::{Seen, Usage};
use crate::{Result, clock};

/// From an own instance to one of another peer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Flow {
    pub(crate) from: Uuid,
    pub(crate) to: Address,
}

/// What a peer can be told to do.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Request {
    /// Say who you are. → [`Card`]
    Card,
    /// Make so many instances. → their ids
    Instances(usize),
    /// Add a friend, by contact link, and wait until it is connected.
    Meet(String),
    /// Let a peer send to these instances, and wait until it was told.
    Invite { instances: Vec<Uuid>, peer: String },
    /// Wait until a peer is gone.
    Miss(String),
    /// Send messages, in turns over the flows, with so many calls of `send()` under way. → [`Sent`]
    Send { flows: Vec<Flow>, messages: usize, size: usize, in_flight: usize },
    /// As [`Request::Send`], and wait until all are acknowledged. → [`Sent`]
    Deliver { flows: Vec<Flow>, messages: usize, size: usize, in_flight: usize },
    /// Wait until the last messages of an earlier [`Request::Send`] are acknowledged. → the time
    Acknowledged(Vec<(Uuid, Uuid)>),
    /// Send messages at a steady pace, whether or not earlier ones have arrived. → ids, with the times of the calls
    Pace { flow: Flow, messages: usize, size: usize, per_second: f64 },
    /// Note from now on what is committed to the inboxes, and when.
    Watch,
    /// Wait until so many messages were noted. → ids and times; the notes end
    Watched(usize),
    /// Wait for the first message since the start, in whichever inbox. → the time
    First,
    /// Take all entries out of these inboxes. → how many they were
    Empty(Vec<Uuid>),
    /// Begin a new peak of memory. → [`Usage`]
    Forget,
    /// Say what this process uses. → [`Usage`]
    Usage,
    /// End in good order.
    Stop,
}

/// Who a peer is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Card {
    pub(crate) id: String,
    pub(crate) link: String,
    /// When the host was ready.
    pub(crate) ready: f64,
    /// What its process used then, in MiB.
    pub(crate) memory: f64,
}

/// How sending went.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Sent {
    /// The first call.
    pub(crate) begun: f64,
    /// The last call returned; with [`Request::Deliver`], the last message was acknowledged.
    pub(crate) done: f64,
    /// For each flow its instance and its last message.
    pub(crate) last: Vec<(Uuid, Uuid)>,
}

/// The harness's end of a peer's process, which ends with it.
pub(crate) struct Peer {
    home: PathBuf,
    port: u16,
    child: Child,
    orders: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    pub(crate) card: Card,
}

impl Peer {
    /// Starts a peer that keeps its profile in `home`, and waits until it is ready.
    pub(crate) async fn spawn(home: &Path) -> Result<Self> {
        std::fs::create_dir_all(home)?;
        // A port that is free now; the peer keeps it through its restarts, so that others find it again.
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        Self::spawn_at(home.to_owned(), port).await
    }

    async fn spawn_at(home: PathBuf, port: u16) -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("peer")
            .arg("--home")
            .arg(&home)
            .arg("--port")
            .arg(port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let (orders, answers) = child.stdin.take().zip(child.stdout.take()).ok_or("a peer has no pipes")?;
        let answers = BufReader::new(answers).lines();
        let card = Card { id: String::new(), link: String::new(), ready: 0.0, memory: 0.0 };
        let mut peer = Self { home, port, child, orders, answers, card };
        peer.card = peer.ask(&Request::Card).await?;
        Ok(peer)
    }

    /// Has a request carried out, and waits for its answer.
    pub(crate) async fn ask<T: DeserializeOwned>(&mut self, request: &Request) -> Result<T> {
        let line = serde_json::to_string(request)? + "\n";
        self.orders.write_all(line.as_bytes()).await?;
        self.orders.flush().await?;
        let line = self.answers.next_line().await?.ok_or("a peer's process has ended")?;
        let answer: Result<serde_json::Value, String> = serde_json::from_str(&line)?;
        Ok(serde_json::from_value(answer?)?)
    }

    /// Has a request carried out that has no answer.
    pub(crate) async fn tell(&mut self, request: &Request) -> Result<()> {
        self.ask(request).await
    }

    /// What its process uses.
    pub(crate) async fn usage(&mut self) -> Result<Usage> {
        self.ask(&Request::Usage).await
    }

    /// The same as far as it can be seen from outside.
    pub(crate) fn seen(&self) -> Result<Seen> {
        Seen::of(self.child.id().ok_or("a peer has ended")?)
    }

    /// Stops it in good order.
    pub(crate) async fn stop(mut self) -> Result<Stopped> {
        self.tell(&Request::Stop).await?;
        self.child.wait().await?;
        Ok(Stopped { home: self.home, port: self.port })
    }

    /// Kills its process with `SIGKILL`.
    pub(crate) async fn kill(mut self) -> Result<Stopped> {
        self.child.kill().await?;
        Ok(Stopped { home: self.home, port: self.port })
    }
}

/// A peer that does not run.
pub(crate) struct Stopped {
    home: PathBuf,
    port: u16,
}

impl Stopped {
    /// Starts it again. Tells as well how many seconds that took, from the start of the process.
    pub(crate) async fn start(self) -> Result<(Peer, f64)> {
        let begun = clock::now();
        let peer = Peer::spawn_at(self.home, self.port).await?;
        let took = peer.card.ready - begun;
        Ok((peer, took))
    }
}
