//! Credit: what may still be sent to an inbox, so that a full one holds its senders back instead of failing them.
//!
//! The room of an inbox is its quota less what lies in it less what was promised to flows. A flow is promised a
//! [`PROMISE`] at most. Promises to flows that have nothing to say would use up the room in the end, though; so a flow that could
//! not send one message is promised that much as long as the inbox itself is not full. More may be promised then than
//! there is room for: what arrives too much is turned away, and is offered again. Where the inbox is full, flows wait
//! their turn until the app has taken something out.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Add;

use uuid::Uuid;

use crate::io::StreamId;
use crate::store::Usage;

/// What a flow is promised at most: enough to keep a connection busy while the disk commits, and at least one message
/// of the largest size.
pub(crate) const PROMISE: Usage = Usage { messages: 256, bytes: 2 * crate::frame::MAX_BODY as u64 };

impl Add for Usage {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { messages: self.messages + other.messages, bytes: self.bytes + other.bytes }
    }
}

impl Usage {
    /// What is left without `other`, at least nothing.
    pub fn less(self, other: Self) -> Self {
        Self { messages: self.messages.saturating_sub(other.messages), bytes: self.bytes.saturating_sub(other.bytes) }
    }

    fn least(self, other: Self) -> Self {
        Self { messages: self.messages.min(other.messages), bytes: self.bytes.min(other.bytes) }
    }

    pub(crate) fn most(self, other: Self) -> Self {
        Self { messages: self.messages.max(other.messages), bytes: self.bytes.max(other.bytes) }
    }

    /// Whether each part is at least that of `other`.
    pub fn covers(self, other: Self) -> bool {
        self.messages >= other.messages && self.bytes >= other.bytes
    }
}

/// The inboxes of this peer, as far as credit for them is out.
pub(crate) struct Inboxes {
    quota: Usage,
    /// One message of the largest size: what a flow must be able to send, be it only to have it refused.
    least: Usage,
    inboxes: BTreeMap<Uuid, Inbox>,
}

#[derive(Default)]
struct Inbox {
    /// What the store says.
    used: Usage,
    /// Credit that was given and not used.
    promised: Usage,
    /// Credit that was used: messages that wait for their commit.
    arrived: Usage,
    /// Flows that may not be able to send one message, in the order in which they asked.
    waiting: VecDeque<(StreamId, u32)>,
}

impl Inboxes {
    pub(crate) fn new(quota: Usage) -> Self {
        let least = Usage { messages: 1, bytes: crate::frame::MAX_BODY as u64 }.least(quota);
        Self { quota, least, inboxes: BTreeMap::new() }
    }

    /// A flow into this inbox was opened; the store says that so much is in it.
    pub(crate) fn opened(&mut self, inbox: Uuid, used: Usage) {
        self.inboxes.entry(inbox).or_default().used = used;
    }

    /// What the store says of an inbox.
    pub(crate) fn used(&mut self, inbox: Uuid, used: Usage) {
        if let Some(inbox) = self.inboxes.get_mut(&inbox) {
            inbox.used = used;
        }
    }

    /// Tops a flow's credit up to a [`PROMISE`]: once half of it is gone, and as far as there is room. `left` is the credit
    /// that it has not used. Returns what it is given on top.
    pub(crate) fn grant(&mut self, inbox: Uuid, left: Usage, flow: (StreamId, u32)) -> Usage {
        if left.messages > PROMISE.messages / 2 && left.bytes > PROMISE.bytes / 2 {
            return Usage::default();
        }
        let Some(inbox) = self.inboxes.get_mut(&inbox) else {
            return Usage::default();
        };
        let free = self.quota.less(inbox.used + inbox.arrived);
        let topped_up = PROMISE.less(left).least(free.less(inbox.promised));
        // One message, even where other flows were promised all there is.
        let for_one = self.least.least(free).less(left);
        let given = topped_up.most(for_one);
        if !(left + given).covers(self.least) && !inbox.waiting.contains(&flow) {
            inbox.waiting.push_back(flow);
        }
        inbox.promised = inbox.promised + given;
        given
    }

    /// Promised credit is used by a message that arrives. False if there is no room for it after all.
    pub(crate) fn arrives(&mut self, inbox: Uuid, message: Usage) -> bool {
        let Some(inbox) = self.inboxes.get_mut(&inbox) else {
            return false;
        };
        let arrived = inbox.arrived + message;
        let fits = self.quota.covers(inbox.used + arrived);
        if fits {
            inbox.promised = inbox.promised.less(message);
            inbox.arrived = arrived;
        }
        fits
    }

    /// Messages that had arrived were committed, or were not and never will be.
    pub(crate) fn settled(&mut self, inbox: Uuid, messages: Usage) {
        if let Some(inbox) = self.inboxes.get_mut(&inbox) {
            inbox.arrived = inbox.arrived.less(messages);
        }
    }

    /// A flow was closed, with so much credit `left`.
    pub(crate) fn closed(&mut self, inbox: Uuid, left: Usage, flow: (StreamId, u32)) {
        let Some(entry) = self.inboxes.get_mut(&inbox) else { return };
        entry.promised = entry.promised.less(left);
        entry.waiting.retain(|waiting| *waiting != flow);
        // Every open flow holds a promise, waits, or has messages under way.
        if (entry.promised, entry.arrived) == Default::default() && entry.waiting.is_empty() {
            self.inboxes.remove(&inbox);
        }
    }

    /// The flows whose turn it is, now that there is room in this inbox; they are to ask again. As many as there is room
    /// for messages, so that they do not all send what only some of them can deliver; all of them, once it is empty.
    pub(crate) fn waiting(&mut self, inbox: Uuid) -> VecDeque<(StreamId, u32)> {
        let Some(inbox) = self.inboxes.get_mut(&inbox) else {
            return VecDeque::new();
        };
        let filled = inbox.used + inbox.arrived;
        let turns = match self.quota.less(filled).messages {
            _ if filled == Usage::default() => inbox.waiting.len(),
            free => inbox.waiting.len().min(free as usize),
        };
        inbox.waiting.drain(..turns).collect()
    }
}
