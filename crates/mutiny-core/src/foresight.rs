//! What would go wrong with something that a person typed: said where it was typed, before a host is started or asked.

use std::path::Path;

use crate::contact::ContactLink;
use crate::error::{Error, Result};
use crate::host::Config;
use crate::package::{Package, archive};
use crate::profile;

/// Finds out whether the app at `place` can be opened: a folder is read as it would be, of a package file all that it says
/// of its contents. Nothing is kept, and nothing written.
///
/// # Errors
/// As [`Host::add_app`](crate::Host::add_app).
pub fn check_app(place: &Path) -> Result<()> {
    if is_package(place) { archive::check(place) } else { Package::open(place).map(drop) }
}

/// Finds out whether the profile of `config` can use a contact link, also while a host runs it.
///
/// # Errors
/// [`Error::BadContactLink`], and [`Error::OwnContactLink`] for the person's own.
pub fn check_contact(config: &Config, link: &str) -> Result<()> {
    let ContactLink { peer, .. } = link.parse()?;
    if profile::peer(&config.profile, config.data_dir.as_deref()) == Some(peer) {
        return Err(Error::OwnContactLink);
    }
    Ok(())
}

/// Whether what is at `place` is to be read as a package file. What is no file is said to be a missing folder.
pub(crate) fn is_package(place: &Path) -> bool {
    let is_named_so = || place.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("zip"));
    place.is_file() || is_named_so() && !place.is_dir()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::fs;

    use super::*;

    fn config(home: &Path) -> Config {
        Config {
            profile: "default".to_owned(),
            data_dir: Some(home.join("data")),
            listen: vec!["/ip4/127.0.0.1/tcp/0".to_owned()],
            mdns: false,
        }
    }

    #[test]
    fn what_is_wrong_with_an_app_is_said_as_a_host_would() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("app");
        let code = |place: &Path| check_app(place).map_err(|error| error.code());
        assert_eq!(code(&folder), Err("MissingFolder"));
        assert_eq!(code(&home.path().join("app.zip")), Err("MissingPackage"));
        fs::create_dir(&folder).unwrap();
        assert_eq!(code(&folder), Err("NoEntry"));
        fs::write(folder.join("index.html"), "<p>hello").unwrap();
        assert_eq!(code(&folder), Ok(()));
        fs::write(folder.join("mutiny.json"), "{").unwrap();
        assert_eq!(code(&folder), Err("BadManifest"));
        assert_eq!(code(&folder.join("index.html")), Err("BadPackage"));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn ones_own_contact_link_is_known_while_the_host_runs_and_after() {
        let home = tempfile::tempdir().unwrap();
        let config = config(home.path());
        let stranger = "mutiny:12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN";
        assert!(check_contact(&config, stranger).is_ok());
        assert!(!home.path().join("data").exists());

        let host = crate::Host::start(config.clone()).await.unwrap();
        let own = host.me().unwrap().link;
        assert_eq!(check_contact(&config, &own).unwrap_err().code(), "OwnContactLink");
        host.stop().await;
        assert_eq!(check_contact(&config, &own).unwrap_err().code(), "OwnContactLink");
        assert!(check_contact(&config, stranger).is_ok());
        assert_eq!(check_contact(&config, "mutiny:hello").unwrap_err().code(), "BadContactLink");
    }
}
