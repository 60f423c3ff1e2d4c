//! The sink: whatever gets out of the hostile app's window ends here, and is noticed.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{io, thread};

/// How long a connection may take to say what it wants. It counts from the moment it is there.
const PATIENCE: Duration = Duration::from_secs(2);

/// More of a first line, or of a datagram, is never read.
const LONGEST: u64 = 2048;

/// Listens on loopback, at the same port for TCP (HTTP and anything else) and UDP. Its threads last as long as the process.
#[derive(Clone)]
pub(crate) struct Sink {
    v4: SocketAddr,
    v6: Option<SocketAddr>,
    noticed: Arc<Mutex<Vec<String>>>,
}

impl Sink {
    /// Begins to listen at a free port of `address`, and of `::1` where there is IPv6.
    pub(crate) fn listen(address: Ipv4Addr) -> io::Result<Self> {
        let noticed = Arc::default();
        let v4 = listen(address.into(), &noticed)?;
        let v6 = listen(Ipv6Addr::LOCALHOST.into(), &noticed).ok();
        Ok(Self { v4, v6, noticed })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.v4
    }

    /// Where it listens on IPv6.
    pub(crate) fn address6(&self) -> Option<SocketAddr> {
        self.v6
    }

    /// What has arrived so far, one line each: the first line of a request, `connection` where nothing was said, the
    /// printable part of a datagram.
    pub(crate) fn noticed(&self) -> Vec<String> {
        lock(&self.noticed).clone()
    }

    /// Listens to UDP at one more address.
    #[allow(dead_code, reason = "the end-to-end tests play a name server; the doctor asks no names")]
    pub(crate) fn listen_at(&self, address: SocketAddr) -> io::Result<()> {
        hear(UdpSocket::bind(address)?, &self.noticed);
        Ok(())
    }
}

/// What of the noticed came from the attempt of this name.
pub(crate) fn of<'n>(attempt: &str, noticed: &'n [String]) -> Option<&'n String> {
    noticed.iter().find(|line| {
        // Names are made of letters, digits and dashes: anything else ends one.
        line.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').any(|word| word == attempt)
    })
}

fn listen(ip: IpAddr, noticed: &Arc<Mutex<Vec<String>>>) -> io::Result<SocketAddr> {
    let tcp = TcpListener::bind((ip, 0))?;
    let address = tcp.local_addr()?;
    hear(UdpSocket::bind(address)?, noticed);
    let noticed = Arc::clone(noticed);
    thread::spawn(move || {
        for stream in tcp.incoming().flatten() {
            let noticed = Arc::clone(&noticed);
            thread::spawn(move || answer(&stream, &noticed));
        }
    });
    Ok(address)
}

fn hear(socket: UdpSocket, noticed: &Arc<Mutex<Vec<String>>>) {
    let noticed = Arc::clone(noticed);
    thread::spawn(move || {
        let mut datagram = [0; LONGEST as usize];
        while let Ok((length, from)) = socket.recv_from(&mut datagram) {
            let text: String =
                datagram[..length].iter().map(|b| if b.is_ascii_graphic() { char::from(*b) } else { '.' }).collect();
            lock(&noticed).push(format!("datagram from {from}: {text}"));
        }
    });
}

fn answer(stream: &TcpStream, noticed: &Mutex<Vec<String>>) {
    // Noted before it says a word: that there is a connection is enough.
    let place = {
        let mut noticed = lock(noticed);
        noticed.push("connection".to_owned());
        noticed.len() - 1
    };
    let line = first_line(stream);
    if !line.is_empty() {
        lock(noticed)[place] = line;
    }
    // As welcoming as can be, so that only walls keep a page from what it asks for. A failure is the other side's.
    let mut stream = stream;
    let _ = stream.write_all(
        b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nAccess-Control-Allow-Headers: *\r\n\
          Content-Type: text/html\r\nContent-Length: 8\r\nConnection: close\r\n\r\n<p>sink\n",
    );
}

/// The first line; empty where none comes.
fn first_line(stream: &TcpStream) -> String {
    let mut bytes = Vec::new();
    if stream.set_read_timeout(Some(PATIENCE)).is_ok() {
        // Whatever came before an error is what there is.
        let _ = BufReader::new(stream.take(LONGEST)).read_until(b'\n', &mut bytes);
    }
    String::from_utf8_lossy(&bytes).trim().escape_debug().to_string()
}

fn lock(noticed: &Mutex<Vec<String>>) -> MutexGuard<'_, Vec<String>> {
    noticed.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_of_the_attempt_that_it_names() {
        let noticed = ["GET /fetch-ipv6 HTTP/1.1", "datagram from 127.0.0.1:9: .name-fetch.zone."].map(String::from);
        assert_eq!(of("fetch-ipv6", &noticed), Some(&noticed[0]));
        assert_eq!(of("name-fetch", &noticed), Some(&noticed[1]));
        assert_eq!(of("fetch", &noticed), None);
    }

    #[test]
    fn a_request_is_noticed_by_the_time_it_is_answered() {
        let sink = Sink::listen(Ipv4Addr::LOCALHOST).unwrap();
        assert!(sink.noticed().is_empty());
        let mut stream = TcpStream::connect(sink.address()).unwrap();
        stream.write_all(b"GET /fetch HTTP/1.1\r\n\r\n").unwrap();
        stream.read_to_end(&mut Vec::new()).unwrap();
        assert_eq!(sink.noticed(), ["GET /fetch HTTP/1.1"]);
    }

    #[test]
    fn so_is_a_connection_that_says_nothing() {
        let sink = Sink::listen(Ipv4Addr::LOCALHOST).unwrap();
        let stream = TcpStream::connect(sink.address()).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        (&stream).read_to_end(&mut Vec::new()).unwrap();
        assert_eq!(sink.noticed(), ["connection"]);
    }
}
