//! Nodes that talk to each other over loopback, with mDNS off.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::sync::atomic::{AtomicU8, Ordering};

use futures::{AsyncReadExt as _, AsyncWriteExt as _, StreamExt as _};
use libp2p::multiaddr::Protocol as Part;
use libp2p::swarm::SwarmEvent;
use libp2p::{Swarm, SwarmBuilder, identify, noise, tcp, yamux};

use super::*;
use crate::error::Error;
use crate::policy::Book;
use crate::view::{PeerFilter, Trust};

/// Far more than anything here takes, even on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

const TCP: &str = "/ip4/127.0.0.1/tcp/0";
const QUIC: &str = "/ip4/127.0.0.1/udp/0/quic-v1";

/// A protocol of which a peer may have many substreams, and one of which it may have two.
const TALK: Protocol =
    Protocol { name: "/mutiny/talk/1.0.0", opens_within: Duration::from_secs(10), most_open: 32, most_waiting: 4 };
const NEWS: Protocol = Protocol { name: "/mutiny/news/1.0.0", most_open: 2, ..TALK };

/// A running node and its events.
struct Peer {
    key: Keypair,
    policy: Policy,
    network: Network,
    events: mpsc::Receiver<NetworkEvent>,
}

impl Peer {
    /// Listens at a loopback address of its own, so that nobody takes its port while it is being restarted.
    async fn start() -> Self {
        static PEERS: AtomicU8 = AtomicU8::new(1);
        let [.., a, b] = std::process::id().to_be_bytes();
        let own = Ipv4Addr::new(127, PEERS.fetch_add(1, Ordering::Relaxed), a, b.clamp(1, 254));
        let listen = [format!("/ip4/{own}/tcp/0"), format!("/ip4/{own}/udp/0/quic-v1")];
        Self::with(Keypair::generate_ed25519(), &[&listen[0], &listen[1]]).await
    }

    async fn with(key: Keypair, listen: &[&str]) -> Self {
        let listen = listen.iter().map(|address| address.parse().unwrap()).collect();
        let policy = Policy::default();
        let protocols = vec![TALK, NEWS];
        let (network, events) = speaking(key.clone(), listen, None, protocols, policy.clone()).await.unwrap();
        Self { key, policy, network, events }
    }

    /// Its person decides anew who may reach it.
    fn decides(&self, filter: PeerFilter, of: &[(PeerId, Trust)]) {
        self.policy.replace(Book { filter, trust: of.iter().copied().collect(), ..Book::default() });
        self.network.review();
    }

    fn id(&self) -> PeerId {
        self.key.public().to_peer_id()
    }

    fn addresses(&self) -> Vec<Multiaddr> {
        self.network.listen_addresses()
    }

    fn want(&self, other: &Peer) {
        self.network.want(other.id(), other.addresses());
    }

    async fn event(&mut self) -> NetworkEvent {
        let event = tokio::time::timeout(PATIENCE, self.events.recv()).await;
        event.unwrap_or_else(|_| panic!("nothing happened")).unwrap()
    }

    /// The next coming or going of a peer: who, and whether it is there now.
    async fn presence(&mut self) -> (PeerId, bool) {
        loop {
            match self.event().await {
                NetworkEvent::Connected { peer, .. } => return (peer, true),
                NetworkEvent::Disconnected { peer } => return (peer, false),
                _ => {}
            }
        }
    }

    async fn incoming(&mut self) -> (PeerId, Protocol, Substream) {
        loop {
            if let NetworkEvent::Incoming { peer, protocol, stream } = self.event().await {
                return (peer, protocol, stream);
            }
        }
    }

    async fn reached(&mut self) -> (PeerId, Multiaddr) {
        loop {
            if let NetworkEvent::Reached { peer, address } = self.event().await {
                return (peer, address);
            }
        }
    }
}

