//! What peers tell, and what follows from it by itself.

use std::sync::PoisonError;
use std::time::Duration;

use mutiny_core::view::{Acceptance, Answer, Instance, Invitation, Queues, Step, Trace};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Session, now};
use crate::error::Result;
use crate::process::Told;
use crate::record::Act;
use crate::view::Topic;

/// Between two looks at the queues of peers that have news: they are for people to look at.
const BETWEEN_LOOKS: Duration = Duration::from_millis(200);

/// Looks at the queues of peers that have news, for as long as there is a session.
pub(super) fn look_after(session: &Session) {
    let weak = std::sync::Arc::downgrade(&session.0);
    tokio::spawn(async move {
        loop {
            {
                let Some(inner) = weak.upgrade() else { return };
                let session = Session(inner);
                // Wakes now and then, to see whether the session is over.
                drop(tokio::time::timeout(Duration::from_secs(1), session.0.look.notified()).await);
                session.look().await;
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    });
}

impl Session {
    /// Answers an invitation for a peer, with its instance of the app where it is accepted.
    ///
    /// # Errors
    /// [`crate::Error::NoSuchPeer`], [`crate::Error::NotRunning`], [`crate::Error::Refused`].
    pub async fn answer(&self, name: &str, invitation: Uuid, accept: bool) -> Result<()> {
        let (index, process, instance) = {
            let state = self.state();
            let index = state.find(name)?;
            (index, state.process(index)?, state.members[index].instance)
        };
        let all: Vec<Invitation> = process.ask("invitations", Value::Null).await?;
        let from = all.into_iter().find(|it| it.id == invitation).map(|it| it.from.peer).unwrap_or_default();
        // Before it is done: what follows from it may be told in the same moment.
        {
            let mut state = self.state();
            let from = state.name_of(&from);
            state.act(index, now(), Act::Answered { from, accepted: accept });
        }
        if let (true, Some(instance)) = (accept, instance) {
            let with = Acceptance::Existing { instance };
            let call = json!({ "invitation": invitation, "with": with });
            process.ask::<Instance>("accept_invitation", call).await?;
        } else {
            process.ask::<Value>("decline_invitation", json!({ "invitation": invitation })).await?;
        }
        self.is_stale(index);
        self.wake(Topic::Timeline);
        Ok(())
    }

    /// A peer tells something; `run` says which of its processes.
    pub(super) fn told(&self, index: usize, run: u64, told: Told) {
        let mut state = self.state();
        if state.members[index].run != run {
            return;
        }
        match told {
            Told::Ready => {}
            Told::Missed(count) => state.timeline.missed(u32::try_from(count).unwrap_or(u32::MAX)),
            Told::Step(Trace { step: Step::Mark, .. }) => {
                state.members[index].marks += 1;
                drop(state);
                return self.wake(Topic::Session);
            }
            Told::Step(trace) => {
                let invited = matches!(trace.step, Step::Invitation { .. });
                let different = matches!(trace.step, Step::Connected { .. } | Step::Disconnected { .. });
                state.step(index, trace);
                drop(state);
                if different {
                    self.wake(Topic::Session);
                }
                if invited && self.0.plan.accepts {
                    let session = self.clone();
                    tokio::spawn(async move { session.accept_all(index).await });
                }
                self.is_stale(index);
            }
            Told::Ended(said) => {
                let member = &mut state.members[index];
                let killed = member.killed;
                // What kept it from running may be known already.
                let problem = member.problem.take().or((!killed && !said.is_empty()).then_some(said));
                member.ended(problem);
                if !killed {
                    state.act(index, now(), Act::Ended { killed: false });
                }
                drop(state);
                self.wake(Topic::Session);
            }
        }
        self.wake(Topic::Timeline);
    }

    /// Accepts all invitations of a peer, as far as they are for its app.
    async fn accept_all(&self, index: usize) {
        let (name, process, instance) = {
            let state = self.state();
            let member = &state.members[index];
            let (Some(process), Some(instance)) = (member.process.clone(), member.instance) else { return };
            (member.name.clone(), process, instance)
        };
        let all: Result<Vec<Invitation>> = process.ask("invitations", Value::Null).await;
        let open = |it: &Invitation| it.answer == Answer::Open && it.candidates.contains(&instance);
        for invitation in all.into_iter().flatten().filter(open) {
            if let Err(error) = self.answer(&name, invitation.id, true).await {
                tracing::debug!(%error, "an invitation was not accepted");
            }
        }
    }

    /// The queues of a peer may be different by now.
    pub(super) fn is_stale(&self, index: usize) {
        let mut stale = self.0.stale.lock().unwrap_or_else(PoisonError::into_inner);
        if !stale.contains(&index) {
            stale.push(index);
        }
        self.0.look.notify_one();
    }

    async fn look(&self) {
        let stale = std::mem::take(&mut *self.0.stale.lock().unwrap_or_else(PoisonError::into_inner));
        if stale.is_empty() {
            return;
        }
        for index in stale {
            if let Err(error) = self.look_at(index).await {
                tracing::debug!(%error, "the queues of a peer could not be read");
            }
        }
        self.wake(Topic::Session);
    }

    async fn look_at(&self, index: usize) -> Result<()> {
        let (process, instance, run) = {
            let state = self.state();
            let member = &state.members[index];
            let (Ok(process), Some(instance)) = (state.process(index), member.instance) else { return Ok(()) };
            (process, instance, member.run)
        };
        let queues: Queues = process.ask("queues", json!({ "instance": instance })).await?;
        let mut invitations: Vec<Invitation> = process.ask("invitations", Value::Null).await?;
        invitations.retain(|invitation| invitation.answer == Answer::Open);
        let mut state = self.state();
        let member = &mut state.members[index];
        if member.run == run && member.process.is_some() {
            (member.queues, member.invitations) = (Some(queues), invitations);
        }
        Ok(())
    }
}
