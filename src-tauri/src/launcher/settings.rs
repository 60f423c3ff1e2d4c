//! What the person has set.

use mutiny_core::Host;
use mutiny_core::view::{Settings, SettingsChange};
use tauri::State;

use crate::error::Result;

#[tauri::command]
pub(super) async fn settings(host: State<'_, Host>) -> Result<Settings> {
    Ok(host.settings())
}

#[tauri::command]
pub(super) async fn set_settings(host: State<'_, Host>, change: SettingsChange) -> Result<()> {
    Ok(host.set_settings(change.0).await?)
}
