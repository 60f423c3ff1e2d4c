#![allow(clippy::unwrap_used)]

use super::*;
use crate::policy::Book;
use crate::view::{PeerFilter, Trust};

const SECOND: Duration = Duration::from_secs(1);

fn address(port: usize) -> Multiaddr {
    format!("/ip4/10.0.0.1/tcp/{port}").parse().unwrap()
}

/// A policy without chance, somebody to reach, and a moment to begin at.
fn setup() -> (Reach, PeerId, Instant) {
    (Reach::new(PeerId::random(), Policy::default(), || 0.0), PeerId::random(), Instant::now())
}

fn dials(reach: &mut Reach, now: Instant) -> Vec<PeerId> {
    reach.due(now).into_iter().map(|(peer, _)| peer).collect()
}

#[test]
fn a_wanted_peer_is_dialled_at_once_at_all_its_addresses_and_only_once() {
    let (mut reach, bob, now) = setup();
    reach.want(bob, vec![address(1), address(2)], false, now);
    assert_eq!(reach.due(now), [(bob, vec![address(1), address(2)])]);
    assert_eq!(reach.due(now), []);
    assert_eq!(reach.next_due(), None);
}

#[test]
fn failures_are_followed_by_waits_that_grow() {
    let (mut reach, bob, mut now) = setup();
    reach.want(bob, vec![address(1)], false, now);
    for seconds in [1, 2, 4, 8, 16, 32, 60, 60] {
        assert_eq!(dials(&mut reach, now), [bob]);
        reach.failed(bob, None, now);
        let next = now + SECOND * seconds;
        assert_eq!(reach.next_due(), Some(next));
        assert!(dials(&mut reach, next - Duration::from_millis(1)).is_empty());
        now = next;
    }
}

#[test]
fn wanting_again_does_not_hurry_but_a_new_address_does() {
    let (mut reach, bob, now) = setup();
    reach.want(bob, vec![address(1)], false, now);
    reach.due(now);
    reach.failed(bob, None, now);
    reach.want(bob, vec![address(1)], false, now);
    assert!(dials(&mut reach, now).is_empty());
    reach.want(bob, vec![address(2)], false, now);
    assert_eq!(dials(&mut reach, now), [bob]);
}

#[test]
fn own_and_blocked_peers_are_not_dialled() {
    let (mut reach, bob, now) = setup();
    reach.want(reach.own, vec![address(1)], false, now);
    reach.want(bob, vec![address(1)], false, now);
    let blocked = HashMap::from([(bob, Trust::Blocked)]);
    reach.policy.replace(Book { trust: blocked, ..Book::default() });
    reach.review(now);
    assert!(dials(&mut reach, now).is_empty());
    assert_eq!(reach.next_due(), None);
    reach.policy.replace(Book::default());
    reach.review(now);
    assert_eq!(dials(&mut reach, now), [bob]);
}

#[test]
fn whom_mdns_names_is_dialled_only_if_the_policy_lets_neighbours_in() {
    let (mut reach, bob, now) = setup();
    let carol = PeerId::random();
    reach.policy.replace(Book { filter: PeerFilter::Friends, ..Book::default() });
    reach.discovered(bob, vec![address(1)], false, now);
    reach.want(carol, vec![address(2)], false, now);
    assert_eq!(dials(&mut reach, now), [carol]);
    assert_eq!(reach.next_due(), None);
    reach.policy.replace(Book { filter: PeerFilter::Nearby, ..Book::default() });
    reach.review(now);
    assert_eq!(dials(&mut reach, now), [bob]);
}

#[test]
fn who_is_no_longer_wanted_is_not_dialled_unless_nearby() {
    let (mut reach, bob, now) = setup();
    let carol = PeerId::random();
    for peer in [bob, carol] {
        reach.want(peer, vec![address(1)], false, now);
    }
    reach.discovered(carol, vec![address(1)], false, now);
    reach.forget(bob);
    reach.forget(carol);
    assert_eq!(dials(&mut reach, now), [carol]);
    assert!(!reach.keeps(bob) && !reach.wants(&carol));
}

