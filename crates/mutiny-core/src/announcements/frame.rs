//! What travels: one announcement a frame.

use prost::Message as _;
use serde_json::Value;
use tokio_util::codec::LengthDelimitedCodec;
use uuid::Uuid;

use super::MAX_VALUE;
use super::board::Announced;

/// Longest id of an app and longest version, in bytes.
const MAX_TEXT: usize = 128;

/// Largest frame: a value and what stands around it.
const MAX_FRAME: usize = MAX_VALUE + 2 * MAX_TEXT + 64;

/// Length (four bytes, big-endian) and protobuf. A longer frame ends the stream before anything is allocated for it.
pub(super) fn codec() -> LengthDelimitedCodec {
    LengthDelimitedCodec::builder().max_frame_length(MAX_FRAME).new_codec()
}

#[derive(Clone, PartialEq, prost::Message)]
struct Wire {
    #[prost(bytes = "vec", tag = "1")]
    instance: Vec<u8>,
    #[prost(string, tag = "2")]
    app: String,
    #[prost(string, tag = "3")]
    version: String,
    /// The JSON text; empty withdraws the announcement.
    #[prost(string, tag = "4")]
    value: String,
}

/// What an instance announces from now on; `None`: nothing any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) instance: Uuid,
    pub(super) announced: Option<Announced>,
}

impl Frame {
    pub(super) fn encode(self) -> Vec<u8> {
        let Announced { app, version, value } = self.announced.unwrap_or_default();
        Wire { instance: self.instance.as_bytes().to_vec(), app, version, value }.encode_to_vec()
    }

    /// Reads a frame, unless it makes no sense.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let Wire { instance, app, version, value } = Wire::decode(bytes).ok()?;
        let instance = Uuid::from_slice(&instance).ok()?;
        if value.is_empty() {
            return Some(Self { instance, announced: None });
        }
        let sound = |text: &str| !text.is_empty() && text.len() <= MAX_TEXT && !text.chars().any(char::is_control);
        if !sound(&app) || !sound(&version) || value.len() > MAX_VALUE || serde_json::from_str::<Value>(&value).is_err()
        {
            return None;
        }
        Some(Self { instance, announced: Some(Announced { app, version, value }) })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn frame(value: &str) -> Frame {
        let announced = Announced { app: "org.example.chat".into(), version: "1.0.0".into(), value: value.into() };
        Frame { instance: Uuid::from_u128(7), announced: Some(announced) }
    }

    #[test]
    fn a_frame_is_read_as_it_was_written() {
        for frame in [frame("{\"nickname\":\"Ana\"}"), Frame { instance: Uuid::from_u128(7), announced: None }] {
            assert_eq!(Frame::decode(&frame.clone().encode()), Some(frame));
        }
    }

    #[test]
    fn the_largest_value_fits_into_a_frame_and_a_larger_one_is_refused() {
        let text = |length: usize| format!("\"{}\"", "x".repeat(length - 2));
        let largest = frame(&text(MAX_VALUE)).encode();
        assert!(largest.len() <= MAX_FRAME);
        assert!(Frame::decode(&largest).is_some());
        assert_eq!(Frame::decode(&frame(&text(MAX_VALUE + 1)).encode()), None);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        assert_eq!(Frame::decode(b"\xff\xff\xff"), None);
        assert_eq!(Frame::decode(&frame("{not json").encode()), None);
        assert_eq!(Frame::decode(&frame(&"[".repeat(1_000)).encode()), None);
        let mut nameless = frame("1");
        if let Some(announced) = &mut nameless.announced {
            announced.app = "a\nb".into();
        }
        assert_eq!(Frame::decode(&nameless.encode()), None);
        let short = Wire { instance: vec![1, 2, 3], value: "1".into(), ..Wire::default() };
        assert_eq!(Frame::decode(&short.encode_to_vec()), None);
    }
}
