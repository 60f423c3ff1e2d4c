//! A model of the network: links that carry bytes slowly, in pieces, and break anywhere.

use std::collections::VecDeque;

use bytes::BytesMut;
use mutiny_delivery::StreamId;
use mutiny_delivery::frame::Frame;

use super::dice::Dice;

/// A stream between two peers (or from one to itself). End 0 opened it.
pub struct Link {
    pub ends: [End; 2],
    /// Pipe 0 is written by end 0 and read by end 1.
    pub pipes: [Pipe; 2],
    /// What is on its way stays so for long.
    pub slow: bool,
}

pub struct End {
    pub host: usize,
    pub stream: StreamId,
    /// The machine there knows of the stream and counts it as open.
    pub open: bool,
    /// The machine there knows of it, or did.
    announced: bool,
}

#[derive(Default)]
pub struct Pipe {
    /// In the writer's send buffer.
    pub queue: VecDeque<Frame>,
    /// On its way.
    wire: BytesMut,
    /// At the reader, not yet a whole frame.
    arrived: BytesMut,
    /// Nothing more will come.
    pub shut: bool,
}

impl Link {
    pub fn new(from: (usize, StreamId), to: (usize, StreamId), slow: bool) -> Self {
        let end = |(host, stream), open| End { host, stream, open, announced: open };
        Self { ends: [end(from, true), end(to, false)], pipes: Default::default(), slow }
    }

    /// One end is closed by its host. What it had sent may arrive all the same.
    pub fn close(&mut self, end: usize, dice: &mut Dice) {
        self.ends[end].open = false;
        self.pipes[end].shut(dice);
    }

    /// The connection is lost, with a part of what was on its way. Both ends get to know of it in their own time.
    pub fn lose(&mut self, dice: &mut Dice) {
        for pipe in &mut self.pipes {
            pipe.queue.clear();
            pipe.shut = true;
            pipe.wire.truncate(dice.below(pipe.wire.len() + 1));
        }
    }

    /// Whether the host at `end` gets to know of the link now: with the first bytes, while it is up.
    pub fn announce(&mut self, end: usize) -> bool {
        let new = !self.ends[end].announced && !self.pipes[end].shut;
        if new {
            (self.ends[end].open, self.ends[end].announced) = (true, true);
        }
        new
    }

    pub fn is_over(&self) -> bool {
        self.ends.iter().all(|end| !end.open) && self.pipes.iter().all(|pipe| pipe.wire.is_empty())
    }
}

impl Pipe {
    fn shut(&mut self, dice: &mut Dice) {
        for _ in 0..dice.below(self.queue.len() + 1) {
            self.flush();
        }
        self.queue.clear();
        self.shut = true;
    }

    /// The first frame of the send buffer goes out. Returns its weight.
    pub fn flush(&mut self) -> Option<usize> {
        let frame = self.queue.pop_front()?;
        if !self.shut {
            frame.encode(&mut self.wire);
        }
        Some(frame.weight())
    }

    pub fn has_bytes(&self) -> bool {
        !self.wire.is_empty()
    }

    /// Some bytes arrive: the frames that they complete.
    pub fn carry(&mut self, dice: &mut Dice) -> Vec<Frame> {
        let all = self.wire.len();
        let some = if dice.chance(60) { all.min(1 + dice.below(60)) } else { 1 + dice.below(all) };
        self.arrived.unsplit(self.wire.split_to(some));
        let mut frames = Vec::new();
        while let Some(frame) = Frame::decode(&mut self.arrived).expect("frames of an honest peer") {
            frames.push(frame);
        }
        frames
    }

    pub fn drop_bytes(&mut self) {
        self.wire.clear();
    }
}
