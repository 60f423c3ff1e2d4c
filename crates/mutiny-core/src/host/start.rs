//! From a configuration to a running host.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, RwLock};

use libp2p::{Multiaddr, PeerId};
use rusqlite::Connection;
use tokio::sync::broadcast;
use uuid::Uuid;

use super::heads::Heads;
use super::lending::Counter;
use super::policy::{is_wanted, waited_for};
use super::transfers::Transfers;
use super::{Config, Host, Inner, announcements, damage, news, transfers, upkeep};
use crate::announcements::board::{Announced, Board};
use crate::clock::{self, wall};
use crate::conditions::Conditions;
use crate::delivery::arrivals::Arrivals;
use crate::delivery::driver::{self, Setting};
use crate::delivery::names;
use crate::delivery::outgoing;
use crate::delivery::presence::Presence;
use crate::delivery::tray::Tray;
use crate::error::{Error, Result};
use crate::failpoint::failpoint;
use crate::name;
use crate::network::{self, Network};
use crate::package::Shelf;
use crate::policy::{Book, Policy};
use crate::profile::Profile;
use crate::store::{Db, Store, flows, peers, preferences, settings};
use crate::trace::Tracer;
use crate::view::{self, Settings, Trace};

/// Events that a watcher may fall behind before it has to read everything anew.
const EVENTS: usize = 1024;

/// The settings' names.
pub(super) const NAME: &str = "name";
pub(super) const PORT: &str = "port";
const GENERATION: &str = "generation";

/// What the database tells at a start.
struct Memory {
    name: Option<String>,
    settings: Settings,
    port: Option<u16>,
    /// Peers to stay connected with, and where they may be.
    wanted: Vec<(PeerId, Vec<Multiaddr>)>,
    book: Book,
    announcements: BTreeMap<Uuid, Announced>,
}

pub(super) async fn start(config: Config, view: view::Conditions) -> Result<(Host, broadcast::Receiver<Trace>)> {
    clock::set_ahead(view.ahead);
    let conditions = Conditions::default();
    conditions.replace(view);
    let listen = config.listen.iter().map(|text| address(text)).collect::<Result<Vec<_>>>()?;
    let profile = blocking(move || Profile::open(&config.profile, config.data_dir.as_deref())).await?;
    let profile = Arc::new(profile);
    let (store, generation, memory) = match open(&profile).await {
        Err(Error::CorruptDatabase { file, problem }) => {
            tracing::error!(file = %file.display(), %problem, "the database is damaged");
            let damaged = profile.clone();
            let folder = blocking(move || damaged.set_aside()).await?;
            tracing::error!(folder = %folder.display(), "it was set aside; Mutiny begins with a new one");
            open(&profile).await?
        }
        opened => opened?,
    };
    failpoint("generation");
    profile.write_generation(generation)?;

    let policy = Policy::new(memory.book, conditions);
    let explicit = !listen.is_empty();
    let settings = network::Settings {
        key: profile.key().clone(),
        listen,
        port: memory.port,
        mdns: config.mdns,
        protocols: news::PROTOCOLS.to_vec(),
        policy: policy.clone(),
    };
    let (network, heard) = Network::start(settings).await?;
    let me = profile.key().public().to_peer_id();
    let name = memory.name.unwrap_or_else(default_name);
    let presence = Presence::default();
    let arrivals = Arrivals::default();
    let (events, _) = broadcast::channel(EVENTS);
    let tracer = Tracer::default();
    // From the first step on.
    let steps = tracer.watch();
    let (names, named) = names::names();
    let driver = driver::start(Setting {
        me,
        name: name.clone(),
        store: store.clone(),
        network: network.clone(),
        presence: presence.clone(),
        policy: policy.clone(),
        arrivals: arrivals.clone(),
        events: events.clone(),
        tracer: tracer.clone(),
        names,
    });
    memory.wanted.into_iter().for_each(|(peer, addresses)| network.want(peer, addresses));
    let tray = Tray::new(store.clone(), driver.clone(), network.clone(), events.clone());
    let host = Host(Arc::new(Inner {
        me,
        name: RwLock::new(name),
        settings: RwLock::new(memory.settings),
        shelf: Shelf::new(profile.packages_dir()),
        transfers: Transfers::default(),
        counter: Counter::default(),
        shelving: tokio::sync::Mutex::new(()),
        profile,
        store,
        network,
        driver,
        tray,
        heads: Heads::default(),
        presence,
        policy,
        board: Board::new(memory.announcements),
        arrivals,
        events,
        tracer,
        packages: Mutex::new(HashMap::new()),
        open: Mutex::new(HashSet::new()),
        crashed: Mutex::new(HashSet::new()),
    }));
    damage::watch(&host);
    host.sweep_packages().await;
    upkeep::begin(&host);
    transfers::watch(&host);
    news::watch(&host, heard, named, !explicit);
    Ok((host, steps))
}

/// Opens the database, and reads what a start needs. That is also the first use of it, which may find what no look at
/// the file has.
async fn open(profile: &Arc<Profile>) -> Result<(Store, u64, Memory)> {
    let path = profile.database_path();
    let store = blocking(move || Store::open(&path)).await?;
    let file = profile.read_generation()?;
    let work = move |db: &Db| {
        flows::forget_unused(db)?;
        Ok((generation(db, file)?, remember(db)?))
    };
    match store.write(work).await {
        Ok((generation, memory)) => Ok((store, generation, memory)),
        Err(error) => {
            store.close().await;
            Err(error)
        }
    }
}

fn address(text: &str) -> Result<Multiaddr> {
    text.parse().map_err(|_| Error::BadListenAddress(text.to_owned()))
}

/// Runs what waits for the disk where it holds nobody up.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(Error::Stopped))
}

/// Compares the counter in the database with the one kept beside it, and moves it on. Where they differ, the database is
/// not the one of last time but a backup: what it numbers may have been used for other messages since.
fn generation(db: &Db, file: Option<u64>) -> Result<u64> {
    let own = settings::get(db, GENERATION)?.and_then(|text| text.parse::<u64>().ok());
    if own != file {
        tracing::warn!(?own, ?file, "the database is not the one of last time; messages are numbered anew");
        outgoing::renew_all(db)?;
    }
    if own.is_none() {
        // The first start of this profile: whose it is has yet to be asked.
        preferences::write(db, &Settings { introduced: false, ..preferences::read(db)? })?;
    }
    let next = own.max(file).unwrap_or(0) + 1;
    settings::set(db, GENERATION, &next.to_string())?;
    Ok(next)
}

fn remember(db: &Connection) -> Result<Memory> {
    peers::prune(db, wall())?;
    let (mut wanted, waiting) = (Vec::new(), waited_for(db)?);
    for peer in peers::all(db)? {
        if is_wanted(db, &peer, &waiting)? {
            wanted.push((peer.id, peers::addresses(db, &peer.id)?));
        }
    }
    Ok(Memory {
        name: settings::get(db, NAME)?,
        settings: preferences::read(db)?,
        port: settings::get(db, PORT)?.and_then(|port| port.parse().ok()),
        wanted,
        book: Book::read(db)?,
        announcements: announcements::remembered(db)?,
    })
}

/// The name that the system knows the person by.
fn default_name() -> String {
    ["USER", "USERNAME", "LOGNAME"]
        .into_iter()
        .filter_map(|variable| std::env::var(variable).ok())
        .find_map(|user| name::clean(&user))
        .unwrap_or_else(|| "Somebody".to_owned())
}