async fn start(
    key: Keypair,
    listen: Vec<Multiaddr>,
    port: Option<u16>,
) -> Result<(Network, mpsc::Receiver<NetworkEvent>)> {
    speaking(key, listen, port, vec![TALK, NEWS], Policy::default()).await
}

async fn speaking(
    key: Keypair,
    listen: Vec<Multiaddr>,
    port: Option<u16>,
    protocols: Vec<Protocol>,
    policy: Policy,
) -> Result<(Network, mpsc::Receiver<NetworkEvent>)> {
    let settings = Settings { key, listen, port, mdns: false, protocols, policy };
    tokio::time::timeout(PATIENCE, Network::start(settings)).await.unwrap()
}

/// Two nodes that are connected, the first having dialled.
async fn connected() -> (Peer, Peer) {
    let (mut alice, mut bob) = (Peer::start().await, Peer::start().await);
    alice.want(&bob);
    assert_eq!(alice.presence().await, (bob.id(), true));
    assert_eq!(bob.presence().await, (alice.id(), true));
    (alice, bob)
}

/// Sends bytes from one to the other over a new substream, and has them sent back.
async fn echo(from: &Peer, to: &mut Peer) {
    let (opened, (caller, _, mut there)) = tokio::join!(from.network.open_stream(to.id(), TALK), to.incoming());
    let mut here = opened.unwrap();
    assert_eq!(caller, from.id());
    here.write_all(b"hello").await.unwrap();
    here.flush().await.unwrap();
    let mut heard = [0; 5];
    there.read_exact(&mut heard).await.unwrap();
    there.write_all(&heard).await.unwrap();
    there.close().await.unwrap();
    let mut answer = Vec::new();
    here.read_to_end(&mut answer).await.unwrap();
    assert_eq!(answer, b"hello");
}

/// A TCP port where nobody speaks libp2p.
fn deaf() -> (TcpListener, Multiaddr) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, Multiaddr::from(Ipv4Addr::LOCALHOST).with(Part::Tcp(port)))
}

#[tokio::test]
async fn a_wanted_peer_is_connected_and_substreams_open_both_ways() {
    let (mut alice, mut bob) = connected().await;
    echo(&alice, &mut bob).await;
    echo(&bob, &mut alice).await;
    echo(&alice, &mut bob).await;
}

#[tokio::test]
async fn tcp_alone_and_quic_alone_both_work() {
    for only in [TCP, QUIC] {
        let mut alice = Peer::with(Keypair::generate_ed25519(), &[only]).await;
        let mut bob = Peer::with(Keypair::generate_ed25519(), &[only]).await;
        alice.want(&bob);
        assert_eq!(alice.reached().await, (bob.id(), bob.addresses()[0].clone()), "{only}");
        echo(&bob, &mut alice).await;
        echo(&alice, &mut bob).await;
    }
}

#[tokio::test]
async fn a_peer_on_loopback_is_near_and_says_where_it_listens() {
    let (mut alice, mut bob) = (Peer::start().await, Peer::start().await);
    alice.want(&bob);
    loop {
        match bob.event().await {
            NetworkEvent::Connected { peer, nearby } => assert_eq!((peer, nearby), (alice.id(), true)),
            NetworkEvent::Announced { peer, mut addresses, nearby } => {
                addresses.sort();
                let mut listens = alice.addresses();
                listens.sort();
                assert_eq!((peer, addresses, nearby), (alice.id(), listens, false));
                break;
            }
            _ => {}
        }
    }
    assert_eq!(alice.presence().await, (bob.id(), true));
}

#[tokio::test]
async fn both_sides_may_dial_at_once_and_it_is_one_presence() {
    let (mut alice, mut bob) = (Peer::start().await, Peer::start().await);
    alice.want(&bob);
    bob.want(&alice);
    assert_eq!(alice.presence().await, (bob.id(), true));
    assert_eq!(bob.presence().await, (alice.id(), true));
    echo(&alice, &mut bob).await;
    echo(&bob, &mut alice).await;
    bob.network.clone().stop().await;
    assert_eq!(alice.presence().await, (bob.id(), false), "however many connections there were");
}

