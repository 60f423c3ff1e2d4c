//! The tour: how to get to each view and dialog, and back.

use serde_json::json;

use super::scene::{SIZE, Scene, Who, older_ping};
use crate::harness::{Host, Page, choose_in_dialog};

/// Which of a person's windows is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Window {
    Launcher,
    Chooser,
    Permission,
    Guide,
}

/// A view, a dialog, or a state of one that looks different.
pub(super) struct Stop {
    /// The name of its picture, `docs/images/views/NAME.png`.
    pub(super) name: &'static str,
    /// Whose window shows it.
    pub(super) who: Who,
    pub(super) window: Window,
    /// Goes there.
    go: fn(&Host, &Page<'_>),
    /// Leaves it, where it would be in the way of the next.
    leave: fn(&Host, &Page<'_>),
}

/// The Escape key.
const ESCAPE: &str = "\u{e00c}";

fn stay(_: &Host, _: &Page<'_>) {}

fn escape(_: &Host, page: &Page<'_>) {
    page.press(ESCAPE);
    let closed = "return !document.querySelector('[role=dialog], [role=alertdialog], [role=menu]')";
    page.until("close it", closed, json!([]));
}

// `views.test.ts` reads the names and files of all stops here: the first two arguments of each.

const fn stop(name: &'static str, _file: &'static str, who: Who, go: fn(&Host, &Page<'_>)) -> Stop {
    Stop { name, who, window: Window::Launcher, go, leave: stay }
}

/// A view of Ana's.
const fn view(name: &'static str, file: &'static str, go: fn(&Host, &Page<'_>)) -> Stop {
    stop(name, file, Who::Ana, go)
}

/// A dialog or menu of Ana's, which the Escape key closes.
const fn dialog(name: &'static str, file: &'static str, go: fn(&Host, &Page<'_>)) -> Stop {
    Stop { leave: escape, ..stop(name, file, Who::Ana, go) }
}

/// A view of somebody who has nothing.
const fn empty(name: &'static str, file: &'static str, go: fn(&Host, &Page<'_>)) -> Stop {
    stop(name, file, Who::Zoe, go)
}

/// A question above an app's window, which is open all the time.
const fn question(name: &'static str, file: &'static str, who: Who, go: fn(&Host, &Page<'_>)) -> Stop {
    Stop { window: Window::Chooser, ..stop(name, file, who, go) }
}

/// Goes to the top of a view by the rail.
fn rail(page: &Page<'_>, view: &str) {
    page.within("region", "Views").click("button", view);
    page.shows("heading", view);
    page.until("go to the top", "document.querySelector('main').scrollTo(0, 0); return true", json!([]));
}

/// Brings the part of the view that says this to its top.
fn scroll_to(page: &Page<'_>, words: &str) {
    let script = "const part = [...document.querySelectorAll('article, section')]
            .findLast((it) => it.textContent.replace(/\\s+/g, ' ').includes(arguments[0]));
        part?.scrollIntoView({ block: 'start' });
        return !!part";
    page.until(&format!("show “{words}”"), script, json!([words]));
}

fn scroll_down(page: &Page<'_>) {
    page.until("go to the end", "document.querySelector('main').scrollTo(0, 99999); return true", json!([]));
}

fn menu(page: &Page<'_>, app: &str) {
    rail(page, "Apps");
    page.click("button", &format!("More for {app}")).shows("menuitem", "Remove");
}

fn person(page: &Page<'_>, name: &str) {
    rail(page, "People");
    page.click("button", &format!("More for {name}")).shows("menuitem", "Rename");
}

fn invitation(page: &Page<'_>, words: &str) {
    rail(page, "Invitations");
    scroll_to(page, words);
}

fn activity(page: &Page<'_>, tab: &str) {
    rail(page, "Activity");
    page.click("tab", tab);
}

/// What the host says of a disk that fails.
const DISK: &str =
    "The database failed: disk I/O error. Nothing was lost; try again, and check that the disk is not full.";

/// A command of the host's fails until the page calls `mend`, with these words.
const UNREADABLE: &str = "
    const [command, message] = arguments;
    const fetch = window.fetch;
    const refusal = () => new Response(JSON.stringify({ code: 'Io', message }), {
        headers: { 'Content-Type': 'application/json', 'Tauri-Response': 'error' },
    });
    const asks = (it) => decodeURIComponent(it?.url ?? it).endsWith(`|${command}`);
    window.fetch = (...all) => asks(all[0]) ? Promise.resolve(refusal()) : fetch(...all);
    window.mend = () => (window.fetch = fetch);
    return true";

/// All of it.
pub(super) const TOUR: &[Stop] = &[
    stop("first-start", "start/FirstStart.svelte", Who::Fay, |_, page| {
        page.shows("heading", "Welcome to Mutiny");
    }),
    empty("apps-empty", "apps/Offers.svelte", |_, page| {
        rail(page, "Apps");
        page.shows("button", "Add and open Whiteboard");
    }),
    empty("people-empty", "people/People.svelte", |_, page| rail(page, "People")),
    empty("invitations-empty", "invitations/Invitations.svelte", |_, page| rail(page, "Invitations")),
    empty("activity-empty", "activity/Activity.svelte", |_, page| rail(page, "Activity")),
    view("apps", "apps/Apps.svelte", |_, page| {
        rail(page, "Apps");
        page.within("article", "Shopping").says("3 new");
    }),
    dialog("apps-add", "apps/Apps.svelte", |_, page| {
        rail(page, "Apps");
        page.click("button", "Add app").shows("menuitem", "From a folder");
    }),
    dialog("apps-menu", "apps/InstanceMenu.svelte", |_, page| menu(page, "Chat")),
    dialog("apps-go-back", "apps/InstanceMenu.svelte", |_, page| {
        menu(page, "Ping");
        page.shows("menuitem", "Go back to 0.1.0");
    }),
    dialog("apps-rename", "apps/RenameDialog.svelte", |_, page| {
        menu(page, "Chat");
        page.click("menuitem", "Rename").shows("dialog", "Rename");
    }),
    dialog("apps-details", "apps/DetailsDialog.svelte", |_, page| {
        menu(page, "Chat");
        page.click("menuitem", "Details").within("dialog", "Chat").says("has version 0.2.0");
    }),
    dialog("apps-older", "apps/OlderDialog.svelte", |_, page| {
        menu(page, "Ping");
        page.click("menuitem", "Update from a folder");
        choose_in_dialog("Choose an app's folder", &older_ping());
        page.shows("dialog", "Use an older version?");
    }),
    dialog("apps-remove", "apps/RemoveDialog.svelte", |_, page| {
        menu(page, "Chat");
        page.click("menuitem", "Remove").shows("dialog", "Remove Chat");
    }),
    Stop {
        leave: |host, _| {
            host.launcher().is_dragged_over("leave", &[]);
        },
        ..view("apps-drop", "apps/DropTarget.svelte", |host, page| {
            rail(page, "Apps");
            host.launcher().is_dragged_over("enter", &["/tmp/app"]);
            page.says("Drop it here to add it as an app");
        })
    },
    stop("apps-crashed", "apps/InstanceCard.svelte", Who::Mia, |_, page| {
        rail(page, "Apps");
        page.says("stopped working");
    }),
    view("people", "people/People.svelte", |_, page| rail(page, "People")),
    dialog("people-menu", "people/PersonMenu.svelte", |_, page| person(page, "Clara")),
    dialog("people-rename", "people/PersonMenu.svelte", |_, page| {
        person(page, "Clara");
        page.click("menuitem", "Rename").shows("dialog", "Rename Clara");
    }),
    Stop {
        leave: |_, page| {
            page.click("button", "Details of Clara");
        },
        ..view("people-details", "people/PersonRow.svelte", |_, page| {
            rail(page, "People");
            page.click("button", "Details of Clara").says("Connected directly");
        })
    },
    view("people-blocked", "people/People.svelte", |_, page| {
        rail(page, "People");
        page.within("listitem", "Mallory").says("Blocked");
        scroll_down(page);
    }),
    dialog("people-add", "people/People.svelte", |_, page| {
        rail(page, "People");
        page.click("button", "Add person").shows("dialog", "Add person");
    }),
    dialog("people-add-refused", "people/People.svelte", |_, page| {
        rail(page, "People");
        page.click("button", "Add person");
        let dialog = page.within("dialog", "Add person");
        dialog.fill("Contact link", "https://example.org/").click("button", "Add");
        dialog.says("This is not a contact link");
    }),
    dialog("people-offer", "people/ContactOffer.svelte", |host, page| {
        rail(page, "People");
        let link = "mutiny:12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp?name=Noor";
        assert!(host.tell(&[link]).status.success());
        page.shows("dialog", "Add Noor?");
    }),
    stop("people-many", "people/People.svelte", Who::Mia, |_, page| {
        rail(page, "People");
        page.shows("heading", "Ada 5");
    }),
    stop("people-names", "people/PersonRow.svelte", Who::Mia, |_, page| {
        rail(page, "People");
        page.shows("heading", "Ada 5");
        scroll_down(page);
    }),
    view("invitations", "invitations/InvitationCard.svelte", |_, page| {
        rail(page, "Invitations");
        page.shows("heading", "Clara invites you to Chat").says("Version 0.4.0, you have");
    }),
    view("invitations-get", "invitations/InvitationCard.svelte", |_, page| {
        invitation(page, "Clara invites you to File drop");
    }),
    view("invitations-missing", "invitations/InvitationCard.svelte", |_, page| {
        invitation(page, "Clara invites you to Atlas");
        page.shows("button", "Choose package and accept Atlas from Clara");
    }),
    Stop {
        leave: |_, page| {
            page.click("button", "Stop getting Atlas from Clara").shows("button", "Get Atlas from Clara");
        },
        ..view("invitations-progress", "invitations/Fetching.svelte", |_, page| {
            invitation(page, "Clara invites you to Atlas");
            page.click("button", "Get Atlas from Clara").shows("progressbar", "Getting Atlas").says("of 8 MB");
            scroll_to(page, "Clara invites you to Atlas");
        })
    },
    view("invitations-failed", "invitations/Fetching.svelte", |_, page| {
        invitation(page, "Clara invites you to Recipes");
        page.shows("button", "Try again to get Recipes from Clara");
    }),
    view("invitations-fetching", "invitations/Fetching.svelte", |_, page| {
        invitation(page, "Ben invites you to Poll");
    }),
    view("invitations-review", "invitations/ReviewApp.svelte", |_, page| {
        invitation(page, "Clara invites you to Whiteboard");
    }),
    view("invitations-answered", "invitations/AnsweredRow.svelte", |_, page| invitation(page, "Declined")),
    view("activity-waiting", "activity/PersonSection.svelte", |_, page| {
        activity(page, "Waiting");
        page.within("region", "Ben").says("Waiting for Ben to come online");
    }),
    dialog("activity-withdraw", "activity/WithdrawDialog.svelte", |_, page| {
        activity(page, "Waiting");
        page.click("button", "Withdraw all for Ben").shows("dialog", "Withdraw 2 messages for Ben?");
    }),
    view("activity-failed", "activity/ExchangeMessages.svelte", |_, page| {
        activity(page, "Failed");
        page.says("does not have this app any more");
    }),
    view("activity-delivered", "activity/MessageRow.svelte", |_, page| {
        activity(page, "Delivered");
        page.says("arrived");
    }),
    Stop {
        leave: |_, page| {
            page.until("read again", "window.mend(); return true", json!([]));
            page.click("button", "Try again").lacks("heading", "Messages could not be read");
        },
        ..empty("activity-unreadable", "activity/Activity.svelte", |_, page| {
            rail(page, "Apps");
            page.until("read in vain", UNREADABLE, json!(["activity", DISK]));
            rail(page, "Activity");
            page.shows("heading", "Messages could not be read");
        })
    },
    view("settings", "settings/Settings.svelte", |_, page| rail(page, "Settings")),
    stop("settings-apps", "settings/Permissions.svelte", Who::Mia, |_, page| {
        rail(page, "Settings");
        page.shows("switch", "Show notifications: Calendar");
        scroll_to(page, "What you allow an app here");
    }),
    view("settings-computer", "settings/ThisComputer.svelte", |_, page| {
        rail(page, "Settings");
        page.says("The icon in the tray brings Mutiny back");
        scroll_down(page);
    }),
    stop("settings-no-tray", "settings/ThisComputer.svelte", Who::Mia, |_, page| {
        rail(page, "Settings");
        page.says("This desktop shows no tray icons");
        scroll_down(page);
    }),
    question("ask-chooser", "ask/Chooser.svelte", Who::Ana, |_, page| {
        page.shows("radio", "Ben").click("radio", "Clara");
    }),
    question("ask-nobody", "ask/Nobody.svelte", Who::Fay, |_, page| {
        page.says("Nobody here yet");
    }),
    Stop {
        window: Window::Permission,
        ..question("ask-permission", "ask/Permission.svelte", Who::Mia, |_, page| {
            page.shows("heading", "Calendar would like to show notifications");
            let settled = "return document.querySelector('button.primary:enabled') !== null";
            page.until("take an answer", settled, json!([]));
        })
    },
    Stop {
        leave: |_, page| {
            page.click("button", "Undo").within("listitem", "Mallory").says("Blocked");
        },
        ..view("notice", "people/PersonMenu.svelte", |_, page| {
            person(page, "Mallory");
            page.click("menuitem", "Unblock").says("Mallory is no longer blocked.");
        })
    },
    stop("damage", "DamageBanner.svelte", Who::Dan, |_, page| {
        rail(page, "Apps");
        page.shows("heading", "Mutiny had to begin anew");
    }),
    Stop {
        window: Window::Guide,
        ..view("guide", "settings/YourOwnApps.svelte", |host, page| {
            host.launcher().go_to("Settings").page().click("button", "Open the guide");
            page.shows("heading", "Tutorial: a shopping list for two");
        })
    },
];

/// A window of a person's.
fn window(host: &Host, window: Window) -> Page<'_> {
    match window {
        Window::Launcher => host.launcher().into_page(),
        Window::Chooser | Window::Permission => host.question(),
        Window::Guide => host.guide(),
    }
}

/// How a window is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// As large as it opens.
    Own,
    /// As narrow as on a screen that is shared with something else.
    Narrow,
    /// With half the room across and down, which is what is left at 200 %.
    Half,
}

impl Window {
    /// Gives it a shape, and lets it be no smaller than it lets itself be made.
    #[track_caller]
    pub(super) fn shape(self, page: &Page<'_>, shape: Shape) {
        let own = match self {
            Self::Launcher => SIZE,
            Self::Chooser => (460, 560),
            Self::Permission => (460, 340),
            Self::Guide => (1000, 760),
        };
        let (width, height) = match (shape, self) {
            (Shape::Own, _) => own,
            (Shape::Narrow, Self::Chooser | Self::Permission) => (300, own.1),
            (Shape::Narrow, _) => (420, 720),
            (Shape::Half, _) => ((own.0 / 2).max(300), (own.1 / 2).max(260)),
        };
        page.place(0, 0, width, height);
    }
}

impl Stop {
    /// Whether somebody in the scene has it.
    pub(super) fn is_in(&self, scene: &Scene) -> bool {
        scene.find(self.who).is_some()
    }

    /// Shows it, lets `look` look, and leaves it.
    #[track_caller]
    pub(super) fn visit(&self, scene: &Scene, look: impl FnOnce(&Page<'_>)) {
        let host = scene.host(self.who);
        let page = window(host, self.window);
        (self.go)(host, &page);
        look(&page);
        (self.leave)(host, &page);
    }
}
