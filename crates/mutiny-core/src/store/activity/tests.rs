use mutiny_delivery::message::{Content, Epoch, Message};
use mutiny_delivery::store::Usage;

use super::*;
use crate::store::instances::tests::instance;
use crate::store::migrations::in_memory;
use crate::store::{Db, flows, instances, outbox};

fn ben() -> Peer {
    Peer(Bytes::from_static(b"ben"))
}

fn id(n: u64) -> Uuid {
    Uuid::from_u128(0x1000 + u128::from(n))
}

/// An instance, and `count` messages of it that wait for Ben: the first one an invitation.
fn waiting_for_ben(count: u64) -> (Db, Uuid) {
    let db = in_memory();
    instances::insert(&db, &instance(1)).unwrap();
    let own = instance(1).id;
    for n in 0..count {
        send(&db, own, if n == 0 { HOST } else { Uuid::from_u128(7) }, n);
    }
    (db, own)
}

fn send(db: &Db, own: Uuid, target: Uuid, n: u64) {
    let flow = between(db, own, target);
    let bytes = 1 + n as usize;
    let message = Message {
        seq: flow.next,
        id: id(n),
        content: Content::Json,
        sent: 100 + n as i64,
        deadline: 10_000,
        body: Bytes::from(vec![b'1'; bytes]),
    };
    outbox::insert(db, flow.id, &message, false).unwrap();
    let first = outbox::first(db, flow.id).unwrap().unwrap();
    let flow = flows::Outgoing { next: flow.next + 1, ..flow };
    flows::advance(db, flow, first, Usage { messages: 1, bytes: bytes as u64 }).unwrap();
}

fn flow_to(db: &Db, own: Uuid, target: u128) -> flows::Outgoing {
    between(db, own, Uuid::from_u128(target))
}

fn between(db: &Db, own: Uuid, target: Uuid) -> flows::Outgoing {
    match flows::find(db, own, &ben(), target).unwrap() {
        Some((known, _)) => known,
        None => flows::begin(db, own, &ben(), target, Epoch(1)).unwrap(),
    }
}

#[test]
fn what_waits_is_listed_in_pages_in_the_order_of_sending() {
    let (db, own) = waiting_for_ben(7);
    let mut places: Vec<(i64, i64)> = Vec::new();
    let mut listed = Vec::new();
    loop {
        let page = queued(&db, (own, &ben()), &places, 3).unwrap();
        if page.is_empty() {
            break;
        }
        for (message, (flow, seq)) in page {
            places.retain(|(known, _)| *known != flow);
            places.push((flow, seq));
            listed.push((message.id, message.invitation, message.bytes));
        }
    }
    assert_eq!(listed, (0..7).map(|n| (id(n), n == 0, 1 + n as u32)).collect::<Vec<_>>());
}

#[test]
fn what_ended_is_listed_newest_first_with_all_that_is_known_of_it() {
    let (db, own) = waiting_for_ben(6);
    let flow = flow_to(&db, own, 7);
    outbox::end(&db, flow.id, 0..4, Millis::MAX, 9, (MessageState::Delivered, 500)).unwrap();
    let (ended, _) = outbox::end(&db, flow.id, 4..5, Millis::MAX, 9, (MessageState::Failed, 600)).unwrap();
    explain(&db, ended[0].id, FailureReason::NotInvited, Outcome::NotDelivered).unwrap();

    let (page, places) = deliveries(&db, (own, &ben()), None, 3).unwrap();
    assert_eq!(page.iter().map(|message| message.id).collect::<Vec<_>>(), [id(4), id(3), id(2)]);
    let (rest, places) = deliveries(&db, (own, &ben()), Some(&places), 3).unwrap();
    assert_eq!(rest.iter().map(|message| message.id).collect::<Vec<_>>(), [id(1)]);
    assert_eq!((rest[0].sent, rest[0].ended, rest[0].bytes), (101, Some(500), 2));
    assert_eq!(places, []);

    let failed = failures(&db, (own, &ben()), None, 3).unwrap();
    let [failed] = failed.as_slice() else { panic!("{failed:?}") };
    assert_eq!((failed.reason, failed.outcome), (Some(FailureReason::NotInvited), Some(Outcome::NotDelivered)));
    assert_eq!(failure(&db, failed.id).unwrap(), (failed.reason.unwrap(), Outcome::NotDelivered));
}

