//! Apps that came along with the program.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// An app that lies ready on this computer, for the person to add.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Offer {
    /// The app's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// One sentence, where its manifest has one.
    pub description: Option<String>,
    /// Its own icon as a `data:` URL, where it has one.
    pub icon: Option<String>,
    /// Where it is: what to add.
    pub place: String,
}
