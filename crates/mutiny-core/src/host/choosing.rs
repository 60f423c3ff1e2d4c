//! Whom the person can choose where an app wants to invite somebody. The app learns only who was chosen.

use std::collections::HashSet;

use uuid::Uuid;

use super::Host;
use crate::error::Result;
use crate::store::{doors, instances};
use crate::view::{Candidate, Presence, Trust};

impl Host {
    /// Everybody whom the person could invite to this instance: who is there comes first, then friends, then by name.
    ///
    /// # Errors
    /// [`crate::Error::UnknownInstance`].
    pub async fn candidates(&self, instance: Uuid) -> Result<Vec<Candidate>> {
        let host = self.clone();
        let mut candidates: Vec<Candidate> = self
            .0
            .store
            .read(move |db| {
                instances::get(db, instance)?;
                let invited: HashSet<String> =
                    doors::doors_of(db, instance)?.iter().map(|door| door.peer.to_base58()).collect();
                let known = host.read_peers(db, None)?;
                Ok(known
                    .into_iter()
                    .filter(|peer| peer.trust != Trust::Blocked)
                    .map(|peer| Candidate {
                        online: peer.presence == Presence::Online,
                        nearby: peer.nearby,
                        friend: peer.trust == Trust::Friend,
                        invited: invited.contains(&peer.id),
                        id: peer.id,
                        name: peer.name,
                    })
                    .collect())
            })
            .await?;
        candidates.sort_by_key(|peer| (!peer.online, !peer.friend, peer.name.to_lowercase(), peer.id.clone()));
        Ok(candidates)
    }
}
