//! The path of a URL, as the list of files would write it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What a path in a URL need not escape: RFC 3986's unreserved characters and the separator.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// The URL's path of a file of the list: what [`decode`] takes apart again.
pub(super) fn encode(file: &str) -> String {
    format!("/{}", utf8_percent_encode(file, PATH))
}

/// Decodes the percent-encoding, once, and drops the `/` at the beginning. `None` for what no file of a package
/// is called: parts that lead elsewhere, encoded separators, control characters, broken UTF-8.
///
/// A name that is still encoded afterwards stays so; it finds only a file that is really called that.
pub(super) fn decode(url_path: &str) -> Option<String> {
    let parts = url_path.strip_prefix('/')?.split('/').map(|part| {
        let part = percent_decode_str(part).decode_utf8().ok()?;
        let harmless = part != "." && part != ".." && !part.chars().any(|c| c == '/' || c == '\\' || c.is_control());
        harmless.then(|| part.into_owned())
    });
    Some(parts.collect::<Option<Vec<_>>>()?.join("/"))
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn paths_are_decoded_once() {
        for (given, path) in [
            ("/", Some("")),
            ("/index.html", Some("index.html")),
            ("/a/b/", Some("a/b/")),
            ("/a%20b.html", Some("a b.html")),
            ("/%E4%BD%A0.js", Some("\u{4f60}.js")),
            ("/100%25.txt", Some("100%.txt")),
            ("/a+b", Some("a+b")),
            ("/50%", Some("50%")),
            ("/%252e%252e/x", Some("%2e%2e/x")),
            ("", None),
            ("index.html", None),
            ("/..", None),
            ("/../x", None),
            ("/a/../x", None),
            ("/%2e%2e/x", None),
            ("/.%2E/x", None),
            ("/./x", None),
            ("/a%2fb", None),
            ("/..%2f..%2fetc/passwd", None),
            ("/..%5cx", None),
            ("/..\\x", None),
            ("/x%00.html", None),
            ("/x\0", None),
            ("/%ff", None),
            ("/%c0%ae%c0%ae/x", None),
        ] {
            assert_eq!(decode(given).as_deref(), path, "{given:?}");
        }
    }
}
