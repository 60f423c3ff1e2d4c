//! Two peers with instances that may write to one another.

use std::path::Path;

use mutiny_core::view::Address;
use uuid::Uuid;

use crate::Result;
use crate::peer::{Flow, Peer, Request, Sent};

/// Alice sends, Bob receives.
pub(super) struct Pair {
    pub(super) alice: Peer,
    pub(super) bob: Peer,
    /// From each of Alice's instances to one of Bob's.
    pub(super) flows: Vec<Flow>,
}

impl Pair {
    /// Starts both, and has them meet, with so many instances each.
    pub(super) async fn new(folder: &Path, name: &str, flows: usize) -> Result<Self> {
        let mut alice = Peer::spawn(&folder.join(format!("{name}-alice"))).await?;
        let mut bob = Peer::spawn(&folder.join(format!("{name}-bob"))).await?;
        let from: Vec<Uuid> = alice.ask(&Request::Instances(flows)).await?;
        let to: Vec<Uuid> = bob.ask(&Request::Instances(flows)).await?;
        alice.tell(&Request::Meet(bob.card.link.clone())).await?;
        bob.tell(&Request::Meet(alice.card.link.clone())).await?;
        bob.tell(&Request::Invite { instances: to.clone(), peer: alice.card.id.clone() }).await?;
        let peer = &bob.card.id;
        let flows = from
            .into_iter()
            .zip(to)
            .map(|(from, instance)| Flow { from, to: Address { peer: peer.clone(), instance } })
            .collect();
        Ok(Self { alice, bob, flows })
    }

    /// Sends over the first so many flows until all is acknowledged; then empties the inboxes, which does not count.
    pub(super) async fn deliver(&mut self, flows: usize, messages: usize, size: usize) -> Result<Delivered> {
        let flows = self.flows[..flows].to_vec();
        let before = [self.alice.usage().await?.cpu, self.bob.usage().await?.cpu];
        let request = Request::Deliver { flows, messages, size, in_flight: IN_FLIGHT };
        let sent: Sent = self.alice.ask(&request).await?;
        let after = [self.alice.usage().await?.cpu, self.bob.usage().await?.cpu];
        self.empty().await?;
        let messages = messages as f64;
        Ok(Delivered {
            rate: messages / (sent.done - sent.begun),
            sender_cpu: (after[0] - before[0]) / messages,
            receiver_cpu: (after[1] - before[1]) / messages,
        })
    }

    /// Takes everything out of Bob's inboxes.
    pub(super) async fn empty(&mut self) -> Result<usize> {
        let inboxes = self.flows.iter().map(|flow| flow.to.instance).collect();
        self.bob.ask(&Request::Empty(inboxes)).await
    }

    pub(super) async fn stop(self) -> Result<()> {
        self.alice.stop().await?;
        self.bob.stop().await?;
        Ok(())
    }
}

/// How a delivery went.
pub(super) struct Delivered {
    /// Messages a second.
    pub(super) rate: f64,
    /// Seconds of CPU a message, of all threads of the sending peer.
    pub(super) sender_cpu: f64,
    /// The same of the receiving one.
    pub(super) receiver_cpu: f64,
}

/// How many calls of `send()` are under way where it is to go fast.
pub(super) const IN_FLIGHT: usize = 256;
