//! Frames: what crosses the wire, and how it is cut into bytes.
//!
//! A stream is a sequence of frames, each a protobuf message behind its length as an unsigned varint. A length over
//! [`MAX_FRAME`] is an error before anything is allocated. Unknown fields are ignored; an unknown frame is skipped,
//! so that later versions can add some. `docs/protocol.md` specifies them for other implementations.

use bytes::{Buf, BufMut, Bytes, BytesMut};
use prost::Message as _;

/// The protocol's name on a libp2p connection.
pub const PROTOCOL: &str = "/mutiny/delivery/1.0.0";

/// The version that [`Hello`] carries.
pub const VERSION: u32 = 1;

/// The largest body of a message, in bytes.
pub const MAX_BODY: usize = 1024 * 1024;

/// The largest frame, in bytes, without its length: a body and what is around it.
pub const MAX_FRAME: usize = MAX_BODY + 1024;

/// How many offers may wait for their answer on a stream.
pub const MAX_OFFERS: usize = 1024;

/// One frame. Exactly one kind is set; none, where the other side is newer than this one.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Frame {
    /// What it is.
    #[prost(oneof = "Kind", tags = "1, 2, 3, 4, 5, 6, 7")]
    pub kind: Option<Kind>,
}

/// The kinds of frames. The opener of a stream sends `Hello`, `Offer`, `Data` and `Skip`; the other side answers with
/// `Hello`, `Accept`, `Ack` and `Reject`.
#[derive(Clone, PartialEq, prost::Oneof)]
pub enum Kind {
    /// First frame of either side.
    #[prost(message, tag = "1")]
    Hello(Hello),
    /// The sender would like to go on with a flow.
    #[prost(message, tag = "2")]
    Offer(Offer),
    /// The receiver takes the flow from here.
    #[prost(message, tag = "3")]
    Accept(Accept),
    /// A message.
    #[prost(message, tag = "4")]
    Data(Data),
    /// Messages that will not come.
    #[prost(message, tag = "5")]
    Skip(Skip),
    /// Everything before `next` is durable; more may be sent.
    #[prost(message, tag = "6")]
    Ack(Ack),
    /// The receiver closes a flow.
    #[prost(message, tag = "7")]
    Reject(Reject),
}

/// Says the version, and how the peer would like to be called.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Hello {
    /// [`VERSION`].
    #[prost(uint32, tag = "1")]
    pub version: u32,
    /// The person's name for display. May come again when it changes.
    #[prost(string, tag = "2")]
    pub name: String,
}

/// Offers a flow under a handle of the sender's choice, valid on this stream.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Offer {
    /// Stands for the flow in the frames that follow. Higher than all offered before on this stream.
    #[prost(uint32, tag = "1")]
    pub handle: u32,
    /// Source instance, 16 bytes.
    #[prost(bytes = "bytes", tag = "2")]
    pub source: Bytes,
    /// Target instance, 16 bytes; all zero for the host itself.
    #[prost(bytes = "bytes", tag = "3")]
    pub target: Bytes,
    /// The numbering that `first` belongs to, 16 random bytes.
    #[prost(bytes = "bytes", tag = "4")]
    pub epoch: Bytes,
    /// Sequence number of the first message that the sender still has.
    #[prost(uint64, tag = "5")]
    pub first: u64,
}

/// Accepts an offered flow.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Accept {
    /// The flow.
    #[prost(uint32, tag = "1")]
    pub handle: u32,
    /// The sequence number that the receiver waits for; all before it are durable.
    #[prost(uint64, tag = "2")]
    pub next: u64,
    /// Id of the last message received, 16 bytes; empty if none in this epoch. A sender that knows another message
    /// under that number has lost its memory.
    #[prost(bytes = "bytes", tag = "3")]
    pub last: Bytes,
    /// How many messages may be sent under this offer, in all.
    #[prost(uint64, tag = "4")]
    pub messages: u64,
    /// How many bytes of bodies may be sent under this offer, in all.
    #[prost(uint64, tag = "5")]
    pub bytes: u64,
}

/// A message of an accepted flow.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Data {
    /// The flow.
    #[prost(uint32, tag = "1")]
    pub handle: u32,
    /// Sequence number.
    #[prost(uint64, tag = "2")]
    pub seq: u64,
    /// Message id, 16 bytes.
    #[prost(bytes = "bytes", tag = "3")]
    pub id: Bytes,
    /// What the body is; see [`crate::message::Content`].
    #[prost(uint32, tag = "4")]
    pub content: u32,
    /// When it was sent, by the sender's clock: milliseconds since the Unix epoch.
    #[prost(int64, tag = "5")]
    pub sent: i64,
    /// The body.
    #[prost(bytes = "bytes", tag = "6")]
    pub body: Bytes,
}

/// Withdraws all messages before `to` that have not been sent on this stream.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Skip {
    /// The flow.
    #[prost(uint32, tag = "1")]
    pub handle: u32,
    /// The sequence number of the next message.
    #[prost(uint64, tag = "2")]
    pub to: u64,
}

