//! What a script refers to, as far as that can be told without running it: addresses that are written out where something
//! is loaded. So these are warnings, and a script that makes up its addresses has none.

use mutiny_core::csp;

use super::walls::{self, Target};
use super::{Checker, Source};

mod lex;
mod refused;

use lex::Piece::{Mark, Text, Word};
use lex::{Piece, pieces};
use refused::Refused;

/// Functions that take an address first.
const CALLS: [&str; 3] = ["fetch", "importScripts", "sendBeacon"];
/// Classes that take an address first.
const CLASSES: [&str; 6] = ["WebSocket", "EventSource", "Worker", "SharedWorker", "WebTransport", "Request"];

/// Looks through a script.
pub(super) fn check(checker: &mut Checker<'_>, source: &Source<'_>) {
    for (offset, mention) in mentions(source.text) {
        match mention {
            Mention::Import(specifier) => import(checker, source, offset, &specifier),
            Mention::Load(url) => {
                if let Target::Elsewhere(url) = walls::target(source.file, &url) {
                    let what = format!(
                        "The walls around apps refuse {url}: an app loads nothing but its own files, and reaches others \
                         only through window.mutiny."
                    );
                    checker.warn("remote-connection", source, offset, what);
                }
            }
            Mention::Eval(name) if !csp::allows("script-src", "'unsafe-eval'") => {
                let what = format!(
                    "The walls around apps refuse {name}: text is never run as a script. Use a function instead."
                );
                checker.warn("eval", source, offset, what);
            }
            Mention::Eval(_) => {}
            Mention::Refused(refused) => {
                if !refused.unless.is_some_and(|permission| checker.may_have(permission)) {
                    checker.warn(refused.code, source, offset, refused.what);
                }
            }
        }
    }
}

fn import(checker: &mut Checker<'_>, source: &Source<'_>, offset: usize, specifier: &str) {
    let relative = ["./", "../", "/"].iter().any(|start| specifier.starts_with(start));
    match walls::target(source.file, specifier) {
        Target::Own(path) if relative && !checker.files.contains_key(&path) => {
            let what = format!("This module is to be {}", walls::missing(checker.files, &path));
            checker.warn("missing-file", source, offset, what);
        }
        Target::Own(_) if !relative => {
            let what = format!(
                "\u{201c}{specifier}\u{201d} is the name of a package, and a page finds only files. Copy the module into the folder and \
                 import it as \"./…\", or build the app with a bundler such as Vite."
            );
            checker.warn("bare-import", source, offset, what);
        }
        Target::Elsewhere(url) => {
            let what = format!(
                "The walls around apps refuse this module from {url}: an app reaches nothing but its own folder. Copy the \
                 module into the folder and import it as \"./…\"."
            );
            checker.warn("remote-script", source, offset, what);
        }
        _ => {}
    }
}

