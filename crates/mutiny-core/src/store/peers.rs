//! The address book: peers, and where they were reached.

use libp2p::{Multiaddr, PeerId};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::columns::{peer, text_enum};
use crate::error::Result;
use crate::view::{Millis, Trust};

pub(super) const SCHEMA: &str = "
    CREATE TABLE peers (
        peer      BLOB NOT NULL PRIMARY KEY,
        name      TEXT, -- what it calls itself, once known
        trust     TEXT NOT NULL CHECK (trust IN ('none', 'friend', 'blocked')),
        last_seen INTEGER, -- NULL: never connected
        created   INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE peer_addresses (
        peer         BLOB NOT NULL REFERENCES peers (peer) ON DELETE CASCADE,
        address      TEXT NOT NULL,
        source       TEXT NOT NULL CHECK (source IN ('link', 'identify', 'hint')),
        told         INTEGER NOT NULL,
        last_success INTEGER, -- NULL: never reached there
        PRIMARY KEY (peer, address)
    ) STRICT, WITHOUT ROWID;
";

/// What a blocked peer was before, so that it is that again when it is unblocked.
pub(super) const WAS_FRIEND: &str = "
    ALTER TABLE peers ADD COLUMN was_friend INTEGER NOT NULL DEFAULT 0 CHECK (was_friend IN (0, 1));
";

/// What the person calls a peer.
pub(super) const OWN_NAME: &str = "ALTER TABLE peers ADD COLUMN own_name TEXT;";

/// How many addresses are kept of those that worked, and as many again of those that were only told of: neither kind
/// pushes out the other, whatever a peer says of itself.
const ADDRESSES_OF_A_KIND: u32 = 8;

/// How many strangers are kept: anybody on the network can make up any number of peers.
const STRANGERS: u32 = 1_000;

/// How long a stranger is kept that was not seen again.
const STRANGER_KEPT: Millis = 30 * 24 * 60 * 60 * 1_000;

/// Strangers: nobody decided anything about them or gave them a name, and no own instance waits for them.
const IS_STRANGER: &str =
    "trust = 'none' AND own_name IS NULL AND NOT EXISTS (SELECT 1 FROM doors WHERE doors.peer = peers.peer)";

/// A peer that this host knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Peer {
    pub(crate) id: PeerId,
    /// What it calls itself, once known.
    pub(crate) name: Option<String>,
    /// What the person calls it, where that is something else.
    pub(crate) own_name: Option<String>,
    pub(crate) trust: Trust,
    /// When it was last connected, if ever.
    pub(crate) last_seen: Option<Millis>,
    pub(crate) created: Millis,
}

impl Peer {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: peer(row, "peer")?,
            name: row.get("name")?,
            own_name: row.get("own_name")?,
            trust: row.get("trust")?,
            last_seen: row.get("last_seen")?,
            created: row.get("created")?,
        })
    }
}

/// Who told of an address, the most to be trusted first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The person, by contact link.
    Link,
    /// The peer itself, over a connection.
    Identify,
    /// Somebody on the network, in the peer's name.
    Hint,
}

text_enum!(Trust { None => "none", Friend => "friend", Blocked => "blocked" });
text_enum!(Source { Link => "link", Identify => "identify", Hint => "hint" });

/// Notes that a peer exists, as a stranger where it was unknown.
pub(crate) fn remember(db: &Connection, peer: &PeerId, now: Millis) -> Result<()> {
    let added = db
        .prepare_cached("INSERT INTO peers (peer, trust, created) VALUES (?1, 'none', ?2) ON CONFLICT DO NOTHING")?
        .execute(params![peer.to_bytes(), now])?;
    if added > 0 {
        forget_surplus_strangers(db, peer)?;
    }
    Ok(())
}

/// Notes that a peer is connected.
pub(crate) fn upsert_seen(db: &Connection, peer: &PeerId, now: Millis) -> Result<()> {
    remember(db, peer, now)?;
    db.prepare_cached("UPDATE peers SET last_seen = max(ifnull(last_seen, ?2), ?2) WHERE peer = ?1")?
        .execute(params![peer.to_bytes(), now])?;
    Ok(())
}

/// Keeps what a known peer calls itself. Returns whether that is new.
pub(crate) fn set_name(db: &Connection, peer: &PeerId, name: &str) -> Result<bool> {
    let changed = db
        .prepare_cached("UPDATE peers SET name = ?2 WHERE peer = ?1 AND name IS NOT ?2")?
        .execute(params![peer.to_bytes(), name])?;
    Ok(changed > 0)
}

