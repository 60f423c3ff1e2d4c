//! The few commands of the WebDriver protocol that the tests need. <https://www.w3.org/TR/webdriver2/>

use std::net::SocketAddr;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use ureq::Agent;

/// The key under which WebDriver hands elements over.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// Longer than anything a driver does for one command.
const TIME_LIMIT: Duration = Duration::from_secs(60);

/// What the driver could not do, in its words.
pub(crate) type Result<T> = std::result::Result<T, String>;

/// An automation session: all windows of one host that share a web context.
pub(crate) struct Session {
    agent: Agent,
    base: String,
}

/// A window, by the driver's handle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Window(String);

/// An element of the page that the session was on when it was found.
#[derive(Clone, Debug)]
pub(crate) struct Element(String);

impl Session {
    /// Asks a driver for a session.
    pub(crate) fn new(driver: SocketAddr) -> Result<Self> {
        let agent: Agent =
            Agent::config_builder().timeout_global(Some(TIME_LIMIT)).http_status_as_error(false).build().into();
        let driver = format!("http://{driver}/session");
        let answer = command(&agent, &driver, Some(json!({ "capabilities": {} })))?;
        let id = text(&answer["sessionId"])?;
        Ok(Self { agent, base: format!("{driver}/{id}") })
    }

    /// All windows that are open.
    pub(crate) fn windows(&self) -> Result<Vec<Window>> {
        let handles = self.get("window/handles")?;
        handles
            .as_array()
            .ok_or("the driver listed no windows")?
            .iter()
            .map(|handle| text(handle).map(Window))
            .collect()
    }

    /// Makes a window the one that all further commands are about.
    pub(crate) fn switch_to(&self, window: &Window) -> Result<()> {
        self.post("window", json!({ "handle": window.0 })).map(drop)
    }

    /// The address of the page in the current window.
    pub(crate) fn url(&self) -> Result<String> {
        text(&self.get("url")?)
    }

    /// Loads the page of the current window again.
    pub(crate) fn refresh(&self) -> Result<()> {
        self.post("refresh", json!({})).map(drop)
    }

    /// Runs the body of a function in the current page and returns what it returns.
    pub(crate) fn run(&self, script: &str, arguments: Value) -> Result<Value> {
        self.post("execute/sync", json!({ "script": script, "args": arguments }))
    }

    /// Runs the body of a function whose last argument is a function to call when it has finished.
    pub(crate) fn run_until_called(&self, script: &str) -> Result<Value> {
        self.post("execute/async", json!({ "script": script, "args": [] }))
    }

    /// Like [`Session::run`], for scripts that return an element or null.
    pub(crate) fn find(&self, script: &str, arguments: Value) -> Result<Option<Element>> {
        let found = self.run(script, arguments)?;
        Ok(found[ELEMENT].as_str().map(|id| Element(id.to_owned())))
    }

    /// Clicks where a person would: scrolled into view, and only if nothing lies over it.
    pub(crate) fn click(&self, element: &Element) -> Result<()> {
        // A click on something that is switched off succeeds, and does nothing.
        if self.get(&format!("element/{}/enabled", element.0))? != json!(true) {
            return Err("it is switched off".to_owned());
        }
        self.post(&format!("element/{}/click", element.0), json!({})).map(drop)
    }

    /// Presses the mouse's button in the middle of an element, and holds it.
    pub(crate) fn hold(&self, element: &Element) -> Result<()> {
        let middle = json!({ "type": "pointerMove", "origin": { ELEMENT: element.0 }, "x": 0, "y": 0 });
        self.mouse(&[middle, json!({ "type": "pointerDown", "button": 0 })])
    }

    /// Lets the mouse's button go, where it was pressed.
    pub(crate) fn let_go(&self) -> Result<()> {
        self.mouse(&[json!({ "type": "pointerUp", "button": 0 })])
    }

    fn mouse(&self, acts: &[Value]) -> Result<()> {
        let mouse = json!({ "type": "pointer", "id": "mouse", "actions": acts });
        self.post("actions", json!({ "actions": [mouse] })).map(drop)
    }

    /// Empties a field.
    pub(crate) fn clear(&self, element: &Element) -> Result<()> {
        self.post(&format!("element/{}/clear", element.0), json!({})).map(drop)
    }

    /// Types into a field, key by key.
    pub(crate) fn type_into(&self, element: &Element, keys: &str) -> Result<()> {
        self.post(&format!("element/{}/value", element.0), json!({ "text": keys })).map(drop)
    }

    /// Presses and releases the Escape key.
    pub(crate) fn press_escape(&self) -> Result<()> {
        self.press("\u{e00c}")
    }

    /// Presses and releases a key, by its character in <https://www.w3.org/TR/webdriver2/#keyboard-actions>.
    pub(crate) fn press(&self, key: &str) -> Result<()> {
        let keys = [json!({ "type": "keyDown", "value": key }), json!({ "type": "keyUp", "value": key })];
        self.post("actions", json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": keys }] })).map(drop)
    }

    /// Puts the current window somewhere on the display.
    pub(crate) fn place(&self, x: i32, y: i32, width: i32, height: i32) -> Result<()> {
        let rect = json!({ "x": x, "y": y, "width": width, "height": height });
        self.post("window/rect", rect).map(drop)
    }

    /// Where the current window is, and how large.
    pub(crate) fn rect(&self) -> Result<Value> {
        self.get("window/rect")
    }

    /// A picture of the current window, as PNG.
    pub(crate) fn picture(&self) -> Result<Vec<u8>> {
        let encoded = text(&self.get("screenshot")?)?;
        BASE64_STANDARD.decode(encoded).map_err(|error| error.to_string())
    }

    fn get(&self, path: &str) -> Result<Value> {
        command(&self.agent, &format!("{}/{path}", self.base), None)
    }

    fn post(&self, path: &str, body: Value) -> Result<Value> {
        command(&self.agent, &format!("{}/{path}", self.base), Some(body))
    }
}

fn command(agent: &Agent, url: &str, body: Option<Value>) -> Result<Value> {
    let response = match body {
        Some(body) => agent.post(url).send_json(body),
        None => agent.get(url).call(),
    };
    let mut response = response.map_err(|error| format!("the driver did not answer: {error}"))?;
    let answer: Value = response
        .body_mut()
        .with_config()
        .limit(64 << 20)
        .read_json()
        .map_err(|error| format!("the driver's answer makes no sense: {error}"))?;
    match &answer["value"] {
        value if response.status().is_success() => Ok(value.clone()),
        problem => Err(format!("{}: {}", problem["error"], problem["message"])),
    }
}

fn text(value: &Value) -> Result<String> {
    value.as_str().map(str::to_owned).ok_or_else(|| format!("the driver said {value}, not text"))
}
