//! Apps from package files and from people who invite: added, reviewed, updated, brought back, refused.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{Host, Page, SlowLink, choose_in_dialog, friends, window};

/// A place where package files are made, out of a small app that remembers something.
struct Workshop(TempDir);

impl Workshop {
    fn new() -> Self {
        Self(TempDir::new().expect("a temporary folder"))
    }

    fn notes(&self, version: &str) -> PathBuf {
        let folder = self.0.path().join(format!("notes-{version}"));
        fs::create_dir_all(&folder).expect("a folder");
        let manifest = format!(r#"{{"id":"org.example.notes","name":"Notes","version":"{version}"}}"#);
        fs::write(folder.join("mutiny.json"), manifest).expect("a manifest");
        let page = format!("<!doctype html><title>Notes</title><h1>Notes {version}</h1>");
        fs::write(folder.join("index.html"), page).expect("a page");
        let file = folder.with_extension("zip");
        mutiny_core::pack(&folder, &file).expect("a package file");
        file
    }

    /// The folder of an app that takes a while to arrive where the way is long.
    fn atlas(&self) -> PathBuf {
        let folder = self.0.path().join("atlas");
        fs::create_dir(&folder).expect("a folder");
        fs::write(folder.join("mutiny.json"), r#"{"id":"org.example.atlas","name":"Atlas","version":"1.0.0"}"#)
            .expect("a manifest");
        fs::write(folder.join("index.html"), ATLAS).expect("a page");
        fs::write(folder.join("map.bin"), vec![7; 4_000_000]).expect("a map");
        folder
    }
}

const ATLAS: &str = "<!doctype html><title>Atlas</title><h1>Atlas</h1>";

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

/// Calls one of the launcher's commands, where a click would end in a dialog of the system's.
fn command(launcher: &Page<'_>, name: &str, arguments: &Value) -> Result<Value, Value> {
    launcher.asks(&format!("return window.__TAURI_INTERNALS__.invoke('plugin:launcher|{name}', {arguments})"))
}

#[test]
fn an_app_comes_from_the_inviter_and_is_reviewed_before_its_first_run() {
    let (ana, ben) = friends();
    let chat_of_ana = ana.open_chat();
    chat_of_ana.invite("Ben");

    let launcher = ben.launcher();
    launcher.go_to("Invitations").page().shows("heading", "Ana invites you to Chat");
    launcher.page().picture("packages-invitation");
    launcher.page().click("button", "Get Chat from Ana");
    launcher.page().says("nothing of it has run yet");
    let own = "const icon = document.querySelector('article img'); return icon !== null && icon.naturalWidth > 0";
    launcher.page().until("show the app's own icon", own, json!([]));
    launcher.page().picture("packages-review");
    launcher.page().click("button", "Add and open Chat from Ana");

    let chat_of_ben = ben.chat();
    chat_of_ben.choose("Ana").talks_with("Ana").say("I have it now.").sees_delivered("I have it now.");
    chat_of_ana.talks_with("Ben").sees("I have it now.").say("Good.").sees_delivered("Good.");
    chat_of_ben.sees("Good.");
}

#[test]
fn an_inviter_who_is_away_is_waited_for_also_across_a_restart() {
    let (ana, ben) = friends();
    let of_ana = ana.open_chat();
    of_ana.invite("Ben");
    let launcher = ben.launcher();
    let page = launcher.go_to("Invitations").page();
    page.shows("heading", "Ana invites you to Chat");
    ana.kill_9();
    launcher.sees_offline("Ana");

    let card = page.within("article", "Ana invites you to Chat");
    let waits = "Waiting for Ana to come online. The app comes by itself then, also when Mutiny was closed in between.";
    launcher.go_to("Invitations");
    card.click("button", "Get Chat from Ana").says(waits).shows("button", "Stop getting Chat from Ana");
    card.lacks("button", "Get Chat from Ana");
    page.picture("packages-waiting");
    ben.kill_9();
    ben.start();
    launcher.go_to("Invitations");
    card.says(waits);

    // Nobody clicks anything more, and it is there.
    ana.start();
    card.says("nothing of it has run yet").click("button", "Add and open Chat from Ana");
    let of_ben = ben.chat();
    of_ben.choose("Ana").talks_with("Ana").say("You are back!").sees_delivered("You are back!");
    ana.launcher().open("Chat");
    of_ana.choose("Ben").talks_with("Ben").sees("You are back!");
}

/// How many bytes the progress bar says have arrived, once that is more than so many.
const ARRIVED: &str = "
    const arrived = Number(document.querySelector('[role=progressbar]')?.getAttribute('aria-valuenow'));
    return arrived > arguments[0] && arrived";

#[test]
fn who_gets_a_large_app_sees_how_far_it_is_and_can_stop_it_and_try_again() {
    let (ana, ben, workshop) = (Host::started("ana"), Host::started("ben"), Workshop::new());
    ana.launcher().set_name("Ana");
    ben.launcher().set_name("Ben");
    let link = SlowLink::to(&ana);
    ben.launcher().add_person(&link.address_of(&ana.launcher().contact_link())).sees_online("Ana");
    ana.launcher().sees_online("Ben");
    let folder = workshop.atlas();
    ana.open(text(&folder));
    let id = ben.launcher().id();
    ana.app().asks(&format!("await mutiny.invite('{id}')")).expect("invited");
    let launcher = ben.launcher();
    let page = launcher.go_to("Invitations").page();
    let card = page.within("article", "Ana invites you to Atlas");
    let get = || card.click("button", "Get Atlas from Ana");

    link.slows_down();
    get().shows("progressbar", "Getting Atlas").says("of 4 MB");
    let some = page.until("have some of it", ARRIVED, json!([0]));
    page.until("have more of it", ARRIVED, json!([some]));
    page.picture("packages-arriving");
    card.click("button", "Stop getting Atlas from Ana").lacks("progressbar", "Getting Atlas");
    card.shows("button", "Get Atlas from Ana");
    link.quickens();

    // Ana goes on with it, so that what she has is not what she invited to.
    fs::write(folder.join("index.html"), "<!doctype html><title>Atlas</title>").expect("an edit");
    let why = "Ana has another version of “Atlas” by now than the invitation says. Ask for a new invitation.";
    get().within("alert", "").says(why);
    page.picture("packages-failed");
    card.click("button", "Dismiss Atlas from Ana").lacks("alert", "");
    get().within("alert", "").says(why);
    fs::write(folder.join("index.html"), ATLAS).expect("an edit taken back");
    card.click("button", "Try again to get Atlas from Ana").says("nothing of it has run yet").lacks("alert", "");
    card.click("button", "Add and open Atlas from Ana");
    ben.app().shows("heading", "Atlas");
}

#[test]
fn an_update_keeps_what_the_app_stored_and_can_be_taken_back() {
    let (ana, workshop) = (Host::started("ana"), Workshop::new());
    // The host that runs takes over what another start was given.
    ana.open(text(&workshop.notes("1.2.0")));
    let notes = ana.app();
    notes.shows("heading", "Notes 1.2.0");
    assert_eq!(notes.asks("localStorage.setItem('kept', 'yes'); return true"), Ok(json!(true)));

    let launcher = ana.launcher();
    launcher.lists_app("Notes");
    let instances = command(launcher.page(), "instances", &json!({})).expect("the instances");
    let id = &instances[0]["id"];
    let update = |version: &str| {
        let place = workshop.notes(version);
        command(launcher.page(), "update_app", &json!({ "id": id, "place": text(&place), "olderToo": false }))
    };
    update("1.3.0").expect("an update");
    notes.shows("heading", "Notes 1.3.0");
    assert_eq!(notes.asks("return localStorage.getItem('kept')"), Ok(json!("yes")));
    let refused = update("1.1.0").expect_err("an older version");
    assert_eq!(refused["code"], "OlderVersion");

    launcher.page().click("button", "More for Notes");
    launcher.page().picture("packages-menu");
    launcher.page().click("menuitem", "Go back to 1.2.0");
    notes.shows("heading", "Notes 1.2.0");
    assert_eq!(notes.asks("return localStorage.getItem('kept')"), Ok(json!("yes")));
}

#[test]
fn a_package_that_means_no_good_is_refused_with_a_sentence() {
    let (ana, workshop) = (Host::started("ana"), Workshop::new());
    let file = workshop.notes("1.0.0");
    // Its one page leads out of the folder, in both places where an archive names it.
    let mut bytes = fs::read(&file).expect("a package");
    let name = b"index.html";
    let places: Vec<usize> = (0..bytes.len() - name.len()).filter(|at| bytes[*at..].starts_with(name)).collect();
    for at in places {
        bytes[at..at + name.len()].copy_from_slice(b"../../evil");
    }
    fs::write(&file, bytes).expect("a package");

    let launcher = ana.launcher();
    launcher.page().click("button", "Add app").click("menuitem", "From a package file");
    choose_in_dialog("Choose an app's package file", text(&file));
    launcher.page().says("leads out of the package");
    let instances = command(launcher.page(), "instances", &json!({})).expect("the instances");
    assert_eq!(instances, json!([]));
}

#[test]
fn one_package_opened_twice_gives_two_instances_and_one_folder_only_one() {
    let ana = Host::started("ana");
    let home = TempDir::new().expect("a temporary folder");
    let package = home.path().join("ping.zip");
    mutiny_core::pack(&Path::new(env!("CARGO_MANIFEST_DIR")).join("apps/ping"), &package).expect("a package");
    ana.open(text(&package));
    window::appears("Ping");
    ana.open(text(&package));
    window::appears("Ping · Ping 2");
    ana.launcher().lists_app("Ping").lists_app("Ping 2");

    // A folder is a developer's own, and goes on where it was.
    ana.open("apps/chat");
    window::appears("Chat");
    ana.open("apps/chat");
    ana.launcher().lists_app("Chat").page().lacks("article", "Chat 2");
}
