//! Which requests are measured at which server.

use std::{process::Command, sync::Arc};

use chrono::TimeDelta;
use consent_broker::{storage::ProofId, suspension::EntityId};
use credential_core::jose::Signer as _;
use serde_json::json;
use tokio::{runtime::Runtime, task::JoinSet};

use crate::{
    Part, Size, bare,
    generator::{Batch, CONNECTIONS, ask, send},
    house::{House, ISSUER, Rows},
    people::{Client, now, unique},
    process::{Server, own_cpu},
    requests::{Requests, proven},
    stop,
    table::{Table, to_float},
};

/// What a line has to be held against.
const RATIOS: [(&str, &str); 7] = [
    ("PAR, 1000 grants", "3 verifications, bare"),
    ("token (refresh), 1000 grants", "2 verifications, bare"),
    ("introspection, 1000 grants", "1 verification, bare"),
    ("read, 1000 grants", "1 verification, bare"),
    ("node-oidc-provider PAR", "3 verifications, bare"),
    (
        "node-oidc-provider token (cc, JWT)",
        "2 verifications, bare",
    ),
    ("node-oidc-provider introspection", "1 verification, bare"),
];

/// Echo, and one, two and three verifications on the same HTTP stack.
pub(crate) fn bare(table: &mut Table, size: &Size) {
    let client = Client::recipient(0).with_one_key();
    let point = bare::point(client.signing.public_jwk());
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--serve-bare", &point]);
    let server = Server::start(command);
    let prepare = |path: &str| {
        let request = |_number| {
            let request = client
                .object(ISSUER, client.details())
                .sign(&*client.signing)
                .unwrap();
            proven(
                (ISSUER, ISSUER),
                &client,
                path,
                &[("request", &request)],
                "none",
            )
        };
        Batch {
            requests: (0..size.batch).map(request).collect(),
            status: 200,
        }
    };
    let lines = [
        ("echo", "/echo"),
        ("1 verification, bare", "/bare/1"),
        ("2 verifications, bare", "/bare/2"),
        ("3 verifications, bare", "/bare/3"),
    ];
    for (what, path) in lines {
        table.measure(what, &server, size.batches, || prepare(path));
    }
}

/// The broker over stores of each size; stops and memory over one of them.
pub(crate) fn broker(table: &mut Table, size: &Size, wants: impl Fn(Part) -> bool) {
    let largest = size.grants.last().copied();
    for (place, &grants) in size.grants.iter().enumerate() {
        let is_first = place == 0;
        let is_needed = wants(Part::Broker)
            || (is_first && wants(Part::Stop))
            || (largest == Some(grants) && wants(Part::Memory));
        if !is_needed {
            continue;
        }
        let house = House::of(grants, Rows::Folder);
        if wants(Part::Broker) && is_first {
            store_of_introspection(table, &house, size);
        }
        let server = house.serve();
        let requests = Requests::new(&house, server.address);
        if wants(Part::Broker) {
            endpoints(table, (size, grants), &server, &requests);
        }
        if is_first && wants(Part::Stop) {
            let stoppable: Vec<_> = house.given.iter().take(size.stops).collect();
            let nodes = (server.address, server.address);
            stop::measure(table, "stop on one node", &requests, nodes, &stoppable);
        }
        if largest == Some(grants) && wants(Part::Memory) {
            memory(table, size, &server, &requests);
        }
    }
}

fn endpoints(
    table: &mut Table,
    (size, grants): (&Size, usize),
    server: &Server,
    requests: &Requests<'_>,
) {
    let Size { batch, batches, .. } = *size;
    let name = |what: &str| format!("{what}, {grants} grants");
    let asked = ask(server.address, &requests.introspections(1).requests[0]);
    assert!(asked.is_active(), "{}", asked.text());
    // Each code works once: only where there are enough of them, and before the stops.
    if grants >= batch * (batches + 1) {
        let redeem = || requests.redemptions(batch);
        table.measure(&name("token (code)"), server, batches, redeem);
    }
    table.measure(&name("PAR"), server, batches, || requests.pushes(batch));
    table.measure(&name("token (refresh)"), server, batches, || {
        requests.refreshes(batch)
    });
    table.measure(&name("introspection"), server, batches, || {
        requests.introspections(batch)
    });
    table.measure(&name("read"), server, batches, || requests.reads(batch));
}

/// The memory before and after many introspections and reads.
fn memory(table: &mut Table, size: &Size, server: &Server, requests: &Requests<'_>) {
    let before = server.rss();
    let mut seen = Vec::new();
    let mut sent = 0;
    while sent < size.memory {
        let count = size.batch.min(size.memory - sent);
        send(server.address, requests.introspections(count));
        send(server.address, requests.reads(count));
        sent += count;
        seen.push(json!([sent, server.rss()]));
    }
    let after = server.rss();
    let words = format!(
        "memory over {sent} introspections and {sent} reads: {before:.0} MiB before, {after:.0} MiB after"
    );
    table.remark(
        "memory",
        &words,
        json!({"before_mib": before, "after_mib": after, "seen": seen}),
    );
}

/// What the store alone costs an introspection: the same three operations, called in this process.
fn store_of_introspection(table: &mut Table, house: &House, size: &Size) {
    let grants: Arc<[_]> = house
        .given
        .iter()
        .map(|given| (given.account.subject_id, given.grant_id))
        .collect();
    let participant: EntityId = "https://recipient-0.example".parse().unwrap();
    let count = size.batch * size.batches;
    let before = own_cpu();
    Runtime::new().unwrap().block_on(async {
        let store = house.open_store().await;
        let mut tasks = JoinSet::new();
        for first in 0..CONNECTIONS {
            let (store, grants, participant) =
                (Arc::clone(&store), Arc::clone(&grants), participant.clone());
            tasks.spawn(async move {
                for number in (first..count).step_by(CONNECTIONS) {
                    let proof = ProofId {
                        owner: "client https://school-0.example".into(),
                        id: unique(),
                        until: now() + TimeDelta::seconds(70),
                    };
                    let new = store.remember_proofs(vec![proof]).await.unwrap();
                    assert_eq!(new, None);
                    let suspended = store.suspension(&participant).await.unwrap();
                    assert!(suspended.is_none());
                    let (subject, grant) = grants[number % grants.len()];
                    assert!(store.grant(subject, grant).await.unwrap().is_some());
                }
            });
        }
        tasks.join_all().await;
    });
    let cost = (own_cpu() - before).as_secs_f64() * 1e6 / to_float(count);
    let words = format!("the store's part of an introspection, in this process: {cost:.1} CPU µs");
    table.remark("store_of_introspection_cpu_us", &words, json!(cost));
}

/// Each line over the bare cryptography that it cannot do without.
pub(crate) fn ratios(table: &mut Table) {
    for (what, floor) in RATIOS {
        table.ratio(what, floor);
    }
}
