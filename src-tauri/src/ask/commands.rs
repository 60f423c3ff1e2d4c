//! What a question's window calls. None takes a question as an argument: the window's label says which it is.

use std::time::Duration;

use mutiny_core::view::{Asking, Candidate, Me, Question, Topic};
use mutiny_core::{Event, Host};
use tauri::ipc::{Channel, CommandArg, CommandItem, InvokeError};
use tauri::plugin::{Builder, TauriPlugin};
use tauri::{AppHandle, Manager, State, WebviewWindow, Wry};
use uuid::Uuid;

use super::{Answer, Questions};
use crate::dev::peer::Role;
use crate::error::Result;
use crate::watch::Watchers;

/// The plugin. `build.rs` lists the same commands for the access control.
pub(crate) fn plugin() -> TauriPlugin<Wry> {
    Builder::new("ask")
        .invoke_handler(tauri::generate_handler![question, candidates, me, refuse, allow, choose, watch, icon])
        .build()
}

/// The question that a window is about, by its label.
struct Asked {
    webview: String,
    instance: Uuid,
    question: Question,
}

impl<'de> CommandArg<'de, Wry> for Asked {
    fn from_command(command: CommandItem<'de, Wry>) -> Result<Self, InvokeError> {
        let webview = command.message.webview_ref();
        let known = webview.state::<Questions>().of(webview.label());
        known
            .map(|(instance, question)| Self { webview: webview.label().to_owned(), instance, question })
            .ok_or_else(|| InvokeError::from("only the window of an open question may call this"))
    }
}

#[tauri::command]
async fn question(app: AppHandle, host: State<'_, Host>, asked: Asked) -> Result<Asking> {
    let instance = host.instance(asked.instance).await?;
    Ok(Asking {
        app_id: instance.app.id,
        app_name: instance.app.name,
        label: instance.label,
        question: asked.question,
        settings: app.try_state::<Role>().is_none(),
    })
}

#[tauri::command]
async fn icon(host: State<'_, Host>, asked: Asked) -> Result<Option<String>> {
    Ok(host.app_icon(asked.instance).await?)
}

#[tauri::command]
async fn candidates(host: State<'_, Host>, asked: Asked) -> Result<Vec<Candidate>> {
    Ok(host.candidates(asked.instance).await?)
}

#[tauri::command]
async fn me(host: State<'_, Host>, _asked: Asked) -> Result<Me> {
    Ok(host.me()?)
}

#[tauri::command]
async fn refuse(questions: State<'_, Questions>, asked: Asked) -> Result<()> {
    questions.answer(&asked.webview, Answer::No);
    Ok(())
}

#[tauri::command]
async fn allow(questions: State<'_, Questions>, asked: Asked) -> Result<()> {
    if matches!(asked.question, Question::Permission { .. }) {
        questions.answer(&asked.webview, Answer::Yes);
    }
    Ok(())
}

#[tauri::command]
async fn choose(questions: State<'_, Questions>, asked: Asked, peer: String) -> Result<()> {
    if asked.question == Question::Invite {
        questions.answer(&asked.webview, Answer::Peer(peer));
    }
    Ok(())
}

#[tauri::command]
async fn watch(
    host: State<'_, Host>,
    watchers: State<'_, Watchers>,
    window: WebviewWindow,
    _asked: Asked,
    channel: Channel<Topic>,
) -> Result<()> {
    let anew = vec![Topic::Peers, Topic::Me];
    watchers.start(&window, host.events(), channel, about_people, anew, Duration::ZERO);
    Ok(())
}

/// What an event means to a chooser: who there is, and one's own contact link.
fn about_people(event: Event) -> Option<Topic> {
    match event {
        Event::Changed(topic @ (Topic::Peers | Topic::Me)) => Some(topic),
        Event::Changed(_) | Event::App(..) => None,
    }
}
