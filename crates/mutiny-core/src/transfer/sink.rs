//! Puts what arrives onto the disk, file after file, and compares each with the list as it ends.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::package::listing::Listed;

/// Why writing ends early.
#[derive(Debug)]
pub(super) enum Trouble {
    /// A file is not what the list says.
    Wrong,
    /// The disk.
    Disk(PathBuf, io::Error),
}

/// A package that is being written. Everything here waits for the disk.
pub(super) struct Sink {
    folder: PathBuf,
    files: std::vec::IntoIter<Listed>,
    open: Option<Open>,
}

/// What to do with a file that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Begin {
    /// Go on with it.
    WhereItIs,
    /// Write it anew: it lies behind something that was damaged.
    Anew,
}

/// The file that is written at the moment.
struct Open {
    listed: Listed,
    path: PathBuf,
    file: File,
    hasher: Sha256,
    written: u64,
}

impl Sink {
    /// Goes on in `folder` where an earlier transfer of the same list ended. Returns how many bytes are there already; what
    /// is there and wrong is written anew.
    pub(super) fn resume(folder: PathBuf, files: Vec<Listed>) -> Result<(Self, u64), Trouble> {
        let mut sink = Self { folder, files: files.into_iter(), open: None };
        let mut there = 0;
        loop {
            sink.next(Begin::WhereItIs)?;
            let Some(open) = &mut sink.open else { return Ok((sink, there)) };
            open.read_what_is_there().map_err(|error| Trouble::Disk(open.path.clone(), error))?;
            let (written, length) = (open.written, open.listed.length);
            if written < length {
                return Ok((sink, there + written));
            }
            match sink.end() {
                Ok(()) => there += length,
                Err(Trouble::Wrong) => {
                    // Damaged by a power cut, say. It begins again.
                    sink.begin_again()?;
                    return Ok((sink, there));
                }
                Err(trouble) => return Err(trouble),
            }
        }
    }

    /// Writes the next bytes.
    pub(super) fn write(&mut self, mut content: &[u8]) -> Result<(), Trouble> {
        while !content.is_empty() {
            let Some(open) = &mut self.open else { return Err(Trouble::Wrong) };
            let room = usize::try_from(open.listed.length - open.written).unwrap_or(usize::MAX);
            let (now, later) = content.split_at(room.min(content.len()));
            open.file.write_all(now).map_err(|error| Trouble::Disk(open.path.clone(), error))?;
            open.hasher.update(now);
            open.written += now.len() as u64;
            content = later;
            while self.open.as_ref().is_some_and(|open| open.written == open.listed.length) {
                self.end()?;
                self.next(Begin::Anew)?;
            }
        }
        Ok(())
    }

    /// Opens the next file.
    fn next(&mut self, begin: Begin) -> Result<(), Trouble> {
        self.open = match self.files.next() {
            Some(listed) => Some(Open::new(&self.folder, listed, begin)?),
            None => None,
        };
        Ok(())
    }

    fn end(&mut self) -> Result<(), Trouble> {
        let Some(open) = &mut self.open else { return Ok(()) };
        let digest: [u8; 32] = std::mem::take(&mut open.hasher).finalize().into();
        if digest != open.listed.digest {
            return Err(Trouble::Wrong);
        }
        open.file.sync_all().map_err(|error| Trouble::Disk(open.path.clone(), error))
    }

    fn begin_again(&mut self) -> Result<(), Trouble> {
        let Some(open) = &mut self.open else { return Ok(()) };
        *open = Open::new(&self.folder, open.listed.clone(), Begin::Anew)?;
        Ok(())
    }
}

impl Open {
    fn new(folder: &Path, listed: Listed, begin: Begin) -> Result<Self, Trouble> {
        let path = folder.join(&listed.path);
        let open = || {
            fs::create_dir_all(path.parent().unwrap_or(folder))?;
            let file = OpenOptions::new().read(true).append(true).create(true).open(&path)?;
            if begin == Begin::Anew {
                file.set_len(0)?;
            }
            Ok(file)
        };
        let file = open().map_err(|error| Trouble::Disk(path.clone(), error))?;
        Ok(Self { listed, path, file, hasher: Sha256::new(), written: 0 })
    }

    /// Takes up what an earlier transfer wrote. Files are only ever added to, so it is a beginning.
    fn read_what_is_there(&mut self) -> io::Result<()> {
        if self.file.metadata()?.len() > self.listed.length {
            self.file.set_len(0)?;
        }
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match self.file.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(read) => {
                    self.hasher.update(&buffer[..read]);
                    self.written += read as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}
