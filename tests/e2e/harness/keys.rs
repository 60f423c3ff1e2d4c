//! A window without a mouse: where the Tab key leads, and that it is seen.

use super::page::Page;
use super::wait::poll;

/// Keys, by their characters in <https://www.w3.org/TR/webdriver2/#keyboard-actions>.
pub(crate) const TAB: &str = "\u{e004}";
pub(crate) const ENTER: &str = "\u{e007}";
pub(crate) const ESCAPE: &str = "\u{e00c}";
pub(crate) const SPACE: &str = " ";
pub(crate) const END: &str = "\u{e010}";
pub(crate) const LEFT: &str = "\u{e012}";
pub(crate) const UP: &str = "\u{e013}";
pub(crate) const RIGHT: &str = "\u{e014}";
pub(crate) const DOWN: &str = "\u{e015}";

/// What has the focus: its name, and whether it can be seen that it has. A window without the keyboard shows none, and
/// without a window manager another may have it.
const FOCUSED: &str = "
    const it = document.activeElement;
    const labels = [...(it.labels ?? [])].map((label) => label.innerText).join(' ');
    const name = it.getAttribute('aria-label') ?? (labels || it.innerText || '').trim().replace(/\\s+/g, ' ');
    const style = getComputedStyle(it);
    // What holds all of it is where the way begins, and shows nothing. In a menu the one entry that has it is lit.
    const seen = it.matches('body, main, [data-highlighted]') || !document.hasFocus() || style.outlineStyle !== 'none';
    return [name, seen];";

/// How many stops there are between two things at most.
const FAR: usize = 60;

impl Page<'_> {
    /// Presses Tab until something by this name has the focus; everything on the way must show that it has it. Returns the way.
    #[track_caller]
    pub(crate) fn tab_to(&self, name: &str) -> Vec<String> {
        let mut way = Vec::new();
        for _ in 0..FAR {
            self.press(TAB);
            let (focused, seen) = self.focused();
            assert!(seen, "it cannot be seen that “{focused}” has the focus");
            way.push(focused);
            if way.last().is_some_and(|last| last.starts_with(name)) {
                return way;
            }
        }
        panic!("the Tab key does not lead to “{name}” but to {way:?}");
    }

    /// The name of what has the focus, and whether it can be seen that it has.
    #[track_caller]
    fn focused(&self) -> (String, bool) {
        let focused = self.asks(FOCUSED).expect("the focus");
        (focused[0].as_str().unwrap_or_default().to_owned(), focused[1] == true)
    }

    /// Waits until something by this name has the focus, and shows it.
    #[track_caller]
    pub(crate) fn has_focus_on(&self, name: &str) -> &Self {
        let focused = poll(|| match self.focused() {
            (found, true) if found.starts_with(name) => Ok(()),
            (found, seen) => Err(format!("“{found}” has it (to be seen: {seen})")),
        });
        focused.unwrap_or_else(|why| panic!("the focus is not on “{name}”: {why}"));
        self
    }

    /// Types a text, key by key, wherever the focus is.
    #[track_caller]
    pub(crate) fn types(&self, text: &str) -> &Self {
        for key in text.chars() {
            self.press(key.encode_utf8(&mut [0; 4]));
        }
        self
    }
}
