//! The body of an invitation: what travels to another person's host.

use libp2p::PeerId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::requests::Office;
use crate::error::Result;
use crate::name;
use crate::store::invitations::{self, Notice};
use crate::store::{doors, peers};
use crate::view::{App, AppEvent, Topic, Trust};

/// The longest text taken from another host, in characters.
const TEXT: usize = 200;

/// An invitation: "this instance of mine lets you in". As JSON on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Invitation {
    /// What the inviting person is called.
    pub(crate) from_name: String,
    /// Id of the app.
    pub(crate) app_id: String,
    /// Its name.
    pub(crate) app_name: String,
    /// The inviter's version of it.
    pub(crate) app_version: String,
    /// Hash of the inviter's package.
    pub(crate) app_hash: String,
    /// The instance whose invitation this one answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) answers: Option<Uuid>,
}

impl Invitation {
    pub(crate) fn new(from_name: &str, app: &App, answers: Option<Uuid>) -> Self {
        Self {
            from_name: from_name.to_owned(),
            app_id: app.id.clone(),
            app_name: app.name.clone(),
            app_version: app.version.clone(),
            app_hash: app.hash.clone(),
            answers,
        }
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Reads a body, unless it is not an invitation or carries texts of absurd length.
    pub(crate) fn decode(body: &[u8]) -> Option<Self> {
        let invitation: Self = serde_json::from_slice(body).ok()?;
        let Self { from_name, app_id, app_name, app_version, app_hash, .. } = &invitation;
        let fits = |text: &&String| text.chars().count() <= TEXT;
        let plain = |text: &&String| fits(text) && !text.chars().any(name::is_deceptive);
        let sound = [from_name, app_name].iter().all(fits) && [app_id, app_version, app_hash].iter().all(plain);
        sound.then_some(invitation)
    }

    /// Takes an invitation that arrived from an instance at `peer`: an answer to an own one opens the way for the own
    /// instance; any other is for the person to see. One that answers an instance that is gone asks no more of somebody
    /// who has answered it: it comes with each update of the app.
    pub(crate) fn receive(self, office: &mut Office<'_>, peer: &PeerId, instance: Uuid) -> Result<()> {
        let (db, now) = (office.db, office.now);
        peers::remember(db, peer, now)?;
        let (from_name, asks) = (name::clean(&self.from_name), self.answers.is_none());
        if let Some(from_name) = &from_name
            && peers::set_name(db, peer, from_name)?
        {
            office.changed(Topic::Peers);
        }
        if let Some(own) = self.answers
            && doors::bind(db, own, peer, instance, &self.app_version, now)?
        {
            peers::set_trust(db, peer, Trust::Friend, now)?;
            office.decided = true;
            office.tell(own, AppEvent::Invitation);
            office.changed(Topic::Peers);
            return Ok(());
        }
        let notice = Notice {
            from_peer: *peer,
            from_instance: instance,
            from_name: from_name.unwrap_or_default(),
            app_name: name::clean(&self.app_name).unwrap_or_else(|| self.app_id.clone()),
            app: self.app_id,
            app_version: self.app_version,
            app_hash: self.app_hash,
        };
        invitations::receive(db, Uuid::now_v7(), &notice, asks, now)?;
        office.changed(Topic::Invitations);
        Ok(())
    }
}
