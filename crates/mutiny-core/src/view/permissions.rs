//! What apps ask the person for, and what the person said.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

/// Something an app may ask the person for, by declaring it in its manifest. The list is closed: a manifest that asks for
/// anything else is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Permission {
    /// To see everybody the host knows: names, and who is online.
    Peers,
    /// To show notifications of the system.
    Notifications,
}

/// What the person said to a permission that an app declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// Nothing yet: they are asked when it is needed first.
    Unasked,
    /// Yes.
    Granted,
    /// No. They are not asked again; they can change it in the settings.
    Refused,
}

/// A permission that an instance's app declares, for the person's settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Grant {
    /// The instance it is for; another instance of the same app is asked for on its own.
    #[ts(type = "string")]
    pub instance: Uuid,
    /// What the person calls the instance.
    pub label: String,
    /// Id of its app.
    pub app_id: String,
    /// Name of its app.
    pub app_name: String,
    /// What it asks for.
    pub permission: Permission,
    /// What the person said.
    pub decision: Decision,
}
