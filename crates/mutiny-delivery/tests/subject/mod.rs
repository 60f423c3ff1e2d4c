//! One machine under test, and the words to play the network and the store for it.

#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::expect_used)]

use std::collections::VecDeque;

use bytes::Bytes;
use mutiny_delivery::frame::{Accept, Ack, Data, Frame, Hello, Kind, Offer, Reject, Skip};
use mutiny_delivery::message::{Content, Epoch, Flow, FlowId, Message, Now, Origin, Peer, Refusal};
use mutiny_delivery::store::{Opened, Reply, Request, Taken, Usage};
use mutiny_delivery::{Broken, Input, Machine, Output, Rules, StreamId, Ticket};
use uuid::Uuid;

pub const EPOCH: Epoch = Epoch(0xe0);
pub const FRESH: Epoch = Epoch(0xf0);
pub const NEVER: i64 = i64::MAX;
pub const PLENTY: (u64, u64) = (100, 1 << 20);

pub fn bob() -> Peer {
    Peer(Bytes::from_static(b"bob"))
}

pub fn id(seq: u64) -> Uuid {
    Uuid::from_u128(0x1000 + u128::from(seq))
}

fn raw(id: Uuid) -> Bytes {
    Bytes::copy_from_slice(id.as_bytes())
}

/// Flow `n`, from one own instance to one of Bob's, with `first` as its first pending message.
pub fn flow(n: i64, first: u64) -> Flow {
    let instance = Uuid::from_u128(0xa0 + n as u128);
    Flow { id: FlowId(n), source: instance, peer: bob(), target: instance, epoch: EPOCH, first }
}

/// The same flow as Bob's, where this peer receives.
pub fn origin(n: i64) -> Origin {
    let Flow { source, target, .. } = flow(n, 0);
    Origin { peer: bob(), source, target }
}

pub fn message(seq: u64) -> Message {
    Message { seq, id: id(seq), content: Content::Bytes, sent: 0, deadline: NEVER, body: Bytes::from_static(b"body") }
}

pub fn loaded(messages: impl IntoIterator<Item = Message>) -> Reply {
    Reply::Loaded { messages: messages.into_iter().collect(), more: false }
}

pub fn opened(next: u64) -> Reply {
    Reply::Opened(Ok(Opened { next, last: next.checked_sub(1).map(id), usage: Usage::default() }))
}

/// What came before a message that is refused was taken.
pub fn taken_up_to(messages: u64, refused: Option<(u64, Refusal)>) -> Reply {
    Reply::Taken(Ok(Taken { usage: Usage { messages, bytes: 4 * messages }, refused }))
}

pub fn taken(messages: u64) -> Reply {
    taken_up_to(messages, None)
}

pub fn offer(handle: u32, n: i64, first: u64) -> Kind {
    offer_of(handle, &flow(n, first))
}

pub fn offer_of(handle: u32, flow: &Flow) -> Kind {
    let Flow { source, target, epoch, first, .. } = *flow;
    let epoch = Bytes::copy_from_slice(&epoch.0.to_be_bytes());
    Kind::Offer(Offer { handle, source: raw(source), target: raw(target), epoch, first })
}

pub fn accept(handle: u32, next: u64, (messages, bytes): (u64, u64)) -> Kind {
    let last = next.checked_sub(1).map(|seq| raw(id(seq))).unwrap_or_default();
    Kind::Accept(Accept { handle, next, last, messages, bytes })
}

pub fn data(handle: u32, seq: u64) -> Kind {
    let Message { id, content, sent, body, .. } = message(seq);
    Kind::Data(Data { handle, seq, id: raw(id), content: content as u32, sent, body })
}

pub fn skip(handle: u32, to: u64) -> Kind {
    Kind::Skip(Skip { handle, to })
}

pub fn ack(handle: u32, next: u64, (messages, bytes): (u64, u64)) -> Kind {
    Kind::Ack(Ack { handle, next, messages, bytes })
}

pub fn reject(handle: u32, refusal: Refusal, next: Option<u64>) -> Kind {
    Kind::Reject(Reject { handle, code: refusal as u32, next })
}

