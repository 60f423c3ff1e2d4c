//! The controls with open doors, and neither policy nor proxy: what goes somewhere, opens something, saves something or asks
//! for something gets it. Where one attempt could take the page away from the next, each has a page of its own.

use serde_json::json;

use super::alone::alone;
use super::gestures::click_through;
use super::kit::controls::{DEPARTED, ELSEWHERE, ENCRYPTED, GONE_TO, GRANTED, OPENED, SAVED};
use super::scene::Scene;
use crate::harness::skipped;

/// How the first words of TLS begin: a handshake, version 3 of the protocol before it.
const TLS: &str = "\\u{16}\\u{3}";

/// Runs the calling test in a process of its own, with everything open.
#[track_caller]
fn open(name: &str) -> bool {
    alone(&format!("open_doors::{name}"), "policy,doors,proxy")
}

#[test]
fn documents_within_the_page_arrive() {
    if !open("documents_within_the_page_arrive") {
        return;
    }
    let scene = Scene::new();
    let _hostile = scene.open_hostile_app();
    scene.notices(GONE_TO);
}

#[test]
fn every_departure_arrives() {
    if !open("every_departure_arrives") {
        return;
    }
    let scene = Scene::new();
    for attempt in DEPARTED {
        scene.open_idle_app().tries("navigations", attempt);
        scene.notices(&[attempt]);
    }
    for attempt in ELSEWHERE {
        let hostile = scene.open_idle_app();
        hostile.tries("navigations", attempt);
        hostile.is_elsewhere();
    }
}

#[test]
fn what_is_encrypted_arrives() {
    if !open("what_is_encrypted_arrives") {
        return;
    }
    let scene = Scene::new();
    for attempt in ENCRYPTED {
        let (hostile, before) = (scene.open_idle_app(), scene.noticed().len());
        hostile.tries(if attempt.starts_with("location") { "navigations" } else { "loads" }, attempt);
        scene.notices_one_more(before, TLS);
    }
}

#[test]
fn webrtc_asks_the_sink_over_udp() {
    if !open("webrtc_asks_the_sink_over_udp") {
        return;
    }
    let scene = Scene::new();
    let hostile = scene.open_idle_app();
    if hostile.page().asks("return typeof RTCPeerConnection") == Ok(json!("undefined")) {
        return skipped("WebRTC's datagrams reach the sink without walls", "this web engine has no RTCPeerConnection");
    }
    let before = scene.noticed().len();
    hostile.tries("loads", "webrtc");
    scene.notices_one_more(before, "datagram");
}

#[test]
fn every_new_window_arrives() {
    if !open("every_new_window_arrives") {
        return;
    }
    let scene = Scene::new();
    let hostile = scene.open_idle_app();
    for attempt in OPENED {
        hostile.tries("navigations", attempt);
        scene.notices(&[attempt]);
    }
}

#[test]
fn every_download_leaves_a_file() {
    if !open("every_download_leaves_a_file") {
        return;
    }
    let scene = Scene::new();
    let hostile = scene.open_idle_app();
    for attempt in SAVED {
        hostile.tries("navigations", attempt);
        hostile.leaves_a_file(attempt);
    }
}

#[test]
fn a_page_gets_what_it_asks_for() {
    if !open("a_page_gets_what_it_asks_for") {
        return;
    }
    let scene = Scene::new();
    for attempt in GRANTED {
        let hostile = scene.open_idle_app();
        let group = match attempt.split_once('-') {
            Some(("window", _)) => "navigations",
            Some(("bridge", _)) => "commands",
            _ => "devices",
        };
        hostile.tries(group, attempt);
        let came = hostile.came();
        assert_eq!(came["held"], false, "{attempt}: {came}");
    }
}

#[test]
fn a_click_gets_what_it_asks_for() {
    if !open("a_click_gets_what_it_asks_for") {
        return;
    }
    let scene = Scene::new();
    for (name, came) in click_through(&scene.open_idle_app()) {
        assert_eq!(came["held"], false, "{name}: {came}");
    }
}
