//! A way between two hosts that is as slow as a test wants it: what a far host, or a bad connection, is like.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use super::host::Host;
use super::launcher::id_in;
use super::loopback;

/// What passes at once.
const PIECE: usize = 16 * 1024;
/// How long a piece takes while the link is slow: about 160 kB pass in a second.
const SLOW: Duration = Duration::from_millis(100);

/// A way to a host, for those who are told of this address and not of the host's own.
pub(crate) struct SlowLink {
    address: SocketAddr,
    slow: Arc<AtomicBool>,
}

impl SlowLink {
    /// A way to this host, which is quick at first.
    pub(crate) fn to(host: &Host) -> Self {
        let (address, far, slow) = (loopback::free_address(), host.listens(), Arc::new(AtomicBool::new(false)));
        let listener = TcpListener::bind(address).expect("an address for the link");
        let seen = Arc::clone(&slow);
        // Ends with the process.
        thread::spawn(move || {
            for near in listener.incoming().flatten() {
                let Ok(far) = TcpStream::connect(far) else { continue };
                let (Ok(near_too), Ok(far_too)) = (near.try_clone(), far.try_clone()) else { continue };
                let slow = Arc::clone(&seen);
                let slow_too = Arc::clone(&slow);
                thread::spawn(move || pass(near_too, far_too, || slow_too.load(Ordering::Relaxed)));
                thread::spawn(move || pass(far, near, || slow.load(Ordering::Relaxed)));
            }
        });
        Self { address, slow }
    }

    /// The address to add its host by.
    pub(crate) fn address_of(&self, contact_link: &str) -> String {
        format!("/ip4/{}/tcp/{}/p2p/{}", self.address.ip(), self.address.port(), id_in(contact_link))
    }

    /// From now on what is said over it takes its time.
    pub(crate) fn slows_down(&self) {
        self.slow.store(true, Ordering::Relaxed);
    }

    /// From now on it is quick again.
    pub(crate) fn quickens(&self) {
        self.slow.store(false, Ordering::Relaxed);
    }
}

/// Hands on what is said, until one side has ended.
fn pass(mut from: TcpStream, mut to: TcpStream, slow: impl Fn() -> bool) {
    let mut piece = [0; PIECE];
    while let Ok(read @ 1..) = from.read(&mut piece) {
        if slow() {
            thread::sleep(SLOW);
        }
        if to.write_all(&piece[..read]).is_err() {
            break;
        }
    }
    // Fails where the other direction has ended both already.
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
