//! The desktop host: windows and a command line around a [`mutiny_core::Host`]. It holds no rules of its own.

mod app;
mod ask;
mod autostart;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod bindings;
mod bundled;
mod cli;
mod computer;
mod contact;
mod crash;
mod dev;
mod dialogs;
mod display;
mod doctor;
mod error;
mod guide;
mod label;
mod launcher;
mod log;
mod node;
mod notify;
mod page;
mod reload;
mod reveal;
mod save;
mod scheme;
mod send;
mod shell;
mod signals;
mod single;
mod start;
mod storage;
mod tray;
mod walls;
mod watch;
mod windows;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use mutiny_core::{Config, Host};
use tauri::{App, AppHandle, Manager, RunEvent, async_runtime};
use tokio::sync::mpsc::{self, UnboundedReceiver};
use uuid::Uuid;

use crate::cli::Cli;
use crate::error::{Error, Result};
use crate::log::Log;
use crate::signals::Signals;
use crate::single::Wish;
use crate::start::Start;

/// `EX_USAGE` of `sysexits.h`: a command line that makes no sense.
const USAGE: u8 = 64;

/// Runs the program.
pub fn main() -> ExitCode {
    let cli = match Cli::read() {
        Ok(cli) => cli,
        Err(help_or_error) => {
            // A terminal that is gone is no reason to fail differently.
            let _ = help_or_error.print();
            return if help_or_error.use_stderr() { USAGE.into() } else { ExitCode::SUCCESS };
        }
    };
    let cwd = std::env::current_dir().unwrap_or_default();
    if let Some(tool) = cli.tool() {
        return tool.run(&cwd);
    }
    if let Some(args) = cli.node() {
        return node::run(&args);
    }
    if let Some(replay) = cli.replay() {
        return dev::replay(replay, &cwd);
    }
    display::draw_without_gpu();
    let log = log::start();
    run(&cli, &log).unwrap_or_else(|error| {
        dialogs::last_words(&error);
        error.exit_code().into()
    })
}

fn run(cli: &Cli, log: &Log) -> Result<ExitCode> {
    let start = Start::begin();
    if let Some(json) = cli.doctor() {
        display::open()?;
        return doctor::run(json);
    }
    let cwd = std::env::current_dir().unwrap_or_default();
    if let Some(dev) = cli.dev() {
        return dev::run(dev, &cwd);
    }
    if let Some(peer) = cli.dev_peer() {
        return dev::peer::run(peer, cli.config(&cwd));
    }
    let place = cli.place(&cwd);
    let config = cli.config(&cwd);
    // Said here, on the terminal it was typed into, even when another start would do what was asked for.
    if let Some(place) = &place {
        mutiny_core::check_app(place)?;
    }
    if let Some(link) = cli.contact() {
        mutiny_core::check_contact(&config, link)?;
    }
    if single::hand_over(&config, &cwd) {
        return Ok(ExitCode::SUCCESS);
    }

    let signals = Signals::listen();
    // All that can go wrong for a person does so before there are windows: the window system's threads are still at their
    // beginning then, and do not always survive the program's end. The host starts while the toolkit does, which has none.
    let starting = async_runtime::spawn(Host::start(config.clone()));
    let display = display::open();
    let host = match async_runtime::block_on(starting).map_err(Error::Start)? {
        Err(mutiny_core::Error::ProfileInUse { .. }) if single::hand_over_late(&config, &cwd) => {
            return Ok(ExitCode::SUCCESS);
        }
        started => started?,
    };
    log.keep_in(log::file(host.profile_dir()));
    tracing::info!(version = env!("CARGO_PKG_VERSION"), profile = config.profile, "started");
    let prepared = display.and_then(|()| async_runtime::block_on(prepare(&host, cli, place)));
    let (app, wishes) = match prepared.and_then(|instance| open(start, &host, &config, cli, instance)) {
        Ok(opened) => opened,
        Err(error) => {
            async_runtime::block_on(host.stop());
            return Err(error);
        }
    };

    async_runtime::spawn(grant(app.handle().clone(), wishes));
    signals.obey(app.handle());
    let code = app.run_return(move |_, event| {
        if matches!(event, RunEvent::Exit) {
            async_runtime::block_on(host.stop());
            tracing::info!("ended");
        }
    });
    Ok(ExitCode::from(u8::try_from(code).unwrap_or(u8::MAX)))
}

/// Does what the command line asks of the host: introduces the person, adds the app at `place` and returns its instance.
async fn prepare(host: &Host, cli: &Cli, place: Option<PathBuf>) -> Result<Option<Uuid>> {
    if let Some(name) = cli.name() {
        host.introduce(name).await?;
    }
    let instance = match place {
        Some(place) => Some(host.instance_for(&place).await?.id),
        None => None,
    };
    let known = host.instances().await?.into_iter().map(|instance| instance.id).collect();
    storage::sweep(&host.webview_dir(), &known);
    Ok(instance)
}

/// Opens the launcher and, if one was asked for, an instance's window. What later starts wish comes with the program.
fn open(
    start: Start,
    host: &Host,
    config: &Config,
    cli: &Cli,
    instance: Option<Uuid>,
) -> Result<(App, UnboundedReceiver<Wish>)> {
    let (wishing, wishes) = mpsc::unbounded_channel();
    let app = shell::build(tauri::Builder::default().manage(start).plugin(single::plugin(config, wishing)))?;
    shell::furnish(&app, host);
    shell::settle(&app, host, config)?;
    windows::open_launcher(&app, cli.hidden())?;
    if let Some(link) = cli.contact() {
        contact::meet(app.handle(), link.to_owned());
    }
    if let Some(id) = instance {
        // Windows beyond the first need the event loop, which has not begun.
        let app = app.handle().clone();
        async_runtime::spawn(async move { report(&app, windows::open(&app, id).await) });
    }
    Ok((app, wishes))
}

/// Fulfils the wishes of later starts.
async fn grant(app: AppHandle, mut wishes: UnboundedReceiver<Wish>) {
    while let Some(wish) = wishes.recv().await {
        match wish {
            Wish::Show => windows::show_launcher(&app, None),
            Wish::Stay => {}
            Wish::Meet(link) => contact::meet(&app, link),
            Wish::Open(place) => report(&app, open_place(&app, &place).await),
        }
    }
}

async fn open_place(app: &AppHandle, place: &Path) -> Result<()> {
    let instance = app.state::<Host>().instance_for(place).await?;
    windows::open(app, instance.id).await
}

fn report(app: &AppHandle, result: Result<()>) {
    if let Err(error) = result {
        dialogs::complain(app, &error);
    }
}
