//! `mutiny dev`: peers side by side, each a process with a window, and the inspector that shows and disturbs them.
//!
//! Only the inspector is driven: a web driver drives the windows of one process. The app does what a file of its folder
//! says, and does it when that file is saved.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::views::axe::{colours, problems};
use crate::harness::{
    Host, Page, picture_of_display, picture_of_window, poll, type_into_window, wait_for_window, window,
};

const MANIFEST: &str = r#"{ "id": "org.example.talk", "name": "Talk", "version": "1.0.0" }"#;

const PAGE: &str = r#"<!doctype html><html lang="en"><title>Talk</title><link rel="stylesheet" href="style.css">
    <body><h1>Talk</h1><p id="last">Nothing yet.</p><script type="module" src="main.js"></script></body></html>"#;

/// Does the orders for its peer that it has not done yet, and shows what arrives.
const SCRIPT: &str = r"
    const { label } = await mutiny.instance;
    console.log(`${label} is here`);
    const tone = () => getComputedStyle(document.body).getPropertyValue('--tone').trim();
    let before = tone();
    setInterval(() => tone() !== before && console.log(`the tone is ${(before = tone())}`), 50);

    const other = async () => {
      for (;;) {
        const known = (await mutiny.invitations()).find(({ instance }) => instance);
        if (known) return known;
        await new Promise((heard) => mutiny.addEventListener('invitation', heard, { once: true }));
      }
    };
    const acts = {
      invite: (peer) => mutiny.invite(peer),
      say: async (text) => mutiny.send(await other(), text),
      blunder: () => mutiny.send({ peer: 'nobody', instance: '00000000-0000-4000-8000-000000000000' }, 'hello?'),
    };
    const orders = (await (await fetch('orders.json')).json())[label] ?? [];
    const obey = async () => {
      for (let done = Number(localStorage.done ?? 0); done < orders.length; done++) {
        localStorage.done = done + 1;
        const [[act, with_]] = Object.entries(orders[done]);
        await acts[act](with_);
      }
    };
    obey();
    for await (const entry of mutiny) document.querySelector('#last').textContent = JSON.stringify(entry.data);";

/// A session, and the folder of the app that its peers run.
struct Scene {
    // The process ends before the folder goes.
    host: Host,
    app: TempDir,
}

impl Scene {
    #[track_caller]
    fn of(arguments: &[&str]) -> Self {
        let app = TempDir::new().expect("a temporary folder");
        for (name, content) in [
            ("mutiny.json", MANIFEST),
            ("index.html", PAGE),
            ("main.js", SCRIPT),
            ("style.css", "body { --tone: light }"),
            ("orders.json", "{}"),
        ] {
            fs::write(app.path().join(name), content).expect("a file");
        }
        let host = Host::new("ana");
        host.start_with(&[&["dev", text(app.path())], arguments].concat());
        Self { host, app }
    }

