//! A model of the disk: work waits in a queue, is committed in groups, and is answered later, in the order of the
//! commits. A crash loses what was not committed, and the answers.

use std::collections::VecDeque;

use mutiny_delivery::message::{Flow, FlowId, Message};
use mutiny_delivery::store::{Reply, Request, Usage};
use mutiny_delivery::{Input, Ticket};
use uuid::Uuid;

use mutiny_delivery::message::{Epoch, Peer};
use mutiny_delivery::model::{Entry, Tables};

#[derive(Default)]
pub struct Disk {
    pub tables: Tables,
    pub waiting: VecDeque<Job>,
    pub done: VecDeque<Done>,
}

pub enum Job {
    Request(Ticket, Request),
    Send {
        source: Uuid,
        peer: Peer,
        target: Uuid,
        epoch: Epoch,
        message: Message,
    },
    Next {
        instance: Uuid,
    },
    Withdraw {
        id: Uuid,
    },
    /// Takes effect, but was answered already: only a peer that acknowledges before the commit has these.
    Silent(Request),
}

/// What the machine (or an app) is told after a commit.
pub enum Done {
    Reply(Ticket, Reply),
    Queued { flow: Flow, message: Message, left: bool },
    Freed { instance: Uuid, usage: Usage },
    Withdrawn { flow: FlowId, peer: Peer },
}

/// What an onlooker sees of a commit.
pub enum Seen {
    Sent { source: Uuid, peer: Peer, target: Uuid, message: Message },
    Removed { instance: Uuid, entry: Entry },
    Withdrawn { id: Uuid },
}

impl Done {
    pub fn into_input(self) -> Input {
        match self {
            Self::Reply(ticket, reply) => Input::Stored { ticket, reply },
            Self::Queued { flow, message, left } => Input::Queued { flow, message, left },
            Self::Freed { instance, usage } => Input::Freed { instance, usage },
            Self::Withdrawn { flow, peer } => Input::Withdrawn { flow, peer },
        }
    }
}

impl Disk {
    pub fn crash(&mut self) {
        self.waiting.clear();
        self.done.clear();
    }

    /// Commits the first `count` pieces of work. `left` tells whether a message for a peer may leave at once.
    pub fn commit(&mut self, count: usize, left: impl Fn(&Peer) -> bool, fault: super::Fault) -> Vec<Seen> {
        let mut seen = Vec::new();
        for job in self.waiting.drain(..count) {
            match job {
                Job::Request(ticket, request) => {
                    let reply = self.tables.carry_out(request, fault);
                    self.done.push_back(Done::Reply(ticket, reply));
                }
                Job::Silent(request) => drop(self.tables.carry_out(request, fault)),
                Job::Send { source, peer, target, epoch, message } => {
                    let left = left(&peer);
                    let (flow, message) = self.tables.insert((source, &peer, target), epoch, message, left);
                    seen.push(Seen::Sent { source, peer, target, message: message.clone() });
                    if fault == super::Fault::ForgetsRow
                        && message.id.as_u128().is_multiple_of(16)
                        && let Some(flow) = self.tables.flows.get_mut(&flow.id)
                    {
                        flow.pending.remove(&message.seq);
                        continue;
                    }
                    self.done.push_back(Done::Queued { flow, message, left });
                }
                Job::Next { instance } => {
                    if let Some(entry) = self.tables.remove_head(instance) {
                        seen.push(Seen::Removed { instance, entry });
                        self.done.push_back(Done::Freed { instance, usage: self.tables.usage(instance) });
                    }
                }
                Job::Withdraw { id } => {
                    if let Some((flow, peer)) = self.tables.withdraw(id) {
                        seen.push(Seen::Withdrawn { id });
                        self.done.push_back(Done::Withdrawn { flow, peer });
                    }
                }
            }
        }
        seen
    }

    /// The first `count` pieces of work fail; nothing changes.
    pub fn fail(&mut self, count: usize) {
        let failed = self.waiting.drain(..count).filter_map(|job| match job {
            Job::Request(ticket, _) => Some(Done::Reply(ticket, Reply::Failed)),
            _ => None,
        });
        self.done.extend(failed);
    }
}
