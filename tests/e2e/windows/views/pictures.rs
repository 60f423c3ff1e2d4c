//! The pictures of `docs/views.md`: `make views`.

use std::fs;
use std::path::Path;

use super::scene::{SIZE, Scene};
use super::tour::TOUR;

#[test]
#[ignore = "writes pictures: make views"]
fn pictures_of_all_views() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/images/views");
    fs::create_dir_all(&folder).expect("a folder for pictures");
    let scene = Scene::new();
    for host in [&scene.ana, &scene.zoe] {
        host.launcher().page().place(0, 0, SIZE.0, SIZE.1);
        Scene::is_quiet(host);
    }
    for stop in TOUR {
        stop.visit(&scene, |page| {
            fs::write(folder.join(stop.name).with_extension("png"), page.png()).expect("a picture saved");
        });
    }
}
