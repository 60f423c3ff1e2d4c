//! The inspector's window, and what its page can ask for.

use std::path::Path;

use mutiny_core::view::LinkConditions;
use mutiny_dev::view::{Happening, Payload, Session, Topic};
use mutiny_dev::{Frame, Switches};
use mutiny_node::Act;
use tauri::ipc::Channel;
use tauri::plugin::{Builder, TauriPlugin};
use tauri::{App, Manager, State, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent, Wry, async_runtime};
use tokio::sync::broadcast::error::RecvError;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::{dialogs, label, shell, walls};

/// Where the web engine keeps what little the inspector leaves there.
struct Scratch(std::path::PathBuf);

/// The program around the inspector: no host, no launcher, no app.
pub(super) fn build(scratch: &Path) -> Result<App> {
    let app = tauri::Builder::default()
        .plugin(plugin())
        .on_window_event(|window, event| {
            if let (label::INSPECTOR, WindowEvent::Destroyed) = (window.label(), event) {
                window.app_handle().exit(0);
            }
        })
        .build(shell::context())
        .map_err(Error::Start)?;
    app.manage(Scratch(scratch.to_owned()));
    Ok(app)
}

/// Opens the window. Its end is the session's end.
pub(super) fn open(app: &App, frame: Option<Frame>) -> Result<()> {
    let url = WebviewUrl::App("inspector.html".into());
    let mut builder = WebviewWindowBuilder::new(app, label::INSPECTOR, url)
        .title("Mutiny inspector")
        .inner_size(960.0, 760.0)
        .min_inner_size(420.0, 420.0)
        .data_directory(app.state::<Scratch>().0.clone());
    if let Some(Frame { x, y, width, height }) = frame {
        builder = builder.position(x.into(), y.into()).inner_size(width.into(), height.into());
    }
    let window = walls::around_launcher(builder).build().map_err(Error::Window)?;
    walls::within(&window).map_err(Error::Window)
}

/// The plugin. `build.rs` lists the same commands for the access control.
fn plugin() -> TauriPlugin<Wry> {
    Builder::new("inspector")
        .invoke_handler(tauri::generate_handler![
            session, timeline, payload, set_peer, set_link, lose, introduce, kill, restart, show, tools, accept,
            decline, save, watch,
        ])
        .build()
}

#[tauri::command]
async fn session(session: State<'_, mutiny_dev::Session>) -> Result<Session> {
    Ok(session.view())
}

#[tauri::command]
async fn timeline(session: State<'_, mutiny_dev::Session>, after: u32) -> Result<Vec<Happening>> {
    Ok(session.timeline(after))
}

#[tauri::command]
async fn payload(session: State<'_, mutiny_dev::Session>, number: u32) -> Result<Payload> {
    Ok(session.payload(number)?)
}

#[tauri::command]
async fn set_peer(
    session: State<'_, mutiny_dev::Session>,
    name: String,
    offline: Option<bool>,
    full: Option<bool>,
    ahead: Option<i64>,
) -> Result<()> {
    let change = |it: &mut Switches| {
        *it = Switches {
            offline: offline.unwrap_or(it.offline),
            full: full.unwrap_or(it.full),
            ahead: ahead.unwrap_or(it.ahead),
        };
    };
    Ok(session.change_peer(&name, change).await?)
}

#[tauri::command]
async fn set_link(
    session: State<'_, mutiny_dev::Session>,
    from: String,
    to: String,
    cut: Option<bool>,
    delay: Option<u32>,
) -> Result<()> {
    let change = |it: &mut LinkConditions| {
        *it = LinkConditions { cut: cut.unwrap_or(it.cut), delay: delay.unwrap_or(it.delay) };
    };
    Ok(session.change_link(&from, &to, change).await?)
}

#[tauri::command]
async fn lose(session: State<'_, mutiny_dev::Session>, from: String, to: String) -> Result<()> {
    Ok(session.lose(&from, &to).await?)
}

#[tauri::command]
async fn introduce(session: State<'_, mutiny_dev::Session>, from: String, to: String) -> Result<()> {
    Ok(session.introduce(&from, &to).await?)
}

#[tauri::command]
async fn kill(session: State<'_, mutiny_dev::Session>, name: String) -> Result<()> {
    Ok(session.kill(&name).await?)
}

#[tauri::command]
async fn restart(session: State<'_, mutiny_dev::Session>, name: String) -> Result<()> {
    Ok(session.restart(&name).await?)
}

#[tauri::command]
async fn show(session: State<'_, mutiny_dev::Session>, name: String) -> Result<()> {
    Ok(session.window(&name, Act::Show).await?)
}

#[tauri::command]
async fn tools(session: State<'_, mutiny_dev::Session>, name: String) -> Result<()> {
    Ok(session.window(&name, Act::Tools).await?)
}

#[tauri::command]
async fn accept(session: State<'_, mutiny_dev::Session>, name: String, invitation: Uuid) -> Result<()> {
    Ok(session.answer(&name, invitation, true).await?)
}

#[tauri::command]
async fn decline(session: State<'_, mutiny_dev::Session>, name: String, invitation: Uuid) -> Result<()> {
    Ok(session.answer(&name, invitation, false).await?)
}

/// The file that the session went to; `None` where the person changed their mind.
#[tauri::command]
async fn save(session: State<'_, mutiny_dev::Session>, window: WebviewWindow) -> Result<Option<String>> {
    let app = session.view().app.map_or_else(|| "session".to_owned(), |app| app.name);
    let Some(place) = dialogs::pick_place(&window, "Save this session", format!("{app}.json")).await? else {
        return Ok(None);
    };
    session.save(&place)?;
    Ok(Some(place.display().to_string()))
}

#[tauri::command]
async fn watch(session: State<'_, mutiny_dev::Session>, channel: Channel<Topic>) -> Result<()> {
    let mut wakes = session.watch();
    async_runtime::spawn(async move {
        loop {
            let told = match wakes.recv().await {
                Ok(topic) => channel.send(topic),
                Err(RecvError::Lagged(_)) => channel.send(Topic::Session).and_then(|()| channel.send(Topic::Timeline)),
                Err(RecvError::Closed) => return,
            };
            // The page was loaded anew, and watches for itself.
            if told.is_err() {
                return;
            }
        }
    });
    Ok(())
}
