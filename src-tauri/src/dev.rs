//! `mutiny dev`: an app on several peers side by side, and an inspector that shows and disturbs what goes on between them.
//!
//! This process has the inspector's window and no host. Each peer is a process of its own ([`peer`]), with a host and the
//! app's window; `mutiny-dev` starts and drives them. Nothing of the person's own profile is touched.
//!
//! * `inspector`: the window and its commands.
//! * [`peer`]: `mutiny dev-peer`, one of the peers.
//! * `reload`: the app's files are watched, and its page follows.
//! * `page`: what the page writes to its console.

mod inspector;
mod page;
pub(crate) mod peer;
mod reload;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use mutiny_dev::{Frame, MOST, Plan, Recording, Session, Stage};
use tauri::{App, Manager, RunEvent, async_runtime};
use tempfile::TempDir;

use crate::error::{Error, Result};
use crate::node;
use crate::signals::Signals;

const DEV_EXAMPLES: &str = "\
Examples:
  mutiny dev my-app                   Two peers side by side, and the inspector
  mutiny dev my-app --peers 3         Three
  mutiny dev my-app --strangers       Peers that do not know each other yet
  mutiny dev my-app --keep ./peers    Go on next time where you left off

The peers' data is apart from your own profile, and goes with the session unless it is kept. They reach one another on this
machine only. Save a file of the app, and its windows follow.";

const REPLAY_EXAMPLES: &str = "\
Examples:
  mutiny replay chat.json             Do all again that was saved in the inspector, and compare
  mutiny replay chat.json --app ./chat
                                      With the app in another folder

It runs peers without windows and needs no display. The exit code is 0 if the same came of it, and 1 if not.";

/// What `dev` takes.
#[derive(Args, Debug, PartialEq, Eq)]
#[command(after_help = DEV_EXAMPLES)]
pub(crate) struct Dev {
    /// The app's folder
    folder: PathBuf,
    /// How many peers, each a whole host with a window
    #[arg(long, value_name = "COUNT", default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=MOST as i64))]
    peers: u8,
    /// Do not introduce the peers to one another, nor let them accept each other's invitations by themselves
    #[arg(long)]
    strangers: bool,
    /// Keep the peers' data in this folder, and go on with it next time
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
}

/// What `replay` takes.
#[derive(Args, Debug, PartialEq, Eq)]
#[command(after_help = REPLAY_EXAMPLES)]
pub(crate) struct Replay {
    /// A session that was saved in the inspector
    session: PathBuf,
    /// The app's folder, where it is not the one of then
    #[arg(long, value_name = "DIR")]
    app: Option<PathBuf>,
}

/// Runs a session until its inspector is closed.
pub(crate) fn run(args: &Dev, cwd: &Path) -> Result<ExitCode> {
    let folder = folder(&cwd.join(&args.folder))?;
    crate::display::open()?;
    let signals = Signals::listen();
    let scratch = TempDir::with_prefix("mutiny-inspector-").map_err(Error::NoRoom)?;
    let app = inspector::build(scratch.path())?;
    let program = std::env::current_exe().map_err(Error::NoRoom)?;
    let (windows, own) = places(&app, args.peers.into());
    let plan = Plan {
        folder,
        peers: args.peers.into(),
        introduced: !args.strangers,
        accepts: !args.strangers,
        stage: Stage::Windows { program, frames: windows },
        keep: args.keep.as_ref().map(|keep| cwd.join(keep)),
    };
    let session = async_runtime::block_on(async { Session::new(plan) })?;
    app.manage(session.clone());
    inspector::open(&app, own)?;
    begin(&app, &session);
    signals.obey(app.handle());
    let code = app.run_return(move |_, event| {
        if matches!(event, RunEvent::Exit) {
            async_runtime::block_on(session.stop());
        }
    });
    Ok(ExitCode::from(u8::try_from(code).unwrap_or(u8::MAX)))
}

/// Starts the peers. Where none of them runs, that is said on the terminal, and the program ends with it.
fn begin(app: &App, session: &Session) {
    let (app, session) = (app.handle().clone(), session.clone());
    async_runtime::spawn(async move {
        if let Err(error) = session.start().await {
            eprintln!("mutiny dev: {error}");
            if session.view().peers.iter().all(|peer| peer.problem.is_some()) {
                app.exit(error.exit_code().into());
            }
        }
    });
}

/// Replays a saved session, without windows.
pub(crate) fn replay(args: &Replay, cwd: &Path) -> ExitCode {
    let outcome = node::beside().map_err(|sentence| (sentence, node::UNAVAILABLE)).and_then(|node| {
        let replayed = async_runtime::block_on(async {
            let recording = Recording::read(&cwd.join(&args.session))?;
            let app = args.app.as_ref().map(|app| cwd.join(app));
            mutiny_dev::replay(&recording, node, app.as_deref()).await
        });
        replayed.map_err(|error| (error.to_string(), error.exit_code()))
    });
    match outcome {
        Ok(replayed) => {
            println!("{} happenings of {}: the same came of it.", replayed.happenings, replayed.peers.join(", "));
            ExitCode::SUCCESS
        }
        Err((sentence, code)) => {
            eprintln!("mutiny: {sentence}");
            code.into()
        }
    }
}

/// The app's folder, whole: peers are started elsewhere.
fn folder(place: &Path) -> Result<PathBuf> {
    if place.is_file() {
        return Err(Error::NoFolder(place.to_owned()));
    }
    place.canonicalize().map_err(|_| mutiny_core::Error::MissingFolder(place.to_owned()).into())
}

/// Where the peers' windows go, and the inspector's: beside them, on the right.
fn places(app: &App, peers: usize) -> (Vec<Frame>, Option<Frame>) {
    /// Between windows, and room for their titles.
    const GAP: u32 = 40;

    let Ok(Some(monitor)) = app.primary_monitor() else { return (Vec::new(), None) };
    let area = monitor.work_area();
    let position = area.position.to_logical::<f64>(monitor.scale_factor());
    let size = area.size.to_logical::<f64>(monitor.scale_factor());
    let (x, y) = (position.x.max(0.0) as u32, position.y.max(0.0) as u32 + GAP);
    let (width, height) = (size.width as u32, (size.height as u32).saturating_sub(2 * GAP));
    let own = (width * 2 / 5).clamp(420, 960).min(width);
    let theirs = Frame { x, y, width: width.saturating_sub(own + GAP), height };
    if theirs.width < 280 {
        return (Vec::new(), None);
    }
    let inspector = Frame { x: x + theirs.width + GAP, y, width: own, height };
    (Frame::tile(theirs, peers, GAP), Some(inspector))
}