#[tokio::test]
async fn a_peer_that_starts_again_at_the_same_port_is_connected_again() {
    let (mut alice, mut bob) = connected().await;
    let listens: Vec<String> = bob.addresses().iter().map(Multiaddr::to_string).collect();
    let listens: Vec<&str> = listens.iter().map(String::as_str).collect();
    bob.network.clone().stop().await;
    assert_eq!(alice.presence().await, (bob.id(), false));
    bob = Peer::with(bob.key, &listens).await;
    assert_eq!(alice.presence().await, (bob.id(), true));
    echo(&alice, &mut bob).await;
}

#[tokio::test]
async fn a_blocked_peer_is_hung_up_on_and_refused_until_unblocked() {
    let (mut alice, mut bob) = connected().await;
    bob.decides(PeerFilter::Anyone, &[(alice.id(), Trust::Blocked)]);
    assert_eq!(alice.presence().await, (bob.id(), false));
    assert_eq!(bob.presence().await, (alice.id(), false));
    assert!(matches!(bob.network.open_stream(alice.id(), TALK).await, Err(OpenError::NotConnected)));

    // Alice goes on trying. Whoever else comes is the first that Bob hears of.
    let carol = Peer::start().await;
    carol.want(&bob);
    assert_eq!(bob.presence().await, (carol.id(), true));

    bob.decides(PeerFilter::Anyone, &[]);
    assert_eq!(bob.presence().await, (alice.id(), true));
    echo(&alice, &mut bob).await;
}

#[tokio::test]
async fn a_filter_closes_what_it_does_not_allow_and_opens_again() {
    let (mut alice, mut bob) = connected().await;
    bob.decides(PeerFilter::Friends, &[]);
    assert_eq!(alice.presence().await, (bob.id(), false));
    assert_eq!(bob.presence().await, (alice.id(), false));

    let carol = Peer::start().await;
    bob.decides(PeerFilter::Friends, &[(carol.id(), Trust::Friend)]);
    carol.want(&bob);
    assert_eq!(bob.presence().await, (carol.id(), true));

    bob.decides(PeerFilter::Nearby, &[(carol.id(), Trust::Friend)]);
    assert_eq!(bob.presence().await, (alice.id(), true));
    echo(&alice, &mut bob).await;
}

#[tokio::test]
async fn whom_this_side_wants_it_may_call_whatever_the_filter_says() {
    let (alice, mut bob) = (Peer::start().await, Peer::start().await);
    bob.decides(PeerFilter::Friends, &[]);
    bob.want(&alice);
    assert_eq!(bob.presence().await, (alice.id(), true));
    bob.decides(PeerFilter::Friends, &[(alice.id(), Trust::Blocked)]);
    assert_eq!(bob.presence().await, (alice.id(), false));
}

#[tokio::test]
async fn who_is_no_longer_wanted_is_not_called_again() {
    let (mut alice, mut bob) = connected().await;
    alice.network.forget(bob.id());
    bob.decides(PeerFilter::Anyone, &[(alice.id(), Trust::Blocked)]);
    assert_eq!(alice.presence().await, (bob.id(), false));
    bob.decides(PeerFilter::Anyone, &[]);
    let carol = Peer::start().await;
    carol.want(&bob);
    assert_eq!(bob.presence().await, (alice.id(), false));
    assert_eq!(bob.presence().await, (carol.id(), true));
}

#[tokio::test]
async fn a_substream_needs_a_connection_and_dials_nobody() {
    let (alice, bob) = (Peer::start().await, Peer::start().await);
    assert!(matches!(alice.network.open_stream(bob.id(), TALK).await, Err(OpenError::NotConnected)));
    alice.network.clone().stop().await;
    assert!(matches!(alice.network.open_stream(bob.id(), TALK).await, Err(OpenError::Stopped)));
}

