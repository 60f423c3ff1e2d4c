//! Where the apps are that came along with the program.

use std::path::{Path, PathBuf};

/// The folder that holds them, if they came along: beside the program where it was installed (`/usr/bin/mutiny` and
/// `/usr/share/mutiny/apps`), in the source tree where it was built and not installed.
pub(crate) fn folder() -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    let installed = program.parent()?.join("../share/mutiny/apps");
    let source = cfg!(debug_assertions).then(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("apps"));
    [Some(installed), source]
        .into_iter()
        .flatten()
        .find_map(|folder| folder.canonicalize().ok().filter(|it| it.is_dir()))
}
