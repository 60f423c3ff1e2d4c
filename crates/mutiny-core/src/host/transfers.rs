//! Apps fetched from whoever invited, and given to whomever was invited.
//!
//! What the person wants is in the store; here is what runs. A transfer runs while its peer is connected, and is looked
//! after whenever a peer comes, an invitation changes, or a while has passed since it was lost.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::packages::Found;
use super::start::blocking;
use super::{Event, Host, Inner};
use crate::error::{Error, Result};
use crate::network::OpenError;
use crate::store::editions::Source;
use crate::store::transfers::{self, State};
use crate::store::{invitations, peers};
use crate::transfer::get::{self, Progress, Trouble, Wanted};
use crate::transfer::{PROTOCOL, Reason};
use crate::view::{Answer, Instance, Review, Topic, Transfer, TransferState};

/// How long to wait before a transfer that was lost is tried again on a connection that still stands.
const RETRY: Duration = Duration::from_secs(10);
/// How often somebody who watches is told of progress.
const TELL: Duration = Duration::from_millis(200);
/// How many apps may arrive at a time; the others wait.
const MOST_RUNNING: usize = 3;

/// The transfers that run in this process.
#[derive(Default)]
pub(super) struct Transfers {
    running: Mutex<HashMap<Uuid, Running>>,
    /// What is known of packages that are there, by hash: to read one anew takes time.
    reviews: Mutex<HashMap<String, Review>>,
}

struct Running {
    hash: String,
    progress: Arc<Progress>,
    /// `None` between two tries.
    task: Option<JoinHandle<()>>,
}

impl Transfers {
    fn running(&self) -> MutexGuard<'_, HashMap<Uuid, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reviews(&self) -> MutexGuard<'_, HashMap<String, Review>> {
        self.reviews.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stops a transfer; resolves when it has.
    async fn stop(&self, invitation: Uuid) {
        let task = self.running().remove(&invitation).and_then(|running| running.task);
        if let Some(task) = task {
            task.abort();
            // It ends as aborted, or had ended already.
            drop(task.await);
        }
    }

    /// Takes away the pause between two tries: the next one is to begin as soon as it can.
    fn rested(&self, invitation: Uuid) {
        let mut running = self.running();
        if running.get(&invitation).is_some_and(|running| running.task.is_none()) {
            running.remove(&invitation);
        }
    }

    /// Stops all transfers; resolves when they have.
    pub(super) async fn stop_all(&self) {
        let all: Vec<Uuid> = self.running().keys().copied().collect();
        for invitation in all {
            self.stop(invitation).await;
        }
    }
}

impl Host {
    /// Fetches the app of an invitation from whoever sent it, now or as soon as they are online, and goes on after a restart.
    /// Nothing of it runs before [`Acceptance::Fetched`](crate::view::Acceptance::Fetched). After a failure this tries anew.
    ///
    /// # Errors
    /// [`Error::UnknownInvitation`]; [`Error::InvalidArgument`] where it was accepted already.
    pub async fn get_app(&self, invitation: Uuid) -> Result<()> {
        self.0.transfers.stop(invitation).await;
        self.0
            .store
            .write(move |db| {
                let known = invitations::get(db, invitation)?;
                if known.answer != Answer::Open {
                    return Err(Error::InvalidArgument("This invitation was answered already.".into()));
                }
                transfers::begin(db, invitation, &known.notice.app_hash)
            })
            .await?;
        self.announce(Event::Changed(Topic::Transfers));
        self.tend_transfers().await
    }

    /// Gives up fetching an app, and removes what has arrived.
    pub async fn cancel_transfer(&self, invitation: Uuid) -> Result<()> {
        self.0.transfers.stop(invitation).await;
        self.0.store.write(move |db| transfers::end(db, invitation)).await?;
        self.sweep_packages().await;
        self.announce(Event::Changed(Topic::Transfers));
        Ok(())
    }

    /// The apps that are being fetched, or wait for the person's review.
    pub async fn transfers(&self) -> Result<Vec<Transfer>> {
        let mut views = Vec::new();
        for row in self.0.store.read(transfers::all).await? {
            let state = match row.state {
                State::Failed => TransferState::Failed { problem: row.problem.unwrap_or_default() },
                State::There => match self.review(&row.hash).await {
                    Ok(review) => TransferState::Ready(review),
                    Err(error) => TransferState::Failed { problem: error.to_string() },
                },
                State::Wanted => self.0.transfers.running().get(&row.invitation).map_or(TransferState::Waiting, |it| {
                    let total = it.progress.total.load(Ordering::Relaxed);
                    match it.task {
                        None => TransferState::Waiting,
                        Some(_) => TransferState::Arriving {
                            done: it.progress.done.load(Ordering::Relaxed),
                            total: (total > 0).then_some(total),
                        },
                    }
                }),
            };
            views.push(Transfer { invitation: row.invitation, state });
        }
        Ok(views)
    }

