//! The icons of apps.

use uuid::Uuid;

use super::Host;
use super::start::blocking;
use crate::error::Result;
use crate::manifest::Manifest;
use crate::package::icon;

impl Host {
    /// The icon that an instance's app brings along, as a `data:` URL. `None` where it brings none that can be shown, for
    /// whatever reason: then one is made up.
    ///
    /// # Errors
    /// [`Error::UnknownInstance`](crate::Error::UnknownInstance).
    pub async fn app_icon(&self, instance: Uuid) -> Result<Option<String>> {
        let Ok(folder) = self.app_folder(instance).await else {
            // Its files are gone, or it is: the difference is for whoever asks.
            self.instance(instance).await?;
            return Ok(None);
        };
        blocking(move || Ok(Manifest::read(&folder).ok().and_then(|manifest| icon(&folder, &manifest)))).await
    }
}
