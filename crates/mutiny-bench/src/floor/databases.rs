//! Two SQLite files with the tables of a profile, and the rows of every message through both.
//!
//! In batches of 256, each step one transaction under `synchronous=FULL`:
//!
//! 1. sender, as `send()` does: a row into `outbox`; for the batch, one update of `instances`, and one of `flows` for each
//!    flow in it.
//! 2. receiver, as delivery does: a row into `inbox` and one into `received`; for the batch and flow, one update of
//!    `incoming` and `instances`.
//! 3. sender, once acknowledged: the row out of `outbox` and one into `ended`; for the batch and flow, one update of
//!    `flows`.
//!
//! Bookkeeping is written once a batch, as cheaply as these tables allow, and nothing is looked up. Rows are bound from
//! memory by prepared statements. The steps run one after the other on one thread, or overlapped on two: the receiver's
//! step of one batch beside the sender's of the next.

use std::path::{Path, PathBuf};
use std::sync::mpsc;

use mutiny_core::{Config, Host};
use rusqlite::{Connection, params};
use uuid::Uuid;

use crate::clock;
use crate::peer::app;
use crate::{Failure, Result};

/// How many messages share a transaction.
const BATCH: usize = 256;

/// Two files, ready to be written.
pub(crate) struct Databases {
    sender: PathBuf,
    receiver: PathBuf,
    instance: Uuid,
    /// So many messages were numbered.
    numbered: usize,
    flows: usize,
}

/// A row of the outbox, as the receiver gets it.
struct Row {
    id: Uuid,
    flow: usize,
    seq: usize,
}

impl Row {
    /// Its place in the outbox, as a host numbers it.
    fn entry(&self) -> i64 {
        ((self.flow as i64) << 40) + self.seq as i64
    }
}

impl Databases {
    /// Makes the files as a host makes its own, with one instance and so many flows.
    pub(crate) async fn new(folder: &Path, flows: usize) -> Result<Self> {
        let home = folder.join(format!("floor-databases-{flows}"));
        let config = Config {
            profile: "default".to_owned(),
            data_dir: Some(home.clone()),
            listen: vec!["/ip4/127.0.0.1/tcp/0".to_owned()],
            mdns: false,
        };
        let host = Host::start(config).await?;
        let instance = host.add_app(&app::folder(&home)?).await?.id;
        let database = database(&host)?;
        host.stop().await;
        let sender = home.join("sender.db");
        let receiver = home.join("receiver.db");
        for copy in [&sender, &receiver] {
            std::fs::copy(&database, copy)?;
            prepare(copy, instance, flows)?;
        }
        Ok(Self { sender, receiver, instance, numbered: 0, flows })
    }

    /// Messages a second, one step after the other.
    pub(crate) fn in_turn(&mut self, messages: usize, size: usize) -> Result<f64> {
        let (sender, receiver) = (open(&self.sender)?, open(&self.receiver)?);
        let batches = self.batches(messages);
        let body = vec![7; size];
        let begun = clock::now();
        for batch in &batches {
            queue(&sender, self.instance, batch, &body)?;
            take(&receiver, self.instance, batch, &body)?;
            end(&sender, self.instance, batch, size)?;
        }
        let rate = messages as f64 / (clock::now() - begun);
        empty(&receiver)?;
        Ok(rate)
    }

