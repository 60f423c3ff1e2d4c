//! Frames: a protobuf message behind its length as an unsigned varint. A length over [`MAX_FRAME`] ends the transfer before
//! anything is allocated.

use std::io;

use bytes::{Bytes, BytesMut};
use prost::Message as _;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::{CHUNK, PATIENCE};

/// The largest frame, in bytes, without its length.
pub(super) const MAX_FRAME: usize = 2 * CHUNK;

/// One frame. Exactly one kind is set.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Frame {
    #[prost(oneof = "Kind", tags = "1, 2, 3, 4, 5")]
    pub(super) kind: Option<Kind>,
}

/// The kinds of frames. The side that asks sends `Ask` and `Want`; the other one answers each.
#[derive(Clone, PartialEq, prost::Oneof)]
pub(super) enum Kind {
    /// First frame: which package.
    #[prost(message, tag = "1")]
    Ask(Ask),
    /// A part of the list of files.
    #[prost(message, tag = "2")]
    Listing(Listing),
    /// The content, from here.
    #[prost(message, tag = "3")]
    Want(Want),
    /// The next piece of content.
    #[prost(message, tag = "4")]
    Chunk(Chunk),
    /// Nothing, or nothing more, will come.
    #[prost(message, tag = "5")]
    Refusal(Refusal),
}

/// Asks for a package.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Ask {
    /// The instance that invited, 16 bytes.
    #[prost(bytes = "bytes", tag = "1")]
    pub(super) instance: Bytes,
    /// The package's hash, as the invitation has it.
    #[prost(string, tag = "2")]
    pub(super) hash: String,
}

/// Some of the files, in the order of their paths' bytes.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Listing {
    #[prost(message, repeated, tag = "1")]
    pub(super) files: Vec<File>,
    /// No more files come.
    #[prost(bool, tag = "2")]
    pub(super) last: bool,
}

/// A file of the package.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct File {
    #[prost(string, tag = "1")]
    pub(super) path: String,
    #[prost(uint64, tag = "2")]
    pub(super) length: u64,
    /// SHA-256 of the content, 32 bytes.
    #[prost(bytes = "bytes", tag = "3")]
    pub(super) digest: Bytes,
}

/// Asks for the contents of all files in the order of the list, as one row of bytes.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Want {
    /// How many bytes of that row are here already.
    #[prost(uint64, tag = "1")]
    pub(super) offset: u64,
}

/// The next bytes: as many as fit, and fewer only at the end.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Chunk {
    #[prost(bytes = "bytes", tag = "1")]
    pub(super) content: Bytes,
}

/// Why the package does not come.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Refusal {
    #[prost(enumeration = "Reason", tag = "1")]
    pub(super) reason: i32,
}

/// The reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, prost::Enumeration)]
#[repr(i32)]
pub(crate) enum Reason {
    /// One that is not known here. Try again later.
    Other = 0,
    /// There is no invitation of that instance.
    NotInvited = 1,
    /// The app is not any more what the invitation says.
    Changed = 2,
    /// Too much is asked at the moment. Try again later.
    Busy = 3,
    /// The app cannot leave its host, for it has no manifest.
    Unsendable = 4,
}

/// Writes a frame, within [`PATIENCE`].
pub(super) async fn write(to: &mut (impl AsyncWrite + Unpin), kind: Kind) -> io::Result<()> {
    let bytes = Frame { kind: Some(kind) }.encode_length_delimited_to_vec();
    let write = async {
        to.write_all(&bytes).await?;
        to.flush().await
    };
    within(write).await
}

/// Reads a frame, within [`PATIENCE`]. What is no frame, or too large, is an error of the kind `InvalidData`.
pub(super) async fn read(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Kind> {
    let read = async {
        let mut length = 0_usize;
        for shift in [0, 7, 14] {
            let byte = from.read_u8().await?;
            length |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                break;
            }
            if shift == 14 {
                return Err(invalid("a frame is too large"));
            }
        }
        if length > MAX_FRAME {
            return Err(invalid("a frame is too large"));
        }
        let mut bytes = BytesMut::zeroed(length);
        from.read_exact(&mut bytes).await?;
        let frame = Frame::decode(bytes.freeze()).map_err(|_| invalid("a frame is no frame"))?;
        frame.kind.ok_or_else(|| invalid("a frame is of no known kind"))
    };
    within(read).await
}

async fn within<T>(work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    tokio::time::timeout(PATIENCE, work).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

pub(super) fn invalid(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}
