//! A host between two streams of lines: what `mutiny-node` is, and how `mutiny dev` drives its peers, those with windows
//! as well. `docs/node.md` describes the protocol.
//!
//! * `lines`: standard input and output, a thread each.
//! * `request`: what a line asks for, and how it is answered.
//! * `calls`: the host's calls by their names.
//! * `port`: ports to listen at, for whoever starts hosts.
//! * `serve`: all of it together.

mod calls;
mod lines;
mod port;
mod request;
mod serve;

pub use calls::Act;
pub use port::free_port;
pub use serve::{converse, run};
