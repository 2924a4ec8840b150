use std::collections::BTreeSet;

use super::{
    Metrics,
    labels::{Operation, OperationError, ProofUse, PushOutcome, Reason, Route, RouteAnswer},
};

/// A count of each kind, so that each metric is written.
fn used() -> Metrics {
    let metrics = Metrics::default();
    let (route, method) = ("/token".to_owned(), "POST");
    let (operation, reason, outcome) = ("read", "store_damaged", "fresh");
    let answer = RouteAnswer {
        route: route.clone(),
        method,
        status: 200,
    };
    metrics.requests.get_or_create(&answer).inc();
    let durations = &metrics.request_durations;
    durations
        .get_or_create(&Route { route, method })
        .observe(0.1);
    metrics.refusals.get_or_create(&Reason { reason }).inc();
    let durations = &metrics.store_durations;
    durations
        .get_or_create(&Operation { operation })
        .observe(0.1);
    let error = OperationError { operation, reason };
    metrics.store_errors.get_or_create(&error).inc();
    metrics.proofs.get_or_create(&ProofUse { outcome }).inc();
    metrics.pushes.get_or_create(&PushOutcome { outcome }).inc();
    metrics
}

#[test]
fn every_metric_is_written_with_what_it_means() {
    let metrics = used();
    let text = metrics.text();
    for (name, about) in Metrics::names() {
        let help = format!("# HELP broker_{name} {about}.\n");
        assert!(text.contains(&help), "{help}{text}");
    }
    assert!(text.ends_with("# EOF\n"), "{text}");
}

#[test]
fn the_operators_page_lists_exactly_the_metrics_there_are() {
    let page = include_str!("../../../docs/operations.md");
    let (_, listed) = page.split_once("```text metrics\n").unwrap();
    let (listed, _) = listed.split_once("```").unwrap();
    let listed: BTreeSet<(String, String)> = listed
        .lines()
        .map(|line| {
            let (name, about) = line.split_once("  ").unwrap();
            let name = name.strip_prefix("broker_").unwrap();
            (name.to_owned(), about.trim().to_owned())
        })
        .collect();
    let known: BTreeSet<(String, String)> = Metrics::names()
        .into_iter()
        .map(|(name, about)| (name.to_owned(), about.to_owned()))
        .collect();
    assert_eq!(listed, known);
}

#[cfg(target_os = "linux")]
#[test]
fn the_process_is_measured() {
    let text = Metrics::default().text();
    let value = |name: &str| -> f64 {
        let line = text.lines().find(|line| line.starts_with(name)).unwrap();
        line.rsplit(' ').next().unwrap().parse().unwrap()
    };
    assert!(
        value("broker_process_resident_memory_bytes ") > 1e6,
        "{text}"
    );
    assert!(value("broker_process_open_files ") >= 3.0, "{text}");
    assert!(value("broker_process_cpu_seconds_total ") >= 0.0, "{text}");
}

#[test]
fn a_connection_is_counted_while_it_is_open() {
    let metrics = Metrics::default();
    let open = [metrics.connection(), metrics.connection()];
    assert!(metrics.text().contains("broker_http_connections_open 2\n"));
    drop(open);
    assert!(metrics.text().contains("broker_http_connections_open 0\n"));
}
