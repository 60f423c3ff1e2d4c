//! Room to load messages in: what all flows of a stream may hold together.

use super::turns::Turns;
use uuid::Uuid;

/// How many bytes of messages a stream keeps loaded, and asked for, in all its flows: whoever has a thousand of them must
/// not have a thousand windows in memory.
const ROOM: usize = 16 << 20;

/// How much of it is taken, and who waits for some.
#[derive(Default)]
pub(super) struct Room {
    /// Bytes that are loaded or asked for, of at most [`ROOM`] and what a last message each makes too much.
    held: usize,
    /// Flows with something to load, by their handles.
    hungry: Turns<u32>,
}

impl Room {
    pub(super) fn has_some(&self) -> bool {
        self.held < ROOM
    }

    /// A flow that held `before` holds so much `now`.
    pub(super) fn count(&mut self, before: usize, now: usize) {
        self.held = self.held - before + now;
    }

    /// A flow of this instance waits for room. It must not wait already.
    pub(super) fn wait(&mut self, source: Uuid, handle: u32) {
        self.hungry.push(source, handle);
    }

    /// The flow whose turn it is to load something, as long as there is room.
    pub(super) fn next(&mut self) -> Option<u32> {
        if self.has_some() { self.hungry.next() } else { None }
    }
}
