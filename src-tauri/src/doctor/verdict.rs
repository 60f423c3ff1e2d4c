//! What came of the attempts, from what the page saw and what the sink noticed.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::saved::Saved;
use super::{controls, sink};

/// What the hostile app says came of its attempts; see `tests/hostile-app/report.js`.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Report {
    /// The names of everything it tries.
    pub(crate) planned: Vec<String>,
    /// What came of it so far.
    pub(crate) attempts: Vec<Seen>,
    /// Whether that is all.
    pub(crate) done: bool,
}

/// One attempt, as the page saw it.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub(crate) struct Seen {
    attempt: String,
    /// `None` where only the sink can tell.
    held: Option<bool>,
    seen: String,
}

/// One attempt, and whether the walls held.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// The attempt's name.
    pub(crate) attempt: String,
    /// Whether the walls held.
    pub(crate) held: bool,
    /// Whether a control shows that it gets through where walls are down.
    pub(crate) control: bool,
    /// What was seen of it.
    pub(crate) seen: String,
    /// Whether somebody saw a refusal, or its absence: the page, or the host itself. Else the sink alone could have told.
    #[serde(skip)]
    witnessed: bool,
}

impl Verdict {
    /// About something that the host looked at itself.
    pub(crate) fn new(attempt: &str, held: bool, seen: impl Into<String>) -> Self {
        let control = controls::has(attempt);
        Self { attempt: attempt.to_owned(), held, control, seen: seen.into(), witnessed: true }
    }

    /// The outcome in a word. What was neither refused nor would be heard of without walls proves none of them.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self { held: false, .. } => "BROKEN",
            Self { control: true, .. } | Self { witnessed: true, .. } => "held",
            _ => "quiet",
        }
    }
}

/// Puts what the page said, what the sink noticed, and what was saved together.
pub(crate) fn all(report: &Report, noticed: &[String], saved: &Saved) -> Vec<Verdict> {
    let Report { planned, attempts: seen, .. } = report;
    let mut verdicts: Vec<_> = seen.iter().map(|it| one(it, noticed, saved)).collect();
    let told: HashSet<_> = seen.iter().map(|it| &it.attempt).collect();
    let silent = planned.iter().filter(|name| !told.contains(name));
    verdicts.extend(silent.map(|name| {
        let silence = || Verdict::new(name, false, "the page never told what came of it");
        got_out(name, noticed, saved).unwrap_or_else(silence)
    }));
    let names = |line: &&String| {
        verdicts.iter().all(|verdict| sink::of(&verdict.attempt, std::slice::from_ref(line)).is_none())
    };
    let unnamed: Vec<_> =
        noticed.iter().filter(names).map(|line| Verdict::new("sink", false, format!("arrived: {line}"))).collect();
    if unnamed.is_empty() {
        verdicts.push(Verdict::new("sink", noticed.is_empty(), format!("{} arrived", noticed.len())));
    }
    verdicts.extend(unnamed);
    verdicts.push(Verdict::new("downloads", saved.files().is_empty(), saved.to_string()));
    verdicts
}

/// What a person reads of it: a line an attempt, and what it comes to.
pub(crate) fn told(verdicts: &[Verdict]) -> String {
    let line = |verdict: &Verdict| {
        let seen = verdict.seen.lines().next().unwrap_or_default();
        format!("{:<7} {}: {seen}\n", verdict.word(), verdict.attempt)
    };
    let lines: String = verdicts.iter().map(line).collect();
    let count = |word: &str| verdicts.iter().filter(|verdict| verdict.word() == word).count();
    let all = match count("BROKEN") {
        0 => format!("None of {} attempts got out.", verdicts.len()),
        broken => format!("{broken} of {} attempts got through. Please report this.", verdicts.len()),
    };
    format!(
        "{lines}\n{all}\n\
         held: {}, refused before the app's eyes, or known to get out where walls are taken down ({} of them).\n\
         quiet: {}, of which nothing came, and perhaps would not without walls: the web engine may not do them here.\n",
        count("held"),
        verdicts.iter().filter(|verdict| verdict.control).count(),
        count("quiet"),
    )
}

fn one(seen: &Seen, noticed: &[String], saved: &Saved) -> Verdict {
    got_out(&seen.attempt, noticed, saved).unwrap_or_else(|| Verdict {
        witnessed: seen.held.is_some(),
        ..Verdict::new(&seen.attempt, seen.held != Some(false), &*seen.seen)
    })
}

