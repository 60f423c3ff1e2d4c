//! Apps that came along with the program: a folder of folders, each an app.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::Host;
use super::start::blocking;
use crate::error::Result;
use crate::manifest::{FILE, Manifest};
use crate::package::icon;
use crate::store::instances;
use crate::view::Offer;

impl Host {
    /// The apps in `folder` of which there is no instance yet, by name. What is no app there is passed over, and so is a
    /// folder that is not there: a program need not come with any.
    pub async fn offers(&self, folder: PathBuf) -> Result<Vec<Offer>> {
        let here: HashSet<String> =
            self.0.store.read(|db| Ok(instances::all(db)?.into_iter().map(|row| row.app.id).collect())).await?;
        let mut offers = blocking(move || Ok(apps_in(&folder))).await?;
        offers.retain(|offer| !here.contains(&offer.id));
        offers.sort_by_key(|offer| offer.name.to_lowercase());
        Ok(offers)
    }
}

fn apps_in(folder: &Path) -> Vec<Offer> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    entries.flatten().filter_map(|entry| offer(&entry.path())).collect()
}

fn offer(place: &Path) -> Option<Offer> {
    if !place.join(FILE).is_file() {
        return None;
    }
    match Manifest::read(place) {
        Ok(manifest) => Some(Offer {
            icon: icon(place, &manifest),
            place: place.to_str()?.to_owned(),
            id: manifest.id,
            name: manifest.name,
            description: manifest.description,
        }),
        Err(error) => {
            tracing::warn!(%error, "an app that came along cannot be offered");
            None
        }
    }
}
