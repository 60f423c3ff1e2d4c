//! `mutiny doctor`: opens the hostile app on this machine and says which walls held.
//!
//! It runs in a throwaway profile and reaches for nothing but a sink of its own on loopback.

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use mutiny_core::view::Instance;
use mutiny_core::{Config, Host};
use tauri::{AppHandle, Manager, RunEvent, async_runtime};
use tempfile::TempDir;
use tokio::sync::{mpsc, oneshot};
use tokio::time;

use self::saved::Saved;
use self::sink::Sink;
use self::verdict::{Report, Verdict};
use crate::error::{Error, Result};
use crate::{label, shell, windows};

mod controls;
mod kit;
mod packages;
mod saved;
mod sink;
mod storms;
mod verdict;

/// The longest that the app may take from one attempt to the next; one that is silent for longer has been taken away by
/// something it did.
const PATIENCE: Duration = Duration::from_secs(60);

/// The longest that all of its attempts may take, so that there is an end to it.
const LONGEST: Duration = Duration::from_secs(200);

/// The longest that a page may take to answer.
const ANSWER: Duration = Duration::from_secs(5);

/// How often the page is asked.
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

/// Runs the hostile app and prints what held. The exit code is 0 if everything did, else 1.
pub(crate) fn run(json: bool) -> Result<ExitCode> {
    let folder = TempDir::with_prefix("mutiny-doctor-").map_err(Error::Doctor)?;
    let sink = Sink::listen(Ipv4Addr::LOCALHOST).map_err(Error::Doctor)?;
    let host = async_runtime::block_on(Host::start(config(folder.path())))?;
    // Beside a Mutiny that runs: it has a profile of its own, so there is nobody to hand wishes to.
    let app = shell::build(tauri::Builder::default())?;
    shell::furnish(&app, &host);
    if !json {
        println!("Mutiny opens an app that tries every way out of its window. It closes by itself.");
    }

    let (answer, answered) = oneshot::channel();
    let (handle, dir, watched) = (app.handle().clone(), folder.path().to_owned(), host.clone());
    async_runtime::spawn(async move {
        let verdicts = examine(&handle, &watched, &dir, &sink).await;
        // Fails when the window was closed and nobody waits any more.
        let _ = answer.send(verdicts);
        handle.exit(0);
    });
    app.run_return(move |_, event| {
        if matches!(event, RunEvent::Exit) {
            async_runtime::block_on(host.stop());
        }
    });
    let verdicts = answered.blocking_recv().map_err(|_| Error::DoctorInterrupted)??;
    Ok(report(&verdicts, json))
}

/// A host that nobody can reach but itself.
fn config(folder: &Path) -> Config {
    Config {
        profile: "doctor".to_owned(),
        data_dir: Some(folder.join("data")),
        listen: vec!["/ip4/127.0.0.1/tcp/0".to_owned()],
        mdns: false,
    }
}

async fn examine(app: &AppHandle, host: &Host, folder: &Path, sink: &Sink) -> Result<Vec<Verdict>> {
    let hostile = folder.join("hostile-app");
    std::fs::create_dir(&hostile).and_then(|()| kit::lay_out(&hostile, sink)).map_err(Error::Doctor)?;
    let neighbour = host.add_app(&hostile).await?;
    kit::aim(&hostile, sink, &neighbour.id.to_string(), None).map_err(Error::Doctor)?;
    let instance = host.add_app(&hostile).await?;

    windows::open(app, instance.id).await?;
    let report = follow(app, &instance).await?;
    let saved = Saved::look(downloads(app), &neighbour.id.to_string());
    let mut verdicts = verdict::all(&report, &sink.noticed(), &saved);
    if report.planned.is_empty() {
        verdicts.push(Verdict::new("start", false, "the app never began"));
    }
    verdicts.push(title(app, &instance));
    // From here on it finds nothing to attack, and waits for its storms.
    std::fs::remove_file(hostile.join(kit::TARGETS)).map_err(Error::Doctor)?;
    verdicts.extend(storms::rage(app, host, neighbour.id).await?);
    verdicts.extend(packages::offer(host, folder).await.map_err(Error::Doctor)?);
    #[cfg(unix)]
    verdicts.push(link_out(host, &hostile).await);
    Ok(verdicts)
}

/// Asks the page for its report until that is whole, or gets no longer.
async fn follow(app: &AppHandle, instance: &Instance) -> Result<Report> {
    let mut last = Report::default();
    let end = time::Instant::now() + LONGEST;
    let mut deadline = time::Instant::now() + PATIENCE;
    while !last.done && time::Instant::now() < deadline {
        let window = app.get_webview_window(&label::of(instance.id)).ok_or(Error::DoctorInterrupted)?;
        let (answer, mut answered) = mpsc::unbounded_channel();
        let answer = move |json: String| {
            // Fails when it comes too late.
            let _ = answer.send(json);
        };
        window.eval_with_callback("window.report", answer).map_err(Error::Window)?;
        // A page that was left answers otherwise, or never: what it said before is what there is.
        if let Ok(Some(json)) = time::timeout(ANSWER, answered.recv()).await
            && let Ok(report) = serde_json::from_str::<Report>(&json)
        {
            if report.attempts.len() > last.attempts.len() {
                deadline = end.min(time::Instant::now() + PATIENCE);
            }
            last = report;
        }
        time::sleep(BETWEEN_LOOKS).await;
    }
    Ok(last)
}

/// Where a download would land: where people have theirs, or else at home; or where the program was started, as Tauri has it.
fn downloads(app: &AppHandle) -> Vec<PathBuf> {
    let places = [app.path().download_dir().ok(), app.path().home_dir().ok(), std::env::current_dir().ok()];
    let mut places: Vec<_> = places.into_iter().flatten().collect();
    places.dedup();
    places
}

/// The app's page calls itself “Mutiny”; its window must not.
fn title(app: &AppHandle, instance: &Instance) -> Verdict {
    let title = app.get_webview_window(&label::of(instance.id)).and_then(|window| window.title().ok());
    let title = title.unwrap_or_else(|| "no window".to_owned());
    Verdict::new("window-title", title == windows::title(instance), title)
}

/// A folder with a link out of it is no app.
#[cfg(unix)]
async fn link_out(host: &Host, hostile: &Path) -> Verdict {
    let outcome = match std::os::unix::fs::symlink("/etc", hostile.join("link")) {
        Ok(()) => host.add_app(hostile).await.map_err(|error| error.to_string()),
        Err(error) => return Verdict::new("link-out-of-folder", true, format!("not tried: {error}")),
    };
    let held = outcome.is_err();
    Verdict::new("link-out-of-folder", held, outcome.err().unwrap_or_else(|| "the app was taken".to_owned()))
}

fn report(verdicts: &[Verdict], json: bool) -> ExitCode {
    if json {
        println!("{:#}", serde_json::json!(verdicts));
    } else {
        print!("{}", verdict::told(verdicts));
    }
    if verdicts.iter().all(|verdict| verdict.held) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
