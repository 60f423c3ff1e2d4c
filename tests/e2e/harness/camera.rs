//! A camera held before a window: what it reads from a QR code there.

use std::io::Write;
use std::process::Command;

use tempfile::NamedTempFile;

use super::page::Page;
use super::wait::poll;

impl Page<'_> {
    /// Waits until a QR code can be read from a picture of the window, and returns what it says.
    #[track_caller]
    pub(crate) fn scanned(&self) -> String {
        poll(|| read(&self.png())).unwrap_or_else(|why| panic!("no code can be read: {why}"))
    }
}

/// A camera sees so many dots for each of the window's, across and down.
const FINER: usize = 4;

fn read(png: &[u8]) -> Result<String, String> {
    // A PNG says how large it is right after its beginning.
    let number = |at: usize| png.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map(u32::from_be_bytes);
    let (Some(width), Some(height)) = (number(16), number(20)) else { return Err("it is no picture".to_owned()) };
    let (width, height) = (FINER * width as usize, FINER * height as usize);
    let mut file = NamedTempFile::with_suffix(".png").expect("a file");
    file.write_all(png).expect("a picture saved");
    let grey = Command::new("convert")
        .arg(file.path())
        .args(["-resize", &format!("{}%", 100 * FINER)])
        .args(["-colorspace", "gray", "-depth", "8", "gray:-"])
        .output();
    let grey = grey.expect("convert (Debian's package imagemagick, which `make test` installs)").stdout;
    if grey.len() != width * height {
        return Err(format!("{} dots for {width} times {height}", grey.len()));
    }
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| grey[y * width + x]);
    match picture.detect_grids().as_slice() {
        [code] => code.decode().map(|(_, text)| text).map_err(|why| why.to_string()),
        codes => Err(format!("there are {} codes", codes.len())),
    }
}
