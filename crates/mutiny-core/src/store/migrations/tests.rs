//! Databases of every released version become ones of today, with all that was in them.

use std::collections::BTreeMap;

use libp2p::PeerId;
use mutiny_delivery::message::Peer;
use mutiny_delivery::store::Usage;
use rusqlite::Connection;
use rusqlite::types::Value;
use uuid::Uuid;

use super::{FIRST, KNOWN, LATER};
use crate::store::{
    Db, Store, activity, doors, ended, inbox, inboxes, incoming, instances, outbox, outboxes, peers, queues, settings,
};
use crate::view::{Body, Entry, MessageState, Outcome, Trust};

/// A database of each schema version that was released.
const RELEASED: &[(i64, &str)] = &[(1, include_str!("version-1.sql"))];

/// What later versions do without, or fill otherwise: tables, and columns of tables.
const DROPPED: &[(&str, &str)] = &[
    ("recent", "*"),
    ("incoming", "received"),
    ("incoming", "doubtful"),
    ("outboxes", "*"),
    ("queues", "out_messages"),
    ("queues", "out_bytes"),
    ("queues", "in_messages"),
    ("queues", "in_bytes"),
    ("outbox", "entry"), // the flow and the number, which it is made of since, are compared
];

/// The rows of each table, by the table's name and with the names of the columns.
type Contents = BTreeMap<String, (Vec<String>, Vec<Vec<Value>>)>;

/// What is in the tables of `of`, as far as `db` has it: those tables, those columns.
fn contents(db: &Connection, of: &Connection) -> Contents {
    let mut names =
        of.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").unwrap();
    let names: Vec<String> = names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let dropped = |table: &str, column: &str| DROPPED.contains(&(table, column));
    names
        .into_iter()
        .filter(|name| !dropped(name, "*"))
        .map(|name| {
            let columns = of.prepare(&format!("SELECT * FROM {name}")).unwrap();
            let columns: Vec<String> = columns
                .column_names()
                .into_iter()
                .filter(|column| !dropped(&name, column))
                .map(str::to_owned)
                .collect();
            let list = columns.join(", ");
            let mut query = db.prepare(&format!("SELECT {list} FROM {name} ORDER BY {list}")).unwrap();
            let row = |row: &rusqlite::Row<'_>| (0..columns.len()).map(|column| row.get(column)).collect();
            let rows = query.query_map([], row).unwrap().map(Result::unwrap).collect();
            (name, (columns, rows))
        })
        .collect()
}

/// A database as a released version left it.
fn released(dump: &str) -> Connection {
    let db = Connection::open_in_memory().unwrap();
    db.execute_batch(dump).unwrap();
    db
}

/// A database of the first version, with all migrations up to this one.
fn before(migration: &str) -> Connection {
    let db = released(RELEASED[0].1);
    let earlier = LATER.iter().position(|sql| *sql == migration).unwrap();
    LATER[..earlier].iter().for_each(|sql| db.execute_batch(sql).unwrap());
    db.pragma_update(None, "user_version", 1 + earlier as i64).unwrap();
    db
}

#[test]
fn every_released_version_migrates_to_the_newest_and_keeps_its_contents() {
    assert!(RELEASED.iter().map(|(version, _)| *version).is_sorted(), "one each, oldest first");
    for (version, dump) in RELEASED {
        let before = released(dump);
        let found: i64 = before.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
        assert_eq!(found, *version);
        let expected = contents(&before, &before);
        for (table, (_, rows)) in &expected {
            assert!(!rows.is_empty(), "version {version} has nothing in {table}, so nothing of it is tested");
        }

        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("mutiny.db");
        before.execute("VACUUM INTO ?1", [file.to_str().unwrap()]).unwrap();
        drop(Store::open(&file).unwrap());
        let after = Connection::open(&file).unwrap();
        let reached: i64 = after.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
        assert_eq!(reached, KNOWN);
        assert_eq!(contents(&after, &before), expected, "of version {version}");
        let violations: i64 =
            after.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0)).unwrap();
        assert_eq!(violations, 0, "of version {version}");
    }
}

