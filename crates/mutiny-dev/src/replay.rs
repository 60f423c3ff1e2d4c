//! Replays a saved session: what the apps and whoever developed did is done again, in the same order, and the same has to
//! come of it.
//!
//! What was *done* (messages and invitations sent, entries taken, things announced, switches, kills, restarts) is done to
//! peers without windows. What *came of it* (received, acknowledged, failed, invited) is waited for where it stood in the
//! recording; so each peer sees what it saw then before it does what it did then. When things happen is not compared: that
//! is the machine's business. Nor is what pages wrote, since there are none.

use std::collections::{HashMap, HashSet, vec_deque};
use std::path::{Path, PathBuf};
use std::time::Duration;

use mutiny_core::view::{Address, Body, Entry, FailureReason, LinkConditions, Outcome, Step};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::member::Switches;
use crate::record::{Act, Record, Recording, What};
use crate::session::{Plan, Session};
use crate::stage::Stage;

/// How long something may take to come, beyond the time that it took when it was recorded.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long a peer may take to reach another, or to lose it, where it did then.
const MOMENT: Duration = Duration::from_secs(3);

/// What a replay that went as recorded tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replayed {
    /// How many happenings were done again, or waited for.
    pub happenings: usize,
    /// The peers, by name.
    pub peers: Vec<String>,
}

/// Replays a session with `node` as the peers' program, and the app in `folder` in place of the one it was recorded with.
///
/// # Errors
/// [`Error::Different`] where something else came of it, and whatever keeps the peers from running.
pub async fn replay(recording: &Recording, node: PathBuf, folder: Option<&Path>) -> Result<Replayed> {
    let session = Session::new(Plan {
        folder: folder.unwrap_or(&recording.folder).to_owned(),
        peers: recording.peers.len(),
        introduced: recording.introduced,
        accepts: false,
        stage: Stage::Nodes { program: node },
        keep: None,
    })?;
    let outcome = perform(&session, recording).await;
    session.stop().await;
    outcome
}

async fn perform(session: &Session, recording: &Recording) -> Result<Replayed> {
    session.start().await?;
    let mut replay = Replay::new(session, recording);
    let mut before = None;
    for (number, record) in (1..).zip(&recording.records) {
        let gap = before.map_or(0.0_f64, |before| record.at - before).max(0.0);
        before = Some(record.at);
        replay.number = number;
        replay.patience = PATIENCE + Duration::from_secs_f64(gap / 1000.0);
        replay.go_on(record).await?;
    }
    let peers = recording.peers.iter().map(|peer| peer.name.clone()).collect();
    Ok(Replayed { happenings: replay.done, peers })
}

struct Replay<'a> {
    session: &'a Session,
    /// The recorded peers' names, by their ids.
    names: HashMap<&'a str, &'a str>,
    /// Where each of the peers is now, by name.
    addresses: HashMap<String, Address>,
    /// What stands now for the messages and entries of the recording.
    ids: HashMap<Uuid, Uuid>,
    /// Invitations that stand for one of the recording.
    invited: HashSet<Uuid>,
    /// The last that each peer hears of each: before it may come more or fewer values, as time allows.
    last_heard: HashMap<(&'a str, &'a str), usize>,
    started: HashSet<&'a str>,
    number: usize,
    patience: Duration,
    done: usize,
}

impl<'a> Replay<'a> {
    fn new(session: &'a Session, recording: &'a Recording) -> Self {
        let heard = (1..).zip(&recording.records).filter_map(|(number, record)| match &record.what {
            What::Step(Step::Heard { from, .. }) => Some(((record.peer.as_str(), from.peer.as_str()), number)),
            _ => None,
        });
        let address = |it: crate::view::Peer| Some((it.name, Address { peer: it.id, instance: it.instance? }));
        Self {
            session,
            names: recording.names(),
            addresses: session.view().peers.into_iter().filter_map(address).collect(),
            ids: HashMap::new(),
            invited: HashSet::new(),
            last_heard: heard.collect(),
            started: HashSet::new(),
            number: 0,
            patience: PATIENCE,
            done: 0,
        }
    }

    async fn go_on(&mut self, record: &'a Record) -> Result<()> {
        let counts = match &record.what {
            What::Step(step) => self.step(&record.peer, step).await?,
            What::Act(act) => self.act(&record.peer, act).await?,
        };
        self.done += usize::from(counts);
        Ok(())
    }

