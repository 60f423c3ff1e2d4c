//! The side that has the package.

use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::sync::Arc;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::frame::{self, Ask, Chunk, Kind, Reason, Refusal, Want};
use super::{CHUNK, PATIENCE, listing};
use crate::package::Package;
use crate::package::listing::Listed;

/// How many pieces may wait to be written.
const READ_AHEAD: usize = 4;

/// Answers one substream. `find` decides whether its peer may have the package that it asks for.
pub(crate) async fn serve<S, F>(mut stream: S, find: impl FnOnce(Uuid, String) -> F) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
    F: Future<Output = Result<Package, Reason>>,
{
    let Kind::Ask(Ask { instance, hash }) = frame::read(&mut stream).await? else {
        return Err(frame::invalid("a question was expected"));
    };
    let instance = Uuid::from_slice(&instance).map_err(|_| frame::invalid("an instance was expected"))?;
    let found = find(instance, hash).await.and_then(|package| {
        let files = package.listing().ok_or(Reason::Unsendable)?;
        Ok((package, files))
    });
    let (package, files) = match found {
        Ok(found) => found,
        Err(reason) => return refuse(&mut stream, reason).await,
    };
    for piece in listing::pieces(&files) {
        frame::write(&mut stream, Kind::Listing(piece)).await?;
    }
    let Kind::Want(Want { offset }) = frame::read(&mut stream).await? else {
        return Err(frame::invalid("a place to begin was expected"));
    };
    let mut chunks = read_ahead(package, files, offset);
    while let Some(chunk) = chunks.recv().await {
        match chunk {
            Ok(content) => frame::write(&mut stream, Kind::Chunk(Chunk { content })).await?,
            Err(reason) => return refuse(&mut stream, reason).await,
        }
    }
    close(&mut stream).await
}

async fn refuse(stream: &mut (impl AsyncWrite + Unpin), reason: Reason) -> io::Result<()> {
    frame::write(stream, Kind::Refusal(Refusal { reason: reason.into() })).await?;
    close(stream).await
}

async fn close(stream: &mut (impl AsyncWrite + Unpin)) -> io::Result<()> {
    tokio::time::timeout(PATIENCE, stream.shutdown()).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

/// Reads the contents of all files as one row of bytes, from `offset` on, in a thread that may wait for the disk.
fn read_ahead(package: Package, files: Vec<Listed>, offset: u64) -> mpsc::Receiver<Result<Bytes, Reason>> {
    let (pieces, reading) = mpsc::channel(READ_AHEAD);
    let pieces = Arc::new(pieces);
    tokio::task::spawn_blocking(move || {
        if let Err(reason) = read_all(&package, &files, offset, &pieces) {
            // Fails where nobody reads any more.
            let _ = pieces.blocking_send(Err(reason));
        }
    });
    reading
}

fn read_all(
    package: &Package,
    files: &[Listed],
    mut skip: u64,
    pieces: &mpsc::Sender<Result<Bytes, Reason>>,
) -> Result<(), Reason> {
    let mut buffer = Vec::with_capacity(CHUNK);
    for file in files {
        if skip >= file.length {
            skip -= file.length;
            continue;
        }
        // Whatever goes wrong here, the file is not any more what it was when it was listed.
        let changed = |_| Reason::Changed;
        let mut content = package.open_listed(file).map_err(changed)?.ok_or(Reason::Changed)?;
        content.seek(SeekFrom::Start(skip)).map_err(changed)?;
        let mut left = file.length - std::mem::take(&mut skip);
        while left > 0 {
            let room = (CHUNK - buffer.len()) as u64;
            let read = (&mut content).take(left.min(room)).read_to_end(&mut buffer).map_err(changed)? as u64;
            if read == 0 {
                return Err(Reason::Changed);
            }
            left -= read;
            if buffer.len() == CHUNK && pieces.blocking_send(Ok(std::mem::take(&mut buffer).into())).is_err() {
                return Ok(());
            }
        }
    }
    if !buffer.is_empty() {
        let _ = pieces.blocking_send(Ok(buffer.into()));
    }
    Ok(())
}
