//! What a page may load, and from where.

use std::collections::BTreeMap;

use mutiny_core::csp;
use percent_encoding::percent_decode_str;
use url::Url;

use super::{Checker, Source};

/// Stands for the origin of whatever instance opens the app.
const ORIGIN: &str = "mutiny-app://app";

/// Something that a file loads, and the directive that it falls under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Load {
    pub(super) what: &'static str,
    pub(super) directive: &'static str,
    /// Stable, for something of this kind that would come from elsewhere.
    pub(super) remote: &'static str,
}

pub(super) const SCRIPT: Load = Load { what: "script", directive: "script-src", remote: "remote-script" };
pub(super) const STYLE: Load = Load { what: "style sheet", directive: "style-src", remote: "remote-style" };
pub(super) const IMAGE: Load = Load { what: "image", directive: "img-src", remote: "remote-image" };
pub(super) const FONT: Load = Load { what: "font", directive: "font-src", remote: "remote-font" };
pub(super) const MEDIA: Load = Load { what: "sound or video", directive: "media-src", remote: "remote-media" };
pub(super) const FRAME: Load = Load { what: "frame", directive: "frame-src", remote: "remote-frame" };
pub(super) const OBJECT: Load = Load { what: "embedded object", directive: "object-src", remote: "remote-object" };
pub(super) const MANIFEST: Load = Load { what: "web manifest", directive: "manifest-src", remote: "remote-manifest" };

/// Where a reference leads.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A file of the app, or where the path ends with `/`, what is shown there.
    Own(String),
    /// Nothing to load: empty, or a place within the document itself.
    Here,
    /// A URL with a scheme of its own that names no other machine: `data:`, `blob:`, `javascript:`, `mailto:`.
    Scheme(String),
    /// Another machine, another app, or another folder.
    Elsewhere(String),
    /// No URL at all.
    Nonsense,
}

/// Where `reference` leads from a file of the app.
pub(super) fn target(file: &str, reference: &str) -> Target {
    let reference = reference.trim();
    if reference.is_empty() || reference.starts_with('#') {
        return Target::Here;
    }
    let resolved = Url::parse(&format!("{ORIGIN}/")).and_then(|mut base| {
        base.set_path(file);
        base.join(reference)
    });
    let Ok(url) = resolved else {
        return Target::Nonsense;
    };
    match url.scheme() {
        "mutiny-app" if url.as_str().starts_with(&format!("{ORIGIN}/")) => {
            let path = percent_decode_str(url.path().trim_start_matches('/')).decode_utf8_lossy().into_owned();
            Target::Own(path)
        }
        "data" | "blob" | "javascript" | "mailto" | "tel" | "about" => Target::Scheme(format!("{}:", url.scheme())),
        _ => Target::Elsewhere(shown(reference)),
    }
}

/// A reference as a message may quote it.
fn shown(reference: &str) -> String {
    const MOST: usize = 120;
    let plain: String = reference.chars().filter(|c| !c.is_control()).collect();
    if plain.chars().count() <= MOST {
        return plain;
    }
    plain.chars().take(MOST).chain(['\u{2026}']).collect()
}

/// The file at a path of the app, as the host would serve it.
fn served<'f>(files: &'f BTreeMap<String, u64>, entry: &'f str, path: &str) -> Option<&'f str> {
    match path {
        "" => Some(entry),
        folder if folder.ends_with('/') => {
            files.get_key_value(&format!("{folder}index.html")).map(|(file, _)| file.as_str())
        }
        file => files.get_key_value(file).map(|(file, _)| file.as_str()),
    }
}

/// Says that there is no such file, and which one may have been meant.
pub(super) fn missing(files: &BTreeMap<String, u64>, path: &str) -> String {
    let lower = path.to_lowercase();
    let hint = if let Some(alike) = files.keys().find(|file| file.to_lowercase() == lower) {
        format!(" There is {alike}: upper and lower case count.")
    } else if path.split('/').any(|part| part == "node_modules" || part.starts_with('.')) {
        " Hidden files and node_modules are left out of apps: copy what is needed into a folder of the app.".to_owned()
    } else {
        String::new()
    };
    format!("{path}, and there is no such file in the app.{hint}")
}