    /// Does a step again, or waits for it. Returns whether there was anything to do.
    async fn step(&mut self, peer: &'a str, step: &'a Step) -> Result<bool> {
        match step {
            Step::Sent { message, to, body, patience, .. } => self.send(peer, *message, to, body, *patience).await?,
            Step::Invited { message, peer: whom, answer, .. } => {
                let whom = self.now(whom);
                if !answer {
                    self.session
                        .ask::<Value>(peer, "invite", json!({ "instance": self.instance(peer)?, "peer": whom }))
                        .await?;
                }
                let invited = self.invitation_of(peer, &whom, *answer).await;
                let invited = invited.ok_or_else(|| self.different(peer, "invited somebody"))?;
                self.invited.insert(invited);
                self.ids.insert(*message, invited);
            }
            Step::Taken { entry, .. } => self.take(peer, *entry).await?,
            Step::Announced { value, .. } => {
                let call = json!({ "instance": self.instance(peer)?, "value": value });
                self.session.ask::<Value>(peer, "announce", call).await?;
            }
            Step::Received { message, from, .. } => {
                let id = self.id(peer, *message)?;
                let what = format!("received a message from {}", self.name(&from.peer));
                self.sees(peer, &what, |step| matches!(step, Step::Received { message, .. } if *message == id)).await?;
            }
            Step::Acknowledged { message, .. } => {
                let id = self.id(peer, *message)?;
                let acknowledged = |step: &Step| matches!(step, Step::Acknowledged { message, .. } if *message == id);
                self.sees(peer, "knew that a message was delivered", acknowledged).await?;
            }
            Step::Failed { message, reason, outcome, .. } => self.fails(peer, *message, *reason, *outcome).await?,
            Step::Invitation { message, from } => {
                let id = self.id(peer, *message)?;
                let what = format!("was invited by {}", self.name(&from.peer));
                self.sees(peer, &what, |step| matches!(step, Step::Invitation { message, .. } if *message == id))
                    .await?;
            }
            Step::Heard { from, value } => {
                if self.last_heard.get(&(peer, from.peer.as_str())) != Some(&self.number) {
                    return Ok(false);
                }
                let (who, what) = (self.now(&from.peer), format!("heard what {} announced", self.name(&from.peer)));
                let heard =
                    |step: &Step| matches!(step, Step::Heard { from, value: now } if from.peer == who && now == value);
                self.sees(peer, &what, heard).await?;
            }
            // What a peer did next may depend on whom it reached; that it comes or goes otherwise is no difference.
            Step::Connected { peer: other } | Step::Disconnected { peer: other } => {
                let is_there = matches!(step, Step::Connected { .. });
                self.comes_and_goes(peer, &self.now(other), is_there).await;
                return Ok(false);
            }
            Step::Refused { .. } | Step::Page { .. } | Step::Reloaded { .. } | Step::Mark => return Ok(false),
        }
        Ok(true)
    }

    async fn act(&mut self, peer: &'a str, act: &'a Act) -> Result<bool> {
        match act {
            // They are there from the beginning.
            Act::Started if self.started.insert(peer) => return Ok(false),
            Act::Started => self.session.restart(peer).await?,
            Act::Ended { killed: true } => self.session.kill(peer).await?,
            Act::Ended { killed: false } => drop(self.session.close(peer).await?),
            Act::Answered { from, accepted } => self.answer(peer, from, *accepted).await?,
            Act::Conditions { offline, full, ahead } => {
                let switches = Switches { offline: *offline, full: *full, ahead: *ahead };
                self.session.set_peer(peer, switches).await?;
            }
            Act::Link { to, cut, delay } => {
                self.session.set_link(peer, to, LinkConditions { cut: *cut, delay: *delay }).await?;
            }
            Act::Lost { to } => self.session.lose(peer, to).await?,
            Act::Introduced { to } => self.session.introduce(peer, to).await?,
        }
        Ok(true)
    }

    async fn send(&mut self, peer: &str, message: Uuid, to: &Address, body: &Body, patience: i64) -> Result<()> {
        // Whoever is not of the session is who they were.
        let to = self.names.get(to.peer.as_str()).and_then(|name| self.addresses.get(*name)).unwrap_or(to);
        let call = json!({ "instance": self.instance(peer)?, "to": to, "body": body, "deadline": patience });
        let sent: Uuid = self.session.ask(peer, "send", call).await?;
        self.ids.insert(message, sent);
        Ok(())
    }

    async fn take(&mut self, peer: &str, entry: Uuid) -> Result<()> {
        let taken: Option<Entry> = self.session.ask(peer, "next", json!({ "instance": self.instance(peer)? })).await?;
        let Some(taken) = taken else {
            return Err(self.different(peer, "took an entry out of its inbox, which is empty now"));
        };
        match self.ids.get(&entry) {
            Some(expected) if *expected != taken.id() => {
                Err(self.different(peer, "took another entry out of its inbox than the one that comes first now"))
            }
            None if matches!(taken, Entry::Message { .. }) => {
                Err(self.different(peer, "took a failure notice out of its inbox, and a message comes first now"))
            }
            _ => Ok(()),
        }
    }

