//! Invitations that this host received from other people's instances.

use libp2p::PeerId;
use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use super::columns::{peer, text_enum, uuid, uuid_or_null};
use crate::error::{Error, Result};
use crate::view::{Answer, Millis};

pub(super) const SCHEMA: &str = "
    CREATE TABLE invitations (
        id            BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
        from_peer     BLOB NOT NULL,
        from_instance BLOB NOT NULL CHECK (length(from_instance) = 16),
        from_name     TEXT NOT NULL,
        app           TEXT NOT NULL,
        app_name      TEXT NOT NULL,
        app_version   TEXT NOT NULL,
        app_hash      TEXT NOT NULL,
        received      INTEGER NOT NULL,
        answer        TEXT NOT NULL CHECK (answer IN ('open', 'accepted', 'declined')),
        instance      BLOB REFERENCES instances (id) ON DELETE SET NULL,
        UNIQUE (from_peer, from_instance),
        CHECK (instance IS NULL OR answer = 'accepted')
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX invitations_by_instance ON invitations (instance) WHERE instance IS NOT NULL;
";

/// How many invitations of one peer may wait for the person. The oldest make room.
const OPEN_OF_A_PEER: u32 = 32;

/// How many invitations may wait for the person in all: anybody on the network can make up any number of peers.
const OPEN: u32 = 512;

/// An invitation as another instance sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Notice {
    /// The peer it came from, authenticated.
    pub(crate) from_peer: PeerId,
    /// The instance there that invites.
    pub(crate) from_instance: Uuid,
    /// What that peer calls itself.
    pub(crate) from_name: String,
    /// Id of the app.
    pub(crate) app: String,
    pub(crate) app_name: String,
    pub(crate) app_version: String,
    /// Hash of the inviter's package.
    pub(crate) app_hash: String,
}

/// An invitation as this host keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Invitation {
    pub(crate) id: Uuid,
    pub(crate) notice: Notice,
    pub(crate) received: Millis,
    pub(crate) answer: Answer,
    /// The own instance that it was accepted with, while that exists.
    pub(crate) instance: Option<Uuid>,
}

impl Invitation {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: uuid(row, "id")?,
            notice: Notice {
                from_peer: peer(row, "from_peer")?,
                from_instance: uuid(row, "from_instance")?,
                from_name: row.get("from_name")?,
                app: row.get("app")?,
                app_name: row.get("app_name")?,
                app_version: row.get("app_version")?,
                app_hash: row.get("app_hash")?,
            },
            received: row.get("received")?,
            answer: row.get("answer")?,
            instance: uuid_or_null(row, "instance")?,
        })
    }
}

text_enum!(Answer { Open => "open", Accepted => "accepted", Declined => "declined" });

/// Keeps an invitation, and returns it as it stands. `id` is for a new one; one from the same instance keeps its own.
///
/// What it says replaces what that instance said before. Where it `asks`, rather than answers something that is gone by
/// now, it is open again where it was declined, and where the instance that it was accepted with is gone; otherwise an
/// answer stays.
pub(crate) fn receive(db: &Connection, id: Uuid, notice: &Notice, asks: bool, now: Millis) -> Result<Invitation> {
    let Notice { from_peer, from_instance, from_name, app, app_name, app_version, app_hash } = notice;
    let kept = db
        .prepare_cached(
            "INSERT INTO invitations
                (id, from_peer, from_instance, from_name, app, app_name, app_version, app_hash, received, answer)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'open')
             ON CONFLICT (from_peer, from_instance) DO UPDATE SET
                from_name = excluded.from_name,
                app = excluded.app,
                app_name = excluded.app_name,
                app_version = excluded.app_version,
                app_hash = excluded.app_hash,
                received = excluded.received,
                answer = CASE WHEN ?10 AND instance IS NULL THEN 'open' ELSE answer END
             RETURNING *",
        )?
        .query_row(
            params![
                id.as_bytes(),
                from_peer.to_bytes(),
                from_instance.as_bytes(),
                from_name,
                app,
                app_name,
                app_version,
                app_hash,
                now,
                asks
            ],
            Invitation::from_row,
        )?;
    make_room(db, &kept)?;
    Ok(kept)
}

