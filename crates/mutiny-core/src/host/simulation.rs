//! What `mutiny dev` does to a host, and sees of it.

use mutiny_delivery::store::Usage;
use tokio::sync::broadcast;
use uuid::Uuid;

use super::Host;
use crate::clock;
use crate::delivery::driver::Order;
use crate::error::Result;
use crate::store::{inbox, inboxes, instances, outbox, outboxes};
use crate::view::{Conditions, Queues, Step, Trace};

impl Host {
    /// A new watcher of every step of this host.
    pub fn trace(&self) -> broadcast::Receiver<Trace> {
        self.0.tracer.watch()
    }

    /// Adds a step that only whoever runs the app's page sees ([`Step::Refused`],
    /// [`Step::Page`], [`Step::Reloaded`]), or a [`Step::Mark`].
    pub fn note_step(&self, step: Step) {
        self.0.tracer.tell(|| step);
    }

    /// The conditions that this host is under.
    pub fn conditions(&self) -> Conditions {
        self.0.policy.conditions().view()
    }

    /// Puts this host under other conditions, until it ends. They are in effect when this returns, also for connections
    /// that are open; what a peer has said already still arrives.
    ///
    /// The calendar is the process's: other hosts in it go by the same.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn set_conditions(&self, conditions: Conditions) -> Result<()> {
        clock::set_ahead(conditions.ahead);
        self.0.policy.conditions().replace(conditions);
        self.0.network.review();
        self.0.driver.tell(Order::Look);
        let usages = self.0.store.read(|db| {
            let usage = |row: instances::Instance| Ok((row.id, inboxes::usage(db, row.id)?));
            instances::all(db)?.into_iter().map(usage).collect::<Result<Vec<_>>>()
        });
        for (instance, usage) in usages.await? {
            self.0.driver.tell(Order::Freed(instance, self.0.policy.conditions().fills(usage)));
        }
        Ok(())
    }

    /// How full the queues of an instance are, and what comes first in them.
    ///
    /// # Errors
    /// [`crate::Error::UnknownInstance`].
    pub async fn queues(&self, instance: Uuid) -> Result<Queues> {
        let read = self.0.store.read(move |db| {
            instances::get(db, instance)?;
            let count = |usage: Usage| u32::try_from(usage.messages).unwrap_or(u32::MAX);
            Ok(Queues {
                inbox: count(inboxes::usage(db, instance)?),
                inbox_head: inbox::head(db, instance)?.map(|(head, _)| head),
                outbox: count(outboxes::usage(db, instance)?),
                outbox_head: outbox::head(db, instance)?,
            })
        });
        read.await
    }
}
