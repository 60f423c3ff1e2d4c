//! A program with windows under way: when it says what, and how much memory it and its web engine's processes use.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time;

use crate::sample::Range;
use crate::{Result, clock};

/// How long anything may take that is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// Memory is at rest once so many looks in a row, so far apart, differ by less than that part of it.
const LOOKS: usize = 5;
const BETWEEN_LOOKS: Duration = Duration::from_millis(400);
const REST: f64 = 0.003;
const UNREST: Duration = Duration::from_secs(20);

/// The process is killed with this value.
pub(super) struct Program {
    child: Child,
    input: ChildStdin,
    begun: f64,
    lines: UnboundedReceiver<Line>,
}

/// What a program said, and when.
struct Line {
    at: f64,
    text: String,
}

impl Program {
    pub(super) fn start(command: &mut Command) -> Result<Self> {
        let (line, lines) = unbounded_channel();
        let begun = clock::now();
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{} cannot be started: {error}", command.get_program().to_string_lossy()))?;
        let input = child.stdin.take().ok_or("a program without input")?;
        listen(child.stdout.take().ok_or("a program without output")?, line.clone());
        listen(child.stderr.take().ok_or("a program without output")?, line);
        Ok(Self { child, input, begun, lines })
    }

    /// Waits until it says something with `words` in it. Seconds since its start, and what it said behind them.
    pub(super) async fn says(&mut self, words: &str) -> Result<(f64, String)> {
        let mut before = Vec::new();
        let said = time::timeout(PATIENCE, async {
            while let Some(line) = self.lines.recv().await {
                if let Some((_, rest)) = line.text.split_once(words) {
                    return Some((line.at - self.begun, rest.trim().to_owned()));
                }
                before.push(line.text);
            }
            None
        });
        let said = said.await.ok().flatten();
        said.ok_or_else(|| format!("a program did not say “{words}”, but:\n{}", before.join("\n")).into())
    }

    /// Hands it an empty line.
    pub(super) fn poke(&mut self) -> Result<()> {
        Ok(self.input.write_all(b"\n")?)
    }

    /// Waits until so many processes run pages of it.
    pub(super) async fn has_pages(&self, pages: usize) -> Result<()> {
        let counted = time::timeout(PATIENCE, async {
            while tree(self.child.id()).iter().filter(|id| name(**id).starts_with("WebKitWebProces")).count() < pages {
                time::sleep(Duration::from_millis(50)).await;
            }
        });
        counted.await.map_err(|_| format!("{pages} windows did not open").into())
    }

    /// Waits until its memory is at rest. Proportional set sizes of all its processes together, in MiB: what processes
    /// share counts once.
    pub(super) async fn memory(&self) -> Result<f64> {
        let (mut looks, begun) = (Vec::new(), Instant::now());
        loop {
            time::sleep(BETWEEN_LOOKS).await;
            looks.push(tree(self.child.id()).into_iter().map(proportional).sum::<Result<f64>>()?);
            if looks.len() > LOOKS {
                looks.remove(0);
            }
            let last = Range::of(looks.iter().copied());
            // Where others come and go, with whom it shares libraries, it never rests.
            if looks.len() == LOOKS && last.high - last.low < REST * last.high || begun.elapsed() > UNREST {
                return Ok(last.median);
            }
        }
    }

    /// Asks it to end, and waits until its web engine's processes are gone as well.
    pub(super) async fn end(self) -> Result<()> {
        let processes = tree(self.child.id());
        Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status()?;
        let gone = time::timeout(PATIENCE, async {
            while processes.iter().any(|id| runs(*id)) {
                time::sleep(Duration::from_millis(20)).await;
            }
        });
        gone.await.map_err(|_| "a program does not end, or its web engine's processes stay".into())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Both fail where it has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn listen(output: impl Read + Send + 'static, lines: UnboundedSender<Line>) {
    std::thread::spawn(move || {
        for text in BufReader::new(output).lines().map_while(Result::ok) {
            // Fails when nobody waits any more.
            let _ = lines.send(Line { at: clock::now(), text });
        }
    });
}

/// A process and all below it.
fn tree(root: u32) -> Vec<u32> {
    let processes: Vec<(u32, u32)> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(|id| Some((id, fields(id)?.split(' ').nth(1)?.parse().ok()?)))
        .collect();
    let mut tree = vec![root];
    let mut seen = 0;
    while let Some(parent) = tree.get(seen).copied() {
        tree.extend(processes.iter().filter(|(_, of)| *of == parent).map(|(id, _)| *id));
        seen += 1;
    }
    tree
}

/// What `/proc/ID/stat` has behind the name: the state, the parent, …
fn fields(id: u32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    stat.rsplit_once(") ").map(|(_, fields)| fields.to_owned())
}

fn name(id: u32) -> String {
    fs::read_to_string(format!("/proc/{id}/comm")).unwrap_or_default()
}

fn runs(id: u32) -> bool {
    fields(id).is_some_and(|fields| !fields.starts_with('Z'))
}

/// The proportional set size of a process, in MiB; none of one that has just ended.
fn proportional(id: u32) -> Result<f64> {
    let Ok(text) = fs::read_to_string(format!("/proc/{id}/smaps_rollup")) else { return Ok(0.0) };
    let kibibytes =
        text.lines().find_map(|line| line.strip_prefix("Pss:")?.split_whitespace().next()?.parse::<f64>().ok());
    Ok(kibibytes.ok_or("smaps_rollup has no Pss")? / 1024.0)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Program {
        Program::start(Command::new("sh").args(["-c", script])).unwrap()
    }

    #[tokio::test]
    async fn what_a_program_says_is_timed_from_its_start() {
        let mut program = shell("echo before; read line; echo usable now 1>&2; read line");
        program.poke().unwrap();
        let (seconds, rest) = program.says("usable").await.unwrap();
        assert!(seconds > 0.0 && seconds < 60.0, "{seconds}");
        assert_eq!(rest, "now");
        program.end().await.unwrap();
    }

    #[tokio::test]
    async fn what_it_said_instead_is_told() {
        let failure = shell("echo it is broken").says("usable").await.unwrap_err().to_string();
        assert!(failure.contains("it is broken"), "{failure}");
    }

    #[tokio::test]
    async fn memory_is_that_of_all_its_processes() {
        let mut alone = shell("echo ready; read line");
        let mut three = shell("sleep 60 & sleep 60 & echo ready; read line");
        for program in [&mut alone, &mut three] {
            program.says("ready").await.unwrap();
        }
        assert_eq!([tree(alone.child.id()).len(), tree(three.child.id()).len()], [1, 3]);
        let (one, all) = (alone.memory().await.unwrap(), three.memory().await.unwrap());
        assert!(one > 0.0 && all > one, "{one} and {all} MiB");
        alone.end().await.unwrap();
        // The two outlive their shell.
        let children = tree(three.child.id())[1..].iter().map(u32::to_string).collect::<Vec<_>>();
        Command::new("kill").args(children).status().unwrap();
        three.end().await.unwrap();
    }
}
