//! `mutiny dev-peer`: one peer of `mutiny dev`, with a host of its own and the app in a window.
//!
//! It is driven by the lines of `docs/node.md`, as `mutiny-node` is, and ends with them. It has neither launcher nor tray,
//! and hands nothing over to a Mutiny that runs.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use mutiny_core::view::Conditions;
use mutiny_core::{Config, Host};
use mutiny_dev::Frame;
use mutiny_node::Act;
use tauri::{AppHandle, Manager, RunEvent, WebviewWindowBuilder, Wry, async_runtime};
use tokio::sync::mpsc::{self, UnboundedReceiver};
use uuid::Uuid;

use super::{page, reload};
use crate::error::Result;
use crate::signals::Signals;
use crate::{label, shell, windows};

/// What `dev-peer` takes.
#[derive(Args, Debug, PartialEq, Eq)]
pub(crate) struct Peer {
    /// The app's folder
    folder: PathBuf,
    /// What the host starts under
    #[arg(long, value_name = "JSON", value_parser = conditions, default_value = "{}")]
    conditions: Conditions,
    /// Where the window goes
    #[arg(long, value_name = "X,Y,WIDTH,HEIGHT", value_parser = frame)]
    frame: Option<Frame>,
}

/// That this program is such a peer, and where its window goes.
pub(crate) struct Role(Option<Frame>);

impl Role {
    /// What is different for the app's window.
    pub(crate) fn dress<'a, M: Manager<Wry>>(
        &self,
        builder: WebviewWindowBuilder<'a, Wry, M>,
    ) -> WebviewWindowBuilder<'a, Wry, M> {
        let builder = builder.devtools(true).initialization_script(page::SCRIPT);
        match self.0 {
            Some(Frame { x, y, width, height }) => {
                builder.position(x.into(), y.into()).inner_size(width.into(), height.into())
            }
            None => builder,
        }
    }
}

/// Runs the peer until its lines end, or its window is closed.
pub(crate) fn run(peer: &Peer, config: Config) -> Result<ExitCode> {
    crate::display::open()?;
    let signals = Signals::listen();
    let name = config.profile.clone();
    let (host, steps) = async_runtime::block_on(Host::start_under(config, peer.conditions.clone()))?;
    let instance = async_runtime::block_on(open(&host, &peer.folder, &name));
    let opened = instance.and_then(|instance| {
        let app = shell::build(tauri::Builder::default().plugin(page::plugin()))?;
        page::allow(&app)?;
        Ok((app, instance))
    });
    let (app, instance) = match opened {
        Ok(opened) => opened,
        Err(error) => {
            async_runtime::block_on(host.stop());
            return Err(error);
        }
    };
    shell::furnish(&app, &host);
    app.manage(Role(peer.frame));
    if let Err(error) = reload::follow(app.handle(), instance, peer.folder.clone()) {
        // The page can be loaded anew by hand.
        tracing::warn!(%error, "the app's files cannot be watched");
    }
    let (wish, wishes) = mpsc::unbounded_channel();
    let (handle, driven) = (app.handle().clone(), host.clone());
    async_runtime::spawn(async move {
        if let Err(error) = windows::open(&handle, instance).await {
            eprintln!("mutiny: {error}");
            handle.exit(error.exit_code().into());
            return;
        }
        async_runtime::spawn(grant(handle.clone(), instance, wishes));
        if let Err(error) = mutiny_node::converse(&driven, Some(steps), Some(wish), std::future::pending()).await {
            eprintln!("mutiny: {error}");
        }
        handle.exit(0);
    });
    signals.obey(app.handle());
    let code = app.run_return(move |_, event| {
        if matches!(event, RunEvent::Exit) {
            async_runtime::block_on(host.stop());
        }
    });
    Ok(ExitCode::from(u8::try_from(code).unwrap_or(u8::MAX)))
}

/// The instance that the window is for, named after the peer: its title tells the windows apart.
async fn open(host: &Host, folder: &Path, name: &str) -> Result<Uuid> {
    let instance = host.instance_for(folder).await?.id;
    host.rename_instance(instance, name).await?;
    Ok(instance)
}

/// Does what the inspector wants of the window.
async fn grant(app: AppHandle, instance: Uuid, mut wishes: UnboundedReceiver<Act>) {
    while let Some(act) = wishes.recv().await {
        match act {
            Act::Show => {
                if let Err(error) = windows::open(&app, instance).await {
                    tracing::warn!(%error, "the window cannot be shown");
                }
            }
            Act::Tools => {
                if let Some(window) = app.get_webview_window(&label::of(instance)) {
                    window.open_devtools();
                }
            }
        }
    }
}

fn conditions(json: &str) -> Result<Conditions, serde_json::Error> {
    serde_json::from_str(json)
}

fn frame(text: &str) -> Result<Frame, &'static str> {
    let numbers: Vec<u32> = text.split(',').filter_map(|number| number.trim().parse().ok()).collect();
    match numbers[..] {
        [x, y, width, height] => Ok(Frame { x, y, width, height }),
        _ => Err("four whole numbers, such as 0,0,800,600"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_four_numbers() {
        assert_eq!(frame("10,20,300,400"), Ok(Frame { x: 10, y: 20, width: 300, height: 400 }));
        for text in ["", "1,2,3", "1,2,3,x", "1,2,3,4,5", "-1,2,3,4"] {
            assert!(frame(text).is_err(), "{text}");
        }
    }
}