#[test]
fn what_was_delivered_through_several_flows_is_one_list_also_while_more_is() {
    let (db, own) = waiting_for_ben(0);
    // Three to each of two instances, in turns; a message at a time, and all but the last two.
    for n in 0..6 {
        send(&db, own, Uuid::from_u128(7 + u128::from(n % 2)), n);
    }
    let deliver = |target, range| {
        let flow = flow_to(&db, own, target);
        outbox::end(&db, flow.id, range, Millis::MAX, 9, (MessageState::Delivered, 500)).unwrap();
    };
    for (target, range) in [(7, 0..1), (8, 0..2), (7, 1..2)] {
        deliver(target, range);
    }
    let ids = |page: &[OwnMessage]| page.iter().map(|message| message.id).collect::<Vec<_>>();

    let (page, places) = deliveries(&db, (own, &ben()), None, 1).unwrap();
    assert_eq!(ids(&page), [id(3)]);
    // What is delivered meanwhile is no part of the pages that follow.
    for target in [7, 8] {
        deliver(target, 2..3);
    }
    let (page, places) = deliveries(&db, (own, &ben()), Some(&places), 2).unwrap();
    assert_eq!(ids(&page), [id(2), id(1)]);
    let (page, places) = deliveries(&db, (own, &ben()), Some(&places), 2).unwrap();
    assert_eq!((ids(&page), places), (vec![id(0)], vec![]));

    let (page, _) = deliveries(&db, (own, &ben()), None, 9).unwrap();
    assert_eq!(ids(&page), [5, 4, 3, 2, 1, 0].map(id));
    assert_eq!(fares(&db).unwrap().iter().map(|fare| (fare.delivered, fare.last)).collect::<Vec<_>>(), [(3, 500); 2]);
}

#[test]
fn sums_say_how_much_waits_and_since_when() {
    let (db, own) = waiting_for_ben(5);
    outbox::end(&db, flow_to(&db, own, 7).id, 0..1, Millis::MAX, 9, (MessageState::Failed, 900)).unwrap();
    let fares = fares(&db).unwrap();
    let [messages, invitations] = fares.as_slice() else { panic!("{fares:?}") };
    assert_eq!((messages.waiting, messages.failed, messages.delivered), (3, 1, 0));
    assert_eq!((messages.since, messages.last), (Some(102), 900));
    assert_eq!((invitations.waiting, invitations.since), (1, Some(100)));
}

#[test]
fn a_withdrawn_message_is_overdue_from_then_on_and_ends_as_withdrawn() {
    let (db, own) = waiting_for_ben(3);
    let marked = withdraw(&db, own, id(1)).unwrap().unwrap();
    assert_eq!((marked.id, marked.peer.clone()), (id(1), ben()));
    assert!(withdraw(&db, instance(2).id, id(2)).unwrap().is_none(), "of another instance");
    let (flows, _) = outbox::due(&db, 1).unwrap();
    assert_eq!(flows, [(marked.flow, ben())]);
    let page = queued(&db, (own, &ben()), &[], 9).unwrap();
    assert_eq!(page.iter().map(|(message, _)| message.withdrawing).collect::<Vec<_>>(), [false, true, false]);
    let (ended, _) = outbox::end(&db, flow_to(&db, own, 7).id, 0..9, 1, 9, (MessageState::Failed, 1)).unwrap();
    assert_eq!(ended.iter().map(|ending| (ending.id, ending.withdrawn)).collect::<Vec<_>>(), [(id(1), true)]);
}

#[test]
fn all_that_waits_for_somebody_is_withdrawn_some_at_a_time() {
    let (db, own) = waiting_for_ben(5);
    let mut withdrawn = Vec::new();
    loop {
        let marked = withdraw_some(&db, &ben(), Some(own), 2).unwrap();
        if marked.is_empty() {
            break;
        }
        withdrawn.extend(marked.into_iter().map(|marked| marked.id));
    }
    assert_eq!(withdrawn, (0..5).map(id).collect::<Vec<_>>());
    assert!(withdraw_some(&db, &ben(), None, 2).unwrap().is_empty());
}

/// Whatever the depth of a queue, a page costs a page.
#[test]
fn pages_and_sums_are_found_over_an_index() {
    let db = in_memory();
    let plan = |query: &str| -> String {
        let mut statement = db.prepare(&format!("EXPLAIN QUERY PLAN {query}")).unwrap();
        let rows = statement.query_map([], |row| row.get::<_, String>("detail")).unwrap();
        rows.map(Result::unwrap).collect::<Vec<_>>().join("; ")
    };
    let queued = ["?1", "?2", "?3"].iter().fold(QUEUED.to_owned(), |query, part| query.replace(part, "4"));
    for query in [
        &queued,
        concat!("SELECT sent FROM outbox WHERE ", of_flow!("1"), " ORDER BY entry DESC LIMIT 1"),
        concat!(
            "SELECT entry FROM flows JOIN outbox ON ",
            of_flow!("flows.id"),
            " WHERE flows.id = 3 ORDER BY entry LIMIT 4"
        ),
        "SELECT min(deadline) FROM outbox WHERE flow = 1 AND early = 1",
        "SELECT * FROM ended WHERE flow = 1 AND state = 'failed' AND id < x'00' ORDER BY id DESC LIMIT 4",
        "SELECT ended FROM ended WHERE flow = 1 AND state = 'failed' ORDER BY id DESC LIMIT 1",
        "SELECT * FROM ended WHERE id = x'00' AND flow = 1 AND state = 'delivered'",
        "SELECT 1 FROM ended WHERE flow = 1 AND state = 'failed' LIMIT 1000",
    ] {
        let plan = plan(query);
        assert!(plan.contains("SEARCH") && !plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{query}: {plan}");
    }
}
