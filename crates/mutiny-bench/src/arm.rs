//! The arms: one group of figures each, named as `--only` takes them.
//!
//! * `floors`: the disk, the databases and the stream alone.
//! * `durable`: messages a second, from `send()` to acknowledged.
//! * `single`: one message on an idle pair, and under half of the load.
//! * `backlog`: many messages waiting for a peer that was away; and a start with them after `kill -9`.
//! * `depth`: `send`, `read` and `next` beside full queues.
//! * `many`: instances and flows by the thousand.
//! * `idle`: what a host costs that has nothing to do.
//! * `desktop`: the program with windows, beside a bare Tauri window.

mod backlog;
mod depth;
mod desktop;
mod durable;
mod floors;
mod idle;
mod many;
mod pair;
mod single;

use std::path::Path;

use clap::ValueEnum;
use tempfile::TempDir;

use crate::cli::Options;
use crate::figure::Figure;
use crate::{Result, machine, report};

/// A group of figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Arm {
    Floors,
    Durable,
    Single,
    Backlog,
    Depth,
    Many,
    Idle,
    Desktop,
}

/// What holds for a message once it counts.
const DELIVERED: &str = "committed on both sides with synchronous=FULL, acknowledged, in order, once";

/// What holds for a message once `send()` has returned, or it is in the inbox.
const COMMITTED: &str = "committed with synchronous=FULL";

/// How much is measured.
struct Scale {
    rounds: usize,
    /// Messages a round; fewer of the largest.
    messages: usize,
    large: usize,
    /// Single messages a round.
    single: usize,
    backlog: usize,
    depths: [usize; 3],
    instances: usize,
    /// Seconds of doing nothing, a round.
    idle: f64,
}

const FULL: Scale = Scale {
    rounds: 5,
    messages: 6_000,
    large: 600,
    single: 60,
    backlog: 100_000,
    depths: [1, 1_000, 1_000_000],
    instances: 1_000,
    idle: 5.0,
};

const QUICK: Scale = Scale {
    rounds: 1,
    messages: 300,
    large: 30,
    single: 10,
    backlog: 1_000,
    depths: [1, 10, 1_000],
    instances: 20,
    idle: 1.0,
};

/// A run under way.
struct Bench {
    scale: Scale,
    folder: TempDir,
    figures: Vec<Figure>,
}

impl Bench {
    fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn add(&mut self, figure: Figure) {
        eprintln!("  {}", report::line(&figure));
        self.figures.push(figure);
    }
}

/// Measures what was asked for, and writes it down.
pub(crate) async fn run(options: &Options) -> Result<()> {
    std::fs::create_dir_all(&options.out)?;
    let out = options.out.canonicalize()?;
    let machine = machine::describe(&out);
    let folder = tempfile::Builder::new().prefix("run-").tempdir_in(&out)?;
    let scale = if options.quick { QUICK } else { FULL };
    let mut bench = Bench { scale, folder, figures: Vec::new() };
    for arm in Arm::value_variants() {
        if options.only.is_empty() || options.only.contains(arm) {
            eprintln!("{arm:?}");
            match arm {
                Arm::Floors => floors::measure(&mut bench).await?,
                Arm::Durable => durable::measure(&mut bench).await?,
                Arm::Single => single::measure(&mut bench).await?,
                Arm::Backlog => backlog::measure(&mut bench).await?,
                Arm::Depth => depth::measure(&mut bench).await?,
                Arm::Many => many::measure(&mut bench).await?,
                Arm::Idle => idle::measure(&mut bench).await?,
                Arm::Desktop => desktop::measure(&mut bench).await?,
            }
        }
    }
    report::write_results(&bench.figures, &out)?;
    print!("{}", report::table(&bench.figures));
    if options.is_full() {
        report::write_page(&bench.figures, &machine, &options.docs)?;
    }
    Ok(())
}
