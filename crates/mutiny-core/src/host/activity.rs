//! How own messages fare: what the person sees of delivery, and what they can do about it.

use std::collections::{HashMap, HashSet};
use std::fmt::Display;
use std::str::FromStr;
use std::time::Duration;

use libp2p::PeerId;
use mutiny_delivery::message::Peer;
use rusqlite::Connection;
use tokio::sync::broadcast;
use uuid::Uuid;

use super::people::shown_name;
use super::{Event, Host};
use crate::clock::wall;
use crate::delivery::driver::{Order, key};
use crate::error::{Error, Result};
use crate::network::Outlook;
use crate::store::activity::{self, COUNTED, Fare, Marked, Places};
use crate::store::{Db, instances, outbox, peers};
use crate::view::{AppEvent, Exchange, Holdup, MessageState, Outcome, OwnMessages, Status, Topic, Trust, Withdrawal};

/// How many messages a page has.
const PAGE: usize = 50;

/// How many messages are withdrawn in one transaction: few enough that nobody else waits long.
const CHUNK: usize = 2_000;

/// How long a withdrawal waits for the answer to what is on its way.
const PATIENCE: Duration = Duration::from_secs(2);

impl Host {
    /// What went from each instance to each peer, summed up: where something waits first, then what is newest.
    pub async fn activity(&self) -> Result<Vec<Exchange>> {
        let host = self.clone();
        let (mut exchanges, blocked) = self.0.store.read(move |db| host.exchanges(db)).await?;
        let waited_for = exchanges.iter().filter(|it| it.waiting > 0).filter_map(|it| it.peer.parse().ok());
        let holdups = self.holdups(waited_for.collect(), &blocked).await;
        for exchange in exchanges.iter_mut().filter(|it| it.waiting > 0) {
            let holdup = exchange.peer.parse().ok().and_then(|peer: PeerId| holdups.get(&peer));
            exchange.holdup = holdup.cloned().unwrap_or(Holdup::None);
        }
        exchanges.sort_by_key(|it| (it.waiting == 0, std::cmp::Reverse(it.last)));
        Ok(exchanges)
    }

    /// Where an own message stands, and when its target is tried next. That the person blocked somebody is no app's
    /// business: to apps, such a peer is away.
    ///
    /// # Errors
    /// [`Error::UnknownMessage`].
    pub async fn status(&self, instance: Uuid, message: Uuid) -> Result<Status> {
        let found = self
            .0
            .store
            .read(move |db| {
                let queued = match outbox::state(db, instance, message)? {
                    MessageState::Delivered => return Ok(Ok(Status::Delivered)),
                    MessageState::Failed => {
                        let (reason, outcome) = activity::failure(db, message)?;
                        return Ok(Ok(Status::Failed { reason, outcome }));
                    }
                    MessageState::Queued => activity::waits_for(db, message)?,
                };
                let peer = queued.and_then(|peer| PeerId::from_bytes(&peer.0).ok());
                let peer = peer.ok_or(Error::UnknownMessage(message))?;
                let is_blocked = peers::get(db, &peer)?.is_some_and(|peer| peer.trust == Trust::Blocked);
                Ok(Err((peer, is_blocked)))
            })
            .await?;
        let (peer, is_blocked) = match found {
            Ok(ended) => return Ok(ended),
            Err(waits_for) => waits_for,
        };
        let blocked = is_blocked.then_some(peer).into_iter().collect();
        let (online, next_try) = match self.holdups([peer].into(), &blocked).await.remove(&peer) {
            Some(Holdup::None) => (true, None),
            Some(Holdup::Away { next, .. }) => (false, next),
            Some(Holdup::Blocked) | None => (false, None),
        };
        Ok(Status::Queued { online, next_try })
    }