#[test]
fn a_connection_ends_the_dialling_and_its_end_resumes_it() {
    let (mut reach, bob, now) = setup();
    assert!(!reach.seeks());
    reach.want(bob, vec![address(1)], false, now);
    reach.due(now);
    assert!(reach.seeks());
    reach.connected(bob, Some(&address(1)), now);
    assert_eq!((reach.next_due(), reach.seeks()), (None, false));
    let later = now + SECOND * 3600;
    reach.disconnected(bob, later);
    assert_eq!((reach.next_due(), reach.seeks()), (Some(later + SECOND), true));
}

#[test]
fn a_late_failure_of_a_dial_does_not_undo_a_connection_from_the_other_side() {
    let (mut reach, bob, now) = setup();
    reach.want(bob, vec![address(1)], false, now);
    reach.due(now);
    reach.connected(bob, None, now);
    reach.failed(bob, None, now);
    assert_eq!(reach.next_due(), None);
}

#[test]
fn connections_that_end_at_once_count_as_failures() {
    let (mut reach, bob, mut now) = setup();
    reach.want(bob, vec![address(1)], false, now);
    for seconds in [1, 2, 4, 8] {
        assert_eq!(dials(&mut reach, now), [bob]);
        reach.connected(bob, Some(&address(1)), now);
        reach.disconnected(bob, now);
        assert_eq!(reach.next_due(), Some(now + SECOND * seconds));
        now += SECOND * seconds;
    }
}

#[test]
fn where_somebody_else_answers_the_other_addresses_are_tried_at_once() {
    let (mut reach, bob, now) = setup();
    reach.want(bob, vec![address(1), address(2)], false, now);
    reach.due(now);
    reach.failed(bob, Some(&address(1)), now);
    assert_eq!(reach.due(now), [(bob, vec![address(2)])]);
    reach.failed(bob, Some(&address(2)), now);
    assert_eq!(reach.due(now), [], "nobody is left to ask, so it waits");
    assert!(reach.next_due() > Some(now));
}

#[test]
fn a_change_of_network_ends_every_wait() {
    let (mut reach, bob, now) = setup();
    reach.want(bob, vec![address(1)], false, now);
    reach.due(now);
    reach.failed(bob, Some(&address(1)), now);
    reach.fresh_round(now);
    assert_eq!(reach.due(now), [(bob, vec![address(1)])]);
    reach.failed(bob, None, now);
    assert_eq!(reach.next_due(), Some(now + SECOND), "and the waits begin small again");
}

#[test]
fn peers_nearby_are_dialled_while_mdns_names_them() {
    let (mut reach, bob, now) = setup();
    reach.discovered(bob, vec![address(1)], false, now);
    assert!(reach.keeps(bob));
    assert_eq!(dials(&mut reach, now), [bob]);
    reach.failed(bob, None, now);
    reach.expired(bob, &address(1));
    assert!(!reach.keeps(bob));
    assert_eq!(reach.next_due(), None);
}

#[test]
fn mdns_is_no_sign_of_life_so_its_silence_ends_no_connection() {
    let (mut reach, bob, now) = setup();
    reach.discovered(bob, vec![address(1)], false, now);
    reach.due(now);
    reach.connected(bob, Some(&address(1)), now);
    reach.expired(bob, &address(1));
    assert!(reach.keeps(bob));
    reach.disconnected(bob, now);
    assert!(!reach.keeps(bob));
}

#[test]
fn mdns_hurries_a_wanted_peer() {
    let (mut reach, bob, now) = setup();
    reach.want(bob, vec![address(1)], false, now);
    reach.due(now);
    reach.failed(bob, None, now);
    reach.discovered(bob, vec![address(1)], false, now);
    assert_eq!(dials(&mut reach, now), [bob]);
}

