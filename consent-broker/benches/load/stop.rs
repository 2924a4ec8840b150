//! How soon a stop is a stop: while a recipient reads again and again, the holder withdraws.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use serde_json::json;
use tokio::sync::Notify;

use crate::{
    generator::{Connection, single_thread},
    requests::Requests,
    table::{Table, milliseconds},
};

/// More reads than are made until the refusal.
const READS: usize = 400;
/// How long reads are made before the holder withdraws.
const BEFORE: Duration = Duration::from_millis(15);

/// What happened at one grant.
struct Stop {
    /// From the withdrawal to its answer.
    withdrawal: Duration,
    /// From that answer to the first refused read; nothing when a read was refused before.
    refusal: Duration,
}

/// Withdraws so many grants, each while it is being read. The wallet and the recipient each have a node of
/// their own where there are two.
///
/// # Panics
/// When a read is given that began after the answer to the withdrawal.
pub(crate) fn measure(
    table: &mut Table,
    name: &str,
    requests: &Requests<'_>,
    (wallet, reader): (SocketAddr, SocketAddr),
    grants: &[&crate::fill::Given],
) {
    let stops: Vec<Stop> = single_thread().block_on(async {
        let mut wallet = Connection::open(wallet).await;
        let mut reader = Connection::open(reader).await;
        let mut stops = Vec::new();
        for given in grants {
            let nonce = fresh_nonce(requests).await;
            let reads: Vec<_> = (0..READS).map(|_| requests.read(given, &nonce)).collect();
            let withdrawal = requests.withdraw(given, &nonce);
            stops.push(stop(&mut wallet, &mut reader, &withdrawal, &reads).await);
        }
        stops
    });
    let withdrawals: Vec<_> = stops.iter().map(|stop| stop.withdrawal).collect();
    let refusals: Vec<_> = stops.iter().map(|stop| stop.refusal).collect();
    let of = |what: &[Duration]| [0.5, 0.99, 1.0].map(|quantile| milliseconds(what, quantile));
    let ([w50, w99, w_most], [r50, r99, r_most]) = (of(&withdrawals), of(&refusals));
    let words = format!(
        "{name}, {} grants, each read all the time: withdrawal p50 {w50:.2} ms, p99 {w99:.2} ms, \
         longest {w_most:.2} ms; from its answer to the first refused read p50 {r50:.2} ms, \
         p99 {r99:.2} ms, longest {r_most:.2} ms; reads given that began after the answer: 0",
        stops.len()
    );
    let value = json!({
        "grants": stops.len(),
        "withdrawal_ms": {"p50": w50, "p99": w99, "most": w_most},
        "refusal_ms": {"p50": r50, "p99": r99, "most": r_most},
        "given_after_the_answer": 0,
    });
    table.remark(name, &words, value);
}

async fn stop(
    wallet: &mut Connection,
    reader: &mut Connection,
    withdrawal: &[u8],
    reads: &[Vec<u8>],
) -> Stop {
    // A node's first read may take longer than all others.
    let reads_begin = Notify::new();
    let withdrawing = async {
        reads_begin.notified().await;
        tokio::time::sleep(BEFORE).await;
        let began = Instant::now();
        let reply = wallet.exchange(withdrawal).await;
        let ended = Instant::now();
        assert_eq!(reply.status, 200, "{}", reply.text());
        (ended - began, ended)
    };
    let reading = async {
        let mut last_given = None;
        for read in reads {
            let began = Instant::now();
            let reply = reader.exchange(read).await;
            match reply.status {
                200 => {
                    reads_begin.notify_one();
                    last_given = Some(began);
                }
                401 if last_given.is_none() => panic!("refused at once: {}", reply.text()),
                401 => return (last_given, Instant::now()),
                _ => panic!("{}", reply.text()),
            }
        }
        panic!("{} reads, and none was refused", reads.len())
    };
    let ((took, answered), (last_given, refused)) = tokio::join!(withdrawing, reading);
    let last_given = last_given.unwrap_or_else(|| panic!("nothing was read before the stop"));
    assert!(
        last_given < answered,
        "a read that began after the answer was given"
    );
    Stop {
        withdrawal: took,
        refusal: refused.saturating_duration_since(answered),
    }
}

/// Asked for on a thread of its own: it waits for its answer.
async fn fresh_nonce(requests: &Requests<'_>) -> String {
    let client = requests.any_proof();
    let to = requests.to;
    let asked = tokio::task::spawn_blocking(move || crate::requests::nonce(to, "/par", &client));
    asked.await.unwrap()
}
