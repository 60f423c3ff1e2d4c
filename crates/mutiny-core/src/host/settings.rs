//! What the person has set.

use std::sync::PoisonError;

use serde_json::{Map, Value};

use super::{Event, Host};
use crate::error::Result;
use crate::policy::Book;
use crate::store::preferences;
use crate::view::{Settings, Topic};

impl Host {
    /// What the person has set.
    pub fn settings(&self) -> Settings {
        self.0.settings.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes what the person has set: the fields given, and no others. It is in effect when this returns.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for a field that is unknown or a value that it cannot have; nothing is changed then.
    pub async fn set_settings(&self, change: Map<String, Value>) -> Result<()> {
        let host = self.clone();
        self.0
            .store
            .write_and(
                move |db| {
                    let settings = preferences::change(db, change)?;
                    Ok((settings, Book::read(db)?))
                },
                // In the order of the commits, so that memory and database agree.
                move |(settings, book)| {
                    host.enforce(book);
                    host.0.settings.write().unwrap_or_else(PoisonError::into_inner).clone_from(settings);
                    host.announce(Event::Changed(Topic::Settings));
                },
            )
            .await
            .map(drop)
    }
}
