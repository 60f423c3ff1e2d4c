//! Links out of the app's folder, put there while the app is open. Before that the folder would not open as an app at all.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use serde_json::json;

use super::scene::Scene;

/// A page's view of one of its files: the status, and whether it says what only the file outside says.
fn reads(file: &str) -> String {
    format!(
        "const response = await fetch('{file}');
         return [response.status, (await response.text()).includes('the secret')]"
    )
}

#[test]
fn a_link_out_of_the_folder_leads_nowhere() {
    let scene = Scene::new();
    let folder = scene.folder();
    let outside = folder.with_file_name("outside");
    fs::create_dir(&outside).expect("a folder");
    fs::write(outside.join("file.txt"), "the secret").expect("a file");
    fs::create_dir(folder.join("inner")).expect("a folder");
    for file in ["file.txt", "pipe.txt", "inner/file.txt"] {
        fs::write(folder.join(file), "nothing to see").expect("a file");
    }

    let hostile = scene.open_idle_app();
    let page = hostile.page();
    assert_eq!(page.asks(&reads("/file.txt")), Ok(json!([200, false])));

    // A link in place of the file, a link in place of its folder, a link that is new, and a pipe that would never end.
    fs::remove_file(folder.join("file.txt")).expect("removed");
    symlink(outside.join("file.txt"), folder.join("file.txt")).expect("a link");
    fs::remove_dir_all(folder.join("inner")).expect("removed");
    symlink(&outside, folder.join("inner")).expect("a link");
    symlink(outside.join("file.txt"), folder.join("new.txt")).expect("a link");
    fs::remove_file(folder.join("pipe.txt")).expect("removed");
    assert!(Command::new("mkfifo").arg(folder.join("pipe.txt")).status().expect("mkfifo").success());
    for file in ["/file.txt", "/inner/file.txt", "/new.txt", "/pipe.txt"] {
        assert_eq!(page.asks(&reads(file)), Ok(json!([404, false])), "{file}");
    }
}
