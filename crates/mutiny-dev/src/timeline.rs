//! What has happened in a session, within bounds.

use std::collections::{VecDeque, vec_deque};

use mutiny_core::view::{Body, Millis, Step};
use serde_json::Value;

use crate::error::{Error, Result};
use crate::record::{Act, Record, What};
use crate::view::{Event, Happening, Payload};

/// How many happenings are kept, and how many bytes of what they say.
const MOST: usize = 50_000;
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// How many are told at once.
const PAGE: usize = 500;

/// How long a preview is, in characters, and how much of a payload is shown, in bytes.
const PREVIEW: usize = 120;
const SHOWN: usize = 256 * 1024;

/// The happenings of a session, numbered from 1.
#[derive(Debug, Default)]
pub(crate) struct Timeline {
    records: VecDeque<Record>,
    bytes: usize,
    /// How many are not kept any more.
    forgotten: u32,
    /// How many peers were too fast to tell.
    missed: u32,
}

impl Timeline {
    pub(crate) fn push(&mut self, record: Record) {
        self.bytes += record.weight();
        self.records.push_back(record);
        while self.records.len() > MOST || self.bytes > MOST_BYTES {
            let Some(oldest) = self.records.pop_front() else { break };
            self.bytes -= oldest.weight();
            self.forgotten += 1;
        }
    }

    /// So many never arrived.
    pub(crate) fn missed(&mut self, count: u32) {
        self.missed = self.missed.saturating_add(count);
    }

    /// How many are not here, of all that happened.
    pub(crate) fn lacks(&self) -> u32 {
        self.forgotten.saturating_add(self.missed)
    }

    /// All that are kept.
    pub(crate) fn records(&self) -> vec_deque::Iter<'_, Record> {
        self.records.iter()
    }

    /// Those after a number, a page of them at most.
    pub(crate) fn after(&self, number: u32, name: impl Fn(&str) -> String) -> Vec<Happening> {
        let first = number.max(self.forgotten).saturating_add(1);
        let skip = (first - 1 - self.forgotten) as usize;
        let records = self.records.iter().skip(skip).take(PAGE);
        let view = |(number, record): (u32, &Record)| Happening {
            number,
            at: record.at as Millis,
            peer: record.peer.clone(),
            event: event(&record.what, &name),
        };
        (first..).zip(records).map(view).collect()
    }

    /// The whole of what one says.
    pub(crate) fn payload(&self, number: u32) -> Result<Payload> {
        let index = number.checked_sub(self.forgotten + 1);
        let record = index.and_then(|index| self.records.get(index as usize)).ok_or(Error::Forgotten(number))?;
        let text = match (&record.what, record.body()) {
            (_, Some(Body::Bytes(bytes))) => {
                let shown = &bytes[..bytes.len().min(SHOWN / 4)];
                return Ok(Payload { text: dump(shown), cut: shown.len() < bytes.len() });
            }
            (_, Some(Body::Json(value))) => pretty(value),
            (What::Step(Step::Announced { value, .. } | Step::Heard { value, .. }), _) => pretty(value),
            (What::Step(Step::Refused { text, .. } | Step::Page { text, .. }), _) => text.clone(),
            _ => String::new(),
        };
        let shown = beginning(&text, SHOWN);
        Ok(Payload { cut: shown.len() < text.len(), text: shown.to_owned() })
    }
}

fn event(what: &What, name: &impl Fn(&str) -> String) -> Event {
    match what.clone() {
        What::Step(step) => step_event(step, name),
        What::Act(Act::Started) => Event::Started,
        What::Act(Act::Ended { killed }) => Event::Ended { killed },
        What::Act(Act::Answered { from, accepted }) => Event::Answered { from, accepted },
        What::Act(Act::Conditions { offline, full, ahead }) => Event::Conditions { offline, full, ahead },
        What::Act(Act::Link { to, cut, delay }) => Event::Link { to, cut, delay },
        What::Act(Act::Lost { to }) => Event::Lost { to },
        What::Act(Act::Introduced { to }) => Event::Introduced { to },
    }
}

