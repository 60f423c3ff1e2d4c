//! Questions to the person that an app gives rise to: may it, and whom to invite.
//!
//! They are asked in a window of the host's own above the app's, where no page can draw, click or listen. The page of that
//! window speaks through the plugin `ask`, which `capabilities/ask.json` gives to windows of that kind alone; which question
//! it is about follows from its label.
//!
//! An app cannot wear the person down: a permission that was refused is remembered and not asked for again, there is one
//! question at a time, and after a chooser was closed the next one has to wait, longer each time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use mutiny_core::Host;
use mutiny_core::view::{Decision, Permission, Question};
use tauri::{AppHandle, Manager};
use tokio::sync::oneshot;
use uuid::Uuid;

use self::patience::Patience;
use crate::error::Result;
use crate::label;

mod commands;
mod patience;
mod window;

pub(crate) use commands::plugin;

/// What the person said.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Answer {
    /// No, or nobody.
    No,
    /// Yes.
    Yes,
    /// This peer.
    Peer(String),
}

/// A question that is on the screen.
struct Open {
    instance: Uuid,
    question: Question,
    /// Dropped where the question goes away without an answer.
    answer: oneshot::Sender<Answer>,
}

/// What of an instance is remembered between its questions.
#[derive(Default)]
struct Turn {
    /// Held while a question of the instance is on the screen.
    one_at_a_time: Arc<tokio::sync::Mutex<()>>,
    patience: Patience,
}

/// All questions.
#[derive(Default)]
pub(crate) struct Questions {
    /// By the labels of their windows.
    open: Mutex<HashMap<String, Open>>,
    turns: Mutex<HashMap<Uuid, Turn>>,
}

impl Questions {
    /// The person closes a question's window, which is to say no.
    pub(crate) fn closed_by_person(&self, webview: &str) {
        self.answer(webview, Answer::No);
    }

    /// A window is gone. Was it a question, it ends without an answer; was it an app's, its questions go with it.
    pub(crate) fn gone(&self, app: &AppHandle, webview: &str) {
        lock(&self.open).remove(webview);
        let Some(instance) = label::instance(webview) else { return };
        lock(&self.turns).remove(&instance);
        let orphans: Vec<String> = lock(&self.open)
            .iter()
            .filter(|(_, open)| open.instance == instance)
            .map(|(label, _)| label.clone())
            .collect();
        orphans.iter().for_each(|label| window::close(app, label));
    }

    /// The question that a window is about.
    fn of(&self, webview: &str) -> Option<(Uuid, Question)> {
        lock(&self.open).get(webview).map(|open| (open.instance, open.question))
    }

    /// Passes an answer on. It counts once: the window has no question any more then.
    fn answer(&self, webview: &str, answer: Answer) {
        if let Some(open) = lock(&self.open).remove(webview) {
            // Fails when nobody waits any more.
            let _ = open.answer.send(answer);
        }
    }

    fn turn(&self, instance: Uuid) -> Arc<tokio::sync::Mutex<()>> {
        lock(&self.turns).entry(instance).or_default().one_at_a_time.clone()
    }

    fn patience<T>(&self, instance: Uuid, look: impl FnOnce(&mut Patience) -> T) -> T {
        look(&mut lock(&self.turns).entry(instance).or_default().patience)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Asks the person for a permission of an app, unless they have decided already. Whether they allowed it is for the host to
/// say, with the call that needs it.
pub(crate) async fn for_permission(app: &AppHandle, instance: Uuid, permission: Permission) -> Result<()> {
    let host = app.state::<Host>();
    if host.permission(instance, permission).await? != Decision::Unasked {
        return Ok(());
    }
    let turn = app.state::<Questions>().turn(instance);
    let _one_at_a_time = turn.lock().await;
    // Several calls may have waited for the same answer.
    if host.permission(instance, permission).await? != Decision::Unasked {
        return Ok(());
    }
    match ask(app, instance, Question::Permission { permission }).await? {
        Some(answer) => Ok(host.set_permission(instance, permission, answer == Answer::Yes).await?),
        None => Ok(()),
    }
}

/// Lets the person choose whom to invite; `None` when they chose nobody.
pub(crate) async fn for_peer(app: &AppHandle, instance: Uuid) -> Result<Option<String>> {
    let questions = app.state::<Questions>();
    let turn = questions.turn(instance);
    let Ok(_one_at_a_time) = turn.try_lock() else {
        return Err(busy("Another question of this app is open. Wait for its answer before you ask the next."));
    };
    if questions.patience(instance, |patience| patience.is_short(Instant::now())) {
        return Err(busy(
            "The person has just closed a question of this app. Ask again when they want to invite somebody.",
        ));
    }
    let chosen = match ask(app, instance, Question::Invite).await? {
        Some(Answer::Peer(peer)) => Some(peer),
        _ => None,
    };
    questions.patience(instance, |patience| match chosen {
        Some(_) => patience.restore(),
        None => patience.lose(Instant::now()),
    });
    Ok(chosen)
}

fn busy(sentence: &str) -> crate::error::Error {
    mutiny_core::Error::Busy(sentence.to_owned()).into()
}

/// Asks, and waits for the answer; `None` where the question went away without one.
async fn ask(app: &AppHandle, instance: Uuid, question: Question) -> Result<Option<Answer>> {
    let label = label::of_question();
    let (answer, answered) = oneshot::channel();
    // Before the window is there, as its page may ask at once.
    lock(&app.state::<Questions>().open).insert(label.clone(), Open { instance, question, answer });
    if let Err(error) = window::open(app, &label, instance, question).await {
        lock(&app.state::<Questions>().open).remove(&label);
        return Err(error);
    }
    let answer = answered.await.ok();
    window::close(app, &label);
    Ok(answer)
}
