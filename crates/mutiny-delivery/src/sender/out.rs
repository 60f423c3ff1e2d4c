//! One flow of a [`super::Sender`], under its handle: the window of loaded messages, and what was sent, acknowledged and
//! reported to the store.

use std::collections::VecDeque;

use bytes::Bytes;
use uuid::Uuid;

use crate::desk::{Desk, Purpose};
use crate::frame::{Data, Kind, Skip};
use crate::io::StreamId;
use crate::message::{Flow, Message, Outcome};
use crate::store::{Request, Usage};

/// How many bytes a flow may send before it is the next one's turn.
const QUANTUM: usize = 32 * 1024;

/// How many messages, and how many bytes of them, a flow keeps loaded.
const WINDOW: Usage = Usage { messages: 256, bytes: 512 * 1024 };

/// A flow under a handle. Once it is open, `reported` ≤ `acked` ≤ `sent` ≤ `loaded`, and the window holds what lies between
/// the last two, but for gaps.
pub(super) struct Out {
    pub(super) flow: Flow,
    pub(super) state: State,
    /// Loaded, and not yet sent.
    pub(super) window: VecDeque<Message>,
    pub(super) window_bytes: usize,
    /// The first number that was not loaded yet.
    pub(super) loaded: u64,
    /// The store may hold messages from `loaded` on.
    pub(super) more: bool,
    pub(super) loading: bool,
    pub(super) expiring: bool,
    /// Something is overdue. What is on its way comes first, so that notices keep the order of sending.
    pub(super) draining: bool,
    /// The number behind the last one sent or skipped.
    pub(super) sent: u64,
    /// The number behind the last one acknowledged.
    pub(super) acked: u64,
    /// The number up to which the store knows, or is about to know, what is delivered.
    pub(super) reported: u64,
    /// The store has not answered that yet.
    pub(super) reporting: bool,
    pub(super) credit: Usage,
    pub(super) used: Usage,
    /// The credit does not suffice for the next message, and nothing is on its way that could bring more.
    pub(super) starved: bool,
    pub(super) waits_for_turn: bool,
    /// It waits for room to load something.
    pub(super) hungry: bool,
    /// Bytes that were asked for and have not come.
    pub(super) asked: usize,
    /// What its stream counts of it.
    pub(super) counted: usize,
}

#[derive(PartialEq)]
pub(super) enum State {
    Offered,
    /// The receiver waits for `next`, and has `last` before it; what the store makes of that is awaited.
    Resuming {
        next: u64,
        last: Option<Uuid>,
    },
    Open,
}

impl Out {
    pub(super) fn offered(flow: Flow) -> Self {
        Self {
            flow,
            state: State::Offered,
            window: VecDeque::new(),
            window_bytes: 0,
            loaded: 0,
            more: false,
            loading: false,
            expiring: false,
            draining: false,
            sent: 0,
            acked: 0,
            reported: 0,
            reporting: false,
            credit: Usage::default(),
            used: Usage::default(),
            starved: false,
            waits_for_turn: false,
            hungry: false,
            asked: 0,
            counted: 0,
        }
    }

    /// Tells the store where the receiver stands.
    pub(super) fn resume(&self, stream: StreamId, handle: u32, desk: &mut Desk) {
        if let State::Resuming { next, last } = self.state {
            let (flow, epoch, fresh) = (self.flow.id, self.flow.epoch, desk.epoch());
            desk.ask(Purpose::Resume(stream, handle), Request::Resume { flow, epoch, next, last, fresh });
        }
    }

    /// Whether a message fresh from `send()` can go into the window without a detour through the store: only if it is the
    /// very next one, so that nothing depends on the order in which the runtime reports them.
    pub(super) fn takes_directly(&self, flow: &Flow, message: &Message, left: bool) -> bool {
        left && self.state == State::Open
            && flow.epoch == self.flow.epoch
            && !(self.more || self.loading || self.expiring)
            && message.seq == self.loaded
            && self.prospects() > 0
            && self.has_room()
    }

    fn has_room(&self) -> bool {
        (self.window.len() as u64) < WINDOW.messages && (self.window_bytes as u64) < WINDOW.bytes
    }

    /// All credit that there ever was.
    pub(super) fn gets_credit(&mut self, credit: Usage) {
        if credit.messages > self.credit.messages || credit.bytes > self.credit.bytes {
            self.starved = false;
        }
        self.credit = self.credit.most(credit);
    }

