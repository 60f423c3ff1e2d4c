//! Peers come and go.

use std::sync::{Arc, Weak};
use std::time::Duration;

use mutiny_core::view::{Instance, Me};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::{Inner, PARTING, Session, now};
use crate::error::{Error, Result};
use crate::process::{Process, Told};
use crate::record::Act;
use crate::stage::Start;
use crate::view::{PeerState, Topic};

/// How long a peer may take to tell its last steps before it is killed.
const LAST_STEPS: Duration = Duration::from_millis(500);

impl Session {
    /// Starts all peers, at the same time, and introduces them to one another.
    ///
    /// # Errors
    /// The first of what goes wrong; the others run all the same.
    pub async fn start(&self) -> Result<()> {
        let count = self.state().members.len();
        let launches: Vec<_> = (0..count)
            .map(|index| {
                let session = self.clone();
                tokio::spawn(async move { session.launch(index).await })
            })
            .collect();
        let mut outcome = Ok(());
        for launch in launches {
            let launched = launch.await.unwrap_or(Ok(()));
            outcome = outcome.and(launched);
        }
        outcome
    }

    /// Starts a peer that has ended; one that runs is ended first, in an orderly way.
    ///
    /// # Errors
    /// [`Error::NoSuchPeer`], and what keeps it from starting.
    pub async fn restart(&self, name: &str) -> Result<()> {
        let index = self.close(name).await?;
        self.launch(index).await
    }

    /// Ends a peer in an orderly way, as when its window is closed. Returns its place.
    ///
    /// # Errors
    /// [`Error::NoSuchPeer`].
    pub async fn close(&self, name: &str) -> Result<usize> {
        let (index, process) = {
            let state = self.state();
            let index = state.find(name)?;
            (index, state.process(index).ok())
        };
        if let Some(process) = process {
            // One that ends meanwhile gives no answer.
            drop(process.ask::<Value>("stop", Value::Null).await);
            self.until_state(index, PeerState::Ended).await;
            process.kill();
        }
        Ok(index)
    }

    /// Ends a peer as `kill -9` does; returns when it is gone. What it did before this was called is told before.
    ///
    /// # Errors
    /// [`Error::NoSuchPeer`], [`Error::NotRunning`].
    pub async fn kill(&self, name: &str) -> Result<()> {
        let (index, process, marks) = {
            let state = self.state();
            let index = state.find(name)?;
            (index, state.process(index)?, state.members[index].marks)
        };
        // One that hangs is killed all the same.
        drop(tokio::time::timeout(LAST_STEPS, self.until_marked(index, &process, marks)).await);
        {
            let mut state = self.state();
            state.members[index].killed = true;
            // Before it is done: others notice as soon as it is.
            state.act(index, now(), Act::Ended { killed: true });
        }
        process.kill();
        self.until_state(index, PeerState::Ended).await;
        Ok(())
    }

    /// Ends all peers, and returns when they are gone.
    pub async fn stop(&self) {
        let running: Vec<_> = self.state().members.iter().filter_map(|member| member.process.clone()).collect();
        let partings = running.into_iter().map(|process| {
            tokio::spawn(async move {
                drop(tokio::time::timeout(PARTING, process.ask::<Value>("stop", Value::Null)).await);
                process
            })
        });
        let mut gone = Vec::new();
        for parting in partings.collect::<Vec<_>>() {
            gone.extend(parting.await);
        }
        // Not within the loop's head, which would hold on to the state.
        let count = self.state().members.len();
        for index in 0..count {
            self.until_state(index, PeerState::Ended).await;
        }
        gone.iter().for_each(|process| process.kill());
    }

    async fn until_marked(&self, index: usize, process: &Process, marks: u64) -> Result<()> {
        let mut wakes = self.watch();
        process.ask::<Value>("mark", Value::Null).await?;
        let is_there = || self.state().members[index].marks > marks;
        while !is_there() && wakes.recv().await.is_ok() {}
        Ok(())
    }

    async fn launch(&self, index: usize) -> Result<()> {
        match self.bring_up(index).await {
            Ok(()) => Ok(()),
            Err(error) => {
                // One that does not answer as it should is of no use.
                if let Ok(process) = self.state().process(index) {
                    process.kill();
                }
                self.state().members[index].ended(Some(error.to_string()));
                self.wake(Topic::Session);
                Err(error)
            }
        }
    }

    async fn bring_up(&self, index: usize) -> Result<()> {
        let (ready, up) = oneshot::channel();
        let name = self.spawn(index, ready)?;
        self.wake(Topic::Session);
        if let Err(said) = up.await.unwrap_or_else(|_| Err(String::new())) {
            return Err(Error::NotStarted { name, said });
        }
        let process = self.state().process(index)?;
        process.ask::<Value>("set_name", json!({ "name": capitalised(&name) })).await?;
        let me: Me = process.ask("me", Value::Null).await?;
        let place = json!({ "folder": self.0.plan.folder });
        let instance: Instance = process.ask("instance_for", place).await?;
        let others: Vec<usize> = {
            let mut state = self.state();
            let member = &mut state.members[index];
            (member.id, member.instance, member.app) = (me.id, Some(instance.id), Some(instance.app));
            member.state = PeerState::Running;
            (0..state.members.len()).filter(|other| *other != index).collect()
        };
        // Links may have been set before its id was known.
        for other in &others {
            self.put_under_conditions(*other).await?;
        }
        for other in others {
            let known = {
                let state = self.state();
                let pair = (index.min(other), index.max(other));
                let running = state.members[other].state == PeerState::Running;
                running && (self.0.plan.introduced || state.introduced.contains(&pair))
            };
            if known {
                self.introduce_pair(index, other).await?;
            }
        }
        self.is_stale(index);
        self.wake(Topic::Session);
        self.wake(Topic::Timeline);
        Ok(())
    }

    /// Starts the process. `ready` is told when it runs, or what it said when it ended before.
    fn spawn(&self, index: usize, ready: oneshot::Sender<Result<(), String>>) -> Result<String> {
        let (mut state, began) = (self.state(), now());
        let conditions = state.conditions(index);
        let member = &mut state.members[index];
        let start = Start {
            index,
            name: &member.name,
            home: self.home(),
            folder: &self.0.plan.folder,
            port: member.port,
            conditions: &conditions,
        };
        member.run += 1;
        let run = member.run;
        let told = listen(Arc::downgrade(&self.0), index, run, ready);
        let process = Process::start(&member.name, self.0.plan.stage.command(&start), told)?;
        (member.state, member.problem, member.killed) = (PeerState::Starting, None, false);
        member.process = Some(Arc::new(process));
        let name = member.name.clone();
        state.act(index, began, Act::Started);
        Ok(name)
    }
}

/// What to do with what a peer tells.
fn listen(
    session: Weak<Inner>,
    index: usize,
    run: u64,
    ready: oneshot::Sender<Result<(), String>>,
) -> impl Fn(Told) + Send + Sync + 'static {
    let ready = std::sync::Mutex::new(Some(ready));
    let answer = move |outcome| {
        let ready = ready.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        // Nobody may wait for it any more.
        ready.map(|ready| drop(ready.send(outcome)))
    };
    move |told| {
        match &told {
            Told::Ready => drop(answer(Ok(()))),
            Told::Ended(said) => drop(answer(Err(said.clone()))),
            Told::Step(_) | Told::Missed(_) => {}
        }
        if let Some(session) = session.upgrade() {
            Session(session).told(index, run, told);
        }
    }
}

/// As a person would write a name.
fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
