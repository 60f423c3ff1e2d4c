//! Notifications on the desktop, in the host's own words: where something arrived, how many messages, and from whom.
//!
//! What an app's page says itself is in one only where the person allowed it ([`said`]), under the app's name. They are sent over D-Bus from here and not through Tauri's
//! notification plugin, which would replace `window.Notification` in every page, the apps' included.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use mutiny_core::view::{Answer, AppEvent, Status, Topic};
use mutiny_core::{Event, Host};
use tauri::{AppHandle, Manager, async_runtime};
use tokio::sync::broadcast::error::RecvError;
use tokio::time;
use uuid::Uuid;

use self::pace::Pace;
use crate::{label, windows};

#[cfg_attr(target_os = "linux", path = "notify/linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "notify/none.rs")]
mod desktop;
pub(crate) mod failures;
mod pace;
pub(crate) mod said;
mod words;

/// How long to wait for more of the same before the person is told.
const GATHERING: Duration = Duration::from_millis(400);

/// The shortest time between two notifications about one instance, however much arrives.
const BETWEEN: Duration = Duration::from_secs(4);

/// What a notification is about. There is one at a time of each, and it says all there is to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Notice {
    /// Messages for an instance, or what its app says of them; opens it.
    Instance(Uuid),
    /// Messages of an instance that did not arrive; opens the launcher's view of them.
    Failures(Uuid),
    /// Invitations; opens the launcher's view of them.
    Invitations,
    /// The program itself; opens the launcher.
    Launcher,
}

/// What is shown, and what is about to be.
#[derive(Default)]
pub(crate) struct Notifications {
    desktop: desktop::Desktop,
    /// The window that the person looks at.
    focused: Mutex<Option<String>>,
    /// When the person was told of an instance last, or will be.
    told: Mutex<HashMap<Uuid, Instant>>,
    /// Instances of which the person will be told in a moment.
    gathering: Mutex<HashSet<Uuid>>,
    /// What failed of which instance since the person looked.
    failed: Mutex<HashMap<Uuid, failures::Unseen>>,
    /// How soon each app may say something again.
    paces: Mutex<HashMap<Uuid, Pace>>,
}

/// Begins to tell the person of what arrives.
pub(crate) fn start(app: &AppHandle) {
    let handle = app.clone();
    app.state::<Notifications>().desktop.on_click(move |notice, token| clicked(&handle, notice, token));
    async_runtime::spawn(watch(app.clone()));
}

/// Shows a notification in place of the one that was about the same.
pub(crate) fn show(app: &AppHandle, notice: Notice, summary: &str, body: &str) {
    if !app.state::<Host>().settings().notifications {
        return;
    }
    let (app, summary, body) = (app.clone(), summary.to_owned(), body.to_owned());
    async_runtime::spawn_blocking(move || app.state::<Notifications>().desktop.show(notice, &summary, &body));
}

/// The person looks away from a window.
pub(crate) fn unseen(app: &AppHandle, webview: &str) {
    lock(&app.state::<Notifications>().focused).take_if(|focused| focused == webview);
}

/// The person looks at a window: what it shows needs no notification any more.
pub(crate) fn seen(app: &AppHandle, webview: &str) {
    *lock(&app.state::<Notifications>().focused) = Some(webview.to_owned());
    let seen = match label::instance(webview) {
        Some(id) => {
            app.state::<Host>().clear_arrivals(id);
            lock(&app.state::<Notifications>().paces).entry(id).or_default().heed();
            Notice::Instance(id)
        }
        None => Notice::Invitations,
    };
    withdraw(app, move |notice| notice == seen);
}

fn withdraw(app: &AppHandle, which: impl Fn(Notice) -> bool + Send + 'static) {
    let app = app.clone();
    async_runtime::spawn_blocking(move || app.state::<Notifications>().desktop.withdraw(which));
}

