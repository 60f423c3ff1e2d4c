//! How own messages fare.

use mutiny_core::Host;
use mutiny_core::view::{Exchange, MessageState, OwnMessages, Withdrawal};
use tauri::{AppHandle, State};
use uuid::Uuid;

use crate::error::Result;
use crate::notify;

#[tauri::command]
pub(super) async fn activity(host: State<'_, Host>) -> Result<Vec<Exchange>> {
    Ok(host.activity().await?)
}

#[tauri::command]
pub(super) async fn own_messages(
    host: State<'_, Host>,
    instance: Uuid,
    peer: String,
    state: MessageState,
    after: Option<String>,
) -> Result<OwnMessages> {
    Ok(host.own_messages(instance, &peer, state, after).await?)
}

#[tauri::command]
pub(super) async fn withdraw(host: State<'_, Host>, instance: Uuid, message: Uuid) -> Result<Withdrawal> {
    Ok(host.withdraw(instance, message).await?)
}

#[tauri::command]
pub(super) async fn withdraw_all(host: State<'_, Host>, peer: String, instance: Option<Uuid>) -> Result<Withdrawal> {
    Ok(host.withdraw_all(&peer, instance).await?)
}

#[tauri::command]
pub(super) async fn retry(host: State<'_, Host>, peer: String) -> Result<()> {
    Ok(host.retry(&peer).await?)
}

#[tauri::command]
pub(super) async fn failures(host: State<'_, Host>) -> Result<u32> {
    Ok(host.failures().await?)
}

#[tauri::command]
pub(super) async fn failures_seen(app: AppHandle, host: State<'_, Host>) -> Result<()> {
    host.failures_seen().await?;
    notify::failures::seen(&app);
    Ok(())
}
