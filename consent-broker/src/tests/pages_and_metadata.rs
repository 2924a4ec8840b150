//! What anyone may fetch: pages, metadata, keys, the trust list.

use credential_core::{
    jose::Algorithm,
    oauth::metadata::{AuthorizationServer, ProtectedResource},
    trust::TrustList,
};
use serde_json::Value;

use super::support::World;
use crate::keys::signing_jwk;

#[tokio::test(flavor = "multi_thread")]
async fn r41_r44_the_page_is_strict_says_who_and_why_and_nothing_about_the_person() {
    let world = World::new().await;
    let request = world
        .recipient
        .signed(&world.origin, world.recipient.details());
    let uri = world.push(&request).await.text("request_uri");
    let path = format!(
        "/authorize?client_id={}&request_uri={uri}&ui_locales=fi&redirect_uri=https://evil.example&state=evil",
        world.recipient.client_id()
    );
    let page = world.get(&path, &[]).await;
    assert_eq!(page.status, 200);
    assert_eq!(
        page.header("content-security-policy"),
        "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    );
    assert_eq!(page.header("x-frame-options"), "DENY");
    assert_eq!(page.header("referrer-policy"), "same-origin");
    assert_eq!(page.header("cache-control"), "no-store");
    let cookie = page.header("set-cookie");
    assert!(cookie.starts_with("__Host-session="));
    assert!(cookie.ends_with("; Secure; HttpOnly; SameSite=Lax; Path=/"));
    assert!(page.body.contains("<html lang=\"fi\">"));
    assert!(
        page.body
            .contains("<h1>Lumo Hoiva Oy pyytää tietojasi</h1>")
    );
    assert!(page.body.contains("<dd>Työhakemus</dd>"));
    assert!(page.body.contains("<dd>Enintään 3 kertaa</dd>"));
    assert!(page.body.contains("osaamislompakko://request?broker="));
    // R47: what stands outside the pushed request is not used.
    assert!(!page.body.contains("evil"));
    assert!(!page.body.contains("<script"));
    let swedish = world
        .get(
            &path.replace("ui_locales=fi", ""),
            &[("accept-language", "sv")],
        )
        .await;
    assert!(swedish.body.contains("Lumo Vård Ab ber om dina uppgifter"));
}

#[tokio::test(flavor = "multi_thread")]
async fn r40_metadata_names_the_issuer_exactly_and_only_what_is_served() {
    let world = World::new().await;
    let server = world
        .get("/.well-known/oauth-authorization-server", &[])
        .await;
    let members = server.json();
    let members = members.as_object().unwrap();
    assert!(members.values().all(|value| !value.is_null()));
    let algorithms = members
        .iter()
        .filter(|(name, _)| name.ends_with("_alg_values_supported"));
    for (name, algorithms) in algorithms {
        let algorithms = algorithms.as_array().unwrap();
        assert!(!algorithms.is_empty(), "{name}");
        let is_known = |alg: &Value| {
            alg.as_str()
                .is_some_and(|alg| Algorithm::NAMES.contains(&alg))
        };
        assert!(algorithms.iter().all(is_known), "{name}");
    }
    assert_eq!(
        members["introspection_endpoint_auth_methods_supported"][0],
        "private_key_jwt"
    );
    assert_eq!(
        members["revocation_endpoint_auth_methods_supported"][0],
        "private_key_jwt"
    );
    assert_eq!(
        members["grant_management_actions_supported"],
        serde_json::json!(["query", "revoke"])
    );
    let server: AuthorizationServer = serde_json::from_str(&server.body).unwrap();
    assert_eq!(server.issuer, world.origin);
    assert!(server.require_pushed_authorization_requests);
    assert!(server.require_signed_request_object);
    assert!(server.authorization_response_iss_parameter_supported);
    assert_eq!(
        server.authorization_details_types_supported,
        ["learning_credentials"]
    );
    assert_eq!(server.response_types_supported, ["code"]);
    let endpoints = [
        server.authorization_endpoint,
        server.pushed_authorization_request_endpoint,
        Some(server.token_endpoint),
        server.jwks_uri,
        server.introspection_endpoint,
        server.revocation_endpoint,
        server.authorization_details_types_metadata_endpoint,
        server.grant_management_endpoint.map(|at| at + "/1"),
    ];
    for endpoint in endpoints.into_iter().flatten() {
        let path = endpoint.strip_prefix(&world.origin).unwrap();
        assert_ne!(world.get(path, &[]).await.status, 404, "{path}");
    }
    assert_eq!(server.protected_resources.len(), 3);
    for listed in server.protected_resources {
        let path = listed.strip_prefix(&world.origin).unwrap();
        let description = world.url(&format!("/.well-known/oauth-protected-resource{path}"));
        let place = description.strip_prefix(&world.origin).unwrap();
        let resource = world.get(place, &[]).await;
        let resource: ProtectedResource = serde_json::from_str(&resource.body).unwrap();
        assert_eq!(resource.resource, listed);
        assert_eq!(resource.authorization_servers.concat(), world.origin);
        assert!(resource.dpop_bound_access_tokens_required);
        // Whoever comes without a token is told where to look.
        let below = if path == "/wallet" { "/grants" } else { "/1" };
        let refused = world.get(&format!("{path}{below}"), &[]).await;
        assert_eq!(refused.status, 401);
        assert_eq!(
            refused.header("www-authenticate"),
            format!(
                r#"DPoP error="invalid_token", algs="ES256 EdDSA Ed25519", resource_metadata="{description}""#
            )
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trust_list_is_relayed_as_it_was_signed() {
    let world = World::new().await;
    let answer = world.get("/trust-list", &[]).await;
    assert_eq!(answer.header("content-type"), "application/trust-list+jwt");
    let registrar = signing_jwk(&world.registrar);
    let list = TrustList::verify(&answer.body, &registrar, None, world.now()).unwrap();
    let (listed, _) = list.broker(&world.origin).unwrap();
    let published = world.get("/jwks", &[]).await.json();
    assert_eq!(serde_json::to_value(&listed.keys).unwrap(), published);
}

#[tokio::test(flavor = "multi_thread")]
async fn health_and_strange_addresses() {
    let world = World::new().await;
    assert_eq!(world.get("/health", &[]).await.json()["status"], "ok");
    assert_eq!(
        world.get("/nothing", &[]).await.refusal(),
        "404 invalid_request not_here"
    );
    let style = world.get("/style.css", &[]).await;
    assert_eq!(style.header("content-type"), "text/css; charset=utf-8");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_not_text_is_answered_in_our_own_words() {
    let world = World::new().await;
    let page = world.get("/complete/%ff", &[]).await;
    assert_eq!(page.status, 400);
    assert!(page.body.contains("This request cannot be opened any more"));
    let grant = world.grant(world.recipient.details()).await;
    let token = world.token(&grant).await;
    let proof = world.proof(&world.recipient.dpop, "GET", "/mailbox/%ff", Some(&token));
    let authorization = format!("DPoP {token}");
    let headers = [
        ("authorization", authorization.as_str()),
        ("dpop", &proof),
        ("read-id", &super::support::read_id()),
    ];
    let mailbox = world.get("/mailbox/%ff", &headers).await;
    assert_eq!(mailbox.refusal(), "401 invalid_token -");
    let decision = grant.wallet.decision(
        credential_core::consent::decision::Verdict::Withdrawn,
        &grant.request,
        &grant.details,
        world.now(),
    );
    let withdrawal = world
        .wallet_post(
            &grant.wallet,
            &grant.wallet_token,
            "/wallet/grants/%ff/withdraw",
            &serde_json::json!({ "decision": decision }),
        )
        .await;
    assert_eq!(withdrawal.refusal(), "404 invalid_request grant_unknown");
}
