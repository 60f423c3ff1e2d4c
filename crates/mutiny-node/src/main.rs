//! `mutiny-node`: a peer without windows, for tests, bots and servers. `docs/node.md` describes the protocol.

mod cli;

use std::io::Write;
use std::process::ExitCode;

use mutiny_core::Error;
use tracing_subscriber::EnvFilter;

use crate::cli::Cli;

/// `EX_USAGE` of `sysexits.h`: a command line that makes no sense.
const USAGE: u8 = 64;

fn main() -> ExitCode {
    let cli = match Cli::read() {
        Ok(cli) => cli,
        Err(help_or_error) => {
            // A terminal that is gone is no reason to fail differently.
            let _ = help_or_error.print();
            return if help_or_error.use_stderr() { USAGE.into() } else { ExitCode::SUCCESS };
        }
    };
    log_to_stderr();
    match run(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // As above.
            let _ = writeln!(std::io::stderr(), "mutiny-node: {error}");
            error.exit_code().into()
        }
    }
}

fn run(cli: &Cli) -> Result<(), Error> {
    let runtime = tokio::runtime::Runtime::new().map_err(|source| Error::Io {
        path: "mutiny-node".into(),
        doing: "started",
        source,
    })?;
    let cwd = std::env::current_dir().unwrap_or_default();
    let outcome = runtime.block_on(mutiny_node::run(cli.config(&cwd), cli.conditions(), cli.trace()));
    runtime.shutdown_background();
    outcome
}

/// What is logged unless somebody asks for more. That a connection did not close in good order, because the other side was
/// gone first, is nothing to be warned of; only that is what yamux warns of.
const QUIET: &str = "warn,yamux=error";

/// Warnings and worse, or what `MUTINY_LOG` asks for. Standard output belongs to the protocol.
fn log_to_stderr() {
    let filter = EnvFilter::try_from_env("MUTINY_LOG").unwrap_or_else(|_| EnvFilter::new(QUIET));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}
