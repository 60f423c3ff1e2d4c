//! A host with the hostile app in it, and a sink that waits.

use std::collections::BTreeSet;
use std::fs;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use super::alone::play_name_server;
use super::kit::saved::Saved;
use super::kit::sink::{self, Sink};
use super::kit::verdict::{self, Verdict};
use super::kit::{aim, lay_out};
use crate::harness::{Host, Page, poll, window};

/// How long a click in the launcher may take while an app does its worst, as a rule. A person would call it slow, not broken.
const BEARABLE: Duration = Duration::from_secs(3);

/// How long any click may take. A machine that others use, too, has its moments: one click in fifty took five seconds on such a
/// one, where they took one as a rule.
const LONGEST: Duration = Duration::from_secs(15);

/// An instance that is nowhere.
const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

/// Everything a test of the walls needs.
pub(super) struct Scene {
    host: Host,
    sink: Sink,
    zone: Option<&'static str>,
    folder: TempDir,
}

impl Scene {
    pub(super) fn new() -> Self {
        let sink = Sink::listen(Ipv4Addr::LOCALHOST).expect("a sink");
        let zone = play_name_server(&sink);
        Self { host: Host::started("ana"), sink, zone, folder: TempDir::new().expect("a temporary folder") }
    }

    pub(super) fn host(&self) -> &Host {
        &self.host
    }

    /// Where names to look up may lie, if questions for them are heard.
    pub(super) fn zone(&self) -> Option<&'static str> {
        self.zone
    }

    /// What arrived at the sink, but for the scene's own check of its name server.
    #[track_caller]
    pub(super) fn noticed(&self) -> Vec<String> {
        let own = |line: &String| sink::of("check", std::slice::from_ref(line)).is_some();
        self.sink.noticed().into_iter().filter(|line| !own(line)).collect()
    }

    /// Opens the hostile app, with another instance of it beside.
    #[track_caller]
    pub(super) fn open_hostile_app(&self) -> Hostile<'_> {
        let folder = self.folder();
        lay_out(&folder, &self.sink).expect("the hostile app");
        let neighbour = self.add(&folder);
        aim(&folder, &self.sink, &neighbour, self.zone).expect("the hostile app's targets");
        Hostile { neighbour, ..self.open(&self.add(&folder)) }
    }

    /// Opens the hostile app without anything to attack: it waits for its storms.
    #[track_caller]
    pub(super) fn open_idle_app(&self) -> Hostile<'_> {
        let folder = self.folder();
        lay_out(&folder, &self.sink).expect("the hostile app");
        let hostile = self.open(&self.add(&folder));
        hostile.is_ready();
        hostile
    }

    /// The same, with the processes that run its page.
    #[track_caller]
    pub(super) fn open_idle_app_and_its_page(&self) -> (Hostile<'_>, BTreeSet<u32>) {
        let before = self.host.page_processes();
        let hostile = self.open_idle_app();
        (hostile, &self.host.page_processes() - &before)
    }

    /// Closes the launcher, as a person would.
    #[track_caller]
    pub(super) fn close_launcher(&self) {
        window::close("Mutiny");
    }

    /// The folder of the app, for a test to put things in.
    pub(super) fn folder(&self) -> PathBuf {
        let folder = self.folder.path().join("hostile-app");
        fs::create_dir_all(&folder).expect("a folder");
        folder
    }

    /// A new instance of the app in a folder, by its id.
    #[track_caller]
    fn add(&self, folder: &std::path::Path) -> String {
        let code =
            format!("return window.__TAURI_INTERNALS__.invoke('plugin:launcher|add_app', {{ place: {folder:?} }})");
        let instance = self.host.launcher().page().asks(&code).unwrap_or_else(|why| panic!("{why}"));
        instance["id"].as_str().expect("an id").to_owned()
    }

    #[track_caller]
    fn open(&self, id: &str) -> Hostile<'_> {
        let code =
            format!("return window.__TAURI_INTERNALS__.invoke('plugin:launcher|open_instance', {{ id: '{id}' }})");
        self.host.launcher().page().asks(&code).unwrap_or_else(|why| panic!("{why}"));
        // Pages are found by addresses that live as long as the program: a test has but a few.
        let address: &'static str = Box::leak(format!("mutiny-app://{id}").into_boxed_str());
        let id = address.trim_start_matches("mutiny-app://");
        Hostile { scene: self, id, neighbour: NOBODY.to_owned(), page: Page::new(&self.host, address) }
    }

    /// Waits until these attempts have arrived at the sink.
    #[track_caller]
    pub(super) fn notices(&self, attempts: &[&str]) {
        let all_there = poll(|| {
            let noticed = self.noticed();
            let missing: Vec<_> = attempts.iter().filter(|name| sink::of(name, &noticed).is_none()).collect();
            if missing.is_empty() { Ok(()) } else { Err(format!("{missing:?} never arrived, only {noticed:#?}")) }
        });
        all_there.unwrap_or_else(|why| panic!("{why}"));
    }

    /// Waits until something has arrived that was not there `before`, and begins like this.
    #[track_caller]
    pub(super) fn notices_one_more(&self, before: usize, begin: &str) {
        let there = poll(|| {
            let noticed = self.noticed();
            let new = noticed.get(before..).unwrap_or_default();
            if new.iter().any(|line| line.starts_with(begin)) { Ok(()) } else { Err(format!("only {new:?} arrived")) }
        });
        there.unwrap_or_else(|why| panic!("{why}"));
    }

    /// Files of the web engine that carry an instance's id in their path.
    pub(super) fn stored_by(&self, id: &str) -> Vec<PathBuf> {
        let output = Command::new("find").arg(self.host.file("webview")).args(["-path", &format!("*{id}*")]).output();
        let found = String::from_utf8(output.expect("find").stdout).expect("paths in UTF-8");
        found.lines().map(PathBuf::from).collect()
    }

    /// The launcher, for a look at how it fares. It is found now: a driver that looks through all windows for one would wait
    /// for each of them, also for one that answers nobody.
    #[track_caller]
    pub(super) fn launcher(&self) -> Launcher<'_> {
        let launcher = Launcher(Page::new(&self.host, "tauri://"));
        launcher.0.shows("region", "Views");
        launcher
    }
}

