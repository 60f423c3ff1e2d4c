//! Media types by file name. Pages get `nosniff`, so a wrong one means a file that does not load.

use std::path::Path;

/// The media type of a file, with its charset where it is text.
pub(super) fn of(path: &Path) -> String {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let media_type = match extension.to_ascii_lowercase().as_str() {
        // Scripts run only as what the HTML standard calls JavaScript.
        "js" | "mjs" | "cjs" => "text/javascript",
        "wasm" => "application/wasm",
        "map" => "application/json",
        other => mime_guess::from_ext(other).first_raw().unwrap_or("application/octet-stream"),
    };
    if is_text(media_type) { format!("{media_type}; charset=utf-8") } else { media_type.to_owned() }
}

fn is_text(media_type: &str) -> bool {
    media_type.starts_with("text/")
        || media_type == "application/json"
        || media_type.ends_with("+json")
        || media_type == "application/xml"
        || media_type.ends_with("+xml")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_served_as_what_they_are() {
        for (file, media_type) in [
            ("index.html", "text/html; charset=utf-8"),
            ("INDEX.HTM", "text/html; charset=utf-8"),
            ("style.css", "text/css; charset=utf-8"),
            ("app.js", "text/javascript; charset=utf-8"),
            ("app.min.mjs", "text/javascript; charset=utf-8"),
            ("app.js.map", "application/json; charset=utf-8"),
            ("data.json", "application/json; charset=utf-8"),
            ("site.webmanifest", "application/manifest+json; charset=utf-8"),
            ("icon.svg", "image/svg+xml; charset=utf-8"),
            ("README.md", "text/markdown; charset=utf-8"),
            ("notes.txt", "text/plain; charset=utf-8"),
            ("code.wasm", "application/wasm"),
            ("photo.png", "image/png"),
            ("photo.JPG", "image/jpeg"),
            ("inter.woff2", "font/woff2"),
            ("LICENSE", "application/octet-stream"),
            ("odd.xyzzy", "application/octet-stream"),
        ] {
            assert_eq!(of(Path::new(file)), media_type, "{file}");
        }
    }
}