    fn inspector(&self) -> Page<'_> {
        Page::new(&self.host, "tauri://localhost/inspector.html")
    }

    /// Shows a view of the inspector, which has one at a time where it is narrow.
    #[track_caller]
    fn view(&self, name: &'static str) -> Page<'_> {
        let inspector = self.inspector();
        inspector.click("tab", name);
        inspector
    }

    #[track_caller]
    fn session(&self) -> Value {
        let code = "return window.__TAURI_INTERNALS__.invoke('plugin:inspector|session')";
        self.inspector().asks(code).expect("the session")
    }

    /// Tells a peer's app what to do, on top of what it was told before.
    ///
    /// Its page is there first: one that found them while it was loaded would be loaded anew, for the change, in the
    /// middle of doing them.
    #[track_caller]
    fn orders(&self, orders: &Value) {
        for peer in orders.as_object().expect("orders by peer").keys() {
            self.timeline_says(&[&format!("Talk in {peer}’s window: {peer} is here")]);
        }
        fs::write(self.app.path().join("orders.json"), orders.to_string()).expect("the orders");
    }

    #[track_caller]
    fn timeline_says(&self, words: &[&str]) {
        let inspector = self.view("Timeline");
        for word in words {
            inspector.says(word);
        }
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

#[test]
fn two_peers_talk_one_is_killed_and_all_of_it_can_be_replayed() {
    let scene = Scene::of(&["--peers", "2"]);
    scene.timeline_says(&["ana runs", "ben runs", "ana reaches ben", "Talk in ben’s window: ben is here"]);
    wait_for_window("Talk · ana");
    wait_for_window("Talk · ben");

    let ben = scene.session()["peers"][1]["id"].clone();
    scene.orders(&json!({ "ana": [{ "invite": ben }, { "say": "hello" }] }));
    scene.timeline_says(&[
        "ana’s page took up changes: orders.json",
        "ana invited ben",
        "ben accepted ana’s invitation",
        "ana sent ben “hello”",
        "ben has it · ana’s “hello”",
    ]);
    scene.inspector().picture("dev-inspector");
    picture_of_display("dev");

    let peers = scene.view("Peers");
    peers.click("button", "Kill ben");
    peers.within("article", "ben").says("Ended");
    scene.orders(&json!({ "ana": [{ "invite": ben }, { "say": "hello" }, { "say": "are you back?" }] }));
    scene.view("Peers").within("article", "ana").says("are you back?");
    peers.click("button", "Restart ben");
    scene.timeline_says(&["ben was killed", "ben has it · ana’s “are you back?”"]);

    let saved = save(&scene);
    scene.host.terminate();
    let replayed = scene.host.tell_without_display(&["replay", text(&saved)]);
    let said = String::from_utf8_lossy(&replayed.stdout).into_owned() + &String::from_utf8_lossy(&replayed.stderr);
    assert!(replayed.status.success() && said.contains("the same came of it"), "{said}");
    assert!(!scene.host.has_profile(), "nothing of the person's own was touched");
}

/// Saves the session by the inspector's button.
#[track_caller]
fn save(scene: &Scene) -> PathBuf {
    let file = scene.app.path().with_extension("json");
    scene.inspector().click("button", "Save session");
    type_into_window("Save this session", text(&file), &["Return"]);
    let written = poll(|| fs::metadata(&file).map(drop).map_err(|error| error.to_string()));
    written.expect("the session is saved");
    file
}

/// A view of the inspector: axe-core finds nothing serious in it, and `make views` takes its picture from here.
#[track_caller]
fn stop(name: &str, _file: &str, page: &Page<'_>) {
    for (dark, text) in [(true, ""), (false, "200%"), (false, "")] {
        colours(page, dark);
        let size = "document.documentElement.style.fontSize = arguments[0]; return true";
        page.until("change the size of its text", size, json!([text]));
        assert_eq!(problems(page), Vec::<String>::new(), "{name}, dark: {dark}, text: {text}");
    }
    page.picture(name);
}

#[test]
fn nothing_serious_is_found_in_any_view_of_the_inspector() {
    let scene = Scene::of(&["--peers", "3"]);
    scene.timeline_says(&["ana runs", "ben runs", "cleo runs", "ana reaches ben"]);
    let ben = scene.session()["peers"][1]["id"].clone();
    scene.orders(&json!({ "ana": [{ "invite": ben }, { "say": "hello" }, { "blunder": true }] }));
    scene.timeline_says(&["ben has it · ana’s “hello”", "send failed in ana’s window:"]);
    let inspector = scene.inspector();
    inspector.place(0, 0, 1000, 760).says("ana sent ben");
    stop("inspector", "inspector/Inspector.svelte", &inspector);
    inspector.click("option", "ana sent ben “hello”").shows("region", "Details");
    stop("inspector-details", "inspector/Details.svelte", &inspector);
    inspector.click("button", "Close details").click("button", "Clock of ana");
    stop("inspector-clock", "inspector/Choice.svelte", &inspector);
    // As narrow as a window can be and as low as at 200 %.
    inspector.press("\u{e00c}").place(0, 0, 460, 420);
    for view in ["Timeline", "Peers", "Links"] {
        assert_eq!(problems(&scene.view(view)), Vec::<String>::new(), "{view}, at 200 %");
    }
    inspector.place(0, 0, 460, 760);
    stop("inspector-timeline", "inspector/Events.svelte", &scene.view("Timeline"));
    stop("inspector-peers", "inspector/Peers.svelte", &scene.view("Peers"));
    stop("inspector-links", "inspector/Links.svelte", &scene.view("Links"));
}

#[test]
fn switches_cut_peers_off_and_hold_messages_back() {
    let scene = Scene::of(&[]);
    scene.timeline_says(&["ana reaches ben"]);
    let ben = scene.session()["peers"][1]["id"].clone();
    scene.orders(&json!({ "ana": [{ "invite": ben }, { "say": "one" }] }));
    scene.timeline_says(&["ben has it · ana’s “one”"]);

    scene.view("Peers").click("switch", "Offline: ben");
    scene.timeline_says(&["ana does not reach ben any more"]);
    scene.view("Peers").click("switch", "Offline: ben").click("switch", "Inbox full: ben");
    scene.orders(&json!({ "ana": [{ "invite": ben }, { "say": "one" }, { "say": "two" }] }));
    scene.view("Peers").within("article", "ana").says("two");
    scene.inspector().click("switch", "Inbox full: ben");
    scene.timeline_says(&["ben has it · ana’s “two”"]);

    scene.view("Links").click("switch", "Cut: ana and ben");
    scene.timeline_says(&["Between ana and ben:"]);
    assert_eq!(scene.session()["links"][0]["cut"], true);
}

#[test]
fn the_page_follows_its_files_and_keeps_its_state_where_only_styles_change() {
    let scene = Scene::of(&["--peers", "1"]);
    scene.timeline_says(&["Talk in ana’s window: ana is here"]);
    fs::write(scene.app.path().join("style.css"), "body { --tone: dark }").expect("the styles");
    scene.timeline_says(&["ana’s page took up changes: style.css", "Talk in ana’s window: the tone is dark"]);
    let loads = "return document.body.innerText.split('ana is here').length - 1";
    assert_eq!(scene.inspector().until("tell how often the page was loaded", loads, json!([])), 1);
    fs::write(scene.app.path().join("main.js"), format!("console.log('new');{SCRIPT}")).expect("the script");
    scene.timeline_says(&["ana’s page took up changes: main.js", "Talk in ana’s window: new"]);
}

#[test]
fn what_goes_wrong_in_a_page_is_in_the_inspector() {
    let scene = Scene::of(&["--peers", "1"]);
    scene.orders(&json!({ "ana": [{ "blunder": true }] }));
    scene.timeline_says(&["send failed in ana’s window:", "Nobody caught"]);
}

#[test]
fn a_peer_s_developer_tools_open_by_a_click() {
    let scene = Scene::of(&["--peers", "1"]);
    wait_for_window("Talk · ana");
    scene.timeline_says(&["Talk in ana’s window: ana is here"]);
    // Docked, they take room from the page; else they are a window of their own.
    let notice = "addEventListener('resize', () => console.log('there is less room'));";
    fs::write(scene.app.path().join("main.js"), format!("console.log('new');{notice}{SCRIPT}")).expect("the script");
    scene.timeline_says(&["Talk in ana’s window: new"]);
    scene.view("Peers").click("button", "Developer tools of ana");
    let inspector = scene.view("Timeline");
    let docked = "return document.body.innerText.includes('there is less room')";
    let open = poll(|| match inspector.asks(docked) {
        Ok(Value::Bool(true)) => Ok(()),
        _ if window::is_there("Web Inspector.*") => Ok(()),
        other => Err(format!("{other:?}")),
    });
    open.expect("the developer tools are open");
    picture_of_display("dev-tools");
}

#[test]
fn a_permission_is_asked_for_above_the_peer_s_own_window() {
    let scene = Scene::of(&["--peers", "1"]);
    let manifest = MANIFEST.replace(r#""1.0.0""#, r#""1.0.0", "permissions": ["notifications"]"#);
    fs::write(scene.app.path().join("mutiny.json"), manifest).expect("the manifest");
    let ask = "mutiny.notify({ text: 'Hello' }).catch(({ code }) => console.log(`it said ${code}`));";
    fs::write(scene.app.path().join("main.js"), format!("{ask}{SCRIPT}")).expect("the script");
    wait_for_window("Mutiny · Talk · ana");
    // An empty window takes no answer yet.
    let drawn = poll(|| match picture_of_window("Mutiny · Talk · ana").len() {
        small @ ..5_000 => Err(format!("its picture has {small} bytes")),
        _ => Ok(()),
    });
    drawn.expect("the question is drawn");
    type_into_window("Mutiny · Talk · ana", "", &["Escape"]);
    scene.timeline_says(&["it said PermissionDenied"]);
}

#[test]
fn strangers_are_introduced_by_a_click() {
    let scene = Scene::of(&["--strangers"]);
    scene.timeline_says(&["ana runs", "ben runs"]);
    scene.view("Links").click("button", "Introduce ana and ben");
    scene.timeline_says(&["ana and ben were introduced", "ana reaches ben"]);
}

#[test]
fn a_peer_whose_window_is_closed_has_ended_and_the_inspector_s_end_is_everybody_s() {
    let scene = Scene::of(&[]);
    scene.timeline_says(&["ana runs", "ben runs"]);
    wait_for_window("Talk · ben");
    window::close("Talk · ben");
    scene.timeline_says(&["ben ended"]);
    window::close("Mutiny inspector");
    assert!(scene.host.ends_by_itself().success());
    let left = poll(|| if window::is_there("Talk · .*") { Err("a window is left".to_owned()) } else { Ok(()) });
    left.expect("no window is left");
}
