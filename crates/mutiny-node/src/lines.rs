//! Standard input and output. Both block, so each has a thread, and both queues are bounded: a client that does not read
//! is not read from.

use std::io::{self, BufRead, Read as _, Write};
use std::thread;

use tokio::sync::{mpsc, oneshot};

/// The longest line read. A message of 1 MiB fits in, however its JSON is escaped.
pub(crate) const LONGEST: usize = 8 << 20;

/// How many lines may wait, either way.
const WAITING: usize = 256;

/// A line that was read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// Its content, with the end of line if it had one.
    Whole(Vec<u8>),
    /// It was longer than [`LONGEST`].
    TooLong,
}

/// Reads standard input until its end.
pub(crate) fn read() -> mpsc::Receiver<Line> {
    let (lines, received) = mpsc::channel(WAITING);
    // Never joined: nothing but a line or the end wakes it.
    thread::spawn(move || {
        let mut input = io::stdin().lock();
        // An input that fails has ended.
        while let Ok(Some(line)) = next(&mut input) {
            if lines.blocking_send(line).is_err() {
                break;
            }
        }
    });
    received
}

fn next(input: &mut impl BufRead) -> io::Result<Option<Line>> {
    let mut line = Vec::new();
    if input.by_ref().take(LONGEST as u64 + 1).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    if line.len() <= LONGEST || line.ends_with(b"\n") {
        return Ok(Some(Line::Whole(line)));
    }
    input.skip_until(b'\n')?;
    Ok(Some(Line::TooLong))
}

/// Writes lines to standard output. The second half resolves when the last one is written, after all senders are gone.
/// The senders close where nobody reads any more.
pub(crate) fn write() -> (mpsc::Sender<String>, oneshot::Receiver<()>) {
    let (lines, mut waiting) = mpsc::channel::<String>(WAITING);
    let (done, written) = oneshot::channel();
    thread::spawn(move || {
        let mut output = io::stdout().lock();
        while let Some(line) = waiting.blocking_recv() {
            if writeln!(output, "{line}").and_then(|()| output.flush()).is_err() {
                break;
            }
        }
        // Whoever waits may have given up.
        let _ = done.send(());
    });
    (lines, written)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn all(mut input: &[u8]) -> Vec<Line> {
        std::iter::from_fn(|| next(&mut input).unwrap()).collect()
    }

    #[test]
    fn lines_end_with_a_newline_or_with_the_input() {
        assert_eq!(all(b"one\n\ntwo"), [b"one\n".to_vec(), b"\n".to_vec(), b"two".to_vec()].map(Line::Whole));
        assert_eq!(all(b""), []);
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over() {
        let long = [&vec![b'x'; 2 * LONGEST], &b"\nshort\n"[..]].concat();
        assert_eq!(all(&long), [Line::TooLong, Line::Whole(b"short\n".to_vec())]);
        assert_eq!(all(&vec![b'x'; LONGEST + 1]), [Line::TooLong]);
    }
}
