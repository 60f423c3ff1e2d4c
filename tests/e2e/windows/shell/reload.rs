//! A page that is loaded again by key.

use std::fs;

use tempfile::TempDir;

use super::notes;
use crate::harness::Host;
use crate::harness::window::Manager;

#[test]
fn ctrl_r_and_f5_load_an_app_s_page_again_whatever_it_does_with_keys() {
    let (ana, folder) = (Host::started("ana"), TempDir::new().expect("a temporary folder"));
    let page = notes(&ana, &folder);
    let manager = Manager::start();
    for key in ["ctrl+r", "F5"] {
        page.asks("addEventListener('keydown', (event) => event.preventDefault(), true)").expect("it takes all keys");
        fs::write(folder.path().join("notes/index.html"), format!("<h1>After {key}</h1>")).expect("a change");
        manager.focus("notes");
        page.until("have the keyboard", "return document.hasFocus()", serde_json::json!([]));
        manager.press(key, "notes");
        page.shows("heading", &format!("After {key}"));
    }
}
