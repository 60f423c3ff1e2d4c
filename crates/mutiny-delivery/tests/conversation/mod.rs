//! One side of a conversation, played by the machine on a store that commits at once.

#![allow(unreachable_pub, clippy::unwrap_used, clippy::expect_used)]

use std::collections::VecDeque;

use bytes::Bytes;
use mutiny_delivery::frame::Frame;
use mutiny_delivery::message::{Content, Epoch, Message, Now, Outcome, Peer, Refusal};
use mutiny_delivery::model::{Entry, Fault, Tables};
use mutiny_delivery::store::Usage;
use mutiny_delivery::{Input, Machine, Output, Rules, StreamId};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{from_hex, to_hex};

const STREAM: StreamId = StreamId(1);

/// The side that a conversation is seen from.
pub struct Side {
    machine: Machine,
    tables: Tables,
    now: Now,
    sent: VecDeque<Frame>,
    closed: bool,
}

fn there() -> Peer {
    Peer(Bytes::from_static(b"the other side"))
}

pub fn uuid(hex: &Value) -> Uuid {
    Uuid::from_slice(&from_hex(hex)).unwrap()
}

fn number(text: &Value) -> i64 {
    text.as_str().unwrap().parse().unwrap()
}

impl Side {
    /// As the conversation describes it, with its first frame sent.
    pub fn of(conversation: &Value) -> Self {
        let mut tables = Tables::default();
        let rules = match conversation.get("inbox") {
            Some(inbox) => {
                let [messages, bytes] = ["messages", "bytes"].map(|field| number(&inbox[field]) as u64);
                Rules { inbox: Usage { messages, bytes }, ..Rules::default() }
            }
            None => Rules::default(),
        };
        if let Some(closed) = conversation.get("not_invited_to") {
            tables.doors.insert(uuid(closed), Refusal::NotInvited);
        }
        let fresh = conversation.get("fresh_epoch").map_or(0, |epoch| uuid(epoch).as_u128());
        let mut side = Self {
            machine: Machine::new(rules, "alice".into(), Box::new(move || fresh)),
            tables,
            now: Now { wall: 1_000, steady: 0 },
            sent: VecDeque::new(),
            closed: false,
        };
        if let Some(flow) = conversation.get("flow") {
            side.has_sent(flow);
            side.feed(Input::Opened { stream: STREAM, peer: there() });
        } else {
            side.feed(Input::Incoming { stream: STREAM, peer: there() });
        }
        side
    }

    fn has_sent(&mut self, flow: &Value) {
        let [source, target, epoch] = ["source", "target", "epoch"].map(|field| uuid(&flow[field]));
        for message in flow["messages"].as_array().unwrap() {
            let message = Message {
                seq: 0,
                id: uuid(&message["id"]),
                content: Content::Bytes,
                sent: number(&message["sent"]),
                deadline: number(&message["deadline"]),
                body: from_hex(&message["body"]),
            };
            self.tables.insert((source, &there(), target), Epoch(epoch.as_u128()), message, false);
        }
    }

    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// What it sends next, if it does.
    pub fn sends(&mut self) -> Option<Frame> {
        self.sent.pop_front()
    }

    pub fn gets(&mut self, frame: Frame) {
        self.feed(Input::Frame { stream: STREAM, frame });
    }

    /// Time passes.
    pub fn waits(&mut self, milliseconds: u64) {
        self.now.steady += milliseconds;
        self.now.wall += milliseconds as i64;
        self.feed(Input::Tick);
    }

    /// Its app takes an entry out of an inbox.
    pub fn takes_out(&mut self, instance: Uuid) {
        self.tables.remove_head(instance).expect("an entry");
        let usage = self.tables.usage(instance);
        self.feed(Input::Freed { instance, usage });
    }

    /// How its own messages ended, in the order of sending; and the ids of what is in its inboxes.
    pub fn outcome(&self, conversation: &Value) -> Value {
        let own = conversation.pointer("/flow/messages").and_then(Value::as_array).into_iter().flatten();
        let own = own.map(|message| match self.tables.ended.get(&uuid(&message["id"])) {
            None => "queued",
            Some(None) => "delivered",
            Some(Some(Outcome::NotDelivered)) => "not-delivered",
            Some(Some(Outcome::Unknown)) => "unknown",
        });
        let inbox = self.tables.inboxes.values().flatten().filter_map(|entry| match entry {
            Entry::Message { id, .. } => Some(to_hex(id.as_bytes())),
            Entry::Notice { .. } => None,
        });
        json!({ "messages": own.collect::<Vec<_>>(), "inbox": inbox.collect::<Vec<_>>() })
    }

    fn feed(&mut self, input: Input) {
        self.machine.handle(self.now, input);
        while let Some(output) = self.machine.poll() {
            match output {
                Output::Send { frame, .. } => self.sent.push_back(frame),
                Output::Close { .. } => self.closed = true,
                Output::Store { ticket, request } => {
                    let reply = self.tables.carry_out(request, Fault::None);
                    self.feed(Input::Stored { ticket, reply });
                }
                Output::Named { .. } => {}
            }
        }
    }
}
