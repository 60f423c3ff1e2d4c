//! What a page refers to, and what of it the walls refuse.

use html5gum::emitters::default::{DefaultEmitter, StartTag, Token};
use html5gum::{HtmlString, Tokenizer};
use mutiny_core::csp;

use super::walls::{self, FONT, FRAME, IMAGE, Load, MANIFEST, MEDIA, OBJECT, SCRIPT, STYLE, Target};
use super::{Checker, Source, css};

/// The element whose text comes next, where it matters.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    /// A script without `src`, which begins at this byte.
    Script(usize),
    Style,
    Other,
}

/// Looks through a page.
pub(super) fn check(checker: &mut Checker<'_>, source: &Source<'_>) {
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    // Scripts and styles are text and no tags.
    emitter.naively_switch_states(true);
    let mut inside = Inside::Other;
    for token in Tokenizer::new_with_emitter(source.text, emitter).flatten() {
        match token {
            Token::StartTag(tag) => inside = start_tag(checker, source, &Tag { tag, page: source.text }),
            Token::String(text) => {
                let (start, end) = (text.span.start, text.span.end);
                match inside {
                    Inside::Style => css::part(checker, source, start, source.text.get(start..end).unwrap_or_default()),
                    Inside::Script(tag) if !text.trim_ascii().is_empty() => {
                        inside = Inside::Other;
                        let what = "The walls around apps refuse scripts inside a page. Move this one into a file, and name it with \
                                    <script type=\"module\" src=\"…\">.";
                        checker.error("inline-script", source, tag, what);
                    }
                    Inside::Script(_) | Inside::Other => {}
                }
            }
            Token::EndTag(_) => inside = Inside::Other,
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
}

/// A start tag, by its text.
struct Tag<'t> {
    tag: StartTag<usize>,
    page: &'t str,
}

impl Tag<'_> {
    fn name(&self) -> &str {
        text(&self.tag.name)
    }

    /// Where the value of an attribute begins, and the value.
    fn attribute(&self, name: &str) -> Option<(usize, &str)> {
        self.tag.attributes.get(name.as_bytes()).map(|value| (self.value_at(name, value.span.start), text(value)))
    }

    fn attributes(&self) -> impl Iterator<Item = (&str, usize, &str)> {
        self.tag.attributes.iter().map(|(name, value)| {
            let name = text(name);
            (name, self.value_at(name, value.span.start), text(value))
        })
    }

    /// Where the value of the attribute that begins at `start` begins; where it has none, `start`.
    fn value_at(&self, name: &str, start: usize) -> usize {
        let behind = self.page.get(start + name.len()..).unwrap_or_default().trim_ascii_start();
        behind.strip_prefix('=').map_or(start, |value| {
            let value = value.trim_ascii_start();
            let value = value.strip_prefix(['"', '\'']).unwrap_or(value);
            self.page.len() - value.len()
        })
    }

    /// The words of an attribute, in lower case.
    fn words(&self, name: &str) -> Vec<String> {
        let value = self.attribute(name).map(|(_, value)| value.to_ascii_lowercase()).unwrap_or_default();
        value.split_ascii_whitespace().map(str::to_owned).collect()
    }
}

/// The file is valid UTF-8 by now, and so is each piece of it.
pub(super) fn text(string: &HtmlString) -> &str {
    std::str::from_utf8(string).unwrap_or_default()
}

fn start_tag(checker: &mut Checker<'_>, source: &Source<'_>, tag: &Tag<'_>) -> Inside {
    common_attributes(checker, source, tag);
    let mut load = |attribute: &str, load: Load| {
        if let Some((at, reference)) = tag.attribute(attribute) {
            checker.load(source, at, load, reference);
        }
    };
    match tag.name() {
        "script" => return script(checker, source, tag),
        "style" => return Inside::Style,
        "img" => load("src", IMAGE),
        "input" if tag.words("type") == ["image"] => load("src", IMAGE),
        "image" | "use" | "feimage" => {
            load("href", IMAGE);
            load("xlink:href", IMAGE);
        }
        "video" => {
            load("src", MEDIA);
            load("poster", IMAGE);
        }
        "audio" | "track" | "source" => load("src", MEDIA),
        "iframe" | "frame" => load("src", FRAME),
        "object" => load("data", OBJECT),
        "embed" => load("src", OBJECT),
        "link" => link(checker, source, tag),
        "a" | "area" => {
            for attribute in ["href", "xlink:href"] {
                if let Some((at, reference)) = tag.attribute(attribute) {
                    checker.link(source, at, reference);
                }
            }
        }
        "form" => form_action(checker, source, tag, "action"),
        "base" => {
            if let Some((at, _)) = tag.attribute("href") {
                checker.error(
                    "refused",
                    source,
                    at,
                    "The walls around apps refuse a <base>. Remove it, and write each path in full.",
                );
            }
        }
        "meta" => refresh(checker, source, tag),
        _ => {}
    }
    Inside::Other
}

/// What may stand in every tag.
fn common_attributes(checker: &mut Checker<'_>, source: &Source<'_>, tag: &Tag<'_>) {
    for (name, at, value) in tag.attributes() {
        match name {
            "style" => css::part(checker, source, at, value),
            "srcset" | "imagesrcset" => {
                for (offset, reference) in candidates(value) {
                    checker.load(source, at + offset, IMAGE, reference);
                }
            }
            "formaction" => form_action(checker, source, tag, "formaction"),
            handler if is_handler(handler) => {
                let event = &handler[2..];
                let what = format!(
                    "The walls around apps refuse the attribute {handler}, so nothing will happen. Use addEventListener(\"{event}\", …) in a script file."
                );
                checker.error("inline-handler", source, at, what);
            }
            _ => {}
        }
    }
}

