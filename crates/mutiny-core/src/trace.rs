//! The steps of a host, for whoever watches closely: `mutiny dev` draws its timeline from them. Where nobody watches,
//! nothing is put together.

use libp2p::PeerId;
use mutiny_delivery::message::{Content, Flow, Message};
use tokio::sync::broadcast;
use uuid::Uuid;

use crate::clock;
use crate::delivery::invitation::Invitation;
use crate::view::{Address, Body, Step, Trace};

/// How many steps a watcher may fall behind before it misses some.
const STEPS: usize = 1024;

/// Tells of steps. All clones tell the same watchers.
#[derive(Clone, Debug)]
pub(crate) struct Tracer(broadcast::Sender<Trace>);

impl Default for Tracer {
    fn default() -> Self {
        Self(broadcast::channel(STEPS).0)
    }
}

impl Tracer {
    /// A new watcher.
    pub(crate) fn watch(&self) -> broadcast::Receiver<Trace> {
        self.0.subscribe()
    }

    /// Whether anybody watches.
    pub(crate) fn is_watched(&self) -> bool {
        self.0.receiver_count() > 0
    }

    /// Tells of a step, if anybody watches.
    pub(crate) fn tell(&self, step: impl FnOnce() -> Step) {
        if self.is_watched() {
            // The last watcher may have left meanwhile.
            drop(self.0.send(Trace { at: clock::precise(), step: step() }));
        }
    }

    /// A message, or an invitation, is in the outbox.
    pub(crate) fn queued(&self, flow: &Flow, message: &Message) {
        self.tell(|| {
            let (id, instance, to) = (message.id, flow.source, address(&flow.peer.0, flow.target));
            match body(message.content, &message.body) {
                Some(body) => Step::Sent { message: id, instance, to, body, patience: message.deadline - message.sent },
                None => Step::Invited {
                    message: id,
                    instance,
                    peer: to.peer,
                    answer: Invitation::decode(&message.body).is_some_and(|invitation| invitation.answers.is_some()),
                },
            }
        });
    }
}

/// What a message says; `None` for an invitation.
pub(crate) fn body(content: Content, body: &[u8]) -> Option<Body> {
    match content {
        // What is in the outbox was JSON when it came.
        Content::Json => Some(Body::Json(serde_json::from_slice(body).unwrap_or_default())),
        Content::Bytes => Some(Body::Bytes(body.to_vec())),
        Content::Invitation => None,
    }
}

/// An address, of the bytes of a peer's id.
pub(crate) fn address(peer: &[u8], instance: Uuid) -> Address {
    Address { peer: PeerId::from_bytes(peer).map(|peer| peer.to_base58()).unwrap_or_default(), instance }
}
