//! Wakes pages: an event of the host becomes a message on the page's channel.
//!
//! A busy app changes a thousand times a second what is to be told, and each message is work for the main thread and for the
//! page. So what happens while a page is being told something is told together after that, and once. It may also be left alone
//! for a while in between.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::mem;
use std::pin::pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use mutiny_core::Event;
use serde::Serialize;
use tauri::async_runtime::{self, JoinHandle};
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager, WebviewWindow};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::oneshot;
use tokio::time;

/// The running watchers, one for each webview. A page that loads anew replaces the watcher of the page before it.
#[derive(Default)]
pub(crate) struct Watchers(Mutex<HashMap<String, JoinHandle<()>>>);

impl Watchers {
    /// Starts to tell the `page` of a window of events, as far as `translate` gives words for them. After events were
    /// missed it is told `anew`: everything that could have been missed. It is left alone for `rest` between two tellings.
    pub(crate) fn start<T: Serialize + Clone + Eq + Hash + Send + Sync + 'static>(
        &self,
        page: &WebviewWindow,
        events: Receiver<Event>,
        channel: Channel<T>,
        translate: impl Fn(Event) -> Option<T> + Send + Sync + 'static,
        anew: Vec<T>,
        rest: Duration,
    ) {
        let app = page.app_handle().clone();
        let pump = pump(events, translate, anew, rest, move |words| in_one_turn(app.clone(), channel.clone(), words));
        let before = self.lock().insert(page.label().to_owned(), async_runtime::spawn(pump));
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

/// Tells a page all of these in one turn on the main thread. Each by itself would wait for a turn of its own, and where pages
/// leave few of them, whatever else the program has to do would come after all of these. Returns whether somebody listens.
async fn in_one_turn<T: Serialize + Send + Sync + 'static>(app: AppHandle, channel: Channel<T>, words: Vec<T>) -> bool {
    let (told, heard) = oneshot::channel();
    let tell = move || {
        // Fails when the watcher has ended meanwhile.
        let _ = told.send(words.into_iter().all(|word| channel.send(word).is_ok()));
    };
    app.run_on_main_thread(tell).is_ok() && heard.await == Ok(true)
}

/// Runs until the host stops or `tell` says that nobody listens any more.
async fn pump<T: Clone + Eq + Hash, Told: Future<Output = bool>>(
    mut events: Receiver<Event>,
    translate: impl Fn(Event) -> Option<T>,
    anew: Vec<T>,
    rest: Duration,
    tell: impl Fn(Vec<T>) -> Told,
) {
    let mut words = Words(Vec::new(), HashSet::new());
    // Whether there may be more.
    let note = |words: &mut Words<T>, event| {
        match event {
            Ok(event) => words.add(translate(event)),
            Err(RecvError::Lagged(_)) => words.add(anew.iter().cloned()),
            Err(RecvError::Closed) => return false,
        }
        true
    };
    loop {
        while words.0.is_empty() {
            if !note(&mut words, events.recv().await) {
                return;
            }
        }
        let told = words.take();
        let mut telling = pin!(async {
            let heard = tell(told).await;
            if heard && !rest.is_zero() {
                time::sleep(rest).await;
            }
            heard
        });
        // What changes meanwhile is told next, together.
        let mut more = true;
        let heard = loop {
            tokio::select! {
                biased;
                event = events.recv(), if more => more = note(&mut words, event),
                heard = &mut telling => break heard,
            }
        };
        if !heard {
            return;
        }
    }
}

/// What is to be told, in order and once.
struct Words<T>(Vec<T>, HashSet<T>);

impl<T: Clone + Eq + Hash> Words<T> {
    fn add(&mut self, words: impl IntoIterator<Item = T>) {
        for word in words {
            if self.1.insert(word.clone()) {
                self.0.push(word);
            }
        }
    }

    fn take(&mut self) -> Vec<T> {
        self.1.clear();
        mem::take(&mut self.0)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::cell::RefCell;
    use std::future::ready;

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

    /// Every telling of a page that listens to so many.
    async fn told(capacity: usize, sent: &[Topic], patience: usize) -> Vec<Vec<Topic>> {
        let (events, watcher) = broadcast::channel(capacity);
        for topic in sent {
            events.send(Event::Changed(*topic)).unwrap();
        }
        drop(events);
        let told = RefCell::new(Vec::new());
        let anew = vec![Topic::Me, Topic::Peers];
        pump(watcher, topic, anew, Duration::ZERO, |words| {
            told.borrow_mut().push(words);
            ready(told.borrow().len() < patience)
        })
        .await;
        told.into_inner()
    }

    #[tokio::test]
    async fn what_happens_while_a_page_is_told_is_told_next_in_order_and_once() {
        let sent = [Topic::Peers, Topic::Me, Topic::Peers, Topic::Me];
        assert_eq!(told(8, &sent, 9).await, [vec![Topic::Peers], vec![Topic::Me, Topic::Peers]]);
    }

    #[tokio::test]
    async fn a_watcher_that_fell_behind_is_told_everything() {
        let sent = [Topic::Instances, Topic::Invitations, Topic::Instances];
        assert_eq!(told(1, &sent, 9).await, [vec![Topic::Me, Topic::Peers], vec![Topic::Instances]]);
    }

    #[tokio::test]
    async fn it_ends_when_nobody_listens() {
        assert_eq!(told(8, &[Topic::Peers, Topic::Me, Topic::Peers], 1).await, [vec![Topic::Peers]]);
    }

    #[tokio::test]
    async fn a_page_that_rests_hears_of_what_came_meanwhile() {
        let (events, watcher) = broadcast::channel(8);
        let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
        tokio::spawn(pump(watcher, topic, Vec::new(), REST, move |words| ready(tell.send(words).is_ok())));
        events.send(Event::Changed(Topic::Peers)).unwrap();
        assert_eq!(told.recv().await, Some(vec![Topic::Peers]));
        for topic in [Topic::Peers, Topic::Me, Topic::Peers] {
            events.send(Event::Changed(topic)).unwrap();
        }
        assert_eq!(told.recv().await, Some(vec![Topic::Peers, Topic::Me]));
        drop(events);
        assert_eq!(told.recv().await, None);
    }
}
