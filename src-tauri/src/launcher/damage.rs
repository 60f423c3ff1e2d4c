//! What the person is told where the database is, or was, damaged.

use mutiny_core::Host;
use mutiny_core::view::Damage;
use tauri::State;

use crate::error::Result;

#[tauri::command]
pub(super) async fn damage(host: State<'_, Host>) -> Result<Option<Damage>> {
    Ok(host.damage().await?)
}

#[tauri::command]
pub(super) async fn damage_seen(host: State<'_, Host>) -> Result<()> {
    Ok(host.damage_seen().await?)
}
