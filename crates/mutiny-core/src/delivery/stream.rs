//! One substream: two tasks that turn bytes into frames and back.
//!
//! The reader hands over what it has decoded and goes on only when there is room in the driver's queue, so a flood is
//! held back by the transport. The writer takes frames from a queue of its own; a peer that does not read fills it,
//! and loses the stream.

use std::time::Duration;

use bytes::BytesMut;
use mutiny_delivery::StreamId;
use mutiny_delivery::frame::{Frame, MAX_FRAME};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::network::Protocol;

/// The protocol of `docs/protocol.md`. One substream a direction is enough; the others that a peer may have are what it
/// left behind when it lost a connection, until that is noticed.
pub(crate) const PROTOCOL: Protocol =
    Protocol { name: "/mutiny/delivery/1.0.0", opens_within: Duration::from_secs(10), most_open: 32, most_waiting: 4 };

/// How many frames may wait to be written. The machine holds messages back long before; what fills this are answers
/// that nobody reads.
const UNWRITTEN: usize = 16 * 1024;

/// How many bytes are put together before they are written.
const CHUNK: usize = 64 * 1024;

/// What a stream tells the driver.
#[derive(Debug)]
pub(crate) enum Report {
    /// Frames arrived.
    Frames(StreamId, Vec<Frame>),
    /// Frames of this weight were handed to the transport since the last such report.
    Flushed(StreamId, usize),
    /// It is over.
    Ended(StreamId),
}

/// The near end of a stream. Dropping it closes the stream.
pub(crate) struct Stream {
    frames: mpsc::Sender<Frame>,
    reader: JoinHandle<()>,
}

impl Stream {
    /// Starts the two tasks.
    pub(crate) fn start<R, W>(id: StreamId, from: R, to: W, reports: mpsc::Sender<Report>) -> Self
    where
        R: AsyncRead + Unpin + Send + 'static,
        W: AsyncWrite + Unpin + Send + 'static,
    {
        let (frames, queue) = mpsc::channel(UNWRITTEN);
        tokio::spawn(write(id, to, queue, reports.clone()));
        Self { frames, reader: tokio::spawn(read(id, from, reports)) }
    }

    /// Queues a frame. `false`: the other side does not read, and the stream is to be closed.
    pub(crate) fn send(&self, frame: Frame) -> bool {
        self.frames.try_send(frame).is_ok()
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

async fn read(id: StreamId, mut from: impl AsyncRead + Unpin, reports: mpsc::Sender<Report>) {
    let mut buffer = BytesMut::with_capacity(CHUNK);
    while let Ok(1..) = from.read_buf(&mut buffer).await {
        let mut frames = Vec::new();
        let outcome = loop {
            match Frame::decode(&mut buffer) {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        if !frames.is_empty() && reports.send(Report::Frames(id, frames)).await.is_err() {
            return;
        }
        if let Err(error) = outcome {
            tracing::info!(?id, %error, "closing a stream");
            break;
        }
        buffer.reserve(CHUNK.min(MAX_FRAME));
    }
    drop(reports.send(Report::Ended(id)).await);
}

async fn write(
    id: StreamId,
    mut to: impl AsyncWrite + Unpin,
    mut queue: mpsc::Receiver<Frame>,
    reports: mpsc::Sender<Report>,
) {
    let mut buffer = BytesMut::new();
    let mut weight = 0;
    while let Some(frame) = queue.recv().await {
        weight += frame.weight();
        frame.encode(&mut buffer);
        while buffer.len() < CHUNK
            && let Ok(frame) = queue.try_recv()
        {
            weight += frame.weight();
            frame.encode(&mut buffer);
        }
        if to.write_all(&buffer).await.is_err() || to.flush().await.is_err() {
            drop(reports.send(Report::Ended(id)).await);
            return;
        }
        buffer.clear();
        // Not each time: the driver would be woken before the transport that has just been given something to do. The
        // machine holds back only where four times as much waits.
        if weight >= CHUNK && reports.send(Report::Flushed(id, std::mem::take(&mut weight))).await.is_err() {
            return;
        }
    }
    // The driver has dropped its end: say goodbye, as far as the other side listens.
    drop(to.shutdown().await);
}
