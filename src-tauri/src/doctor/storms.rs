//! What would disturb everything else, one after the other, in a window of its own: floods, dialogs, a page that will not close.

use std::time::Duration;

use mutiny_core::Host;
use serde_json::Value;
use tauri::{AppHandle, Manager, WebviewWindow};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{self, Instant};
use uuid::Uuid;

use super::BETWEEN_LOOKS;
use super::verdict::Verdict;
use crate::error::{Error, Result};
use crate::{label, windows};

/// How long each of them rages.
const A_WHILE: Duration = Duration::from_secs(2);

/// The longest that the host may take to answer meanwhile, and a window to go.
const PATIENCE: Duration = Duration::from_secs(5);

/// The longest that a page may take to be there: on a machine that has other work to do.
const ARRIVAL: Duration = Duration::from_secs(60);

/// How long a page that is held by a dialog is given to show that it is not.
const SILENCE: Duration = Duration::from_millis(500);

/// Lets an instance of the hostile app storm. Nothing else of it is tried: it finds nothing to attack.
pub(super) async fn rage(app: &AppHandle, host: &Host, id: Uuid) -> Result<Vec<Verdict>> {
    Ok(vec![
        messages(app, host, id).await?,
        flood(app, host, id).await?,
        stays(app, host, id).await?,
        dialogs(app, host, id).await?,
    ])
}

/// A thousand messages a second.
async fn messages(app: &AppHandle, host: &Host, id: Uuid) -> Result<Verdict> {
    let window = opened(app, id).await?;
    start(&window, "messages")?;
    let longest = longest_answer(app, host).await?;
    let counts = ask(&window, "window.storm.counts.messages", ARRIVAL).await.unwrap_or_default();
    let count = |what| counts[what].as_u64().unwrap_or(0);
    let sent = count("tried");
    close(app, id, &window).await?;
    // One was due for each millisecond.
    let (due, within) = (count("due"), longest.as_millis());
    let seen = format!("{sent} messages in {due} ms, and the host answered within {within} ms");
    // A storm that did not begin shows nothing.
    Ok(Verdict::new("message-storm", sent > 0 && longest < PATIENCE, seen))
}

/// Commands without an end, and without waiting for answers. A host that cannot begin them all stops the page.
async fn flood(app: &AppHandle, host: &Host, id: Uuid) -> Result<Verdict> {
    let window = opened(app, id).await?;
    start(&window, "flood")?;
    let deadline = Instant::now() + 2 * PATIENCE;
    let (mut longest, mut stopped) = (Duration::ZERO, false);
    while !stopped && Instant::now() < deadline {
        longest = longest.max(longest_answer(app, host).await?);
        stopped = host.instance(id).await?.crashed;
    }
    close(app, id, &window).await?;
    let page = if stopped { "the page was stopped" } else { "the page went on" };
    let seen = format!("{page}, and the host answered within {} ms", longest.as_millis());
    Ok(Verdict::new("command-flood", longest < PATIENCE, seen))
}

/// A page that objects to being closed.
async fn stays(app: &AppHandle, host: &Host, id: Uuid) -> Result<Verdict> {
    let window = opened(app, id).await?;
    start(&window, "stay")?;
    let listens = ask(&window, "window.storm.counts.stay?.tried ?? 0", PATIENCE).await;
    let asked = Instant::now();
    let gone = close(app, id, &window).await?;
    let seen = going(gone, asked);
    let held = gone && longest_answer(app, host).await? < PATIENCE && listens.is_some_and(|count| count == 1);
    Ok(Verdict::new("window-stays", held, seen))
}

/// Dialogs, one after the other.
async fn dialogs(app: &AppHandle, host: &Host, id: Uuid) -> Result<Verdict> {
    let window = opened(app, id).await?;
    start(&window, "dialogs")?;
    let deadline = Instant::now() + PATIENCE;
    // A page does not answer while a dialog holds it.
    let mut shown = false;
    while !shown && Instant::now() < deadline {
        time::sleep(BETWEEN_LOOKS).await;
        shown = ask(&window, "true", SILENCE).await.is_none();
    }
    let longest = longest_answer(app, host).await?;
    let asked = Instant::now();
    let gone = close(app, id, &window).await?;
    let seen = match shown {
        true => format!(
            "a dialog held its page alone; the host answered within {} ms; {}",
            longest.as_millis(),
            going(gone, asked)
        ),
        false => format!("no dialog held its page; {}", going(gone, asked)),
    };
    Ok(Verdict::new("dialog-storm", gone && longest < PATIENCE, seen))
}

fn going(gone: bool, since: Instant) -> String {
    match gone {
        true => format!("its window closed within {} ms", since.elapsed().as_millis()),
        false => "its window did not close".to_owned(),
    }
}

/// The instance's window, once its page is ready to storm.
async fn opened(app: &AppHandle, id: Uuid) -> Result<WebviewWindow> {
    windows::open(app, id).await?;
    let window = app.get_webview_window(&label::of(id)).ok_or(Error::DoctorInterrupted)?;
    let deadline = Instant::now() + ARRIVAL;
    while ask(&window, "typeof window.storm === 'object'", PATIENCE).await != Some(Value::Bool(true)) {
        if Instant::now() > deadline {
            return Err(Error::DoctorInterrupted);
        }
        time::sleep(BETWEEN_LOOKS).await;
    }
    Ok(window)
}

fn start(window: &WebviewWindow, storm: &str) -> Result<()> {
    window.eval(format!("window.storm.{storm}()")).map_err(Error::Window)
}

/// What the page makes of an expression, if it answers in time.
async fn ask(window: &WebviewWindow, expression: &str, patience: Duration) -> Option<Value> {
    let (answer, mut answered) = mpsc::unbounded_channel();
    let answer = move |json: String| {
        // Fails when it comes too late.
        let _ = answer.send(json);
    };
    window.eval_with_callback(expression, answer).ok()?;
    let json = time::timeout(patience, answered.recv()).await.ok()??;
    serde_json::from_str(&json).ok()
}

/// The longest that the host and the thread of its windows took to answer, asked again and again for a while.
async fn longest_answer(app: &AppHandle, host: &Host) -> Result<Duration> {
    let (begun, mut longest) = (Instant::now(), Duration::ZERO);
    while begun.elapsed() < A_WHILE {
        let asked = Instant::now();
        // What it answers is of no interest; that it does is.
        let _ = time::timeout(PATIENCE, host.instances()).await;
        let (answer, answered) = oneshot::channel::<()>();
        app.run_on_main_thread(|| drop(answer)).map_err(Error::Window)?;
        let _ = time::timeout(PATIENCE, answered).await;
        longest = longest.max(asked.elapsed());
        time::sleep(BETWEEN_LOOKS).await;
    }
    Ok(longest)
}

/// Closes a window as the person does; returns whether it went. What stays is taken away for what comes next.
async fn close(app: &AppHandle, id: Uuid, window: &WebviewWindow) -> Result<bool> {
    window.close().map_err(Error::Window)?;
    let deadline = Instant::now() + PATIENCE;
    while app.get_webview_window(window.label()).is_some() {
        if Instant::now() > deadline {
            windows::close(app, id)?;
            return Ok(false);
        }
        time::sleep(BETWEEN_LOOKS).await;
    }
    Ok(true)
}
