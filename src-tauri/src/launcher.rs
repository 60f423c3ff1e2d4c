//! The launcher's commands: the person's side of the host.
//!
//! They form the inlined plugin `launcher`, which `capabilities/launcher.json` gives to the launcher's webview alone.

mod activity;
mod apps;
mod damage;
mod people;
mod permissions;
mod settings;

use std::path::Path;
use std::time::Duration;

use mutiny_core::view::{Acceptance, Instance, Invitation, Me, Peer, Topic};
use mutiny_core::{Event, Host};
use tauri::ipc::Channel;
use tauri::plugin::{Builder, TauriPlugin};
use tauri::{AppHandle, State, WebviewWindow, Wry};
use uuid::Uuid;

use crate::error::Result;
use crate::start::Start;
use crate::watch::Watchers;
use crate::{dialogs, windows};

mod computer;

/// The plugin. `build.rs` lists the same commands for the access control.
pub(crate) fn plugin() -> TauriPlugin<Wry> {
    Builder::new("launcher")
        .invoke_handler(tauri::generate_handler![
            me,
            set_name,
            peers,
            add_contact,
            instances,
            add_app,
            pick_folder,
            open_instance,
            rename_instance,
            remove_instance,
            invitations,
            accept_invitation,
            decline_invitation,
            crate::guide::open_guide,
            watch,
            usable,
            settings::settings,
            settings::set_settings,
            damage::damage,
            damage::damage_seen,
            activity::activity,
            activity::own_messages,
            activity::withdraw,
            activity::withdraw_all,
            activity::retry,
            apps::pick_package,
            apps::another_instance,
            apps::update_app,
            apps::restore_app,
            apps::show_files,
            permissions::permissions,
            permissions::set_permission,
            apps::get_app,
            apps::cancel_transfer,
            apps::transfers,
            apps::correspondents,
            computer::computer,
            computer::set_autostart,
            computer::restart_instance,
            computer::contact_offer,
            people::block_peer,
            people::unblock_peer,
            people::add_friend,
            people::remove_friend,
            people::rename_peer,
            activity::failures,
            activity::failures_seen,
            apps::app_icon,
            apps::window_icon,
            apps::offers,
        ])
        .build()
}

#[tauri::command]
async fn me(host: State<'_, Host>) -> Result<Me> {
    Ok(host.me()?)
}

#[tauri::command]
async fn set_name(host: State<'_, Host>, name: String) -> Result<()> {
    Ok(host.set_name(&name).await?)
}

#[tauri::command]
async fn peers(host: State<'_, Host>) -> Result<Vec<Peer>> {
    Ok(host.peers().await?)
}

#[tauri::command]
async fn add_contact(host: State<'_, Host>, link: String) -> Result<Peer> {
    Ok(host.add_contact(&link).await?)
}

#[tauri::command]
async fn instances(host: State<'_, Host>) -> Result<Vec<Instance>> {
    Ok(host.instances().await?)
}

#[tauri::command]
async fn add_app(host: State<'_, Host>, place: String) -> Result<Instance> {
    Ok(host.add_app(Path::new(&place)).await?)
}

#[tauri::command]
async fn pick_folder(window: WebviewWindow) -> Result<Option<String>> {
    dialogs::pick_folder(&window).await
}

#[tauri::command]
async fn open_instance(app: AppHandle, id: Uuid) -> Result<()> {
    windows::open(&app, id).await
}

#[tauri::command]
async fn rename_instance(app: AppHandle, host: State<'_, Host>, id: Uuid, label: String) -> Result<()> {
    host.rename_instance(id, &label).await?;
    windows::retitle(&app, id).await
}

#[tauri::command]
async fn remove_instance(app: AppHandle, host: State<'_, Host>, id: Uuid) -> Result<()> {
    windows::close(&app, id)?;
    Ok(host.remove_instance(id).await?)
}

#[tauri::command]
async fn invitations(host: State<'_, Host>) -> Result<Vec<Invitation>> {
    Ok(host.invitations().await?)
}

#[tauri::command]
async fn accept_invitation(host: State<'_, Host>, id: Uuid, with: Acceptance) -> Result<Instance> {
    Ok(host.accept_invitation(id, with).await?)
}

#[tauri::command]
async fn decline_invitation(host: State<'_, Host>, id: Uuid) -> Result<()> {
    Ok(host.decline_invitation(id).await?)
}

/// How long the launcher is left alone between two tellings: shorter than anybody would notice.
const REST: Duration = Duration::from_millis(200);

#[tauri::command]
async fn watch(
    host: State<'_, Host>,
    watchers: State<'_, Watchers>,
    window: WebviewWindow,
    channel: Channel<Topic>,
) -> Result<()> {
    let all = vec![
        Topic::Me,
        Topic::Peers,
        Topic::Instances,
        Topic::Invitations,
        Topic::Settings,
        Topic::Activity,
        Topic::Permissions,
        Topic::Transfers,
    ];
    watchers.start(&window, host.events(), channel, topic, all, REST);
    Ok(())
}

/// The launcher has drawn what it read.
#[tauri::command]
fn usable(start: State<'_, Start>) -> Result<()> {
    start.usable();
    Ok(())
}

/// What an event means to the launcher.
fn topic(event: Event) -> Option<Topic> {
    match event {
        Event::Changed(topic) => Some(topic),
        Event::App(..) => None,
    }
}
