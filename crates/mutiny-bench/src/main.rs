//! `mutiny-bench`: what delivery and windows cost, as ratios to what the same machine allows in the same minute.
//!
//! A figure of its own says little on a machine that nobody else has, less on one that is busy. So each is measured in
//! turns with its floor (the disk alone, two databases alone, a stream alone, a bare window), several rounds of them, and reported as
//! the median of the rounds' ratios, with the lowest and the highest.
//!
//! * `cli`: the command line.
//! * `clock`, `sample`, `process`, `machine`: time, medians, memory and CPU, what the machine is.
//! * `figure`: a result, and whether its goal is met.
//! * `floor`: what could be had without Mutiny.
//! * `peer`: real hosts in processes of their own, and what they can be told to do.
//! * `arm`: one module for each group of figures.
//! * `report`, `plot`: results as JSON, table, page and picture.

mod arm;
mod cli;
mod clock;
mod figure;
mod floor;
mod machine;
mod peer;
mod plot;
mod process;
mod report;
mod sample;

use std::process::ExitCode;

use crate::cli::{Cli, Task};

/// Whatever keeps the harness from measuring, in words for the person who runs it.
type Failure = Box<dyn std::error::Error + Send + Sync>;
type Result<T, E = Failure> = std::result::Result<T, E>;

fn main() -> ExitCode {
    let outcome = tokio::runtime::Runtime::new().map_err(Failure::from).and_then(|runtime| {
        let outcome = match Cli::read() {
            Task::Peer { home, port } => runtime.block_on(peer::serve::run(&home, port)),
            Task::Measure(options) => runtime.block_on(arm::run(&options)),
        };
        runtime.shutdown_background();
        outcome
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("mutiny-bench: {failure}");
            ExitCode::FAILURE
        }
    }
}
