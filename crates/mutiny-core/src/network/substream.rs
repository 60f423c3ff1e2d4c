//! An open substream, and the place it takes among those its peer may have.

use std::collections::HashMap;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::{AsyncRead, AsyncWrite};
use libp2p::{PeerId, Stream};

use super::delay::Way;
use super::protocol::Protocol;

/// An open substream. Dropping it closes it, and gives its place to the next one.
#[derive(Debug)]
pub(crate) struct Substream {
    stream: Stream,
    way: Box<Way>,
    /// Only what peers open is counted.
    _place: Option<Place>,
}

impl Substream {
    pub(super) fn new(stream: Stream, way: Way, place: Option<Place>) -> Self {
        Self { stream, way: Box::new(way), _place: place }
    }
}

impl AsyncRead for Substream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        let Self { stream, way, .. } = &mut *self;
        way.poll_read(Pin::new(stream), cx, buffer)
    }
}

impl AsyncWrite for Substream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_close(cx)
    }
}

/// One of the places of a peer and a protocol.
#[derive(Debug)]
pub(super) struct Place {
    _taken: Arc<()>,
}

/// How many substreams of each protocol every peer has opened.
#[derive(Debug, Default)]
pub(super) struct Places(HashMap<PeerId, HashMap<Protocol, Arc<()>>>);

impl Places {
    /// A place for one more, if there is one.
    pub(super) fn take(&mut self, peer: PeerId, protocol: Protocol) -> Option<Place> {
        let all = self.0.entry(peer).or_default().entry(protocol).or_default();
        // One of the holders is this table.
        (Arc::strong_count(all) <= protocol.most_open).then(|| Place { _taken: all.clone() })
    }

    /// Forgets a peer without connections: what is left of its substreams is dead.
    pub(super) fn forget(&mut self, peer: &PeerId) {
        self.0.remove(peer);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::time::Duration;

    use super::*;

    const fn protocol(name: &'static str) -> Protocol {
        Protocol { name, opens_within: Duration::from_secs(1), most_open: 2, most_waiting: 1 }
    }

    #[test]
    fn a_peer_has_so_many_places_a_protocol_and_gets_them_back() {
        let (mut places, ana) = (Places::default(), PeerId::random());
        let (chat, news) = (protocol("/chat"), protocol("/news"));
        let first = places.take(ana, chat).unwrap();
        let _second = places.take(ana, chat).unwrap();
        assert!(places.take(ana, chat).is_none());
        assert!(places.take(ana, news).is_some());
        assert!(places.take(PeerId::random(), chat).is_some());
        drop(first);
        assert!(places.take(ana, chat).is_some());
    }
}
