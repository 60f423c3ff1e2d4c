//! A window as a person meets it: things with a role and a name, and text.

use std::cell::RefCell;
use std::fs;

use serde_json::{Value, json};

use super::display::picture_file;
use super::host::Host;
use super::wait::poll;
use super::webdriver::{Element, Result, Session, Window};

/// Finds what assistive technology would find: by role and accessible name, innermost scope last.
const LOCATE: &str = include_str!("locate.js");

/// Waits until transitions have ended and what they led to was painted.
const PAINTED: &str = "
    const [done] = arguments;
    const ends = ({ effect }) => effect.getComputedTiming().endTime !== Infinity;
    const still = () => Promise.allSettled(document.getAnimations().filter(ends).map((it) => it.finished));
    const frame = () => new Promise(requestAnimationFrame);
    document.fonts.ready.then(frame).then(still).then(frame).then(frame).then(() => done(true))";

/// Where the pages of the host's questions are.
pub(super) const QUESTION: &str = "tauri://localhost/ask.html";

/// Where the pages of the guide are.
pub(super) const GUIDE: &str = "tauri://localhost/guide/";

/// One window of a running host, found by the address of its page.
pub(crate) struct Page<'h> {
    host: &'h Host,
    address: &'static str,
    scope: Vec<(&'static str, String)>,
    window: RefCell<Option<(u32, Window)>>,
}

impl<'h> Page<'h> {
    /// The window whose page's address starts with `address`.
    pub(crate) fn new(host: &'h Host, address: &'static str) -> Self {
        Self { host, address, scope: Vec::new(), window: RefCell::new(None) }
    }

    /// The part of the page with this role and name: a dialog, a list, an entry.
    pub(crate) fn within(&self, role: &'static str, name: &str) -> Self {
        let mut scope = self.scope.clone();
        scope.push((role, name.to_owned()));
        Self { host: self.host, address: self.address, scope, window: RefCell::new(self.window.borrow().clone()) }
    }

    /// Clicks the button, link, … with this name, as soon as there is one that can be clicked.
    #[track_caller]
    pub(crate) fn click(&self, role: &'static str, name: &str) -> &Self {
        self.eventually(&format!("click the {role} “{name}”"), |session| {
            session.click(&self.locate(session, role, name)?)
        });
        self
    }

    /// Clicks as a slow hand does: something happens between the press and the release.
    #[track_caller]
    pub(crate) fn click_while(&self, role: &'static str, name: &str, happens: impl FnOnce()) -> &Self {
        self.eventually(&format!("press the {role} “{name}”"), |session| {
            session.hold(&self.locate(session, role, name)?)
        });
        happens();
        self.eventually(&format!("let the {role} “{name}” go"), Session::let_go);
        self
    }

    /// Replaces what a field holds.
    #[track_caller]
    pub(crate) fn fill(&self, name: &str, value: &str) -> &Self {
        self.eventually(&format!("fill in “{name}”"), |session| {
            let field = self.locate(session, "textbox", name)?;
            session.clear(&field)?;
            session.type_into(&field, value)
        });
        self
    }

    /// Presses Enter in a field.
    #[track_caller]
    pub(crate) fn press_enter_in(&self, name: &str) -> &Self {
        self.eventually(&format!("take Enter in “{name}”"), |session| {
            session.type_into(&self.locate(session, "textbox", name)?, "\u{e007}")
        });
        self
    }

    /// Clicks what takes the window away, and waits until it is gone.
    #[track_caller]
    pub(crate) fn leave_by(&self, role: &'static str, name: &str) {
        self.leave(&format!("go away by its {role} “{name}”"), |session| {
            session.click(&self.locate(session, role, name)?)
        });
    }

    /// Presses the Escape key, wherever the focus is, and waits until the window is gone.
    #[track_caller]
    pub(crate) fn leave_by_escape(&self) {
        self.leave("go away by the Escape key", Session::press_escape);
    }

