//! `mutiny.notify`: what an app says on the desktop. The host puts the app's name above it, so that no app can speak as the
//! host or as another; and how often is the host's to decide.

use std::time::Instant;

use mutiny_core::Host;
use mutiny_core::view::Permission;
use tauri::{AppHandle, Manager, State};
use tokio::time;

use super::{Notice, Notifications, is_looked_at, lock, show, words};
use crate::app::Caller;
use crate::error::Result;
use crate::{ask, label, windows};

/// Whether it was shown: not where the person looks at the app already or wants no notifications, nor where the app has
/// something newer to say before it was its turn.
#[tauri::command]
pub(crate) async fn notify(
    app: AppHandle,
    host: State<'_, Host>,
    caller: Caller,
    title: Option<String>,
    text: String,
    order: f64,
) -> Result<bool> {
    let id = caller.0;
    let Some(body) = words::said(title.as_deref().unwrap_or_default(), &text) else {
        let sentence = "A notification needs a text: notify({ title, text }).";
        return Err(mutiny_core::Error::InvalidArgument(sentence.to_owned()).into());
    };
    ask::for_permission(&app, id, Permission::Notifications).await?;
    host.demand_permission(id, Permission::Notifications).await?;
    if is_looked_at(&app, &label::of(id)) || !host.settings().notifications {
        return Ok(false);
    }

    let (due, replaced) = lock(&app.state::<Notifications>().paces).entry(id).or_default().turn(order, Instant::now());
    tokio::select! {
        biased;
        _ = replaced => return Ok(false),
        () = time::sleep_until(due.into()) => {}
    }
    // All of it may have changed meanwhile.
    host.demand_permission(id, Permission::Notifications).await?;
    if is_looked_at(&app, &label::of(id)) || !host.settings().notifications {
        return Ok(false);
    }
    lock(&app.state::<Notifications>().paces).entry(id).or_default().said(Instant::now());
    let summary = windows::title(&host.instance(id).await?);
    // The host need not tell of the same once more.
    host.clear_arrivals(id);
    show(&app, Notice::Instance(id), &summary, &body);
    Ok(true)
}
