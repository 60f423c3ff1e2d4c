//! Generates `ui/bindings/dev.ts` from `view.rs`, and fails when that file is stale.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::Path;
use std::{env, fs};

use mutiny_dev::view;
use ts_rs::{Config, TS};

const FILE: &str = "../../ui/bindings/dev.ts";

fn declaration<T: TS>() -> String {
    let text = format!("{}export {}", T::docs().unwrap_or_default(), T::decl(&Config::new()));
    // As in `core.ts`: comments on one line where they fit, fields indented.
    let short = text.replace("/**\n * ", "/** ").replace("\n */", " */").replace(", };", ",\n};");
    let (mut lines, mut inside) = (Vec::new(), false);
    for line in short.lines().map(str::trim_end) {
        inside &= !line.starts_with("};") && !line.starts_with("}, ");
        lines.push(if inside { format!("    {line}") } else { line.to_owned() });
        inside |= line.starts_with("export ") && !line.ends_with(';');
    }
    lines.join("\n")
}

fn generate() -> String {
    let head = "// Generated from crates/mutiny-dev/src/view.rs. Do not edit; run `make types`.\n\
        import type { App, FailureReason, Invitation, Level, Outcome, Queues } from './core';\n";
    let types = [
        declaration::<view::Session>(),
        declaration::<view::Peer>(),
        declaration::<view::PeerState>(),
        declaration::<view::Link>(),
        declaration::<view::Happening>(),
        declaration::<view::Event>(),
        declaration::<view::Payload>(),
        declaration::<view::Topic>(),
    ];
    types.iter().fold(head.to_owned(), |text, declaration| format!("{text}\n{declaration}\n"))
}

#[test]
fn bindings_are_up_to_date() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    if env::var_os("UPDATE_BINDINGS").is_some() {
        fs::write(&file, generate()).unwrap();
        return;
    }
    let found = fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
    assert!(found == generate(), "ui/bindings/dev.ts does not match view.rs of mutiny-dev. Run `make types`.");
}