fn step_event(step: Step, name: &impl Fn(&str) -> String) -> Event {
    match step {
        Step::Sent { message, to, body, .. } => {
            let (preview, size, bytes) = match &body {
                Body::Json(value) => {
                    let text = value.to_string();
                    (first_characters(&text), text.len(), false)
                }
                Body::Bytes(bytes) => (hex(&bytes[..bytes.len().min(PREVIEW / 3)]), bytes.len(), true),
            };
            Event::Sent { message, to: name(&to.peer), preview, size: u32::try_from(size).unwrap_or(u32::MAX), bytes }
        }
        Step::Received { message, from, .. } => Event::Received { message, from: name(&from.peer) },
        Step::Acknowledged { message, .. } => Event::Acknowledged { message },
        Step::Failed { message, reason, outcome, .. } => Event::Failed { message, reason, outcome },
        Step::Taken { entry, .. } => Event::Taken { entry },
        Step::Invited { message, peer, answer, .. } => Event::Invited { message, to: name(&peer), answer },
        Step::Invitation { message, from } => Event::Invitation { message, from: name(&from.peer) },
        Step::Announced { value, .. } => Event::Announced { preview: first_characters(&value.to_string()) },
        Step::Heard { from, value } => {
            Event::Heard { from: name(&from.peer), preview: first_characters(&value.to_string()) }
        }
        Step::Connected { peer } => Event::Connected { to: name(&peer) },
        Step::Disconnected { peer } => Event::Disconnected { to: name(&peer) },
        Step::Refused { call, code, text, .. } => Event::Refused { call, code, text },
        Step::Page { level, text, .. } => Event::Page { level, text },
        Step::Reloaded { files, .. } => Event::Reloaded { files },
        // Never taken down.
        Step::Mark => Event::Reloaded { files: Vec::new() },
    }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

fn first_characters(text: &str) -> String {
    text.chars().take(PREVIEW).collect()
}

/// The beginning of a text, as many bytes as there may be, less where that would cut a character.
fn beginning(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
}

/// Sixteen bytes a line: where they are, what they are, and what of them is printable.
fn dump(bytes: &[u8]) -> String {
    let lines = bytes.chunks(16).enumerate().map(|(line, chunk)| {
        let plain: String = chunk
            .iter()
            .map(|byte| if byte.is_ascii_graphic() || *byte == b' ' { *byte as char } else { '.' })
            .collect();
        format!("{:06x}  {:<47}  {plain}", line * 16, hex(chunk))
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use mutiny_core::view::Address;
    use uuid::Uuid;

    use super::*;

    fn sent(body: Body) -> Record {
        let to = Address { peer: "12D3B".into(), instance: Uuid::nil() };
        let step = Step::Sent { message: Uuid::from_u128(7), instance: Uuid::from_u128(1), to, body, patience: 1 };
        Record { at: 0.0, peer: "ana".into(), what: What::Step(step) }
    }

    fn with(bodies: impl IntoIterator<Item = Body>) -> Timeline {
        let mut timeline = Timeline::default();
        bodies.into_iter().for_each(|body| timeline.push(sent(body)));
        timeline
    }

    fn name(id: &str) -> String {
        if id == "12D3B" { "ben".into() } else { id.into() }
    }

    #[test]
    fn happenings_are_told_in_order_a_page_at_a_time() {
        let timeline = with((0..1_200).map(|n| Body::Json(n.into())));
        let (mut after, mut seen) = (0, Vec::new());
        loop {
            let page = timeline.after(after, name);
            let Some(last) = page.last() else { break };
            assert!(page.len() <= PAGE);
            after = last.number;
            seen.extend(page.into_iter().map(|happening| happening.number));
        }
        assert_eq!(seen, (1..=1_200).collect::<Vec<_>>());
    }

    #[test]
    fn peers_have_names_and_messages_a_preview() {
        let timeline = with([Body::Json("x".repeat(500).into()), Body::Bytes(vec![0, 255])]);
        let events: Vec<_> = timeline.after(0, name).into_iter().map(|happening| happening.event).collect();
        let [Event::Sent { to, preview, size, bytes, .. }, Event::Sent { preview: dump, bytes: true, .. }] =
            &events[..]
        else {
            panic!("{events:?}")
        };
        assert_eq!((to.as_str(), preview.chars().count(), *size, *bytes), ("ben", PREVIEW, 502, false));
        assert_eq!(dump, "00 ff");
    }

    #[test]
    fn what_is_too_much_is_forgotten_from_the_beginning() {
        let mut timeline = with((0..MOST + 10).map(|n| Body::Json(n.into())));
        assert_eq!(timeline.lacks(), 10);
        assert_eq!(timeline.after(0, name)[0].number, 11);
        assert!(matches!(timeline.payload(10), Err(Error::Forgotten(10))));
        assert_eq!(timeline.payload(11).unwrap().text, "10");
        for _ in 0..70 {
            timeline.push(sent(Body::Bytes(vec![1; 1024 * 1024])));
        }
        assert!(timeline.bytes <= MOST_BYTES);
        assert!(timeline.after(u32::MAX, name).is_empty());
    }

    #[test]
    fn payloads_are_readable() {
        let timeline =
            with([Body::Json(serde_json::json!({"a": [1]})), Body::Bytes(b"Mutiny\x00 and what follows".to_vec())]);
        assert_eq!(timeline.payload(1).unwrap().text, "{\n  \"a\": [\n    1\n  ]\n}");
        let dump = timeline.payload(2).unwrap().text;
        assert!(
            dump.starts_with("000000  4d 75 74 69 6e 79 00 20 61 6e 64 20 77 68 61 74  Mutiny. and what\n"),
            "{dump}"
        );
    }

    #[test]
    fn a_payload_too_long_to_show_is_cut() {
        let timeline = with([Body::Json("ä".repeat(200_000).into()), Body::Bytes(vec![0; 200_000])]);
        for number in [1, 2] {
            let payload = timeline.payload(number).unwrap();
            assert!(payload.cut && payload.text.len() <= 2 * SHOWN, "{}", payload.text.len());
        }
    }
}
