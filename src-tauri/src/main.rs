//! The `mutiny` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    mutiny_desktop::main()
}
