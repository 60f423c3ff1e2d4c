//! What a page may ask for only while the person clicks, and does not get all the same.

use serde_json::json;

use super::scene::Scene;

/// What every page may do with a click: put something on the clipboard. Reading it stays refused.
const GRANTED: &[&str] = &["gesture-clipboard-write", "gesture-clipboard-copy"];

#[test]
fn a_click_opens_no_door() {
    let scene = Scene::new();
    let launcher = scene.launcher();
    let hostile = scene.open_idle_app();
    let page = hostile.page();
    let names = page.asks("return gestures.names").expect("their names");
    let names: Vec<&str> = names.as_array().expect("a list").iter().filter_map(|name| name.as_str()).collect();
    assert!(names.len() > 8, "{names:?}");
    for name in names {
        page.asks(&format!("gestures.came = null; gestures.next = '{name}'; return true")).expect("it is next");
        page.click("button", "Click");
        let came = page.until("get an answer", "return gestures.came", json!([]));
        assert_eq!(came["name"], name);
        // It was a real click: without one, the engine would have refused for that alone.
        assert_eq!(came["active"], true, "{came}");
        assert_eq!(came["held"], !GRANTED.contains(&name), "{came}");
    }
    assert_eq!(hostile.titles_of_windows(), ["Hostile app"]);
    launcher.answers();
}
