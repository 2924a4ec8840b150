//! What operators and their machines ask a running broker.

use serde_json::Value;

use crate::house::{House, get, serve};

#[test]
fn health_is_told_by_the_command_and_at_both_addresses() {
    let house = House::new();
    house.refuses("health --data broker", 7, "");
    let server = house.serve_as(&format!("{} --admin 127.0.0.1:0", serve()), &[]);
    let said = server.said();
    let admin = said
        .lines()
        .find_map(|line| line.strip_prefix("Metrics and health are on http://"));
    let admin = admin.unwrap().parse().unwrap();
    for path in ["/health/live", "/health/ready"] {
        assert!(server.get(path).starts_with("HTTP/1.1 200"), "{path}");
        assert!(get(admin, path).starts_with("HTTP/1.1 200"), "{path}");
    }
    let metrics = get(admin, "/metrics");
    let counted =
        "broker_http_requests_total{route=\"/health/ready\",method=\"GET\",status=\"200\"} 1";
    assert!(metrics.contains(counted), "{metrics}");
    assert!(
        metrics.contains("broker_http_connections_open "),
        "{metrics}"
    );
    assert!(
        metrics.contains("broker_trust_list_sequence 1"),
        "{metrics}"
    );
    assert!(get(admin, "/jwks").starts_with("HTTP/1.1 404"));
    assert!(server.get("/metrics").starts_with("HTTP/1.1 404"));

    let health = house.does("broker", "health --data broker --json");
    let health: Value = serde_json::from_str(&health).unwrap();
    assert_eq!(health["schema"], "broker.health/1");
    assert_eq!(health["is_ready"], true);
    assert_eq!(health["is_listed"], true);
    assert!(
        health["clock_difference_milliseconds"]
            .as_i64()
            .unwrap()
            .abs()
            < 1000
    );
    house.does("broker", "clock accept --data broker");
    assert!(
        house
            .does("broker", "health --data broker")
            .contains("serves\tyes")
    );
}

#[test]
fn log_lines_are_json_when_that_is_configured() {
    let house = House::new();
    let server = house.serve_as(&format!("{} --log-format json", serve()), &[]);
    // It warns that no proxy is named, before it listens.
    let said = server.said();
    let line = said.lines().find(|line| line.starts_with('{')).unwrap();
    let line: Value = serde_json::from_str(line).unwrap();
    assert_eq!(line["level"], "WARN");
    assert!(
        line["fields"]["message"]
            .as_str()
            .unwrap()
            .contains("--trusted-proxy"),
        "{line}"
    );
}

#[test]
fn a_store_is_migrated_while_no_broker_runs() {
    let house = House::new();
    house.does("broker", "migrate --data broker");
    let server = house.serve();
    house.refuses("migrate --data broker", 6, "stop it first");
    drop(server);
}
