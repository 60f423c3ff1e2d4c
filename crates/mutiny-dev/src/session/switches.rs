//! What whoever develops can switch: of a peer, and of the link between two.

use std::time::Duration;

use mutiny_core::view::{LinkConditions, Me};
use mutiny_node::Act as WindowAct;
use serde_json::{Value, json};

use super::{Session, now};
use crate::error::{Error, Result};
use crate::member::Switches;
use crate::record::Act;
use crate::view::Topic;

/// How long a connection that is lost may take to close.
const CLOSING: Duration = Duration::from_secs(5);

/// How often that is looked for.
const GLANCE: Duration = Duration::from_millis(10);

impl Session {
    /// Puts a peer under other conditions. One that does not run starts under them.
    ///
    /// # Errors
    /// [`Error::NoSuchPeer`], [`Error::Refused`].
    pub async fn set_peer(&self, name: &str, switches: Switches) -> Result<()> {
        self.change_peer(name, |current| *current = switches).await
    }

    /// Changes some of a peer's conditions, and leaves the others as they are by then: not as somebody saw them last.
    ///
    /// # Errors
    /// [`Error::NoSuchPeer`], [`Error::Refused`].
    pub async fn change_peer(&self, name: &str, change: impl FnOnce(&mut Switches) + Send) -> Result<()> {
        let index = {
            let mut state = self.state();
            let index = state.find(name)?;
            change(&mut state.members[index].switches);
            let Switches { offline, full, ahead } = state.members[index].switches;
            state.act(index, now(), Act::Conditions { offline, full, ahead });
            index
        };
        self.put_under_conditions(index).await?;
        self.wake(Topic::Session);
        self.wake(Topic::Timeline);
        Ok(())
    }

    /// Puts the link between two peers under other conditions, both ways.
    ///
    /// # Errors
    /// [`Error::NoSuchPeer`], [`Error::Refused`].
    pub async fn set_link(&self, from: &str, to: &str, link: LinkConditions) -> Result<()> {
        self.change_link(from, to, |current| *current = link).await
    }

    /// Changes some of a link's conditions, and leaves the others as they are by then.
    ///
    /// # Errors
    /// [`Error::NoSuchPeer`], [`Error::Refused`].
    pub async fn change_link(
        &self,
        from: &str,
        to: &str,
        change: impl FnOnce(&mut LinkConditions) + Send,
    ) -> Result<()> {
        let (one, other) = {
            let mut state = self.state();
            let pair = state.pair(from, to)?;
            let link = state.links.entry(pair).or_default();
            change(link);
            let link = *link;
            let (index, to) = (state.find(from)?, to.to_owned());
            state.act(index, now(), Act::Link { to, cut: link.cut, delay: link.delay });
            pair
        };
        self.put_under_conditions(one).await?;
        self.put_under_conditions(other).await?;
        self.wake(Topic::Session);
        self.wake(Topic::Timeline);
        Ok(())
    }

    /// Loses the connection between two peers. They make another, by themselves.
    ///
    /// # Errors
    /// [`Error::NoSuchPeer`], [`Error::NotRunning`], [`Error::Refused`].
    pub async fn lose(&self, from: &str, to: &str) -> Result<()> {
        let (index, process, mut conditions, id) = {
            let mut state = self.state();
            state.pair(from, to)?;
            let (index, other) = (state.find(from)?, state.find(to)?);
            let process = state.process(index)?;
            state.act(index, now(), Act::Lost { to: to.to_owned() });
            (index, process, state.conditions(index), state.members[other].id.clone())
        };
        conditions.links.entry(id.clone()).or_default().cut = true;
        process.ask::<Value>("set_conditions", json!({ "conditions": conditions })).await?;
        // Where the link was whole again before the network came to look, nothing would have happened.
        let closed = async {
            while self.state().members[index].connected.contains(&id) {
                tokio::time::sleep(GLANCE).await;
            }
        };
        drop(tokio::time::timeout(CLOSING, closed).await);
        self.put_under_conditions(index).await?;
        self.wake(Topic::Timeline);
        Ok(())
    }

    /// Introduces two peers: each gets the other's contact link.
    ///
    /// # Errors
    /// [`Error::NoSuchPeer`], [`Error::NotRunning`], [`Error::Refused`].
    pub async fn introduce(&self, from: &str, to: &str) -> Result<()> {
        let (one, other) = {
            let mut state = self.state();
            let pair = state.pair(from, to)?;
            let index = state.find(from)?;
            state.act(index, now(), Act::Introduced { to: to.to_owned() });
            pair
        };
        self.introduce_pair(one, other).await?;
        self.wake(Topic::Session);
        self.wake(Topic::Timeline);
        Ok(())
    }

    pub(super) async fn introduce_pair(&self, one: usize, other: usize) -> Result<()> {
        let (near, far) = {
            let state = self.state();
            (state.process(one)?, state.process(other)?)
        };
        for (process, stranger) in [(&near, &far), (&far, &near)] {
            let Me { link, .. } = stranger.ask("me", Value::Null).await?;
            process.ask::<Value>("add_contact", json!({ "link": link })).await?;
        }
        let mut state = self.state();
        let pair = (one.min(other), one.max(other));
        if !state.introduced.contains(&pair) {
            state.introduced.push(pair);
        }
        Ok(())
    }

    /// Brings a peer's window to the front, or opens its page's developer tools.
    ///
    /// # Errors
    /// [`Error::NoSuchPeer`], [`Error::NotRunning`], [`Error::Refused`] where it has none.
    pub async fn window(&self, name: &str, act: WindowAct) -> Result<()> {
        self.ask::<Value>(name, "window", json!({ "act": act })).await.map(drop)
    }

    /// Tells a peer what it is under now, if it runs.
    pub(super) async fn put_under_conditions(&self, index: usize) -> Result<()> {
        let (process, conditions) = {
            let state = self.state();
            let Ok(process) = state.process(index) else { return Ok(()) };
            (process, state.conditions(index))
        };
        match process.ask::<Value>("set_conditions", json!({ "conditions": conditions })).await {
            // It starts under them next time.
            Ok(_) | Err(Error::NotRunning(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