#[tokio::test]
async fn each_substream_says_what_it_is_for() {
    let (alice, mut bob) = connected().await;
    for protocol in [TALK, NEWS] {
        let (opened, (caller, spoken, _there)) =
            tokio::join!(alice.network.open_stream(bob.id(), protocol), bob.incoming());
        opened.unwrap();
        assert_eq!((caller, spoken), (alice.id(), protocol));
    }
}

#[tokio::test]
async fn a_protocol_that_the_peer_does_not_speak_is_told_apart_from_trouble() {
    let listen = vec![TCP.parse().unwrap()];
    let key = Keypair::generate_ed25519();
    let policy = Policy::default();
    let (network, events) = speaking(key.clone(), listen, None, vec![TALK], policy.clone()).await.unwrap();
    let (mut alice, bob) = (Peer::start().await, Peer { key, policy, network, events });
    alice.want(&bob);
    assert_eq!(alice.presence().await, (bob.id(), true));
    assert!(matches!(alice.network.open_stream(bob.id(), NEWS).await, Err(OpenError::Unsupported)));
    assert!(alice.network.open_stream(bob.id(), TALK).await.is_ok());
}

#[tokio::test]
async fn a_peer_that_opens_too_many_substreams_gets_no_more_of_that_protocol() {
    let (alice, mut bob) = connected().await;
    let mut held = Vec::new();
    for _ in 0..NEWS.most_open {
        let (opened, there) = tokio::join!(alice.network.open_stream(bob.id(), NEWS), bob.incoming());
        held.push((opened.unwrap(), there));
    }
    // Refused: it ends without a word, and what comes next is the first that Bob hears of.
    let mut refused = alice.network.open_stream(bob.id(), NEWS).await.unwrap();
    let mut nothing = Vec::new();
    let ended = tokio::time::timeout(PATIENCE, refused.read_to_end(&mut nothing)).await.unwrap();
    assert!(ended.is_err() || nothing.is_empty());
    echo(&alice, &mut bob).await;

    held.pop();
    let (opened, (_, protocol, _there)) = tokio::join!(alice.network.open_stream(bob.id(), NEWS), bob.incoming());
    assert!(opened.is_ok());
    assert_eq!(protocol, NEWS);
}

#[tokio::test]
async fn somebody_else_at_the_address_is_not_taken_for_the_peer() {
    let (mut alice, bob, carol) = (Peer::start().await, Peer::start().await, Peer::start().await);
    let mut addresses = bob.addresses();
    alice.network.want(carol.id(), addresses.clone());
    alice.want(&bob);
    assert_eq!(alice.presence().await, (bob.id(), true));

    // Nor does the one who answers hide the peer that can be reached elsewhere.
    addresses.extend(carol.addresses());
    alice.network.want(carol.id(), addresses);
    let (peer, address) = loop {
        let reached = alice.reached().await;
        if reached.0 != bob.id() {
            break reached;
        }
    };
    assert_eq!(peer, carol.id());
    assert!(carol.addresses().contains(&address));
}

#[tokio::test]
async fn dialling_oneself_is_refused() {
    let mut alice = Peer::start().await;
    alice.network.want(alice.id(), alice.addresses());
    let bob = Peer::start().await;
    alice.want(&bob);
    assert_eq!(alice.presence().await, (bob.id(), true));
}

