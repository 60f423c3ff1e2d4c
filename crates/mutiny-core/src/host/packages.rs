//! Where apps come from: folders, package files, and the packages that this host keeps.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use uuid::Uuid;

use super::start::blocking;
use super::{Event, Host};
use crate::clock::wall;
use crate::error::{Error, Result};
use crate::foresight::is_package;
use crate::package::{Package, Shelf};
use crate::store::editions::{self, Source};
use crate::store::{instances, transfers};
use crate::view::{App, Instance, Topic};

/// An app that was found, and where it is to be opened from.
pub(super) struct Found {
    pub(super) package: Package,
    pub(super) source: Source,
}

impl Host {
    /// Makes a new instance of the app at `place`: a folder, which stays where it is and is read anew whenever the app is
    /// opened, or a package file (`.zip`), which is checked, unpacked, and not needed any more after that.
    ///
    /// # Errors
    /// What is wrong with it: [`Error::MissingFolder`], [`Error::MissingPackage`], [`Error::NoEntry`],
    /// [`Error::BadManifest`], [`Error::BadPackage`].
    pub async fn add_app(&self, place: &Path) -> Result<Instance> {
        self.add_app_if(place, |_| true).await
    }

    /// The same, if `wanted` takes the app's id.
    pub(super) async fn add_app_if(
        &self,
        place: &Path,
        wanted: impl FnOnce(&str) -> bool + Send + 'static,
    ) -> Result<Instance> {
        let _shelving = self.0.shelving.lock().await;
        let found = self.find(place).await?;
        let app = found.package.to_view();
        if !wanted(&app.id) {
            return Err(Error::InvalidArgument(format!(
                "This is \u{201c}{}\u{201d} ({}), which is another app. Choose the one of the invitation.",
                app.name, app.id
            )));
        }
        self.install(found, app).await
    }

    /// What `mutiny open PLACE` opens. Of a folder: the instance opened from it last, or a new one where there is none. Of
    /// a package file: a new instance each time.
    ///
    /// # Errors
    /// As [`Self::add_app`].
    pub async fn instance_for(&self, place: &Path) -> Result<Instance> {
        let _shelving = self.0.shelving.lock().await;
        let found = self.find(place).await?;
        let known = match &found.source {
            Source::Package(_) => None,
            Source::Folder(root) => {
                let root = root.clone();
                self.0.store.read(move |db| instances::by_folder(db, &root)).await?
            }
        };
        match known {
            Some(known) => {
                self.found_again(known.id, found.package, known.app).await?;
                self.instance(known.id).await
            }
            None => {
                let app = found.package.to_view();
                self.install(found, app).await
            }
        }
    }

    /// Makes one more instance of the app of an instance.
    ///
    /// # Errors
    /// As [`Self::add_app`], and [`Error::UnknownInstance`].
    pub async fn another_instance(&self, of: Uuid) -> Result<Instance> {
        let _shelving = self.0.shelving.lock().await;
        let source = self.0.store.read(move |db| Ok(instances::get(db, of)?.source)).await?;
        let package = self.open_source(source.clone()).await?;
        let app = package.to_view();
        self.install(Found { package, source }, app).await
    }

    /// The folder that an instance's files lie in: the person's, or where this host keeps the package.
    ///
    /// # Errors
    /// [`Error::UnknownInstance`], and [`Error::MissingFolder`] where it is gone.
    pub async fn app_folder(&self, id: Uuid) -> Result<PathBuf> {
        let folder = match self.0.store.read(move |db| Ok(instances::get(db, id)?.source)).await? {
            Source::Folder(folder) => PathBuf::from(folder),
            Source::Package(hash) => self.0.shelf.folder(&hash)?,
        };
        if folder.is_dir() { Ok(folder) } else { Err(Error::MissingFolder(folder)) }
    }

    /// Reads what is at `place`; a package file comes to the shelf. For whoever holds the lock of the shelf.
    pub(super) async fn find(&self, place: &Path) -> Result<Found> {
        let (place, shelf) = (place.to_owned(), self.0.shelf.clone());
        blocking(move || {
            if is_package(&place) {
                let package = shelf.take_in(&place)?;
                let source = Source::Package(package.to_view().hash);
                return Ok(Found { package, source });
            }
            let package = Package::open(&place)?;
            let source = Source::Folder(text(package.root())?);
            Ok(Found { package, source })
        })
        .await
    }

