//! Sessions for tests, that read like the story they tell.
#![allow(clippy::unwrap_used, clippy::expect_used, dead_code, unreachable_pub, missing_docs)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use mutiny_core::view::{Body, Entry, Peer};
use mutiny_dev::view::{self, Event};
use mutiny_dev::{Plan, Session, Stage};
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

/// How long anything may take before a test gives up. Nothing waits that long where all is well.
const PATIENCE: Duration = Duration::from_secs(40);

/// The program of peers without windows, beside the tests' own; built where it is not there yet.
pub fn node() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    let node = own.parent().unwrap().parent().unwrap().join("mutiny-node");
    if !node.exists() {
        let built = Command::new(env!("CARGO")).args(["build", "--quiet", "--package", "mutiny-node"]).status();
        assert!(built.unwrap().success(), "mutiny-node was built");
    }
    node
}

/// A session, and the app that its peers run.
pub struct Scene {
    pub session: Session,
    pub app: TempDir,
}

impl Scene {
    /// Peers that know each other.
    pub async fn of(peers: usize) -> Self {
        let scene = Self::prepare(peers, true, true);
        scene.session.start().await.unwrap();
        scene.until(|view| view.links.iter().all(|link| link.connected)).await;
        scene
    }

    /// Peers that do not.
    pub async fn of_strangers(peers: usize) -> Self {
        let scene = Self::prepare(peers, false, true);
        scene.session.start().await.unwrap();
        scene
    }

    /// Peers whose app has no page.
    pub async fn without_app(peers: usize) -> Self {
        Self::prepare(peers, true, false)
    }

    /// Peers that go on with what is kept in a folder, and keep it there.
    pub async fn kept_in(folder: &Path) -> Self {
        let scene = Self::with(2, true, true, Some(folder.to_owned()));
        scene.session.start().await.unwrap();
        scene.until(|view| view.links.iter().all(|link| link.connected)).await;
        scene
    }

    fn prepare(peers: usize, introduced: bool, page: bool) -> Self {
        Self::with(peers, introduced, page, None)
    }

    fn with(peers: usize, introduced: bool, page: bool, keep: Option<PathBuf>) -> Self {
        let app = TempDir::new().unwrap();
        if page {
            std::fs::write(app.path().join("index.html"), "<!doctype html><title>Talk</title>").unwrap();
        }
        let plan = Plan {
            folder: app.path().to_owned(),
            peers,
            introduced,
            accepts: introduced,
            stage: Stage::Nodes { program: node() },
            keep,
        };
        Self { session: Session::new(plan).unwrap(), app }
    }

    pub fn instance(&self, name: &str) -> Uuid {
        let view = self.session.view();
        view.peers.into_iter().find(|peer| peer.name == name).unwrap().instance.unwrap()
    }

    pub fn id(&self, name: &str) -> String {
        self.session.view().peers.into_iter().find(|peer| peer.name == name).unwrap().id
    }

    pub async fn ask(&self, name: &str, call: &str, mut arguments: Value) -> Value {
        arguments["instance"] = json!(self.instance(name));
        self.session.ask(name, call, arguments).await.unwrap()
    }

    /// Makes a call of the person's.
    pub async fn ask_any(&self, name: &str, call: &str) -> Value {
        self.session.ask(name, call, Value::Null).await.unwrap()
    }

    pub async fn invites(&self, from: &str, to: &str) {
        self.ask(from, "invite", json!({ "peer": self.id(to) })).await;
    }

    pub async fn announces(&self, name: &str, what: &str) {
        self.ask(name, "announce", json!({ "value": what })).await;
    }

    /// One invites the other, whose answer is awaited.
    pub async fn conversation<'s>(&'s self, from: &'s str, to: &'s str) -> Conversation<'s> {
        self.invites(from, to).await;
        self.sees(from, |event| matches!(event, Event::Invitation { from, .. } if from == to)).await;
        Conversation { scene: self, from, to }
    }

    pub async fn peers_known_to(&self, name: &str) -> Vec<String> {
        let peers: Vec<Peer> = self.session.ask(name, "peers", Value::Null).await.unwrap();
        peers.into_iter().map(|peer| peer.name).collect()
    }

    /// Takes what comes first, and gives its text.
    pub async fn takes(&self, name: &str) -> String {
        self.sees(name, |event| matches!(event, Event::Received { .. })).await;
        let entry = self.ask(name, "next", json!({})).await;
        match serde_json::from_value(entry).unwrap() {
            Entry::Message { body: Body::Json(Value::String(text)), .. } => text,
            other => panic!("{name} took {other:?}"),
        }
    }

    pub async fn has_taken_everything(&self, name: &str) -> bool {
        self.ask(name, "read", json!({})).await.is_null()
    }

    /// All that has happened, and at which peer.
    pub fn events(&self) -> Vec<(String, Event)> {
        let (mut all, mut after) = (Vec::new(), 0);
        loop {
            let page = self.session.timeline(after);
            let Some(last) = page.last() else { return all };
            after = last.number;
            all.extend(page.into_iter().map(|happening| (happening.peer, happening.event)));
        }
    }

    pub fn count(&self, wanted: impl Fn(&Event) -> bool) -> usize {
        self.events().iter().filter(|(_, event)| wanted(event)).count()
    }

    /// Waits until that has happened at a peer.
    pub async fn sees(&self, name: &str, wanted: impl Fn(&Event) -> bool) {
        self.until_events(|events| events.iter().any(|(peer, event)| peer == name && wanted(event))).await;
    }

    pub async fn until_events(&self, there: impl Fn(&[(String, Event)]) -> bool) {
        let looked = self.wait(|| there(&self.events())).await;
        assert!(looked, "it never came to that: {:#?}", self.events());
    }

    /// Waits until the session stands like that.
    pub async fn until(&self, there: impl Fn(&view::Session) -> bool) -> view::Session {
        let looked = self.wait(|| there(&self.session.view())).await;
        assert!(looked, "it never came to that: {:#?}", self.session.view());
        self.session.view()
    }

    async fn wait(&self, there: impl Fn() -> bool) -> bool {
        let mut wakes = self.session.watch();
        let waiting = async {
            while !there() {
                drop(wakes.recv().await);
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.is_ok()
    }
}

/// Two peers that know each other's address.
pub struct Conversation<'s> {
    scene: &'s Scene,
    from: &'s str,
    to: &'s str,
}

impl Conversation<'_> {
    /// Sends a text the one way.
    pub async fn says(&self, text: &str) -> Uuid {
        let to = json!({ "peer": self.scene.id(self.to), "instance": self.scene.instance(self.to) });
        let body = json!({ "type": "json", "value": text });
        let id = self.scene.ask(self.from, "send", json!({ "to": to, "body": body })).await;
        serde_json::from_value(id).unwrap()
    }
}

/// Kinds of events.
pub mod is {
    use super::*;

    pub fn received(message: Uuid) -> impl Fn(&Event) -> bool {
        move |event| matches!(event, Event::Received { message: id, .. } if *id == message)
    }
}
