//! What browsers have and an app's window has not, by the name under which a script calls it.

use mutiny_core::view::Permission;

use super::lex::Piece::{self, Mark, Word};

/// A call that will fail.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refused {
    /// Stable, for programs.
    pub(super) code: &'static str,
    /// What will happen, and what to do instead.
    pub(super) what: &'static str,
    /// The permission with which it would not be refused.
    pub(super) unless: Option<Permission>,
}

const fn refused(code: &'static str, what: &'static str) -> Refused {
    Refused { code, what, unless: None }
}

static SERVICE_WORKER: Refused = refused(
    "service-worker",
    "An app has no service workers: its files are on the person's disk already, and work offline. Leave this out.",
);
static DEVICES: Refused = refused(
    "devices",
    "The walls around apps refuse camera, microphone and screen. Let the person choose a file with <input type=\"file\">.",
);
static WEBRTC: Refused = refused(
    "webrtc",
    "The walls around apps refuse WebRTC: an app reaches others only through window.mutiny. Send messages with mutiny.send().",
);
static NEW_WINDOW: Refused = refused(
    "new-window",
    "The walls around apps refuse new windows. Show it in the page, as a <dialog> or in a frame of the app's own.",
);
static PEERS: Refused = Refused {
    code: "permission",
    what: "mutiny.peers() is refused: the manifest does not ask for it. Add \"peers\" to \"permissions\" in mutiny.json, or use \
           mutiny.invitations(), which needs no permission.",
    unless: Some(Permission::Peers),
};

/// What is wrong with the call whose parenthesis comes behind these pieces, going by its name.
pub(super) fn call(before: &[&Piece<'_>]) -> Option<&'static Refused> {
    let (name, rest) = word(past_dot_of_optional_call(before))?;
    let owner = past_dot(rest).and_then(word).map(|(owner, _)| owner.trim_start_matches('#'));
    let declares = matches!(rest, [.., Word("function")]);
    match (owner, name) {
        (Some("serviceWorker"), "register") => Some(&SERVICE_WORKER),
        (_, "getUserMedia" | "getDisplayMedia" | "webkitGetUserMedia") if !declares => Some(&DEVICES),
        (_, "RTCPeerConnection" | "webkitRTCPeerConnection") if is_new(rest) => Some(&WEBRTC),
        (Some("window" | "globalThis" | "self"), "open") => Some(&NEW_WINDOW),
        (Some("mutiny"), "peers") => Some(&PEERS),
        _ => None,
    }
}

/// The last word of these pieces, and the pieces before it.
fn word<'p, 't>(pieces: &'p [&'p Piece<'t>]) -> Option<(&'t str, &'p [&'p Piece<'t>])> {
    match pieces {
        [rest @ .., Word(word)] => Some((word, rest)),
        _ => None,
    }
}

/// The pieces before a `.` or `?.` at the end, if there is one.
fn past_dot<'p, 't>(pieces: &'p [&'p Piece<'t>]) -> Option<&'p [&'p Piece<'t>]> {
    match pieces {
        [rest @ .., Mark('?'), Mark('.')] | [rest @ .., Mark('.')] => Some(rest),
        _ => None,
    }
}

/// `call?.(`
fn past_dot_of_optional_call<'p, 't>(pieces: &'p [&'p Piece<'t>]) -> &'p [&'p Piece<'t>] {
    match pieces {
        [rest @ .., Mark('?'), Mark('.')] => rest,
        _ => pieces,
    }
}

/// `new Name` or `new window.Name`
fn is_new(before_name: &[&Piece<'_>]) -> bool {
    matches!(before_name, [.., Word("new")] | [.., Word("new"), Word(_), Mark('.')])
}
