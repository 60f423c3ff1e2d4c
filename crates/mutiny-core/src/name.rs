//! Names that people and apps give themselves, made safe to show.

/// Longest name of a person or an app, in characters.
pub(crate) const MAX_CHARS: usize = 80;

/// Whether a character has no place in a name: control characters, and the invisible ones that reorder or
/// break the text around them, so that a name could pass for another.
pub(crate) fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}'                     // Arabic letter mark
            | '\u{200b}'                  // zero width space
            | '\u{200e}' | '\u{200f}'     // directional marks
            | '\u{2028}'..='\u{202e}'     // line and paragraph separators, embeddings and overrides
            | '\u{2060}'..='\u{206f}'     // word joiner, isolates, deprecated format characters
            | '\u{feff}'                  // byte order mark
            | '\u{fff9}'..='\u{fffb}'     // interlinear annotation
        )
}

/// A name as it may be shown: without deceptive characters, trimmed, at most [`MAX_CHARS`] long; `None` if
/// nothing is left of it.
pub(crate) fn clean(name: &str) -> Option<String> {
    let safe: String = name.chars().filter(|&c| !is_deceptive(c)).collect();
    let short: String = safe.trim().chars().take(MAX_CHARS).collect();
    let short = short.trim_end();
    (!short.is_empty()).then(|| short.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_loses_what_could_deceive_and_keeps_the_rest() {
        for (given, shown) in [
            ("Ana", Some("Ana")),
            ("  Ana\t\n", Some("Ana")),
            ("Ana\u{202e}gnp.exe", Some("Anagnp.exe")),
            ("Zoë 👩‍🚀 محمد", Some("Zoë 👩‍🚀 محمد")),
            ("\u{200b}\u{feff}\r\n", None),
            ("", None),
        ] {
            assert_eq!(clean(given).as_deref(), shown, "{given:?}");
        }
    }

    #[test]
    fn a_long_name_is_cut_by_characters() {
        let long = "ñ".repeat(MAX_CHARS + 5);
        assert_eq!(clean(&long), Some("ñ".repeat(MAX_CHARS)));
    }
}