    pub(super) async fn install(&self, found: Found, app: App) -> Result<Instance> {
        let (id, now, source) = (Uuid::new_v4(), wall(), found.source);
        self.0
            .store
            .write(move |db| {
                let label = label(db, &app)?;
                instances::insert(db, &instances::Instance { id, app, label, source, created: now, last_active: now })
            })
            .await?;
        self.keep(id, found.package);
        self.announce(Event::Changed(Topic::Instances));
        self.announce(Event::Changed(Topic::Invitations));
        self.instance(id).await
    }

    /// Takes a package as an instance's from now on.
    pub(super) fn keep(&self, id: Uuid, package: Package) {
        let mut packages = self.0.packages.lock().unwrap_or_else(PoisonError::into_inner);
        packages.insert(id, Arc::new(Mutex::new(package)));
    }

    /// The package of an instance, read now if it was not yet.
    pub(super) async fn package(&self, id: Uuid) -> Result<Arc<Mutex<Package>>> {
        let kept = || self.0.packages.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned();
        if let Some(kept) = kept() {
            return Ok(kept);
        }
        let read = || self.0.store.read(move |db| instances::get(db, id));
        // Without the lock: a folder that takes long to read is not to hold up the others.
        let before = read().await?.source;
        let package = self.open_source(before.clone()).await?;
        let _shelving = self.0.shelving.lock().await;
        if let Some(kept) = kept() {
            return Ok(kept);
        }
        let row = read().await?;
        let package = if row.source == before { package } else { self.open_source(row.source).await? };
        // The folder may have been edited while nobody looked.
        self.found_again(id, package, row.app).await?;
        kept().ok_or(Error::UnknownInstance(id))
    }

    pub(super) async fn open_source(&self, source: Source) -> Result<Package> {
        let shelf = self.0.shelf.clone();
        blocking(move || open_source(&shelf, &source)).await
    }

    /// Removes packages that nothing needs any more. What cannot be removed now is tried again at the next start.
    pub(super) async fn sweep_packages(&self) {
        let _shelving = self.0.shelving.lock().await;
        if let Err(error) = self.sweep_shelf().await {
            tracing::warn!(%error, "packages that nobody needs stay for now");
        }
    }

    async fn sweep_shelf(&self) -> Result<()> {
        let (mut needed, coming) = self.0.store.read(|db| Ok((editions::needed(db)?, transfers::needed(db)?))).await?;
        needed.extend(coming.iter().cloned());
        // A database that was set aside may come back, and it needs packages that this one does not know.
        let needed = if self.0.profile.last_set_aside()?.is_some() { None } else { Some(needed) };
        let shelf = self.0.shelf.clone();
        blocking(move || {
            shelf.sweep(needed.as_ref(), &coming);
            Ok(())
        })
        .await
    }
}

fn open_source(shelf: &Shelf, source: &Source) -> Result<Package> {
    match source {
        Source::Folder(folder) => Package::open(Path::new(folder)),
        Source::Package(hash) => shelf.get(hash),
    }
}

/// A path as it is kept in the database.
fn text(root: &Path) -> Result<String> {
    root.to_str().map(str::to_owned).ok_or_else(|| Error::BadPackage {
        folder: root.to_owned(),
        problem: "its path is not valid Unicode. Move the app to a folder with a plainer name.".to_owned(),
    })
}

/// A label that tells a further instance of an app from the first.
fn label(db: &Connection, app: &App) -> Result<Option<String>> {
    let taken: Vec<String> = instances::by_app(db, &app.id)?
        .into_iter()
        .map(|instance| instance.label.unwrap_or(instance.app.name))
        .collect();
    if !taken.contains(&app.name) {
        return Ok(None);
    }
    Ok((2..).map(|number| format!("{} {number}", app.name)).find(|label| !taken.contains(label)))
}
