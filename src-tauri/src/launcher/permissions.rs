//! What apps may do, as the person sees and changes it.

use mutiny_core::Host;
use mutiny_core::view::{Grant, Permission};
use tauri::State;
use uuid::Uuid;

use crate::error::Result;

#[tauri::command]
pub(super) async fn permissions(host: State<'_, Host>) -> Result<Vec<Grant>> {
    Ok(host.permissions().await?)
}

#[tauri::command]
pub(super) async fn set_permission(
    host: State<'_, Host>,
    instance: Uuid,
    permission: Permission,
    granted: bool,
) -> Result<()> {
    Ok(host.set_permission(instance, permission, granted).await?)
}
