//! Every stream that the fuzzer found worth keeping, and every vector of the specification, heard by a machine.

#![allow(clippy::unwrap_used, missing_docs)]

#[path = "fuzz/mod.rs"]
mod fuzz;

use std::path::Path;

#[test]
fn the_corpus_of_the_fuzz_target_does_no_harm() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/frames");
    let mut files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 20, "the corpus is in {}", folder.display());
    for file in files {
        fuzz::feed(&std::fs::read(file).unwrap());
    }
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