    /// Makes an instance of the app that was fetched for an invitation.
    ///
    /// # Errors
    /// [`Error::AppMissing`] where none was, or not all of it.
    pub(super) async fn add_fetched(&self, invitation: &invitations::Invitation) -> Result<Instance> {
        let _shelving = self.0.shelving.lock().await;
        let id = invitation.id;
        let row = self.0.store.read(move |db| transfers::get(db, id)).await?;
        let Some(row) = row.filter(|row| row.state == State::There) else {
            return Err(Error::AppMissing(invitation.notice.app_name.clone()));
        };
        let source = Source::Package(row.hash);
        let package = self.open_source(source.clone()).await?;
        let app = package.to_view();
        self.install(Found { package, source }, app).await
    }

    async fn review(&self, hash: &str) -> Result<Review> {
        if let Some(known) = self.0.transfers.reviews().get(hash) {
            return Ok(known.clone());
        }
        let (shelf, wanted) = (self.0.shelf.clone(), hash.to_owned());
        let review = blocking(move || Ok(shelf.get(&wanted)?.review())).await?;
        self.0.transfers.reviews().insert(hash.to_owned(), review.clone());
        Ok(review)
    }

    /// Starts what can run now, and wants the peers that the rest waits for.
    pub(super) async fn tend_transfers(&self) -> Result<()> {
        let rows = self
            .0
            .store
            .read(|db| {
                let rows = transfers::all(db)?.into_iter();
                rows.map(|row| Ok((invitations::get(db, row.invitation)?, row))).collect::<Result<Vec<_>>>()
            })
            .await?;
        for (invitation, row) in rows {
            let (id, peer, hash) = (row.invitation, invitation.notice.from_peer, invitation.notice.app_hash.clone());
            if invitation.answer != Answer::Open {
                self.cancel_transfer(id).await?;
                continue;
            }
            if row.state == State::There {
                continue;
            }
            if row.hash != hash {
                // The inviter has another version by now, and has said so.
                self.0.transfers.stop(id).await;
                let renewed = hash.clone();
                self.0.store.write(move |db| transfers::begin(db, id, &renewed)).await?;
            } else if row.state == State::Failed {
                continue;
            }
            if self.0.presence.is_online(&peer) {
                self.start_transfer(&invitation, hash);
            } else {
                self.0.transfers.rested(id);
                let addresses = self.0.store.read(move |db| peers::addresses(db, &peer)).await?;
                self.0.network.want(peer, addresses);
            }
        }
        Ok(())
    }

    fn start_transfer(&self, invitation: &invitations::Invitation, hash: String) {
        let id = invitation.id;
        let mut running = self.0.transfers.running();
        if running.contains_key(&id) || running.values().filter(|it| it.task.is_some()).count() >= MOST_RUNNING {
            return;
        }
        let progress = Arc::new(Progress::default());
        let (host, invitation) = (self.downgrade(), invitation.clone());
        let (wanted, seen) = (hash.clone(), progress.clone());
        let task = tokio::spawn(async move { run(host, invitation, wanted, seen).await });
        running.insert(id, Running { hash, progress, task: Some(task) });
        drop(running);
        self.announce(Event::Changed(Topic::Transfers));
    }

    /// Fetches, checks and keeps one package.
    async fn fetch(
        &self,
        invitation: &invitations::Invitation,
        hash: &str,
        progress: &Progress,
    ) -> Result<(), Trouble> {
        let notice = &invitation.notice;
        if !self.0.shelf.has(hash) {
            let stream = self.0.network.open_stream(notice.from_peer, PROTOCOL).await.map_err(|error| match error {
                OpenError::Unsupported => Trouble::Refused(Reason::Unsendable),
                other => Trouble::Lost(std::io::Error::other(other)),
            })?;
            let folder = self.unfinished(hash).await.map_err(Trouble::Disk)?;
            let wanted = Wanted { instance: notice.from_instance, hash: hash.to_owned(), folder: folder.clone() };
            let told = Mutex::new(Instant::now());
            let moved = || {
                let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
                if told.elapsed() >= TELL {
                    *told = Instant::now();
                    self.announce(Event::Changed(Topic::Transfers));
                }
            };
            let stream = tokio_util::compat::FuturesAsyncReadCompatExt::compat(stream);
            get::get(stream, wanted, progress, moved).await?;
            let (shelf, hash) = (self.0.shelf.clone(), hash.to_owned());
            let _shelving = self.0.shelving.lock().await;
            blocking(move || shelf.keep(&folder, Some(&hash)).map(drop)).await.map_err(unusable)?;
        }
        let (shelf, hash) = (self.0.shelf.clone(), hash.to_owned());
        let package = blocking(move || shelf.get(&hash)).await.map_err(unusable)?;
        if package.to_view().id != notice.app {
            return Err(Trouble::Wrong("is another app than the invitation says".to_owned()));
        }
        Ok(())
    }

