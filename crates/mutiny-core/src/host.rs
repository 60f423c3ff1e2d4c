//! The façade: one [`Host`] is one running profile.
//!
//! * `start`: from a configuration to a running host.
//! * `people`, `installed`: the person's side: peers and invitations, apps and instances.
//! * `packages`: where apps come from: folders, package files, and what this host keeps.
//! * `transfers`, `lending`: apps fetched from whoever invited, and given to whomever was invited.
//! * `updates`: another edition of an app takes over.
//! * `policy`, `settings`: who may reach this host, and what else the person has set.
//! * `activity`: how own messages fare.
//! * `app_side`: the app's side, for one instance; `permissions`, `choosing`: what it needs the
//!   person for.
//! * `announcements`: what instances tell all others.
//! * `news`: what the network tells.
//! * `upkeep`: what is forgotten after a while.
//! * `damage`: what the person is told where the database was damaged.
//! * `attention`: what the person is to be told of; `failures`: what did not arrive.
//! * `pictures`: the icons of apps; `offers`: apps that came along with the program.
//! * `simulation`: what `mutiny dev` does to a host, and sees of it.

mod activity;
mod announcements;
mod app_side;
mod attention;
mod choosing;
mod damage;
mod failures;
mod heads;
mod installed;
mod lending;
#[cfg(test)]
mod malice;
mod news;
mod offers;
mod packages;
mod people;
mod permissions;
mod pictures;
mod policy;
mod settings;
mod simulation;
mod start;
mod transfers;
mod updates;
mod upkeep;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, RwLock, Weak};

use libp2p::PeerId;
use tokio::sync::broadcast;
use uuid::Uuid;

use self::heads::Heads;
use self::lending::Counter;
use self::transfers::Transfers;
use crate::announcements::board::Board;
use crate::delivery::arrivals::Arrivals;
use crate::delivery::driver::Driver;
use crate::delivery::presence::Presence;
use crate::delivery::tray::Tray;
use crate::error::Result;
use crate::network::Network;
use crate::package::{Package, Shelf};
use crate::policy::Policy;
use crate::profile::Profile;
use crate::store::Store;
use crate::trace::Tracer;
use crate::view::{AppEvent, Conditions, Settings, Topic, Trace};

pub use attention::{Arrival, Unread};
pub use failures::Failed;

/// How to start a host.
#[derive(Clone, Debug)]
pub struct Config {
    /// The profile's name, `default` unless told otherwise.
    pub profile: String,
    /// Where all profiles are kept; the platform's data directory by default.
    pub data_dir: Option<PathBuf>,
    /// Multiaddrs to listen on; where empty, all interfaces, at the port of last time.
    pub listen: Vec<String>,
    /// Find peers of the same network by mDNS.
    pub mdns: bool,
}

/// What a host tells whoever watches it. Watchers that fall behind read everything anew.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// Something the launcher shows has changed.
    Changed(Topic),
    /// Something an instance's page should know.
    App(Uuid, AppEvent),
}

/// A file of an app, ready to be served.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Its content.
    pub content: Vec<u8>,
    /// Its media type, with charset where it is text.
    pub media_type: String,
}

/// A running profile: identity, store, network and apps. Cheap to clone; all clones are the same host.
#[derive(Clone)]
pub struct Host(Arc<Inner>);

struct Inner {
    me: PeerId,
    /// What the person is called.
    name: RwLock<String>,
    settings: RwLock<Settings>,
    profile: Arc<Profile>,
    store: Store,
    network: Network,
    driver: Driver,
    tray: Tray,
    heads: Heads,
    presence: Presence,
    policy: Policy,
    /// What instances announce, here and elsewhere.
    board: Board,
    arrivals: Arrivals,
    events: broadcast::Sender<Event>,
    tracer: Tracer,
    /// Packages that this host keeps itself.
    shelf: Shelf,
    transfers: Transfers,
    counter: Counter,
    /// Held while packages come to the shelf, until something needs them, and while those that nothing needs are removed.
    shelving: tokio::sync::Mutex<()>,
    /// Apps that were read, by instance. The locks are held while a file is read, never while waiting for anything else.
    packages: Mutex<HashMap<Uuid, Arc<Mutex<Package>>>>,
    /// Instances whose windows are open.
    open: Mutex<HashSet<Uuid>>,
    /// Open instances whose pages stopped working.
    crashed: Mutex<HashSet<Uuid>>,
}

impl Host {
    /// Opens the profile, starts listening, and delivers from then on.
    ///
    /// # Errors
    /// Whatever keeps it from that, each with what to do: a profile in use, a key or database that cannot be used, an
    /// address that cannot be listened on. Nothing is lost then. A new profile may have been begun, or an old database
    /// brought up to date, and one that is damaged is set aside whole before a new one takes its place.
    pub async fn start(config: Config) -> Result<Self> {
        Self::start_under(config, Conditions::default()).await.map(|(host, _)| host)
    }

    /// Starts as [`Self::start`] does, under a developer's conditions from the first moment, and gives all of its steps.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub async fn start_under(config: Config, conditions: Conditions) -> Result<(Self, broadcast::Receiver<Trace>)> {
        start::start(config, conditions).await
    }

    /// Stops delivering, closes the database and gives the profile back. Queued messages wait for the next start.
    pub async fn stop(&self) {
        self.0.transfers.stop_all().await;
        self.0.driver.stop().await;
        self.0.network.clone().stop().await;
        self.0.store.clone().close().await;
        self.0.profile.give_back();
    }

    /// A new watcher of events.
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.0.events.subscribe()
    }

    /// The profile's folder.
    pub fn profile_dir(&self) -> &Path {
        self.0.profile.dir()
    }

    /// Where the system's webview is to keep what pages store.
    pub fn webview_dir(&self) -> PathBuf {
        self.0.profile.webview_dir()
    }

    fn downgrade(&self) -> Weak<Inner> {
        Arc::downgrade(&self.0)
    }
}
