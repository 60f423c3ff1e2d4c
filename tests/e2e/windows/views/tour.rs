//! The tour: how to get to each view and dialog of the launcher, and back.

use serde_json::json;

use super::scene::Scene;
use crate::harness::{Host, Page};

/// A view, a dialog, or a state of one that looks different.
pub(super) struct Stop {
    /// The name of its picture, `docs/images/views/NAME.png`.
    pub(super) name: &'static str,
    /// Whose launcher shows it.
    pub(super) whose: fn(&Scene) -> &Host,
    /// Goes there.
    go: fn(&Page<'_>),
    /// Leaves it by the Escape key.
    escape: bool,
}

/// The Escape key.
const ESCAPE: &str = "\u{e00c}";

fn ana(scene: &Scene) -> &Host {
    &scene.ana
}

fn zoe(scene: &Scene) -> &Host {
    &scene.zoe
}

const fn view(name: &'static str, go: fn(&Page<'_>)) -> Stop {
    Stop { name, whose: ana, go, escape: false }
}

const fn dialog(name: &'static str, go: fn(&Page<'_>)) -> Stop {
    Stop { name, whose: ana, go, escape: true }
}

const fn empty(name: &'static str, go: fn(&Page<'_>)) -> Stop {
    Stop { name, whose: zoe, go, escape: false }
}

/// Goes to a view by the rail.
fn rail(page: &Page<'_>, view: &str) {
    page.within("region", "Views").click("button", view);
    page.shows("heading", view);
}

fn menu(page: &Page<'_>) {
    rail(page, "Apps");
    page.click("button", "More for Chat").shows("menuitem", "Remove");
}

fn activity(page: &Page<'_>, tab: &str) {
    rail(page, "Activity");
    page.click("tab", tab);
}

/// All of it.
pub(super) const TOUR: &[Stop] = &[
    empty("apps-empty", |page| rail(page, "Apps")),
    empty("people-empty", |page| rail(page, "People")),
    empty("invitations-empty", |page| rail(page, "Invitations")),
    empty("activity-empty", |page| rail(page, "Activity")),
    view("apps", |page| rail(page, "Apps")),
    dialog("apps-menu", menu),
    dialog("apps-rename", |page| {
        menu(page);
        page.click("menuitem", "Rename").shows("dialog", "Rename");
    }),
    dialog("apps-details", |page| {
        menu(page);
        page.click("menuitem", "Details").shows("dialog", "Chat");
    }),
    dialog("apps-remove", |page| {
        menu(page);
        page.click("menuitem", "Remove").shows("dialog", "Remove Chat");
    }),
    view("people", |page| rail(page, "People")),
    dialog("people-add", |page| {
        rail(page, "People");
        page.click("button", "Add person").shows("dialog", "Add person");
    }),
    dialog("people-add-refused", |page| {
        rail(page, "People");
        page.click("button", "Add person");
        let dialog = page.within("dialog", "Add person");
        dialog.fill("Contact link", "https://example.org/").click("button", "Add");
        dialog.says("This is not a contact link");
    }),
    view("invitations", |page| {
        rail(page, "Invitations");
        page.shows("heading", "Clara invites you to Chat");
    }),
    view("activity-waiting", |page| {
        activity(page, "Waiting");
        page.within("region", "Ben").says("Waiting for Ben to come online");
    }),
    dialog("activity-withdraw", |page| {
        activity(page, "Waiting");
        page.click("button", "Withdraw all for Ben").shows("dialog", "Withdraw 2 messages for Ben?");
    }),
    view("activity-failed", |page| {
        activity(page, "Failed");
        page.says("does not have this app any more");
    }),
    view("activity-delivered", |page| {
        activity(page, "Delivered");
        page.says("arrived");
    }),
    view("settings", |page| rail(page, "Settings")),
];

impl Stop {
    /// Shows it, lets `look` look, and leaves it.
    #[track_caller]
    pub(super) fn visit(&self, scene: &Scene, look: impl FnOnce(&Page<'_>)) {
        let host = (self.whose)(scene);
        let launcher = host.launcher();
        let page = launcher.page();
        (self.go)(page);
        look(page);
        if self.escape {
            page.press(ESCAPE);
            page.until(
                "close it",
                "return !document.querySelector('[role=dialog], [role=alertdialog], [role=menu]')",
                json!([]),
            );
        }
    }
}
