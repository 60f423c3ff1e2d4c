//! What the machine asks of the store.
//!
//! The machine does no I/O: it emits a [`Request`] and goes on; the runtime carries requests out *in the order in which
//! they were emitted*, each in a transaction, and hands the [`Reply`] back after the commit is durable. That order is
//! all the machine relies on: what a later request sees includes what an earlier one did.
//!
//! A flow may have a million messages pending, and all of them may end at once. So a store may end just the first of them
//! in one transaction and say that there are [`Reply::More`]; the machine asks again until all have ended. Whatever happens
//! in between, the others are pending as they were.
//!
//! One thing happens in the store without the machine: `send()` inserts an outbox row with the flow's next number (and
//! a new flow with a random epoch where there is none) and the runtime then reports [`crate::Input::Queued`].

use crate::message::{Epoch, Failure, Flow, FlowId, Message, Origin, Outcome, Peer, Refusal};
use uuid::Uuid;

/// A transaction that the machine needs.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// Which flows have something pending for this peer? → [`Reply::Flows`]
    Flows {
        /// The peer.
        peer: Peer,
    },
    /// The receiver of `flow` waits for `next`, and remembers `last` as the message before it. Everything before `next`
    /// is delivered: end it so. But it may be that this side has lost its memory (an old backup was restored), and gives
    /// numbers away for the second time. That is so where `next` is above the number that is to be assigned next; and, if anything below `next` is
    /// pending, where `last` is not the message under the number before `next`, or, that one having ended, no message of
    /// the flow that is known at all. Then change nothing but the flow's epoch, to `fresh`: all pending messages keep their
    /// numbers, which are those of another numbering from then on. A flow that is gone with its instance stands as the
    /// receiver says: nothing of it is left. → [`Reply::Resumed`] or [`Reply::More`]
    Resume {
        /// The flow.
        flow: FlowId,
        /// The epoch that was offered. Where the flow has another by now, the answer is the flow as it is.
        epoch: Epoch,
        /// Where the receiver stands.
        next: u64,
        /// The last message that it has, if any.
        last: Option<Uuid>,
        /// The epoch to use after a loss of memory.
        fresh: Epoch,
    },
    /// The next messages from `from` on, lowest number first. Marks them, in the same transaction, as ones that may have
    /// left this machine. → [`Reply::Loaded`]
    Load {
        /// The flow.
        flow: FlowId,
        /// The lowest number wanted.
        from: u64,
        /// How many at most.
        messages: usize,
        /// Stop behind the message that reaches this many bytes.
        bytes: usize,
    },
    /// All before `next` are delivered. → [`Reply::Done`]
    Delivered {
        /// The flow.
        flow: FlowId,
        /// The number behind the last one delivered.
        next: u64,
    },
    /// All before `from` are delivered. End the messages from there on whose deadline is at or before `wall`, with a
    /// notice in the inbox of the source instance. → [`Reply::Done`] or [`Reply::More`]
    Expire {
        /// The flow.
        flow: FlowId,
        /// The lowest number to look at.
        from: u64,
        /// The time.
        wall: i64,
        /// The outcome, where it is known; else `Unknown` for those marked as having left, `NotDelivered` for others.
        /// It is not known of messages that were numbered anew after a loss of memory: where the receiver stands in the new
        /// numbering does not tell whether it had them under the old one. Those are `Unknown`, here and below.
        outcome: Option<Outcome>,
    },
    /// The flow was refused, or a message of it: end as failed, with notices, what that concerns. → [`Reply::Done`] or
    /// [`Reply::More`]
    Fail {
        /// The flow.
        flow: FlowId,
        /// What is refused.
        extent: Extent,
        /// Why.
        failure: Failure,
    },
    /// Which flows hold messages whose deadline is at or before `wall`, and when does the first one fall due of the others?
    /// → [`Reply::Due`]
    Due {
        /// The time.
        wall: i64,
    },
    /// Another peer offers a flow. Check that the target exists and lets the peer in. Where the epoch is not the one in
    /// the flow's row, or `first` is ahead of it, the row becomes `(epoch, first)`. → [`Reply::Opened`]
    Open {
        /// The flow.
        origin: Origin,
        /// The sender's numbering.
        epoch: Epoch,
        /// The first message that the sender still has.
        first: u64,
    },
    /// Take `items` into the inbox and advance the flow's row, in one transaction; refuse (change nothing) unless the
    /// row is `(epoch, from)`. A message whose id was received from this origin before is passed over.
    ///
    /// The store need not remember the ids of all time. Where it has forgotten some of this flow, it keeps the latest
    /// `sent` of theirs; once the epoch has changed, a message that it does not remember, and that was not sent after
    /// that, may be one of them: then it takes those before, and refuses that one as [`Refusal::Forgotten`].
    /// → [`Reply::Taken`]
    Take {
        /// The flow.
        origin: Origin,
        /// The sender's numbering.
        epoch: Epoch,
        /// The number that the first item must have.
        from: u64,
        /// What to take, in order, without gaps.
        items: Vec<Item>,
    },
}

/// How far a refusal goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// To the message under this number alone. All before it are delivered.
    One(u64),
    /// To all from this number on, of which none was delivered. All before it are.
    From(u64),
    /// To all there are, and nothing is known of those that may have left. Those before `left` may, whatever was kept of
    /// them: the receiver took something under their numbers.
    All {
        /// The number behind the last one that the receiver took, if it said; else 0.
        left: u64,
    },
}

/// Something that advances an incoming flow.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// A message.
    Message(Message),
    /// The messages before this number will not come.
    Skip(u64),
}

/// How full an inbox is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Entries.
    pub messages: u64,
    /// Bytes of their bodies.
    pub bytes: u64,
}

/// The answer to a [`Request`], after its commit.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// Nothing more to say.
    Done,
    /// The first of those that were to end have ended, in their order, and others have not: ask again.
    More,
    /// Flows with something pending.
    Flows(Vec<Flow>),
    /// The flow stands as the receiver said, or (`Err`) has been numbered anew and is to be offered again.
    Resumed(Result<(), Flow>),
    /// Messages, lowest number first, and whether there are more behind them.
    Loaded {
        /// The messages.
        messages: Vec<Message>,
        /// There are more.
        more: bool,
    },
    /// Flows with overdue messages, and the next deadline in all others. Once the former have been seen to, the store is
    /// asked again.
    Due {
        /// The flows, with the peers they lead to.
        flows: Vec<(FlowId, Peer)>,
        /// The first deadline in a flow where none is overdue.
        next: Option<i64>,
    },
    /// The flow is open: where it stands, the last message received in this epoch, and how full the inbox is.
    Opened(Result<Opened, Refused>),
    /// Taken. Or refused, where the row was not as expected.
    Taken(Result<Taken, Refusal>),
    /// The store failed; nothing was changed.
    Failed,
}

/// An offer that is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Why.
    pub refusal: Refusal,
    /// Where the flow stands all the same: the number in its row where that has the epoch offered, but not less than what
    /// was offered; nothing came from there on under this epoch. `None` where that is not known.
    pub next: Option<u64>,
}

/// Where an incoming flow stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The number it waits for.
    pub next: u64,
    /// The last message received in this epoch.
    pub last: Option<Uuid>,
    /// How full the target's inbox is.
    pub usage: Usage,
}

/// What became of items that were to be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// How full the inbox is now.
    pub usage: Usage,
    /// The number of a message that was refused, and why. Those before it were taken, it and those behind it were not.
    pub refused: Option<(u64, Refusal)>,
}
