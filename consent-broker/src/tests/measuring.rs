//! What operators see of a whole flow: metrics and log lines, in which nobody is named.

use std::{
    io,
    sync::{Arc, Mutex},
};

use axum::http::StatusCode;
use credential_core::{clock::FixedClock, id::GrantId};

use super::support::{Answer, Grant, World, client, noon, read_id};
use crate::{Surroundings, admin_router};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// A flow with refusals in it, and everything in it that must not be seen by those who only operate.
async fn flow(world: &World) -> (Grant, Vec<String>) {
    let grant = world.grant(world.recipient.details()).await;
    let code = world.code(&grant).await;
    let token = world.redeem(&code).await.text("access_token");
    let read = read_id();
    assert_eq!(world.read(&token, grant.id, &read).await.status, 200);
    let path = format!("/mailbox/{}", grant.id);
    let traceparent = format!("00-{TRACE}-00f067aa0ba902b7-01");
    let canary = [
        ("authorization", "DPoP canary-token"),
        ("traceparent", &traceparent),
    ];
    assert_eq!(world.get(&path, &canary).await.status, 401);
    assert_eq!(
        world.get("/canary-path?canary=query", &[]).await.status,
        404
    );
    assert_eq!(world.withdraw(&grant).await.status, 200);
    assert_eq!(world.read(&token, grant.id, &read_id()).await.status, 401);
    let held = world.state.store.held(grant.id).await.unwrap().unwrap();
    let secrets = vec![
        code,
        token,
        grant.wallet_token.clone(),
        grant.deposit.clone(),
        grant.cookie.clone(),
        grant.request.clone(),
        held.grant.subject_id.to_string(),
        "canary".into(),
    ];
    (grant, secrets)
}

/// What must stay out of metrics as well, though a log line may have it.
fn names(world: &World, grant: &Grant) -> Vec<String> {
    let id: GrantId = grant.id;
    vec![
        id.to_string(),
        world.recipient.client_id(),
        world.recipient.entity_id.clone(),
        "lumo".into(),
        "127.0.0.1".into(),
    ]
}

async fn scrape(world: &World, surroundings: &Surroundings, path: &str) -> Answer {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = admin_router(world.state.clone(), surroundings.clone());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let url = format!("http://{address}{path}");
    Answer::read(client().get(url).send().await.unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_of_a_whole_flow_count_it_and_name_nobody() {
    let surroundings = Surroundings::default();
    let world = World::within(FixedClock::at(noon()), surroundings.clone()).await;
    let (grant, secrets) = flow(&world).await;
    let scraped = scrape(&world, &surroundings, "/metrics").await;
    assert!(
        scraped
            .header("content-type")
            .starts_with("application/openmetrics-text")
    );
    let text = scraped.body;
    for line in [
        r#"broker_http_requests_total{route="/mailbox/{grant_id}",method="GET",status="200"} 1"#,
        r#"broker_http_requests_total{route="/mailbox/{grant_id}",method="GET",status="401"} 2"#,
        r#"broker_http_requests_total{route="none",method="GET",status="404"} 1"#,
        r#"broker_http_request_duration_seconds_count{route="/par",method="POST"} 1"#,
        r#"broker_refusals_total{reason="token_not_accepted"} 1"#,
        r#"broker_refusals_total{reason="dpop_not_exactly_one"} 1"#,
        r#"broker_store_operation_duration_seconds_count{operation="read"} 2"#,
        r#"broker_proofs_total{outcome="fresh"}"#,
        "broker_trust_list_expires_in_seconds 2592000",
        "broker_trust_list_sequence 1",
        "broker_http_requests_open 0",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    for secret in secrets.iter().chain(&names(&world, &grant)) {
        assert!(!text.contains(secret.as_str()), "{secret}: {text}");
    }
    assert_eq!(
        scrape(&world, &surroundings, "/health/live").await.status,
        200
    );
    assert_eq!(
        scrape(&world, &surroundings, "/health/ready").await.status,
        200
    );
    // The public address has none of it.
    assert_eq!(
        world.get("/metrics", &[]).await.status,
        StatusCode::NOT_FOUND
    );
}

/// Log lines, kept.
#[derive(Debug, Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(octets);
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// On one thread, whose subscriber hears everything that the server says.
#[tokio::test]
async fn log_lines_of_a_whole_flow_have_spans_and_traces_and_no_secret() {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let heard = tracing::subscriber::set_default(subscriber);
    let world = World::new().await;
    // Other tests of this process have no subscriber, and what nobody hears is switched off for all.
    tracing::callsite::rebuild_interest_cache();
    let (_grant, secrets) = flow(&world).await;
    drop(heard);
    let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let ours: Vec<serde_json::Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .filter(|line: &serde_json::Value| {
            line["target"]
                .as_str()
                .unwrap()
                .starts_with("consent_broker")
        })
        .collect();
    let is_refused_read = |line: &&serde_json::Value| line["span"]["trace_id"] == TRACE;
    let refused = ours.iter().find(is_refused_read);
    let refused = refused.unwrap_or_else(|| panic!("{ours:#?}"));
    assert_eq!(refused["span"]["name"], "broker.request");
    assert_eq!(refused["span"]["http.route"], "/mailbox/{grant_id}");
    let answered = ours.iter().rfind(is_refused_read).unwrap();
    assert_eq!(answered["span"]["http.response.status_code"], 401);
    assert_eq!(answered["span"]["error.type"], "dpop_not_exactly_one");
    let ours: String = ours.iter().map(ToString::to_string).collect();
    for secret in &secrets {
        assert!(!ours.contains(secret.as_str()), "{secret}");
    }
}