/// The machine, and what of its outputs nobody looked at yet. Hellos and looks for what is due go by themselves.
pub struct Subject {
    machine: Machine,
    now: Now,
    stream: StreamId,
    outputs: VecDeque<Output>,
    asked: Option<Ticket>,
    due: Vec<FlowId>,
    names: Vec<String>,
    looks: usize,
}

impl Subject {
    fn new(rules: Rules) -> Self {
        let machine = Machine::new(rules, "alice".into(), Box::new(|| FRESH.0));
        Self {
            machine,
            now: Now { wall: 1_000, steady: 1_000 },
            stream: StreamId(1),
            outputs: VecDeque::new(),
            asked: None,
            due: Vec::new(),
            names: Vec::new(),
            looks: 0,
        }
    }

    /// A machine with a stream to Bob, on which these flows are pending.
    pub fn sending(flows: impl IntoIterator<Item = Flow>) -> Self {
        let mut subject = Self::new(Rules::default());
        subject.feed(Input::Opened { stream: StreamId(1), peer: bob() });
        subject.gets(hello()).asks(Request::Flows { peer: bob() }).answer(Reply::Flows(flows.into_iter().collect()))
    }

    /// The same with one flow, accepted, with these messages loaded.
    pub fn with_messages(messages: impl IntoIterator<Item = Message>, credit: (u64, u64)) -> Self {
        Self::sending([flow(1, 0)]).sends(offer(0, 1, 0)).gets(accept(0, 0, credit)).loads(0).answer(loaded(messages))
    }

    /// A machine with a stream from Bob, and this much room in each inbox.
    pub fn receiving(inbox: Usage) -> Self {
        let mut subject = Self::new(Rules { inbox, max_body: 64, well_formed: |_, body| !body.starts_with(b"!") });
        subject.feed(Input::Incoming { stream: StreamId(1), peer: bob() });
        subject.gets(hello())
    }

    /// From here on it is about another stream from Bob.
    pub fn on_another_stream(mut self) -> Self {
        self.stream = StreamId(2);
        self.feed(Input::Incoming { stream: StreamId(2), peer: bob() });
        self.gets(hello())
    }

    pub fn on_the_first_stream(mut self) -> Self {
        self.stream = StreamId(1);
        self
    }

    // What comes in.

    pub fn gets(mut self, kind: Kind) -> Self {
        let stream = self.stream;
        self.feed(Input::Frame { stream, frame: Frame::from(kind) });
        self
    }

    pub fn answer(mut self, reply: Reply) -> Self {
        let ticket = self.asked.take().expect("a request to answer");
        self.feed(Input::Stored { ticket, reply });
        self
    }

    /// Time passes, by both clocks.
    pub fn after(mut self, milliseconds: u64) -> Self {
        self.now.steady += milliseconds;
        self.now.wall += milliseconds as i64;
        self.feed(Input::Tick);
        self
    }

    /// The deadline of something in this flow passes.
    pub fn overdue(mut self, n: i64, milliseconds: u64) -> Self {
        self.due = vec![FlowId(n)];
        self.after(milliseconds)
    }

    pub fn queued(mut self, n: i64, message: Message) -> Self {
        self.feed(Input::Queued { flow: flow(n, message.seq), message, left: true });
        self
    }

    /// Something in this flow was withdrawn.
    pub fn withdrawn(mut self, n: i64) -> Self {
        self.feed(Input::Withdrawn { flow: FlowId(n), peer: bob() });
        self
    }

    pub fn hurried(mut self) -> Self {
        self.feed(Input::Hurry { peer: bob() });
        self
    }

    /// So much left the send buffer.
    pub fn flushed(mut self, weight: usize) -> Self {
        let stream = self.stream;
        self.feed(Input::Flushed { stream, weight });
        self
    }

    pub fn freed(mut self, n: i64, messages: u64) -> Self {
        let usage = Usage { messages, bytes: 4 * messages };
        self.feed(Input::Freed { instance: flow(n, 0).target, usage });
        self
    }

    // What goes out.

    pub fn sends(mut self, kind: Kind) -> Self {
        match self.outputs.pop_front() {
            Some(Output::Send { frame, .. }) => assert_eq!(frame.kind, Some(kind)),
            other => panic!("{kind:?} was to be sent, and it was {other:?}"),
        }
        self
    }

