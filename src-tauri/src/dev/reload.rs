//! An app's page follows its files: whoever saves one sees the change.
//!
//! Where only styles have changed, they are loaded anew in the page as it stands. Otherwise the page is, as by its own
//! `location.reload()`: what it keeps in `sessionStorage`, `localStorage` and its address stays, and so does its inbox.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use mutiny_core::Host;
use mutiny_core::view::Step;
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tauri::{AppHandle, Manager};
use uuid::Uuid;

use crate::label;

/// An editor saves in several steps, and a build writes many files: the page follows once it has been quiet for so long.
const QUIET: Duration = Duration::from_millis(120);

/// Loads the styles anew, without losing anything else.
const STYLES: &str = r"
for (const old of document.querySelectorAll('link[rel~=stylesheet]')) {
  const fresh = old.cloneNode();
  const url = new URL(old.href);
  url.searchParams.set('reloaded', Date.now());
  fresh.href = url.href;
  fresh.onload = fresh.onerror = () => old.remove();
  old.after(fresh);
}";

/// Follows the files of an instance, for as long as the program runs.
pub(super) fn follow(app: &AppHandle, instance: Uuid, folder: PathBuf) -> notify::Result<()> {
    let (tell, told) = mpsc::channel();
    let mut watcher: RecommendedWatcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        // Fails at the program's end.
        drop(tell.send(event));
    })?;
    watcher.watch(&folder, RecursiveMode::Recursive)?;
    let app = app.clone();
    thread::spawn(move || {
        // It watches for as long as it is held.
        let _watcher = watcher;
        while let Some(files) = next(&told, &folder) {
            reload(&app, instance, files);
        }
    });
    Ok(())
}

/// Waits until files have changed and it is quiet again; `None` at the end.
fn next(told: &Receiver<notify::Result<Event>>, folder: &Path) -> Option<BTreeSet<String>> {
    let mut files = BTreeSet::new();
    loop {
        let event = if files.is_empty() {
            told.recv().ok()?
        } else {
            match told.recv_timeout(QUIET) {
                Ok(event) => event,
                Err(mpsc::RecvTimeoutError::Timeout) => return Some(files),
                Err(mpsc::RecvTimeoutError::Disconnected) => return None,
            }
        };
        match event {
            Ok(event) if !matches!(event.kind, EventKind::Access(_)) => {
                files.extend(event.paths.iter().filter_map(|path| own(folder, path)));
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "changes of the app's files may be missed"),
        }
    }
}

/// The path of a file within the folder, unless it is none of the app's: hidden, an editor's, or a tool's.
fn own(folder: &Path, path: &Path) -> Option<String> {
    let path = path.strip_prefix(folder).ok()?;
    let foreign = |part: Component<'_>| {
        let name = part.as_os_str().to_string_lossy();
        name.starts_with('.') || name.ends_with('~') || name == "node_modules"
    };
    let name = path.to_str()?;
    (!name.is_empty() && !path.components().any(foreign)).then(|| name.replace('\\', "/"))
}

fn reload(app: &AppHandle, instance: Uuid, files: BTreeSet<String>) {
    let Some(window) = app.get_webview_window(&label::of(instance)) else { return };
    let styles = files.iter().all(|file| Path::new(file).extension().is_some_and(|kind| kind == "css"));
    let reloaded = if styles { window.eval(STYLES) } else { window.reload() };
    match reloaded {
        Ok(()) => app.state::<Host>().note_step(Step::Reloaded { instance, files: files.into_iter().collect() }),
        Err(error) => tracing::warn!(%error, "the page does not follow its files"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn only_the_app_s_own_files_count() {
        let folder = Path::new("/apps/talk");
        let own = |path: &str| own(folder, Path::new(path));
        assert_eq!(own("/apps/talk/index.html").as_deref(), Some("index.html"));
        assert_eq!(own("/apps/talk/js/main.js").as_deref(), Some("js/main.js"));
        for path in [
            "/apps/talk",
            "/apps/talk/.git/index",
            "/apps/talk/js/.main.js.swp",
            "/apps/talk/main.js~",
            "/apps/talk/node_modules/x.js",
            "/apps/other/index.html",
        ] {
            assert_eq!(own(path), None, "{path}");
        }
    }

    #[test]
    fn what_is_saved_at_once_is_one_change() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().canonicalize().unwrap();
        let (tell, told) = mpsc::channel();
        let mut watcher = notify::recommended_watcher(move |event| drop(tell.send(event))).unwrap();
        watcher.watch(&folder, RecursiveMode::Recursive).unwrap();
        for name in ["index.html", "style.css", ".hidden"] {
            std::fs::write(folder.join(name), "x").unwrap();
        }
        assert_eq!(next(&told, &folder), Some(["index.html".to_owned(), "style.css".to_owned()].into()));
    }
}
