//! Turns on the thread of all windows: a page that leaves nobody else one is stopped.
//!
//! Each page has a process of its own, and whatever it asks for (a command, a file of its app) is begun on the one thread that
//! all windows share. There the web engine's messages come first, and what other threads found out for a page comes when there
//! are none. A page that asks faster than that thread can begin keeps all others from their answers, the launcher too. So
//! while pages ask, this asks now and then for a turn of the kind that answers have; where none comes, the page that asked for so
//! much has to go. The person is told, and can start it again.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use gtk::glib::{ControlFlow, Priority, idle_add_local_full, idle_add_local_once};
use tauri::WebviewWindow;
use webkit2gtk::{WebView, WebViewExt};

/// How long a turn may take to come.
const PATIENCE: Duration = Duration::from_secs(3);

/// How often turns are asked for, at most.
const BETWEEN_TURNS: Duration = Duration::from_secs(1);

/// What a page may ask for until a turn comes, however long that takes: the files of a large app.
const ASKED: u32 = 1000;

thread_local! {
    static TURN: RefCell<Turn> = const { RefCell::new(Turn { number: 0, since: None, next: None }) };
}

/// The turn that is waited for.
struct Turn {
    number: u64,
    /// When it was asked for; `None` while none is.
    since: Option<Instant>,
    /// The earliest moment to ask for one again.
    next: Option<Instant>,
}

impl Turn {
    /// A page asks for something, now. Returns the turn's number and how long it has been waited for.
    fn wanted(&mut self, now: Instant) -> (u64, Duration) {
        if self.since.is_none() && self.next.is_none_or(|next| now >= next) {
            (self.since, self.next) = (Some(now), Some(now + BETWEEN_TURNS));
            idle_add_local_once(|| TURN.with_borrow_mut(Self::came));
        }
        (self.number, self.since.map_or(Duration::ZERO, |since| now - since))
    }

    fn came(&mut self) {
        self.number += 1;
        self.since = None;
    }
}

/// Watches how much the page of an app's window asks for.
pub(super) fn watch(window: &WebviewWindow, webview: &WebView) {
    let label = window.label().to_owned();
    // What it asked for, and before which turn.
    let asked = Cell::new((0, 0));
    webview.connect_resource_load_started(move |webview, _, _| {
        let (turn, waited) = TURN.with_borrow_mut(|turn| turn.wanted(Instant::now()));
        let count = match asked.get() {
            (before, count) if before == turn => count + 1,
            _ => 1,
        };
        asked.set((turn, count));
        if count > ASKED && waited > PATIENCE {
            tracing::warn!(window = label, count, ?waited, "a page leaves nobody else a turn, and is stopped");
            // Once: what else has arrived from it goes with its process.
            asked.set((turn, 0));
            let page = webview.clone();
            // Not from within what it asked for.
            idle_add_local_full(Priority::HIGH, move || {
                page.terminate_web_process();
                ControlFlow::Break
            });
        }
    });
}
