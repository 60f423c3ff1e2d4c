//! What the person has set.

use mutiny_core::Host;
use mutiny_core::view::Settings;
use serde_json::{Map, Value};
use tauri::State;

use crate::error::Result;

#[tauri::command]
pub(super) async fn settings(host: State<'_, Host>) -> Result<Settings> {
    Ok(host.settings())
}

#[tauri::command]
pub(super) async fn set_settings(host: State<'_, Host>, change: Map<String, Value>) -> Result<()> {
    Ok(host.set_settings(change).await?)
}
