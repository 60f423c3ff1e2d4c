//! Packages that mean no good, offered to the code that takes packages from people.

use std::ops::Range;
use std::path::Path;
use std::{fs, io};

use mutiny_core::Host;

use super::verdict::Verdict;

const MANIFEST: &str = r#"{"id":"org.mutiny.hostile-package","name":"Hostile package","version":"1.0.0"}"#;

/// What a name that leads out of the package would write.
const OUT: &str = "mutiny-doctor-got-out";

/// How the directory at the end of an archive begins each of its entries.
const ENTRY: &[u8] = b"PK\x01\x02";

/// Where, in such an entry, the size stands that the file has when it is unpacked.
const SIZE: Range<usize> = 24..28;

/// Where the Unix mode stands.
const MODE: Range<usize> = 40..42;

/// Where the name stands.
const NAME: usize = 46;

/// What is wrong with one of them.
enum Wrong {
    /// A file with this name.
    Name(String),
    /// A file that is a link to this place.
    Link(&'static str),
    /// A file of so many zeros, which hardly take any room while they are packed.
    Zeros(usize),
    /// A file that claims to be as large.
    Claim(u32),
}

/// Offers each of them, and looks whether it was taken or left anything behind outside of its place. All of it happens below
/// `dir`, but for what gets out.
pub(super) async fn offer(host: &Host, dir: &Path) -> io::Result<Vec<Verdict>> {
    let place = dir.join("packages");
    fs::create_dir(&place)?;
    let absolute = place.join(OUT).to_string_lossy().into_owned();
    let attempts = [
        ("zip-slip", Wrong::Name(format!("../../{OUT}"))),
        ("zip-slip-inside", Wrong::Name(format!("a/../../../{OUT}"))),
        ("zip-slip-backslash", Wrong::Name(format!("..\\..\\{OUT}"))),
        ("zip-absolute", Wrong::Name(absolute)),
        ("zip-link", Wrong::Link("/etc/passwd")),
        ("zip-bomb", Wrong::Zeros(64 << 20)),
        ("zip-bomb-claimed", Wrong::Claim(u32::MAX - 1)),
    ];
    let mut verdicts = Vec::new();
    for (attempt, wrong) in attempts {
        let file = place.join(format!("{attempt}.zip"));
        fs::write(&file, forge(&place.join(attempt), &wrong)?)?;
        let outcome = host.add_app(&file).await;
        let verdict = match (outcome, find(dir, OUT)?) {
            (Err(error), false) => Verdict::new(attempt, true, error.to_string()),
            (Err(_), true) => Verdict::new(attempt, false, "it was refused, and a file got out all the same"),
            (Ok(_), _) => Verdict::new(attempt, false, "the package was taken"),
        };
        verdicts.push(verdict);
    }
    Ok(verdicts)
}

/// An archive of an app with one thing wrong, made in `folder`: packed as every app is, then changed.
fn forge(folder: &Path, wrong: &Wrong) -> io::Result<Vec<u8>> {
    let (length, content) = match wrong {
        Wrong::Name(name) => (name.len(), b"out".to_vec()),
        Wrong::Link(to) => (1, to.as_bytes().to_vec()),
        Wrong::Zeros(count) => (1, vec![0; *count]),
        Wrong::Claim(_) => (1, b"small".to_vec()),
    };
    let spare = "~".repeat(length);
    fs::create_dir(folder)?;
    for (name, content) in [("mutiny.json", MANIFEST.as_bytes()), ("index.html", b"<h1>Hi</h1>"), (&spare, &content)] {
        fs::write(folder.join(name), content)?;
    }
    let packed = folder.with_extension("packed");
    mutiny_core::pack(folder, &packed).map_err(io::Error::other)?;
    let mut archive = fs::read(&packed)?;
    match wrong {
        Wrong::Name(name) => {
            let places = places(&archive, spare.as_bytes());
            places.into_iter().for_each(|at| archive[at..at + length].copy_from_slice(name.as_bytes()));
        }
        Wrong::Link(_) => change(&mut archive, &spare, MODE, &0o120_777_u16.to_le_bytes()),
        Wrong::Zeros(_) => {}
        Wrong::Claim(size) => change(&mut archive, &spare, SIZE, &size.to_le_bytes()),
    }
    Ok(archive)
}

/// Changes what the archive's directory says of the file with this name.
fn change(archive: &mut [u8], name: &str, what: Range<usize>, to: &[u8]) {
    for at in places(archive, ENTRY) {
        if archive[at..].get(NAME..).is_some_and(|rest| rest.starts_with(name.as_bytes())) {
            archive[at..][what.clone()].copy_from_slice(to);
        }
    }
}

/// Where this stands in there.
fn places(archive: &[u8], what: &[u8]) -> Vec<usize> {
    (0..archive.len()).filter(|at| archive[*at..].starts_with(what)).collect()
}

/// Whether a file with this name is anywhere in there.
fn find(dir: &Path, name: &str) -> io::Result<bool> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_name() == name || (entry.file_type()?.is_dir() && find(&entry.path(), name)?) {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_forged_archive_differs_in_one_thing() {
        let dir = tempfile::tempdir().unwrap();
        let honest = forge(&dir.path().join("honest"), &Wrong::Zeros(3)).unwrap();
        let linked = forge(&dir.path().join("linked"), &Wrong::Link("abc")).unwrap();
        let claims = forge(&dir.path().join("claims"), &Wrong::Claim(7)).unwrap();
        let slip = forge(&dir.path().join("slip"), &Wrong::Name("../x".to_owned())).unwrap();
        let entry = |archive: &[u8]| archive[*places(archive, ENTRY).last().unwrap()..][..NAME].to_vec();
        assert_eq!(&entry(&honest)[SIZE], 3_u32.to_le_bytes());
        assert_eq!(&entry(&linked)[MODE], 0o120_777_u16.to_le_bytes());
        assert_eq!(&entry(&claims)[SIZE], 7_u32.to_le_bytes());
        assert_eq!(places(&slip, b"../x").len(), 2, "where its content begins, and in the directory");
        assert!(find(dir.path(), "slip").unwrap() && !find(dir.path(), OUT).unwrap());
    }
}
