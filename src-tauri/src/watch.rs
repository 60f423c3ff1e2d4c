//! Wakes pages: an event of the host becomes a message on the page's channel.
//!
//! A busy app changes a thousand times a second what the launcher shows, and each message is work for the main thread and for
//! the page. So a page may be left alone for a while after it was told something; what changes meanwhile is told together, once.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use mutiny_core::Event;
use serde::Serialize;
use tauri::async_runtime::{self, JoinHandle};
use tauri::ipc::Channel;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::time;

/// The running watchers, one for each webview. A page that loads anew replaces the watcher of the page before it.
#[derive(Default)]
pub(crate) struct Watchers(Mutex<HashMap<String, JoinHandle<()>>>);

impl Watchers {
    /// Starts to tell the page in `webview` of events, as far as `translate` gives words for them. After events were
    /// missed it is told `anew`: everything that could have been missed. It is left alone for `rest` between two tellings.
    pub(crate) fn start<T: Serialize + Clone + PartialEq + Send + Sync + 'static>(
        &self,
        webview: &str,
        events: Receiver<Event>,
        channel: Channel<T>,
        translate: impl Fn(Event) -> Option<T> + Send + 'static,
        anew: Vec<T>,
        rest: Duration,
    ) {
        let pump = pump(events, translate, anew, rest, move |word| channel.send(word).is_ok());
        let before = self.lock().insert(webview.to_owned(), async_runtime::spawn(pump));
        if let Some(before) = before {
            before.abort();
        }
    }

    /// Ends the watcher of a webview that is gone.
    pub(crate) fn end(&self, webview: &str) {
        if let Some(watcher) = self.lock().remove(webview) {
            watcher.abort();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, JoinHandle<()>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs until the host stops or `tell` says that nobody listens any more.
async fn pump<T: Clone + PartialEq>(
    mut events: Receiver<Event>,
    translate: impl Fn(Event) -> Option<T>,
    anew: Vec<T>,
    rest: Duration,
    tell: impl Fn(T) -> bool,
) {
    let mut words = Vec::new();
    let note = |words: &mut Vec<T>, word: T| {
        if !words.contains(&word) {
            words.push(word);
        }
    };
    loop {
        match events.recv().await {
            Ok(event) => translate(event).into_iter().for_each(|word| note(&mut words, word)),
            Err(RecvError::Lagged(_)) => anew.iter().cloned().for_each(|word| note(&mut words, word)),
            Err(RecvError::Closed) => return,
        }
        // Only where it rests is there anything to tell together.
        while !rest.is_zero() {
            match events.try_recv() {
                Ok(event) => translate(event).into_iter().for_each(|word| note(&mut words, word)),
                Err(TryRecvError::Lagged(_)) => anew.iter().cloned().for_each(|word| note(&mut words, word)),
                Err(TryRecvError::Empty | TryRecvError::Closed) => break,
            }
        }
        let told = !words.is_empty();
        if !words.drain(..).all(&tell) {
            return;
        }
        if told && !rest.is_zero() {
            time::sleep(rest).await;
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::cell::RefCell;

    use mutiny_core::view::Topic;
    use tokio::sync::broadcast;

    use super::*;

    fn topic(event: Event) -> Option<Topic> {
        match event {
            Event::Changed(topic) => Some(topic),
            Event::App(..) => None,
        }
    }

    const REST: Duration = Duration::from_millis(1);

    async fn told(capacity: usize, sent: &[Topic], patience: usize, rest: Duration) -> Vec<Topic> {
        let (events, watcher) = broadcast::channel(capacity);
        for topic in sent {
            events.send(Event::Changed(*topic)).unwrap();
        }
        drop(events);
        let told = RefCell::new(Vec::new());
        let anew = vec![Topic::Me, Topic::Peers];
        pump(watcher, topic, anew, rest, |word| {
            told.borrow_mut().push(word);
            told.borrow().len() < patience
        })
        .await;
        told.into_inner()
    }

    #[tokio::test]
    async fn every_event_is_told_in_order() {
        let sent = [Topic::Peers, Topic::Me, Topic::Peers];
        assert_eq!(told(8, &sent, 9, Duration::ZERO).await, sent);
    }

    #[tokio::test]
    async fn a_watcher_that_fell_behind_is_told_everything() {
        let sent = [Topic::Instances, Topic::Invitations, Topic::Instances];
        assert_eq!(told(1, &sent, 9, Duration::ZERO).await, [Topic::Me, Topic::Peers, Topic::Instances]);
    }

    #[tokio::test]
    async fn it_ends_when_nobody_listens() {
        let sent = [Topic::Peers, Topic::Me, Topic::Peers];
        assert_eq!(told(8, &sent, 1, Duration::ZERO).await, [Topic::Peers]);
    }

    #[tokio::test]
    async fn what_changes_often_is_told_once_and_never_forgotten() {
        let sent = [Topic::Peers, Topic::Me, Topic::Peers];
        assert_eq!(told(8, &sent, 9, REST).await, [Topic::Peers, Topic::Me]);
        let lagging = [Topic::Instances, Topic::Invitations, Topic::Peers];
        assert_eq!(told(1, &lagging, 9, REST).await, [Topic::Me, Topic::Peers]);
    }

    #[tokio::test]
    async fn a_page_that_rests_hears_of_what_came_meanwhile() {
        let (events, watcher) = broadcast::channel(8);
        let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
        tokio::spawn(pump(watcher, topic, Vec::new(), REST, move |word| tell.send(word).is_ok()));
        events.send(Event::Changed(Topic::Peers)).unwrap();
        assert_eq!(told.recv().await, Some(Topic::Peers));
        for topic in [Topic::Peers, Topic::Me, Topic::Peers] {
            events.send(Event::Changed(topic)).unwrap();
        }
        assert_eq!([told.recv().await, told.recv().await], [Some(Topic::Peers), Some(Topic::Me)]);
        drop(events);
        assert_eq!(told.recv().await, None);
    }
}
