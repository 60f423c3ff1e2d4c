//! An app that keeps everybody busy: only its own window may suffer.

use super::scene::Scene;

#[test]
fn the_launcher_answers_while_an_app_storms() {
    let scene = Scene::new();
    let launcher = scene.launcher();
    let hostile = scene.open_idle_app();
    for storm in ["messages", "commands", "titles", "windows"] {
        hostile.storms(storm);
    }
    launcher.answers();
    assert_eq!(hostile.titles_of_windows(), ["Hostile app"]);
}

#[test]
fn the_launcher_answers_while_an_app_shows_dialog_after_dialog() {
    let scene = Scene::new();
    let launcher = scene.launcher();
    scene.open_idle_app().storms("dialogs");
    launcher.answers();
}

#[test]
fn the_launcher_answers_while_an_app_computes_and_closes_it_all_the_same() {
    let scene = Scene::new();
    let launcher = scene.launcher();
    let hostile = scene.open_idle_app();
    hostile.storms("spin");
    launcher.answers();
    hostile.closes();
}
