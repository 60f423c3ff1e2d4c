//! Apps that are fetched from whoever invited, until the person has answered.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, Row, params};
use uuid::Uuid;

use super::columns::{text_enum, uuid};
use crate::error::Result;

/// Added with the protocol that fetches apps.
pub(super) const ADDED: &str = "
    CREATE TABLE transfers (
        invitation BLOB NOT NULL PRIMARY KEY REFERENCES invitations (id) ON DELETE CASCADE,
        hash       TEXT NOT NULL,
        state      TEXT NOT NULL CHECK (state IN ('wanted', 'there', 'failed')),
        problem    TEXT
    ) STRICT, WITHOUT ROWID;
";

/// A package that the person wants from an inviter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Transfer {
    pub(crate) invitation: Uuid,
    /// The package's hash.
    pub(crate) hash: String,
    pub(crate) state: State,
    /// Why it failed, as a sentence.
    pub(crate) problem: Option<String>,
}

/// How far a transfer is, as far as that has to last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// To be fetched.
    Wanted,
    /// Fetched, and checked against the hash.
    There,
    /// Given up.
    Failed,
}

text_enum!(State { Wanted => "wanted", There => "there", Failed => "failed" });

impl Transfer {
    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            invitation: uuid(row, "invitation")?,
            hash: row.get("hash")?,
            state: row.get("state")?,
            problem: row.get("problem")?,
        })
    }
}

/// Wants a package; whatever was known of an earlier try is forgotten.
pub(crate) fn begin(db: &Connection, invitation: Uuid, hash: &str) -> Result<()> {
    db.prepare_cached(
        "INSERT OR REPLACE INTO transfers (invitation, hash, state, problem) VALUES (?1, ?2, 'wanted', NULL)",
    )?
    .execute(params![invitation.as_bytes(), hash])?;
    Ok(())
}

/// Notes what came of a transfer, unless it was ended or begun anew meanwhile.
pub(crate) fn settle(db: &Connection, invitation: Uuid, hash: &str, state: State, problem: Option<&str>) -> Result<()> {
    db.prepare_cached("UPDATE transfers SET state = ?3, problem = ?4 WHERE invitation = ?1 AND hash = ?2")?
        .execute(params![invitation.as_bytes(), hash, state, problem])?;
    Ok(())
}

/// Forgets a transfer.
pub(crate) fn end(db: &Connection, invitation: Uuid) -> Result<()> {
    db.prepare_cached("DELETE FROM transfers WHERE invitation = ?1")?.execute([invitation.as_bytes()])?;
    Ok(())
}

/// The transfer for an invitation.
pub(crate) fn get(db: &Connection, invitation: Uuid) -> Result<Option<Transfer>> {
    let mut query = db.prepare_cached("SELECT * FROM transfers WHERE invitation = ?1")?;
    Ok(query.query_row([invitation.as_bytes()], Transfer::from_row).optional()?)
}

/// All transfers.
pub(crate) fn all(db: &Connection) -> Result<Vec<Transfer>> {
    let mut query = db.prepare_cached("SELECT * FROM transfers ORDER BY invitation")?;
    let rows = query.query_map([], Transfer::from_row)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The hashes of all packages that are wanted or there.
pub(crate) fn needed(db: &Connection) -> Result<HashSet<String>> {
    Ok(all(db)?.into_iter().filter(|transfer| transfer.state != State::Failed).map(|it| it.hash).collect())
}