    /// What messages to each of these peers wait for.
    async fn holdups(&self, peers: HashSet<PeerId>, blocked: &HashSet<PeerId>) -> HashMap<PeerId, Holdup> {
        let is_here = |peer: &PeerId| *peer == self.0.me || self.0.presence.is_online(peer);
        let away: Vec<PeerId> = peers.iter().filter(|peer| !is_here(peer)).copied().collect();
        // Nobody waits for the network where it has nothing to say.
        let outlooks = if away.is_empty() { HashMap::new() } else { self.0.network.outlook(away).await };
        let holdup = |peer: PeerId| {
            let holdup = if blocked.contains(&peer) {
                Holdup::Blocked
            } else if is_here(&peer) {
                Holdup::None
            } else {
                away_since(outlooks.get(&peer))
            };
            (peer, holdup)
        };
        peers.into_iter().map(holdup).collect()
    }

    /// A page of the messages from an instance to a peer that stand so; the first one, or the one behind `after`, which
    /// the page before named.
    ///
    /// # Errors
    /// [`Error::BadPeer`], and [`Error::InvalidArgument`] for an `after` that no page named.
    pub async fn own_messages(
        &self,
        instance: Uuid,
        peer: &str,
        state: MessageState,
        after: Option<String>,
    ) -> Result<OwnMessages> {
        let peer = key(&peer_id(peer)?);
        self.0
            .store
            .read(move |db| match state {
                MessageState::Queued => queued(db, (instance, &peer), after.as_deref()),
                MessageState::Delivered => delivered(db, (instance, &peer), after.as_deref()),
                MessageState::Failed => failed(db, (instance, &peer), after.as_deref()),
            })
            .await
    }

    /// Withdraws a message of an instance. One that still waits ends as failed at once, with a notice in the inbox; one
    /// that is on its way ends as the other side's answer says.
    ///
    /// # Errors
    /// [`Error::UnknownMessage`].
    pub async fn withdraw(&self, instance: Uuid, message: Uuid) -> Result<Withdrawal> {
        let events = self.events();
        let marked = self
            .mark(move |db| {
                let marked = activity::withdraw(db, instance, message)?;
                if marked.is_none() {
                    // Says so where there never was such a message.
                    outbox::state(db, instance, message)?;
                }
                Ok(marked.into_iter().collect())
            })
            .await?;
        if !marked.is_empty() {
            self.settled(&marked, events).await?;
        }
        self.tally(vec![(instance, message)]).await
    }

    /// Withdraws all that waits for a peer: what one instance sent, or all of them.
    ///
    /// # Errors
    /// [`Error::BadPeer`].
    pub async fn withdraw_all(&self, peer: &str, instance: Option<Uuid>) -> Result<Withdrawal> {
        let peer = key(&peer_id(peer)?);
        let mut sum = Withdrawal::default();
        loop {
            let (events, peer) = (self.events(), peer.clone());
            let marked = self.mark(move |db| activity::withdraw_some(db, &peer, instance, CHUNK)).await?;
            if marked.is_empty() {
                return Ok(sum);
            }
            self.settled(&marked, events).await?;
            let tally = self.tally(marked.into_iter().map(|marked| (marked.source, marked.id)).collect()).await?;
            sum.withdrawn += tally.withdrawn;
            sum.uncertain += tally.uncertain;
            sum.arrived += tally.arrived;
            sum.under_way += tally.under_way;
        }
    }

    /// Tries to reach a peer at once, and offers it at once what it had no time for.
    ///
    /// # Errors
    /// [`Error::BadPeer`].
    pub async fn retry(&self, peer: &str) -> Result<()> {
        let peer = peer_id(peer)?;
        let addresses = self.0.store.read(move |db| peers::addresses(db, &peer)).await?;
        self.0.network.hurry(peer, addresses);
        self.0.driver.tell(Order::Hurry(peer));
        self.announce(Event::Changed(Topic::Activity));
        Ok(())
    }

