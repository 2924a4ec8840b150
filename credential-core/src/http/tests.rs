//! What the guarded client does when a server or a name is against it. Servers are raw: what a well-behaved one
//! would never send is what is tested.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

use super::{Body, CheckedResolver, HttpClient, HttpError, Limits};
use crate::network::{Network, Refused};

/// A server that says the same to everybody, in pieces with a pause between them, and counts who came.
struct Raw {
    address: SocketAddr,
    asked: Arc<AtomicUsize>,
}

impl Raw {
    async fn start(pieces: Vec<Vec<u8>>, pause: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((mut stream, _peer)) = listener.accept().await {
                counted.fetch_add(1, Ordering::Relaxed);
                let pieces = pieces.clone();
                tokio::spawn(async move {
                    let mut request = [0; 4096];
                    let _read = stream.read(&mut request).await;
                    for piece in pieces {
                        // The client may be gone already, which is what some tests want.
                        if stream.write_all(&piece).await.is_err() {
                            return;
                        }
                        tokio::time::sleep(pause).await;
                    }
                });
            }
        });
        Self { address, asked }
    }

    fn url(&self) -> String {
        format!("http://{}/list", self.address)
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }
}

fn answer(head: &str, body: &[u8]) -> Vec<Vec<u8>> {
    let head = format!(
        "HTTP/1.1 {head}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    vec![[head.as_bytes(), body].concat()]
}

fn small() -> HttpClient {
    let limits = Limits {
        timeout: Duration::from_millis(500),
        max_answer: 1000,
    };
    HttpClient::new(Network::Loopback).unwrap().within(limits)
}

#[tokio::test]
async fn c42_a_redirect_is_an_answer_and_nobody_goes_there() {
    let target = Raw::start(answer("200 OK", b"secret"), Duration::ZERO).await;
    for status in [
        "301 Moved",
        "302 Found",
        "303 See Other",
        "307 Temporary",
        "308 Permanent",
    ] {
        let head = format!("{status}\r\nlocation: {}", target.url());
        let server = Raw::start(answer(&head, b""), Duration::ZERO).await;
        for body in [Body::None, Body::Json("{}")] {
            let answer = small().send(&server.url(), &[], body).await.unwrap();
            assert!((300..400).contains(&answer.status), "{status}");
        }
    }
    assert_eq!(target.asked(), 0);
}

#[tokio::test]
async fn c42_an_answer_that_does_not_end_or_is_too_large_is_given_up() {
    let timeout = |error| matches!(error, HttpError::Timeout { .. });
    let large = |error| matches!(error, HttpError::TooLarge { .. });
    let head = |length: &str| format!("HTTP/1.1 200 OK\r\n{length}\r\n\r\n").into_bytes();
    let drop = b"1\r\nx\r\n".to_vec();
    let chunked = |pieces| [vec![head("transfer-encoding: chunked")], pieces].concat();
    let slowly = Duration::from_millis(200);
    for (pieces, pause, is_expected) in [
        // Says what it is going to send, and does not.
        (
            vec![head("content-length: 100")],
            slowly * 9,
            &timeout as &dyn Fn(HttpError) -> bool,
        ),
        (vec![b"HTTP/1.1 200 OK\r\n".to_vec()], slowly * 9, &timeout),
        (chunked(vec![drop.clone(); 40]), slowly, &timeout),
        (answer("200 OK", &[b'x'; 1001]), Duration::ZERO, &large),
        (chunked(vec![drop.repeat(2000)]), Duration::ZERO, &large),
    ] {
        let server = Raw::start(pieces, pause).await;
        let begun = tokio::time::Instant::now();
        let refused = small()
            .send(&server.url(), &[], Body::None)
            .await
            .unwrap_err();
        assert!(is_expected(refused.clone()), "{refused:?}");
        assert!(begun.elapsed() < Duration::from_secs(5));
    }
    let server = Raw::start(answer("200 OK", &[b'x'; 1000]), Duration::ZERO).await;
    let whole = small().send(&server.url(), &[], Body::None).await.unwrap();
    assert_eq!(whole.body.len(), 1000);
}

/// A packed answer stays packed: nothing is inflated on the way.
#[tokio::test]
async fn c42_an_answer_is_not_unpacked() {
    let packed = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
    let server = Raw::start(
        answer("200 OK\r\ncontent-encoding: gzip", &packed),
        Duration::ZERO,
    )
    .await;
    let answer = small().send(&server.url(), &[], Body::None).await.unwrap();
    assert_eq!(answer.body, packed);
}

#[tokio::test]
async fn c42_a_name_that_leads_to_this_machine_is_not_dialled() {
    use reqwest::dns::Resolve as _;
    let server = Raw::start(answer("200 OK", b"secret"), Duration::ZERO).await;
    let port = server.address.port();
    let public = HttpClient::new(Network::Public).unwrap();
    for host in [
        "localhost",
        "LOCALHOST",
        "localhost.",
        "a.localhost",
        "127.0.0.1",
        "[::ffff:127.0.0.1]",
    ] {
        let url = format!("https://{host}:{port}/");
        let refused = public.send(&url, &[], Body::None).await.unwrap_err();
        assert_eq!(
            refused,
            HttpError::Refused(Refused::PrivateAddress),
            "{host}"
        );
    }
    // What the text does not show, the addresses do that a name leads to.
    let resolver = CheckedResolver(Network::Public);
    let found = resolver.resolve("localhost".parse().unwrap()).await;
    assert!(found.is_err());
    let resolver = CheckedResolver(Network::Loopback);
    let found = resolver
        .resolve("localhost".parse().unwrap())
        .await
        .unwrap();
    assert!(found.into_iter().all(|address| address.ip().is_loopback()));
    assert_eq!(server.asked(), 0);
}
