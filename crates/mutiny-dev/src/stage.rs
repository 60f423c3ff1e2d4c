//! Where peers run: with a window each, or without.

use std::path::{Path, PathBuf};

use mutiny_core::view::Conditions;
use serde_json::json;
use tokio::process::Command;

/// How the peers of a session are started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Each with the app in a window: `mutiny dev-peer`.
    Windows {
        /// The desktop program.
        program: PathBuf,
        /// Where the windows go, one after another; the desktop decides where there are too few.
        frames: Vec<Frame>,
    },
    /// Without windows: `mutiny-node`.
    Nodes {
        /// That program.
        program: PathBuf,
    },
}

/// A place on the screen, in logical pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// From the left.
    pub x: u32,
    /// From the top.
    pub y: u32,
    /// Of the window's content.
    pub width: u32,
    /// Of the window's content.
    pub height: u32,
}

/// What a peer is started with.
pub(crate) struct Start<'a> {
    /// Which it is, from 0.
    pub(crate) index: usize,
    /// What it is called.
    pub(crate) name: &'a str,
    /// Where the session keeps its peers' data.
    pub(crate) home: &'a Path,
    /// The app's folder.
    pub(crate) folder: &'a Path,
    /// Where it listens: for the whole session, so that the others find it again.
    pub(crate) port: u16,
    /// What it starts under.
    pub(crate) conditions: &'a Conditions,
}

impl Stage {
    /// Whether peers have windows.
    pub(crate) fn has_windows(&self) -> bool {
        matches!(self, Self::Windows { .. })
    }

    /// The command that starts a peer. It stays on this machine: it listens on loopback, and neither looks for others nor
    /// is found by them.
    pub(crate) fn command(&self, start: &Start<'_>) -> Command {
        let mut command = match self {
            Self::Windows { program, .. } => {
                let mut command = Command::new(program);
                command.arg("dev-peer");
                command
            }
            Self::Nodes { program } => {
                let mut command = Command::new(program);
                command.arg("--trace");
                command
            }
        };
        command.args(["--profile", start.name, "--no-mdns"]);
        command.arg("--data-dir").arg(start.home);
        command.arg("--listen").arg(format!("/ip4/127.0.0.1/tcp/{}", start.port));
        command.arg("--conditions").arg(json!(start.conditions).to_string());
        if let Self::Windows { frames, .. } = self {
            if let Some(Frame { x, y, width, height }) = frames.get(start.index) {
                command.arg("--frame").arg(format!("{x},{y},{width},{height}"));
            }
            command.arg(start.folder);
        }
        command
    }
}

impl Frame {
    /// Tiles an area with so many frames, `gap` apart, as squarely as they go.
    pub fn tile(area: Self, count: usize, gap: u32) -> Vec<Self> {
        let count = u32::try_from(count).unwrap_or(u32::MAX).max(1);
        let columns = (1..=count).find(|columns| columns * columns >= count).unwrap_or(1);
        let rows = count.div_ceil(columns);
        let share = |whole: u32, parts: u32| (whole.saturating_sub(gap * (parts - 1)) / parts).max(1);
        let (width, height) = (share(area.width, columns), share(area.height, rows));
        let place = |n: u32| Self {
            x: area.x + (n % columns) * (width + gap),
            y: area.y + (n / columns) * (height + gap),
            width,
            height,
        };
        (0..count).map(place).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCREEN: Frame = Frame { x: 0, y: 0, width: 1000, height: 600 };

    #[test]
    fn frames_fill_the_area_and_do_not_overlap() {
        for count in 1..=8 {
            let frames = Frame::tile(SCREEN, count, 10);
            assert_eq!(frames.len(), count);
            for (n, frame) in frames.iter().enumerate() {
                assert!(frame.x + frame.width <= 1000 && frame.y + frame.height <= 600, "{frame:?}");
                let apart = |other: &Frame| {
                    frame.x + frame.width < other.x
                        || other.x + other.width < frame.x
                        || frame.y + frame.height < other.y
                        || other.y + other.height < frame.y
                };
                assert!(frames.iter().skip(n + 1).all(apart), "{frames:?}");
            }
        }
    }

    #[test]
    fn two_stand_side_by_side_and_four_in_a_square() {
        let places = |count| Frame::tile(SCREEN, count, 0).into_iter().map(|it| (it.x, it.y)).collect::<Vec<_>>();
        assert_eq!(places(2), [(0, 0), (500, 0)]);
        assert_eq!(places(4), [(0, 0), (500, 0), (0, 300), (500, 300)]);
    }

    #[test]
    fn a_peer_stays_on_this_machine() {
        for stage in [
            Stage::Nodes { program: "mutiny-node".into() },
            Stage::Windows { program: "mutiny".into(), frames: Vec::new() },
        ] {
            let start = Start {
                index: 0,
                name: "ana",
                home: Path::new("/tmp/home"),
                folder: Path::new("/apps/talk"),
                port: 4001,
                conditions: &Conditions::default(),
            };
            let command = stage.command(&start);
            let args: Vec<_> = command.as_std().get_args().map(|arg| arg.to_string_lossy()).collect();
            assert!(args.iter().any(|arg| arg == "--no-mdns"), "{args:?}");
            assert!(args.iter().any(|arg| arg == "/ip4/127.0.0.1/tcp/4001"), "{args:?}");
        }
    }
}
