//! A libp2p stream between two nodes of this process, over the same transport and encryption, and no database.

use std::time::Duration;

use futures::io::{AsyncReadExt, AsyncWriteExt};
use futures::{AsyncRead, AsyncWrite, StreamExt};
use libp2p::swarm::SwarmEvent;
use libp2p::{Stream, StreamProtocol, Swarm, SwarmBuilder, noise, tcp, yamux};

use crate::{Result, clock, sample};

const PROTOCOL: StreamProtocol = StreamProtocol::new("/mutiny/bench/1.0.0");

/// Bytes of an answer, about those of an acknowledgement.
const ANSWER: usize = 32;

/// How many bytes are put together before they are written, as the host does.
const CHUNK: usize = 64 * 1024;

/// An open stream; the far end answers.
pub(crate) struct Raw(Stream);

impl Raw {
    /// Connects two nodes and opens a stream.
    pub(crate) async fn new() -> Result<Self> {
        let (mut near, mut far) = (node()?, node()?);
        far.listen_on("/ip4/127.0.0.1/tcp/0".parse()?)?;
        let address = loop {
            if let SwarmEvent::NewListenAddr { address, .. } = far.select_next_some().await {
                break address;
            }
        };
        let peer = *far.local_peer_id();
        let mut incoming = far.behaviour().new_control().accept(PROTOCOL)?;
        tokio::spawn(async move { while far.next().await.is_some() {} });
        tokio::spawn(async move {
            while let Some((_, stream)) = incoming.next().await {
                // The stream ends with the measurement.
                tokio::spawn(async move { drop(answer(stream).await) });
            }
        });
        let mut control = near.behaviour().new_control();
        near.dial(address)?;
        loop {
            if let SwarmEvent::ConnectionEstablished { .. } = near.select_next_some().await {
                break;
            }
        }
        tokio::spawn(async move { while near.next().await.is_some() {} });
        Ok(Self(control.open_stream(peer, PROTOCOL).await?))
    }

    /// The median of so many round trips, in seconds, each after a pause.
    pub(crate) async fn round_trip(&mut self, times: usize, size: usize, pause: Duration) -> Result<f64> {
        let mut seconds = Vec::with_capacity(times);
        for _ in 0..times {
            tokio::time::sleep(pause).await;
            let (outcome, took) = clock::time(self.exchange(1, size)).await;
            outcome?;
            seconds.push(took);
        }
        Ok(sample::median(seconds))
    }

    /// Messages a second, one behind the other, until all have arrived.
    pub(crate) async fn rate(&mut self, messages: usize, size: usize) -> Result<f64> {
        let (outcome, took) = clock::time(self.exchange(messages, size)).await;
        outcome?;
        Ok(messages as f64 / took)
    }

    async fn exchange(&mut self, messages: usize, size: usize) -> Result<()> {
        let head = [messages as u32, size as u32].map(u32::to_be_bytes).concat();
        let mut chunk = head;
        for number in 0..messages {
            chunk.resize(chunk.len() + size, number as u8);
            if chunk.len() >= CHUNK || number + 1 == messages {
                self.0.write_all(&chunk).await?;
                chunk.clear();
            }
        }
        self.0.flush().await?;
        self.0.read_exact(&mut [0; ANSWER]).await?;
        Ok(())
    }
}

fn node() -> Result<Swarm<libp2p_stream::Behaviour>> {
    Ok(SwarmBuilder::with_new_identity()
        .with_tokio()
        .with_tcp(tcp::Config::default(), noise::Config::new, yamux::Config::default)?
        .with_behaviour(|_| libp2p_stream::Behaviour::new())?
        .with_swarm_config(|config| config.with_idle_connection_timeout(Duration::from_secs(3600)))
        .build())
}

async fn answer(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> std::io::Result<()> {
    let mut buffer = vec![0; CHUNK];
    loop {
        let mut head = [0; 8];
        stream.read_exact(&mut head).await?;
        let [messages, size] =
            [0, 4].map(|at| u32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]));
        let mut left = messages as usize * size as usize;
        while left > 0 {
            let most = left.min(buffer.len());
            match stream.read(&mut buffer[..most]).await? {
                0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
                read => left -= read,
            }
        }
        stream.write_all(&[0; ANSWER]).await?;
        stream.flush().await?;
    }
}
