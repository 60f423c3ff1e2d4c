//! Where apps come from and what becomes of them: package files, further instances, updates, and the files themselves.

use std::path::Path;

use mutiny_core::Host;
use mutiny_core::view::{Correspondent, Instance, Offer, Transfer};
use tauri::ipc::{InvokeBody, Request};
use tauri::{AppHandle, State, WebviewWindow};
use uuid::Uuid;

use crate::error::Result;
use crate::{bundled, dialogs, reveal, windows};

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

#[tauri::command]
pub(super) async fn app_icon(host: State<'_, Host>, id: Uuid) -> Result<Option<String>> {
    Ok(host.app_icon(id).await?)
}

/// The launcher draws the icons of apps, so that no picture of theirs is taken apart in this process: what arrives here
/// are the colours of its dots.
#[tauri::command]
pub(super) async fn window_icon(app: AppHandle, request: Request<'_>) -> Result<()> {
    let id = request.headers().get("id").and_then(|id| id.to_str().ok()).and_then(|id| id.parse().ok());
    let (InvokeBody::Raw(dots), Some(id)) = (request.body(), id) else {
        return Err(mutiny_core::Error::InvalidArgument("An icon is the colours of its dots.".to_owned()).into());
    };
    windows::set_icon(&app, id, dots)
}

#[tauri::command]
pub(super) async fn offers(host: State<'_, Host>) -> Result<Vec<Offer>> {
    match bundled::folder() {
        Some(folder) => Ok(host.offers(folder).await?),
        None => Ok(Vec::new()),
    }
}
