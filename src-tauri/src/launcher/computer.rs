//! What this computer allows, pages that stopped working, and contact links from outside.

use mutiny_core::Host;
use mutiny_core::view::{Computer, ContactOffer};
use tauri::{AppHandle, State};
use uuid::Uuid;

use crate::error::Result;
use crate::{computer, contact, crash};

#[tauri::command]
pub(super) async fn computer(app: AppHandle) -> Result<Computer> {
    Ok(computer::view(&app))
}

#[tauri::command]
pub(super) async fn set_autostart(app: AppHandle, wanted: bool) -> Result<()> {
    computer::set_autostart(&app, wanted)
}

#[tauri::command]
pub(super) async fn restart_instance(app: AppHandle, id: Uuid) -> Result<()> {
    crash::restart(&app, id)
}

#[tauri::command]
pub(super) async fn contact_offer(app: AppHandle, host: State<'_, Host>) -> Result<Option<ContactOffer>> {
    match contact::take(&app) {
        Some(link) => Ok(Some(host.read_contact(&link).await?)),
        None => Ok(None),
    }
}
