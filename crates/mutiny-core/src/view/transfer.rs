//! An app that is fetched from whoever invited.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

use super::App;

/// An app that the person wants from an inviter, until the invitation is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Transfer {
    /// The invitation it is for.
    #[ts(type = "string")]
    pub invitation: Uuid,
    /// How far it is.
    pub state: TransferState,
}

/// How far the fetching of an app is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "is")]
pub enum TransferState {
    /// The inviter is offline; it begins, or goes on, by itself when they come online.
    Waiting,
    /// It is arriving.
    Arriving {
        /// How many bytes are here.
        #[ts(type = "number")]
        done: u64,
        /// How many it will be, once that is known.
        #[ts(type = "number | null")]
        total: Option<u64>,
    },
    /// All of it is here and is what the invitation says. It runs only once the person accepts with it.
    Ready(Review),
    /// It was given up.
    Failed {
        /// Why, as a sentence.
        problem: String,
    },
}

/// What the person should know of an app before its first run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Review {
    /// The app, as its own manifest says.
    pub app: App,
    /// The icon that it brings along, as a `data:` URL.
    pub icon: Option<String>,
    /// How many files it has.
    pub files: u32,
    /// How large they are together, in bytes.
    #[ts(type = "number")]
    pub bytes: u64,
}