    /// A driver may answer that a window is gone to the very command that took it away.
    #[track_caller]
    fn leave(&self, doing: &str, mut act: impl FnMut(&Session) -> Result<()>) {
        let outcome = poll(|| {
            self.host.with_session(|session| {
                let window = self.window(session)?;
                let acted = session.switch_to(&window).and_then(|()| act(session));
                match session.windows()?.contains(&window) {
                    true => acted.and(Err("it is still there".to_owned())),
                    false => Ok(()),
                }
            })
        });
        if let Err(why) = outcome {
            panic!("{}'s window {} did not {doing}: {why}", self.host.name(), self.address);
        }
    }

    /// Presses a key, wherever the focus is.
    #[track_caller]
    pub(crate) fn press(&self, key: &str) -> &Self {
        let pressed = self.host.with_session(|session| {
            session.switch_to(&self.window(session)?)?;
            session.press(key)
        });
        pressed.unwrap_or_else(|why| panic!("{}'s window {} took no key: {why}", self.host.name(), self.address));
        self
    }

    /// Waits until something with this role and name is there.
    #[track_caller]
    pub(crate) fn shows(&self, role: &'static str, name: &str) -> &Self {
        self.eventually(&format!("show the {role} “{name}”"), |session| self.locate(session, role, name).map(drop));
        self
    }

    /// Waits until nothing with this role and name is there.
    #[track_caller]
    pub(crate) fn lacks(&self, role: &'static str, name: &str) -> &Self {
        self.eventually(&format!("lose the {role} “{name}”"), |session| match self.find(session, role, name)? {
            None => Ok(()),
            Some(_) => Err("it is still there".to_owned()),
        });
        self
    }

    /// Waits until this text can be read.
    #[track_caller]
    pub(crate) fn says(&self, words: &str) -> &Self {
        self.eventually(&format!("say “{words}”"), |session| match self.read(session)? {
            text if text.contains(words) => Ok(()),
            text => Err(format!("it says:\n{text}")),
        });
        self
    }

    /// Runs a script in the page until it returns something other than null and false. `doing` is for the message.
    #[track_caller]
    pub(crate) fn until(&self, doing: &str, script: &str, arguments: Value) -> Value {
        self.eventually(doing, |session| match session.run(script, arguments.clone())? {
            Value::Null | Value::Bool(false) => Err("not so".to_owned()),
            value => Ok(value),
        })
    }

    /// Like [`Page::until`], for a script whose result is known.
    #[track_caller]
    pub(crate) fn until_equal(&self, doing: &str, script: &str, expected: &Value) {
        self.eventually(doing, |session| match session.run(script, json!([]))? {
            value if value == *expected => Ok(()),
            value => Err(format!("expected {expected:#}, found {value:#}")),
        });
    }

    /// Runs code as the page itself would, `await` included, once its window is there. Returns what it returns or how it
    /// failed.
    #[track_caller]
    pub(crate) fn asks(&self, code: &str) -> std::result::Result<Value, Value> {
        let script = format!(
            "const [done] = arguments;
             (async () => {{ {code} }})().then(
                 (value) => done({{ Ok: value ?? null }}),
                 ({{ code, message }}) => done({{ Err: {{ code: code ?? null, message }} }}))"
        );
        self.eventually("open", |_| Ok(()));
        let outcome = self
            .host
            .with_session(|session| {
                session.switch_to(&self.window(session)?)?;
                session.run_until_called(&script)
            })
            .unwrap_or_else(|why| panic!("{}'s window {} did not answer: {why}", self.host.name(), self.address));
        match (outcome.get("Ok"), outcome.get("Err")) {
            (Some(value), _) => Ok(value.clone()),
            (_, Some(failure)) => Err(failure.clone()),
            _ => panic!("{}'s window {} answered {outcome}", self.host.name(), self.address),
        }
    }

    /// Loads the page again.
    #[track_caller]
    pub(crate) fn reload(&self) -> &Self {
        self.eventually("load again", Session::refresh);
        self
    }

    /// Puts the window somewhere on the display.
    #[track_caller]
    pub(crate) fn place(&self, x: i32, y: i32, width: i32, height: i32) -> &Self {
        self.eventually("be moved", |session| session.place(x, y, width, height));
        self
    }

