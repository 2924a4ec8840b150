//! The public address: connections are counted and, where a certificate is configured, speak TLS.
//!
//! Handshakes are made beside each other and have a time limit, so that a slow one keeps nobody waiting.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum::serve::Listener;
use consent_broker::metrics::{Metrics, OpenConnection};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::{Semaphore, mpsc},
    task::JoinHandle,
    time::{sleep, timeout},
};
use tokio_rustls::server::TlsStream;

use super::tls::Certificates;

/// How long a handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Most handshakes under way; more wait in the system's queue.
const MOST_HANDSHAKES: usize = 512;
/// After an accept that failed for lack of something, such as descriptors.
const PAUSE: Duration = Duration::from_millis(200);

/// Accepts connections; nothing is accepted any more once it is dropped.
#[derive(Debug)]
pub(super) struct Door {
    ready: mpsc::Receiver<(Connection, SocketAddr)>,
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

impl Door {
    /// # Errors
    /// When the listener has no address.
    pub(super) fn open(
        listener: TcpListener,
        certificates: Option<Certificates>,
        metrics: Metrics,
    ) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let (sender, ready) = mpsc::channel(16);
        let accepting = tokio::spawn(accept(listener, certificates, metrics, sender));
        Ok(Self {
            ready,
            address,
            accepting,
        })
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Listener for Door {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        match self.ready.recv().await {
            Some(accepted) => accepted,
            // The task ends with this door only.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

async fn accept(
    listener: TcpListener,
    certificates: Option<Certificates>,
    metrics: Metrics,
    ready: mpsc::Sender<(Connection, SocketAddr)>,
) {
    let handshakes = Arc::new(Semaphore::new(MOST_HANDSHAKES));
    loop {
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                // A connection that is gone already is nothing; too many open files passes.
                tracing::debug!(%error, "a connection was not accepted");
                sleep(PAUSE).await;
                continue;
            }
        };
        let open = metrics.connection();
        let Some(certificates) = &certificates else {
            let connection = Connection::new(Stream::Plain(stream), open);
            if ready.send((connection, peer)).await.is_err() {
                return;
            }
            continue;
        };
        let acceptor = certificates.acceptor();
        let Ok(turn) = Arc::clone(&handshakes).acquire_owned().await else {
            return;
        };
        let ready = ready.clone();
        tokio::spawn(async move {
            let shaken = timeout(HANDSHAKE, acceptor.accept(stream)).await;
            drop(turn);
            if let Ok(Ok(stream)) = shaken {
                let connection = Connection::new(Stream::Tls(Box::new(stream)), open);
                // Nobody takes it any more when the broker stops.
                drop(ready.send((connection, peer)).await);
            }
        });
    }
}

#[derive(Debug)]
enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// One connection, counted while it is open.
#[derive(Debug)]
pub(super) struct Connection {
    stream: Stream,
    _open: OpenConnection,
}

impl Connection {
    fn new(stream: Stream, open: OpenConnection) -> Self {
        Self {
            stream,
            _open: open,
        }
    }
}

macro_rules! either {
    ($self:ident, $stream:ident => $call:expr) => {
        match &mut $self.get_mut().stream {
            Stream::Plain($stream) => {
                let $stream = Pin::new($stream);
                $call
            }
            Stream::Tls($stream) => {
                let $stream = Pin::new($stream.as_mut());
                $call
            }
        }
    };
}

impl AsyncRead for Connection {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        either!(self, stream => stream.poll_read(cx, buffer))
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        either!(self, stream => stream.poll_write(cx, octets))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(self, stream => stream.poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(self, stream => stream.poll_shutdown(cx))
    }
}
