//! The system's wish that the program end: Ctrl-C, or the end of a session.

use tauri::{AppHandle, async_runtime};

/// Hears the system's wish, from the moment it is made: one that comes during the start is kept until the program can end in
/// good order.
pub(crate) struct Signals(Listening);

#[cfg(unix)]
type Listening = Option<[tokio::signal::unix::Signal; 2]>;
#[cfg(not(unix))]
type Listening = ();

impl Signals {
    /// Begins to listen.
    #[cfg(unix)]
    pub(crate) fn listen() -> Self {
        use tokio::signal::unix::{SignalKind, signal};

        let listening = async_runtime::block_on(async {
            Ok::<_, std::io::Error>([signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?])
        });
        // Without, the system ends the program as it ends any other; the store survives that too.
        Self(listening.inspect_err(|error| tracing::warn!(%error, "signals cannot be heard")).ok())
    }

    /// Begins to listen.
    #[cfg(not(unix))]
    pub(crate) fn listen() -> Self {
        Self(())
    }

    /// Ends the program in good order when the system wishes it, or has wished it already.
    pub(crate) fn obey(self, app: &AppHandle) {
        let app = app.clone();
        async_runtime::spawn(async move {
            if self.heard().await {
                app.exit(0);
            }
        });
    }

    #[cfg(unix)]
    async fn heard(self) -> bool {
        let Some([mut interrupt, mut terminate]) = self.0 else { return false };
        tokio::select! {
            heard = interrupt.recv() => heard,
            heard = terminate.recv() => heard,
        }
        .is_some()
    }

    #[cfg(not(unix))]
    async fn heard(self) -> bool {
        tokio::signal::ctrl_c().await.is_ok()
    }
}
