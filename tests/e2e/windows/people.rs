//! Who a person is, whom they know, and whom they let in.

use serde_json::json;

use crate::harness::{Host, in_networks_of_its_own};

/// A person chooses something in the menu of another.
#[track_caller]
fn decides(host: &Host, about: &str, decision: &str) {
    let launcher = host.launcher();
    launcher.go_to("People").page().click("button", &format!("More for {about}"));
    launcher.page().click("menuitem", decision);
}

/// A person chooses who may reach them.
#[track_caller]
fn lets_in(host: &Host, whom: &str) {
    host.launcher().go_to("Settings").page().within("radiogroup", "Who may reach you").click("radio", whom);
}

#[test]
fn a_new_profile_asks_for_a_name_and_who_may_come_and_never_again() {
    let ana = Host::new("ana");
    ana.start_anew();
    let launcher = ana.launcher();
    let page = launcher.page();
    page.shows("heading", "Welcome to Mutiny").shows("heading", "Your contact link");
    page.picture("first-start");
    let link =
        page.until("show the link", "return document.querySelector('[aria-label=\"Contact link\"]')?.value", json!([]));
    assert_eq!(json!(page.scanned()), link);
    page.fill("Your name", "Ana María");
    page.click("radio", "Friends only").click("button", "Start");
    page.shows("heading", "Apps").lacks("heading", "Welcome to Mutiny");
    launcher.go_to("Settings").page().says("Others on your network cannot connect to you");
    page.picture("settings");

    ana.kill_9();
    ana.start_anew();
    page.shows("heading", "Apps").says("Ana María");
}

#[test]
fn the_first_start_can_be_skipped() {
    let ana = Host::new("ana");
    ana.start_anew();
    ana.launcher().page().click("button", "Skip").shows("heading", "Apps").lacks("heading", "Welcome to Mutiny");
}

#[test]
fn friends_only_keeps_a_stranger_s_invitation_away_until_it_is_taken_back() {
    let (ana, ben, cem) = (Host::started("ana"), Host::started("ben"), Host::started("cem"));
    lets_in(&ben, "Friends only");
    ana.launcher().add_person(&ben.launcher().contact_link());
    ana.open_chat().invite("ben");
    // A friend's comes through meanwhile.
    ben.launcher().add_person(&cem.launcher().contact_link()).sees_online("cem");
    cem.launcher().sees_online("ben");
    cem.open_chat().invite("ben");
    let invitations = ben.launcher();
    invitations.go_to("Invitations").page().shows("heading", "cem invites you to Chat");
    invitations.page().lacks("heading", "ana invites you to Chat");

    lets_in(&ben, "Friends and people nearby");
    ben.launcher().go_to("Invitations").page().shows("heading", "ana invites you to Chat");
}

#[test]
fn anyone_lets_in_a_stranger_from_far_away_and_the_default_does_not() {
    let test = "windows::people::anyone_lets_in_a_stranger_from_far_away_and_the_default_does_not";
    if !in_networks_of_its_own(test) {
        return;
    }
    let (ana, ben, cem) = (Host::far_away("ana"), Host::far_away("ben"), Host::far_away("cem"));
    for host in [&ana, &ben, &cem] {
        host.start();
    }
    ana.launcher().add_person(&ben.launcher().contact_link());
    ana.open_chat().invite("ben");
    // A friend's comes through meanwhile, from as far away.
    ben.launcher().add_person(&cem.launcher().contact_link());
    cem.launcher().add_person(&ben.launcher().contact_link()).sees_online("ben");
    cem.open_chat().invite("ben");
    let invitations = ben.launcher();
    invitations.go_to("Invitations").page().shows("heading", "cem invites you to Chat");
    invitations.page().lacks("heading", "ana invites you to Chat");

    lets_in(&ben, "Anyone");
    ben.launcher().go_to("Invitations").page().shows("heading", "ana invites you to Chat");
    let stranger = is_connected(&ben, "ana", "Connected directly · they called");
    assert!(stranger.starts_with("/ip4/198.51.100."), "{stranger}");
    let (at, seen) = (ben.listens(), is_connected(&ana, "ben", "Connected directly · you called"));
    assert_eq!(seen, format!("/ip4/{}/tcp/{}", at.ip(), at.port()));

    // Somebody new can say so before anybody has called.
    let dora = Host::far_away("dora");
    dora.start_anew();
    dora.launcher().page().click("radio", "Anyone").click("button", "Start").shows("heading", "Apps");
    dora.launcher().go_to("Settings").page().says("Whoever has your contact link can invite you");
    ana.launcher().add_person(&dora.launcher().contact_link()).sees_online("Somebody");
}

/// How a person is connected, as their details say: in these words, and at the address that is returned.
#[track_caller]
fn is_connected(host: &Host, to: &str, how: &str) -> String {
    let launcher = host.launcher();
    launcher.go_to("People").page().click("button", &format!("Details of {to}"));
    let address = launcher.page().within("listitem", to).until(
        &format!("say that {to} is {how}"),
        "return [...document.querySelectorAll('dt')].find((it) => it.innerText === arguments[0])?.nextElementSibling.innerText",
        json!([how]),
    );
    launcher.page().click("button", &format!("Details of {to}"));
    address.as_str().expect("an address").trim().to_owned()
}

#[test]
fn blocking_hangs_up_and_unblocking_connects_again() {
    let (ana, ben) = (Host::started("ana"), Host::started("ben"));
    ana.launcher().add_person(&ben.launcher().contact_link()).sees_online("ben");
    ben.launcher().sees_online("ana");
    decides(&ben, "ana", "Block");
    ben.launcher().page().says("ana is blocked.").within("listitem", "ana").says("Blocked");
    ana.launcher().sees_offline("ben");
    decides(&ben, "ana", "Unblock");
    ben.launcher().sees_online("ana");
    ana.launcher().sees_online("ben");
}

#[test]
fn a_friend_can_have_another_name_and_be_removed_and_that_be_undone() {
    let (ana, ben) = (Host::started("ana"), Host::started("ben"));
    ana.launcher().add_person(&ben.launcher().contact_link()).sees_online("ben");
    decides(&ana, "ben", "Rename");
    let launcher = ana.launcher();
    let page = launcher.page();
    page.within("dialog", "Rename ben").fill("Name", "Uncle Ben").click("button", "Rename");
    launcher.sees_online("Uncle Ben");
    page.click("button", "Details of Uncle Ben").says("Calls themselves");
    page.picture("people-details").click("button", "Details of Uncle Ben");
    let (at, seen) = (ben.listens(), is_connected(&ana, "Uncle Ben", "Connected directly · same network · you called"));
    assert_eq!(seen, format!("/ip4/{}/tcp/{}", at.ip(), at.port()));
    let seen = is_connected(&ben, "ana", "Connected directly · same network · they called");
    assert!(seen.starts_with("/ip4/127."), "{seen}");

    decides(&ana, "Uncle Ben", "Remove from friends");
    page.says("Uncle Ben is no longer a friend").shows("heading", "Nearby").lacks("heading", "Friends");
    page.click("button", "Undo").shows("heading", "Friends");
}

#[test]
fn somebody_is_added_by_an_address_that_was_pasted() {
    let (ana, ben) = (Host::started("ana"), Host::started("ben"));
    ben.launcher().set_name("Ben");
    let (id, at) = (ben.launcher().id(), ben.listens());
    ana.launcher().add_person(&format!(" /ip4/{}/tcp/{}/p2p/{id}\n", at.ip(), at.port())).sees_online("Ben");
}
