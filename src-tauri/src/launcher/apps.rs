//! Where apps come from and what becomes of them: package files, further instances, updates, and the files themselves.

use std::path::Path;

use mutiny_core::Host;
use mutiny_core::view::{Correspondent, Instance, Transfer};
use tauri::{AppHandle, State, WebviewWindow};
use uuid::Uuid;

use crate::error::Result;
use crate::{dialogs, reveal, windows};

#[tauri::command]
pub(super) async fn pick_package(window: WebviewWindow) -> Result<Option<String>> {
    dialogs::pick_package(&window).await
}

#[tauri::command]
pub(super) async fn another_instance(host: State<'_, Host>, id: Uuid) -> Result<Instance> {
    Ok(host.another_instance(id).await?)
}

#[tauri::command]
pub(super) async fn update_app(
    app: AppHandle,
    host: State<'_, Host>,
    id: Uuid,
    place: String,
    older_too: bool,
) -> Result<Instance> {
    let updated = host.update_app(id, Path::new(&place), older_too).await?;
    windows::begin_anew(&app, id).await?;
    Ok(updated)
}

#[tauri::command]
pub(super) async fn restore_app(app: AppHandle, host: State<'_, Host>, id: Uuid) -> Result<Instance> {
    let restored = host.restore_app(id).await?;
    windows::begin_anew(&app, id).await?;
    Ok(restored)
}

#[tauri::command]
pub(super) async fn show_files(host: State<'_, Host>, id: Uuid) -> Result<()> {
    reveal::folder(&host.app_folder(id).await?).await
}

#[tauri::command]
pub(super) async fn get_app(host: State<'_, Host>, invitation: Uuid) -> Result<()> {
    Ok(host.get_app(invitation).await?)
}

#[tauri::command]
pub(super) async fn cancel_transfer(host: State<'_, Host>, invitation: Uuid) -> Result<()> {
    Ok(host.cancel_transfer(invitation).await?)
}

#[tauri::command]
pub(super) async fn transfers(host: State<'_, Host>) -> Result<Vec<Transfer>> {
    Ok(host.transfers().await?)
}

#[tauri::command]
pub(super) async fn correspondents(host: State<'_, Host>, id: Uuid) -> Result<Vec<Correspondent>> {
    Ok(host.correspondents(id).await?)
}
