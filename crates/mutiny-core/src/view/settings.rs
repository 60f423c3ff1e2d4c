//! What the person has set, for the whole host.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use ts_rs::TS;

use super::PeerFilter;

/// What the person has set. A field that was never set has the value of [`Settings::default`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Settings {
    /// Which peers may reach this host.
    pub reach: PeerFilter,
    /// The person has been asked what a new profile asks, or did not want to be.
    pub introduced: bool,
    /// Closing the launcher leaves the program in the tray, delivering, where the desktop has a tray.
    pub keep_running: bool,
    /// The person was told that the program stays in the tray.
    pub told_of_tray: bool,
    /// The desktop notifies of new messages and invitations.
    pub notifications: bool,
}

/// Some of the settings: those that change. Which there are, and what they may be, is checked where they are set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(type = "Partial<Settings>")]
pub struct SettingsChange(pub Map<String, Value>);

impl Default for Settings {
    fn default() -> Self {
        // A profile is asked only where it is known to be new.
        Self {
            reach: PeerFilter::default(),
            introduced: true,
            keep_running: true,
            told_of_tray: false,
            notifications: true,
        }
    }
}
