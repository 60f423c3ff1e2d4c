//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::arm::Arm;

const EXAMPLES: &str = "Examples:
  mutiny-bench                        Measure everything (a quarter of an hour), and write the page and the picture
  mutiny-bench --only single          One message on an idle pair
  mutiny-bench --quick                Everything once and small: whether it runs, not how fast

Figures go to target/bench/results.json, a list of {name, value, unit, ratio, goal, met}. The page docs/benchmarks.md
and its picture are written by a full run only.";

/// Measures Mutiny beside what the machine itself allows.
#[derive(Parser)]
#[command(name = "mutiny-bench", version, about, after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    role: Option<Role>,
    #[command(flatten)]
    options: Options,
}

/// What to measure, and where to write it.
#[derive(Args, Clone, Debug)]
pub(crate) struct Options {
    /// Measure only this group of figures; may be given several times
    #[arg(long, value_name = "NAME", value_enum)]
    pub(crate) only: Vec<Arm>,
    /// Small numbers and one round
    #[arg(long)]
    pub(crate) quick: bool,
    /// Where results go; the databases measured lie there too, so it decides which disk is measured
    #[arg(long, value_name = "FOLDER", default_value = "target/bench")]
    pub(crate) out: PathBuf,
    /// Where a full run writes the page and the picture
    #[arg(long, value_name = "FOLDER", default_value = "docs")]
    pub(crate) docs: PathBuf,
}

impl Options {
    /// Whether the run is worth a page.
    pub(crate) fn is_full(&self) -> bool {
        self.only.is_empty() && !self.quick
    }
}

#[derive(Subcommand)]
enum Role {
    /// Be one of the peers; the harness starts these
    #[command(hide = true)]
    Peer {
        /// Where the peer keeps its profile
        #[arg(long)]
        home: PathBuf,
        /// Its port on the loopback
        #[arg(long)]
        port: u16,
    },
}

/// What this process is for.
pub(crate) enum Task {
    Peer { home: PathBuf, port: u16 },
    Measure(Options),
}

impl Cli {
    pub(crate) fn read() -> Task {
        let Self { role, options } = Self::parse();
        match role {
            Some(Role::Peer { home, port }) => Task::Peer { home, port },
            None => Task::Measure(options),
        }
    }
}
