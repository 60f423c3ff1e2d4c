//! Every stream that the fuzzer found worth keeping, and every vector of the specification, heard by a machine; and what
//! chance makes of them. `MUTINY_SEED`, `MUTINY_SEEDS` and `MUTINY_SOAK_SECONDS` say which and how many, as in
//! `simulation.rs`.

#![allow(clippy::unwrap_used, missing_docs)]

#[path = "sim/dice.rs"]
#[allow(dead_code, unreachable_pub)]
mod dice;
#[path = "fuzz/mod.rs"]
mod fuzz;
mod soak;

use std::path::Path;
use std::sync::Mutex;

use dice::Dice;

/// The streams of the corpus, in the order of their names.
fn corpus() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/frames");
    let mut files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 20, "the corpus is in {}", folder.display());
    files.into_iter().map(|file| std::fs::read(file).unwrap()).collect()
}

#[test]
fn the_corpus_of_the_fuzz_target_does_no_harm() {
    corpus().iter().for_each(|stream| fuzz::feed(stream));
}

#[test]
fn what_chance_makes_of_the_corpus_does_no_harm() {
    let (corpus, failures) = (corpus(), Mutex::new(Vec::new()));
    let seed = soak::number("MUTINY_SEED");
    let count = soak::number("MUTINY_SEEDS").unwrap_or(if seed.is_some() { 1 } else { 3_000 });
    let count = soak::go_through("mutated streams", seed.unwrap_or(0), count, |seed| {
        let stream = mutated(&corpus, Dice::new(seed));
        if std::panic::catch_unwind(|| fuzz::feed(&stream)).is_err() {
            failures.lock().unwrap().push(format!("MUTINY_SEED={seed}"));
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{} of {count} streams did harm:\n{}", failures.len(), failures.join("\n"));
    soak::sum_up(&format!("{count} streams mutated from a corpus of {}: none did harm", corpus.len()));
}

/// A stream of the corpus after some accidents: bytes changed, lost, doubled, or put in from another stream.
fn mutated(corpus: &[Vec<u8>], mut dice: Dice) -> Vec<u8> {
    let mut stream = corpus[dice.below(corpus.len())].clone();
    for _ in 0..=dice.below(6) {
        let at = dice.below(stream.len() + 1);
        let end = at + dice.below((stream.len() - at).min(32) + 1);
        match dice.below(5) {
            // A bit of a byte; or a byte that says much: none, the ends of a varint, most.
            0 if at < stream.len() => stream[at] ^= 1 << dice.below(8),
            1 if at < stream.len() => stream[at] = [0, 1, 0x7f, 0x80, 0xff][dice.below(5)],
            2 => drop(stream.drain(at..end)),
            3 => {
                let again = stream[at..end].to_vec();
                stream.splice(at..at, again);
            }
            _ => {
                let other = &corpus[dice.below(corpus.len())];
                let from = dice.below(other.len() + 1);
                stream.splice(at..end, other[from..].iter().copied());
            }
        }
    }
    stream
}

#[test]
fn every_beginning_of_a_conversation_does_no_harm() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/frames");
    for name in ["conversation-of-a-sender", "conversation-of-a-receiver"] {
        let whole = std::fs::read(folder.join(name)).unwrap();
        for end in 0..whole.len() {
            fuzz::feed(&whole[..end]);
        }
    }
}
