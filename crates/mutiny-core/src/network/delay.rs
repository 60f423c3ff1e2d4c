//! A slow link: what a peer says is held back for a while, in order.
//!
//! Nothing is lost or changed by it, as on a long way. It costs nothing where there is no delay.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures::AsyncRead;
use libp2p::PeerId;
use tokio::time::{Instant, Sleep};

use crate::conditions::Conditions;

/// How much may be on its way. What is more waits with the peer, as on a real link.
const ON_ITS_WAY: usize = 1024 * 1024;
/// How much is taken off the substream at once.
const CHUNK: usize = 16 * 1024;

/// The way from a peer.
#[derive(Debug)]
pub(super) struct Way {
    conditions: Conditions,
    peer: PeerId,
    /// What was said, and when it arrives.
    coming: VecDeque<(Instant, VecDeque<u8>)>,
    bytes: usize,
    /// What the substream ended with, which arrives behind all that was said.
    end: Option<io::Result<()>>,
    wake: Option<Pin<Box<Sleep>>>,
}

impl Way {
    pub(super) fn new(conditions: Conditions, peer: PeerId) -> Self {
        Self { conditions, peer, coming: VecDeque::new(), bytes: 0, end: None, wake: None }
    }

    /// Reads what has arrived by now.
    pub(super) fn poll_read(
        &mut self,
        mut from: Pin<&mut (impl AsyncRead + ?Sized)>,
        cx: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let delay = self.conditions.delay(&self.peer);
        if delay.is_zero() && self.coming.is_empty() && self.end.is_none() {
            return from.poll_read(cx, buffer);
        }
        while self.end.is_none() && self.bytes < ON_ITS_WAY {
            let mut chunk = vec![0; CHUNK];
            match from.as_mut().poll_read(cx, &mut chunk) {
                Poll::Ready(Ok(0)) => self.end = Some(Ok(())),
                Poll::Ready(Ok(read)) => {
                    chunk.truncate(read);
                    self.bytes += read;
                    self.coming.push_back((Instant::now() + delay, chunk.into()));
                }
                Poll::Ready(Err(error)) => self.end = Some(Err(error)),
                Poll::Pending => break,
            }
        }
        let Some((due, said)) = self.coming.front_mut() else {
            return match self.end.take() {
                Some(Ok(())) => {
                    self.end = Some(Ok(()));
                    Poll::Ready(Ok(0))
                }
                Some(Err(error)) => Poll::Ready(Err(error)),
                None => Poll::Pending,
            };
        };
        if *due > Instant::now() {
            let wake = self.wake.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(*due)));
            wake.as_mut().reset(*due);
            ready!(Future::poll(wake.as_mut(), cx));
        }
        let read = io::Read::read(said, buffer)?;
        self.bytes -= read;
        if said.is_empty() {
            self.coming.pop_front();
        }
        Poll::Ready(Ok(read))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::time::Duration;

    use futures::{AsyncReadExt, AsyncWriteExt};
    use tokio_util::compat::TokioAsyncReadCompatExt;

    use super::*;
    use crate::view;

    struct Slow<R> {
        way: Way,
        from: R,
    }

    impl<R: AsyncRead + Unpin> AsyncRead for Slow<R> {
        fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
            let Self { way, from } = &mut *self;
            way.poll_read(Pin::new(from), cx, buffer)
        }
    }

    fn set(conditions: &Conditions, peer: PeerId, delay: u32) {
        let links = [(peer.to_base58(), view::LinkConditions { cut: false, delay })].into();
        conditions.replace(view::Conditions { links, ..view::Conditions::default() });
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_said_arrives_later_and_in_order_and_so_does_the_end() {
        let (conditions, peer) = (Conditions::default(), PeerId::random());
        let (near, far) = tokio::io::duplex(1 << 16);
        let (mut far, from) = (far.compat(), near.compat());
        let mut slow = Slow { way: Way::new(conditions.clone(), peer), from };
        let mut heard = [0; 5];

        let began = Instant::now();
        far.write_all(b"quick").await.unwrap();
        slow.read_exact(&mut heard).await.unwrap();
        assert_eq!((&heard, began.elapsed()), (b"quick", Duration::ZERO));

        set(&conditions, peer, 300);
        far.write_all(b"slow ").await.unwrap();
        slow.read_exact(&mut heard).await.unwrap();
        assert_eq!((&heard, began.elapsed()), (b"slow ", Duration::from_millis(300)));

        // What is said later, when the link is quick again, does not overtake.
        far.write_all(b"first").await.unwrap();
        let mut one = [0];
        slow.read_exact(&mut one).await.unwrap();
        set(&conditions, peer, 0);
        far.write_all(b"second").await.unwrap();
        far.close().await.unwrap();
        let mut rest = String::new();
        slow.read_to_string(&mut rest).await.unwrap();
        assert_eq!((one, rest.as_str()), (*b"f", "irstsecond"));
        assert_eq!(began.elapsed(), Duration::from_millis(600));
    }
}