/// The launcher, beside a hostile app.
pub(super) struct Launcher<'s>(Page<'s>);

impl Launcher<'_> {
    /// Goes from view to view, within what a person bears.
    #[track_caller]
    pub(super) fn answers(&self) {
        self.answers_for(Duration::ZERO);
    }

    /// The same again and again, for as long as this.
    #[track_caller]
    pub(super) fn answers_for(&self, long: Duration) {
        let (began, mut times) = (Instant::now(), Vec::new());
        while times.is_empty() || began.elapsed() < long {
            for view in ["People", "Invitations", "Apps"] {
                let began = Instant::now();
                self.0.within("region", "Views").click("button", view);
                self.0.shows("heading", view);
                let took = began.elapsed();
                assert!(took < LONGEST, "it took {took:?} to go to {view}");
                times.push(took);
            }
        }
        times.sort();
        let rule = times[times.len() / 2];
        assert!(rule < BEARABLE, "it took {rule:?} as a rule to go from view to view: {times:?}");
    }
}

impl Launcher<'_> {
    /// How many entries wait in the inbox of an instance.
    #[track_caller]
    pub(super) fn unread_of(&self, id: &str) -> u64 {
        let code = format!(
            "const all = await window.__TAURI_INTERNALS__.invoke('plugin:launcher|instances');
             return all.find((it) => it.id === '{id}').unread"
        );
        self.0.asks(&code).ok().and_then(|unread| unread.as_u64()).expect("a number")
    }
}

/// The hostile app's window.
pub(super) struct Hostile<'s> {
    scene: &'s Scene,
    id: &'static str,
    /// The instance that it attacks. In the names of all files that it saves.
    neighbour: String,
    page: Page<'s>,
}