/// Not only the rows: what a person and an app would see of them.
#[tokio::test]
async fn a_profile_of_the_first_version_is_what_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mutiny.db");
    released(RELEASED[0].1).execute("VACUUM INTO ?1", [file.to_str().unwrap()]).unwrap();
    let store = Store::open(&file).unwrap();
    let checks = |db: &Db| {
        let id = |byte: u8| Uuid::from_bytes([byte; 16]);
        let ben = PeerId::from_bytes(&[&[0, 0x24, 8, 1, 0x12, 0x20][..], &[0xb1; 32]].concat()).unwrap();
        let inbox = |db: &Connection| inboxes::usage(db, id(0x11));
        assert_eq!((inbox(db)?.messages, queues::notices(db, id(0x11))?), (1, 1));
        assert_eq!(settings::get(db, "name")?.as_deref(), Some("Ana"));
        assert_eq!(peers::get(db, &ben)?.unwrap().trust, Trust::Friend);
        assert_eq!(instances::get(db, id(0x11))?.label.as_deref(), Some("Chess with Ben"));
        assert!(doors::may_send(db, id(0x11), &ben)?);
        let states = [(0x61, MessageState::Queued), (0x64, MessageState::Delivered), (0x65, MessageState::Failed)];
        for (message, state) in states {
            assert_eq!(outbox::state(db, id(0x11), id(message))?, state);
        }
        let (messages, bytes) = db.query_row("SELECT count(*), sum(length(body)) FROM outbox", [], |row| {
            Ok((row.get::<_, i64>(0)? as u64, row.get::<_, i64>(1)? as u64))
        })?;
        assert_eq!(outboxes::usage(db, id(0x11))?, Usage { messages, bytes });
        assert!(bytes > 0);
        let Some(Entry::Message { body: Body::Json(body), .. }) = inbox::take(db, id(0x11), None)? else { panic!() };
        assert_eq!(body, serde_json::json!({ "move": "e5" }));
        let Some(Entry::Failure { message, outcome, .. }) = inbox::take(db, id(0x11), None)? else { panic!() };
        assert_eq!((message, outcome), (id(0x65), Outcome::Unknown));
        assert_eq!((inbox(db)?, queues::notices(db, id(0x11))?), Default::default());
        // The one message that came is still recognised, should it come again.
        let (flow, id): (i64, [u8; 16]) =
            db.query_row("SELECT flow, id FROM received", [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        assert!(incoming::is_remembered(db, flow, Uuid::from_bytes(id))?);
        assert_eq!((flow, id), (1, [0x71; 16]));
        Ok(())
    };
    store.write(checks).await.unwrap();
}

/// What an index listed is a list of its own since: newest first, each flow by itself, and without what failed.
#[test]
fn what_was_delivered_in_an_earlier_version_is_listed() {
    let mut db = before(ended::CHAINED);
    db.execute_batch(
        "UPDATE ended SET flow = 1;
         INSERT INTO flows SELECT 2, source, peer, x'22222222222222222222222222222222', epoch, next, gone, doubt FROM flows;
         INSERT INTO ended (id, instance, state, ended, flow, sent, bytes) VALUES
             (x'66666666666666666666666666666666', x'11111111111111111111111111111111', 'delivered', 1700000260001, 1, 1, 1),
             (x'67676767676767676767676767676767', x'11111111111111111111111111111111', 'delivered', 1700000260002, 2, 1, 1),
             (x'68686868686868686868686868686868', x'11111111111111111111111111111111', 'delivered', 1700000260003, NULL, 1, 1);",
    )
    .unwrap();
    super::run(&mut db).unwrap();
    let peer = Peer(db.query_row("SELECT peer FROM flows", [], |row| row.get::<_, Vec<u8>>(0)).unwrap().into());
    let own = Uuid::from_bytes([0x11; 16]);
    let (listed, _) = activity::deliveries(&db, (own, &peer), None, 9).unwrap();
    assert_eq!(listed.iter().map(|message| message.id.as_bytes()[0]).collect::<Vec<_>>(), [0x67, 0x66, 0x64]);
    let failed = activity::failures(&db, (own, &peer), None, 9).unwrap();
    assert_eq!(failed.iter().map(|message| message.id.as_bytes()[0]).collect::<Vec<_>>(), [0x65]);
    let fares: Vec<_> = activity::fares(&db).unwrap().iter().map(|fare| (fare.delivered, fare.failed)).collect();
    assert_eq!(fares, [(1, 0), (2, 1)]);
}

/// The counts of an inbox are with its flows since, also of one that was forgotten before.
#[test]
fn what_waits_in_an_inbox_is_counted_although_its_flow_was_forgotten() {
    let mut db = before(inboxes::BY_FLOW);
    db.execute("DELETE FROM incoming", []).unwrap();
    super::run(&mut db).unwrap();
    let own = Uuid::from_bytes([0x11; 16]);
    let db = Db::writing(db).unwrap();
    assert_eq!(inboxes::used(&db, own).unwrap().messages, 1);
    while inbox::take(&db, own, None).unwrap().is_some() {}
    assert_eq!(inboxes::usage(&db, own).unwrap(), Usage::default());
    assert_eq!(inboxes::used(&db, own).unwrap(), Usage::default());
    assert_eq!(incoming::count_all(&db).unwrap(), 1);
}

/// A released migration that is edited leaves two kinds of databases behind that call themselves the same.
#[test]
fn what_was_released_is_as_it_was() {
    let schema = |db: &Connection| -> Vec<String> {
        let mut query = db.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name").unwrap();
        let lines = query.query_map([], |row| row.get::<_, String>(0)).unwrap().map(Result::unwrap);
        lines.map(|sql| sql.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
    };
    let first = Connection::open_in_memory().unwrap();
    first.execute_batch(&FIRST.concat()).unwrap();
    assert_eq!(schema(&first), schema(&released(RELEASED[0].1)));
}