    /// Messages a second, both files at once.
    pub(crate) fn overlapped(&mut self, messages: usize, size: usize) -> Result<f64> {
        let (sender, receiver) = (open(&self.sender)?, open(&self.receiver)?);
        let batches = self.batches(messages);
        let (body, instance) = (vec![7; size], self.instance);
        let (hand_over, handed) = mpsc::channel::<&Vec<Row>>();
        let (acknowledge, acknowledged) = mpsc::channel::<&Vec<Row>>();
        let begun = clock::now();
        let receiver = std::thread::scope(|scope| {
            let body = &body;
            let taking = scope.spawn(move || {
                for batch in handed {
                    take(&receiver, instance, batch, body)?;
                    // The sender waits for as many as it has handed over.
                    let _ = acknowledge.send(batch);
                }
                Ok::<_, Failure>(receiver)
            });
            for (index, batch) in batches.iter().enumerate() {
                queue(&sender, instance, batch, body)?;
                hand_over.send(batch).map_err(|_| "the receiving thread has stopped")?;
                if index > 0 {
                    end(&sender, instance, acknowledged.recv()?, size)?;
                }
            }
            drop(hand_over);
            for batch in acknowledged {
                end(&sender, instance, batch, size)?;
            }
            taking.join().map_err(|_| "the receiving thread panicked")?
        })?;
        let rate = messages as f64 / (clock::now() - begun);
        empty(&receiver)?;
        Ok(rate)
    }

    /// The seconds of each of so many transactions that put one message into the outbox.
    pub(crate) fn commits(&mut self, messages: usize, size: usize) -> Result<Vec<f64>> {
        let sender = open(&self.sender)?;
        let body = vec![7; size];
        let rows = self.batches(messages).into_iter().flatten();
        rows.map(|row| {
            let begun = clock::now();
            queue(&sender, self.instance, &[row], &body)?;
            Ok(clock::now() - begun)
        })
        .collect()
    }

    /// The next messages, spread over the flows.
    fn batches(&mut self, messages: usize) -> Vec<Vec<Row>> {
        let rows: Vec<Row> = (self.numbered..self.numbered + messages)
            .map(|number| Row { id: Uuid::now_v7(), flow: number % self.flows, seq: number / self.flows })
            .collect();
        self.numbered += messages;
        let mut rows = rows.into_iter();
        std::iter::from_fn(|| Some(rows.by_ref().take(BATCH).collect::<Vec<_>>()).filter(|batch| !batch.is_empty()))
            .collect()
    }
}

/// The database of a host.
pub(crate) fn database(host: &Host) -> Result<PathBuf> {
    database_in(host.profile_dir())
}

/// The database in a profile's folder.
pub(crate) fn database_in(profile: &Path) -> Result<PathBuf> {
    for entry in std::fs::read_dir(profile)? {
        let path = entry?.path();
        let mut head = [0; 15];
        let read = std::fs::File::open(&path).and_then(|mut file| std::io::Read::read_exact(&mut file, &mut head));
        if read.is_ok() && &head == b"SQLite format 3" {
            return Ok(path);
        }
    }
    Err("the profile has no database".into())
}

/// A connection set up as the host's own.
pub(crate) fn open(path: &Path) -> Result<Connection> {
    let db = Connection::open(path)?;
    db.pragma_update(None, "journal_mode", "wal")?;
    db.pragma_update(None, "synchronous", "full")?;
    db.pragma_update(None, "foreign_keys", true)?;
    db.pragma_update(None, "secure_delete", "fast")?;
    // As a host's: its own way to keep the log must not count as a gain over the floor.
    db.pragma_update(None, "wal_autocheckpoint", 4000)?;
    db.set_prepared_statement_cache_capacity(64);
    Ok(db)
}

/// Rows that every message finds in place: flows, in both directions.
fn prepare(path: &Path, instance: Uuid, flows: usize) -> Result<()> {
    let db = open(path)?;
    for flow in 0..flows as u128 {
        let other = Uuid::from_u128(flow + 1);
        db.execute(
            "INSERT INTO flows (id, source, peer, target, epoch, next, gone, doubt)
             VALUES (?1, ?2, ?3, ?4, ?5, 0, 0, 0)",
            params![flow as i64, instance.as_bytes(), PEER, other.as_bytes(), [1_u8; 16]],
        )?;
        db.execute(
            "INSERT INTO incoming (id, peer, source, target, epoch, next) VALUES (?1, ?2, ?3, ?4, ?5, 0)",
            params![flow as i64, PEER, other.as_bytes(), instance.as_bytes(), [1_u8; 16]],
        )?;
    }
    Ok(())
}

/// As long as a real peer's id.
const PEER: [u8; 38] = [9; 38];

