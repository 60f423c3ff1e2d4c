//! Files and folders that only their owner may read, and that survive a power cut once written.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// Makes an error of a path.
pub(super) fn io_error(path: &Path, doing: &'static str) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_path_buf();
    move |source| Error::Io { path, doing, source }
}

/// Makes a folder for its owner alone, with the folders above it that are missing. One that is there already
/// is kept, and closed to others if it was open.
pub(super) fn create_private_dir(dir: &Path) -> Result<()> {
    let missing: Vec<PathBuf> = dir
        .ancestors()
        .take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists())
        .map(Path::to_path_buf)
        .collect();
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).map_err(io_error(dir, "created"))?;
    for folder in &missing {
        sync_parent(folder)?;
    }
    restrict(dir, 0o700)
}

/// Takes away permissions that go beyond `allowed`.
pub(super) fn restrict(path: &Path, allowed: u32) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;

        let mode = fs::metadata(path).map_err(io_error(path, "read"))?.permissions().mode();
        let excess = mode & 0o777 & !allowed;
        if excess != 0 {
            tracing::warn!(path = %path.display(), mode = format!("{:o}", mode & 0o777), "others could open this; closing it to them");
            fs::set_permissions(path, fs::Permissions::from_mode(mode & !excess))
                .map_err(io_error(path, "closed to others"))?;
        }
    }
    #[cfg(not(unix))]
    let _ = (path, allowed);
    Ok(())
}

/// Replaces a file as a whole: after a crash it holds the old content or the new, never a part.
///
/// Only for files that one process at a time writes; the profile's lock sees to that.
pub(super) fn write_atomically(path: &Path, content: &[u8]) -> Result<()> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".new");
    let temporary = PathBuf::from(temporary);
    // What a crash left behind may have permissions of its own, so it is not written into.
    match fs::remove_file(&temporary) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(io_error(&temporary, "removed")(error)),
        _ => {}
    }
    let write = || -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&temporary)?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&temporary, path)
    };
    write().map_err(io_error(path, "written"))?;
    sync_parent(path)
}

/// Makes a new name in a folder last. Without it a file may be safe on the disk, and nowhere to be found.
pub(super) fn sync_parent(path: &Path) -> Result<()> {
    #[cfg(unix)]
    if let Some(parent) = path.parent() {
        let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
        File::open(parent).and_then(|folder| folder.sync_all()).map_err(io_error(parent, "written"))?;
    }
    #[cfg(not(unix))]
    let _ = (path, File::open::<&Path>);
    Ok(())
}
