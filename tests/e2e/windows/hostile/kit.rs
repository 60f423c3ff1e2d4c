//! What `mutiny doctor` and these tests share: the hostile app, the sink, and how to judge.

#[path = "../../../../src-tauri/src/doctor/kit.rs"]
mod app;
#[path = "../../../../src-tauri/src/doctor/controls.rs"]
pub(super) mod controls;
#[path = "../../../../src-tauri/src/doctor/saved.rs"]
pub(super) mod saved;
#[path = "../../../../src-tauri/src/doctor/sink.rs"]
pub(super) mod sink;
#[path = "../../../../src-tauri/src/doctor/verdict.rs"]
pub(super) mod verdict;

pub(super) use app::{aim, lay_out};
