//! What a page may ask for only while the person clicks, and does not get all the same.

use serde_json::{Value, json};

use super::scene::{Hostile, Scene};

/// What every page may do with a click: put something on the clipboard. Reading it stays refused.
const GRANTED: &[&str] = &["gesture-clipboard-write", "gesture-clipboard-copy"];

/// Clicks once for each of them; returns what came of it, by name.
#[track_caller]
pub(super) fn click_through(hostile: &Hostile<'_>) -> Vec<(String, Value)> {
    let page = hostile.page();
    let names = page.asks("return gestures.names").expect("their names");
    let names: Vec<String> = serde_json::from_value(names).expect("a list");
    assert!(names.len() > 8, "{names:?}");
    let click = |name: String| {
        page.asks(&format!("gestures.came = null; gestures.next = '{name}'; return true")).expect("it is next");
        page.click("button", "Click");
        let came = page.until("get an answer", "return gestures.came", json!([]));
        assert_eq!(came["name"], name);
        // It was a real click: without one, the engine would have refused for that alone.
        assert_eq!(came["active"], true, "{came}");
        (name, came)
    };
    names.into_iter().map(click).collect()
}

#[test]
fn a_click_opens_no_door() {
    let scene = Scene::new();
    let launcher = scene.launcher();
    let hostile = scene.open_idle_app();
    for (name, came) in click_through(&hostile) {
        assert_eq!(came["held"], !GRANTED.contains(&&*name), "{came}");
    }
    assert_eq!(hostile.titles_of_windows(), ["Hostile app"]);
    launcher.answers();
}
