//! Doors: whom an own instance lets in, and who came.
//!
//! A door is open for a peer, because an invitation names one before anybody there has chosen an instance. Who accepts
//! becomes a correspondent: several instances of one peer may come through the same door.

use libp2p::PeerId;
use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, params};
use uuid::Uuid;

use super::columns::{peer, uuid_or_null};
use super::db::Db;
use crate::error::{Error, Result};
use crate::view::{Accepts, Millis};

pub(super) const SCHEMA: &str = "
    CREATE TABLE doors (
        instance BLOB NOT NULL REFERENCES instances (id) ON DELETE CASCADE,
        peer     BLOB NOT NULL,
        invited  INTEGER NOT NULL,
        PRIMARY KEY (instance, peer)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX doors_by_peer ON doors (peer);
    CREATE TABLE correspondents (
        instance       BLOB NOT NULL,
        peer           BLOB NOT NULL,
        their_instance BLOB NOT NULL CHECK (length(their_instance) = 16),
        version        TEXT NOT NULL,
        since          INTEGER NOT NULL,
        PRIMARY KEY (instance, peer, their_instance),
        FOREIGN KEY (instance, peer) REFERENCES doors (instance, peer) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;
";

/// How many instances of one peer may correspond with one own instance: a peer can make up any number.
const CORRESPONDENTS: u32 = 32;

/// Somebody whom an own instance lets in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Correspondent {
    pub(crate) peer: PeerId,
    /// When the own instance invited that peer.
    pub(crate) invited: Millis,
    /// The instance there; `None` until one has accepted.
    pub(crate) instance: Option<Uuid>,
    /// Its version of the app, once known.
    pub(crate) version: Option<String>,
}

impl Correspondent {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            peer: peer(row, "peer")?,
            invited: row.get("invited")?,
            instance: uuid_or_null(row, "their_instance")?,
            version: row.get("version")?,
        })
    }
}