impl<'s> Hostile<'s> {
    /// Its instance.
    pub(super) fn id(&self) -> &'static str {
        self.id
    }

    /// Its page.
    pub(super) fn page(&self) -> &Page<'s> {
        &self.page
    }

    /// Waits until everything was tried.
    #[track_caller]
    pub(super) fn tries_everything(&self) -> Value {
        let mut tried = 0;
        loop {
            let script = "const [tried] = arguments;
                return (report.done || report.attempts.length > tried) && report";
            let report = self.page.until("get on with its attempts", script, serde_json::json!([tried]));
            if report["done"] == true {
                return report;
            }
            tried = report["attempts"].as_array().map_or(0, Vec::len);
        }
    }

    /// What came of everything it tried.
    #[track_caller]
    pub(super) fn verdicts(&self) -> Vec<Verdict> {
        let report = serde_json::from_value(self.tries_everything()).expect("a report");
        verdict::all(&report, &self.scene.noticed(), &self.saved())
    }

    /// What it saved where downloads would land: where this person has theirs, at home, or where the program was started.
    pub(super) fn saved(&self) -> Saved {
        let home = self.scene.host.file("../../../home");
        Saved::look(vec![home.join("Downloads"), home, PathBuf::from(env!("CARGO_MANIFEST_DIR"))], &self.neighbour)
    }

    /// The titles of all windows that the person sees, but for the launcher's own: also those of the engine's dialogs, and
    /// whatever the app would like to call itself.
    #[track_caller]
    pub(super) fn titles_of_windows(&self) -> Vec<String> {
        let mut titles = window::titled(".");
        let launcher = titles.iter().position(|title| title == "Mutiny").expect("the launcher");
        titles.remove(launcher);
        titles
    }

    /// Clicks the window's close button, and waits until it is gone.
    #[track_caller]
    pub(super) fn closes(&self) {
        window::close("Hostile app");
    }

    /// Waits until its page is there.
    #[track_caller]
    pub(super) fn is_ready(&self) {
        self.page.until("be ready", "return typeof window.storm === 'object'", serde_json::json!([]));
    }

    /// What its storms did so far, and the time on the page's clock, in milliseconds.
    #[track_caller]
    pub(super) fn counts(&self) -> Value {
        let counts = "return { now: performance.now(), ...structuredClone(storm.counts) }";
        self.page.asks(counts).unwrap_or_else(|why| panic!("{why}"))
    }

    /// Tries one way out of those in a file of `attempts`, and no other. What the page makes of it, if it lives to tell, is in
    /// `window.came`.
    #[track_caller]
    pub(super) fn tries(&self, file: &str, attempt: &str) {
        let address = self.scene.sink.address();
        let go = format!(
            "const {{ {file} }} = await import('/attempts/{file}.js');
             const sink = {{ tcp: '{address}', neighbour: '{neighbour}' }};
             const at = {{ url: 'http://{address}/{attempt}', name: '{attempt}', sink }};
             setTimeout(async () => (window.came = await {file}['{attempt}'](at)), 50);",
            neighbour = self.neighbour,
        );
        self.page.asks(&go).unwrap_or_else(|why| panic!("{attempt}: {why}"));
    }

    /// What the page makes of the one attempt that it tried.
    #[track_caller]
    pub(super) fn came(&self) -> Value {
        self.page.until("tell what came of it", "return window.came", serde_json::json!([]))
    }

    /// Waits until its window shows something that is not its own.
    #[track_caller]
    pub(super) fn is_elsewhere(&self) {
        let gone = format!("return !location.href.startsWith('mutiny-app://{}')", self.id);
        self.page.until("go elsewhere", &gone, serde_json::json!([]));
    }

    /// Waits until it has left a file where downloads land.
    #[track_caller]
    pub(super) fn leaves_a_file(&self, attempt: &str) {
        let left = poll(|| self.saved().by(attempt).map(drop).ok_or_else(|| format!("{attempt}: {}", self.saved())));
        left.unwrap_or_else(|why| panic!("{why}"));
    }

    /// Starts one of its storms.
    #[track_caller]
    pub(super) fn storms(&self, storm: &str) {
        // Not at once: the answer has to get out first.
        let code = format!("setTimeout(() => window.storm.{storm}(), 50)");
        self.page.asks(&code).unwrap_or_else(|why| panic!("{why}"));
    }
}
