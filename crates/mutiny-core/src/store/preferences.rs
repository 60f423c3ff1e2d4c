//! What the person has set: each field of [`Settings`] is kept under its name, as JSON.

use rusqlite::Connection;
use serde_json::{Map, Value};

use super::settings;
use crate::error::{Error, Result};
use crate::view::Settings;

/// Sets these names apart from what the host keeps for itself.
const PREFIX: &str = "person.";

/// What is kept. A field whose value this version does not understand has its default.
pub(crate) fn read(db: &Connection) -> Result<Settings> {
    let mut known = Settings::default();
    for name in fields(&known).keys() {
        let Some(text) = settings::get(db, &format!("{PREFIX}{name}"))? else { continue };
        let value = serde_json::from_str(&text).map_err(|error| Error::InvalidArgument(error.to_string()));
        match value.and_then(|value| changed(&known, Map::from_iter([(name.clone(), value)]))) {
            Ok(settings) => known = settings,
            Err(error) => tracing::warn!(name, text, %error, "a setting cannot be read; its default is used"),
        }
    }
    Ok(known)
}

/// Keeps all of it.
pub(crate) fn write(db: &Connection, all: &Settings) -> Result<()> {
    fields(all).iter().try_for_each(|(name, value)| settings::set(db, &format!("{PREFIX}{name}"), &value.to_string()))
}

/// Keeps the fields given, and leaves the others as they are. Returns what is kept then.
pub(crate) fn change(db: &Connection, change: Map<String, Value>) -> Result<Settings> {
    let settings = changed(&read(db)?, change)?;
    write(db, &settings)?;
    Ok(settings)
}

fn fields(settings: &Settings) -> Map<String, Value> {
    match serde_json::to_value(settings) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::new(),
    }
}

fn changed(settings: &Settings, change: Map<String, Value>) -> Result<Settings> {
    let mut all = fields(settings);
    all.extend(change);
    serde_json::from_value(Value::Object(all))
        .map_err(|error| Error::InvalidArgument(format!("This setting cannot be made: {error}.")))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::store::migrations::in_memory;
    use crate::view::PeerFilter;

    fn given(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn what_was_never_set_has_its_default() {
        assert_eq!(read(&in_memory()).unwrap(), Settings::default());
        assert_eq!(Settings::default().reach, PeerFilter::Nearby);
    }

    #[test]
    fn a_change_leaves_the_other_fields_alone() {
        let db = in_memory();
        write(&db, &Settings { introduced: false, ..Settings::default() }).unwrap();
        let settings = change(&db, given(json!({ "reach": "friends" }))).unwrap();
        assert_eq!((settings.reach, settings.introduced), (PeerFilter::Friends, false));
        assert_eq!(read(&db).unwrap(), settings);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for wrong in [json!({ "reach": "everyone" }), json!({ "reach": 1 }), json!({ "colour": "red" })] {
            let outcome = change(&in_memory(), given(wrong.clone()));
            assert!(matches!(outcome, Err(Error::InvalidArgument(_))), "{wrong}");
        }
    }

    #[test]
    fn a_value_of_a_later_version_does_not_spoil_the_others() {
        let db = in_memory();
        settings::set(&db, "person.introduced", "false").unwrap();
        for unknown in ["\"some-day\"", "no JSON"] {
            settings::set(&db, "person.reach", unknown).unwrap();
            assert_eq!(read(&db).unwrap(), Settings { introduced: false, ..Settings::default() });
        }
    }
}
