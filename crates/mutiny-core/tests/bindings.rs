//! Generates `ui/bindings/core.ts` from the Rust types of `view.rs` and `view/`, and fails when that file is stale.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;
use std::path::Path;
use std::{env, fs};

use mutiny_core::view;
use ts_rs::{Config, TS};

/// The generated file, from this package's folder.
const FILE: &str = "../../ui/bindings/core.ts";

/// What a page is told about JSON values: the same as ts-rs's own, with the name it uses in `Body`.
type JsonValue = serde_json::Value;

/// One declaration a type, in the order of `view.rs`.
struct Bindings {
    config: Config,
    text: String,
    names: BTreeSet<String>,
}

impl Bindings {
    fn new() -> Self {
        Self {
            config: Config::new(),
            text: "// Generated from crates/mutiny-core/src/view.rs. Do not edit; run `make types`.\n".to_owned(),
            names: BTreeSet::new(),
        }
    }

    fn add<T: TS>(&mut self) {
        let docs = T::docs().unwrap_or_default();
        let declaration = format!("{docs}export {}", T::decl(&self.config));
        self.text.push_str(&format!("\n{}\n", tidy(&declaration)));
        self.names.insert(T::ident(&self.config));
    }
}

/// Lays out a declaration of ts-rs as a person would: indented fields, comments on one line where they fit.
fn tidy(declaration: &str) -> String {
    let short = declaration.replace("/**\n * ", "/** ").replace("\n */", " */").replace(", };", ",\n};");
    let mut lines = Vec::new();
    let mut inside = false;
    for line in short.lines().map(str::trim_end) {
        inside &= !line.starts_with("};") && !line.starts_with("}, ");
        lines.push(if inside { format!("    {line}") } else { line.to_owned() });
        inside |= line.starts_with("export ") && !line.ends_with(';');
    }
    lines.join("\n")
}

fn generate() -> Bindings {
    let mut bindings = Bindings::new();
    macro_rules! add {
        ($($type:ty),* $(,)?) => { $(bindings.add::<$type>();)* };
    }
    add!(
        view::Me,
        view::Damage,
        view::Presence,
        view::Trust,
        view::PeerConnection,
        view::Peer,
        view::Address,
        view::App,
        view::Instance,
        view::Answer,
        view::Invitation,
        view::Acceptance,
        view::Transfer,
        view::TransferState,
        view::Review,
        view::Correspondent,
        view::Body,
        view::Outcome,
        view::FailureReason,
        view::Entry,
        view::MessageState,
        view::Status,
        view::Topic,
        view::Accepts,
        view::PeerFilter,
        view::Settings,
        view::SettingsChange,
        view::AppEvent,
        view::Limits,
        view::Introduction,
        view::AppPeer,
        view::ErrorView,
        view::Announcement,
        view::Permission,
        view::Decision,
        view::Grant,
        view::Person,
        view::Question,
        view::Asking,
        view::Candidate,
        view::Computer,
        view::ContactOffer,
        JsonValue,
        view::Exchange,
        view::Holdup,
        view::Trouble,
        view::OwnMessage,
        view::OwnMessages,
        view::Withdrawal,
        view::Conditions,
        view::LinkConditions,
        view::Trace,
        view::Step,
        view::Level,
        view::Queues,
        view::Waiting,
        view::Offer,
    );
    bindings
}

#[test]
fn bindings_are_up_to_date() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    let bindings = generate();
    if env::var_os("UPDATE_BINDINGS").is_some() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, bindings.text).unwrap();
        return;
    }
    let found = fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
    assert!(
        found == bindings.text,
        "ui/bindings/core.ts does not match view.rs. Run `make types`, \
         or: UPDATE_BINDINGS=1 cargo test -p mutiny-core bindings"
    );
}

#[test]
fn bindings_hold_every_type_of_the_view() {
    let bindings = generate();
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let topics = fs::read_dir(sources.join("view")).unwrap().map(|entry| entry.unwrap().path());
    let source: String = topics.chain([sources.join("view.rs")]).map(|it| fs::read_to_string(it).unwrap()).collect();
    let missing: Vec<_> = source
        .lines()
        .filter_map(|line| line.strip_prefix("pub struct ").or_else(|| line.strip_prefix("pub enum ")))
        .filter_map(|rest| rest.split(|c: char| !c.is_alphanumeric()).next())
        .filter(|name| !bindings.names.contains(*name))
        .collect();
    assert!(missing.is_empty(), "add these types to tests/bindings.rs: {missing:?}");
}
