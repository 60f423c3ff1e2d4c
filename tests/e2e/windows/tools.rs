//! What the tools make, opened.

use crate::harness::Host;
use tempfile::TempDir;

#[test]
fn a_new_app_opens_as_a_folder_and_as_a_package() {
    let home = TempDir::new().expect("a temporary folder");
    let path = |name: &str| home.path().join(name).to_str().expect("a path in UTF-8").to_owned();
    let (folder, package) = (path("first-steps"), path("first-steps.zip"));
    let ana = Host::new("ana");
    assert!(ana.tell_without_display(&["new", &folder]).status.success());
    assert!(ana.tell_without_display(&["pack", &folder, "--output", &package]).status.success());

    ana.start_with(&["open", &folder]);
    ana.app().shows("heading", "First steps").says("Nobody is connected yet.").picture("tools-new-app");

    let ben = Host::new("ben");
    ben.start_with(&["open", &package]);
    ben.app().shows("heading", "First steps").says("Nobody is connected yet.");
    ben.launcher().lists_app("First steps");
}
