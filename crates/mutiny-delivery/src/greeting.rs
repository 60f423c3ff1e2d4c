//! What the other side of a stream has said of itself: the version it speaks, and how it would like to be called.

use crate::frame::{Hello, VERSION};
use crate::io::{Broken, Output};
use crate::message::Peer;

/// The longest name that a hello may carry, in bytes.
pub const MAX_NAME: usize = 1024;

/// How many names a peer may give itself on one stream: far more than anybody has, and few enough that whoever tries to
/// keep others busy with them has to open streams for it.
pub const MAX_NAMES: u32 = 64;

/// The hellos of a stream.
pub(crate) struct Greeting {
    peer: Peer,
    /// What it is called; nothing before its first hello.
    name: Option<String>,
    /// How many names it had.
    names: u32,
}

impl Greeting {
    /// A stream on which `peer` has not said anything yet.
    pub(crate) fn awaited(peer: Peer) -> Self {
        Self { peer, name: None, names: 0 }
    }

    /// Whether its hello has come.
    pub(crate) fn came(&self) -> bool {
        self.name.is_some()
    }

    /// Takes a hello. Tells of its name, where that is another than before.
    pub(crate) fn hears(&mut self, Hello { version, name }: Hello) -> Result<Option<Output>, Broken> {
        if version != VERSION {
            return Err(Broken::Version(version));
        }
        if name.len() > MAX_NAME {
            return Err(Broken::Protocol("a name of absurd length"));
        }
        if self.name.as_ref() == Some(&name) {
            return Ok(None);
        }
        if self.names == MAX_NAMES {
            return Err(Broken::Protocol("one name after the other"));
        }
        self.names += 1;
        self.name = Some(name.clone());
        Ok(Some(Output::Named { peer: self.peer.clone(), name }))
    }
}