    /// Marks messages as withdrawn, and has the machine see to them after the commit.
    async fn mark(&self, work: impl FnOnce(&Db) -> Result<Vec<Marked>> + Send + 'static) -> Result<Vec<Marked>> {
        let driver = self.0.driver.clone();
        self.0
            .store
            .write_and(work, move |marked| {
                let flows: HashSet<_> = marked.iter().map(|marked| (marked.flow, marked.peer.clone())).collect();
                flows.into_iter().for_each(|(flow, peer)| driver.tell(Order::Withdrawn(flow, peer)));
            })
            .await
    }

    /// Waits until none of these is queued any more, but not for an answer that does not come.
    async fn settled(&self, marked: &[Marked], mut events: broadcast::Receiver<Event>) -> Result<()> {
        let mut open: HashSet<Uuid> = marked.iter().map(|marked| marked.id).collect();
        let all_ended = async {
            while !open.is_empty() {
                match events.recv().await {
                    Ok(Event::App(_, AppEvent::Delivery { id, .. })) => drop(open.remove(&id)),
                    Ok(_) => {}
                    Err(broadcast::error::RecvError::Lagged(_)) => open = self.still_queued(marked).await?,
                    Err(broadcast::error::RecvError::Closed) => return Err(Error::Stopped),
                }
            }
            Ok(())
        };
        tokio::time::timeout(PATIENCE, all_ended).await.unwrap_or(Ok(()))
    }

    async fn still_queued(&self, marked: &[Marked]) -> Result<HashSet<Uuid>> {
        let marked: Vec<(Uuid, Uuid)> = marked.iter().map(|marked| (marked.source, marked.id)).collect();
        self.0
            .store
            .read(move |db| {
                let mut queued = HashSet::new();
                for (instance, id) in marked {
                    if outbox::state(db, instance, id)? == MessageState::Queued {
                        queued.insert(id);
                    }
                }
                Ok(queued)
            })
            .await
    }

    /// What became of messages that were withdrawn.
    async fn tally(&self, messages: Vec<(Uuid, Uuid)>) -> Result<Withdrawal> {
        self.0
            .store
            .read(move |db| {
                let mut sum = Withdrawal::default();
                for (instance, id) in messages {
                    match outbox::state(db, instance, id)? {
                        MessageState::Queued => sum.under_way += 1,
                        MessageState::Delivered => sum.arrived += 1,
                        MessageState::Failed => {
                            sum.withdrawn += 1;
                            sum.uncertain += u32::from(activity::failure(db, id)?.1 == Outcome::Unknown);
                        }
                    }
                }
                Ok(sum)
            })
            .await
    }

    /// The sums, without what the network knows; and the peers among them that are blocked.
    fn exchanges(&self, db: &Connection) -> Result<(Vec<Exchange>, HashSet<PeerId>)> {
        let mut own: HashMap<Uuid, instances::Instance> =
            instances::all(db)?.into_iter().map(|instance| (instance.id, instance)).collect();
        let mut names: HashMap<PeerId, String> = HashMap::new();
        let mut blocked = HashSet::new();
        let mut sums: HashMap<(Uuid, Peer), Exchange> = HashMap::new();
        for fare in activity::fares(db)? {
            let Ok(peer) = PeerId::from_bytes(&fare.peer.0) else { continue };
            if let Some(sum) = sums.get_mut(&(fare.source, fare.peer.clone())) {
                add(sum, &fare);
                continue;
            }
            let Some(instance) = own.get_mut(&fare.source) else { continue };
            if let std::collections::hash_map::Entry::Vacant(entry) = names.entry(peer) {
                let known = peers::get(db, &peer)?;
                if known.as_ref().is_some_and(|peer| peer.trust == Trust::Blocked) {
                    blocked.insert(peer);
                }
                let own_name = (peer == self.0.me).then(|| self.name());
                entry.insert(
                    own_name.unwrap_or_else(|| shown_name(known.and_then(|peer| peer.own_name.or(peer.name)), &peer)),
                );
            }
            let mut sum = Exchange {
                instance: instance.id,
                label: instance.label.clone().unwrap_or_else(|| instance.app.name.clone()),
                app_id: instance.app.id.clone(),
                app_name: instance.app.name.clone(),
                peer: peer.to_base58(),
                name: names[&peer].clone(),
                waiting: 0,
                since: None,
                failed: 0,
                delivered: 0,
                last: fare.last,
                holdup: Holdup::None,
            };
            add(&mut sum, &fare);
            sums.insert((fare.source, fare.peer), sum);
        }
        Ok((sums.into_values().collect(), blocked))
    }
}

