//! The apps' commands: what stands behind `window.mutiny`.
//!
//! They form the inlined plugin `instance`, which `capabilities/app.json` gives to the webviews of instances alone. None takes
//! an instance as an argument: the caller is who its webview's label says it is.

use std::time::Duration;

use mutiny_core::view::{
    Announcement, AppEvent, AppPeer, Correspondent, Entry, ErrorView, Introduction, Permission, Person, Status, Step,
};
use mutiny_core::{Event, Host};
use serde_json::Value;
use tauri::ipc::{Channel, CommandArg, CommandItem, Invoke, InvokeError};
use tauri::plugin::{Builder, TauriPlugin};
use tauri::{AppHandle, State, WebviewWindow, Wry};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::watch::Watchers;
use crate::{ask, label};

/// The plugin. `build.rs` lists the same commands for the access control.
pub(crate) fn plugin() -> TauriPlugin<Wry> {
    let tasks: fn(Invoke<Wry>) -> bool = tauri::generate_handler![
        introduction,
        invite,
        correspondents,
        peers,
        read,
        next,
        status,
        watch,
        crate::save::save,
        announce,
        announcements,
        crate::notify::said::notify,
    ];
    Builder::new("instance")
        .invoke_handler(move |invoke| match invoke.message.command() {
            "send" => crate::send::answer(invoke),
            _ => tasks(invoke),
        })
        .build()
}

/// The instance that calls, by its webview's label.
pub(crate) struct Caller(pub(crate) Uuid);

impl<'de> CommandArg<'de, Wry> for Caller {
    fn from_command(command: CommandItem<'de, Wry>) -> Result<Self, InvokeError> {
        label::instance(command.message.webview_ref().label())
            .map(Self)
            .ok_or_else(|| InvokeError::from("only an app's own window may call this"))
    }
}

/// Makes a call, and tells whoever develops the app where it fails.
async fn told<T>(host: &Host, caller: &Caller, call: &str, outcome: impl Future<Output = Result<T>>) -> Result<T> {
    outcome.await.inspect_err(|error| tell(host, caller, call, error))
}

/// Tells whoever develops the app that a call of it failed.
pub(crate) fn tell(host: &Host, caller: &Caller, call: &str, error: &Error) {
    let ErrorView { code, message } = error.view();
    host.note_step(Step::Refused { instance: caller.0, call: call.to_owned(), code, text: message });
}

#[tauri::command]
async fn introduction(host: State<'_, Host>, caller: Caller) -> Result<Introduction> {
    Ok(host.introduction(caller.0).await?)
}

#[tauri::command]
async fn invite(app: AppHandle, host: State<'_, Host>, caller: Caller, peer: Option<String>) -> Result<Option<Person>> {
    let invite = async {
        let peer = match peer {
            Some(peer) => peer,
            // The app learns whom the person chose, and nothing of the others.
            None => match ask::for_peer(&app, caller.0).await? {
                Some(chosen) => chosen,
                None => return Ok(None),
            },
        };
        Ok(Some(host.invite(caller.0, &peer).await?))
    };
    told(&host, &caller, "invite", invite).await
}

#[tauri::command]
async fn correspondents(host: State<'_, Host>, caller: Caller) -> Result<Vec<Correspondent>> {
    Ok(host.correspondents(caller.0).await?)
}

#[tauri::command]
async fn peers(app: AppHandle, host: State<'_, Host>, caller: Caller) -> Result<Vec<AppPeer>> {
    let peers = async {
        ask::for_permission(&app, caller.0, Permission::Peers).await?;
        Ok(host.app_peers(caller.0).await?)
    };
    told(&host, &caller, "peers", peers).await
}

#[tauri::command]
async fn announce(host: State<'_, Host>, caller: Caller, value: Value) -> Result<()> {
    let value = Some(value).filter(|value| !value.is_null());
    told(&host, &caller, "announce", async { Ok(host.set_announcement(caller.0, value).await?) }).await
}

#[tauri::command]
async fn announcements(host: State<'_, Host>, caller: Caller) -> Result<Vec<Announcement>> {
    Ok(host.announcements(caller.0).await?)
}

#[tauri::command]
async fn read(host: State<'_, Host>, caller: Caller) -> Result<Option<Entry>> {
    Ok(host.read(caller.0).await?)
}

#[tauri::command]
async fn next(host: State<'_, Host>, caller: Caller, id: Option<Uuid>) -> Result<Option<Entry>> {
    Ok(host.next(caller.0, id).await?)
}

#[tauri::command]
async fn status(host: State<'_, Host>, caller: Caller, id: Uuid) -> Result<Status> {
    told(&host, &caller, "status", async { Ok(host.status(caller.0, id).await?) }).await
}

#[tauri::command]
async fn watch(
    host: State<'_, Host>,
    watchers: State<'_, Watchers>,
    window: WebviewWindow,
    caller: Caller,
    channel: Channel<AppEvent>,
) -> Result<()> {
    let instance = caller.0;
    let anew = vec![AppEvent::Message, AppEvent::Peer, AppEvent::Invitation, AppEvent::Announcement];
    let own = move |event| own_event(instance, event);
    watchers.start(&window, host.events(), channel, own, anew, Duration::ZERO);
    Ok(())
}

/// What an event means to an instance's page: nothing, unless it is its own.
fn own_event(instance: Uuid, event: Event) -> Option<AppEvent> {
    match event {
        Event::App(id, event) if id == instance => Some(event),
        Event::App(..) | Event::Changed(_) => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use mutiny_core::view::Topic;

    use super::*;

    const ANA: Uuid = Uuid::from_u128(1);
    const BEN: Uuid = Uuid::from_u128(2);

    #[test]
    fn a_page_hears_only_of_its_own_instance() {
        assert_eq!(own_event(ANA, Event::App(ANA, AppEvent::Message)), Some(AppEvent::Message));
        assert_eq!(own_event(ANA, Event::App(BEN, AppEvent::Message)), None);
        assert_eq!(own_event(ANA, Event::Changed(Topic::Peers)), None);
    }
}
