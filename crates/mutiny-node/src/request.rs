//! Lines that come in, as requests, and lines that go out.

use mutiny_core::view::{ErrorView, Trace};
use mutiny_core::{Event, Result};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::calls::Call;
use crate::lines::{LONGEST, Line};

/// A call, and the name under which its caller expects the answer.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) id: Value,
    pub(crate) call: Call,
}

/// Reads a line. `None`: it is blank.
///
/// # Errors
/// The line to answer with, where it is no request.
pub(crate) fn parse(line: &Line) -> Result<Option<Request>, String> {
    let Line::Whole(line) = line else {
        return Err(bad(&Value::Null, &format!("it is longer than {LONGEST} bytes")));
    };
    if line.trim_ascii().is_empty() {
        return Ok(None);
    }
    let mut fields: Map<String, Value> =
        serde_json::from_slice(line).map_err(|error| bad(&Value::Null, &error.to_string()))?;
    let id = match fields.remove("id") {
        Some(id @ (Value::Number(_) | Value::String(_))) => id,
        _ => return Err(bad(&Value::Null, "it has no \u{201c}id\u{201d} that is a number or a string")),
    };
    let Some(Value::String(name)) = fields.remove("call") else {
        return Err(bad(&id, "it has no \u{201c}call\u{201d} that names what to do"));
    };
    let call = Map::from_iter([(name, Value::Object(fields))]);
    let call = Call::deserialize(Value::Object(call)).map_err(|error| bad(&id, &error.to_string()))?;
    Ok(Some(Request { id, call }))
}

fn bad(id: &Value, problem: &str) -> String {
    let message = format!(
        "This line is no request: {problem}. Write one JSON object a line, such as {{\"id\":1,\"call\":\"me\"}}."
    );
    refusal(id, &ErrorView { code: "BadRequest".to_owned(), message })
}

fn refusal(id: &Value, error: &ErrorView) -> String {
    json!({ "id": id, "error": error }).to_string()
}

/// The line that answers a request.
pub(crate) fn answer(id: &Value, outcome: &Result<Value>) -> String {
    match outcome {
        Ok(value) => json!({ "id": id, "ok": value }).to_string(),
        Err(error) => refusal(id, &error.view()),
    }
}

/// The line that tells of an event.
pub(crate) fn event(event: &Event) -> String {
    let told = match event {
        Event::Changed(topic) => json!({ "type": "changed", "topic": topic }),
        Event::App(instance, event) => {
            let mut told = json!(event);
            told["instance"] = json!(instance);
            told
        }
    };
    json!({ "event": told }).to_string()
}

/// The line that tells of a step.
pub(crate) fn step(step: &Trace) -> String {
    let mut told = json!(step);
    told["type"] = json!("step");
    json!({ "event": told }).to_string()
}

/// The line that says that the host runs.
pub(crate) fn ready(peer: &str) -> String {
    json!({ "event": { "type": "ready", "peer": peer, "version": env!("CARGO_PKG_VERSION") } }).to_string()
}

/// The line that says that events were left out.
pub(crate) fn missed(count: u64) -> String {
    json!({ "event": { "type": "missed", "count": count } }).to_string()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use mutiny_core::Error;
    use mutiny_core::view::{AppEvent, Topic};
    use uuid::Uuid;

    use super::*;

    fn read(text: &str) -> Result<Option<Request>, String> {
        parse(&Line::Whole(text.as_bytes().to_vec()))
    }

    fn problem(text: &str) -> (Value, String) {
        let answer: Value = serde_json::from_str(&read(text).unwrap_err()).unwrap();
        assert_eq!(answer["error"]["code"], "BadRequest");
        (answer["id"].clone(), answer["error"]["message"].as_str().unwrap().to_owned())
    }

    #[test]
    fn a_request_has_an_id_of_the_callers_choice() {
        assert_eq!(read(r#"{"id":7,"call":"me"}"#).unwrap().unwrap().id, 7);
        assert_eq!(read(r#"{"call":"me","id":"seven"}"#).unwrap().unwrap().id, "seven");
    }

    #[test]
    fn blank_lines_are_nothing() {
        assert!(read(" \r\n").unwrap().is_none());
    }

    #[test]
    fn what_is_no_request_is_answered_with_what_is_wrong() {
        for text in ["{", "[]", "hello", "{\"id\":{},\"call\":\"me\"}", "{\"call\":\"me\"}", "\u{0}"] {
            assert_eq!(problem(text).0, Value::Null, "{text}");
        }
        assert_eq!(parse(&Line::Whole(vec![0xff, 0xfe])).unwrap_err().matches("BadRequest").count(), 1);
        assert!(parse(&Line::TooLong).unwrap_err().contains("longer than"));
    }

    #[test]
    fn a_call_that_is_not_there_is_answered_with_those_that_are() {
        let (id, message) = problem(r#"{"id":3,"call":"fly"}"#);
        assert_eq!(id, 3);
        assert!(message.contains("`fly`") && message.contains("`send`"), "{message}");
        assert_eq!(problem(r#"{"id":3}"#).0, 3);
    }

    #[test]
    fn arguments_that_are_missing_or_unknown_are_named() {
        assert!(problem(r#"{"id":1,"call":"read"}"#).1.contains("`instance`"));
        assert!(problem(r#"{"id":1,"call":"me","nmae":2}"#).1.contains("`nmae`"));
        assert!(problem(r#"{"id":1,"call":"read","instance":"x"}"#).1.contains("UUID"));
    }

    #[test]
    fn answers_carry_the_id() {
        assert_eq!(answer(&json!(1), &Ok(json!([]))), r#"{"id":1,"ok":[]}"#);
        let refused: Value = serde_json::from_str(&answer(&json!("a"), &Err(Error::Stopped))).unwrap();
        assert_eq!((&refused["id"], &refused["error"]["code"]), (&json!("a"), &json!("Stopped")));
    }

    #[test]
    fn every_event_has_a_type() {
        let id = Uuid::nil();
        let read = |line: String| serde_json::from_str::<Value>(&line).unwrap()["event"].take();
        assert_eq!(read(event(&Event::Changed(Topic::Peers))), json!({ "type": "changed", "topic": "peers" }));
        let woken = json!({ "type": "message", "instance": id });
        assert_eq!(read(event(&Event::App(id, AppEvent::Message))), woken);
        assert_eq!(read(missed(3)), json!({ "type": "missed", "count": 3 }));
        assert_eq!(read(ready("12D3"))["type"], "ready");
    }
}
