//! An app's own icon, as far as the host shows it beside its own words.
//!
//! It is read without the rest of the folder: a list of apps should not take the time that it takes to read them all.

use std::fs;
use std::io::Read;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{media_type, open_inside};
use crate::manifest::Manifest;

/// Largest icon that is shown, in bytes. Every window that lists the app holds it.
const LARGEST: u64 = 256 * 1024;

/// What an icon may be: pictures that web engines show in an `<img>`, where none of them can run or fetch anything.
const PICTURES: &[&str] = &["image/svg+xml", "image/png", "image/jpeg", "image/webp", "image/gif"];

/// The picture that the manifest of the app in `folder` names, as a `data:` URL; `None` where there is none that can be shown.
pub(crate) fn icon(folder: &Path, manifest: &Manifest) -> Option<String> {
    let root = fs::canonicalize(folder).ok()?;
    let path = root.join(manifest.icon.as_ref()?);
    let media_type = media_type::of(&path);
    let picture = media_type.split(';').next().filter(|picture| PICTURES.contains(picture))?;
    let file = open_inside(&root, &path).ok()??;
    let mut content = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut content).ok()?;
    let fits = content.len() as u64 <= LARGEST;
    fits.then(|| format!("data:{picture};base64,{}", STANDARD.encode(content)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    /// The icon of an app whose manifest names `icon`, and which has this file by that name.
    fn icon(icon: &str, content: &[u8]) -> Option<String> {
        let folder = TempDir::new().unwrap();
        let write = |name: &str, content: &[u8]| fs::write(folder.path().join(name), content).unwrap();
        write("mutiny.json", format!(r#"{{"id":"a","name":"A","version":"1.0.0","icon":"{icon}"}}"#).as_bytes());
        write("index.html", b"");
        if !content.is_empty() {
            write(icon, content);
        }
        read(folder.path())
    }

    fn read(folder: &Path) -> Option<String> {
        super::icon(folder, &Manifest::read(folder).unwrap())
    }

    #[test]
    fn a_picture_is_a_data_url() {
        assert_eq!(icon("icon.svg", b"<svg/>").as_deref(), Some("data:image/svg+xml;base64,PHN2Zy8+"));
        assert!(icon("icon.png", b"png").is_some_and(|url| url.starts_with("data:image/png;base64,")));
    }

    #[test]
    fn what_is_missing_too_large_or_no_picture_is_none() {
        assert_eq!(icon("icon.svg", b""), None);
        assert_eq!(icon("page.html", b"<script>0</script>"), None);
        assert!(icon("icon.png", &vec![0; LARGEST as usize]).is_some());
        assert_eq!(icon("icon.png", &vec![0; LARGEST as usize + 1]), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leaves_the_folder_is_none() {
        let (folder, outside) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        fs::write(outside.path().join("secret.png"), "secret").unwrap();
        fs::write(folder.path().join("mutiny.json"), r#"{"id":"a","name":"A","version":"1.0.0","icon":"icon.png"}"#)
            .unwrap();
        std::os::unix::fs::symlink(outside.path().join("secret.png"), folder.path().join("icon.png")).unwrap();
        assert_eq!(read(folder.path()), None);
    }
}
