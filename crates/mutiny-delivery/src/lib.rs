//! Ordered, confirmed, durable delivery between peers, as a machine without I/O.
//!
//! # What it does
//!
//! Messages go from an instance of one peer to an instance of another. One such direction is a *flow*. Per flow, they
//! arrive in the order in which they were sent, without gaps other than those a failure notice names, and never twice;
//! each ends exactly once, as delivered or as failed. That holds through crashes on both sides, lost connections, full
//! disks and restored backups.
//!
//! # How
//!
//! The outbox numbers the messages of a flow without gaps; a random *epoch* names the numbering. The receiver keeps one
//! durable row a flow, `(epoch, next)`, and moves it on in the transaction that puts messages into the inbox.
//!
//! ```text
//!   sender                                    receiver
//!     | -- Offer(epoch, first) ---------------> |  compares with its row
//!     | <----------- Accept(next, credit) ----- |
//!     | -- Data(next), Data(next + 1), … -----> |  takes them: one transaction
//!     | <----------- Ack(next, credit) -------- |  after its commit
//! ```
//!
//! To be read in this order:
//!
//! 1. [`message`]: messages, flows, refusals, how messages end.
//! 2. [`frame`]: the frames, and their form on the wire.
//! 3. [`store`]: what the machine asks of the store. The durable half of the protocol is in the words of its requests.
//! 4. [`io`]: what else goes in and comes out.
//! 5. [`machine`]: `handle(now, input)` in and `poll()` out, and which part gets to see what.
//! 6. `sender`: offers, acknowledgements, refusals. In `sender/out`: one flow of it, with its window; in `sender/turns`: whose
//!    turn it is; in `sender/offers` and `sender/room`: how much is offered, and loaded, at once; in `sender/retries`: what is
//!    offered again, and when.
//! 7. `receiver`: acceptance, one transaction after another, refusals.
//! 8. `credit`: a full inbox holds its senders back.
//! 9. `deadlines`: when to look for overdue messages.
//! 10. `greeting`: what the other side is called.
//! 11. `desk`: what all of these share: the way out, whom a reply is for, the time, and chance.
//!
//! `model`, for tests, is the store in memory: [`store`]'s words, executed.
//!
//! The runtime around it opens streams, carries frames, and runs the requests in their order. A stream serves one
//! direction: who opened it sends on it. After a stream ended nothing is remembered but what the store holds.
//! Time and chance are handed in, so a seeded simulation can run it through any history, and does: see `tests/`.

mod credit;
mod deadlines;
mod desk;
pub mod frame;
mod greeting;
pub mod io;
pub mod machine;
pub mod message;
#[cfg(feature = "model")]
pub mod model;
mod receiver;
mod sender;
pub mod store;

pub use desk::Random;
pub use greeting::{MAX_NAME, MAX_NAMES};
pub use io::{Broken, Input, Output, Rules, StreamId, Ticket, Wake};
pub use machine::Machine;
