//! The test vectors of the protocol's specification, checked both ways.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod conversation;

use bytes::{Bytes, BytesMut};
use conversation::{Side, uuid};
use mutiny_delivery::frame::{Accept, Ack, Data, Frame, FrameError, Hello, Kind, Offer, Reject, Skip};
use serde_json::{Value, json};

fn vectors() -> Value {
    serde_json::from_str(include_str!("../../../docs/protocol-vectors.json")).unwrap()
}

fn list<'a>(vectors: &'a Value, name: &str) -> &'a [Value] {
    let list = vectors[name].as_array().unwrap();
    assert!(!list.is_empty(), "there are vectors in {name}");
    list
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(hex: &Value) -> Bytes {
    let digits = hex.as_str().unwrap();
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}

fn decode(vector: &Value) -> Result<Option<Frame>, FrameError> {
    Frame::decode(&mut BytesMut::from(&from_hex(&vector["hex"])[..]))
}

/// A frame as the vectors write it.
fn written(frame: &Frame) -> Value {
    match frame.kind.clone() {
        None => Value::Null,
        Some(Kind::Hello(Hello { version, name })) => json!({ "hello": { "version": version, "name": name } }),
        Some(Kind::Offer(Offer { handle, source, target, epoch, first })) => json!({ "offer": {
            "handle": handle, "source": to_hex(&source), "target": to_hex(&target), "epoch": to_hex(&epoch),
            "first": first.to_string(),
        } }),
        Some(Kind::Accept(Accept { handle, next, last, messages, bytes })) => json!({ "accept": {
            "handle": handle, "next": next.to_string(), "last": to_hex(&last), "messages": messages.to_string(),
            "bytes": bytes.to_string(),
        } }),
        Some(Kind::Data(Data { handle, seq, id, content, sent, body })) => json!({ "data": {
            "handle": handle, "seq": seq.to_string(), "id": to_hex(&id), "content": content,
            "sent": sent.to_string(), "body": to_hex(&body),
        } }),
        Some(Kind::Skip(Skip { handle, to })) => json!({ "skip": { "handle": handle, "to": to.to_string() } }),
        Some(Kind::Ack(Ack { handle, next, messages, bytes })) => json!({ "ack": {
            "handle": handle, "next": next.to_string(), "messages": messages.to_string(), "bytes": bytes.to_string(),
        } }),
        Some(Kind::Reject(Reject { handle, code, next })) => json!({ "reject": {
            "handle": handle, "code": code, "next": next.map(|next| next.to_string()),
        } }),
    }
}

/// The same, read.
fn read(frame: &Value) -> Frame {
    let (name, fields) = frame.as_object().unwrap().iter().next().unwrap();
    let small = |field: &str| u32::try_from(fields[field].as_u64().unwrap()).unwrap();
    let large = |field: &str| fields[field].as_str().unwrap().parse::<u64>().unwrap();
    let bytes = |field: &str| from_hex(&fields[field]);
    let kind = match name.as_str() {
        "hello" => Kind::Hello(Hello { version: small("version"), name: fields["name"].as_str().unwrap().into() }),
        "offer" => Kind::Offer(Offer {
            handle: small("handle"),
            source: bytes("source"),
            target: bytes("target"),
            epoch: bytes("epoch"),
            first: large("first"),
        }),
        "accept" => Kind::Accept(Accept {
            handle: small("handle"),
            next: large("next"),
            last: bytes("last"),
            messages: large("messages"),
            bytes: large("bytes"),
        }),
        "data" => Kind::Data(Data {
            handle: small("handle"),
            seq: large("seq"),
            id: bytes("id"),
            content: small("content"),
            sent: fields["sent"].as_str().unwrap().parse().unwrap(),
            body: bytes("body"),
        }),
        "skip" => Kind::Skip(Skip { handle: small("handle"), to: large("to") }),
        "ack" => Kind::Ack(Ack {
            handle: small("handle"),
            next: large("next"),
            messages: large("messages"),
            bytes: large("bytes"),
        }),
        "reject" => Kind::Reject(Reject {
            handle: small("handle"),
            code: small("code"),
            next: fields["next"].as_str().map(|next| next.parse().unwrap()),
        }),
        other => panic!("a frame of kind {other}"),
    };
    kind.into()
}

#[test]
fn frames_are_written_as_specified() {
    for vector in list(&vectors(), "frames") {
        let mut wire = BytesMut::new();
        read(&vector["frame"]).encode(&mut wire);
        assert_eq!(to_hex(&wire), vector["hex"].as_str().unwrap(), "{}", vector["note"]);
    }
}

#[test]
fn frames_are_read_as_specified() {
    let vectors = vectors();
    for vector in list(&vectors, "frames").iter().chain(list(&vectors, "decode_only")) {
        let frame = decode(vector).unwrap().expect("a whole frame");
        assert_eq!(written(&frame), vector["frame"], "{}", vector["note"]);
    }
}

#[test]
fn what_is_no_frame_is_refused() {
    for vector in list(&vectors(), "errors") {
        let error = match decode(vector) {
            Err(FrameError::TooLong(_)) => "too long",
            Err(FrameError::Malformed) => "malformed",
            Ok(_) => "none",
        };
        assert_eq!(error, vector["error"], "{}", vector["note"]);
    }
}

#[test]
fn more_bytes_are_waited_for() {
    for vector in list(&vectors(), "incomplete") {
        assert_eq!(decode(vector), Ok(None), "{}", vector["note"]);
    }
}

#[test]
fn there_is_a_vector_for_each_kind() {
    let vectors = vectors();
    for kind in ["hello", "offer", "accept", "data", "skip", "ack", "reject"] {
        assert!(list(&vectors, "frames").iter().any(|vector| vector["frame"].get(kind).is_some()), "{kind}");
    }
}

/// Plays a conversation; tells where it goes another way.
fn play(conversation: &Value) -> Result<(), String> {
    let note = &conversation["note"];
    let mut side = Side::of(conversation);
    for (at, step) in conversation["steps"].as_array().unwrap().iter().enumerate() {
        let (kind, value) = step.as_object().unwrap().iter().next().unwrap();
        let sent = side.sends().map(|frame| written(&frame));
        if sent.as_ref() != (kind == "out").then_some(value) {
            return Err(format!("{note}, step {at}: {step}, and it sent {sent:?}"));
        }
        match kind.as_str() {
            "out" => {}
            "in" => side.gets(read(value)),
            "milliseconds" => side.waits(value.as_u64().unwrap()),
            "taken_out_of" => side.takes_out(uuid(value)),
            other => panic!("a step of kind {other}"),
        }
    }
    if let Some(frame) = side.sends() {
        return Err(format!("{note} ends before {:?}", written(&frame)));
    }
    let found = (side.is_closed(), side.outcome(conversation));
    let expected = (conversation["closed"] == true, conversation["outcome"].clone());
    if found == expected { Ok(()) } else { Err(format!("{note} ends with {found:?}")) }
}

#[test]
fn conversations_go_as_specified() {
    let vectors = vectors();
    let failures: Vec<String> =
        list(&vectors, "conversations").iter().filter_map(|vector| play(vector).err()).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
