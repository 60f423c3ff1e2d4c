//! The host's calls by their names.

use std::path::PathBuf;
use std::time::Duration;

use mutiny_core::view::{Acceptance, Address, AppPeer, Body, Conditions, Decision, MessageState, Permission, Step};
use mutiny_core::{Error, Host, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::serve::Scene;

/// A call with its arguments, as `docs/node.md` describes them.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Call {
    Me {},
    SetName { name: String },
    Peers {},
    AddContact { link: String },
    Instances {},
    AddApp { folder: PathBuf },
    InstanceFor { folder: PathBuf },
    RenameInstance { instance: Uuid, label: String },
    RemoveInstance { instance: Uuid },
    Invitations {},
    AcceptInvitation { invitation: Uuid, with: Acceptance },
    DeclineInvitation { invitation: Uuid },
    Introduction { instance: Uuid },
    AppPeers { instance: Uuid },
    Invite { instance: Uuid, peer: String },
    Correspondents { instance: Uuid },
    Announce { instance: Uuid, value: Value },
    Announcements { instance: Uuid },
    Send { instance: Uuid, to: Address, body: Body, deadline: Option<u64> },
    Read { instance: Uuid },
    Next { instance: Uuid, entry: Option<Uuid> },
    Status { instance: Uuid, message: Uuid },
    Damage {},
    DamageSeen {},
    Activity {},
    OwnMessages { instance: Uuid, peer: String, state: MessageState, after: Option<String> },
    Withdraw { instance: Uuid, message: Uuid },
    WithdrawAll { peer: String, instance: Option<Uuid> },
    Retry { peer: String },
    Conditions {},
    SetConditions { conditions: Conditions },
    Queues { instance: Uuid },
    Trace {},
    Mark {},
    Window { act: Act },
    Stop {},
}

/// What is wanted of a peer's window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Come to the front.
    Show,
    /// Open the page's developer tools.
    Tools,
}

impl Call {
    /// The instance whose call it is; none for the person's calls.
    pub(crate) fn instance(&self) -> Option<Uuid> {
        match self {
            Self::Introduction { instance }
            | Self::AppPeers { instance }
            | Self::Invite { instance, .. }
            | Self::Correspondents { instance }
            | Self::Announce { instance, .. }
            | Self::Announcements { instance }
            | Self::Send { instance, .. }
            | Self::Read { instance }
            | Self::Next { instance, .. }
            | Self::Status { instance, .. } => Some(*instance),
            _ => None,
        }
    }

    /// Carries it out.
    pub(crate) async fn carry_out(self, scene: &Scene) -> Result<Value> {
        let host = &scene.host;
        match self {
            Self::Me {} => host.me().map(value),
            Self::SetName { name } => host.set_name(&name).await.map(value),
            Self::Peers {} => host.peers().await.map(value),
            Self::AddContact { link } => host.add_contact(&link).await.map(value),
            Self::Instances {} => host.instances().await.map(value),
            Self::AddApp { folder } => host.add_app(&folder).await.map(value),
            Self::InstanceFor { folder } => host.instance_for(&folder).await.map(value),
            Self::RenameInstance { instance, label } => host.rename_instance(instance, &label).await.map(value),
            Self::RemoveInstance { instance } => host.remove_instance(instance).await.map(value),
            Self::Invitations {} => host.invitations().await.map(value),
            Self::AcceptInvitation { invitation, with } => host.accept_invitation(invitation, with).await.map(value),
            Self::DeclineInvitation { invitation } => host.decline_invitation(invitation).await.map(value),
            Self::Introduction { instance } => host.introduction(instance).await.map(value),
            Self::AppPeers { instance } => app_peers(host, instance).await.map(value),
            Self::Invite { instance, peer } => host.invite(instance, &peer).await.map(value),
            Self::Correspondents { instance } => host.correspondents(instance).await.map(value),
            Self::Announce { instance, value: announced } => {
                let announced = Some(announced).filter(|value| !value.is_null());
                host.set_announcement(instance, announced).await.map(value)
            }
            Self::Announcements { instance } => host.announcements(instance).await.map(value),
            Self::Send { instance, to, body, deadline } => {
                host.send(instance, &to, body, deadline.map(Duration::from_millis)).await.map(value)
            }
            Self::Read { instance } => host.read(instance).await.map(value),
            Self::Next { instance, entry } => host.next(instance, entry).await.map(value),
            Self::Status { instance, message } => host.status(instance, message).await.map(value),
            Self::Damage {} => host.damage().await.map(value),
            Self::DamageSeen {} => host.damage_seen().await.map(value),
            Self::Activity {} => host.activity().await.map(value),
            Self::OwnMessages { instance, peer, state, after } => {
                host.own_messages(instance, &peer, state, after).await.map(value)
            }
            Self::Withdraw { instance, message } => host.withdraw(instance, message).await.map(value),
            Self::WithdrawAll { peer, instance } => host.withdraw_all(&peer, instance).await.map(value),
            Self::Retry { peer } => host.retry(&peer).await.map(value),
            Self::Conditions {} => Ok(value(host.conditions())),
            Self::SetConditions { conditions } => host.set_conditions(conditions).await.map(value),
            Self::Queues { instance } => host.queues(instance).await.map(value),
            Self::Trace {} => {
                scene.trace();
                Ok(Value::Null)
            }
            Self::Mark {} => {
                host.note_step(Step::Mark);
                Ok(Value::Null)
            }
            Self::Window { act } => match scene.window.as_ref().and_then(|window| window.send(act).ok()) {
                Some(()) => Ok(Value::Null),
                None => Err(Error::InvalidArgument("This peer has no window.".to_owned())),
            },
            // Whoever serves the calls ends all of them together.
            Self::Stop {} => Ok(Value::Null),
        }
    }
}

/// Without windows there is nobody to ask: whoever runs the node has chosen its apps, and what they declare is allowed.
async fn app_peers(host: &Host, instance: Uuid) -> Result<Vec<AppPeer>> {
    if host.permission(instance, Permission::Peers).await? == Decision::Unasked {
        host.set_permission(instance, Permission::Peers, true).await?;
    }
    host.app_peers(instance).await
}

/// Plain data, which always makes JSON.
fn value(plain: impl Serialize) -> Value {
    json!(plain)
}
