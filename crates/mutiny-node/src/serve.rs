//! A host between two streams of lines.
//!
//! The calls of one instance are carried out one after another, in the order of their lines, and so are the person's;
//! the calls of different instances do not wait for each other.

use std::collections::HashMap;
use std::time::Duration;

use mutiny_core::view::{Conditions, Trace};
use mutiny_core::{Config, Event, Host, Result};
use serde_json::Value;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::calls::{Act, Call};
use crate::lines::{self, Line};
use crate::request::{self, Request};

/// How many calls of one instance may wait before no more lines are read.
const WAITING: usize = 64;

/// How long a client may take at the end to read what is left for it.
const PATIENCE: Duration = Duration::from_secs(1);

/// Runs a host until the input ends, a call or a signal says so, or nobody reads the output any more. With `trace`, each
/// of its steps is told.
///
/// # Errors
/// Whatever keeps the host from starting.
pub async fn run(config: Config, conditions: Conditions, trace: bool) -> Result<()> {
    // From here on a signal is an orderly end, however early it comes.
    let mut signals = Signals::heed();
    let (host, steps) = Host::start_under(config, conditions).await?;
    converse(&host, trace.then_some(steps), None, signals.terminated()).await
}

/// Serves the lines of standard input for a host, until they end, a call says so, `ended` resolves, or nobody reads the
/// output any more; the host is stopped then. `steps` are told from the beginning; `window` gets what is wanted of the host's window, where it has one.
///
/// # Errors
/// [`mutiny_core::Error::Stopped`] where the host is not running.
pub async fn converse(
    host: &Host,
    steps: Option<broadcast::Receiver<Trace>>,
    window: Option<mpsc::UnboundedSender<Act>>,
    ended: impl Future<Output = ()>,
) -> Result<()> {
    let (output, written) = lines::write();
    let events = host.events();
    // The output may be closed already; then this ends below. Before anything that has happened since the start.
    drop(output.send(request::ready(&host.me()?.id)).await);
    let telling = tokio::spawn(tell(events, output.clone()));

    let scene = Scene { host: host.clone(), output: output.clone(), window };
    if let Some(steps) = steps {
        scene.tell_steps(steps);
    }
    let mut lanes = Lanes { scene, open: HashMap::new(), tasks: JoinSet::new() };
    let stop = tokio::select! {
        stop = lanes.serve(lines::read()) => stop,
        () = ended => None,
        () = output.closed() => None,
    };
    host.stop().await;
    telling.abort();
    let last_words = async {
        lanes.finish().await;
        if let Some(id) = stop {
            drop(output.send(request::answer(&id, &Ok(Value::Null))).await);
        }
        drop((lanes, output));
        written.await
    };
    // A client that does not read cannot be waited for.
    drop(tokio::time::timeout(PATIENCE, last_words).await);
    Ok(())
}

/// What calls are carried out on.
#[derive(Clone)]
pub(crate) struct Scene {
    pub(crate) host: Host,
    pub(crate) output: mpsc::Sender<String>,
    /// Where wishes for the window go, if there is one.
    pub(crate) window: Option<mpsc::UnboundedSender<Act>>,
}

impl Scene {
    /// Tells of every step of the host from now on.
    pub(crate) fn trace(&self) {
        self.tell_steps(self.host.trace());
    }

    fn tell_steps(&self, mut steps: broadcast::Receiver<Trace>) {
        let output = self.output.clone();
        tokio::spawn(async move {
            loop {
                let line = match steps.recv().await {
                    Ok(step) => request::step(&step),
                    Err(RecvError::Lagged(count)) => request::missed(count),
                    Err(RecvError::Closed) => return,
                };
                if output.send(line).await.is_err() {
                    return;
                }
            }
        });
    }
}

/// One queue of calls an instance, and one for the person.
struct Lanes {
    scene: Scene,
    open: HashMap<Option<Uuid>, mpsc::Sender<Request>>,
    tasks: JoinSet<()>,
}

impl Lanes {
    /// Serves requests until there are no more of them, and all that there were are answered. Returns the name of the
    /// one that asked for the end, if one did.
    async fn serve(&mut self, mut lines: mpsc::Receiver<Line>) -> Option<Value> {
        let mut stop = None;
        while let Some(line) = lines.recv().await {
            match request::parse(&line) {
                Ok(Some(Request { id, call: Call::Stop {} })) => {
                    stop = Some(id);
                    break;
                }
                Ok(Some(request)) => self.put(request).await,
                Ok(None) => {}
                Err(answer) => drop(self.scene.output.send(answer).await),
            }
        }
        self.finish().await;
        stop
    }

    async fn put(&mut self, request: Request) {
        let lane = self.open.entry(request.call.instance()).or_insert_with(|| {
            let (lane, mut requests) = mpsc::channel::<Request>(WAITING);
            let scene = self.scene.clone();
            self.tasks.spawn(async move {
                while let Some(Request { id, call }) = requests.recv().await {
                    let outcome = call.carry_out(&scene).await;
                    if scene.output.send(request::answer(&id, &outcome)).await.is_err() {
                        break;
                    }
                }
            });
            lane
        });
        // A lane ends early only where nobody reads its answers.
        drop(lane.send(request).await);
    }

    async fn finish(&mut self) {
        self.open.clear();
        while self.tasks.join_next().await.is_some() {}
    }
}

/// Tells of the host's events.
async fn tell(mut events: broadcast::Receiver<Event>, output: mpsc::Sender<String>) {
    loop {
        let line = match events.recv().await {
            Ok(event) => request::event(&event),
            Err(RecvError::Lagged(count)) => request::missed(count),
            Err(RecvError::Closed) => return,
        };
        if output.send(line).await.is_err() {
            return;
        }
    }
}

/// The signals that ask the program to end: Ctrl-C, and the system's.
#[cfg(unix)]
struct Signals(Vec<tokio::signal::unix::Signal>);

#[cfg(unix)]
impl Signals {
    fn heed() -> Self {
        use tokio::signal::unix::{SignalKind, signal};

        // One that cannot be heeded ends the program as it would any other.
        Self(
            [SignalKind::interrupt(), SignalKind::terminate()]
                .into_iter()
                .filter_map(|kind| signal(kind).ok())
                .collect(),
        )
    }

    /// Resolves when one of them comes.
    async fn terminated(&mut self) {
        std::future::poll_fn(|context| {
            let come = self.0.iter_mut().any(|signal| signal.poll_recv(context).is_ready());
            if come { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
        })
        .await;
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn heed() -> Self {
        Self
    }

    async fn terminated(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    }
}
