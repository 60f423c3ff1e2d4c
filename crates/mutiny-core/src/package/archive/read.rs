//! From a package file to a folder.

use std::cell::Cell;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::rc::Rc;

use zip::read::{ZipFile, ZipFileEntry};
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive, ZipReadOptions};

use super::super::{MAX_BYTES, MAX_FILES, Names, paths};
use crate::error::{Error, Result};
use crate::manifest;

/// How much larger than the package file its contents may be, once they are larger than [`HARMLESS`]. Text shrinks to a
/// tenth; what shrinks to less than this holds nothing.
const MAX_RATIO: u64 = 200;
/// Contents so small that nobody needs to care how well they were packed.
const HARMLESS: u64 = 16 << 20;
/// How much may be read to learn what is in the archive: more than [`MAX_FILES`] entries take, and little enough to keep.
const MAX_DIRECTORY: u64 = 24 << 20;
/// The bits of a Unix mode that tell what kind of file it is, and the two kinds that a package may hold.
const KIND: u32 = 0o170_000;
const REGULAR: u32 = 0o100_000;
const FOLDER: u32 = 0o040_000;

/// Unpacks the package file into `folder`, which is there and empty. What is in it has been checked as far as an archive
/// goes; it is for the caller to open it as a [`Package`](super::super::Package), and to remove it after an error.
pub(crate) fn read(file: &Path, folder: &Path) -> Result<()> {
    let (archive, top) = open(file)?;
    Reader { file }.unpack(archive, &top, folder)
}

/// Checks all that a package file says of its contents, and unpacks nothing.
pub(crate) fn check(file: &Path) -> Result<()> {
    open(file).map(drop)
}

/// The archive in a package file, checked, and the folder inside that holds everything.
fn open(file: &Path) -> Result<(ZipArchive<Metered>, String)> {
    let reader = Reader { file };
    let opened = File::open(file).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => Error::MissingPackage(file.to_path_buf()),
        _ => Error::Io { path: file.to_path_buf(), doing: "read", source },
    })?;
    let packed = opened.metadata().map_err(|error| reader.unreadable(error))?;
    if !packed.is_file() {
        return Err(Error::MissingPackage(file.to_path_buf()));
    }
    if packed.len() > MAX_BYTES {
        return Err(reader.bad(format!("it is larger than {} GiB.", MAX_BYTES >> 30)));
    }
    let left = Rc::new(Cell::new(MAX_DIRECTORY));
    let metered = Metered { file: BufReader::new(opened), left: left.clone() };
    let archive = ZipArchive::new(metered).map_err(|error| reader.explained(error))?;
    // From here on it is what comes out that counts.
    left.set(u64::MAX);
    if archive.len() > MAX_FILES {
        return Err(reader.bad(format!("it holds more than {MAX_FILES} files, so it is hardly an app.")));
    }
    if archive.has_duplicate_names() {
        return Err(reader.bad("one of its files is there twice.".to_owned()));
    }
    let top = reader.check(&archive, packed.len())?;
    Ok((archive, top))
}

/// A package file of which only so much is read.
struct Metered {
    file: BufReader<File>,
    left: Rc<Cell<u64>>,
}

impl Read for Metered {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left.get()).unwrap_or(usize::MAX).min(buffer.len());
        if most == 0 && !buffer.is_empty() {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "its list of contents is too long"));
        }
        let read = self.file.read(&mut buffer[..most])?;
        self.left.update(|left| left - read as u64);
        Ok(read)
    }
}

impl Seek for Metered {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

struct Reader<'a> {
    file: &'a Path,
}