    /// Puts the window somewhere, and says where and how large it is then.
    #[track_caller]
    pub(crate) fn placed_at(&self, x: i32, y: i32, width: i32, height: i32) -> Value {
        self.place(x, y, width, height);
        self.eventually("be where it was put", |session| match session.rect()? {
            rect if rect["width"] == width => Ok(rect),
            rect => Err(format!("it is at {rect}")),
        })
    }

    /// Where the window is, and how large.
    #[track_caller]
    pub(crate) fn placed(&self) -> Value {
        self.eventually("say where it is", Session::rect)
    }

    /// Waits until the window is there, and as large.
    #[track_caller]
    pub(crate) fn is_placed_at(&self, rect: &Value) {
        self.eventually("be where it was", |session| match session.rect()? {
            found if found == *rect => Ok(()),
            found => Err(format!("it is at {found}, not {rect}")),
        });
    }

    /// Saves a picture of the window, once nothing moves in it any more.
    #[track_caller]
    pub(crate) fn picture(&self, name: &str) -> &Self {
        fs::write(picture_file(name), self.png()).expect("a screenshot saved");
        self
    }

    /// A picture of the window, once nothing moves in it any more.
    #[track_caller]
    pub(crate) fn png(&self) -> Vec<u8> {
        self.eventually("be pictured", |session| {
            session.run_until_called(PAINTED)?;
            session.picture()
        })
    }

    /// Does something in this window, again until it succeeds; fails the test with what was wrong last.
    #[track_caller]
    fn eventually<T>(&self, doing: &str, mut act: impl FnMut(&Session) -> Result<T>) -> T {
        let outcome = poll(|| {
            self.host.with_session(|session| {
                session.switch_to(&self.window(session)?)?;
                act(session)
            })
        });
        match outcome {
            Ok(done) => done,
            Err(why) => {
                let picture = format!("failed-{}", self.host.name());
                let saved = self
                    .host
                    .with_session(Session::picture)
                    .is_ok_and(|png| fs::write(picture_file(&picture), png).is_ok());
                let hint = if saved { format!("; see target/screenshots/{picture}.png") } else { String::new() };
                panic!("{}'s window {} did not {doing}{hint}: {why}", self.host.name(), self.address);
            }
        }
    }

    fn window(&self, session: &Session) -> Result<Window> {
        let run = self.host.run();
        if let Some((found_in, window)) = &*self.window.borrow()
            && *found_in == run
        {
            return Ok(window.clone());
        }
        for window in session.windows()? {
            session.switch_to(&window)?;
            if self.is_at(&session.url()?) {
                *self.window.borrow_mut() = Some((run, window.clone()));
                return Ok(window);
            }
        }
        Err("there is no such window".to_owned())
    }

    /// The addresses of the host's questions and of the guide begin like the launcher's own.
    fn is_at(&self, url: &str) -> bool {
        let is_other = |begin: &str| url.starts_with(begin) && !self.address.starts_with(begin);
        url.starts_with(self.address) && !is_other(QUESTION) && !is_other(GUIDE)
    }

    fn locate(&self, session: &Session, role: &str, name: &str) -> Result<Element> {
        self.find(session, role, name)?.ok_or_else(|| "there is none".to_owned())
    }

    fn find(&self, session: &Session, role: &str, name: &str) -> Result<Option<Element>> {
        let mut path = self.path();
        path.push(json!([role, name]));
        session.find(LOCATE, json!([path]))
    }

    /// The text that can be read in the scope.
    fn read(&self, session: &Session) -> Result<String> {
        let script = format!("return (function () {{ {LOCATE} }}).apply(null, arguments)?.innerText");
        match session.run(&script, json!([self.path()]))?.as_str() {
            Some(text) => Ok(text.to_owned()),
            None => Err("there is none".to_owned()),
        }
    }

    fn path(&self) -> Vec<Value> {
        self.scope.iter().map(|(role, name)| json!([role, name])).collect()
    }
}