/// What is there of an attempt outside of its page, whatever the page says.
fn got_out(attempt: &str, noticed: &[String], saved: &Saved) -> Option<Verdict> {
    let arrived = sink::of(attempt, noticed).map(|line| format!("arrived: {line}"));
    let seen = arrived.or_else(|| saved.by(attempt).map(|file| format!("saved: {}", file.display())))?;
    Some(Verdict::new(attempt, false, seen))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn seen(attempt: &str, held: Option<bool>) -> Seen {
        Seen { attempt: attempt.into(), held, seen: "x".into() }
    }

    fn held(verdicts: &[Verdict]) -> Vec<(&str, bool)> {
        verdicts.iter().map(|verdict| (verdict.attempt.as_str(), verdict.held)).collect()
    }

    fn report(planned: &[&str], attempts: &[Seen]) -> Report {
        Report {
            planned: planned.iter().map(|name| (*name).to_owned()).collect(),
            attempts: attempts.to_vec(),
            done: true,
        }
    }

    /// Where nothing was saved.
    fn judged(report: &Report, noticed: &[String]) -> Vec<Verdict> {
        all(report, noticed, &Saved::default())
    }

    #[test]
    fn a_page_s_report_is_read() {
        let text = r#"{"planned":["fetch"],"attempts":[{"attempt":"fetch","held":null,"seen":"x"}],"done":false}"#;
        let report: Report = serde_json::from_str(text).unwrap();
        assert_eq!(
            (report.planned, report.attempts, report.done),
            (vec!["fetch".into()], vec![seen("fetch", None)], false)
        );
    }

    #[test]
    fn the_sink_decides_where_the_page_cannot() {
        let page = [seen("beacon", None), seen("prefetch", None), seen("fetch", Some(true)), seen("eval", Some(false))];
        let noticed = ["GET /prefetch HTTP/1.1".to_owned()];
        let verdicts = judged(&report(&[], &page), &noticed);
        assert_eq!(
            held(&verdicts),
            [
                ("beacon", true),
                ("prefetch", false),
                ("fetch", true),
                ("eval", false),
                ("sink", false),
                ("downloads", true)
            ]
        );
        assert_eq!(verdicts[1].seen, "arrived: GET /prefetch HTTP/1.1");
    }

    #[test]
    fn only_what_was_refused_or_would_be_heard_of_counts_as_held() {
        let page =
            [seen("beacon", None), seen("prefetch", None), seen("eval", Some(true)), seen("worker-blob", Some(false))];
        let verdicts = judged(&report(&[], &page), &[]);
        let words: Vec<_> = verdicts.iter().map(|verdict| (verdict.attempt.as_str(), verdict.word())).collect();
        assert_eq!(
            words,
            [
                ("beacon", "held"),
                ("prefetch", "quiet"),
                ("eval", "held"),
                ("worker-blob", "BROKEN"),
                ("sink", "held"),
                ("downloads", "held")
            ]
        );
        assert_eq!((verdicts[0].control, verdicts[1].control), (true, false));
    }

    #[test]
    fn a_person_reads_what_it_comes_to() {
        let page = [seen("beacon", None), seen("prefetch", None), seen("eval", Some(true))];
        let verdicts = judged(&report(&[], &page), &[]);
        let said = told(&verdicts);
        let lines = "held    beacon: x\nquiet   prefetch: x\nheld    eval: x\nheld    sink: 0 arrived\n\
            held    downloads: no file in ";
        assert!(said.starts_with(lines), "{said}");
        assert!(
            said.contains("\nNone of 5 attempts got out.\nheld: 4, ") && said.contains("(1 of them).\nquiet: 1, "),
            "{said}"
        );
        let said = told(&judged(&report(&[], &[seen("eval", Some(false))]), &[]));
        assert!(said.contains("\n1 of 3 attempts got through. Please report this.\n"), "{said}");
    }

    #[test]
    fn what_was_planned_and_never_told_did_not_hold() {
        let verdicts = judged(&report(&["fetch", "link"], &[seen("fetch", Some(true))]), &[]);
        assert_eq!(held(&verdicts), [("fetch", true), ("link", false), ("sink", true), ("downloads", true)]);
    }

    #[test]
    fn an_arrival_without_a_name_counts() {
        let verdicts = judged(&report(&[], &[seen("fetch", Some(true))]), &["connection".to_owned()]);
        assert_eq!(held(&verdicts), [("fetch", true), ("sink", false), ("downloads", true)]);
    }

    #[test]
    fn a_file_that_was_saved_counts_whatever_the_page_says() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("link-download-data.7e0f.txt"), "x").unwrap();
        let saved = Saved::look(vec![dir.path().to_owned()], "7e0f");
        let verdicts = all(&report(&[], &[seen("link-download-data", None), seen("link", None)]), &[], &saved);
        assert_eq!(
            held(&verdicts),
            [("link-download-data", false), ("link", true), ("sink", true), ("downloads", false)]
        );
        assert!(verdicts[0].seen.starts_with("saved: /"), "{}", verdicts[0].seen);
    }
}
