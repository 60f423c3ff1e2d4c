//! What a peer does with messages: sends them, waits for them, takes them out of inboxes.

use std::collections::HashSet;
use std::pin::pin;
use std::time::Duration;

use futures::stream::{self, StreamExt, TryStreamExt};
use mutiny_core::view::{AppEvent, Body, Status};
use mutiny_core::{Event, Host};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;
use uuid::Uuid;

use super::{Flow, Sent};
use crate::{Failure, Result, clock};

/// How many calls of `next()` are under way where inboxes are emptied.
const TAKING: usize = 256;

/// Sends messages in turns over the flows.
pub(super) async fn send(host: &Host, flows: &[Flow], messages: usize, size: usize, in_flight: usize) -> Result<Sent> {
    let begun = clock::now();
    let mut sent = stream::iter(0..messages)
        .map(|number| {
            let flow = number % flows.len();
            async move { Ok::<_, Failure>((flow, call(host, &flows[flow], number, size).await?)) }
        })
        .buffered(in_flight);
    let mut last: Vec<Option<Uuid>> = vec![None; flows.len()];
    while let Some((flow, id)) = sent.try_next().await? {
        last[flow] = Some(id);
    }
    let done = clock::now();
    let last = flows.iter().zip(last).filter_map(|(flow, id)| Some((flow.from, id?))).collect();
    Ok(Sent { begun, done, last })
}

/// Sends messages, and waits until all are acknowledged. Listens meanwhile: to ask for each flow afterwards would count as
/// time of the last message.
pub(super) async fn deliver(
    host: &Host,
    flows: &[Flow],
    messages: usize,
    size: usize,
    in_flight: usize,
) -> Result<Sent> {
    let mut events = host.events();
    let mut heard = HashSet::new();
    let mut missed = false;
    let mut sent = {
        let mut sending = pin!(send(host, flows, messages, size, in_flight));
        loop {
            tokio::select! {
                sent = &mut sending => break sent?,
                event = events.recv() => match heard_of(event)? {
                    Heard::Delivered(id) => drop(heard.insert(id)),
                    Heard::Other => {}
                    Heard::Missed => missed = true,
                },
            }
        }
    };
    let open = sent.last.iter().filter(|(_, message)| !heard.contains(message)).copied().collect();
    sent.done = until_delivered(host, events, open, missed).await?;
    Ok(sent)
}

/// Waits until each of these messages is delivered: instances, and a message of theirs.
pub(super) async fn acknowledged(host: &Host, messages: &[(Uuid, Uuid)]) -> Result<f64> {
    until_delivered(host, host.events(), messages.to_vec(), true).await
}

/// `missed`: some of them may be delivered without having been heard of.
async fn until_delivered(
    host: &Host,
    mut events: broadcast::Receiver<Event>,
    mut open: Vec<(Uuid, Uuid)>,
    mut missed: bool,
) -> Result<f64> {
    loop {
        if missed {
            let mut left = Vec::new();
            for (instance, message) in open {
                if !is_delivered(host, instance, message).await? {
                    left.push((instance, message));
                }
            }
            open = left;
            missed = false;
        }
        if open.is_empty() {
            return Ok(clock::now());
        }
        match heard_of(events.recv().await)? {
            Heard::Delivered(id) => open.retain(|(_, message)| *message != id),
            Heard::Other => {}
            Heard::Missed => missed = true,
        }
    }
}

/// What an event says of deliveries.
enum Heard {
    Delivered(Uuid),
    Other,
    /// There were more events than were kept.
    Missed,
}

fn heard_of(event: std::result::Result<Event, RecvError>) -> Result<Heard> {
    match event {
        Ok(Event::App(_, AppEvent::Delivery { id, status: Status::Delivered })) => Ok(Heard::Delivered(id)),
        Ok(Event::App(_, AppEvent::Delivery { status: Status::Failed { .. }, .. })) => {
            Err("a message has failed".into())
        }
        Ok(_) => Ok(Heard::Other),
        Err(RecvError::Lagged(_)) => Ok(Heard::Missed),
        Err(RecvError::Closed) => Err("the host has stopped".into()),
    }
}

async fn is_delivered(host: &Host, instance: Uuid, message: Uuid) -> Result<bool> {
    match host.status(instance, message).await? {
        Status::Queued { .. } => Ok(false),
        Status::Delivered => Ok(true),
        Status::Failed { .. } => Err("a message has failed".into()),
    }
}

/// Sends messages at a steady pace. Gives their ids, with the times of the calls.
pub(super) async fn pace(
    host: &Host,
    flow: &Flow,
    messages: usize,
    size: usize,
    per_second: f64,
) -> Result<Vec<(Uuid, f64)>> {
    let begun = Instant::now();
    let mut calls = Vec::with_capacity(messages);
    for number in 0..messages {
        tokio::time::sleep_until(begun + Duration::from_secs_f64(number as f64 / per_second)).await;
        let (host, flow) = (host.clone(), flow.clone());
        calls.push(tokio::spawn(async move {
            let called = clock::now();
            Ok::<_, Failure>((call(&host, &flow, number, size).await?, called))
        }));
    }
    let mut sent = Vec::with_capacity(messages);
    for call in calls {
        sent.push(call.await??);
    }
    Ok(sent)
}

/// Takes everything out of inboxes.
pub(super) async fn empty(host: &Host, instances: &[Uuid]) -> Result<usize> {
    let mut taken = 0;
    for instance in instances {
        loop {
            let entries: Vec<_> = stream::iter(0..TAKING)
                .map(|_| host.next(*instance, None))
                .buffer_unordered(TAKING)
                .try_filter_map(async |entry| Ok(entry))
                .try_collect()
                .await?;
            taken += entries.len();
            if entries.len() < TAKING {
                break;
            }
        }
    }
    Ok(taken)
}

async fn call(host: &Host, flow: &Flow, number: usize, size: usize) -> Result<Uuid> {
    Ok(host.send(flow.from, &flow.to, Body::Bytes(vec![number as u8; size]), None).await?)
}