    async fn fails(&self, peer: &str, message: Uuid, reason: FailureReason, outcome: Outcome) -> Result<()> {
        let id = self.id(peer, message)?;
        let end = self.find(peer, |step| match step {
            Step::Failed { message, reason, outcome, .. } if *message == id => Some(Some((*reason, *outcome))),
            Step::Acknowledged { message, .. } if *message == id => Some(None),
            _ => None,
        });
        match end.await {
            Some(Some(end)) if end == (reason, outcome) => Ok(()),
            Some(Some((now, _))) if now != reason => {
                Err(self.different(peer, &format!("gave a message up as {reason:?}, and now as {now:?}")))
            }
            Some(Some(_)) => Err(self.different(peer, "was told otherwise whether a failed message may have arrived")),
            Some(None) => Err(self.different(peer, "gave a message up that is delivered now")),
            None => Err(self.different(peer, "gave a message up")),
        }
    }

    async fn answer(&self, peer: &str, from: &str, accepted: bool) -> Result<()> {
        let all: Vec<mutiny_core::view::Invitation> = self.session.ask(peer, "invitations", Value::Null).await?;
        let who = self.addresses.get(from).map(|address| address.peer.as_str());
        let open = |it: &&mutiny_core::view::Invitation| {
            it.answer == mutiny_core::view::Answer::Open && Some(it.from.peer.as_str()) == who
        };
        let invitation = all.iter().find(open);
        let invitation =
            invitation.ok_or_else(|| self.different(peer, &format!("answered an invitation of {from}")))?;
        self.session.answer(peer, invitation.id, accepted).await
    }

    /// The invitation of a peer to another that stands for none yet.
    async fn invitation_of(&self, peer: &str, whom: &str, answer: bool) -> Option<Uuid> {
        self.find(peer, |step| match step {
            Step::Invited { message, peer, answer: is_answer, .. }
                if peer == whom && *is_answer == answer && !self.invited.contains(message) =>
            {
                Some(*message)
            }
            _ => None,
        })
        .await
    }

    async fn sees(&self, peer: &str, what: &str, is: impl Fn(&Step) -> bool) -> Result<()> {
        let seen = self.find(peer, |step| is(step).then_some(())).await;
        seen.ok_or_else(|| self.different(peer, what))
    }

    /// Waits a moment for a peer to be connected with another or not, or to have been so since the last act: how often it
    /// came and went before that is no measure, for one time more may have been enough.
    async fn comes_and_goes(&self, peer: &str, other: &str, is_there: bool) {
        let is_so = |records: vec_deque::Iter<'_, Record>| {
            let (mut now, mut act, mut last) = (None, f64::MIN, f64::MIN);
            for record in records {
                let turned = match &record.what {
                    What::Act(_) => {
                        act = act.max(record.at);
                        continue;
                    }
                    What::Step(Step::Connected { peer: to }) if record.peer == peer && to == other => true,
                    What::Step(Step::Disconnected { peer: to }) if record.peer == peer && to == other => false,
                    What::Step(_) => continue,
                };
                now = Some(turned);
                if turned == is_there {
                    last = record.at;
                }
            }
            (now == Some(is_there) || last > act).then_some(())
        };
        self.session.until(MOMENT, is_so).await.unwrap_or_default();
    }

    /// Waits for a step of a peer.
    async fn find<T>(&self, peer: &str, look: impl Fn(&Step) -> Option<T>) -> Option<T> {
        let of_peer = |record: &Record| match &record.what {
            What::Step(step) if record.peer == peer => look(step),
            _ => None,
        };
        self.session.until(self.patience, |mut records| records.find_map(of_peer)).await
    }

    /// What stands now for a message of the recording.
    fn id(&self, peer: &str, message: Uuid) -> Result<Uuid> {
        let known = self.ids.get(&message).copied();
        known.ok_or_else(|| self.different(peer, "had to do with a message that nobody in this session sent"))
    }

    /// The id that a recorded peer has now.
    fn now(&self, id: &str) -> String {
        let address = self.names.get(id).and_then(|name| self.addresses.get(*name));
        address.map_or(id, |address| &address.peer).to_owned()
    }

    fn name<'n>(&'n self, id: &'n str) -> &'n str {
        self.names.get(id).copied().unwrap_or("somebody else")
    }

    fn instance(&self, peer: &str) -> Result<Uuid> {
        self.addresses.get(peer).map(|it| it.instance).ok_or_else(|| Error::NoSuchPeer(peer.to_owned()))
    }

    fn different(&self, peer: &str, what: &str) -> Error {
        Error::Different(format!(
            "Happening {}: when it was recorded, {peer} {what}; waited {} s for it now.",
            self.number,
            self.patience.as_secs()
        ))
    }
}
