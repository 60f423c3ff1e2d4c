//! Several Mutiny peers side by side, for whoever develops an app: `mutiny dev` and `mutiny replay` without their windows.
//!
//! Each peer is a host in a process of its own, with an identity, a store and a network of its own on loopback: with the
//! app in a window (`mutiny dev-peer`), or without one (`mutiny-node`). Both speak the lines of `docs/node.md`.
//!
//! * [`Session`]: the peers; starts, introduces, disturbs and ends them.
//! * [`Recording`]: a session that was saved.
//! * [`replay()`]: does it all again, and sees whether the same comes of it.
//! * [`view`]: what the inspector shows of all that.

mod error;
mod member;
mod names;
mod process;
mod record;
mod replay;
mod session;
mod stage;
mod state;
mod timeline;
pub mod view;

pub use error::{Error, Result};
pub use member::Switches;
pub use names::MOST;
pub use record::{Act, Cast, Record, Recording, What};
pub use replay::{Replayed, replay};
pub use session::{Plan, Session};
pub use stage::{Frame, Stage};
