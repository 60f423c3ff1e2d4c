//! A peer's process: carries out one request after another.

use std::io::Write;
use std::path::{Path, PathBuf};

use futures::stream::{self, StreamExt, TryStreamExt};
use mutiny_core::view::{AppEvent, Presence};
use mutiny_core::{Config, Event, Host};
use serde::Serialize;
use serde_json::Value;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::watch::Notes;
use super::{Card, Request, app, traffic};
use crate::{Failure, Result, clock, process};

/// How many instances are made, or invitations sent, at a time.
const AT_ONCE: usize = 64;

/// Runs a host until it is told to stop, or whoever tells is gone.
pub(crate) async fn run(home: &Path, port: u16) -> Result<()> {
    let mut peer = Serving::start(home, port).await?;
    // Waits for the next request on this thread, which has nothing else to do: the host has the runtime's own.
    for line in std::io::stdin().lines() {
        let request: Request = serde_json::from_str(&line?)?;
        let last = matches!(request, Request::Stop);
        let answer = peer.carry_out(request).await.map_err(|failure| failure.to_string());
        let mut answers = std::io::stdout();
        answers.write_all((serde_json::to_string(&answer)? + "\n").as_bytes())?;
        answers.flush()?;
        if last {
            break;
        }
    }
    Ok(())
}

struct Serving {
    host: Host,
    app: PathBuf,
    ready: f64,
    memory: f64,
    /// Sees the first message come.
    first: Option<JoinHandle<Result<f64>>>,
    notes: Option<Notes>,
}

impl Serving {
    async fn start(home: &Path, port: u16) -> Result<Self> {
        let host = Host::start(Config {
            profile: "default".to_owned(),
            data_dir: Some(home.to_owned()),
            listen: vec![format!("/ip4/127.0.0.1/tcp/{port}")],
            mdns: false,
        })
        .await?;
        let (ready, memory) = (clock::now(), process::usage()?.memory);
        let mut events = host.events();
        let first = tokio::spawn(async move {
            loop {
                match events.recv().await {
                    Ok(Event::App(_, AppEvent::Message)) => return Ok(clock::now()),
                    Ok(_) | Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return Err("the host has stopped".into()),
                }
            }
        });
        Ok(Self { host, app: app::folder(home)?, ready, memory, first: Some(first), notes: None })
    }

    async fn carry_out(&mut self, request: Request) -> Result<Value> {
        let host = &self.host;
        match request {
            Request::Card => {
                let me = host.me()?;
                json(Card { id: me.id, link: me.link, ready: self.ready, memory: self.memory })
            }
            Request::Instances(count) => {
                let made: Vec<Uuid> = stream::iter(0..count)
                    .map(|_| async { Ok::<_, Failure>(host.add_app(&self.app).await?.id) })
                    .buffered(AT_ONCE)
                    .try_collect()
                    .await?;
                json(made)
            }
            Request::Meet(link) => {
                let id = host.add_contact(&link).await?.id;
                self.until_presence(&id, Presence::Online).await
            }
            Request::Miss(id) => self.until_presence(&id, Presence::Offline).await,
            Request::Invite { instances, peer } => {
                stream::iter(instances)
                    .map(|instance| host.invite(instance, &peer))
                    .buffer_unordered(AT_ONCE)
                    .try_for_each(|_| std::future::ready(Ok(())))
                    .await?;
                self.until(&peer, |peer| peer.waiting == 0).await
            }
            Request::Send { flows, messages, size, in_flight } => {
                json(traffic::send(host, &flows, messages, size, in_flight).await?)
            }
            Request::Deliver { flows, messages, size, in_flight } => {
                json(traffic::deliver(host, &flows, messages, size, in_flight).await?)
            }
            Request::Acknowledged(last) => json(traffic::acknowledged(host, &last).await?),
            Request::Pace { flow, messages, size, per_second } => {
                json(traffic::pace(host, &flow, messages, size, per_second).await?)
            }
            Request::Watch => {
                self.notes = Some(Notes::take(host)?);
                Ok(Value::Null)
            }
            Request::Watched(count) => {
                let notes = self.notes.take().ok_or("nothing is being noted")?;
                json(notes.until(count).await?)
            }
            Request::First => {
                let first = self.first.take().ok_or("the first message was asked for already")?;
                json(first.await??)
            }
            Request::Empty(instances) => json(traffic::empty(host, &instances).await?),
            Request::Forget => {
                process::forget_peak()?;
                json(process::usage()?)
            }
            Request::Usage => json(process::usage()?),
            Request::Stop => {
                host.stop().await;
                Ok(Value::Null)
            }
        }
    }

    async fn until_presence(&self, id: &str, presence: Presence) -> Result<Value> {
        self.until(id, |peer| peer.presence == presence).await
    }

    /// Waits until what is known of a peer is as wanted.
    async fn until(&self, id: &str, wanted: impl Fn(&mutiny_core::view::Peer) -> bool) -> Result<Value> {
        let mut events = self.host.events();
        loop {
            if self.host.peers().await?.iter().any(|peer| peer.id == id && wanted(peer)) {
                return Ok(Value::Null);
            }
            if let Err(RecvError::Closed) = events.recv().await {
                return Err("the host has stopped".into());
            }
        }
    }
}

fn json(value: impl Serialize) -> Result<Value> {
    Ok(serde_json::to_value(value)?)
}
