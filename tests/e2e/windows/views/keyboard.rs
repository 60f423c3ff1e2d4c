//! The main tasks without a mouse: where the Tab key leads, and that it is seen.

use serde_json::json;

use super::scene::{Scene, Who};
use crate::harness::Page;

const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";
const LEFT: &str = "\u{e012}";
const RIGHT: &str = "\u{e014}";

/// What has the focus: its name, and whether it can be seen that it has. A window without the keyboard shows none, and
/// without a window manager another may have it.
const FOCUSED: &str = "
    const it = document.activeElement;
    const name = it.getAttribute('aria-label') ?? it.innerText?.trim().replace(/\\s+/g, ' ') ?? '';
    const seen = it === document.body || !document.hasFocus() || getComputedStyle(it).outlineStyle !== 'none';
    return [name, seen];";

/// Presses Tab until something by this name has the focus; everything on the way must show that it has it.
#[track_caller]
fn tab_to(page: &Page<'_>, name: &str) -> Vec<String> {
    let mut way = Vec::new();
    for _ in 0..40 {
        page.press(TAB);
        let focused = page.asks(FOCUSED).expect("the focus");
        let reached = focused[0].as_str().unwrap_or_default().to_owned();
        assert_eq!(focused[1], json!(true), "it cannot be seen that “{reached}” has the focus");
        way.push(reached);
        if way.last().is_some_and(|last| last.starts_with(name)) {
            return way;
        }
    }
    panic!("the Tab key does not lead to “{name}” but to {way:?}");
}

#[test]
fn the_main_tasks_need_no_mouse() {
    let scene = Scene::new();
    let launcher = scene.host(Who::Ana).launcher();
    let page = launcher.page();
    launcher.go_to("Apps");
    page.asks("document.activeElement.blur()").expect("no focus");

    // From the top: the rail in its order, and then the view.
    let way = tab_to(page, "Add app");
    let rail: Vec<&str> = way.iter().map(String::as_str).take(5).collect();
    assert!(
        rail[0].starts_with("Apps") && rail[1].starts_with("People") && rail[2].starts_with("Invitations"),
        "{way:?}"
    );
    assert!(rail[3].starts_with("Activity") && rail[4].starts_with("Settings"), "{way:?}");

    // A dialog takes the focus, keeps it, and gives it back.
    tab_to(page, "More for");
    page.press(ENTER).shows("menuitem", "Rename");
    page.press(ENTER).shows("dialog", "Rename");
    page.until("keep the focus in the dialog", "return !!document.activeElement.closest('[role=dialog]')", json!([]));
    page.press(ESCAPE).lacks("dialog", "Rename");
    page.until(
        "give the focus back",
        "return (document.activeElement.getAttribute('aria-label') ?? '').startsWith('More for')",
        json!([]),
    );

    // To what waits, and to take it back.
    page.asks("document.activeElement.blur()").expect("no focus");
    tab_to(page, "Activity");
    page.press(ENTER).shows("heading", "Activity");
    // Among the tabs, the arrows lead from the one that was chosen last.
    tab_to(page, "Failed");
    page.press(LEFT).says("Waiting for Ben to come online");
    page.press(RIGHT).says("does not have this app any more");
    page.press(LEFT).says("Waiting for Ben to come online");
    tab_to(page, "Try now to reach Ben");
    tab_to(page, "Withdraw all for Ben");
    page.press(ENTER).shows("dialog", "Withdraw 2 messages for Ben?");
    // What does no harm comes first.
    assert_eq!(tab_to(page, "Keep waiting").len(), 1);
    assert_eq!(tab_to(page, "Withdraw 2 messages").len(), 1);
    page.press(ENTER).shows("heading", "Nothing is waiting");
}
