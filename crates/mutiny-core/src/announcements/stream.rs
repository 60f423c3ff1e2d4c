//! The two ends of a substream: one says what is announced here, the other hears a peer.

use std::time::Duration;

use bytes::Bytes;
use futures::{SinkExt as _, StreamExt as _};
use libp2p::PeerId;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::codec::{FramedRead, FramedWrite};
use tokio_util::compat::{FuturesAsyncReadCompatExt as _, FuturesAsyncWriteCompatExt as _};
use uuid::Uuid;

use super::board::{Board, Own};
use super::frame::{Frame, codec};
use crate::network::{OpenError, Protocol, Substream};

/// What substreams of announcements are. One a direction is enough; a second is there while a peer begins anew.
pub(crate) const PROTOCOL: Protocol = Protocol {
    name: "/mutiny/announcements/1.0.0",
    opens_within: Duration::from_secs(10),
    most_open: 2,
    most_waiting: 1,
};

/// Between two rounds of saying what has changed: an app that changes its mind all the time is heard four times a second.
const BETWEEN: Duration = Duration::from_millis(250);

/// How many frames a peer may send at once, and how long each after those takes. Who sends faster waits: what is not
/// read fills its side of the connection, for this substream only.
const BURST: u32 = 64;
const EACH: Duration = Duration::from_millis(250);

/// Tells a connected peer what is announced here, over a substream that is opened as soon as there is something to tell,
/// until the connection ends or the peer wants no more of it.
pub(crate) async fn tell(
    mut own: watch::Receiver<Own>,
    peer: PeerId,
    open: impl Future<Output = Result<Substream, OpenError>>,
) {
    if own.wait_for(|own| !own.is_empty()).await.is_err() {
        return;
    }
    let stream = match open.await {
        Ok(stream) => stream,
        // An older Mutiny, say.
        Err(error) => return tracing::debug!(%peer, %error, "announcements are not told"),
    };
    let mut frames = FramedWrite::new(stream.compat_write(), codec());
    let mut told = Own::default();
    loop {
        let now = own.borrow_and_update().clone();
        for frame in difference(&told, &now) {
            if frames.send(Bytes::from(frame.encode())).await.is_err() {
                return;
            }
        }
        told = now;
        tokio::time::sleep(BETWEEN).await;
        if own.changed().await.is_err() {
            return;
        }
    }
}

/// What a peer that was told one thing needs to hear to know the other.
fn difference(told: &Own, now: &Own) -> Vec<Frame> {
    let gone = told.keys().filter(|id| !now.contains_key(id)).map(|id| Frame { instance: *id, announced: None });
    let new = now.iter().filter(|(id, announced)| told.get(id) != Some(announced));
    gone.chain(new.map(|(id, announced)| Frame { instance: *id, announced: Some(announced.clone()) })).collect()
}

/// Hears a peer until it ends the substream, begins another, or makes no sense. `changed` is called with each app whose
/// announcements have changed, and where it was by what the peer said, with the instance and the value (empty: none).
pub(crate) async fn hear(peer: PeerId, stream: Substream, board: Board, changed: impl Fn(&str, Option<(Uuid, &str)>)) {
    let (number, gone) = board.begin(peer);
    gone.iter().for_each(|app| changed(app, None));
    let mut frames = FramedRead::new(stream.compat(), codec());
    let mut pace = Pace::new(Instant::now());
    while let Some(Ok(bytes)) = frames.next().await {
        let Some(Frame { instance, announced }) = Frame::decode(&bytes) else {
            tracing::info!(%peer, "an announcement makes no sense; its stream is closed");
            break;
        };
        let value = announced.as_ref().map(|announced| announced.value.clone()).unwrap_or_default();
        match board.hear(&peer, number, instance, announced) {
            Ok(Some(app)) => changed(&app, Some((instance, &value))),
            Ok(None) => {}
            Err(_) => return,
        }
        tokio::time::sleep_until(pace.next(Instant::now())).await;
    }
    board.end(&peer, number).iter().for_each(|app| changed(app, None));
}

/// When the next frame may be read.
struct Pace {
    /// When all that was read would have been, one frame each [`EACH`].
    due: Instant,
}

impl Pace {
    fn new(now: Instant) -> Self {
        Self { due: now }
    }

    /// A frame was read.
    fn next(&mut self, now: Instant) -> Instant {
        self.due = self.due.max(now) + EACH;
        now.max(self.due.checked_sub(EACH * BURST).unwrap_or(now))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use super::super::board::Announced;
    use super::*;

    fn own(values: &[(u128, &str)]) -> Own {
        let announced = |value: &str| Announced { app: "a".into(), version: "1.0.0".into(), value: value.into() };
        Arc::new(values.iter().map(|(id, value)| (Uuid::from_u128(*id), announced(value))).collect::<BTreeMap<_, _>>())
    }

    fn told(before: &[(u128, &str)], after: &[(u128, &str)]) -> Vec<(u128, Option<String>)> {
        let frames = difference(&own(before), &own(after));
        frames.into_iter().map(|it| (it.instance.as_u128(), it.announced.map(|announced| announced.value))).collect()
    }

    #[test]
    fn only_what_is_different_is_told() {
        assert_eq!(told(&[], &[(1, "a"), (2, "b")]), [(1, Some("a".into())), (2, Some("b".into()))]);
        assert_eq!(told(&[(1, "a"), (2, "b")], &[(1, "a"), (2, "c")]), [(2, Some("c".into()))]);
        assert_eq!(told(&[(1, "a"), (2, "b")], &[(2, "b")]), [(1, None)]);
        assert_eq!(told(&[(1, "a")], &[(1, "a")]), []);
    }

    #[test]
    fn a_burst_is_read_at_once_and_what_follows_at_its_pace() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        let mut now = start;
        for _ in 0..BURST {
            now = pace.next(now);
        }
        assert_eq!(now, start);
        for _ in 0..4 {
            now = pace.next(now);
        }
        assert_eq!(now, start + 4 * EACH);
        // Who was quiet for long may send a burst again, and no more than one.
        now += EACH * 1_000;
        let later = now;
        for _ in 0..BURST {
            now = pace.next(now);
        }
        assert_eq!(now, later);
        assert!(pace.next(now) > later);
    }
}