    pub fn asks(mut self, request: Request) -> Self {
        match self.outputs.pop_front() {
            Some(Output::Store { ticket, request: asked }) => {
                assert_eq!(asked, request);
                self.asked = Some(ticket);
            }
            other => panic!("{request:?} was to be asked, and it was {other:?}"),
        }
        self
    }

    /// Asks for messages of flow 1, from this number on.
    pub fn loads(mut self, from: u64) -> Self {
        match self.outputs.pop_front() {
            Some(Output::Store { ticket, request: Request::Load { from: asked, .. } }) => {
                assert_eq!(asked, from);
                self.asked = Some(ticket);
            }
            other => panic!("messages were to be loaded, and it was {other:?}"),
        }
        self
    }

    /// Asks to take something, numbered from here on: so many messages and skips.
    pub fn takes(mut self, from: u64, count: usize) -> Self {
        match self.outputs.pop_front() {
            Some(Output::Store { ticket, request: Request::Take { from: asked, items, .. } }) => {
                assert_eq!((asked, items.len()), (from, count));
                self.asked = Some(ticket);
            }
            other => panic!("messages were to be taken, and it was {other:?}"),
        }
        self
    }

    /// Asks to open an incoming flow.
    pub fn opens(self, n: i64, first: u64) -> Self {
        self.asks(Request::Open { origin: origin(n), epoch: EPOCH, first })
    }

    pub fn closes(mut self, reason: Broken) {
        match self.outputs.pop_front() {
            Some(Output::Close { why, .. }) => assert_eq!(why, reason),
            other => panic!("the stream was to be closed, and it was {other:?}"),
        }
    }

    /// Closes the stream because the other side does not keep to the protocol.
    pub fn objects(mut self) {
        let output = self.outputs.pop_front();
        assert!(matches!(output, Some(Output::Close { why: Broken::Protocol(_), .. })), "{output:?}");
    }

    pub fn rests(self) -> Self {
        assert!(self.outputs.is_empty(), "{:?}", self.outputs);
        self
    }

    /// The sequence of flows, by handle, in which messages were sent.
    pub fn turns(mut self) -> Vec<u32> {
        self.outputs
            .drain(..)
            .filter_map(|output| match output {
                Output::Send { frame: Frame { kind: Some(Kind::Data(data)) }, .. } => Some(data.handle),
                _ => None,
            })
            .collect()
    }

    /// What came out so far is not what a test is about.
    pub fn forgets_outputs(mut self) -> Self {
        self.outputs.clear();
        self
    }

    /// How many offers were made, since that was asked last.
    pub fn offers(&mut self) -> usize {
        let offer =
            |output: &Output| matches!(output, Output::Send { frame: Frame { kind: Some(Kind::Offer(_)) }, .. });
        self.outputs.drain(..).filter(offer).count()
    }

    /// How many times messages were asked for, since that was asked last.
    pub fn loadings(&mut self) -> usize {
        let load = |output: &Output| matches!(output, Output::Store { request: Request::Load { .. }, .. });
        let asked = self.outputs.iter().filter(|output| load(output)).count();
        self.outputs.clear();
        asked
    }

    /// How often it has asked for what is due.
    pub fn looks(&self) -> usize {
        self.looks
    }

    /// The names that were told since that was asked last.
    pub fn names(&mut self) -> Vec<String> {
        std::mem::take(&mut self.names)
    }

    fn feed(&mut self, input: Input) {
        self.machine.handle(self.now, input);
        while let Some(output) = self.machine.poll() {
            match output {
                Output::Store { ticket, request: Request::Due { .. } } => {
                    self.looks += 1;
                    let flows = std::mem::take(&mut self.due).into_iter().map(|flow| (flow, bob())).collect();
                    let next = Some(self.now.wall + 1_000);
                    self.feed(Input::Stored { ticket, reply: Reply::Due { flows, next } });
                }
                Output::Named { name, .. } => self.names.push(name),
                Output::Send { frame: Frame { kind: Some(Kind::Hello(_)) }, .. } => {}
                output => self.outputs.push_back(output),
            }
        }
    }
}

pub fn hello() -> Kind {
    Kind::Hello(Hello { version: 1, name: "bob".into() })
}
