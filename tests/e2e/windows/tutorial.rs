//! The tutorial, followed to the letter: its own code blocks make the app, and two people use it.

use std::fs;
use std::path::Path;

use crate::harness::Host;
use serde_json::json;
use tempfile::TempDir;

const TUTORIAL: &str = include_str!("../../../docs/tutorial.md");

/// Writes the files that the tutorial has the reader type, up to a step.
fn type_until(step: u32, folder: &Path) {
    fs::create_dir_all(folder).expect("a folder");
    for block in TUTORIAL.split("\n```").skip(1).step_by(2) {
        let (head, text) = block.split_once('\n').expect("a block with a first line");
        let word = |key: &str| head.split(' ').find_map(|word| word.strip_prefix(key));
        let of_step = word("step=").map_or(1, |step| step.parse().expect("a number"));
        if let Some(file) = word("file=")
            && of_step <= step
        {
            fs::write(folder.join(file), text).expect("a file");
        }
    }
}

/// The list as it can be read, with a tick at what was bought.
const LIST: &str = "
    return [...document.querySelectorAll('#list li')].map((it) =>
        (it.querySelector('input').checked ? '✓ ' : '') + it.innerText.trim())";

#[test]
fn who_follows_the_tutorial_ends_with_the_app_it_promises() {
    let home = TempDir::new().expect("a temporary folder");
    let folder = home.path().join("shopping");
    let shopping = folder.to_str().expect("a path in UTF-8");

    // Steps 1 and 2: a page, and a list that stays.
    type_until(1, &folder);
    let ana = Host::started("ana");
    ana.launcher().set_name("Ana");
    ana.open(shopping);
    ana.app().shows("heading", "Shopping").shows("button", "Share with someone");
    type_until(2, &folder);
    ana.app().reload().until("have begun", "return document.getElementById('add').onsubmit !== null", json!([]));
    ana.app().fill("What to buy", "Bread").click("button", "Add").says("Bread");
    ana.app().reload().says("Bread");

    // Steps 3 and 4: two people, and each sees what the other does.
    type_until(3, &folder);
    ana.app().reload().until("have begun", "return document.getElementById('invite').onclick !== null", json!([]));
    ana.app().says("Bread");
    let ben = Host::started("ben");
    ben.launcher().set_name("Ben");
    ben.open(shopping);
    ana.launcher().add_person(&ben.launcher().contact_link()).sees_online("Ben");
    ana.app().click("button", "Share with someone");
    ana.question().click("radio", "Ben").leave_by("button", "Ask Ben to connect");
    ben.launcher().accept_invitation_to("Shopping", "Ana");
    ben.app().says("Shared with Ana").says("Bread");
    ben.app().fill("What to buy", "Butter").click("button", "Add");
    ana.app().says("Shared with Ben").says("Butter");

    // Step 5: being away.
    ben.kill_9();
    ana.app().fill("What to buy", "Milk").click("button", "Add").says("Milk").picture("tutorial");
    ben.start();
    ben.open(shopping);
    ben.app().until_equal("have the whole list", LIST, &json!(["Bread", "Butter", "Milk"]));
}
