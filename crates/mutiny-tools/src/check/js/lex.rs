//! A script in pieces: words, strings and marks, without comments, numbers apart from words, and regular expressions.
//! Just enough to tell a string from a comment and from a pattern; it takes every text, and never fails.

/// A piece of a script.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    /// A name, a keyword or a number.
    Word(&'t str),
    /// The content of a string, or of a template without substitutions.
    Text(String),
    /// Any other character.
    Mark(char),
}

/// Words after which a `/` begins a pattern and divides nothing.
const BEFORE_PATTERNS: [&str; 13] =
    ["return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "do", "else", "await", "yield"];

/// The pieces of a script, each with the byte at which it begins.
pub(super) fn pieces(script: &str) -> Vec<(usize, Piece<'_>)> {
    let mut lexer = Lexer { script, at: 0, pieces: Vec::new(), templates: Vec::new(), braces: 0 };
    if script.starts_with("#!") {
        lexer.skip_line();
    }
    while let Some(c) = lexer.peek() {
        lexer.piece(c);
    }
    lexer.pieces
}

struct Lexer<'t> {
    script: &'t str,
    at: usize,
    pieces: Vec<(usize, Piece<'t>)>,
    /// For each template that a substitution interrupts: how many braces were open when it began.
    templates: Vec<usize>,
    braces: usize,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        self.script.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn skip_line(&mut self) {
        self.at += self.rest().find('\n').unwrap_or(self.rest().len());
    }

    fn piece(&mut self, c: char) {
        let start = self.at;
        match c {
            _ if c.is_whitespace() => self.at += c.len_utf8(),
            _ if is_word(c) => {
                let end = self.rest().find(|c| !is_word(c)).map_or(self.script.len(), |length| start + length);
                self.at = end;
                self.pieces.push((start, Piece::Word(&self.script[start..end])));
            }
            '"' | '\'' => self.string(c),
            '`' => {
                self.at += 1;
                self.template(start);
            }
            '/' if self.rest().starts_with("//") => self.skip_line(),
            '/' if self.rest().starts_with("/*") => {
                self.at +=
                    self.rest().get(2..).and_then(|rest| rest.find("*/")).map_or(self.rest().len(), |end| end + 4);
            }
            '/' if self.pattern_may_begin() => self.pattern(),
            '}' if self.templates.last() == Some(&self.braces) => {
                self.templates.pop();
                self.at += 1;
                self.template(start);
            }
            _ => {
                match c {
                    '{' => self.braces += 1,
                    '}' => self.braces = self.braces.saturating_sub(1),
                    _ => {}
                }
                self.at += c.len_utf8();
                self.pieces.push((start, Piece::Mark(c)));
            }
        }
    }

    fn string(&mut self, quote: char) {
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        while let Some(c) = self.bump() {
            match c {
                '\\' => text.extend(self.bump()),
                // A string ends with its line; it is broken then.
                '\n' => break,
                _ if c == quote => break,
                _ => text.push(c),
            }
        }
        self.pieces.push((start, Piece::Text(text)));
    }

    /// Reads a template, or what is left of it after a substitution, which begins at `start`.
    fn template(&mut self, start: usize) {
        let whole = self.script[start..].starts_with('`');
        let mut text = String::new();
        while let Some(c) = self.bump() {
            match c {
                '\\' => text.extend(self.bump()),
                '$' if self.peek() == Some('{') => {
                    self.at += 1;
                    self.templates.push(self.braces);
                    self.pieces.push((start, Piece::Mark('$')));
                    return;
                }
                '`' => break,
                _ => text.push(c),
            }
        }
        self.pieces.push((start, if whole { Piece::Text(text) } else { Piece::Mark('`') }));
    }

    fn pattern_may_begin(&self) -> bool {
        match self.pieces.last() {
            None => true,
            Some((_, Piece::Word(word))) => BEFORE_PATTERNS.contains(word),
            Some((_, Piece::Text(_))) => false,
            Some((_, Piece::Mark(mark))) => !matches!(mark, ')' | ']' | '}' | '`'),
        }
    }

    fn pattern(&mut self) {
        let start = self.at;
        self.at += 1;
        let mut in_class = false;
        while let Some(c) = self.bump() {
            match c {
                '\\' => drop(self.bump()),
                '[' => in_class = true,
                ']' => in_class = false,
                '/' if !in_class => break,
                '\n' => break,
                _ => {}
            }
        }
        // Stands for a value, so that a `/` behind it divides.
        self.pieces.push((start, Piece::Mark('`')));
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$' || c == '#'
}

#[cfg(test)]
mod tests {
    use super::Piece::{Mark, Text, Word};
    use super::*;

    fn of(script: &str) -> Vec<Piece<'_>> {
        pieces(script).into_iter().map(|(_, piece)| piece).collect()
    }

    #[test]
    fn strings_are_told_from_comments_patterns_and_templates() {
        assert_eq!(of("a='b\\'c'// d"), [Word("a"), Mark('='), Text("b'c".into())]);
        assert_eq!(of("#!/usr/bin/node\n\"x\""), [Text("x".into())]);
        assert_eq!(of("a / b / c").len(), 5);
        assert_eq!(of("x = /['\"]/ / 2"), [Word("x"), Mark('='), Mark('`'), Mark('/'), Word("2")]);
        assert_eq!(of("return /[/]'/g"), [Word("return"), Mark('`'), Word("g")]);
        assert_eq!(of("`a\\`b`"), [Text("a`b".into())]);
        assert_eq!(of("`a${ {b:`c`} }d` 'e'").last(), Some(&Text("e".into())));
    }

    #[test]
    fn every_text_comes_to_an_end() {
        for script in ["'", "\"\\", "`", "`${", "`${`${", "/", "/*", "/[", "}", "\u{feff}é'", "'\n"] {
            of(script);
        }
    }
}
