//! What notifications say.

use mutiny_core::Arrival;

use crate::windows::plain;

/// The longest name that is told in full.
const LONGEST: usize = 40;

/// `3 new messages from Ana and Ben`.
pub(super) fn messages(arrivals: &[Arrival]) -> String {
    let count = arrivals.iter().fold(0, |sum: u32, arrival| sum.saturating_add(arrival.messages));
    let what = if count == 1 { "New message".to_owned() } else { format!("{count} new messages") };
    match arrivals {
        [] => what,
        [one] => format!("{what} from {}", name(&one.from)),
        [one, other] => format!("{what} from {} and {}", name(&one.from), name(&other.from)),
        [one, others @ ..] => format!("{what} from {} and {} others", name(&one.from), others.len()),
    }
}

/// `Ana invites you to Chat`.
pub(super) fn invitation(from: &str, app: &str) -> String {
    format!("{} invites you to {}", name(from), name(app))
}

/// A name as a notification can show it: people and apps choose theirs themselves.
fn name(name: &str) -> String {
    let plain = plain(name);
    let mut short: String = plain.chars().take(LONGEST).collect();
    if short.len() < plain.len() {
        short.push('\u{2026}');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(arrivals: &[(&str, u32)]) -> String {
        let arrivals: Vec<_> =
            arrivals.iter().map(|(from, messages)| Arrival { from: (*from).into(), messages: *messages }).collect();
        messages(&arrivals)
    }

    #[test]
    fn it_says_how_many_and_from_whom() {
        assert_eq!(said(&[("Ana", 1)]), "New message from Ana");
        assert_eq!(said(&[("Ana", 3)]), "3 new messages from Ana");
        assert_eq!(said(&[("Ana", 3), ("Ben", 1)]), "4 new messages from Ana and Ben");
        assert_eq!(said(&[("Ana", 3), ("Ben", 1), ("Clara", 1)]), "5 new messages from Ana and 2 others");
    }

    #[test]
    fn a_name_is_only_a_name() {
        assert_eq!(said(&[("A\u{202e}na\n", 1)]), "New message from Ana");
        let long = said(&[(&"x".repeat(500), 1)]);
        assert!(long.chars().count() < 70 && long.ends_with('\u{2026}'), "{long}");
    }

    #[test]
    fn an_invitation_says_who_and_to_what() {
        assert_eq!(invitation("Ana", "Chat"), "Ana invites you to Chat");
    }
}
