//! Bad input for a profile that runs already: said on the terminal it was typed into, with the code that a cold start
//! gives, and nothing of it reaches the host.

use std::fs;

use tempfile::TempDir;

use crate::harness::{Host, refused, window};

#[test]
fn an_app_that_cannot_be_opened_is_refused_where_it_was_typed() {
    let ana = Host::started("ana");
    let home = TempDir::new().expect("a temporary folder");
    let place = |name: &str, files: &[(&str, &str)]| {
        let folder = home.path().join(name);
        fs::create_dir(&folder).expect("a folder");
        files.iter().for_each(|(name, content)| fs::write(folder.join(name), content).expect("a file"));
        folder.to_str().expect("a path in UTF-8").to_owned()
    };
    let empty = place("empty", &[("readme.txt", "no page here")]);
    let broken = place("broken", &[("index.html", "<p>hello"), ("mutiny.json", "{ \"id\": ")]);
    let missing = home.path().join("missing").to_str().expect("a path in UTF-8").to_owned();
    refused(&ana.tell(&["open", &empty]), 66, "has no index.html");
    refused(&ana.tell(&["open", &broken]), 65, "mutiny.json cannot be used");
    refused(&ana.tell(&["open", &missing]), 66, "There is no folder at");
    refused(&ana.tell(&["open", &format!("{missing}.zip")]), 66, "There is no package file at");
    refused(&ana.tell(&["open", &format!("{empty}/readme.txt")]), 65, "is not a sound .zip file");

    // No dialog lies over the launcher, which still hears of good ones.
    ana.open("apps/ping");
    ana.launcher().lists_app("Ping");
    assert_eq!(window::called("Mutiny").len(), 1);
}

#[test]
fn a_contact_link_that_will_not_do_is_refused_where_it_was_typed() {
    let ana = Host::started("ana");
    let own = ana.launcher().contact_link();
    let refuses = || {
        for link in ["mutiny:", "mutiny:12D3KooWnotapeer"] {
            refused(&ana.tell(&[link]), 64, "This is not a contact link");
        }
        refused(&ana.tell(&["hello"]), 64, "neither a command nor a contact link");
        refused(&ana.tell(&[&own]), 64, "This is your own contact link.");
    };
    refuses();
    ana.launcher().page().says("Nobody here yet").lacks("dialog", "Add");

    // The same from a cold start.
    ana.kill_9();
    refuses();
}