    async fn unfinished(&self, hash: &str) -> Result<PathBuf> {
        // Only a sound hash may become a part of a path.
        self.0.shelf.folder(hash)?;
        let (shelf, name) = (self.0.shelf.clone(), hash.to_owned());
        blocking(move || shelf.unfinished(&name)).await
    }

    async fn settle(&self, invitation: Uuid, hash: &str, state: State, problem: Option<String>) {
        let settled = hash.to_owned();
        let write =
            self.0.store.write(move |db| transfers::settle(db, invitation, &settled, state, problem.as_deref()));
        if let Err(error) = write.await {
            tracing::warn!(%error, "what came of a fetched app could not be noted; it is fetched again");
        }
        self.0.transfers.running().remove(&invitation);
        if state == State::Failed {
            self.sweep_packages().await;
        }
        self.announce(Event::Changed(Topic::Transfers));
        // Another one may have its turn.
        self.announce(Event::Changed(Topic::Invitations));
    }
}

/// One try. The host may stop meanwhile; it is held only while it is needed.
async fn run(host: Weak<Inner>, invitation: invitations::Invitation, hash: String, progress: Arc<Progress>) {
    let Some(host) = host.upgrade().map(Host) else { return };
    let id = invitation.id;
    match host.fetch(&invitation, &hash, &progress).await {
        Ok(()) => host.settle(id, &hash, State::There, None).await,
        Err(Trouble::Lost(error)) => {
            tracing::debug!(peer = %invitation.notice.from_peer, %error, "an app stopped arriving");
            later(&host, id, &hash);
        }
        Err(Trouble::Refused(Reason::Busy | Reason::Other)) => later(&host, id, &hash),
        Err(trouble) => {
            let problem = sentence(trouble, &invitation.notice);
            tracing::info!(peer = %invitation.notice.from_peer, problem, "an app is not fetched");
            host.settle(id, &hash, State::Failed, Some(problem)).await;
        }
    }
}

/// Has a transfer tried again after a while; until then it waits.
fn later(host: &Host, id: Uuid, hash: &str) {
    if let Some(running) = host.0.transfers.running().get_mut(&id).filter(|running| running.hash == hash) {
        running.task = None;
    }
    host.announce(Event::Changed(Topic::Transfers));
    let host = host.downgrade();
    tokio::spawn(async move {
        tokio::time::sleep(RETRY).await;
        let Some(host) = host.upgrade().map(Host) else { return };
        // Another try may have begun, as the person can ask for one at any time.
        host.0.transfers.rested(id);
        host.announce(Event::Changed(Topic::Invitations));
    });
}

fn unusable(error: Error) -> Trouble {
    match error {
        Error::Io { .. } | Error::Stopped => Trouble::Disk(error),
        other => Trouble::Wrong(format!("cannot be used: {other}")),
    }
}

/// Why an app did not come, to the person who wanted it.
fn sentence(trouble: Trouble, notice: &invitations::Notice) -> String {
    let app = format!("\u{201c}{}\u{201d}", notice.app_name);
    let from = if notice.from_name.is_empty() { "Whoever invited you" } else { &notice.from_name };
    match trouble {
        Trouble::Wrong(problem) => {
            format!("What came {problem}. Nothing of it was kept. Ask {from} for a new invitation.")
        }
        Trouble::Refused(Reason::NotInvited) => {
            format!("{from} does not share {app} with you any more. Ask for a new invitation.")
        }
        Trouble::Refused(Reason::Changed) => {
            format!("{from} has another version of {app} by now than the invitation says. Ask for a new invitation.")
        }
        Trouble::Refused(_) => {
            format!("{app} cannot be sent by {from}'s computer. Ask for its folder or package file, and choose that.")
        }
        Trouble::Disk(error) => error.to_string(),
        Trouble::Lost(error) => format!("{app} stopped arriving: {error}. Try again."),
    }
}

async fn tend(host: &Host) {
    match host.tend_transfers().await {
        // They wait for the next start.
        Ok(()) | Err(Error::Stopped) => {}
        Err(error) => tracing::warn!(%error, "apps that are to be fetched wait"),
    }
}

/// Looks after the transfers for as long as the host runs.
pub(super) fn watch(host: &Host) {
    let (weak, mut events) = (host.downgrade(), host.events());
    tokio::spawn(async move {
        loop {
            let Some(host) = weak.upgrade().map(Host) else { break };
            tend(&host).await;
            drop(host);
            loop {
                match events.recv().await {
                    Ok(Event::Changed(Topic::Peers | Topic::Invitations)) | Err(RecvError::Lagged(_)) => break,
                    Ok(_) => {}
                    Err(RecvError::Closed) => return,
                }
            }
        }
    });
}
