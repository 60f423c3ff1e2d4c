//! Results, written down: as JSON for programs, as a table for the terminal, as a page for readers.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::figure::{Figure, Row};
use crate::sample::Range;
use crate::{Result, machine, plot};

/// From here on the page is written by hand, and kept.
const BY_HAND: &str = "## What holds back";

const PAGE: &str = "benchmarks.md";
const PICTURE: &str = "benchmarks.svg";

/// One figure in one line.
pub(crate) fn line(figure: &Figure) -> String {
    let value = format!("{} {}", range(figure.value), figure.unit);
    let ratio = figure.ratio.map_or_else(String::new, |ratio| format!("ratio {}", range(ratio)));
    let goal = figure.goal.map_or_else(String::new, |goal| format!("{goal}: {}", verdict(figure)));
    format!("{:<40} {value:<44} {ratio:<26} {goal}", figure.name).trim_end().to_owned()
}

/// All figures, for a terminal.
pub(crate) fn table(figures: &[Figure]) -> String {
    figures.iter().fold(String::new(), |mut table, figure| {
        // Writing into a string does not fail.
        let _ = writeln!(table, "{}", line(figure));
        table
    })
}

/// Writes `results.json`.
pub(crate) fn write_results(figures: &[Figure], out: &Path) -> Result<()> {
    let rows: Vec<Row> = figures.iter().map(Figure::row).collect();
    fs::write(out.join("results.json"), serde_json::to_string_pretty(&rows)? + "\n")?;
    Ok(())
}

/// Writes the page and its picture. What was written by hand at the page's end stays.
pub(crate) fn write_page(figures: &[Figure], machine: &[(&str, String)], docs: &Path) -> Result<()> {
    let path = docs.join(PAGE);
    let old = fs::read_to_string(&path).unwrap_or_default();
    let by_hand = old.find(BY_HAND).map_or_else(|| format!("{BY_HAND}\n"), |at| old[at..].to_owned());
    fs::write(&path, page(figures, machine)? + &by_hand)?;
    fs::write(docs.join(PICTURE), plot::draw(figures))?;
    Ok(())
}

fn page(figures: &[Figure], machine: &[(&str, String)]) -> Result<String, std::fmt::Error> {
    let mut page = String::from(INTRODUCTION);
    writeln!(page, "\n| Machine | |\n|---|---|")?;
    for (name, value) in machine {
        writeln!(page, "| {name} | {value} |")?;
    }
    if let Some(load) = machine::load() {
        writeln!(page, "| Load average after | {load} |")?;
    }
    writeln!(page, "\n## Goals\n\n![Figures beside their goals]({PICTURE})\n")?;
    writeln!(page, "| Figure | Value | Ratio | to | Goal | Met |\n|---|---|---|---|---|---|")?;
    for figure in figures.iter().filter(|figure| figure.goal.is_some()) {
        let ratio = figure.ratio.map_or_else(String::new, range);
        let goal = figure.goal.map_or_else(String::new, |goal| goal.to_string());
        writeln!(
            page,
            "| `{}` | {} {} | {ratio} | {} | {goal} | {} |",
            figure.name,
            range(figure.value),
            figure.unit,
            figure.floor,
            verdict(figure)
        )?;
    }
    writeln!(page, "\n## All figures\n\n| Figure | Value | Ratio | Guarantee |\n|---|---|---|---|")?;
    for figure in figures {
        let ratio = figure.ratio.map_or_else(String::new, |ratio| format!("{} to {}", range(ratio), figure.floor));
        let value = range(figure.value);
        writeln!(page, "| `{}` | {value} {} | {ratio} | {} |", figure.name, figure.unit, figure.guarantee)?;
    }
    writeln!(page)?;
    Ok(page)
}

const INTRODUCTION: &str = "# Benchmarks

Written by `make bench`; only the last section is by hand. Each value is the median of several rounds, with the lowest and
the highest in brackets. A ratio is to a floor that was measured in the same round on the same file system, so it says more
than the value does, above all on a machine with other work to do. It is no cure: where others keep the processors busy, a floor on one thread
suffers more than hosts with several, so that ratios come out better than on a calm machine. Compare the load averages below
with the number of cores. Peers are real hosts in processes of their own that talk over the loopback, with encryption;
messages are bytes.