#[tokio::test]
async fn attempts_at_a_deaf_address_back_off() {
    let (listener, address) = deaf();
    listener.set_nonblocking(true).unwrap();
    let listener = tokio::net::TcpListener::from_std(listener).unwrap();
    let alice = Peer::start().await;
    let bob = PeerId::random();
    alice.network.want(bob, vec![address.clone()]);

    // Waits of at least 0.5 s, 1 s and 2 s lie between the first four attempts.
    let begin = tokio::time::Instant::now();
    for _ in 0..4 {
        let (connection, _) = tokio::time::timeout(PATIENCE, listener.accept()).await.unwrap().unwrap();
        drop(connection);
        alice.network.want(bob, vec![address.clone()]);
    }
    assert!(begin.elapsed() >= Duration::from_millis(3500), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn a_program_of_another_kind_is_hung_up_on_and_nobody_hears_of_it() {
    let mut alice = Peer::start().await;
    let mut stranger = stranger();
    stranger.dial(alice.addresses()[0].clone()).unwrap();
    let closed = async { while !matches!(stranger.select_next_some().await, SwarmEvent::ConnectionClosed { .. }) {} };
    tokio::time::timeout(PATIENCE, closed).await.unwrap();

    let bob = Peer::start().await;
    bob.want(&alice);
    assert_eq!(alice.presence().await, (bob.id(), true));
}

/// A libp2p node that speaks another program's protocols.
fn stranger() -> Swarm<identify::Behaviour> {
    SwarmBuilder::with_existing_identity(Keypair::generate_ed25519())
        .with_tokio()
        .with_tcp(tcp::Config::default(), noise::Config::new, yamux::Config::default)
        .unwrap()
        .with_quic()
        .with_behaviour(|key| identify::Behaviour::new(identify::Config::new("ipfs/0.1.0".to_owned(), key.public())))
        .unwrap()
        .with_swarm_config(|config| config.with_idle_connection_timeout(PATIENCE * 2))
        .build()
}

#[tokio::test]
async fn an_address_in_use_is_an_error_that_names_it() {
    let (_listener, tcp) = deaf();
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = socket.local_addr().unwrap().port();
    let quic = Multiaddr::from(Ipv4Addr::LOCALHOST).with(Part::Udp(port)).with(Part::QuicV1);
    for taken in [tcp, quic] {
        let Err(Error::CannotListen { address, problem }) =
            start(Keypair::generate_ed25519(), vec![taken.clone()], None).await.map(drop)
        else {
            panic!("{taken} was not refused");
        };
        assert_eq!(address, taken.to_string());
        assert!(problem.ends_with('.') && !problem.contains("os error"), "{problem}");
    }
}

#[tokio::test]
async fn two_hosts_never_share_a_port() {
    let alice = Peer::start().await;
    for taken in alice.addresses() {
        let second = start(Keypair::generate_ed25519(), vec![taken.clone()], None).await.map(drop);
        assert!(matches!(second, Err(Error::CannotListen { .. })), "{taken}");
    }
}

#[tokio::test]
async fn what_is_no_address_to_listen_on_is_an_error_that_names_it() {
    for text in ["/dns4/localhost/tcp/0", "/ip4/127.0.0.1/udp/0", "/ip4/127.0.0.1/tcp/0/ws"] {
        let started = start(Keypair::generate_ed25519(), vec![text.parse().unwrap()], None).await.map(drop);
        assert!(matches!(started, Err(Error::BadListenAddress(named)) if named == text), "{text}");
    }
}

#[tokio::test]
async fn the_port_of_last_time_is_used_again_unless_it_is_taken() {
    let (first, _events) = start(Keypair::generate_ed25519(), vec![], None).await.unwrap();
    let remembered = port(&first.listen_addresses()).unwrap();
    assert_eq!(
        first.listen_addresses().len(),
        first.listen_addresses().iter().filter(|one| has(one, remembered)).count()
    );

    let (second, _events) = start(Keypair::generate_ed25519(), vec![], Some(remembered)).await.unwrap();
    let other = port(&second.listen_addresses()).unwrap();
    assert_ne!(other, remembered);

    first.stop().await;
    let (third, _events) = start(Keypair::generate_ed25519(), vec![], Some(remembered)).await.unwrap();
    assert_eq!(port(&third.listen_addresses()), Some(remembered));
}

fn has(address: &Multiaddr, port: u16) -> bool {
    address::socket(address).is_some_and(|(socket, _)| socket.port() == port)
}