/// Whether an attribute's value would be run as a script.
pub(super) fn is_handler(name: &str) -> bool {
    name.strip_prefix("on").is_some_and(|event| event.len() > 2 && event.bytes().all(|b| b.is_ascii_lowercase()))
}

fn script(checker: &mut Checker<'_>, source: &Source<'_>, tag: &Tag<'_>) -> Inside {
    let kind = tag.attribute("type").map(|(_, kind)| kind.trim().to_ascii_lowercase()).unwrap_or_default();
    let runs = matches!(
        kind.as_str(),
        "" | "module"
            | "importmap"
            | "text/javascript"
            | "application/javascript"
            | "text/ecmascript"
            | "application/ecmascript"
    );
    match tag.attribute("src") {
        Some((at, reference)) if runs => {
            checker.load(source, at, SCRIPT, reference);
            Inside::Other
        }
        None if runs && !csp::allows("script-src", "'unsafe-inline'") => Inside::Script(tag.tag.span.start),
        _ => Inside::Other,
    }
}

fn link(checker: &mut Checker<'_>, source: &Source<'_>, tag: &Tag<'_>) {
    let Some((at, reference)) = tag.attribute("href") else { return };
    for rel in tag.words("rel") {
        let load = match rel.as_str() {
            "stylesheet" => STYLE,
            "icon" | "apple-touch-icon" | "mask-icon" => IMAGE,
            "manifest" => MANIFEST,
            "modulepreload" => SCRIPT,
            "preload" => match tag.words("as").first().map(String::as_str) {
                Some("script") => SCRIPT,
                Some("style") => STYLE,
                Some("image") => IMAGE,
                Some("font") => FONT,
                Some("audio" | "video" | "track") => MEDIA,
                _ => continue,
            },
            "preconnect" | "dns-prefetch" | "prefetch" | "prerender" => {
                if let Target::Elsewhere(url) = walls::target(source.file, reference) {
                    let what = format!(
                        "This hint for {url} does nothing: an app's window reaches no other machine. Remove it."
                    );
                    checker.warn("remote-hint", source, at, what);
                }
                continue;
            }
            _ => continue,
        };
        checker.load(source, at, load, reference);
    }
}

/// A form is sent nowhere: neither to another machine nor to a page of the app's own.
fn form_action(checker: &mut Checker<'_>, source: &Source<'_>, tag: &Tag<'_>, attribute: &str) {
    let Some((at, _)) = tag.attribute(attribute) else { return };
    if !csp::allows("form-action", "'self'") {
        let what = format!(
            "The walls around apps refuse to send a form anywhere. Remove {attribute}, and handle the event \u{201c}submit\u{201d} in a script file."
        );
        checker.error("refused", source, at, what);
    }
}

/// `<meta http-equiv="refresh" content="3; url=…">`
fn refresh(checker: &mut Checker<'_>, source: &Source<'_>, tag: &Tag<'_>) {
    if tag.words("http-equiv") != ["refresh"] {
        return;
    }
    let Some((at, content)) = tag.attribute("content") else { return };
    let Some((_, rest)) = content.split_once([';', ',']) else { return };
    let reference = rest.split_once('=').map_or(rest, |(_, url)| url).trim().trim_matches(['"', '\'']);
    if let Target::Elsewhere(url) = walls::target(source.file, reference) {
        let what =
            format!("The walls around apps refuse to go to {url}: an app's window shows nothing but its own pages.");
        checker.error("remote-page", source, at, what);
    }
}

/// The addresses in a `srcset`, with where they begin.
fn candidates(srcset: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(begin) = srcset[at..].find(|c: char| !c.is_ascii_whitespace() && c != ',') {
        at += begin;
        let length = srcset[at..].find(|c: char| c.is_ascii_whitespace()).unwrap_or(srcset.len() - at);
        let address = &srcset[at..at + length];
        let whole = address.trim_end_matches(',');
        found.push((at, whole));
        at += length;
        if whole.len() == address.len() {
            // Behind the address stand its width or density, up to the next comma.
            at += srcset[at..].find(',').unwrap_or(srcset.len() - at);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_srcset_is_taken_apart() {
        assert_eq!(candidates("a.png 1x, b.png 2x"), [(0, "a.png"), (10, "b.png")]);
        assert_eq!(candidates(" a.png,b.png 100w,"), [(1, "a.png,b.png")]);
        assert_eq!(
            candidates("data:image/png;base64,AA== 1x, c.png"),
            [(0, "data:image/png;base64,AA=="), (31, "c.png")]
        );
        assert_eq!(candidates("a.png, b.png"), [(0, "a.png"), (7, "b.png")]);
        assert_eq!(candidates(" , "), []);
    }

    #[test]
    fn handlers_are_told_from_other_attributes() {
        for handler in ["onclick", "onload", "onpointerdown"] {
            assert!(is_handler(handler), "{handler}");
        }
        for other in ["on", "one", "open", "on-click", "once"] {
            assert!(!is_handler(other), "{other}");
        }
    }
}