    /// How many messages, beyond those in the window, can be sent by the credit that there is and by what is to be
    /// expected: acknowledgements bring about as much as they settle.
    fn prospects(&self) -> u64 {
        // The credit is what the other side says, be it without measure; and the numbers on their way may have gaps.
        let expected = (self.credit.messages - self.used.messages).saturating_add(self.sent - self.acked);
        if self.starved { 0 } else { expected.saturating_sub(self.window.len() as u64) }
    }

    /// Sends up to a quantum. Returns the weight of what was sent and whether there is more that could be.
    pub(super) fn take_turn(&mut self, stream: StreamId, handle: u32, desk: &mut Desk) -> (usize, bool) {
        let mut weight = 0;
        while let Some(message) = self.window.front()
            && !self.draining
        {
            if message.deadline <= desk.now.wall {
                if self.expiring || self.sent > self.acked {
                    break;
                }
                self.expire(stream, handle, desk);
                continue;
            }
            if self.expiring && message.seq > self.sent {
                // A skip must not overtake the commit of what it skips: after a crash between them, those messages
                // would be pending still, and the receiver beyond them.
                break;
            }
            if weight >= QUANTUM {
                return (weight, true);
            }
            let bytes = message.body.len() as u64;
            if self.used.messages + 1 > self.credit.messages || self.used.bytes + bytes > self.credit.bytes {
                // What is being loaded follows what is here.
                if self.sent == self.acked && !self.loading {
                    self.starve();
                }
                break;
            }
            self.used.messages += 1;
            self.used.bytes += bytes;
            let Some(message) = self.window.pop_front() else { break };
            self.window_bytes -= message.body.len();
            if message.seq > self.sent {
                weight += desk.send(stream, Kind::Skip(Skip { handle, to: message.seq }));
            }
            self.sent = message.seq + 1;
            weight += desk.send(stream, data(handle, message));
        }
        (weight, false)
    }

    /// Waits for credit without anything in memory: others that have some are to have the room.
    fn starve(&mut self) {
        self.starved = true;
        self.unload();
        self.more = true;
    }

    fn unload(&mut self) {
        self.window.clear();
        self.window_bytes = 0;
        self.loaded = self.sent;
    }

    /// How many messages to load: a window once it is half empty, and no more than there are prospects to send.
    pub(super) fn wants(&self) -> usize {
        let room = WINDOW.messages.saturating_sub(self.window.len() as u64);
        if !self.more || self.loading || self.expiring || room < WINDOW.messages / 2 || !self.has_room() {
            return 0;
        }
        room.min(self.prospects()) as usize
    }

    /// Asks for as many, if any.
    pub(super) fn load(&mut self, stream: StreamId, handle: u32, desk: &mut Desk) {
        let messages = self.wants();
        if messages == 0 {
            return;
        }
        self.loading = true;
        self.more = false;
        self.asked = WINDOW.bytes as usize - self.window_bytes;
        desk.ask(
            Purpose::Load(stream, handle),
            Request::Load { flow: self.flow.id, from: self.loaded, messages, bytes: self.asked },
        );
    }

    /// Ends what is overdue among the messages that have not been sent in this session. The receiver said at its start
    /// which it had, so these are known not to be delivered; their numbers become a gap that a skip bridges.
    ///
    /// What was loaded is dropped and loaded anew behind that: messages may have been withdrawn since, which the store
    /// knows and the window does not.
    pub(super) fn expire(&mut self, stream: StreamId, handle: u32, desk: &mut Desk) {
        let wall = desk.now.wall;
        self.unload();
        self.expiring = true;
        self.report_now(stream, handle, desk);
        desk.ask(
            Purpose::Expire(stream, handle),
            Request::Expire { flow: self.flow.id, from: self.sent, wall, outcome: Some(Outcome::NotDelivered) },
        );
    }

    /// Reports to the store what is delivered, one request at a time.
    pub(super) fn report(&mut self, stream: StreamId, handle: u32, desk: &mut Desk) {
        if !self.reporting {
            self.report_now(stream, handle, desk);
        }
    }

    /// The same where something else is about to be settled on top of it.
    pub(super) fn report_now(&mut self, stream: StreamId, handle: u32, desk: &mut Desk) {
        if self.acked > self.reported {
            (self.reported, self.reporting) = (self.acked, true);
            desk.ask(Purpose::Delivered(stream, handle), Request::Delivered { flow: self.flow.id, next: self.acked });
        }
    }
}

fn data(handle: u32, message: Message) -> Kind {
    Kind::Data(Data {
        handle,
        seq: message.seq,
        id: Bytes::copy_from_slice(message.id.as_bytes()),
        content: message.content as u32,
        sent: message.sent,
        body: message.body,
    })
}
