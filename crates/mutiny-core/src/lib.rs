//! The Mutiny runtime without a window: identity, store, network, apps and policy.
//!
//! A [`Host`] is one running profile. It knows nothing of windows; `src-tauri` puts them around it.

mod announcements;
mod base64;
mod clock;
mod conditions;
mod contact;
pub mod csp;
mod delivery;
pub mod error;
mod failpoint;
mod foresight;
pub mod host;
pub mod manifest;
mod name;
mod network;
mod package;
mod policy;
mod profile;
mod store;
mod trace;
mod transfer;
pub mod view;

pub use error::{Error, Result};
pub use foresight::{check_app, check_contact};
pub use host::{Arrival, Config, Event, Failed, Host, Resource, Unread};
pub use package::{Packed, Survey, pack};