#[test]
fn strangers_that_mdns_names_are_left_alone() {
    let (mut reach, stranger, now) = setup();
    reach.discovered(stranger, vec![address(1)], false, now);
    reach.stranger(stranger);
    reach.discovered(stranger, vec![address(1)], false, now);
    assert!(dials(&mut reach, now).is_empty());
}

#[test]
fn invented_names_fill_only_so_much() {
    let (mut reach, bob, now) = setup();
    for _ in 0..1000 {
        reach.discovered(PeerId::random(), vec![address(1)], false, now);
    }
    assert_eq!(reach.targets.len(), MOST_NEARBY);
    reach.want(bob, vec![address(1)], false, now);
    reach.discovered(bob, vec![address(2)], false, now);
    assert!(reach.keeps(bob));
}

#[test]
fn attempts_at_once_are_bounded_and_the_others_follow() {
    let (mut reach, _, now) = setup();
    let peers: Vec<PeerId> = (0..MOST_DIALS + 3).map(|_| PeerId::random()).collect();
    for peer in &peers {
        reach.want(*peer, vec![address(1)], false, now);
    }
    let first = dials(&mut reach, now);
    assert_eq!(first.len(), MOST_DIALS);
    assert_eq!(reach.next_due(), None);
    for peer in first {
        reach.failed(peer, None, now);
    }
    assert_eq!(dials(&mut reach, now).len(), 3);
}

#[test]
fn a_wanted_peer_without_an_address_waits_for_one() {
    let (mut reach, bob, now) = setup();
    reach.want(bob, vec![], false, now);
    assert_eq!(reach.due(now), []);
    reach.add_addresses(bob, vec![address(1)], now);
    assert_eq!(dials(&mut reach, now), [bob]);
}

#[test]
fn whoever_does_not_want_to_wait_has_a_peer_dialled_at_once() {
    let (mut reach, bob, now) = setup();
    reach.want(bob, vec![address(1)], false, now);
    for attempts in 0..3 {
        assert_eq!(reach.outlook(bob, now).unwrap().attempts, attempts);
        assert_eq!(dials(&mut reach, now), [bob]);
        assert!(reach.outlook(bob, now).unwrap().trying);
        reach.failed(bob, None, now);
        assert!(dials(&mut reach, now).is_empty());
        reach.hurry(bob, now);
    }
    // An address where somebody else answered is tried as well.
    assert_eq!(dials(&mut reach, now), [bob]);
    reach.failed(bob, Some(&address(1)), now);
    assert_eq!(reach.outlook(bob, now).unwrap().trouble, Some(Trouble::SomebodyElse));
    reach.hurry(bob, now);
    assert_eq!(dials(&mut reach, now), [bob]);
}

#[test]
fn it_is_known_what_is_to_be_expected_of_a_peer() {
    let (mut reach, bob, now) = setup();
    assert_eq!(reach.outlook(bob, now), None);
    reach.want(bob, vec![], false, now);
    assert!(dials(&mut reach, now).is_empty());
    let outlook = reach.outlook(bob, now).unwrap();
    assert_eq!((outlook.trouble, outlook.next), (Some(Trouble::NoAddress), Some(SECOND)));
    reach.add_addresses(bob, vec![address(1)], now);
    dials(&mut reach, now);
    reach.failed(bob, None, now);
    let outlook = reach.outlook(bob, now).unwrap();
    let expected = Outlook { attempts: 1, trying: false, next: Some(SECOND), trouble: Some(Trouble::NoAnswer) };
    assert_eq!(outlook, expected);
    reach.connected(bob, None, now);
    assert_eq!(reach.outlook(bob, now).unwrap().trouble, None);
    reach.disconnected(bob, now);
    assert_eq!(reach.outlook(bob, now).unwrap().trouble, Some(Trouble::HungUp));
}
