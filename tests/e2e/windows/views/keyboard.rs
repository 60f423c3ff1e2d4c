//! The main tasks without a mouse: where the Tab key leads, and that it is seen.

use serde_json::json;

use super::scene::{Scene, Who};
use crate::harness::keys::{ENTER, ESCAPE, LEFT, RIGHT};

#[test]
fn the_main_tasks_need_no_mouse() {
    let scene = Scene::new();
    let launcher = scene.host(Who::Ana).launcher();
    let page = launcher.page();
    launcher.go_to("Apps");
    page.asks("document.activeElement.blur()").expect("no focus");

    // From the top: the rail in its order, and then the view.
    let way = page.tab_to("Add app");
    let rail: Vec<&str> = way.iter().map(String::as_str).take(5).collect();
    assert!(
        rail[0].starts_with("Apps") && rail[1].starts_with("People") && rail[2].starts_with("Invitations"),
        "{way:?}"
    );
    assert!(rail[3].starts_with("Activity") && rail[4].starts_with("Settings"), "{way:?}");

    // A dialog takes the focus, keeps it, and gives it back.
    page.tab_to("More for");
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
    page.tab_to("Activity");
    page.press(ENTER).shows("heading", "Activity");
    // Among the tabs, the arrows lead from the one that was chosen last.
    page.tab_to("Failed");
    page.press(LEFT).says("Waiting for Ben to come online");
    page.press(RIGHT).says("does not have this app any more");
    page.press(LEFT).says("Waiting for Ben to come online");
    page.tab_to("Try now to reach Ben");
    page.tab_to("Withdraw all for Ben");
    page.press(ENTER).shows("dialog", "Withdraw 2 messages for Ben?");
    // What does no harm comes first.
    assert_eq!(page.tab_to("Keep waiting").len(), 1);
    assert_eq!(page.tab_to("Withdraw 2 messages").len(), 1);
    page.press(ENTER).shows("heading", "Nothing is waiting");
}
