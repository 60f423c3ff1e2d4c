//! The window of `apps/chat`, driven as a person would.

use serde_json::json;

use super::host::Host;
use super::page::Page;

/// What was said, as it can be read in the open conversation: `You: hello`, `Ana: hello yourself`.
const TRANSCRIPT: &str = "
    return [...document.querySelectorAll('li.message')].map((it) =>
        it.querySelector('.sr-only').textContent + it.querySelector('.text').textContent)";

/// A chat window.
pub(crate) struct Chat<'h> {
    host: &'h Host,
    page: Page<'h>,
}

impl<'h> Chat<'h> {
    pub(super) fn new(host: &'h Host, page: Page<'h>) -> Self {
        Self { host, page }
    }

    /// The window itself.
    pub(crate) fn page(&self) -> &Page<'h> {
        &self.page
    }

    /// Chooses a person at the side.
    #[track_caller]
    pub(crate) fn choose(&self, person: &str) -> &Self {
        self.page.within("region", "People").click("button", person);
        self
    }

    /// Asks a person to connect, chosen in the host's own window.
    #[track_caller]
    pub(crate) fn invite(&self, person: &str) -> &Self {
        self.page.click("button", "New conversation");
        let chooser = self.host.question();
        chooser.click("radio", person).leave_by("button", &format!("Ask {person} to connect"));
        self.page.says(&format!("Waiting for {person} to accept"));
        self
    }

    /// Waits until one can talk to a person, and does.
    #[track_caller]
    pub(crate) fn talks_with(&self, person: &str) -> &Self {
        self.page.shows("list", &format!("Messages with {person}"));
        self
    }

    /// Sends a message in the open conversation.
    #[track_caller]
    pub(crate) fn say(&self, text: &str) -> &Self {
        self.page.fill("Message", text).click("button", "Send");
        self.shows_as(text, "");
        self
    }

    /// Waits until a message is there.
    #[track_caller]
    pub(crate) fn sees(&self, text: &str) -> &Self {
        self.shows_as(text, "");
        self
    }

    /// Waits until an own message is said to have been delivered.
    #[track_caller]
    pub(crate) fn sees_delivered(&self, text: &str) -> &Self {
        self.shows_as(text, "Delivered");
        self
    }

    /// Waits until an own message is said to be waiting for somebody who is away.
    #[track_caller]
    pub(crate) fn sees_waiting(&self, text: &str, person: &str) -> &Self {
        self.shows_as(text, &format!("Waiting for {person} to come online"));
        self
    }

    /// Waits until exactly this was said, in this order, each once.
    #[track_caller]
    pub(crate) fn reads(&self, transcript: &[&str]) -> &Self {
        self.page.until_equal("read", TRANSCRIPT, &json!(transcript));
        self
    }

    #[track_caller]
    fn shows_as(&self, text: &str, state: &str) {
        self.page.until(
            &format!("show “{text}” as “{state}”"),
            "const [text, state] = arguments;
             return [...document.querySelectorAll('li.message')].some((it) =>
                 it.querySelector('.text').textContent === text && it.querySelector('.meta').textContent.includes(state))",
            json!([text, state]),
        );
    }
}