/// Keeps what the person calls a known peer; `None`: what it calls itself.
pub(crate) fn set_own_name(db: &Connection, peer: &PeerId, name: Option<&str>) -> Result<()> {
    db.prepare_cached("UPDATE peers SET own_name = ?2 WHERE peer = ?1")?.execute(params![peer.to_bytes(), name])?;
    Ok(())
}

/// Keeps what the person thinks of a peer, known or not. Returns whether that is new.
pub(crate) fn set_trust(db: &Connection, peer: &PeerId, trust: Trust, now: Millis) -> Result<bool> {
    remember(db, peer, now)?;
    let changed = db
        .prepare_cached("UPDATE peers SET trust = ?2 WHERE peer = ?1 AND trust <> ?2")?
        .execute(params![peer.to_bytes(), trust])?;
    Ok(changed > 0)
}

/// Blocks a peer, known or not. Returns whether that is new.
pub(crate) fn block(db: &Connection, peer: &PeerId, now: Millis) -> Result<bool> {
    remember(db, peer, now)?;
    let changed = db
        .prepare_cached(
            "UPDATE peers SET was_friend = (trust = 'friend'), trust = 'blocked' WHERE peer = ?1 AND trust <> 'blocked'",
        )?
        .execute([peer.to_bytes()])?;
    Ok(changed > 0)
}

/// Makes a blocked peer what it was before. Returns whether it was blocked.
pub(crate) fn unblock(db: &Connection, peer: &PeerId) -> Result<bool> {
    let changed = db
        .prepare_cached(
            "UPDATE peers SET trust = CASE WHEN was_friend THEN 'friend' ELSE 'none' END, was_friend = 0
             WHERE peer = ?1 AND trust = 'blocked'",
        )?
        .execute([peer.to_bytes()])?;
    Ok(changed > 0)
}

/// Notes addresses that `source` told of, for a peer known or not. Those known less well make room.
pub(crate) fn add_addresses(
    db: &Connection,
    peer: &PeerId,
    addresses: &[Multiaddr],
    source: Source,
    now: Millis,
) -> Result<()> {
    remember(db, peer, now)?;
    let mut insert = db.prepare_cached(
        "INSERT INTO peer_addresses (peer, address, source, told) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (peer, address) DO UPDATE SET
            told = max(told, excluded.told),
            source = CASE WHEN 'link' IN (source, excluded.source) THEN 'link' ELSE excluded.source END",
    )?;
    for address in addresses {
        insert.execute(params![peer.to_bytes(), address.to_string(), source, now])?;
    }
    forget_surplus_addresses(db, peer)
}

/// Notes that a peer was reached at an address, known or not.
pub(crate) fn reached_at(db: &Connection, peer: &PeerId, address: &Multiaddr, now: Millis) -> Result<()> {
    remember(db, peer, now)?;
    db.prepare_cached(
        "INSERT INTO peer_addresses (peer, address, source, told, last_success) VALUES (?1, ?2, 'identify', ?3, ?3)
         ON CONFLICT (peer, address) DO UPDATE SET last_success = max(ifnull(last_success, ?3), ?3)",
    )?
    .execute(params![peer.to_bytes(), address.to_string(), now])?;
    forget_surplus_addresses(db, peer)
}

/// Where to try to reach a peer, the best first: where it was reached last, then by who told of it.
pub(crate) fn addresses(db: &Connection, peer: &PeerId) -> Result<Vec<Multiaddr>> {
    let mut query = db.prepare_cached(
        "SELECT address FROM peer_addresses WHERE peer = ?1
         ORDER BY last_success DESC NULLS LAST,
            CASE source WHEN 'link' THEN 0 WHEN 'identify' THEN 1 ELSE 2 END, told DESC, address",
    )?;
    let texts = query.query_map([peer.to_bytes()], |row| row.get::<_, String>(0))?;
    let texts = texts.collect::<rusqlite::Result<Vec<_>>>()?;
    // One that this build cannot parse is of no use to it, and no reason to give up on the others.
    Ok(texts.iter().filter_map(|text| text.parse().ok()).collect())
}

