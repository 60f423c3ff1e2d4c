//! Scripts in a picture. No page runs them: shown as an image, a picture never does, and shown by itself the walls refuse them.

use html5gum::Tokenizer;
use html5gum::emitters::default::{DefaultEmitter, Token};

use super::html::{is_handler, text};
use super::{Checker, Source};

/// Looks through a picture. It may well be good as a picture, so what is found are warnings.
pub(super) fn check(checker: &mut Checker<'_>, source: &Source<'_>) {
    // It is XML: a script's content looks like any other, and an element may end with its first tag.
    let emitter = DefaultEmitter::<usize>::new_with_span();
    for token in Tokenizer::new_with_emitter(source.text, emitter).flatten() {
        let Token::StartTag(tag) = token else { continue };
        if text(&tag.name).rsplit(':').next() == Some("script") {
            let what =
                "A script in a picture never runs here. Remove it, or draw the picture from a script file of a page.";
            checker.warn("script-in-svg", source, tag.span.start, what);
        }
        for (name, value) in &tag.attributes {
            let name = text(name);
            if is_handler(name) {
                let what = format!("The attribute {name} in a picture does nothing here. Remove it.");
                checker.warn("script-in-svg", source, value.span.start, what);
            }
        }
    }
}
