//! `mutiny.save`: the person chooses where something an app made goes, and the app learns only whether it went there.
//!
//! A dialog belongs to the person, so an app has one at a time, and each "no" makes the next one wait longer.

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use mutiny_core::Host;
use tauri::ipc::{InvokeBody, Request};
use tauri::{State, WebviewWindow};
use uuid::Uuid;

use crate::app::Caller;
use crate::dialogs;
use crate::error::Result;

/// The largest thing that can be saved at once, in bytes. All of it is in memory for a moment. `mutiny.js` has it too.
const LARGEST: usize = 512 * 1024 * 1024;

/// The longest name that is proposed to the person, in characters.
const LONGEST_NAME: usize = 120;

/// How long an app has to wait after the first "no"; twice as long after each further one.
const PAUSE: Duration = Duration::from_secs(2);

/// Which apps have a dialog, and which were sent away.
#[derive(Default)]
pub(crate) struct Saves(Mutex<HashMap<Uuid, Asked>>);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Asked {
    open: bool,
    refused: u32,
    not_before: Option<Instant>,
}

/// Whether the person chose a place and the content is there now; `false` where they changed their mind.
#[tauri::command]
pub(crate) async fn save(
    host: State<'_, Host>,
    saves: State<'_, Saves>,
    window: WebviewWindow,
    caller: Caller,
    request: Request<'_>,
) -> Result<bool> {
    let InvokeBody::Raw(content) = request.body() else {
        return Err(invalid("Pass what to save as a Blob or as bytes."));
    };
    if content.len() > LARGEST {
        return Err(mutiny_core::Error::TooLarge { size: content.len(), limit: LARGEST }.into());
    }
    let name = request.headers().get("name").and_then(|name| name.to_str().ok()).unwrap_or_default();
    let name = proposal(&percent_encoding::percent_decode_str(name).decode_utf8_lossy());
    let app = host.instance(caller.0).await?.app.name;

    saves.begin(caller.0, Instant::now())?;
    let chosen = dialogs::pick_place(&window, &format!("Save a file from {app}"), name).await;
    saves.end(caller.0, Instant::now(), matches!(chosen, Ok(Some(_))));
    let Some(place) = chosen? else { return Ok(false) };
    // Where it is, as a thread of its own would need a copy of what may be half a gigabyte.
    tokio::task::block_in_place(|| write(&place, content))?;
    Ok(true)
}

impl Saves {
    /// Lets an app ask, unless it asks already or was sent away a moment ago.
    fn begin(&self, instance: Uuid, now: Instant) -> Result<()> {
        let mut all = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let asked = all.entry(instance).or_default();
        if asked.open {
            return Err(invalid("The person is being asked already where to save something. Wait for the answer."));
        }
        if asked.not_before.is_some_and(|then| now < then) {
            return Err(invalid("The person has just said no. Ask again later, and when they want to."));
        }
        asked.open = true;
        Ok(())
    }

    fn end(&self, instance: Uuid, now: Instant, agreed: bool) {
        let mut all = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let asked = all.entry(instance).or_default();
        let refused = if agreed { 0 } else { asked.refused + 1 };
        let pause = PAUSE * 2_u32.saturating_pow(refused.min(10).saturating_sub(1));
        *asked = Asked { open: false, refused, not_before: (refused > 0).then(|| now + pause) };
    }
}

fn invalid(sentence: &str) -> crate::error::Error {
    mutiny_core::Error::InvalidArgument(sentence.to_owned()).into()
}

/// An app's name for a file, without anything that would lead elsewhere, hide it, or turn it around.
fn proposal(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if matches!(c, '/' | '\\' | ':') { '-' } else { c })
        .filter(|c| !crate::windows::disturbs(*c))
        .take(LONGEST_NAME)
        .collect();
    let plain = plain.trim().trim_start_matches('.');
    if plain.is_empty() { "file".to_owned() } else { plain.to_owned() }
}

/// Writes beside the place first, so that a file which is replaced is whole at every moment.
fn write(place: &Path, content: &[u8]) -> Result<()> {
    let failed = |source| mutiny_core::Error::Io { path: place.to_owned(), doing: "written", source };
    let folder = place.parent().map_or_else(PathBuf::new, Path::to_owned);
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As any other file that a program makes, where the person's `umask` decides.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.prefix(".mutiny-").tempfile_in(folder).map_err(failed)?;
    file.write_all(content).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
    file.persist(place).map_err(|error| failed(error.error))?;
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const CHAT: Uuid = Uuid::from_u128(1);
    const PING: Uuid = Uuid::from_u128(2);

    #[test]
    fn a_name_leads_nowhere_else() {
        assert_eq!(proposal("photo.jpg"), "photo.jpg");
        assert_eq!(proposal("../../.bashrc"), "-..-.bashrc");
        assert_eq!(proposal(".bashrc"), "bashrc");
        assert_eq!(proposal("C:\\boot.ini"), "C--boot.ini");
        assert_eq!(proposal("exe.\u{202e}gpj.sh\n"), "exe.gpj.sh");
        assert_eq!(proposal(" "), "file");
        assert_eq!(proposal(&"x".repeat(1000)).len(), LONGEST_NAME);
    }

    #[test]
    fn an_app_has_one_dialog_at_a_time() {
        let saves = Saves::default();
        let now = Instant::now();
        saves.begin(CHAT, now).unwrap();
        assert!(saves.begin(CHAT, now).is_err());
        saves.begin(PING, now).unwrap();
        saves.end(CHAT, now, true);
        saves.begin(CHAT, now).unwrap();
    }

    #[test]
    fn each_no_makes_the_next_question_wait_longer() {
        let saves = Saves::default();
        let mut now = Instant::now();
        for wait in [2, 4, 8] {
            saves.begin(CHAT, now).unwrap();
            saves.end(CHAT, now, false);
            assert!(saves.begin(CHAT, now + Duration::from_secs(wait) - Duration::from_millis(1)).is_err());
            now += Duration::from_secs(wait);
        }
        saves.begin(CHAT, now).unwrap();
        saves.end(CHAT, now, true);
        saves.begin(CHAT, now).unwrap();
    }

    #[test]
    fn a_file_is_replaced_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("photo.jpg");
        write(&place, b"old").unwrap();
        write(&place, b"new").unwrap();
        assert_eq!(std::fs::read(&place).unwrap(), b"new");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(write(&folder.path().join("gone").join("photo.jpg"), b"new").is_err());
    }
}
