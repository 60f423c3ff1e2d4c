//! A page that will not close: it closes, for nobody asks it.

use serde_json::json;

use super::scene::{Hostile, Scene};

/// A page that objects to being closed, after the click without which a web engine would not even listen to it.
fn stubborn(scene: &Scene) -> Hostile<'_> {
    let hostile = scene.open_idle_app();
    hostile.page().click("button", "Click").asks("window.storm.stay()").expect("it stays");
    let objects = "const asked = new Event('beforeunload', { cancelable: true });
        return [navigator.userActivation.hasBeenActive, !dispatchEvent(asked)]";
    assert_eq!(hostile.page().asks(objects), Ok(json!([true, true])));
    hostile
}

#[test]
fn the_person_closes_it() {
    let scene = Scene::new();
    let launcher = scene.launcher();
    let hostile = stubborn(&scene);
    hostile.closes();
    launcher.answers();
}

#[test]
fn the_system_ends_the_program() {
    let scene = Scene::new();
    let _hostile = stubborn(&scene);
    let status = scene.host().terminate();
    assert_eq!(status.code(), Some(0), "{status}");
}

#[test]
fn it_closes_with_the_launcher() {
    let scene = Scene::new();
    let _hostile = stubborn(&scene);
    scene.close_launcher();
    scene.host().ends_by_itself();
}
