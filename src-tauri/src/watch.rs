//! Wakes pages: an event of the host becomes a message on the page's channel.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use mutiny_core::Event;
use serde::Serialize;
use tauri::async_runtime::{self, JoinHandle};
use tauri::ipc::Channel;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

/// The running watchers, one for each webview. A page that loads anew replaces the watcher of the page before it.
#[derive(Default)]
pub(crate) struct Watchers(Mutex<HashMap<String, JoinHandle<()>>>);

impl Watchers {
    /// Starts to tell the page in `webview` of events, as far as `translate` gives words for them. After events were
    /// missed it is told `anew`: everything that could have been missed.
    pub(crate) fn start<T: Serialize + Clone + Send + Sync + 'static>(
        &self,
        webview: &str,
        events: Receiver<Event>,
        channel: Channel<T>,
        translate: impl Fn(Event) -> Option<T> + Send + 'static,
        anew: Vec<T>,
    ) {
        let pump = pump(events, translate, anew, move |word| channel.send(word).is_ok());
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
async fn pump<T: Clone>(
    mut events: Receiver<Event>,
    translate: impl Fn(Event) -> Option<T>,
    anew: Vec<T>,
    tell: impl Fn(T) -> bool,
) {
    loop {
        let listening = match events.recv().await {
            Ok(event) => translate(event).is_none_or(&tell),
            Err(RecvError::Lagged(_)) => anew.iter().cloned().all(&tell),
            Err(RecvError::Closed) => false,
        };
        if !listening {
            return;
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

    async fn told(capacity: usize, sent: &[Topic], patience: usize) -> Vec<Topic> {
        let (events, watcher) = broadcast::channel(capacity);
        for topic in sent {
            events.send(Event::Changed(*topic)).unwrap();
        }
        drop(events);
        let told = RefCell::new(Vec::new());
        let anew = vec![Topic::Me, Topic::Peers];
        pump(watcher, topic, anew, |word| {
            told.borrow_mut().push(word);
            told.borrow().len() < patience
        })
        .await;
        told.into_inner()
    }

    #[tokio::test]
    async fn every_event_is_told_in_order() {
        let sent = [Topic::Peers, Topic::Me, Topic::Peers];
        assert_eq!(told(8, &sent, 9).await, sent);
    }

    #[tokio::test]
    async fn a_watcher_that_fell_behind_is_told_everything() {
        let sent = [Topic::Instances, Topic::Invitations, Topic::Instances];
        assert_eq!(told(1, &sent, 9).await, [Topic::Me, Topic::Peers, Topic::Instances]);
    }

    #[tokio::test]
    async fn it_ends_when_nobody_listens() {
        let sent = [Topic::Peers, Topic::Me, Topic::Peers];
        assert_eq!(told(8, &sent, 1).await, [Topic::Peers]);
    }
}