/// All invitations, newest first.
pub(crate) fn all(db: &Connection) -> Result<Vec<Invitation>> {
    let mut query = db.prepare_cached("SELECT * FROM invitations ORDER BY received DESC, id")?;
    let rows = query.query_map([], Invitation::from_row)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The invitation with this id.
pub(crate) fn get(db: &Connection, id: Uuid) -> Result<Invitation> {
    db.prepare_cached("SELECT * FROM invitations WHERE id = ?1")?
        .query_row([id.as_bytes()], Invitation::from_row)
        .optional()?
        .ok_or(Error::UnknownInvitation(id))
}

/// Answers an open invitation with an own instance.
pub(crate) fn accept(db: &Connection, id: Uuid, instance: Uuid) -> Result<()> {
    answer(db, id, Answer::Accepted, Some(instance))
}

/// Answers an open invitation with no.
pub(crate) fn decline(db: &Connection, id: Uuid) -> Result<()> {
    answer(db, id, Answer::Declined, None)
}

fn answer(db: &Connection, id: Uuid, answer: Answer, instance: Option<Uuid>) -> Result<()> {
    let answered = db
        .prepare_cached("UPDATE invitations SET answer = ?2, instance = ?3 WHERE id = ?1 AND answer = 'open'")?
        .execute(params![id.as_bytes(), answer, instance.map(Uuid::into_bytes)])?;
    if answered == 0 {
        return Err(Error::UnknownInvitation(id));
    }
    Ok(())
}

/// Removes the oldest open invitations beyond what is kept, but not the one that just came.
fn make_room(db: &Connection, newcomer: &Invitation) -> Result<()> {
    db.prepare_cached(
        "DELETE FROM invitations WHERE id IN (
            SELECT id FROM invitations WHERE answer = 'open' AND id <> ?1 AND from_peer = ?2
            ORDER BY received DESC, id LIMIT -1 OFFSET ?3)",
    )?
    .execute(params![newcomer.id.as_bytes(), newcomer.notice.from_peer.to_bytes(), OPEN_OF_A_PEER - 1])?;
    db.prepare_cached(
        "DELETE FROM invitations WHERE id IN (
            SELECT id FROM invitations WHERE answer = 'open' AND id <> ?1
            ORDER BY received DESC, id LIMIT -1 OFFSET ?2)",
    )?
    .execute(params![newcomer.id.as_bytes(), OPEN - 1])?;
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::store::instances;
    use crate::store::instances::tests::instance;
    use crate::store::migrations::in_memory;

    /// An invitation from the `n`th instance of a peer.
    fn notice(from_peer: PeerId, n: u128) -> Notice {
        Notice {
            from_peer,
            from_instance: Uuid::from_u128(n),
            from_name: "Bob".to_owned(),
            app: "org.example.chat".to_owned(),
            app_name: "Chat".to_owned(),
            app_version: "1.2.3".to_owned(),
            app_hash: "sha256-00".to_owned(),
        }
    }

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(0x1d << 64 | n)
    }

    fn asked(db: &Connection, id: Uuid, notice: &Notice, now: Millis) -> Invitation {
        receive(db, id, notice, true, now).unwrap()
    }

    #[test]
    fn an_invitation_waits_for_the_person() {
        let db = in_memory();
        let bob = PeerId::random();
        let first = asked(&db, id(1), &notice(bob, 1), 10);
        let second = asked(&db, id(2), &notice(bob, 2), 20);
        let expected =
            Invitation { id: id(1), notice: notice(bob, 1), received: 10, answer: Answer::Open, instance: None };
        assert_eq!(first, expected);
        assert_eq!(get(&db, id(1)).unwrap(), first);
        assert_eq!(all(&db).unwrap(), [second, first]);
    }

    #[test]
    fn a_newer_one_from_the_same_instance_takes_the_place_of_an_open_one() {
        let db = in_memory();
        let mut notice = notice(PeerId::random(), 1);
        asked(&db, id(1), &notice, 10);
        notice.app_version = "2.0.0".to_owned();
        let kept = asked(&db, id(2), &notice, 20);
        assert_eq!((kept.id, kept.received, &kept.notice), (id(1), 20, &notice));
        assert_eq!(all(&db).unwrap(), [kept]);
    }

    #[test]
    fn what_was_accepted_is_not_asked_again_while_its_instance_exists() {
        let db = in_memory();
        let own = instance(1);
        instances::insert(&db, &own).unwrap();
        let notice = notice(PeerId::random(), 1);
        asked(&db, id(1), &notice, 10);
        accept(&db, id(1), own.id).unwrap();
        let kept = asked(&db, id(2), &notice, 20);
        assert_eq!((kept.answer, kept.instance), (Answer::Accepted, Some(own.id)));

        instances::remove(&db, own.id).unwrap();
        let kept = get(&db, id(1)).unwrap();
        assert_eq!((kept.answer, kept.instance), (Answer::Accepted, None));
        assert_eq!(asked(&db, id(3), &notice, 30).answer, Answer::Open);
    }

    #[test]
    fn who_was_declined_may_ask_again() {
        let db = in_memory();
        let notice = notice(PeerId::random(), 1);
        asked(&db, id(1), &notice, 10);
        decline(&db, id(1)).unwrap();
        assert_eq!(get(&db, id(1)).unwrap().answer, Answer::Declined);
        let again = asked(&db, id(2), &notice, 20);
        assert_eq!((again.id, again.answer), (id(1), Answer::Open));
    }

    #[test]
    fn what_answers_something_that_is_gone_asks_once_and_not_again() {
        let db = in_memory();
        let own = instance(1);
        instances::insert(&db, &own).unwrap();
        let (declined, accepted) = (notice(PeerId::random(), 1), notice(PeerId::random(), 2));
        for (n, notice) in [(1, &declined), (2, &accepted)] {
            assert_eq!(receive(&db, id(n), notice, false, 10).unwrap().answer, Answer::Open);
        }
        decline(&db, id(1)).unwrap();
        accept(&db, id(2), own.id).unwrap();
        instances::remove(&db, own.id).unwrap();
        let newer = |notice: &Notice| Notice { app_version: "2.0.0".to_owned(), ..notice.clone() };
        for (notice, answer) in [(&declined, Answer::Declined), (&accepted, Answer::Accepted)] {
            let kept = receive(&db, id(3), &newer(notice), false, 20).unwrap();
            assert_eq!((kept.answer, kept.notice), (answer, newer(notice)));
        }
    }

    #[test]
    fn an_invitation_is_answered_once() {
        let db = in_memory();
        instances::insert(&db, &instance(1)).unwrap();
        asked(&db, id(1), &notice(PeerId::random(), 1), 10);
        decline(&db, id(1)).unwrap();
        for outcome in [decline(&db, id(1)), accept(&db, id(1), instance(1).id), decline(&db, id(9))] {
            assert!(matches!(outcome, Err(Error::UnknownInvitation(_))));
        }
    }

    #[test]
    fn a_peer_cannot_fill_the_list() {
        let db = in_memory();
        let (bob, carol) = (PeerId::random(), PeerId::random());
        asked(&db, id(0), &notice(carol, 0), 0);
        asked(&db, id(1), &notice(bob, 1), 1);
        decline(&db, id(1)).unwrap();
        for n in 2..100 {
            asked(&db, id(n), &notice(bob, n), n as i64);
        }
        let kept: Vec<_> = all(&db).unwrap().iter().map(|kept| kept.id).collect();
        let newest = (100 - u128::from(OPEN_OF_A_PEER)..100).rev().map(id);
        let expected: Vec<_> = newest.chain([id(1), id(0)]).collect();
        assert_eq!(kept, expected);
    }

    #[test]
    fn a_crowd_cannot_fill_the_list_either() {
        let db = in_memory();
        let transaction = db.unchecked_transaction().unwrap();
        for n in 0..u128::from(OPEN) + 10 {
            asked(&db, id(n), &notice(PeerId::random(), n), n as i64);
        }
        transaction.commit().unwrap();
        let kept = all(&db).unwrap();
        assert_eq!(kept.len(), OPEN as usize);
        assert_eq!(kept.last().map(|oldest| oldest.id), Some(id(10)));
    }
}
