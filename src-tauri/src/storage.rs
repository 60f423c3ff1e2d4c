//! What the web engine keeps for instances that are gone.
//!
//! The engine may have an instance's files open for as long as the program runs. So they go when it starts, before there is a
//! window. They are told by the origin in their names, or in a file called `origin` beside them, as WebKitGTK writes it; what
//! cannot be told stays.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::Path;

use uuid::Uuid;

use crate::scheme::SCHEME;

/// How far down in the engine's folder an origin can lie.
const DEPTH: u32 = 4;

/// Removes from the engine's folder `dir` what belongs to instances other than those in `known`.
pub(crate) fn sweep(dir: &Path, known: &HashSet<Uuid>) {
    if let Err(error) = sweep_below(dir, known, DEPTH)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(%error, dir = %dir.display(), "the storage of removed apps cannot be cleared");
    }
}

fn sweep_below(dir: &Path, known: &HashSet<Uuid>, depth: u32) -> io::Result<()> {
    let gone = |owner: Option<Uuid>| owner.is_some_and(|id| !known.contains(&id));
    if gone(fs::read(dir.join("origin")).ok().and_then(|text| owner(&text))) {
        return fs::remove_dir_all(dir);
    }
    for entry in fs::read_dir(dir)? {
        let (entry, path) = entry.map(|entry| (entry.file_type(), entry.path()))?;
        let is_dir = entry?.is_dir();
        let name = path.file_name().unwrap_or_default().as_encoded_bytes();
        match gone(owner(name)) {
            true if is_dir => fs::remove_dir_all(&path)?,
            true => fs::remove_file(&path)?,
            false if is_dir && depth > 0 => sweep_below(&path, known, depth - 1)?,
            false => {}
        }
    }
    Ok(())
}

/// The instance whose origin is written in `text`: the scheme, a few bytes of the engine's, and the uuid.
fn owner(text: &[u8]) -> Option<Uuid> {
    let rest = text.windows(SCHEME.len()).position(|bytes| bytes == SCHEME.as_bytes())? + SCHEME.len();
    // The engine writes `_` between them in names, and six bytes in its own files: a length, and a mark.
    (1..=8).find_map(|gap| Uuid::try_parse_ascii(text.get(rest + gap..rest + gap + 36)?).ok())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const STAYS: Uuid = Uuid::from_u128(0xfaf3_5678_1d99_418e_ac53_eade_4c6c_b6b8);
    const GONE: Uuid = Uuid::from_u128(0x0190_a0b0_c0d0_7e0f_8123_4567_89ab_cdef);

    /// An origin as WebKitGTK 2.50 writes it.
    fn origin(id: Uuid) -> Vec<u8> {
        let part = [&b"\x0a\0\0\0\x01mutiny-app$\0\0\0\x01"[..], id.to_string().as_bytes(), b"\0"].concat();
        part.repeat(2)
    }

    fn lay_out(dir: &Path, id: Uuid) -> Vec<std::path::PathBuf> {
        let files = [
            format!("localstorage/mutiny-app_{id}_0.localstorage"),
            format!("localstorage/mutiny-app_{id}_0.localstorage-wal"),
            format!("databases/indexeddb/v1/mutiny-app_{id}_0/2D71/IndexedDB.sqlite3"),
            format!("storage/top-{id}/{id}/origin"),
            format!("CacheStorage/{id}/origin"),
        ];
        let files: Vec<_> = files.iter().map(|file| dir.join(file)).collect();
        for file in &files {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, origin(id)).unwrap();
        }
        files
    }

    #[test]
    fn what_is_left_of_a_removed_instance_goes_and_all_else_stays() {
        let dir = tempfile::tempdir().unwrap();
        let (stays, goes) = (lay_out(dir.path(), STAYS), lay_out(dir.path(), GONE));
        let salt = dir.path().join("storage/salt");
        fs::write(&salt, b"mutiny-app").unwrap();
        sweep(dir.path(), &HashSet::from([STAYS]));
        assert!(stays.iter().all(|file| file.exists()), "{stays:?}");
        assert!(goes.iter().all(|file| !file.exists()), "{goes:?}");
        assert!(salt.exists());
    }

    #[test]
    fn a_profile_without_storage_has_nothing_to_sweep() {
        let dir = tempfile::tempdir().unwrap();
        sweep(&dir.path().join("webview"), &HashSet::new());
    }

    #[test]
    fn an_origin_names_its_instance() {
        assert_eq!(owner(&origin(STAYS)), Some(STAYS));
        assert_eq!(owner(format!("mutiny-app_{STAYS}_0.localstorage").as_bytes()), Some(STAYS));
        assert_eq!(owner(b"mutiny-app"), None);
        assert_eq!(owner(format!("https_{STAYS}_0").as_bytes()), None);
    }
}
