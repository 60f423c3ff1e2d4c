//! People: whom the person knows, by which name, and whom not to let in.

use mutiny_core::Host;
use tauri::State;

use crate::error::Result;

#[tauri::command]
pub(super) async fn block_peer(host: State<'_, Host>, id: String) -> Result<()> {
    Ok(host.block_peer(&id).await?)
}

#[tauri::command]
pub(super) async fn unblock_peer(host: State<'_, Host>, id: String) -> Result<()> {
    Ok(host.unblock_peer(&id).await?)
}

#[tauri::command]
pub(super) async fn add_friend(host: State<'_, Host>, id: String) -> Result<()> {
    Ok(host.add_friend(&id).await?)
}

#[tauri::command]
pub(super) async fn remove_friend(host: State<'_, Host>, id: String) -> Result<()> {
    Ok(host.remove_friend(&id).await?)
}

#[tauri::command]
pub(super) async fn rename_peer(host: State<'_, Host>, id: String, name: String) -> Result<()> {
    Ok(host.rename_peer(&id, &name).await?)
}
