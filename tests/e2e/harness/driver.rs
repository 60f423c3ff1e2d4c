//! WebKitWebDriver, attached to a host that the test has started itself.

use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};

use super::loopback;
use super::wait::poll;
use super::webdriver::Session;

/// The environment that makes a host's webviews open to automation at `target`.
pub(crate) fn automation(target: SocketAddr) -> [(&'static str, String); 2] {
    [("TAURI_WEBVIEW_AUTOMATION", "true".to_owned()), ("WEBKIT_INSPECTOR_SERVER", target.to_string())]
}

/// A driver process; ends with this value.
pub(crate) struct Driver {
    process: Child,
    listens: SocketAddr,
}

impl Driver {
    /// Starts a driver for the webviews that listen at `target`.
    pub(crate) fn attach(target: SocketAddr) -> Self {
        let listens = loopback::free_address();
        let process = Command::new("WebKitWebDriver")
            .arg(format!("--host={}", listens.ip()))
            .arg(format!("--port={}", listens.port()))
            .arg(format!("--target={target}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("WebKitWebDriver (Debian's package webkit2gtk-driver, which `make test` installs)");
        let driver = Self { process, listens };
        poll(|| {
            TcpStream::connect(listens)
                .map(drop)
                .map_err(|error| format!("WebKitWebDriver does not listen at {listens}: {error}"))
        })
        .unwrap_or_else(|why| panic!("{why}"));
        driver
    }

    /// A session; fails while the webviews are not up yet.
    pub(crate) fn session(&self) -> Result<Session, String> {
        Session::new(self.listens)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // It may have ended by itself, which is as good.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