/// Acknowledges, after the commit, and gives credit. Cumulative; a repetition does no harm.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Ack {
    /// The flow.
    #[prost(uint32, tag = "1")]
    pub handle: u32,
    /// All before this sequence number are durable.
    #[prost(uint64, tag = "2")]
    pub next: u64,
    /// As in [`Accept`]; never falls.
    #[prost(uint64, tag = "3")]
    pub messages: u64,
    /// As in [`Accept`]; never falls.
    #[prost(uint64, tag = "4")]
    pub bytes: u64,
}

/// Closes a flow at the receiver: further frames under the handle are ignored. It may be offered again, under another.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Reject {
    /// The flow.
    #[prost(uint32, tag = "1")]
    pub handle: u32,
    /// Why: a [`crate::message::Refusal`].
    #[prost(uint32, tag = "2")]
    pub code: u32,
    /// Where the receiver stands, if it knows the flow: all before are durable, none from here on ever will be by
    /// what was sent so far.
    #[prost(uint64, optional, tag = "3")]
    pub next: Option<u64>,
}

/// Bytes that are no frame. The stream cannot be trusted any further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// The length is over [`MAX_FRAME`].
    #[error("a frame of {0} bytes is over the limit")]
    TooLong(u64),
    /// The length is no varint, or the protobuf is broken.
    #[error("not a frame")]
    Malformed,
}

impl Frame {
    /// Appends the frame, behind its length.
    pub fn encode(&self, to: &mut BytesMut) {
        let length = self.encoded_len();
        to.reserve(length + 5);
        prost::encoding::encode_varint(length as u64, to);
        self.encode_raw(&mut to.limit(length));
    }

    /// Takes the first frame off `from`, or says that more bytes are needed (`None`).
    pub fn decode(from: &mut BytesMut) -> Result<Option<Self>, FrameError> {
        let Some((length, prefix)) = varint(from)? else {
            return Ok(None);
        };
        if length > MAX_FRAME as u64 {
            return Err(FrameError::TooLong(length));
        }
        let length = length as usize;
        if from.len() < prefix + length {
            from.reserve(prefix + length - from.len());
            return Ok(None);
        }
        from.advance(prefix);
        let body = from.split_to(length).freeze();
        <Self as prost::Message>::decode(body).map(Some).map_err(|_| FrameError::Malformed)
    }

    /// What the frame weighs in a send buffer, in bytes, closely enough to limit it.
    pub fn weight(&self) -> usize {
        match &self.kind {
            Some(Kind::Data(data)) => data.body.len() + 64,
            _ => 64,
        }
    }
}

impl From<Kind> for Frame {
    fn from(kind: Kind) -> Self {
        Self { kind: Some(kind) }
    }
}

/// A varint of at most four bytes (enough for [`MAX_FRAME`]) and its own length, or `None` if it is not complete.
fn varint(from: &[u8]) -> Result<Option<(u64, usize)>, FrameError> {
    let mut value = 0u64;
    for (index, byte) in from.iter().take(4).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Ok(Some((value, index + 1)));
        }
    }
    if from.len() >= 4 { Err(FrameError::Malformed) } else { Ok(None) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn data(size: usize) -> Frame {
        Kind::Data(Data { handle: 1, seq: 7, id: vec![9; 16].into(), content: 1, sent: -1, body: vec![5; size].into() })
            .into()
    }

    #[test]
    fn frames_survive_being_cut_anywhere() {
        let frames = [Kind::Hello(Hello { version: 1, name: "Ana".into() }).into(), data(300), data(0), data(MAX_BODY)];
        let mut wire = BytesMut::new();
        frames.iter().for_each(|frame| frame.encode(&mut wire));
        for cut in [1, 2, 3, 7, 64, 4096, wire.len()] {
            let (mut buffer, mut seen) = (BytesMut::new(), Vec::new());
            for part in wire.chunks(cut) {
                buffer.extend_from_slice(part);
                while let Some(frame) = Frame::decode(&mut buffer).unwrap() {
                    seen.push(frame);
                }
            }
            assert_eq!(seen, frames);
            assert!(buffer.is_empty());
        }
    }

    #[test]
    fn a_length_over_the_limit_is_refused_before_the_body_comes() {
        let mut wire = BytesMut::new();
        prost::encoding::encode_varint(MAX_FRAME as u64 + 1, &mut wire);
        assert_eq!(Frame::decode(&mut wire), Err(FrameError::TooLong(MAX_FRAME as u64 + 1)));
        assert_eq!(Frame::decode(&mut BytesMut::from(&[0xff; 4][..])), Err(FrameError::Malformed));
        assert_eq!(Frame::decode(&mut BytesMut::from(&[0xff; 3][..])), Ok(None));
    }

    #[test]
    fn garbage_is_an_error_and_an_unknown_kind_is_not() {
        assert_eq!(Frame::decode(&mut BytesMut::from(&[2, 0x0a, 0x7f][..])), Err(FrameError::Malformed));
        // Field 99, varint 1: a kind of a later version.
        let frame = Frame::decode(&mut BytesMut::from(&[3, 0x98, 0x06, 0x01][..])).unwrap().unwrap();
        assert_eq!(frame.kind, None);
    }
}
