//! The side that wants the package.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::frame::{self, Ask, Chunk, Kind, Reason, Refusal, Want};
use super::listing::Arriving;
use super::sink::{self, Sink};
use super::{CHUNK, listing};
use crate::error::Error;
use crate::package::listing::{Listed, check};

/// How many pieces may wait for the disk.
const WRITE_BEHIND: usize = 4;

/// What is wanted.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    /// The instance that invited.
    pub(crate) instance: Uuid,
    /// The hash in its invitation.
    pub(crate) hash: String,
    /// Where the files go. What an earlier transfer of the same package left there is not asked for again.
    pub(crate) folder: PathBuf,
}

/// How far a transfer is, in bytes. Readable by anybody at any time.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    pub(crate) done: AtomicU64,
    /// 0 until it is known.
    pub(crate) total: AtomicU64,
}

/// Why a transfer ended early.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// The connection, or the other side's patience. What is there is kept.
    Lost(io::Error),
    /// The other side said no.
    Refused(Reason),
    /// It sent something else than it should: what, as the end of a sentence about the app.
    Wrong(String),
    /// The disk of this host.
    Disk(Error),
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::InvalidData {
            Self::Wrong(format!("does not arrive as it should: {error}"))
        } else {
            Self::Lost(error)
        }
    }
}

impl From<sink::Trouble> for Trouble {
    fn from(trouble: sink::Trouble) -> Self {
        match trouble {
            sink::Trouble::Wrong => Self::Wrong("is not the one of the invitation".to_owned()),
            sink::Trouble::Disk(path, source) => Self::Disk(Error::Io { path, doing: "written", source }),
        }
    }
}

/// Fetches a package into its folder. After `Ok` all of its files are there and on the disk.
pub(crate) async fn get<S>(mut stream: S, wanted: Wanted, progress: &Progress, moved: impl Fn()) -> Result<(), Trouble>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let Wanted { instance, hash, folder } = wanted;
    let ask = Ask { instance: Bytes::copy_from_slice(instance.as_bytes()), hash: hash.clone() };
    frame::write(&mut stream, Kind::Ask(ask)).await?;
    let files = list(&mut stream).await?;
    check(&files, &hash).map_err(Trouble::Wrong)?;
    let total: u64 = files.iter().map(|file| file.length).sum();
    let (mut writing, done) = Writing::start(folder, files).await?;
    progress.total.store(total, Ordering::Relaxed);
    progress.done.store(done, Ordering::Relaxed);
    moved();
    if done < total {
        frame::write(&mut stream, Kind::Want(Want { offset: done })).await?;
    }
    let arrived = arrive(&mut stream, &mut writing, progress, &moved).await;
    // What arrived before the connection was lost goes to the disk all the same.
    let written = writing.finish().await;
    arrived.and(written)
}

/// Takes the content, until all of it is here or the disk wants no more.
async fn arrive(
    stream: &mut (impl AsyncRead + Unpin),
    writing: &mut Writing,
    progress: &Progress,
    moved: &impl Fn(),
) -> Result<(), Trouble> {
    let total = progress.total.load(Ordering::Relaxed);
    let mut done = progress.done.load(Ordering::Relaxed);
    while done < total {
        let content = match frame::read(stream).await? {
            Kind::Chunk(Chunk { content }) => content,
            other => return Err(unexpected(other)),
        };
        // Of one length only: nobody can make a transfer last for ever by sending it byte by byte.
        if content.len() as u64 != (total - done).min(CHUNK as u64) {
            return Err(Trouble::Wrong("does not arrive in the pieces it should".to_owned()));
        }
        done += content.len() as u64;
        if writing.pieces.send(content).await.is_err() {
            break;
        }
        progress.done.store(done, Ordering::Relaxed);
        moved();
    }
    Ok(())
}

async fn list(stream: &mut (impl AsyncRead + Unpin)) -> Result<Vec<Listed>, Trouble> {
    let mut arriving = listing::Arriving::default();
    loop {
        match frame::read(stream).await? {
            Kind::Listing(piece) => {
                let last = piece.last;
                Arriving::take(&mut arriving, piece)
                    .map_err(|problem| Trouble::Wrong(format!("cannot be taken: {problem}")))?;
                if last {
                    return Ok(arriving.done());
                }
            }
            other => return Err(unexpected(other)),
        }
    }
}

fn unexpected(kind: Kind) -> Trouble {
    match kind {
        Kind::Refusal(Refusal { reason }) => Trouble::Refused(Reason::try_from(reason).unwrap_or(Reason::Other)),
        _ => Trouble::Wrong("does not arrive in the order it should".to_owned()),
    }
}

/// The thread that writes. When this is dropped it writes nothing more.
struct Writing {
    pieces: mpsc::Sender<Bytes>,
    thread: JoinHandle<Result<(), sink::Trouble>>,
    given_up: Arc<AtomicBool>,
}

impl Writing {
    /// Starts it, and returns how many bytes are there already.
    async fn start(folder: PathBuf, files: Vec<Listed>) -> Result<(Self, u64), Trouble> {
        let resumed = tokio::task::spawn_blocking(move || Sink::resume(folder, files)).await;
        let (mut sink, there) = resumed.map_err(|_| Trouble::Disk(Error::Stopped))??;
        let (pieces, mut waiting) = mpsc::channel::<Bytes>(WRITE_BEHIND);
        let given_up = Arc::new(AtomicBool::new(false));
        let stop = given_up.clone();
        let thread = tokio::task::spawn_blocking(move || {
            while let Some(content) = waiting.blocking_recv() {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                sink.write(&content)?;
            }
            Ok(())
        });
        Ok((Self { pieces, thread, given_up }, there))
    }

    /// Waits until everything is written. Where the disk wanted no more, this says why.
    async fn finish(mut self) -> Result<(), Trouble> {
        // No more pieces come, which ends the thread.
        (self.pieces, _) = mpsc::channel(1);
        let ended = (&mut self.thread).await.map_err(|_| Trouble::Disk(Error::Stopped))?;
        Ok(ended?)
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        self.given_up.store(true, Ordering::Relaxed);
    }
}
