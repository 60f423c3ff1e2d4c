//! People and apps to be looked at: the same at every run, faces included.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::harness::{Host, Page, SlowLink, Tray};

/// The keys of made-up people, in hexadecimal. They are here for all to see, and of use to nobody.
const ANA: &str = "08011240fdfb62b165765306a4737e3161df61a3113216fd236a75e7f87ecb6f\
                   4f906a01c357fedd5f8a12d99db53ffb45c96ce63f9d5873e80687625efd1c1bc42bb4a9";
const BEN: &str = "08011240faa5c8cee263ccb4b142b34a2b26d06238db0b72e11ad90d1616a5ce\
                   ef50e0094e569fca512267986187aca8fe0d12d12745151a490f77c68d335219e89983c1";
const CLARA: &str = "080112407c1244701377991dec5bbbaab8c0aeba64e6a4e4d6f4a247837acf98\
                     4269f50ec5c4469e34a4c2dfd391ee5b64d851a8e3696ef862d5383b9c6984c11884bd5f";
const ZOE: &str = "080112401423cc0c76f77a8b5fc969983d1f6351b88c74f5d3c2a4fe1dec71ea\
                   3d25790bc2b0d93c13845d187342d2298ff5bf92c6e81328e8f138781efc225f9b7d506d";
const FAY: &str = "08011240ad8e15de63e51582209989b07aaeac27c57c4111662e4439990d3b8ed0f64baf\
                   34e693ed6055a2dc064d6527fa4260542efef1cdaf0b4c55e6b417b16908b8dc";
const MIA: &str = "08011240f9d91f472c0552112547455700abbc238e228a2deba360a32421697cf6e7bcdd\
                   55a6d72ca033775164bd4fa01de3f45acaf823e451a28b2e345a8f8a10689112";
const DAN: &str = "0801124000b38700ef63f808c7c2fd02b39efd2a34a3ac00c39cd6281b44b7a3ad5ae034\
                   da15e327ff4809a13dd4c2e148a4d2bf8bebfb80edd1ae14700a63fe3dd3dd9f";

/// How large the launcher is when it opens.
pub(super) const SIZE: (i32, i32) = (1040, 720);

/// Who is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    /// Has apps, friends, invitations and messages under way.
    Ana,
    /// Has nothing yet.
    Zoe,
    /// Has never started it before.
    Fay,
    /// Knows a hundred people and has apps with odd names, one of which crashed.
    Mia,
    /// Had a damaged database.
    Dan,
}

/// People whose launchers are open, and others who are around for them.
pub(super) struct Scene {
    cast: Vec<(Who, Host)>,
    _others: Vec<Host>,
    _tray: Option<Tray>,
}

fn host(name: &'static str, key: &str) -> Host {
    let key: Vec<u8> = (0..key.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&key[at..at + 2], 16).expect("hexadecimal digits"))
        .collect();
    Host::made_up(name, &key)
}