fn queue(db: &Connection, instance: Uuid, batch: &[Row], body: &[u8]) -> Result<()> {
    execute(db, "BEGIN IMMEDIATE")?;
    let mut insert = db.prepare_cached(
        "INSERT INTO outbox (entry, id, content, sent, deadline, body, early) VALUES (?1, ?2, 2, ?3, ?4, ?5, 0)",
    )?;
    for row in batch {
        let sent = MILLIS + row.seq as i64;
        insert.execute(params![row.entry(), row.id.as_bytes(), sent, sent + WEEK, body])?;
    }
    for (flow, next) in ends(batch) {
        db.prepare_cached("UPDATE flows SET next = ?2, gone = ?2, waiting = 1, waiting_bytes = 1 WHERE id = ?1")?
            .execute([flow as i64, next as i64])?;
    }
    touch(db, instance)?;
    execute(db, "COMMIT")
}

fn take(db: &Connection, instance: Uuid, batch: &[Row], body: &[u8]) -> Result<()> {
    execute(db, "BEGIN IMMEDIATE")?;
    let mut insert = db.prepare_cached(
        "INSERT INTO inbox (instance, id, kind, peer, other, sent, body) VALUES (?1, ?2, 2, ?3, ?4, ?5, ?6)",
    )?;
    let mut remember = db.prepare_cached("INSERT INTO received (flow, id, sent) VALUES (?1, ?2, ?3)")?;
    for Row { id, flow, seq } in batch {
        let other = Uuid::from_u128(*flow as u128 + 1);
        let sent = MILLIS + *seq as i64;
        insert.execute(params![instance.as_bytes(), id.as_bytes(), PEER, other.as_bytes(), sent, body])?;
        remember.execute(params![*flow as i64, id.as_bytes(), sent])?;
    }
    for (flow, next) in ends(batch) {
        db.prepare_cached("UPDATE incoming SET next = ?2, waiting = 1, waiting_bytes = 1 WHERE id = ?1")?
            .execute([flow as i64, next as i64])?;
    }
    touch(db, instance)?;
    execute(db, "COMMIT")
}

fn end(db: &Connection, instance: Uuid, batch: &[Row], size: usize) -> Result<()> {
    execute(db, "BEGIN IMMEDIATE")?;
    let mut delete = db.prepare_cached("DELETE FROM outbox WHERE entry = ?1")?;
    let mut note =
        db.prepare_cached("INSERT INTO ended (id, instance, state, ended, flow, sent, bytes) VALUES (?1, ?2, 'delivered', ?3, ?4, ?3, ?5)")?;
    for row in batch {
        delete.execute([row.entry()])?;
        note.execute(params![row.id.as_bytes(), instance.as_bytes(), MILLIS, row.flow as i64, size as i64])?;
    }
    for (flow, next) in ends(batch) {
        db.prepare_cached("UPDATE flows SET delivered = ?2, waiting = 0, waiting_bytes = 0 WHERE id = ?1")?
            .execute([flow as i64, next as i64])?;
    }
    execute(db, "COMMIT")
}

/// Between rounds, as apps empty their inboxes.
fn empty(db: &Connection) -> Result<()> {
    db.execute("DELETE FROM inbox", [])?;
    Ok(())
}

fn touch(db: &Connection, instance: Uuid) -> Result<()> {
    db.prepare_cached("UPDATE instances SET last_active = ?2 WHERE id = ?1")?
        .execute(params![instance.as_bytes(), MILLIS])?;
    Ok(())
}

/// The number behind the last message of each flow in a batch.
fn ends(batch: &[Row]) -> std::collections::BTreeMap<usize, usize> {
    batch.iter().map(|row| (row.flow, row.seq + 1)).collect()
}

fn execute(db: &Connection, statement: &str) -> Result<()> {
    db.prepare_cached(statement)?.execute([])?;
    Ok(())
}

/// Some time, in milliseconds.
const MILLIS: i64 = 1_700_000_000_000;

const WEEK: i64 = 7 * 24 * 60 * 60 * 1000;
