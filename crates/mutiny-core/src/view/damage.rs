//! What the person is told where the database is, or was, damaged.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Millis;

/// Damage to the database that the person should know of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case", rename_all_fields = "camelCase", tag = "kind")]
pub enum Damage {
    /// It was met just now. Nothing more is read or written; the next start sets the database aside.
    Met {
        /// The database's file.
        file: String,
    },
    /// The database was set aside at a start, and a new one was begun. Told until the person has seen it.
    SetAside {
        /// The folder that it is in now, with all that belongs to it.
        folder: String,
        /// When.
        #[ts(type = "number")]
        at: Millis,
    },
}