- `durable`: messages a second, from the first `send()` until the last is committed in the other's inbox and its
  acknowledgement committed at the sender; 256 calls of `send()` under way. The floor `in-turn` puts the rows of every
  message through two SQLite files with the same tables on one thread, 256 messages a transaction: into the outbox; into
  the inbox and the table of ids that came; out of the outbox and into the table of ended messages; beside that one update a
  batch of each counter and flow. `overlapped` does the same on two threads.
- `cpu`: what a message of `durable` costs each peer's process, all threads together. Unlike rates it hardly depends on what
  else the machine does.
- `single`: from the call of `send()` until the message is committed in the target's inbox, one at a time; and under half of
  the load that one flow of such messages reaches in the same round.
- `backlog`: 100,000 messages of 1 KiB in 16 flows, queued while the peer was away. Time runs from the moment that the
  returning host is ready, before it is connected. Memory is the peak over what the process used before.
- `start`: from the start of the process until the host is ready, after `kill -9` with that backlog queued.
- `depth`: one call at a time beside so many waiting messages, in the outbox for `send`, in the inbox for `read` and
  `next`; `send-pipelined` with 256 calls under way, for each call.
- `many`: as `durable`, over 1,000 flows between as many instances on either side, beside a single flow of them.
- `idle`: two connected hosts with nothing to say. An hour cannot be simulated for a whole host, whose clocks are the
  system's; `idle.hour` runs the delivery machine alone, and the hosts are watched for five times five seconds, from
  outside, since one that is asked is not idle. `idle.hour.ticks` and `idle.hour.actions` are those of one hour;
  `idle.hour.growth` is by how much the process grew through a year of such hours, by the hour, since memory is counted in pages.
- `desktop`: the program with windows beside a bare Tauri window (`crates/mutiny-bench-window`: the same Tauri, one page, one
  empty command), both on a display and a D-Bus of their own, on the same file system, drawn without a GPU. `start` is the
  time from the start of the process until its first page was drawn and had an answer from its host: `new` where it has kept
  nothing yet, and `again` where it was started before and Mutiny has five apps. The system has the programs' files in memory
  by then; emptying its cache would be everybody's loss, and is left. `memory` is what all processes of a program use at rest
  (proportional set sizes, so that what they share counts once): with the `first` window, and for each `further` one, of
  an app that shows what the bare window shows; `ping` is a real app's window. `send` is `await mutiny.send(…)` in an app's page, one
  after the other. Its floor is an empty command of the bare window's page, and one transaction of the outbox.
";

fn verdict(figure: &Figure) -> &'static str {
    match figure.met() {
        Some(true) => "yes",
        Some(false) => "**no**",
        None => "",
    }
}

fn range(Range { median, low, high }: Range) -> String {
    if low == high {
        return number(median);
    }
    format!("{} ({} to {})", number(median), number(low), number(high))
}

/// Three digits that count, and no more.
fn number(value: f64) -> String {
    let digits = match value.abs() {
        size if size == 0.0 || size >= 100.0 => 0,
        size if size >= 10.0 => 1,
        size if size >= 1.0 => 2,
        _ => 3,
    };
    let text = format!("{value:.digits$}");
    let (whole, fraction) = text.split_at(text.find('.').unwrap_or(text.len()));
    let thousands = whole.strip_prefix('-').unwrap_or(whole);
    let grouped: Vec<&str> =
        thousands.as_bytes().rchunks(3).rev().filter_map(|chunk| std::str::from_utf8(chunk).ok()).collect();
    let sign = if whole.starts_with('-') { "-" } else { "" };
    format!("{sign}{}{fraction}", grouped.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_long_as_they_mean_something() {
        let texts = [1_234_567.8, 123.45, 12.345, 1.2345, 0.12345, 0.0, -4321.0].map(number);
        assert_eq!(texts, ["1,234,568", "123", "12.3", "1.23", "0.123", "0", "-4,321"]);
    }

    #[test]
    fn what_was_written_by_hand_stays() {
        let figure = Figure::new("x", 1.0, "s");
        let page = page(&[figure], &[("Memory", "1 GiB".to_owned())]).unwrap_or_default();
        assert!(page.contains("| `x` | 1.00 s |") && !page.contains(BY_HAND));
    }
}