fn add(sum: &mut Exchange, fare: &Fare) {
    sum.waiting = (sum.waiting + fare.waiting).min(COUNTED);
    sum.failed = (sum.failed + fare.failed).min(COUNTED);
    sum.delivered = (sum.delivered + fare.delivered).min(COUNTED);
    sum.since = sum.since.into_iter().chain(fare.since).min();
    sum.last = sum.last.max(fare.last);
}

fn away_since(outlook: Option<&Outlook>) -> Holdup {
    let Some(outlook) = outlook else {
        return Holdup::Away { attempts: 0, trying: false, next: None, trouble: None };
    };
    Holdup::Away {
        attempts: outlook.attempts,
        trying: outlook.trying,
        next: outlook.next.map(|wait| wall().saturating_add(wait.as_millis() as i64)),
        trouble: outlook.trouble,
    }
}

fn queued(db: &Connection, between: (Uuid, &Peer), after: Option<&str>) -> Result<OwnMessages> {
    let mut places: Vec<(i64, i64)> = after.map_or(Ok(Vec::new()), read_places)?;
    let mut found = activity::queued(db, between, &places, PAGE + 1)?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    for (_, (flow, seq)) in &found {
        match places.iter_mut().find(|(known, _)| known == flow) {
            Some((_, behind)) => *behind = *seq,
            None => places.push((*flow, *seq)),
        }
    }
    let next = more.then(|| write_places(&places));
    Ok(OwnMessages { messages: found.into_iter().map(|(message, _)| message).collect(), next })
}

fn delivered(db: &Connection, between: (Uuid, &Peer), after: Option<&str>) -> Result<OwnMessages> {
    let places: Option<Places> = after.map(read_places).transpose()?;
    let (messages, places) = activity::deliveries(db, between, places.as_ref(), PAGE)?;
    Ok(OwnMessages { messages, next: (!places.is_empty()).then(|| write_places(&places)) })
}

/// Where a page ends: flows, and a place in each.
fn write_places<T: Display>(places: &[(i64, T)]) -> String {
    places.iter().map(|(flow, place)| format!("{flow}:{place}")).collect::<Vec<_>>().join(",")
}

fn read_places<T: FromStr>(text: &str) -> Result<Vec<(i64, T)>> {
    let place = |text: &str| text.split_once(':').and_then(|(flow, at)| Some((flow.parse().ok()?, at.parse().ok()?)));
    text.split(',').map(place).collect::<Option<_>>().ok_or_else(no_such_page)
}

fn failed(db: &Connection, between: (Uuid, &Peer), after: Option<&str>) -> Result<OwnMessages> {
    let before = after.map(|text| text.parse().map_err(|_| no_such_page())).transpose()?;
    let mut messages = activity::failures(db, between, before, PAGE + 1)?;
    let more = messages.len() > PAGE;
    messages.truncate(PAGE);
    let next = messages.last().filter(|_| more).map(|last| last.id.to_string());
    Ok(OwnMessages { messages, next })
}

fn no_such_page() -> Error {
    Error::InvalidArgument("There is no such page of messages. Begin with the first.".into())
}

fn peer_id(text: &str) -> Result<PeerId> {
    text.trim().parse().map_err(|_| Error::BadPeer(text.chars().take(80).collect()))
}
