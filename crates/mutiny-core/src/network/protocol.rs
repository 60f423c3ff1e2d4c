//! What a substream is for, and how many of them a peer may have.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::hash::{Hash, Hasher};
use std::time::Duration;

use libp2p::Stream;
use libp2p::core::UpgradeInfo;
use libp2p::core::upgrade::{InboundUpgrade, OutboundUpgrade};

/// A protocol that substreams speak. Whoever handles one keeps its constant; a node speaks those of its
/// [`Settings`](super::Settings).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Protocol {
    /// Its name on the network, which no other protocol has.
    pub(crate) name: &'static str,
    /// How long to open a substream of it may take.
    pub(crate) opens_within: Duration,
    /// The most substreams of it that one peer may have opened at a time, over all connections. Another one is closed
    /// as it comes.
    pub(crate) most_open: usize,
    /// The most inbound substreams of it of one connection that wait to be taken over. A newer one takes the place of
    /// the oldest: the peer gave that one up.
    pub(crate) most_waiting: usize,
}

impl PartialEq for Protocol {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Protocol {}

impl Hash for Protocol {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl AsRef<str> for Protocol {
    fn as_ref(&self) -> &str {
        self.name
    }
}

/// The upgrade of a substream: to any of these protocols, which then is used without further ado.
#[derive(Clone, Debug)]
pub(super) struct Speaks(pub(super) Vec<Protocol>);

impl UpgradeInfo for Speaks {
    type Info = Protocol;
    type InfoIter = Vec<Protocol>;

    fn protocol_info(&self) -> Self::InfoIter {
        self.0.clone()
    }
}

impl InboundUpgrade<Stream> for Speaks {
    type Output = (Protocol, Stream);
    type Error = Infallible;
    type Future = Ready<Result<Self::Output, Infallible>>;

    fn upgrade_inbound(self, stream: Stream, protocol: Protocol) -> Self::Future {
        ready(Ok((protocol, stream)))
    }
}

impl OutboundUpgrade<Stream> for Speaks {
    type Output = (Protocol, Stream);
    type Error = Infallible;
    type Future = Ready<Result<Self::Output, Infallible>>;

    fn upgrade_outbound(self, stream: Stream, protocol: Protocol) -> Self::Future {
        ready(Ok((protocol, stream)))
    }
}
