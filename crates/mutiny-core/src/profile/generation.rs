//! The generation counter's file: one number in decimal.

use std::fs;
use std::io;
use std::path::Path;

use super::files::{io_error, write_atomically};
use crate::error::Result;

pub(super) fn read(path: &Path) -> Result<Option<u64>> {
    let content = match fs::read(path) {
        Ok(content) => content,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(io_error(path, "read")(error)),
    };
    let generation = str::from_utf8(&content).ok().and_then(|text| text.trim().parse().ok());
    if generation.is_none() {
        tracing::warn!(path = %path.display(), "the generation counter is damaged; taking the database for a restored one");
    }
    Ok(generation)
}

pub(super) fn write(path: &Path, generation: u64) -> Result<()> {
    write_atomically(path, format!("{generation}\n").as_bytes())
}
