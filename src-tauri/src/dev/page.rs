//! What the page of a peer writes to its console, for the inspector.
//!
//! The command exists in the peers of `mutiny dev` alone, and so does the capability that lets a page call it.

use mutiny_core::Host;
use mutiny_core::view::{Level, Step};
use tauri::plugin::{Builder, TauriPlugin};
use tauri::{App, Manager, State, Wry};

use crate::app::Caller;
use crate::error::{Error, Result};

/// The most that is taken of what a page says at once, in bytes.
const LONGEST: usize = 4 * 1024;

/// Passes on what the page writes.
pub(super) const SCRIPT: &str = include_str!("page.js");

/// The plugin. `build.rs` lists the same command for the access control.
pub(super) fn plugin() -> TauriPlugin<Wry> {
    Builder::new("page").invoke_handler(tauri::generate_handler![tell]).build()
}

/// Lets pages call it.
pub(super) fn allow(app: &App) -> Result<()> {
    app.add_capability(include_str!("../../capabilities/page.json")).map_err(Error::Start)
}

#[tauri::command]
async fn tell(host: State<'_, Host>, caller: Caller, level: Level, text: String) -> Result<()> {
    let text = text[..text.floor_char_boundary(LONGEST)].to_owned();
    host.note_step(Step::Page { instance: caller.0, level, text });
    Ok(())
}
