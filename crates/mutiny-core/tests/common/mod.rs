//! Peers for tests: real hosts in this process, on loopback, that read like the story they tell.

#![allow(clippy::unwrap_used, clippy::expect_used, dead_code, unreachable_pub, missing_docs)]

use std::path::{Path, PathBuf};
use std::time::Duration;

use mutiny_core::view::{Acceptance, Address, Answer, Body, Conditions, Correspondent, Entry, MessageState, Presence};
use mutiny_core::{Config, Event, Host};
use tempfile::TempDir;
use uuid::Uuid;

/// How long anything may take before a test gives up. Nothing waits that long where all is well.
const PATIENCE: Duration = Duration::from_secs(30);

/// A person's host, with one app.
pub struct Peer {
    pub name: &'static str,
    home: TempDir,
    app: PathBuf,
    host: Option<Host>,
    instance: Option<Uuid>,
}

impl Peer {
    /// A new person, whose host is running.
    pub async fn new(name: &'static str) -> Self {
        let home = TempDir::new().unwrap();
        let app = home.path().join("talk");
        std::fs::create_dir(&app).unwrap();
        std::fs::write(app.join("index.html"), "<!doctype html><title>Talk</title>").unwrap();
        std::fs::write(app.join("mutiny.json"), r#"{"id":"org.example.talk","name":"Talk","version":"1.0.0"}"#)
            .unwrap();
        let mut peer = Self { name, home, app, host: None, instance: None };
        peer.start().await;
        peer.host().set_name(name).await.unwrap();
        peer
    }

    pub fn config(&self) -> Config {
        Config {
            profile: "default".to_owned(),
            data_dir: Some(self.home.path().join("data")),
            listen: vec!["/ip4/127.0.0.1/tcp/0".to_owned()],
            mdns: false,
        }
    }

    pub fn app(&self) -> &Path {
        &self.app
    }

    pub fn host(&self) -> &Host {
        self.host.as_ref().expect("the host is running")
    }

    pub fn is_running(&self) -> bool {
        self.host.is_some()
    }

    pub async fn start(&mut self) {
        self.host = Some(Host::start(self.config()).await.unwrap());
    }

    /// Starts it under a developer's conditions.
    pub async fn start_under(&mut self, conditions: Conditions) {
        let (host, _) = Host::start_under(self.config(), conditions).await.unwrap();
        self.host = Some(host);
    }

    pub async fn stop(&mut self) {
        self.host.take().expect("the host is running").stop().await;
    }

    /// Rewrites the app's manifest, so that it asks for these permissions.
    pub fn declares(&self, permissions: &[&str]) {
        let manifest =
            format!(r#"{{"id":"org.example.talk","name":"Talk","version":"1.0.0","permissions":{permissions:?}}}"#);
        std::fs::write(self.app.join("mutiny.json"), manifest).unwrap();
    }

    /// Opens the app.
    pub async fn open(&mut self) -> Uuid {
        let instance = self.host().instance_for(&self.app).await.unwrap().id;
        self.instance = Some(instance);
        instance
    }

    pub fn id(&self) -> String {
        self.host().me().unwrap().id
    }

    pub fn instance(&self) -> Uuid {
        self.instance.expect("the app is open")
    }

    pub fn address(&self) -> Address {
        Address { peer: self.id(), instance: self.instance() }
    }

    /// Adds the other one by contact link, and waits until they are connected.
    pub async fn meets(&self, other: &Peer) {
        self.host().add_contact(&other.host().me().unwrap().link).await.unwrap();
        self.sees(other).await;
    }

    pub async fn sees(&self, other: &Peer) {
        let id = other.id();
        self.until("a peer to be online", async |host| {
            let peers = host.peers().await.unwrap();
            peers.into_iter().find(|peer| peer.id == id && peer.presence == Presence::Online)
        })
        .await;
    }

    pub async fn invites(&self, other: &Peer) {
        self.host().invite(self.instance(), &other.id()).await.unwrap();
    }

    /// Accepts the one open invitation with the own instance.
    pub async fn accepts(&self) {
        let invitation = self
            .until("an invitation", async |host| {
                host.invitations().await.unwrap().into_iter().find(|invitation| invitation.answer == Answer::Open)
            })
            .await;
        self.host().accept_invitation(invitation.id, Acceptance::Existing { instance: self.instance() }).await.unwrap();
    }

    /// The other side of an accepted invitation.
    pub async fn knows(&self) -> Correspondent {
        let instance = self.instance();
        self.until("the other side's address", async |host| {
            let known = host.correspondents(instance).await.unwrap();
            known.into_iter().find(|correspondent| correspondent.instance.is_some())
        })
        .await
    }

    pub async fn sends(&self, to: &Address, text: &str) -> Uuid {
        self.host().send(self.instance(), to, Body::Json(text.into()), None).await.unwrap()
    }

    /// Takes the next entry, when it is there.
    pub async fn takes(&self) -> Entry {
        let instance = self.instance();
        self.until("an entry in the inbox", async |host| host.next(instance, None).await.unwrap()).await
    }

    /// Takes as many messages, and gives their texts.
    pub async fn hears(&self, count: usize) -> Vec<String> {
        let mut texts = Vec::new();
        while texts.len() < count {
            match self.takes().await {
                Entry::Message { body: Body::Json(text), .. } => texts.push(text.as_str().unwrap().to_owned()),
                other => panic!("{} took {other:?}", self.name),
            }
        }
        texts
    }

    pub async fn has_empty_inbox(&self) -> bool {
        self.host().read(self.instance()).await.unwrap().is_none()
    }

    pub async fn ended(&self, message: Uuid) -> MessageState {
        let instance = self.instance();
        self.until("a message to end", async |host| {
            Some(host.status(instance, message).await.unwrap().state()).filter(|state| *state != MessageState::Queued)
        })
        .await
    }

    /// Waits until `look` finds something: looks, and looks again after each event.
    pub async fn until<T>(&self, what: &str, look: impl AsyncFn(&Host) -> Option<T>) -> T {
        let mut events = self.host().events();
        let found = tokio::time::timeout(PATIENCE, async {
            loop {
                if let Some(found) = look(self.host()).await {
                    return found;
                }
                match events.recv().await {
                    Ok(Event::Changed(_) | Event::App(..))
                    | Err(tokio::sync::broadcast::error::RecvError::Lagged(_)) => {}
                    Err(error) => panic!("{} stopped: {error}", self.name),
                }
            }
        });
        found.await.unwrap_or_else(|_| panic!("{} waited in vain for {what}", self.name))
    }
}

/// Two people who talk: each has accepted the other's invitation.
pub async fn alice_and_bob() -> (Peer, Peer) {
    let (mut alice, mut bob) = (Peer::new("alice").await, Peer::new("bob").await);
    alice.open().await;
    bob.open().await;
    alice.meets(&bob).await;
    alice.invites(&bob).await;
    bob.accepts().await;
    alice.knows().await;
    (alice, bob)
}

/// A copy of a person's database, as a backup program makes one. The key and what else lies beside it are not in it.
pub struct Backup(Vec<u8>);

impl Peer {
    pub fn database(&self) -> PathBuf {
        let found = walk(&self.home.path().join("data"));
        found.into_iter().find(|file| file.ends_with("default/mutiny.db")).expect("the database")
    }

    /// Copies the database while the host is stopped.
    pub fn backup(&self) -> Backup {
        assert!(self.host.is_none(), "the host is stopped");
        Backup(std::fs::read(self.database()).unwrap())
    }

    /// Puts an old copy in the place of the database.
    pub fn restore(&self, Backup(content): &Backup) {
        assert!(self.host.is_none(), "the host is stopped");
        std::fs::write(self.database(), content).unwrap();
    }
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}
