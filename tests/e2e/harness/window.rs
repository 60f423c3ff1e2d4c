//! The windows as they lie on the display, and the hand of the person there.

use std::process::{Child, Command, Stdio};

use super::display::xdotool;
use super::wait::poll;

/// The titles of all windows that can be seen and have one like this, a regular expression.
#[track_caller]
pub(crate) fn titled(like: &str) -> Vec<String> {
    let windows = xdotool(&["search", "--onlyvisible", "--name", like]).expect("a list of windows");
    // One that is gone since has no title any more.
    windows.lines().filter_map(|window| Some(xdotool(&["getwindowname", window]).ok()?.trim().to_owned())).collect()
}

/// The windows of this title that can be seen.
#[track_caller]
pub(crate) fn called(title: &str) -> Vec<String> {
    titled(&format!("^{title}$"))
}

/// Whether a window of this title can be seen.
#[track_caller]
pub(crate) fn is_there(title: &str) -> bool {
    !called(title).is_empty()
}

/// Whether the window manager marks a window as one that asks for attention: what it does where it does not give it the
/// keyboard, because another window was given it a moment ago.
pub(crate) fn asks_for_attention(title: &str) -> bool {
    let state = Command::new("xprop").args(["-name", title, "_NET_WM_STATE"]).output();
    let state = state.expect("xprop (Debian's package x11-utils, which `make test` installs)");
    String::from_utf8_lossy(&state.stdout).contains("DEMANDS_ATTENTION")
}

/// Waits until a window is said to belong above another: a window manager then never lets it be covered by that one.
#[track_caller]
pub(crate) fn belongs_above(title: &str, other: &str) {
    // By its id: xprop knows no names with letters beyond ASCII.
    let ids = |title: &str| xdotool(&["search", "--onlyvisible", "--name", &format!("^{title}$")]);
    let said = poll(|| {
        let (own, other) = (ids(title)?, ids(other)?);
        let own = own.lines().last().ok_or("there is no such window")?;
        let read = Command::new("xprop").args(["-id", own, "-notype", "WM_TRANSIENT_FOR"]).output();
        let read = read.expect("xprop (Debian's package x11-utils, which `make test` installs)");
        let text = String::from_utf8_lossy(&read.stdout).into_owned();
        let above = text.trim().rsplit("0x").next().and_then(|digits| u64::from_str_radix(digits, 16).ok());
        match above.is_some_and(|above| other.lines().any(|window| window == above.to_string())) {
            true => Ok(()),
            false => Err(format!("{text}{other}")),
        }
    });
    said.unwrap_or_else(|why| panic!("“{title}” does not belong above “{other}”: {why}"));
}

/// Moves the pointer where no window is: where no manager gives one the keyboard, the window under the pointer has it.
#[track_caller]
pub(crate) fn point_nowhere() {
    xdotool(&["mousemove", "--sync", "1910", "1070"]).unwrap_or_else(|why| panic!("{why}"));
}

/// Waits until a window of this title can be seen.
#[track_caller]
pub(crate) fn appears(title: &str) {
    let there = poll(|| if is_there(title) { Ok(()) } else { Err(format!("there is no window “{title}”")) });
    there.unwrap_or_else(|why| panic!("{why}"));
}

/// The icon of the window with this title: its dots from the top left, each as `0xAARRGGBB`.
pub(crate) fn icon(title: &str) -> Option<Vec<u32>> {
    let found = xdotool(&["search", "--onlyvisible", "--name", &format!("^{title}$")]).ok()?;
    let window = found.lines().last()?;
    let read = Command::new("xprop").args(["-id", window, "-notype", "32c", "_NET_WM_ICON"]).output();
    let read = read.expect("xprop (Debian's package x11-utils, which `make test` installs)");
    let text = String::from_utf8_lossy(&read.stdout).into_owned();
    let numbers = text.split_once('=')?.1.split(',');
    let numbers: Vec<u32> = numbers.filter_map(|number| number.trim().parse().ok()).collect();
    // Width and height come first.
    numbers.get(2..).map(<[u32]>::to_vec)
}

/// A window manager, for as long as this value lives: without one, windows have no buttons and no focus.
pub(crate) struct Manager(Child);

impl Manager {
    /// Starts one.
    #[track_caller]
    pub(crate) fn start() -> Self {
        let manager = Command::new("openbox").args(["--sm-disable"]).stderr(Stdio::null()).spawn();
        Self(manager.expect("openbox (Debian's package openbox, which `make test` installs)"))
    }

    /// Gives a window of this title the focus, and waits until it has it.
    #[track_caller]
    pub(crate) fn focus(&self, title: &str) {
        let focused = poll(|| {
            wmctrl(&["-F", "-a", title]);
            self.is_focused(title)
        });
        focused.unwrap_or_else(|why| panic!("{why}"));
    }

    /// Waits until a window of this title has been given the focus.
    #[track_caller]
    pub(crate) fn focuses(&self, title: &str) {
        poll(|| self.is_focused(title)).unwrap_or_else(|why| panic!("{why}"));
    }

    fn is_focused(&self, title: &str) -> Result<(), String> {
        match xdotool(&["getactivewindow", "getwindowname"])?.trim() {
            active if active == title => Ok(()),
            active => Err(format!("“{active}” has the focus, not “{title}”")),
        }
    }

    /// Presses a key in the window of this title.
    #[track_caller]
    pub(crate) fn press(&self, key: &str, title: &str) {
        self.focus(title);
        xdotool(&["key", key]).unwrap_or_else(|why| panic!("{why}"));
    }
}

impl Drop for Manager {
    fn drop(&mut self) {
        // It has nothing to lose.
        let _ = self.0.kill();
        let _ = self.0.wait();
        // What it knew is still written on the display, and would be taken for what the next one knows.
        for known in ["_NET_CLIENT_LIST", "_NET_ACTIVE_WINDOW"] {
            let _ = Command::new("xprop").args(["-root", "-remove", known]).status();
        }
    }
}

/// Clicks the close button of the window with this title, and waits until it is gone. Only a window manager has such buttons,
/// so there is one for as long as it takes.
#[track_caller]
pub(crate) fn close(title: &str) {
    let _manager = Manager::start();
    let mut clicked = false;
    let closed = poll(|| {
        // It fails until the manager knows the window, and when the window is gone.
        clicked |= wmctrl(&["-F", "-c", title]);
        if clicked && !listed(title) { Ok(()) } else { Err(format!("the window “{title}” did not close")) }
    });
    closed.unwrap_or_else(|why| panic!("{why}"));
}

fn wmctrl(arguments: &[&str]) -> bool {
    let status = Command::new("wmctrl").args(arguments).stderr(Stdio::null()).status();
    status.expect("wmctrl (Debian's package wmctrl, which `make test` installs)").success()
}

fn listed(title: &str) -> bool {
    let list = Command::new("wmctrl").arg("-l").stderr(Stdio::null()).output().expect("wmctrl");
    !list.status.success() || String::from_utf8_lossy(&list.stdout).lines().any(|line| line.ends_with(title))
}
