//! The load: prepared requests over kept connections, from one thread.
//!
//! Octets go out as they were prepared and of an answer only the status is looked at, so that the server
//! under load is what takes the time.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use tokio::{net::TcpStream, runtime, task::JoinSet};

/// Kept connections, each with one request at a time.
pub(crate) const CONNECTIONS: usize = 16;

/// Requests that are all answered with the same status.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) requests: Vec<Vec<u8>>,
    pub(crate) status: u16,
}

/// How a batch went.
#[derive(Debug)]
pub(crate) struct Run {
    /// From the first request to the last answer.
    pub(crate) wall: Duration,
    /// From each request to its whole answer.
    pub(crate) latencies: Vec<Duration>,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (named, value) = line.split_once(':')?;
            named.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// A member of a JSON object.
    pub(crate) fn member(&self, name: &str) -> String {
        let json: serde_json::Value = serde_json::from_slice(&self.body).unwrap();
        let value = json[name].as_str();
        value
            .unwrap_or_else(|| panic!("no {name}: {}", self.text()))
            .into()
    }

    /// Whether an introspection has found the token good.
    pub(crate) fn is_active(&self) -> bool {
        let json: Option<serde_json::Value> = serde_json::from_slice(&self.body).ok();
        self.status == 200 && json.is_some_and(|json| json["active"] == true)
    }

    /// The whole answer, for whoever has to find out.
    pub(crate) fn text(&self) -> String {
        format!("{}\n{}", self.head, String::from_utf8_lossy(&self.body))
    }
}

/// Sends a batch over [`CONNECTIONS`] connections.
///
/// # Panics
/// At the first answer with another status: a figure of refusals would be none.
pub(crate) fn send(to: SocketAddr, batch: Batch) -> Run {
    single_thread().block_on(async move {
        let mut shares: Vec<Vec<Vec<u8>>> = (0..CONNECTIONS).map(|_| Vec::new()).collect();
        for (number, request) in batch.requests.into_iter().enumerate() {
            shares[number % CONNECTIONS].push(request);
        }
        let mut connections = Vec::new();
        for share in shares {
            connections.push((Connection::open(to).await, share));
        }
        let started = Instant::now();
        let mut tasks = JoinSet::new();
        for (mut connection, share) in connections {
            tasks.spawn(async move { connection.send_all(&share, batch.status).await });
        }
        let latencies = tasks.join_all().await.concat();
        Run {
            wall: started.elapsed(),
            latencies,
        }
    })
}

/// Sends one request and gives the answer.
pub(crate) fn ask(to: SocketAddr, request: &[u8]) -> Reply {
    single_thread().block_on(async { Connection::open(to).await.exchange(request).await })
}

pub(crate) fn single_thread() -> runtime::Runtime {
    runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

/// A kept connection.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    pub(crate) async fn open(to: SocketAddr) -> Self {
        let stream = TcpStream::connect(to).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            buffer: Vec::with_capacity(64 * 1024),
        }
    }

    async fn send_all(&mut self, requests: &[Vec<u8>], expected: u16) -> Vec<Duration> {
        let mut latencies = Vec::with_capacity(requests.len());
        for request in requests {
            let started = Instant::now();
            let reply = self.exchange(request).await;
            latencies.push(started.elapsed());
            assert!(
                reply.status == expected,
                "not {expected}: {}\nto {}",
                reply.text(),
                String::from_utf8_lossy(request)
            );
        }
        latencies
    }

    pub(crate) async fn exchange(&mut self, request: &[u8]) -> Reply {
        let mut left = request;
        while !left.is_empty() {
            self.stream.writable().await.unwrap();
            match self.stream.try_write(left) {
                Ok(written) => left = &left[written..],
                Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock),
            }
        }
        self.buffer.clear();
        loop {
            self.receive().await;
            if let Some(reply) = read_reply(&self.buffer) {
                return reply;
            }
        }
    }

    async fn receive(&mut self) {
        loop {
            self.stream.readable().await.unwrap();
            match self.stream.try_read_buf(&mut self.buffer) {
                Ok(0) => panic!("the server closed the connection"),
                Ok(_read) => return,
                Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock),
            }
        }
    }
}

/// An answer with a known length, once all of it is there.
fn read_reply(octets: &[u8]) -> Option<Reply> {
    let end = octets.windows(4).position(|four| four == b"\r\n\r\n")?;
    let mut reply = Reply {
        status: 0,
        head: String::from_utf8_lossy(&octets[..end]).into_owned(),
        body: Vec::new(),
    };
    reply.status = reply.head.split(' ').nth(1).unwrap().parse().unwrap();
    let length = reply
        .header("content-length")
        .map_or(0, |length| length.parse().unwrap());
    assert!(
        reply.header("transfer-encoding").is_none(),
        "{}",
        reply.head
    );
    let body = octets.get(end + 4..end + 4 + length)?;
    reply.body = body.to_vec();
    Some(reply)
}