impl Reader<'_> {
    /// Checks all that the archive says of its contents. Returns the folder inside that holds everything, with its `/`,
    /// as when somebody packed the app's folder and not what is in it; empty where there is none.
    fn check(&self, archive: &ZipArchive<Metered>, packed: u64) -> Result<String> {
        let (mut names, mut files, mut bytes) = (Names::default(), Vec::new(), 0_u64);
        for index in 0..archive.len() {
            let entry = archive.by_index_data(index).map_err(|error| self.explained(error))?;
            let path = self.checked_path(&entry)?;
            let Some(path) = path else { continue };
            bytes = bytes.saturating_add(entry.size());
            if bytes > MAX_BYTES {
                return Err(self.bad(format!("its files are larger than {} GiB together.", MAX_BYTES >> 30)));
            }
            if entry.encrypted() {
                return Err(self.bad("it is encrypted. Ask for a package without a password.".to_owned()));
            }
            if !matches!(entry.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
                return Err(
                    self.bad(format!("{path} is packed in a way that is not known here. Pack it as a plain .zip."))
                );
            }
            names.add_file(&path).map_err(|problem| self.bad(format!("{path} {problem}.")))?;
            files.push(path);
        }
        if bytes > HARMLESS && bytes / packed.max(1) > MAX_RATIO {
            return Err(self.bad("it would unpack to far more than it holds.".to_owned()));
        }
        Ok(top(&files))
    }

    /// The path of a file that is to be unpacked; `None` for folders, and for what no package holds.
    fn checked_path(&self, entry: &ZipFileEntry<'_>) -> Result<Option<String>> {
        // Said in UTF-8, or in ASCII: other encodings are guesses, and a guess would change the hash.
        let name = std::str::from_utf8(entry.name_raw()).map_err(|_| {
            let shown = String::from_utf8_lossy(entry.name_raw()).escape_debug().to_string();
            self.bad(format!("the name of {shown} is not UTF-8."))
        })?;
        let kind = entry.unix_mode().map_or(0, |mode| mode & KIND);
        let path = name.strip_suffix('/').unwrap_or(name);
        let shown = path.escape_debug().to_string();
        paths::check(path).map_err(|problem| self.bad(format!("the name \u{201c}{shown}\u{201d} {problem}.")))?;
        if entry.is_symlink() || ![0, REGULAR, FOLDER].contains(&kind) {
            return Err(self.bad(format!("{shown} is a link, or no file at all. A package holds only files.")));
        }
        let wanted = !name.ends_with('/') && !paths::left_out(path);
        Ok(wanted.then(|| path.to_owned()))
    }

    fn unpack(&self, mut archive: ZipArchive<Metered>, top: &str, folder: &Path) -> Result<()> {
        let mut budget = MAX_BYTES;
        for index in 0..archive.len() {
            let options = ZipReadOptions::new().enforce_header_consistency(true);
            let mut entry = archive.by_index_with_options(index, options).map_err(|error| self.explained(error))?;
            let Some(path) = self.checked_path(&entry.entry())? else { continue };
            let target = folder.join(path.strip_prefix(top).unwrap_or(&path));
            budget = self.write(&mut entry, &target, &path, budget)?;
        }
        Ok(())
    }

    /// Writes one file, and returns how many bytes of the budget are left.
    fn write(&self, entry: &mut ZipFile<'_, Metered>, to: &Path, path: &str, budget: u64) -> Result<u64> {
        let failed = |source| Error::Io { path: to.to_path_buf(), doing: "written", source };
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent).map_err(failed)?;
        }
        let mut file = OpenOptions::new().write(true).create_new(true).open(to).map_err(failed)?;
        let mut left = entry.size().min(budget);
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let read = match entry.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(self.bad(format!("{path} is damaged ({error}). Get the package again."))),
            };
            left = left
                .checked_sub(read as u64)
                .ok_or_else(|| self.bad(format!("{path} is larger than the package says. Get the package again.")))?;
            file.write_all(&buffer[..read]).map_err(failed)?;
        }
        if left > 0 {
            return Err(self.bad(format!("{path} is smaller than the package says. Get the package again.")));
        }
        file.sync_all().map_err(failed)?;
        Ok(budget.saturating_sub(entry.size()))
    }

    fn explained(&self, error: ZipError) -> Error {
        match error {
            ZipError::Io(error) if error.kind() != io::ErrorKind::UnexpectedEof => self.unreadable(error),
            ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => {
                self.bad("it is encrypted. Ask for a package without a password.".to_owned())
            }
            error if error.to_string().to_lowercase().contains("multi-disk") => {
                self.bad("it is one part of several. Ask for a package in one file.".to_owned())
            }
            other => self.bad(format!("it is not a sound .zip file ({other}). Get the package again.")),
        }
    }

    fn unreadable(&self, source: io::Error) -> Error {
        Error::Io { path: self.file.to_path_buf(), doing: "read", source }
    }

    fn bad(&self, problem: String) -> Error {
        Error::BadPackage { folder: self.file.to_path_buf(), problem }
    }
}

/// The one folder that holds all files, if it holds the manifest too and there is none outside.
fn top(files: &[String]) -> String {
    let Some((first, _)) = files.first().and_then(|path| path.split_once('/')) else { return String::new() };
    let top = format!("{first}/");
    let holds_all = files.iter().all(|path| path.starts_with(&top));
    let manifest = format!("{top}{}", manifest::FILE);
    if holds_all && files.contains(&manifest) { top } else { String::new() }
}