/// All peers, in the order they became known.
pub(crate) fn all(db: &Connection) -> Result<Vec<Peer>> {
    let mut query = db.prepare_cached("SELECT * FROM peers ORDER BY created, peer")?;
    let rows = query.query_map([], Peer::from_row)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The peers of whom the person thinks anything.
pub(crate) fn decided(db: &Connection) -> Result<Vec<(PeerId, Trust)>> {
    let mut query = db.prepare_cached("SELECT peer, trust FROM peers WHERE trust <> 'none'")?;
    let rows = query.query_map([], |row| Ok((peer(row, "peer")?, row.get("trust")?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// What is known of a peer, if anything.
pub(crate) fn get(db: &Connection, peer: &PeerId) -> Result<Option<Peer>> {
    let mut query = db.prepare_cached("SELECT * FROM peers WHERE peer = ?1")?;
    Ok(query.query_row([peer.to_bytes()], Peer::from_row).optional()?)
}

/// Forgets strangers that were not seen for long. Returns how many.
pub(crate) fn prune(db: &Connection, now: Millis) -> Result<usize> {
    let sql = format!("DELETE FROM peers WHERE {IS_STRANGER} AND ifnull(last_seen, created) < ?1");
    Ok(db.prepare_cached(&sql)?.execute([now.saturating_sub(STRANGER_KEPT)])?)
}

/// Makes room for `newcomer`: the strangers seen longest ago go.
fn forget_surplus_strangers(db: &Connection, newcomer: &PeerId) -> Result<()> {
    let sql = format!(
        "DELETE FROM peers WHERE peer IN (
            SELECT peer FROM peers WHERE {IS_STRANGER} AND peer <> ?1
            ORDER BY ifnull(last_seen, created) DESC, peer LIMIT -1 OFFSET ?2)"
    );
    db.prepare_cached(&sql)?.execute(params![newcomer.to_bytes(), STRANGERS - 1])?;
    Ok(())
}

fn forget_surplus_addresses(db: &Connection, peer: &PeerId) -> Result<()> {
    db.prepare_cached(
        "DELETE FROM peer_addresses WHERE peer = ?1 AND address IN (
            SELECT address FROM (
                SELECT address, row_number() OVER (
                    PARTITION BY last_success IS NULL
                    ORDER BY last_success DESC,
                        CASE source WHEN 'link' THEN 0 WHEN 'identify' THEN 1 ELSE 2 END, told DESC, address
                ) AS place
                FROM peer_addresses WHERE peer = ?1)
            WHERE place > ?2)",
    )?
    .execute(params![peer.to_bytes(), ADDRESSES_OF_A_KIND])?;
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::store::instances::tests::instance;
    use crate::store::migrations::in_memory;
    use crate::store::{doors, instances};

    fn at(port: u16) -> Multiaddr {
        format!("/ip4/192.0.2.1/tcp/{port}").parse().unwrap()
    }

    fn ports(db: &Connection, peer: &PeerId) -> Vec<u16> {
        let port = |address: &Multiaddr| address.to_string().rsplit('/').next().unwrap().parse().unwrap();
        addresses(db, peer).unwrap().iter().map(port).collect()
    }

    #[test]
    fn a_peer_is_what_was_learned_of_it() {
        let db = in_memory();
        let bob = PeerId::random();
        assert_eq!(get(&db, &bob).unwrap(), None);
        assert!(!set_name(&db, &bob, "nobody yet").unwrap());
        remember(&db, &bob, 1).unwrap();
        assert_eq!(get(&db, &bob).unwrap().unwrap().last_seen, None);
        upsert_seen(&db, &bob, 5).unwrap();
        upsert_seen(&db, &bob, 4).unwrap();
        assert!(set_name(&db, &bob, "Bob").unwrap());
        assert!(!set_name(&db, &bob, "Bob").unwrap());
        assert!(set_trust(&db, &bob, Trust::Friend, 6).unwrap());
        assert!(!set_trust(&db, &bob, Trust::Friend, 7).unwrap());
        let known = Peer {
            id: bob,
            name: Some("Bob".to_owned()),
            own_name: None,
            trust: Trust::Friend,
            last_seen: Some(5),
            created: 1,
        };
        assert_eq!(get(&db, &bob).unwrap().as_ref(), Some(&known));
        assert_eq!(all(&db).unwrap(), [known]);
    }

    #[test]
    fn who_is_unblocked_is_what_it_was_before() {
        let db = in_memory();
        let (friend, stranger) = (PeerId::random(), PeerId::random());
        set_trust(&db, &friend, Trust::Friend, 1).unwrap();
        assert!(!unblock(&db, &friend).unwrap());
        for peer in [&friend, &stranger] {
            assert!(block(&db, peer, 2).unwrap());
            assert!(!block(&db, peer, 3).unwrap());
            assert_eq!(get(&db, peer).unwrap().unwrap().trust, Trust::Blocked);
            assert!(unblock(&db, peer).unwrap());
        }
        assert_eq!(get(&db, &friend).unwrap().unwrap().trust, Trust::Friend);
        assert_eq!(get(&db, &stranger).unwrap().unwrap().trust, Trust::None);
    }

    #[test]
    fn the_address_that_worked_last_comes_first_and_then_the_one_from_the_person() {
        let db = in_memory();
        let bob = PeerId::random();
        add_addresses(&db, &bob, &[at(1), at(2)], Source::Hint, 1).unwrap();
        add_addresses(&db, &bob, &[at(3)], Source::Identify, 1).unwrap();
        add_addresses(&db, &bob, &[at(4)], Source::Link, 1).unwrap();
        add_addresses(&db, &bob, &[at(2), at(4)], Source::Hint, 2).unwrap();
        assert_eq!(ports(&db, &bob), [4, 3, 2, 1]);
        reached_at(&db, &bob, &at(1), 3).unwrap();
        reached_at(&db, &bob, &at(5), 4).unwrap();
        assert_eq!(ports(&db, &bob), [5, 1, 4, 3, 2]);
    }

    #[test]
    fn addresses_told_of_do_not_push_out_those_that_worked() {
        let db = in_memory();
        let (bob, carol) = (PeerId::random(), PeerId::random());
        add_addresses(&db, &carol, &[at(1)], Source::Hint, 1).unwrap();
        for port in 1..=20 {
            reached_at(&db, &bob, &at(port), port.into()).unwrap();
        }
        let told: Vec<_> = (21..=40).map(at).collect();
        for (now, address) in (21..).zip(told) {
            add_addresses(&db, &bob, &[address], Source::Identify, now).unwrap();
        }
        let kept: Vec<_> = (13..=20).rev().chain((33..=40).rev()).collect();
        assert_eq!(ports(&db, &bob), kept);
        assert_eq!(ports(&db, &carol), [1]);
    }

    #[test]
    fn strangers_are_forgotten_after_a_while_and_nobody_else() {
        let db = in_memory();
        let [friend, blocked, invited, seen, stranger] = std::array::from_fn(|_| PeerId::random());
        set_trust(&db, &friend, Trust::Friend, 0).unwrap();
        set_trust(&db, &blocked, Trust::Blocked, 0).unwrap();
        remember(&db, &invited, 0).unwrap();
        instances::insert(&db, &instance(1)).unwrap();
        doors::invite(&db, instance(1).id, &invited, 0).unwrap();
        remember(&db, &seen, 0).unwrap();
        upsert_seen(&db, &seen, 1).unwrap();
        remember(&db, &stranger, 0).unwrap();

        assert_eq!(prune(&db, STRANGER_KEPT).unwrap(), 0);
        assert_eq!(prune(&db, STRANGER_KEPT + 1).unwrap(), 1);
        assert_eq!(get(&db, &stranger).unwrap(), None);
        assert_eq!(all(&db).unwrap().len(), 4);
    }

    #[test]
    fn a_crowd_of_strangers_is_cut_to_those_seen_last() {
        let db = in_memory();
        let friend = PeerId::random();
        set_trust(&db, &friend, Trust::Friend, 0).unwrap();
        let first = PeerId::random();
        remember(&db, &first, 1).unwrap();
        let transaction = db.unchecked_transaction().unwrap();
        for _ in 1..STRANGERS {
            remember(&db, &PeerId::random(), 2).unwrap();
        }
        transaction.commit().unwrap();
        assert!(get(&db, &first).unwrap().is_some());
        // The newcomer stays, though the clock was set back.
        let newcomer = PeerId::random();
        remember(&db, &newcomer, 0).unwrap();
        assert_eq!(get(&db, &first).unwrap(), None);
        assert!(get(&db, &newcomer).unwrap().is_some());
        assert!(get(&db, &friend).unwrap().is_some());
        assert_eq!(all(&db).unwrap().len(), STRANGERS as usize + 1);
    }
}
