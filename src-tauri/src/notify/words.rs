//! What notifications say.

use mutiny_core::{Arrival, Failed};

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

/// `3 messages to Ana could not be delivered`.
pub(super) fn failures(failed: &[Failed]) -> String {
    let count = failed.iter().fold(0, |sum: u32, failed| sum.saturating_add(failed.messages));
    let what = if count == 1 { "A message".to_owned() } else { format!("{count} messages") };
    let to = match failed {
        [] => String::new(),
        [one] => format!(" to {}", name(&one.to)),
        [one, other] => format!(" to {} and {}", name(&one.to), name(&other.to)),
        [one, others @ ..] => format!(" to {} and {} others", name(&one.to), others.len()),
    };
    format!("{what}{to} could not be delivered")
}

/// The longest title and the longest text of an app's own that are told in full.
const LONGEST_SAID: (usize, usize) = (60, 240);

/// What an app says, its title on a line of its own; `None` where there is nothing to read in the text.
pub(super) fn said(title: &str, text: &str) -> Option<String> {
    let [title, text] = [(title, LONGEST_SAID.0), (text, LONGEST_SAID.1)].map(|(said, longest)| {
        let words: Vec<&str> = said.split_whitespace().collect();
        shortened(&words.join(" "), longest)
    });
    match (title.is_empty(), text.is_empty()) {
        (_, true) => None,
        (true, false) => Some(text),
        (false, false) => Some(format!("{title}\n{text}")),
    }
}

/// `Ana invites you to Chat`.
pub(super) fn invitation(from: &str, app: &str) -> String {
    format!("{} invites you to {}", name(from), name(app))
}

/// A name as a notification can show it: people and apps choose theirs themselves.
fn name(name: &str) -> String {
    shortened(name, LONGEST)
}

fn shortened(text: &str, longest: usize) -> String {
    let plain = plain(text);
    let mut short: String = plain.chars().take(longest).collect();
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
    fn what_failed_says_how_many_and_for_whom() {
        let failed = |to: &str, messages| Failed { to: to.into(), messages };
        assert_eq!(failures(&[failed("Ana", 1)]), "A message to Ana could not be delivered");
        assert_eq!(failures(&[failed("Ana", 2), failed("Ben", 1)]), "3 messages to Ana and Ben could not be delivered");
        let many = [failed("Ana", 2), failed("Ben", 1), failed("Clara", 1)];
        assert_eq!(failures(&many), "4 messages to Ana and 2 others could not be delivered");
    }

    #[test]
    fn an_app_says_a_title_and_a_text_and_nothing_that_could_pass_for_more() {
        assert_eq!(super::said("Ana", "Are you there?").as_deref(), Some("Ana\nAre you there?"));
        assert_eq!(super::said(" ", " Are\n\n\tyou there? ").as_deref(), Some("Are you there?"));
        assert_eq!(super::said("", "a\u{202e}b\u{7}c").as_deref(), Some("abc"));
        assert_eq!(super::said("Ana", " \n"), None);
        let long = super::said(&"x".repeat(500), &"y".repeat(5_000)).unwrap_or_default();
        assert_eq!(long.chars().count(), 61 + 1 + 241);
    }

    #[test]
    fn an_invitation_says_who_and_to_what() {
        assert_eq!(invitation("Ana", "Chat"), "Ana invites you to Chat");
    }
}
