//! What is done with fuzzed bytes: by the fuzz target in `fuzz/`, and by the test that goes through its corpus.

use std::collections::BTreeMap;

use bytes::{Bytes, BytesMut};
use mutiny_delivery::frame::{Frame, FrameError};
use mutiny_delivery::message::{Content, Epoch, Flow, FlowId, Message, Now, Peer};
use mutiny_delivery::store::{Opened, Reply, Request, Taken, Usage};
use mutiny_delivery::{Input, Machine, Output, Rules, StreamId, Ticket};
use uuid::Uuid;

const NOW: Now = Now { wall: 0, steady: 0 };
const STREAM: StreamId = StreamId(1);

/// Reads `bytes` as a stream, in one piece and byte by byte, and lets a machine hear it from a sender and from a
/// receiver. Panics where anything is wrong; garbage is not.
pub(crate) fn feed(bytes: &[u8]) {
    let (frames, outcome) = read([bytes]);
    assert_eq!(read(bytes.chunks(1)), (frames.clone(), outcome), "the same in pieces");
    for frame in &frames {
        let mut wire = BytesMut::new();
        frame.encode(&mut wire);
        assert_eq!(Frame::decode(&mut wire).as_ref(), Ok(&Some(frame.clone())), "the same again");
    }
    hear(&frames, Input::Incoming { stream: STREAM, peer: peer() });
    hear(&frames, Input::Opened { stream: STREAM, peer: peer() });
}

/// The frames of a stream, up to its end or to what is no frame.
fn read<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> (Vec<Frame>, Result<(), FrameError>) {
    let (mut buffer, mut frames) = (BytesMut::new(), Vec::new());
    for chunk in chunks {
        buffer.extend_from_slice(chunk);
        loop {
            match Frame::decode(&mut buffer) {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => break,
                Err(error) => return (frames, Err(error)),
            }
        }
    }
    (frames, Ok(()))
}

fn hear(frames: &[Frame], stream: Input) {
    let mut machine = Machine::new(Rules::default(), String::new(), Box::new(|| 0));
    let inputs = frames.iter().map(|frame| Input::Frame { stream: STREAM, frame: frame.clone() });
    for input in std::iter::once(stream).chain(inputs) {
        machine.handle(NOW, input);
        let mut asked: BTreeMap<Ticket, Request> = BTreeMap::new();
        loop {
            while let Some(output) = machine.poll() {
                match output {
                    Output::Store { ticket, request } => drop(asked.insert(ticket, request)),
                    Output::Close { .. } => return,
                    Output::Send { .. } | Output::Named { .. } => {}
                }
            }
            let Some((ticket, request)) = asked.pop_first() else { break };
            machine.handle(NOW, Input::Stored { ticket, reply: answer(request) });
        }
    }
}

/// The numbers that are pending, with a gap where others have expired.
const PENDING: [u64; 3] = [0, 1, 1 << 40];

/// A store in which one flow has three messages pending, and whose inboxes are always empty.
fn answer(request: Request) -> Reply {
    match request {
        Request::Flows { .. } => Reply::Flows(vec![flow()]),
        Request::Resume { .. } => Reply::Resumed(Ok(())),
        Request::Load { from, messages, .. } => {
            let mut pending = PENDING.into_iter().filter(|seq| *seq >= from).map(message);
            Reply::Loaded { messages: pending.by_ref().take(messages).collect(), more: pending.next().is_some() }
        }
        Request::Due { .. } => Reply::Due { flows: Vec::new(), next: None },
        Request::Open { first, .. } => Reply::Opened(Ok(Opened { next: first, last: None, usage: Usage::default() })),
        Request::Take { .. } => Reply::Taken(Ok(Taken { usage: Usage::default(), refused: None })),
        Request::Delivered { .. } | Request::Expire { .. } | Request::Fail { .. } => Reply::Done,
    }
}

fn peer() -> Peer {
    Peer(Bytes::from_static(b"peer"))
}

fn flow() -> Flow {
    let (source, target) = (Uuid::from_u128(1), Uuid::from_u128(2));
    Flow { id: FlowId(1), source, peer: peer(), target, epoch: Epoch(7), first: 0 }
}

fn message(seq: u64) -> Message {
    let id = Uuid::from_u128(u128::from(seq));
    Message { seq, id, content: Content::Json, sent: 0, deadline: i64::MAX, body: Bytes::from_static(b"1") }
}