impl Checker<'_> {
    /// Checks something that a file loads by itself.
    pub(super) fn load(&mut self, source: &Source<'_>, offset: usize, load: Load, reference: &str) {
        let Load { what, directive, remote } = load;
        match target(source.file, reference) {
            Target::Here => {}
            Target::Own(_) if !csp::allows(directive, "'self'") => {
                let what = format!("An app's page shows no {what}. Use an image, a video or a frame instead.");
                self.error("refused", source, offset, what);
            }
            Target::Own(path) => self.own_file(source, offset, what, &path),
            Target::Scheme(scheme) if csp::allows(directive, &scheme) => {}
            // An empty frame.
            Target::Scheme(scheme) if scheme == "about:" => {}
            Target::Scheme(scheme) => {
                let what =
                    format!("The walls around apps refuse a {what} from {scheme}. Put it into a file of its own.");
                self.error("refused", source, offset, what);
            }
            Target::Elsewhere(url) => {
                let what = format!(
                    "The walls around apps refuse this {what} from {url}: an app reaches nothing but its own folder. Copy \
                     the file into the folder and refer to it there."
                );
                self.error(remote, source, offset, what);
            }
            Target::Nonsense => {
                let what = format!("\u{201c}{}\u{201d} is no address of a {what}.", shown(reference));
                self.error("bad-url", source, offset, what);
            }
        }
    }

    /// Checks where a person gets to by clicking.
    pub(super) fn link(&mut self, source: &Source<'_>, offset: usize, reference: &str) {
        match target(source.file, reference) {
            Target::Scheme(scheme) if scheme == "javascript:" => {
                let what = "The walls around apps refuse scripts in addresses. Use a button, and addEventListener in a script file.";
                self.error("inline-script", source, offset, what);
            }
            Target::Own(path) if served(self.files, &self.entry, &path).is_none() => {
                // A page's own script may well handle it.
                let what = format!("This link leads to {}", missing(self.files, &path));
                self.warn("missing-file", source, offset, what);
            }
            Target::Elsewhere(url) => {
                let what = format!(
                    "This link to {url} will not open: an app's window shows nothing but its own pages. Show the address as \
                     text, so that it can be copied."
                );
                self.warn("remote-link", source, offset, what);
            }
            Target::Scheme(_) | Target::Own(_) | Target::Here | Target::Nonsense => {}
        }
    }

    fn own_file(&mut self, source: &Source<'_>, offset: usize, what: &str, path: &str) {
        if served(self.files, &self.entry, path).is_none() {
            let what = format!("This {what} is to be {}", missing(self.files, path));
            self.error("missing-file", source, offset, what);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_lead_where_a_browser_would_go() {
        let own = |path: &str| Target::Own(path.to_owned());
        for (reference, expected) in [
            ("style.css", own("pages/style.css")),
            ("./a%20b.css?v=1#x", own("pages/a b.css")),
            ("../style.css", own("style.css")),
            ("../../../style.css", own("style.css")),
            ("/img/", own("img/")),
            ("?q", own("pages/a.html")),
            ("", Target::Here),
            (" #top ", Target::Here),
            ("data:text/css,", Target::Scheme("data:".into())),
            ("JavaScript:alert(1)", Target::Scheme("javascript:".into())),
            ("//cdn.example/x.js", Target::Elsewhere("//cdn.example/x.js".into())),
            ("https://cdn.example/x.js", Target::Elsewhere("https://cdn.example/x.js".into())),
            ("mutiny-app://other/x.js", Target::Elsewhere("mutiny-app://other/x.js".into())),
            ("file:///etc/passwd", Target::Elsewhere("file:///etc/passwd".into())),
            ("https://[", Target::Nonsense),
        ] {
            assert_eq!(target("pages/a.html", reference), expected, "{reference}");
        }
    }

    #[test]
    fn a_missing_file_may_have_been_written_otherwise() {
        let files = BTreeMap::from([("img/Logo.png".to_owned(), 1)]);
        assert!(missing(&files, "img/logo.png").ends_with("There is img/Logo.png: upper and lower case count."));
        assert!(missing(&files, "node_modules/x/x.js").contains("left out of apps"));
        assert!(missing(&files, "x.js").ends_with("no such file in the app."));
    }
}
