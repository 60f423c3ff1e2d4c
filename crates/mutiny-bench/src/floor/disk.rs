//! The disk: how long one sync takes.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::Duration;

use crate::clock;
use crate::{Result, sample};

/// What a commit of one message writes, roughly: three pages of the log.
const WRITE: usize = 12 * 1024;

/// The size of the file, which is written over and over as SQLite does with its log.
const FILE: usize = 4 << 20;

/// A file to sync.
pub(crate) struct Disk {
    file: File,
    at: u64,
}

impl Disk {
    pub(crate) fn new(folder: &Path) -> Result<Self> {
        let file =
            OpenOptions::new().read(true).write(true).create(true).truncate(true).open(folder.join("floor-disk"))?;
        file.write_all_at(&vec![1; FILE], 0)?;
        file.sync_all()?;
        Ok(Self { file, at: 0 })
    }

    /// The median of so many syncs, in seconds, each after a pause and a write.
    pub(crate) async fn sync(&mut self, times: usize, pause: Duration) -> Result<f64> {
        let mut seconds = Vec::with_capacity(times);
        for round in 0..times {
            tokio::time::sleep(pause).await;
            let begun = clock::now();
            self.file.write_all_at(&[round as u8; WRITE], self.at)?;
            self.file.sync_all()?;
            seconds.push(clock::now() - begun);
            self.at = (self.at + WRITE as u64) % (FILE - WRITE) as u64;
        }
        Ok(sample::median(seconds))
    }
}