async fn watch(app: AppHandle) {
    let host = app.state::<Host>().inner().clone();
    let mut events = host.events();
    let mut known = open_invitations(&host).await.into_keys().collect();
    loop {
        match events.recv().await {
            Ok(Event::App(id, AppEvent::Message)) => gather(&app, id),
            Ok(Event::App(id, AppEvent::Delivery { id: message, status: Status::Failed { .. } })) => {
                failures::gather(&app, id, message);
            }
            Ok(Event::Changed(Topic::Invitations)) => known = invited(&app, &host, known).await,
            Ok(Event::Changed(Topic::Settings)) if !host.settings().notifications => withdraw(&app, |_| true),
            // What was missed is told with the next message.
            Ok(_) | Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}

/// Tells of an instance's messages in a moment, unless that is under way already.
fn gather(app: &AppHandle, id: Uuid) {
    let notifications = app.state::<Notifications>();
    if is_looked_at(app, &label::of(id)) {
        app.state::<Host>().clear_arrivals(id);
        return;
    }
    if !lock(&notifications.gathering).insert(id) {
        return;
    }
    let now = Instant::now();
    let due = match lock(&notifications.told).get(&id) {
        Some(last) => (*last + BETWEEN).max(now + GATHERING),
        None => now + GATHERING,
    };
    lock(&notifications.told).insert(id, due);
    let app = app.clone();
    async_runtime::spawn(async move {
        time::sleep_until(due.into()).await;
        lock(&app.state::<Notifications>().gathering).remove(&id);
        if let Err(error) = arrived(&app, id).await {
            tracing::debug!(%id, %error, "the person is not told of a message");
        }
    });
}

async fn arrived(app: &AppHandle, id: Uuid) -> mutiny_core::Result<()> {
    let host = app.state::<Host>().inner().clone();
    if !host.settings().notifications {
        host.clear_arrivals(id);
        return Ok(());
    }
    let arrivals = host.arrivals(id).await?;
    if arrivals.is_empty() {
        // A failure notice, which is told of elsewhere; or the app spoke for itself.
        return Ok(());
    }
    let summary = windows::title(&host.instance(id).await?);
    show(app, Notice::Instance(id), &summary, &words::messages(&arrivals));
    Ok(())
}

/// Tells of invitations beyond those that are `known`; returns all that are open now.
async fn invited(app: &AppHandle, host: &Host, known: HashSet<Uuid>) -> HashSet<Uuid> {
    let open = open_invitations(host).await;
    let new: Vec<_> = open.iter().filter(|(id, _)| !known.contains(id)).map(|(_, sentence)| sentence).collect();
    if !new.is_empty() && !is_looked_at(app, label::LAUNCHER) {
        let body = if let [one] = new[..] { one.clone() } else { format!("{} new invitations", new.len()) };
        show(app, Notice::Invitations, "Mutiny · Invitation", &body);
    }
    open.into_keys().collect()
}

/// The invitations that wait for an answer, each in a sentence.
async fn open_invitations(host: &Host) -> HashMap<Uuid, String> {
    match host.invitations().await {
        Ok(all) => {
            let open = all.into_iter().filter(|invitation| invitation.answer == Answer::Open);
            open.map(|it| (it.id, words::invitation(&it.from_name, &it.app_name))).collect()
        }
        Err(error) => {
            tracing::debug!(%error, "invitations cannot be read");
            HashMap::new()
        }
    }
}

fn is_looked_at(app: &AppHandle, webview: &str) -> bool {
    lock(&app.state::<Notifications>().focused).as_deref() == Some(webview)
}

fn clicked(app: &AppHandle, notice: Notice, token: Option<String>) {
    let app = app.clone();
    async_runtime::spawn(async move {
        let token = token.as_deref();
        match notice {
            Notice::Instance(id) => crate::report(&app, windows::open_with(&app, id, token).await),
            Notice::Failures(_) => windows::show_view(&app, "activity/failed", token),
            Notice::Invitations => windows::show_view(&app, "invitations", token),
            Notice::Launcher => windows::show_launcher(&app, token),
        }
    });
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
