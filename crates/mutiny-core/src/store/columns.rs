//! Columns that hold a type of the domain.
//!
//! Ids are kept as bytes: a UUID in 16, a peer id in the binary form of its multihash.

use libp2p::PeerId;
use rusqlite::types::Type;
use rusqlite::{Error, Result, Row, RowIndex};
use uuid::Uuid;

/// Reads a UUID.
pub(super) fn uuid(row: &Row<'_>, column: impl RowIndex) -> Result<Uuid> {
    row.get(column).map(Uuid::from_bytes)
}

/// Reads a UUID that may be missing.
pub(super) fn uuid_or_null(row: &Row<'_>, column: impl RowIndex) -> Result<Option<Uuid>> {
    let bytes: Option<[u8; 16]> = row.get(column)?;
    Ok(bytes.map(Uuid::from_bytes))
}

/// Reads a peer id.
pub(super) fn peer(row: &Row<'_>, column: &str) -> Result<PeerId> {
    let index = row.as_ref().column_index(column)?;
    let bytes = row.get_ref(index)?.as_blob()?;
    PeerId::from_bytes(bytes).map_err(|error| Error::FromSqlConversionFailure(index, Type::Blob, Box::new(error)))
}

/// Keeps an enumeration without fields as text, one word a variant.
macro_rules! text_enum {
    ($type:ty { $($variant:ident => $text:literal),+ $(,)? }) => {
        impl rusqlite::ToSql for $type {
            fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
                let text = match self {
                    $(Self::$variant => $text,)+
                };
                Ok(text.into())
            }
        }

        impl rusqlite::types::FromSql for $type {
            fn column_result(value: rusqlite::types::ValueRef<'_>) -> rusqlite::types::FromSqlResult<Self> {
                match value.as_str()? {
                    $($text => Ok(Self::$variant),)+
                    _ => Err(rusqlite::types::FromSqlError::InvalidType),
                }
            }
        }
    };
}
pub(super) use text_enum;
