//! Which streams are open, and to whom: one to each peer that is connected, and those that others opened.

use std::time::Duration;

use libp2p::PeerId;
use mutiny_delivery::{Input, StreamId};
use tokio_util::compat::FuturesAsyncReadCompatExt;

use super::task::Task;
use super::{Driver, Order, key};
use crate::delivery::stream::{PROTOCOL, Stream};
use crate::network::{Network, Substream};

/// How long to wait before a stream is opened again on a connection that still stands.
const REOPEN: Duration = Duration::from_secs(2);

impl Task {
    /// A peer is connected: it gets a stream, unless it has one.
    pub(super) fn connected(&mut self, peer: PeerId) {
        self.outgoing.entry(peer).or_insert_with(|| {
            open(&self.setting.network, &self.driver, peer);
            None
        });
    }

    pub(super) fn disconnected(&mut self, peer: PeerId) {
        self.outgoing.remove(&peer);
        let gone: Vec<_> = self.streams.iter().filter(|(_, (of, _))| *of == peer).map(|(id, _)| *id).collect();
        gone.into_iter().for_each(|stream| self.ended(stream));
    }

    /// A peer has opened a stream.
    pub(super) fn incoming(&mut self, peer: PeerId, stream: Substream) {
        let id = self.add_stream(peer, stream);
        self.input(Input::Incoming { stream: id, peer: key(&peer) });
    }

    /// Opens the stream to a peer, if it is neither open nor being opened.
    pub(super) fn reopen(&self, peer: PeerId) {
        if self.outgoing.get(&peer) == Some(&None) {
            open(&self.setting.network, &self.driver, peer);
        }
    }

    /// A stream to a peer was opened, or not.
    pub(super) fn opened(&mut self, peer: PeerId, stream: Option<Substream>) {
        if self.outgoing.get(&peer) != Some(&None) {
            return;
        }
        match stream {
            Some(stream) => {
                let id = self.add_stream(peer, stream);
                self.outgoing.insert(peer, Some(id));
                self.input(Input::Opened { stream: id, peer: key(&peer) });
            }
            None => self.reopen_later(peer),
        }
    }

    fn add_stream(&mut self, peer: PeerId, stream: Substream) -> StreamId {
        let (from, to) = tokio::io::split(stream.compat());
        let id = self.new_stream();
        self.streams.insert(id, (peer, Stream::start(id, from, to, self.reports.clone())));
        id
    }

    fn new_stream(&mut self) -> StreamId {
        self.next_stream += 1;
        StreamId(self.next_stream)
    }

    /// Instances of this host reach one another the same way, only that both ends of the stream are here.
    pub(super) fn connect_to_self(&mut self) {
        let me = self.setting.me;
        let (near, far) = tokio::io::duplex(256 * 1024);
        let ids = [self.new_stream(), self.new_stream()];
        for (id, end) in ids.into_iter().zip([near, far]) {
            let (from, to) = tokio::io::split(end);
            self.streams.insert(id, (me, Stream::start(id, from, to, self.reports.clone())));
        }
        self.outgoing.insert(me, Some(ids[0]));
        self.input(Input::Incoming { stream: ids[1], peer: key(&me) });
        self.input(Input::Opened { stream: ids[0], peer: key(&me) });
    }

    /// A stream is over, by the other side's doing or the transport's.
    pub(super) fn ended(&mut self, stream: StreamId) {
        self.forget(stream);
        self.input(Input::Closed { stream });
    }

    pub(super) fn forget(&mut self, stream: StreamId) {
        let Some((peer, _)) = self.streams.remove(&stream) else { return };
        if self.outgoing.get(&peer) == Some(&Some(stream)) {
            if peer == self.setting.me {
                return self.connect_to_self();
            }
            self.outgoing.insert(peer, None);
            self.reopen_later(peer);
        }
    }

    fn reopen_later(&self, peer: PeerId) {
        let driver = self.driver.clone();
        tokio::spawn(async move {
            tokio::time::sleep(REOPEN).await;
            driver.tell(Order::Reopen(peer));
        });
    }
}

fn open(network: &Network, driver: &Driver, peer: PeerId) {
    let (network, driver) = (network.clone(), driver.clone());
    tokio::spawn(async move {
        let stream = network.open_stream(peer, PROTOCOL).await;
        if let Err(error) = &stream {
            tracing::debug!(%peer, %error, "no stream could be opened");
        }
        driver.tell(Order::Opened(peer, stream.ok()));
    });
}