/// Where the apps are: a folder by the same name at every run, since it is seen in the pictures.
fn folder(name: &str) -> PathBuf {
    std::env::temp_dir().join("apps-of-ana").join(name)
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

/// A copy of a bundled app, in another version where one is given.
fn copy(app: &str, name: &str, version: Option<&str>) -> PathBuf {
    let (from, to) = (bundled(app), folder(name));
    fs::create_dir_all(&to).expect("a folder");
    for file in fs::read_dir(&from).expect("an app") {
        let file = file.expect("a file").path();
        fs::copy(&file, to.join(file.file_name().expect("a name"))).expect("a copy");
    }
    if let Some(version) = version {
        let manifest = fs::read_to_string(to.join("mutiny.json")).expect("a manifest");
        let mut manifest: serde_json::Value = serde_json::from_str(&manifest).expect("JSON");
        manifest["version"] = version.into();
        fs::write(to.join("mutiny.json"), manifest.to_string()).expect("a manifest");
    }
    to
}

/// A made-up app that does nothing by itself; what its manifest says besides.
fn made_up(id: &str, name: &str, besides: Value) -> PathBuf {
    let app = folder(id);
    fs::create_dir_all(&app).expect("a folder");
    let mut manifest = json!({
        "id": format!("org.example.{id}"), "name": name, "version": "1.0.0", "description": "An app that somebody made.",
    });
    for (name, value) in besides.as_object().into_iter().flatten() {
        manifest[name] = value.clone();
    }
    fs::write(app.join("mutiny.json"), manifest.to_string()).expect("a manifest");
    fs::write(app.join("index.html"), "<!doctype html><title>App</title><h1>App</h1>").expect("a page");
    app
}

/// One that is long on its way where the link is slow.
fn atlas() -> PathBuf {
    let app = made_up("atlas", "Atlas", json!({}));
    let map = app.join("map.bin");
    // Once: another scene may be reading it.
    if fs::metadata(&map).map_or(0, |map| map.len()) != ATLAS {
        fs::write(map, vec![7; ATLAS as usize]).expect("a map");
    }
    app
}

const ATLAS: u64 = 8_000_000;

/// An app of those that come along.
fn bundled(app: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("apps").join(app)
}

/// Where the older Ping is that can be chosen.
pub(super) fn older_ping() -> String {
    text(&folder("ping-0.0.9")).to_owned()
}

/// A name that asks for room, and others that ask for care.
const NAMES: [&str; 5] = [
    "Maximiliana-Konstantina von und zu Hohenlohe-Waldenburg-Schillingsfürst",
    "محمد عبد الله",
    "ליאורה",
    "Ярослава Кириллова-Достоевская",
    "Pneumonoultramicroscopicsilicovolcanoconiosispneumonoultramicroscopic",
];

/// What an app is called whose page crashed.
pub(super) const CRASHED: &str = "محادثة";

/// Adds people who are nowhere, by contact links of made-up peers.
const ADD: &str = "
    const letters = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
    const id = (n) => {
        let number = BigInt('0x0024080112' + '20' + ((n + 1) * 2654435761 % 4294967296).toString(16).padStart(8, '0').repeat(8));
        let text = '';
        for (; number > 0n; number /= 58n) text = letters[Number(number % 58n)] + text;
        return '1' + text;
    };
    const add = (link) => window.__TAURI_INTERNALS__.invoke('plugin:launcher|add_contact', { link });
    for (const [n, name] of people.entries()) await add(`mutiny:${id(n)}?name=${encodeURIComponent(name)}`);";

fn add(page: &Page<'_>, people: &[String]) {
    page.asks(&format!("const people = {}; {ADD}", json!(people))).expect("added");
}

/// The instance of an app, by the app's name.
fn instance(page: &Page<'_>, app: &str) -> String {
    let all =
        page.asks("return window.__TAURI_INTERNALS__.invoke('plugin:launcher|instances')").expect("the instances");
    let found = all.as_array().into_iter().flatten().find(|it| it["app"]["name"] == app);
    found.and_then(|it| it["id"].as_str()).expect("an id").to_owned()
}

/// Starts a call that the person has to answer, and leaves the question open.
fn ask(host: &Host, call: &str) {
    host.app().asks(&format!("{call}.catch(() => {{}}); return true")).expect("it is begun");
    host.question().shows("heading", "");
}

impl Scene {
    /// Everyday life, set up by clicks: Ana, and Zoe.
    pub(super) fn new() -> Self {
        let tray = Tray::shown();
        let [ana, ben, clara] = [("ana", ANA), ("ben", BEN), ("clara", CLARA)].map(|(name, key)| host(name, key));
        for (host, name) in [(&ana, "Ana"), (&ben, "Ben"), (&clara, "Clara")] {
            host.start();
            host.launcher().set_name(name);
        }
        // A conversation with Ben, who throws the app away later and then is gone.
        ana.launcher().add_person(&ben.launcher().contact_link()).sees_online("Ben");
        ana.open(text(&copy("chat", "chat", None)));
        // His is older.
        ben.open(text(&copy("chat", "chat-0.2.0", Some("0.2.0"))));
        let (of_ana, of_ben) = (ana.chat(), ben.chat());
        of_ana.invite("Ben");
        ben.launcher().accept_invitation_to("Chat", "Ana");
        of_ana.talks_with("Ben").say("Hello Ben!").sees_delivered("Hello Ben!");
        of_ben.choose("Ana").talks_with("Ana").sees("Hello Ben!");
        of_ben.page().asks("setTimeout(() => close()); return true").expect("closed");
        ben.launcher().go_to("Apps").page().shows("button", "Open Chat");
        // Ana is invited to what she has and to what she has not, by people who are around and by one who is gone.
        let link = SlowLink::to(&ana);
        clara.launcher().add_person(&link.address_of(&ana.launcher().contact_link())).sees_online("Ana");
        let id = of_ana.page().asks("return (await mutiny.peer).id").expect("an id");
        let launcher = ana.launcher();
        let page = launcher.page();
        for (host, from, app, name) in [
            (&ben, "Ben", bundled("tic-tac-toe"), "Tic-tac-toe"),
            (&ben, "Ben", bundled("poll"), "Poll"),
            (&clara, "Clara", bundled("file-drop"), "File drop"),
            (&clara, "Clara", bundled("whiteboard"), "Whiteboard"),
            (&clara, "Clara", atlas(), "Atlas"),
            (&clara, "Clara", made_up("recipes", "Recipes", json!({})), "Recipes"),
            (&clara, "Clara", copy("chat", "chat-0.4.0", Some("0.4.0")), "Chat"),
        ] {
            host.open(text(&app));
            host.launcher().go_to("Apps").page().shows("button", &format!("Show {name}"));
            let invite = format!("await mutiny.invite({id}); setTimeout(() => close()); return true");
            host.app().asks(&invite).expect("invited");
            launcher.go_to("Invitations").page().shows("heading", &format!("{from} invites you to {name}"));
            host.launcher().page().shows("button", &format!("Open {name}"));
        }
        page.click("button", "Decline Tic-tac-toe from Ben").says("Declined");
        page.click("button", "Get Whiteboard from Clara").says("nothing of it has run yet");
        clara.launcher().remove("Recipes");
        page.click("button", "Get Recipes from Clara").shows("button", "Try again to get Recipes from Clara");
        // An app that nobody has looked at since somebody wrote to it.
        let shopping = json!({ "place": made_up("shopping", "Shopping", json!({ "accepts": "nearby" })) });
        page.asks(&format!("await window.__TAURI_INTERNALS__.invoke('plugin:launcher|add_app', {shopping})"))
            .expect("added");
        let to = json!({ "peer": ana.launcher().id(), "instance": instance(page, "Shopping") });
        clara.launcher().open("Chat");
        let write = format!("for (const it of ['Milk', 'Bread', 'Tea']) await mutiny.send({to}, it); return true");
        clara.app().asks(&write).expect("written");
        launcher.go_to("Apps").page().within("article", "Shopping").says("3 new");
        link.slows_down();
        // Something fails, and something waits.
        ben.launcher().remove("Chat");
        of_ana.say("Are you still there?");
        launcher.go_to("Activity").page().click("tab", "Failed").says("does not have this app any more");
        ben.terminate();
        launcher.sees_offline("Ben").go_to("Invitations");
        page.click("button", "Get Poll from Ben").says("Waiting for Ben to come online");
        for text in ["I will wait", "until you are back"] {
            of_ana.say(text).sees_waiting(text, "Ben");
        }
        // An app that was updated, and one that is older.
        copy("ping", "ping-0.0.9", Some("0.0.9"));
        ana.open(text(&copy("ping", "ping", None)));
        ana.question().leave_by("button", "Don’t allow");
        let newer = copy("ping", "ping-0.2.0", Some("0.2.0"));
        let update = json!({ "id": instance(page, "Ping"), "place": newer, "olderToo": false });
        page.asks(&format!("await window.__TAURI_INTERNALS__.invoke('plugin:launcher|update_app', {update})"))
            .expect("updated");
        // Somebody whom Ana does not want to hear of.
        add(page, &["Mallory".to_owned()]);
        launcher.go_to("People").page().click("button", "More for Mallory").click("menuitem", "Block");
        page.within("listitem", "Mallory").says("Blocked");
        let zoe = host("zoe", ZOE);
        zoe.start();
        Self { cast: vec![(Who::Ana, ana), (Who::Zoe, zoe)], _others: vec![clara], _tray: Some(tray) }
    }

    /// Ana is asked whom to invite, for as long as somebody looks.
    pub(super) fn ask(&self) {
        if let Some(ana) = self.find(Who::Ana) {
            ask(ana, "mutiny.invite()");
        }
    }

    /// What is not everyday life: Fay, Mia and Dan.
    pub(super) fn odd() -> Self {
        let [fay, mia, dan] = [("fay", FAY), ("mia", MIA), ("dan", DAN)].map(|(name, key)| host(name, key));
        fay.start_anew();
        fay.open(text(&made_up("friends", "Friends", json!({}))));
        fay.app().shows("heading", "App");
        ask(&fay, "mutiny.invite()");

        mia.start();
        let launcher = mia.launcher();
        let page = launcher.page();
        mia.open(text(&made_up("calendar", "Calendar", json!({ "permissions": ["notifications", "peers"] }))));
        mia.app().shows("heading", "App");
        ask(&mia, "mutiny.notify({ text: 'Hello' })");
        let long = json!({ "place": made_up("long", NAMES[0], json!({})) });
        page.asks(&format!("await window.__TAURI_INTERNALS__.invoke('plugin:launcher|add_app', {long})"))
            .expect("added");
        let many = (1..=95).map(|n| format!("{} {n}", ["Ada", "Bo", "Chidi", "Dana", "Emre"][n % 5]));
        let people: Vec<String> = NAMES.iter().map(|&name| name.to_owned()).chain(many).collect();
        add(page, &people);
        let before = mia.page_processes();
        mia.open(text(&made_up("arabic", CRASHED, json!({}))));
        launcher.go_to("Apps").page().shows("button", &format!("Show {CRASHED}"));
        // The host does not outlive a page whose process is killed before it has said who it is.
        let id = instance(page, CRASHED);
        Page::new(&mia, format!("mutiny-app://{id}").leak()).shows("heading", "App");
        mia.kill_pages(&(&mia.page_processes() - &before));
        page.shows("button", &format!("Restart {CRASHED}"));

        dan.start();
        assert!(dan.terminate().success());
        for file in ["mutiny.db", "mutiny.db-wal"] {
            let file = dan.file("mutiny.log").with_file_name(file);
            fs::write(file, "This is no database. ".repeat(1000)).expect("damage done");
        }
        dan.start();
        dan.launcher().tells_of_damage();
        Self { cast: vec![(Who::Fay, fay), (Who::Mia, mia), (Who::Dan, dan)], _others: Vec::new(), _tray: None }
    }

    /// Somebody who is in it.
    #[track_caller]
    pub(super) fn host(&self, who: Who) -> &Host {
        self.find(who).unwrap_or_else(|| panic!("{who:?} is not in this scene"))
    }

    pub(super) fn find(&self, who: Who) -> Option<&Host> {
        self.cast.iter().find(|(known, _)| *known == who).map(|(_, host)| host)
    }

    /// Everybody who is looked at.
    pub(super) fn cast(&self) -> impl Iterator<Item = &Host> {
        self.cast.iter().map(|(_, host)| host)
    }
}
