//! What an app's developer does on the command line: [`new`] begins an app, [`check`] says what the walls would refuse, and
//! [`pack`] makes one file of it to give to others. Nothing here opens a window or reaches the network. [`Command`] is all
//! of it for a command line, and belongs into every program that has one.

pub mod check;
mod command;
mod error;
pub mod new;
pub mod pack;

pub use command::Command;
pub use error::{Error, Result};