/// Something that a script seems to load, or to run.
#[derive(Debug, PartialEq, Eq)]
enum Mention {
    Import(String),
    Load(String),
    Eval(&'static str),
    Refused(&'static Refused),
}

fn mentions(script: &str) -> Vec<(usize, Mention)> {
    let pieces = pieces(script);
    let kinds: Vec<&Piece<'_>> = pieces.iter().map(|(_, piece)| piece).collect();
    let mut found = Vec::new();
    for (index, (offset, piece)) in pieces.iter().enumerate() {
        let before = &kinds[..index];
        let mention = match piece {
            Text(text) => of_text(before, text),
            Mark('(') => of_call(before).or_else(|| refused::call(before).map(Mention::Refused)),
            _ => None,
        };
        if let Some(mention) = mention {
            found.push((*offset, mention));
        }
    }
    found
}

/// What a string is, going by what stands before it.
fn of_text(before: &[&Piece<'_>], text: &str) -> Option<Mention> {
    match before {
        [.., Mark('.'), Word(_), Mark('(')] if !is_call(before) => None,
        [.., Word("import"), Mark('(')] | [.., Word("import")] => Some(Mention::Import(text.to_owned())),
        [.., Mark('.'), Word("from")] => None,
        [.., Word("from")] => Some(Mention::Import(text.to_owned())),
        [.., Word("new"), Word(class), Mark('(')] if CLASSES.contains(class) => Some(Mention::Load(text.to_owned())),
        [.., Word(call), Mark('(')] if CALLS.contains(call) => Some(Mention::Load(text.to_owned())),
        // `request.open("GET", "…")` and `image.src = "…"`
        [.., Mark('.'), Word("open"), Mark('('), Text(_), Mark(',')] | [.., Mark('.'), Word("src"), Mark('=')] => {
            Some(Mention::Load(text.to_owned()))
        }
        _ => None,
    }
}

/// A method with the name of a function that loads: `navigator.sendBeacon(`, `window.fetch(`.
fn is_call(before: &[&Piece<'_>]) -> bool {
    matches!(before, [.., Mark('.'), Word(call), Mark('(')] if CALLS.contains(call))
}

/// Whether the parenthesis that opens here has text run as a script.
fn of_call(before: &[&Piece<'_>]) -> Option<Mention> {
    match before {
        [.., Mark('.') | Word("function"), Word("eval")] => None,
        [.., Word("eval")] => Some(Mention::Eval("eval()")),
        [.., Word("new"), Word("Function")] => Some(Mention::Eval("new Function()")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_where_something_is_loaded() {
        for (script, expected) in [
            ("import './a.js'", Mention::Import("./a.js".into())),
            ("import a, { b } from \"./a.js\";", Mention::Import("./a.js".into())),
            ("export * from './a.js'", Mention::Import("./a.js".into())),
            ("const a = await import(`./a.js`)", Mention::Import("./a.js".into())),
            ("fetch('https://x/')", Mention::Load("https://x/".into())),
            ("window.fetch(\"https:\\/\\/x/\")", Mention::Load("https://x/".into())),
            ("new WebSocket('wss://x')", Mention::Load("wss://x".into())),
            ("request.open('GET', '//x')", Mention::Load("//x".into())),
            ("img.src = 'https://x/a.png'", Mention::Load("https://x/a.png".into())),
            ("navigator.sendBeacon('/x')", Mention::Load("/x".into())),
            ("eval(text)", Mention::Eval("eval()")),
            ("new Function('return 1')", Mention::Eval("new Function()")),
            ("`${await import('./a.js')}`", Mention::Import("./a.js".into())),
        ] {
            let found: Vec<_> = mentions(script).into_iter().map(|(_, mention)| mention).collect();
            assert_eq!(found, [expected], "{script}");
        }
    }

    #[test]
    fn what_an_app_s_window_has_not_is_found_by_its_name() {
        for (script, code) in [
            ("navigator.serviceWorker.register('./sw.js')", "service-worker"),
            ("navigator.serviceWorker?.register(url)", "service-worker"),
            ("await navigator.mediaDevices.getUserMedia({ video: true })", "devices"),
            ("navigator.mediaDevices?.getDisplayMedia?.()", "devices"),
            ("navigator.webkitGetUserMedia(a, b, c)", "devices"),
            ("const { getUserMedia } = x; getUserMedia()", "devices"),
            ("new RTCPeerConnection({})", "webrtc"),
            ("new window.webkitRTCPeerConnection()", "webrtc"),
            ("window.open('help.html')", "new-window"),
            ("globalThis.open?.(url)", "new-window"),
            ("await mutiny.peers()", "permission"),
            ("await this.#mutiny.peers()", "permission"),
            ("window.mutiny?.peers()", "permission"),
        ] {
            let codes = mentions(script).into_iter().filter_map(|(_, mention)| match mention {
                Mention::Refused(refused) => Some(refused.code),
                _ => None,
            });
            assert_eq!(codes.collect::<Vec<_>>(), [code], "{script}");
        }
    }

    #[test]
    fn what_only_looks_like_it_is_not() {
        for script in [
            "// import './a.js'",
            "/* fetch('https://x') */",
            "'import \"./a.js\"'",
            "Array.from('abc')",
            "cache.import('x')",
            "my.eval('1'); function eval(a) {}",
            "a.src == 'https://x'",
            "const re = /fetch('https:x')/; x / fetch / y",
            "`fetch('https://x')`",
            "import.meta.url",
            "const url = 'https://example.org'",
            "'serviceWorker' in navigator; form.register('x')",
            "function getUserMedia(a) {} // getUserMedia()",
            "x instanceof RTCPeerConnection; RTCPeerConnection.name",
            "dialog.open('x'); open('y'); my.window_open()",
            "mutiny.peers; others.peers(); peers()",
        ] {
            assert_eq!(mentions(script), [], "{script}");
        }
    }
}
