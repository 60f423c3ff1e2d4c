//! What an instance stored is gone for good once it was removed.

use super::scene::Scene;

#[test]
fn the_storage_of_a_removed_instance_is_cleared_at_the_next_start() {
    let scene = Scene::new();
    let hostile = scene.open_idle_app();
    let store = "localStorage.setItem('kept', 'something');
        await new Promise((done) => {
            const opening = indexedDB.open('kept');
            opening.onsuccess = done;
        })";
    hostile.page().asks(store).expect("stored");
    let id = hostile.id();
    assert!(scene.host().terminate().success());
    assert!(!scene.stored_by(id).is_empty(), "nothing was stored, so nothing can be cleared");

    scene.host().start();
    let remove =
        format!("return window.__TAURI_INTERNALS__.invoke('plugin:launcher|remove_instance', {{ id: '{id}' }})");
    scene.host().launcher().page().asks(&remove).expect("removed");
    assert!(scene.host().terminate().success());

    scene.host().start();
    assert_eq!(scene.stored_by(id), Vec::<std::path::PathBuf>::new());
}
