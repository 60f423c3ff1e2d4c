//! When messages were committed to inboxes: the host tells that some were, the database which.

use mutiny_core::view::AppEvent;
use mutiny_core::{Event, Host};
use rusqlite::{Connection, OpenFlags};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::floor::databases::database;
use crate::{Result, clock};

/// Ids of messages and the times at which they were found committed.
type Times = Vec<(Uuid, f64)>;

/// Notes that are being taken.
pub(super) struct Notes {
    task: JoinHandle<Result<Times>>,
    enough: mpsc::Sender<usize>,
}

impl Notes {
    /// Begins behind what lies in the inboxes now.
    pub(super) fn take(host: &Host) -> Result<Self> {
        let db = Connection::open_with_flags(database(host)?, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let mut seen: i64 = db.query_row("SELECT coalesce(max(entry), 0) FROM inbox", [], |row| row.get(0))?;
        let mut events = host.events();
        let (enough, mut wanted) = mpsc::channel(1);
        let task = tokio::spawn(async move {
            let (mut times, mut most) = (Times::new(), usize::MAX);
            while times.len() < most {
                tokio::select! {
                    event = events.recv() => match event {
                        // Before the look: what else it finds came in between, some microseconds later.
                        Ok(Event::App(_, AppEvent::Message)) | Err(RecvError::Lagged(_)) => {
                            let at = clock::now();
                            for (entry, id) in new(&db, seen)? {
                                seen = entry;
                                times.push((id, at));
                            }
                        }
                        Ok(_) => {}
                        Err(RecvError::Closed) => return Err("the host has stopped".into()),
                    },
                    Some(count) = wanted.recv() => most = count,
                }
            }
            Ok(times)
        });
        Ok(Self { task, enough })
    }

    /// Waits until so many were noted, and gives them.
    pub(super) async fn until(self, count: usize) -> Result<Times> {
        // The task may have ended in an error, which it then tells.
        let _ = self.enough.send(count).await;
        self.task.await?
    }
}

fn new(db: &Connection, seen: i64) -> Result<Vec<(i64, Uuid)>> {
    let mut query = db.prepare_cached("SELECT entry, id FROM inbox WHERE entry > ?1 ORDER BY entry")?;
    let rows = query.query_map([seen], |row| Ok((row.get(0)?, Uuid::from_bytes(row.get(1)?))))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
