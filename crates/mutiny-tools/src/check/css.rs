//! What a style sheet refers to.

use cssparser::{Parser, ParserInput, Token};

use super::walls::{FONT, IMAGE, Load, STYLE};
use super::{Checker, Source};

/// More blocks within each other than this are passed over.
const MAX_DEPTH: usize = 64;

/// Looks through a style sheet.
pub(super) fn check(checker: &mut Checker<'_>, source: &Source<'_>) {
    part(checker, source, 0, source.text);
}

/// Looks through CSS within a file, which begins at the byte `start` of it.
pub(super) fn part(checker: &mut Checker<'_>, source: &Source<'_>, start: usize, css: &str) {
    for Reference { offset, load, url } in references(css) {
        checker.load(source, start + offset, load, &url);
    }
}

/// Something that a style sheet loads.
#[derive(Debug, PartialEq, Eq)]
struct Reference {
    offset: usize,
    load: Load,
    url: String,
}

fn references(css: &str) -> Vec<Reference> {
    let mut input = ParserInput::new(css);
    let mut found = Vec::new();
    walk(&mut Parser::new(&mut input), IMAGE, 0, &mut found);
    found
}

/// Goes through the tokens of one block, in which a `url()` is a `load`.
fn walk(parser: &mut Parser<'_, '_>, load: Load, depth: usize, found: &mut Vec<Reference>) {
    // What the next block's `url()` are, and what the next string or `url()` is.
    let (mut block, mut next) = (load, None);
    loop {
        parser.skip_whitespace();
        let offset = parser.position().byte_index();
        let Ok(token) = parser.next().cloned() else { return };
        let is = next.take();
        match token {
            Token::AtKeyword(name) if name.eq_ignore_ascii_case("import") => next = Some(Some(STYLE)),
            // The name of a namespace looks like an address and is never loaded.
            Token::AtKeyword(name) if name.eq_ignore_ascii_case("namespace") => next = Some(None),
            Token::AtKeyword(name) if name.eq_ignore_ascii_case("font-face") => block = FONT,
            Token::UnquotedUrl(url) => note(found, offset, is.unwrap_or(Some(load)), &url),
            Token::QuotedString(url) => note(found, offset, is.flatten(), &url),
            Token::Function(name) if ["url", "src"].iter().any(|known| name.eq_ignore_ascii_case(known)) => {
                // What is within is passed over even where it is no string.
                let url = parser.parse_nested_block(|within| {
                    within.expect_string_cloned().map_err(cssparser::ParseError::<()>::from)
                });
                if let Ok(url) = url {
                    note(found, offset, is.unwrap_or(Some(load)), &url);
                }
            }
            Token::Function(name) if name.to_ascii_lowercase().ends_with("image-set") => {
                nested(parser, |within| image_set(within, depth + 1, found));
            }
            Token::Function(_) | Token::ParenthesisBlock | Token::SquareBracketBlock if depth < MAX_DEPTH => {
                nested(parser, |within| walk(within, load, depth + 1, found));
                // A prefix of a namespace, or a layer.
                next = is;
            }
            Token::CurlyBracketBlock if depth < MAX_DEPTH => {
                nested(parser, |within| walk(within, block, depth + 1, found));
                block = load;
            }
            Token::Ident(_) => next = is,
            Token::Semicolon => block = load,
            _ => {}
        }
    }
}

/// `image-set("a.png" 1x, url(b.png) 2x)`: here a bare string is an address too.
fn image_set(parser: &mut Parser<'_, '_>, depth: usize, found: &mut Vec<Reference>) {
    loop {
        parser.skip_whitespace();
        let offset = parser.position().byte_index();
        let Ok(token) = parser.next().cloned() else { return };
        match token {
            Token::QuotedString(url) | Token::UnquotedUrl(url) => note(found, offset, Some(IMAGE), &url),
            // `type("image/png")` is none, `url("…")` is.
            Token::Function(name) if name.eq_ignore_ascii_case("url") && depth < MAX_DEPTH => {
                nested(parser, |within| image_set(within, depth + 1, found));
            }
            _ => {}
        }
    }
}

fn nested(parser: &mut Parser<'_, '_>, mut look: impl FnMut(&mut Parser<'_, '_>)) {
    // It cannot fail, and what is left of the block is passed over in any case.
    let _ = parser.parse_nested_block(|within| {
        look(within);
        Ok::<_, cssparser::ParseError<'_, ()>>(())
    });
}

fn note(found: &mut Vec<Reference>, offset: usize, load: Option<Load>, url: &str) {
    if let Some(load) = load {
        found.push(Reference { offset, load, url: url.to_owned() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(css: &str) -> Vec<(usize, &'static str, String)> {
        references(css).into_iter().map(|it| (it.offset, it.load.what, it.url)).collect()
    }

    #[test]
    fn every_way_to_name_a_file_is_found() {
        for (css, what, url) in [
            ("@import \"a.css\";", "style sheet", "a.css"),
            ("@import url(a.css) screen;", "style sheet", "a.css"),
            ("@import url('a.css') layer(x);", "style sheet", "a.css"),
            ("p { background: red url( a.png ) }", "image", "a.png"),
            ("@media print { p { background: url(\"a.png\") } }", "image", "a.png"),
            ("@font-face { src: url(a.woff2) format(\"woff2\") }", "font", "a.woff2"),
            ("p { background: image-set(\"a.png\" type(\"image/png\") 1x) }", "image", "a.png"),
            ("p { background: -webkit-image-set(url(\"a.png\") 1x) }", "image", "a.png"),
            ("cursor: url(\\61.png), auto", "image", "a.png"),
            ("p { --x: url(a.png) }", "image", "a.png"),
        ] {
            let found = found(css);
            assert_eq!(found.len(), 1, "{css}: {found:?}");
            assert_eq!((found[0].1, found[0].2.as_str()), (what, url), "{css}");
        }
    }

    #[test]
    fn what_only_looks_like_a_file_is_not() {
        for css in [
            "/* url(a.png) */ p::before { content: \"url(a.png)\" }",
            "@namespace svg url(http://www.w3.org/2000/svg);",
            "@namespace \"http://www.w3.org/1999/xhtml\";",
            "@charset \"utf-8\"; a[href=\"x.png\"] { color: red }",
            "",
        ] {
            assert_eq!(found(css), [], "{css}");
        }
    }

    #[test]
    fn the_place_is_that_of_the_reference() {
        assert_eq!(
            found("p{}\n@import 'é.css'; q { mask: url(b.svg) }"),
            [(12, "style sheet", "é.css".to_owned()), (32, "image", "b.svg".to_owned()),]
        );
        let after = found("@font-face { src: url(a.woff) } p { background: url(b.png) }");
        assert_eq!(after.iter().map(|(_, what, _)| *what).collect::<Vec<_>>(), ["font", "image"]);
    }

    #[test]
    fn blocks_without_end_do_no_harm() {
        assert_eq!(found(&"(".repeat(100_000)), []);
        assert_eq!(found(&"a{".repeat(100_000)), []);
    }
}
