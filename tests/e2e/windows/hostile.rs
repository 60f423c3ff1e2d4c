//! The hostile app of `tests/hostile-app`, against the walls; docs/security.md says which is which.

mod alone;
mod closing;
mod doctor;
mod gestures;
mod kit;
mod links;
mod open_doors;
mod removal;
mod scene;
mod storms;

use std::fs;
use std::path::Path;

use self::alone::alone;
use self::kit::controls::{LOADED, LOOKED_UP};
use self::scene::Scene;

#[test]
fn nothing_gets_out_and_every_command_is_refused() {
    if !alone("nothing_gets_out_and_every_command_is_refused", "") {
        return;
    }
    let scene = Scene::new();
    let launcher = scene.launcher();
    let hostile = scene.open_hostile_app();
    let verdicts = hostile.verdicts();
    let broken: Vec<_> = verdicts.iter().filter(|verdict| !verdict.held).collect();
    assert!(broken.is_empty(), "{broken:#?}");
    assert_eq!(scene.noticed(), Vec::<String>::new());
    assert!(verdicts.len() > 300, "only {} attempts", verdicts.len());
    // It may do what an app may.
    assert!(hostile.page().asks("return (await mutiny.instance).instance").is_ok());
    // The page calls itself Mutiny; its window is called what the person knows it by.
    assert_eq!(hostile.page().asks("return document.title").unwrap(), "Mutiny");
    assert_eq!(hostile.titles_of_windows(), ["Hostile app · Hostile app 2"]);
    launcher.answers();
}

/// The proxy alone: whatever asks for the web still ends nowhere. Nor does a neighbour's file rest on the policy.
#[test]
fn behind_the_policy_stands_the_proxy() {
    if !alone("behind_the_policy_stands_the_proxy", "policy") {
        return;
    }
    let scene = Scene::new();
    let verdicts = scene.open_hostile_app().verdicts();
    assert_eq!(scene.noticed(), Vec::<String>::new());
    for attempt in ["neighbour-fetch", "neighbour-frame", "neighbour-image"] {
        let verdict = verdicts.iter().find(|verdict| verdict.attempt == attempt).expect("it was tried");
        assert!(verdict.held, "{verdict:?}");
    }
}

/// The control for all that loads: with these walls down, the same sink hears of the same attempts.
#[test]
fn without_policy_and_proxy_the_sink_notices() {
    if !alone("without_policy_and_proxy_the_sink_notices", "policy,proxy") {
        return;
    }
    let scene = Scene::new();
    scene.open_hostile_app().tries_everything();
    scene.notices(LOADED);
    if scene.zone().is_some() {
        scene.notices(LOOKED_UP);
    }
}

/// Looks into the release, where one was built on this machine: it must not know how to take walls down.
#[test]
fn a_release_cannot_take_walls_down() {
    const SWITCH: &[u8] = b"MUTINY_TEST_WALLS_DOWN";
    let holds_switch = |program: &Path| {
        let program = fs::read(program).expect("a program");
        program.windows(SWITCH.len()).any(|bytes| bytes == SWITCH)
    };
    let built = Path::new(env!("CARGO_BIN_EXE_mutiny"));
    assert_eq!(holds_switch(built), cfg!(debug_assertions), "{}", built.display());
    let release = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/release/mutiny");
    if release.exists() {
        assert!(!holds_switch(&release), "{}", release.display());
    }
}

/// The launcher draws itself under a policy that lets in nothing but its own files.
#[test]
fn the_launcher_needs_no_more_than_its_policy_allows() {
    let scene = Scene::new();
    let launcher = scene.host().launcher();
    let listen = "window.refused = [];
        addEventListener('securitypolicyviolation', (it) => refused.push(`${it.violatedDirective} ${it.blockedURI} ${it.sample}`))";
    launcher.page().asks(listen).expect("a listener");
    // What its document asks for early was asked, and taken.
    let taken = "return asked instanceof Map && asked.size === 0";
    launcher.page().until("take what was asked for early", taken, serde_json::json!([]));
    let _hostile = scene.open_idle_app();
    launcher.lists_app("Hostile app").page().picture("launcher-apps");
    launcher.go_to("People").page().picture("launcher-people");
    launcher.page().click("button", "Add person").within("dialog", "Add person").shows("textbox", "Contact link");
    launcher.page().picture("launcher-dialog");
    assert_eq!(launcher.page().asks("return window.refused"), Ok(serde_json::json!([])));
    launcher.page().within("dialog", "Add person").click("button", "Cancel");
    launcher.go_to("Apps").page().click("button", "More for Hostile app").picture("launcher-menu");
    assert_eq!(launcher.page().asks("return window.refused"), Ok(serde_json::json!([])));
    let style = launcher
        .page()
        .asks("return getComputedStyle(document.querySelector('[role=menu]')).backgroundColor !== 'rgba(0, 0, 0, 0)'");
    assert_eq!(style, Ok(serde_json::json!(true)));
}