/// Opens an own instance's door for a peer. Returns whether it was closed before.
pub(crate) fn invite(db: &Db, instance: Uuid, peer: &PeerId, now: Millis) -> Result<bool> {
    db.thresholds.borrow_mut().forget(&(instance, *peer));
    let opened = db
        .prepare_cached("INSERT INTO doors (instance, peer, invited) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")?
        .execute(params![instance.as_bytes(), peer.to_bytes(), now]);
    match opened {
        Ok(opened) => Ok(opened > 0),
        // The one constraint left: the instance must exist.
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
            Err(Error::UnknownInstance(instance))
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether a peer may send to an own instance.
pub(crate) fn may_send(db: &Connection, instance: Uuid, peer: &PeerId) -> Result<bool> {
    Ok(db
        .prepare_cached("SELECT 1 FROM doors WHERE instance = ?1 AND peer = ?2")?
        .exists(params![instance.as_bytes(), peer.to_bytes()])?)
}

/// What there is to know of an own instance when somebody writes to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Threshold {
    /// Whom its app lets in besides the invited.
    pub(crate) accepts: Accepts,
    /// It invited this peer.
    pub(crate) invited: bool,
}

/// An own instance, if it is there, as a peer finds it who writes to it: from memory where that is known, since it is asked
/// for each batch of messages of each flow.
pub(crate) fn threshold(db: &Db, instance: Uuid, peer: &PeerId) -> Result<Option<Threshold>> {
    let thresholds = &mut *db.thresholds.borrow_mut();
    if let Some(known) = thresholds.get(&(instance, *peer)) {
        return Ok(Some(*known));
    }
    let query = "SELECT accepts, EXISTS (SELECT 1 FROM doors WHERE doors.instance = id AND peer = ?2)
                 FROM instances WHERE id = ?1";
    let found = db
        .prepare_cached(query)?
        .query_row(params![instance.as_bytes(), peer.to_bytes()], |row| {
            Ok(Threshold { accepts: row.get(0)?, invited: row.get(1)? })
        })
        .optional()?;
    if let Some(found) = found {
        thresholds.keep((instance, *peer), found);
    }
    Ok(found)
}

/// Whether some own instance invited this peer, so that an answer is expected of it.
pub(crate) fn is_expected(db: &Connection, peer: &PeerId) -> Result<bool> {
    Ok(db.prepare_cached("SELECT 1 FROM doors WHERE peer = ?1")?.exists([peer.to_bytes()])?)
}

/// All peers that some own instance invited.
pub(crate) fn expected(db: &Connection) -> Result<Vec<PeerId>> {
    let mut query = db.prepare_cached("SELECT DISTINCT peer FROM doors")?;
    let rows = query.query_map([], |row| peer(row, "peer"))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Makes an instance of a peer a correspondent of an own instance, or keeps its new version where it is one already.
/// Returns whether it is one now: not where the door is closed, nor where too many came through it.
pub(crate) fn bind(
    db: &Connection,
    instance: Uuid,
    peer: &PeerId,
    their_instance: Uuid,
    version: &str,
    now: Millis,
) -> Result<bool> {
    let (instance, peer, their_instance) = (instance.as_bytes(), peer.to_bytes(), their_instance.as_bytes());
    let updated = db
        .prepare_cached(
            "UPDATE correspondents SET version = ?4 WHERE instance = ?1 AND peer = ?2 AND their_instance = ?3",
        )?
        .execute(params![instance, peer, their_instance, version])?;
    if updated > 0 {
        return Ok(true);
    }
    let inserted = db
        .prepare_cached(
            "INSERT INTO correspondents (instance, peer, their_instance, version, since)
             SELECT ?1, ?2, ?3, ?4, ?5
             WHERE EXISTS (SELECT 1 FROM doors WHERE instance = ?1 AND peer = ?2)
               AND (SELECT count(*) FROM correspondents WHERE instance = ?1 AND peer = ?2) < ?6",
        )?
        .execute(params![instance, peer, their_instance, version, now, CORRESPONDENTS])?;
    Ok(inserted > 0)
}

/// Whom an own instance lets in, in the order they were invited: a row for each correspondent, and one for a peer of
/// which none is known yet.
pub(crate) fn doors_of(db: &Connection, instance: Uuid) -> Result<Vec<Correspondent>> {
    let mut query = db.prepare_cached(
        "SELECT doors.peer AS peer, invited, their_instance, version
         FROM doors LEFT JOIN correspondents USING (instance, peer)
         WHERE doors.instance = ?1
         ORDER BY invited, doors.peer, since, their_instance",
    )?;
    let rows = query.query_map([instance.as_bytes()], Correspondent::from_row)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::store::instances;
    use crate::store::instances::tests::instance;
    use crate::store::migrations::in_memory;
    use crate::view::App;

    const THEIRS: Uuid = Uuid::from_bytes([0xb1; 16]);
    const THEIR_OTHER: Uuid = Uuid::from_bytes([0xb2; 16]);

    /// A database with two own instances.
    fn with_instances() -> (Db, Uuid, Uuid) {
        let db = in_memory();
        for n in [1, 2] {
            instances::insert(&db, &instance(n)).unwrap();
        }
        (db, instance(1).id, instance(2).id)
    }

    #[test]
    fn only_the_invited_may_send_and_only_to_who_invited_them() {
        let (db, own, other) = with_instances();
        let (bob, carol) = (PeerId::random(), PeerId::random());
        assert!(invite(&db, own, &bob, 1).unwrap());
        assert!(!invite(&db, own, &bob, 2).unwrap());
        assert!(may_send(&db, own, &bob).unwrap());
        assert!(!may_send(&db, own, &carol).unwrap());
        assert!(!may_send(&db, other, &bob).unwrap());
    }

    #[test]
    fn a_peer_finds_an_instance_as_it_is_now_and_not_as_it_was() {
        let (db, own, other) = with_instances();
        let bob = PeerId::random();
        let found = |id| threshold(&db, id, &bob).unwrap().map(|found| (found.accepts, found.invited));
        assert_eq!([own, other].map(found), [Some((Accepts::Nearby, false)); 2]);
        invite(&db, own, &bob, 1).unwrap();
        assert_eq!([own, other].map(found), [true, false].map(|invited| Some((Accepts::Nearby, invited))));
        instances::update_app(&db, own, &App { accepts: Accepts::Friends, ..instance(1).app }).unwrap();
        assert_eq!(found(own), Some((Accepts::Friends, true)));
        instances::remove(&db, own).unwrap();
        assert_eq!([own, other].map(found), [None, Some((Accepts::Nearby, false))]);
        instances::insert(&db, &instance(1)).unwrap();
        assert_eq!(found(own), Some((Accepts::Nearby, false)));
    }

    #[test]
    fn an_instance_that_is_not_there_invites_nobody() {
        let (db, ..) = with_instances();
        let nobody = Uuid::nil();
        let outcome = invite(&db, nobody, &PeerId::random(), 1);
        assert!(matches!(outcome, Err(Error::UnknownInstance(unknown)) if unknown == nobody));
    }

    #[test]
    fn several_instances_of_a_peer_come_through_one_door() {
        let (db, own, other) = with_instances();
        let (bob, carol) = (PeerId::random(), PeerId::random());
        invite(&db, own, &bob, 1).unwrap();
        invite(&db, own, &carol, 2).unwrap();
        assert!(bind(&db, own, &bob, THEIR_OTHER, "1.0.0", 3).unwrap());
        assert!(bind(&db, own, &bob, THEIRS, "1.0.0", 4).unwrap());
        assert!(bind(&db, own, &bob, THEIR_OTHER, "1.1.0", 5).unwrap());
        let row = |peer, invited, instance, version: Option<&str>| Correspondent {
            peer,
            invited,
            instance,
            version: version.map(str::to_owned),
        };
        let expected = [
            row(bob, 1, Some(THEIR_OTHER), Some("1.1.0")),
            row(bob, 1, Some(THEIRS), Some("1.0.0")),
            row(carol, 2, None, None),
        ];
        assert_eq!(doors_of(&db, own).unwrap(), expected);
        assert!(doors_of(&db, other).unwrap().is_empty());
    }

    #[test]
    fn nobody_comes_through_a_closed_door() {
        let (db, own, _) = with_instances();
        assert!(!bind(&db, own, &PeerId::random(), THEIRS, "1.0.0", 1).unwrap());
        assert!(doors_of(&db, own).unwrap().is_empty());
    }

    #[test]
    fn a_peer_cannot_crowd_a_door() {
        let (db, own, _) = with_instances();
        let bob = PeerId::random();
        invite(&db, own, &bob, 1).unwrap();
        let came = (0..100).filter(|n| bind(&db, own, &bob, Uuid::from_u128(*n), "1.0.0", 2).unwrap()).count();
        assert_eq!(came, CORRESPONDENTS as usize);
        assert!(bind(&db, own, &bob, Uuid::from_u128(0), "1.1.0", 3).unwrap());
    }

    #[test]
    fn doors_go_with_their_instance() {
        let (db, own, other) = with_instances();
        let bob = PeerId::random();
        for instance in [own, other] {
            invite(&db, instance, &bob, 1).unwrap();
            bind(&db, instance, &bob, THEIRS, "1.0.0", 2).unwrap();
        }
        instances::remove(&db, own).unwrap();
        assert!(!may_send(&db, own, &bob).unwrap());
        assert!(doors_of(&db, own).unwrap().is_empty());
        assert_eq!(doors_of(&db, other).unwrap().len(), 1);
    }
}
