//! The authorization code flow: pushed, shown to the person, confirmed with the code of the offer, redeemed.

use chrono::TimeDelta;
use credential_core::{
    credential::CredentialType,
    jose::{Es256Key, Signer as _, dpop},
    oauth::pkce,
    rng::SystemRng,
};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use url::Url;

use super::world::{Answer, World, key};
use crate::server::{Confirmation, Offer};

const DEGREE: &[CredentialType] = &[CredentialType::Qualification, CredentialType::Transcript];
const CLIENT: &str = "https://wallet.example";
const CALLBACK: &str = "com.example.wallet:/callback";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// A wallet with its key, and the browser beside it.
pub(super) struct Visit<'w> {
    world: &'w World,
    pub(super) key: Es256Key,
    request_uri: String,
    cookie: String,
    form: String,
}

fn parameters(state: Option<&str>) -> Vec<(&'static str, String)> {
    let mut parameters = vec![
        ("response_type", "code".to_owned()),
        ("client_id", CLIENT.into()),
        ("redirect_uri", CALLBACK.into()),
        ("state", "s t&te".into()),
        ("code_challenge", pkce::challenge(VERIFIER)),
        ("code_challenge_method", "S256".into()),
        ("scope", "qualification unknown".into()),
    ];
    parameters.extend(state.map(|state| ("issuer_state", state.to_owned())));
    parameters
}

fn with(
    mut parameters: Vec<(&'static str, String)>,
    name: &'static str,
    value: &str,
) -> Vec<(&'static str, String)> {
    parameters.retain(|(sent, _)| *sent != name);
    if !value.is_empty() {
        parameters.push((name, value.into()));
    }
    parameters
}

async fn push(world: &World, parameters: &[(&str, String)]) -> Answer {
    Answer::to(world.request(Method::POST, "/par").form(parameters)).await
}

/// The `issuer_state` in the offer that the link refers to.
async fn issuer_state(world: &World, offer: &Offer) -> String {
    let answer = world.get(&format!("/offers/{}", offer.id)).await;
    let grant = &answer.body["grants"]["authorization_code"];
    grant["issuer_state"].as_str().unwrap().to_owned()
}

/// The value of the hidden field.
fn sealed_form(page: &Answer) -> String {
    let (_, rest) = page.text.split_once(r#"name="form" value=""#).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

impl<'w> Visit<'w> {
    /// Pushes a request and opens the page.
    pub(super) async fn begin(world: &'w World, parameters: &[(&str, String)]) -> Self {
        let pushed = push(world, parameters).await;
        assert_eq!(pushed.status, 201, "{}", pushed.shown());
        let request_uri = pushed.body["request_uri"].as_str().unwrap().to_owned();
        let page = open(world, CLIENT, &request_uri).await;
        assert_eq!(page.status, 200, "{}", page.text);
        let cookie = page.header("set-cookie").split(';').next().unwrap();
        Self {
            world,
            key: key(),
            request_uri,
            cookie: cookie.to_owned(),
            form: sealed_form(&page),
        }
    }

    /// For an offer that named itself.
    async fn of(world: &'w World, offer: &Offer) -> Self {
        let state = issuer_state(world, offer).await;
        Self::begin(world, &parameters(Some(&state))).await
    }

    fn submit(&self, fields: &[(&str, &str)]) -> RequestBuilder {
        let mut form = vec![("form", self.form.as_str()), ("decision", "give")];
        form.extend(fields);
        let request = self.world.request(Method::POST, "/authorize");
        request.header("cookie", &self.cookie).form(&form)
    }

    async fn type_code(&self, code: &str) -> Answer {
        Answer::to(self.submit(&[("code", code)])).await
    }

    /// The code that the browser brings back.
    pub(super) async fn code(&self, offer: &Offer) -> String {
        let answer = self.type_code(offer.tx_code.as_deref().unwrap()).await;
        brought_back(&answer, "code").unwrap()
    }

    pub(super) fn token_form(&self, code: &str) -> Vec<(&'static str, String)> {
        vec![
            ("grant_type", "authorization_code".to_owned()),
            ("code", code.into()),
            ("client_id", CLIENT.into()),
            ("redirect_uri", CALLBACK.into()),
            ("code_verifier", VERIFIER.into()),
        ]
    }

    pub(super) async fn redeem(&self, form: &[(&str, String)], key: &Es256Key) -> Answer {
        let proof = prove(self.world, "/token", None, key).await;
        let request = self.world.request(Method::POST, "/token");
        Answer::to(request.header("dpop", proof).form(form)).await
    }

    async fn token(&self, offer: &Offer) -> Answer {
        let code = self.code(offer).await;
        let answer = self.redeem(&self.token_form(&code), &self.key).await;
        assert_eq!(answer.status, 200, "{}", answer.shown());
        answer
    }

    async fn collect(&self, token: &str, named: Value) -> Answer {
        let mut body = named;
        body["proofs"] = json!({"jwt": [self.world.proof(&key()).await]});
        let proof = prove(self.world, "/credential", Some(token), &self.key).await;
        let request = self.world.request(Method::POST, "/credential");
        let request = request.header("authorization", format!("DPoP {token}"));
        Answer::to(request.header("dpop", proof).json(&body)).await
    }
}

async fn open(world: &World, client: &str, request_uri: &str) -> Answer {
    Answer::to(opening(world, client, request_uri)).await
}

fn opening(world: &World, client: &str, request_uri: &str) -> RequestBuilder {
    let query: String = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("client_id", client)
        .append_pair("request_uri", request_uri)
        .finish();
    world.request(Method::GET, &format!("/authorize?{query}"))
}

/// A proof with the nonce of the path's side.
async fn prove(world: &World, path: &str, token: Option<&str>, key: &Es256Key) -> String {
    let answer = Answer::to(world.request(Method::POST, path)).await;
    let nonce = answer.header("dpop-nonce").to_owned();
    let address = format!("{}{path}", world.identifier);
    let bound = (token, Some(nonce.as_str()));
    let rng = SystemRng::default();
    dpop::prove_with_nonce("POST", &address, bound, world.state.now(), key, &rng).unwrap()
}

/// A parameter of the address that the browser is sent to.
fn brought_back(answer: &Answer, name: &str) -> Option<String> {
    assert_eq!(answer.status, 303, "{}", answer.text);
    let address = Url::parse(answer.header("location")).unwrap();
    assert!(address.as_str().starts_with(CALLBACK), "{address}");
    let mut values = address.query_pairs().filter(|(sent, _)| sent == name);
    let value = values.next().map(|(_, value)| value.into_owned());
    assert!(values.next().is_none());
    value
}

fn wrong(offer: &Offer) -> &'static str {
    if offer.tx_code.as_deref() == Some("000000") {
        "000001"
    } else {
        "000000"
    }
}

#[tokio::test]
async fn c18_metadata_says_what_the_flow_demands() {
    let world = World::new().await;
    let server = world
        .get("/.well-known/oauth-authorization-server")
        .await
        .body;
    for (member, expected) in [
        ("require_pushed_authorization_requests", json!(true)),
        (
            "authorization_response_iss_parameter_supported",
            json!(true),
        ),
        ("code_challenge_methods_supported", json!(["S256"])),
        ("response_types_supported", json!(["code"])),
        (
            "authorization_details_types_supported",
            json!(["openid_credential"]),
        ),
        (
            "token_endpoint_auth_methods_supported",
            json!(["attest_jwt_client_auth", "none"]),
        ),
    ] {
        assert_eq!(server[member], expected, "{member}");
    }
    for (member, path) in [
        ("authorization_endpoint", "/authorize"),
        ("pushed_authorization_request_endpoint", "/par"),
        ("challenge_endpoint", "/challenge"),
    ] {
        assert_eq!(server[member], format!("{}{path}", world.identifier));
    }
    assert!(!server["dpop_signing_alg_values_supported"].is_null());
    let issuer = world
        .get("/.well-known/openid-credential-issuer")
        .await
        .body;
    let configurations = issuer["credential_configurations_supported"].as_object();
    for (id, configuration) in configurations.unwrap() {
        assert_eq!(configuration["scope"], *id, "a scope per configuration");
    }
}

#[tokio::test]
async fn c18_issuer_happy_flow_by_an_offer_that_names_itself() {
    let world = World::new().await;
    let offer = world.offer(DEGREE);
    let visit = Visit::of(&world, &offer).await;
    let answer = visit.type_code(offer.tx_code.as_deref().unwrap()).await;
    assert_eq!(brought_back(&answer, "state").as_deref(), Some("s t&te"));
    assert_eq!(brought_back(&answer, "iss"), Some(world.identifier.clone()));
    let code = brought_back(&answer, "code").unwrap();
    let answer = visit.redeem(&visit.token_form(&code), &visit.key).await;
    assert_eq!(answer.body["token_type"], "DPoP", "{}", answer.shown());
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.body.get("authorization_details"), None);
    let token = answer.body["access_token"].as_str().unwrap();
    let by_id = json!({"credential_configuration_id": "qualification"});
    let collected = visit.collect(token, by_id).await;
    assert_eq!(world.verified(&collected).len(), 1);
    let issued = world.state.issued().unwrap();
    assert_eq!(issued[0].matched, crate::server::HolderMatch::InPerson);
    let more = json!({"credential_configuration_id": "transcript"});
    let answer = visit.collect(token, more).await;
    assert_eq!(
        answer.shown(),
        "400 unknown_credential_configuration (configuration_not_granted)"
    );
}

#[tokio::test]
async fn c18_a_person_who_began_in_the_wallet_types_reference_and_code() {
    let world = World::new().await;
    let offer = world.offer(DEGREE);
    let visit = Visit::begin(&world, &parameters(None)).await;
    let code = offer.tx_code.as_deref().unwrap();
    let typed = offer.reference.to_lowercase().replace('-', " ");
    let answer = Answer::to(visit.submit(&[("reference", &typed), ("code", code)])).await;
    let code = brought_back(&answer, "code").unwrap();
    let answer = visit.redeem(&visit.token_form(&code), &visit.key).await;
    assert_eq!(answer.status, 200, "{}", answer.shown());
}

#[tokio::test]
async fn c06_an_unknown_reference_a_wrong_code_and_no_code_are_answered_alike() {
    let world = World::new().await;
    let offer = world.offer(DEGREE);
    let open_to_all = world.offer_with(&[CredentialType::SkillBadge], Confirmation::LinkAlone);
    let visit = Visit::begin(&world, &parameters(None)).await;
    let right = offer.tx_code.as_deref().unwrap();
    let mut pages = Vec::new();
    for (reference, code) in [
        ("7KQ2-M9XD", right),
        ("no", right),
        ("7KQ2-M9XD-7KQ2", right),
        (offer.reference.as_str(), wrong(&offer)),
        (offer.reference.as_str(), ""),
        (open_to_all.reference.as_str(), "123456"),
        (open_to_all.reference.as_str(), ""),
    ] {
        let answer = Answer::to(visit.submit(&[("reference", reference), ("code", code)])).await;
        assert_eq!(answer.status, 400, "{reference} {code}");
        let sealed = sealed_form(&answer);
        pages.push(answer.text.replace(&sealed, ""));
    }
    pages.dedup();
    assert_eq!(pages.len(), 1);
    assert!(pages[0].contains("role=\"alert\""));
}

#[tokio::test]
async fn c06_wrong_codes_on_the_page_and_at_the_token_endpoint_count_together() {
    let world = World::new().await;
    let offer = world.offer(DEGREE);
    let pre_authorized = world.code(&offer).await;
    let visit = Visit::of(&world, &offer).await;
    for _try in 0..2 {
        assert_eq!(visit.type_code(wrong(&offer)).await.status, 400);
        let answer = world.redeem(&pre_authorized, Some(wrong(&offer))).await;
        assert_eq!(answer.shown(), "400 invalid_grant (tx_code_wrong)");
    }
    let last = visit.type_code(wrong(&offer)).await;
    assert!(!last.text.contains("<form"), "{}", last.text);
    assert!(last.text.contains("error=access_denied"));
    let right = offer.tx_code.as_deref();
    let answer = world.redeem(&pre_authorized, right).await;
    assert_eq!(answer.shown(), "400 invalid_grant (offer_dead)");
    let answer = visit.type_code(right.unwrap()).await;
    assert!(!answer.text.contains("<form"));
}

#[tokio::test]
async fn c04_an_offer_without_tx_code_is_confirmed_by_its_link_alone() {
    let world = World::new().await;
    let offer = world.offer_with(DEGREE, Confirmation::LinkAlone);
    let visit = Visit::of(&world, &offer).await;
    let page = open(&world, CLIENT, &visit.request_uri).await;
    assert!(!page.text.contains("name=\"code\""), "{}", page.text);
    assert_eq!(visit.type_code("123456").await.status, 400);
    let answer = Answer::to(visit.submit(&[])).await;
    let code = brought_back(&answer, "code").unwrap();
    let answer = visit.redeem(&visit.token_form(&code), &visit.key).await;
    assert_eq!(answer.status, 200, "{}", answer.shown());
}

#[test]
fn c18_on_a_public_network_no_answer_goes_to_a_private_address() {
    use crate::server::authorization::may_redirect_to;
    use credential_core::network::Network;
    for (address, expected) in [
        ("https://wallet.example/callback", true),
        ("http://127.0.0.1:49152/callback", true),
        ("com.example.wallet:/callback", true),
        ("https://192.168.0.1/callback", false),
        ("https://localhost/callback", false),
        ("http://wallet.example/callback", false),
    ] {
        assert_eq!(
            may_redirect_to(address, Network::Public),
            expected,
            "{address}"
        );
    }
}

#[tokio::test]
async fn c18_the_page_holds_no_script_and_is_of_one_browser() {
    let world = World::new().await;
    let offer = world.offer(DEGREE);
    let visit = Visit::of(&world, &offer).await;
    let page = open(&world, CLIENT, &visit.request_uri).await;
    let policy = page.header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'; style-src 'sha256-"),
        "{policy}"
    );
    assert!(
        policy.contains("form-action 'self' com.example.wallet:;"),
        "{policy}"
    );
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("referrer-policy"), "same-origin");
    let cookie = page.header("set-cookie");
    assert!(
        cookie.ends_with("HttpOnly; SameSite=Strict; Path=/"),
        "{cookie}"
    );
    assert!(!page.text.contains("<script") && !page.text.contains("Esimerkki-Lahti"));
    let right = offer.tx_code.as_deref().unwrap();
    let form = [
        ("form", visit.form.as_str()),
        ("decision", "give"),
        ("code", right),
    ];
    let elsewhere = [
        ("cookie", ""),
        (
            "cookie",
            "collecting=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        ),
    ];
    for (name, value) in elsewhere {
        let request = world
            .request(Method::POST, "/authorize")
            .header(name, value);
        let answer = Answer::to(request.form(&form)).await;
        assert_eq!(answer.status, 400, "{value}");
        assert!(!answer.text.contains("<form"));
    }
    for (name, value) in [
        ("origin", "https://other.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
    ] {
        let answer = Answer::to(visit.submit(&[("code", right)]).header(name, value)).await;
        assert_eq!(answer.status, 400, "{name}: {value}");
    }
    let origin = &world.identifier;
    let answer = Answer::to(visit.submit(&[("code", right)]).header("origin", origin)).await;
    assert_eq!(answer.status, 303);
}

#[tokio::test]
async fn c18_what_a_wallet_says_of_itself_is_shown_as_text() {
    let world = World::new().await;
    let wanted = with(
        parameters(None),
        "redirect_uri",
        "https://wallet.example/a?b=%22%3E",
    );
    let pushed = push(&world, &with(wanted, "client_id", "\"><script>")).await;
    let request_uri = pushed.body["request_uri"].as_str().unwrap();
    let page = open(&world, "\"><script>", request_uri).await;
    assert_eq!(page.status, 200);
    assert!(!page.text.contains("<script"));
    assert!(page.text.contains("wallet.example"));
}

#[tokio::test]
async fn c18_the_page_speaks_the_persons_language() {
    let world = World::new().await;
    let visit = Visit::begin(&world, &parameters(None)).await;
    for (accepted, lang, word) in [
        ("fi", "fi", "Noutokoodi"),
        ("de, sv;q=0.8, fi;q=0.3", "sv", "Hämtningskod"),
        ("de", "en", "Collection code"),
    ] {
        let request = opening(&world, CLIENT, &visit.request_uri);
        let page = Answer::to(request.header("accept-language", accepted)).await;
        assert!(
            page.text.contains(&format!("lang=\"{lang}\"")),
            "{accepted}"
        );
        assert!(page.text.contains(word), "{accepted}");
    }
}

#[tokio::test]
async fn c18_a_person_may_say_no_and_no_offer_is_used() {
    let world = World::new().await;
    let offer = world.offer(DEGREE);
    let visit = Visit::of(&world, &offer).await;
    let form = [("form", visit.form.as_str()), ("decision", "cancel")];
    let request = world.request(Method::POST, "/authorize");
    let answer = Answer::to(request.header("cookie", &visit.cookie).form(&form)).await;
    assert_eq!(
        brought_back(&answer, "error").as_deref(),
        Some("access_denied")
    );
    assert_eq!(brought_back(&answer, "code"), None);
    assert_eq!(brought_back(&answer, "iss"), Some(world.identifier.clone()));
    visit.token(&offer).await;
}

#[tokio::test]
async fn c18_an_offer_without_what_was_asked_for_gives_no_code() {
    let world = World::new().await;
    let offer = world.offer(&[CredentialType::SkillBadge]);
    let visit = Visit::of(&world, &offer).await;
    let answer = visit.type_code(offer.tx_code.as_deref().unwrap()).await;
    assert_eq!(
        brought_back(&answer, "error").as_deref(),
        Some("access_denied")
    );
}

#[tokio::test]
async fn c18_requests_that_are_not_in_order_are_refused_when_pushed() {
    let world = World::new().await;
    let offer = world.offer(DEGREE);
    let pre_authorized = world.code(&offer).await;
    let details = |value: Value| json!([value]).to_string();
    let unknown = details(json!({"type": "openid_credential", "credential_configuration_id": "x"}));
    let other_type = details(json!({"type": "x", "credential_configuration_id": "qualification"}));
    let elsewhere = details(json!({"type": "openid_credential",
        "credential_configuration_id": "qualification", "locations": ["https://other.example"]}));
    let long = "a".repeat(257);
    for (name, value, expected) in [
        (
            "response_type",
            "token",
            "unsupported_response_type (response_type_unsupported)",
        ),
        (
            "response_mode",
            "fragment",
            "invalid_request (response_mode_unsupported)",
        ),
        ("client_id", "", "invalid_request (client_id_malformed)"),
        ("client_id", &long, "invalid_request (client_id_malformed)"),
        ("client_id", "a\nb", "invalid_request (client_id_malformed)"),
        ("state", &long, "invalid_request (state_malformed)"),
        (
            "code_challenge",
            "",
            "invalid_request (code_challenge_missing)",
        ),
        (
            "code_challenge",
            "short",
            "invalid_request (code_challenge_missing)",
        ),
        (
            "code_challenge_method",
            "",
            "invalid_request (code_challenge_missing)",
        ),
        (
            "code_challenge_method",
            "plain",
            "invalid_request (code_challenge_missing)",
        ),
        (
            "request_uri",
            "urn:x",
            "request_not_supported (request_object_pushed)",
        ),
        (
            "issuer_state",
            "c3RhdGU",
            "invalid_request (issuer_state_unknown)",
        ),
        (
            "issuer_state",
            &pre_authorized,
            "invalid_request (issuer_state_unknown)",
        ),
        ("scope", "unknown", "invalid_scope (nothing_asked_for)"),
        ("scope", "", "invalid_scope (nothing_asked_for)"),
        (
            "authorization_details",
            "{}",
            "invalid_authorization_details (details_malformed)",
        ),
        (
            "authorization_details",
            "[]",
            "invalid_authorization_details (details_malformed)",
        ),
        (
            "authorization_details",
            &other_type,
            "invalid_authorization_details (details_malformed)",
        ),
        (
            "authorization_details",
            &elsewhere,
            "invalid_authorization_details (details_malformed)",
        ),
        (
            "authorization_details",
            &unknown,
            "invalid_authorization_details (details_unknown_configuration)",
        ),
    ] {
        let answer = push(&world, &with(parameters(None), name, value)).await;
        assert_eq!(answer.shown(), format!("400 {expected}"), "{name}={value}");
    }
}

#[tokio::test]
async fn c18_an_answer_goes_to_https_to_this_machine_or_to_an_app() {
    let world = World::new().await;
    for (address, status) in [
        ("https://wallet.example/callback?a=b", 201),
        ("http://127.0.0.1:49152/callback", 201),
        ("http://[::1]:49152/", 201),
        ("com.example.wallet:/callback", 201),
        ("http://wallet.example/callback", 400),
        ("http://localhost:49152/callback", 400),
        ("https://wallet.example/callback#fragment", 400),
        ("https://user@wallet.example/", 400),
        ("https://wallet.example;sandbox/", 400),
        ("https://wallet,example/", 400),
        ("javascript:alert(1)", 400),
        ("data:text/html,x", 400),
        ("wallet:/callback", 400),
        ("/callback", 400),
    ] {
        let answer = push(&world, &with(parameters(None), "redirect_uri", address)).await;
        assert_eq!(answer.status, status, "{address}");
    }
}

#[tokio::test]
async fn c18_a_pushed_request_is_opened_by_its_client_for_ten_minutes() {
    let world = World::new().await;
    let visit = Visit::begin(&world, &parameters(None)).await;
    let uri = visit.request_uri.as_str();
    let changed = format!("{}A", &uri[..uri.len() - 1]);
    for (client, uri) in [
        ("https://other.example", uri),
        (CLIENT, "urn:ietf:params:oauth:request_uri:"),
        (CLIENT, "https://other.example/request"),
        (CLIENT, changed.as_str()),
    ] {
        let page = open(&world, client, uri).await;
        assert_eq!(
            (page.status, page.header("location")),
            (400, ""),
            "{client} {uri}"
        );
        assert!(!page.text.contains("<form"));
    }
    world.clock.advance(TimeDelta::minutes(10));
    assert_eq!(open(&world, CLIENT, uri).await.status, 400);
    assert_eq!(visit.type_code("123456").await.status, 400);
}

#[tokio::test]
async fn c18_a_code_is_for_its_client_address_verifier_and_key() {
    let world = World::new().await;
    let offer = world.offer(DEGREE);
    let visit = Visit::of(&world, &offer).await;
    let code = visit.code(&offer).await;
    let form = visit.token_form(&code);
    for (name, value, expected) in [
        (
            "client_id",
            "https://other.example",
            "invalid_grant (code_other_client)",
        ),
        ("client_id", "", "invalid_grant (code_other_client)"),
        (
            "redirect_uri",
            "com.example.wallet:/other",
            "invalid_grant (code_other_redirect_uri)",
        ),
        (
            "redirect_uri",
            "",
            "invalid_grant (code_other_redirect_uri)",
        ),
        ("code_verifier", "", "invalid_grant (code_other_verifier)"),
        (
            "code_verifier",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "invalid_grant (code_other_verifier)",
        ),
        ("code", "", "invalid_request (code_missing)"),
        ("code", "Y29kZQ", "invalid_grant (code_dead)"),
    ] {
        let answer = visit
            .redeem(&with(form.clone(), name, value), &visit.key)
            .await;
        assert_eq!(answer.shown(), format!("400 {expected}"), "{name}={value}");
    }
    let answer = Answer::to(world.request(Method::POST, "/token").form(&form)).await;
    assert_eq!(answer.shown(), "400 invalid_dpop_proof (dpop_missing)");
    let answer = visit.redeem(&form, &visit.key).await;
    assert_eq!(
        answer.status,
        200,
        "no refused attempt used the code: {}",
        answer.shown()
    );
}

#[tokio::test]
async fn c18_a_code_is_bound_to_the_key_that_was_named_or_shown_when_it_was_asked_for() {
    let world = World::new().await;
    let offer = world.offer(DEGREE);
    let state = issuer_state(&world, &offer).await;
    let (named, other) = (key(), key());
    let jkt = named.public_jwk().thumbprint();
    let wanted = with(parameters(Some(&state)), "dpop_jkt", &jkt);
    let proof = prove(&world, "/par", None, &other).await;
    let request = world.request(Method::POST, "/par").header("dpop", proof);
    let answer = Answer::to(request.form(&wanted)).await;
    assert_eq!(answer.shown(), "400 invalid_dpop_proof (dpop_other_key)");
    let visit = Visit::begin(&world, &wanted).await;
    let code = visit.code(&offer).await;
    let answer = visit.redeem(&visit.token_form(&code), &other).await;
    assert_eq!(answer.shown(), "400 invalid_dpop_proof (dpop_other_key)");
    let answer = visit.redeem(&visit.token_form(&code), &named).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn c18_a_code_lives_sixty_seconds() {
    let world = World::new().await;
    let offer = world.offer(DEGREE);
    let visit = Visit::of(&world, &offer).await;
    let code = visit.code(&offer).await;
    world.clock.advance(TimeDelta::seconds(60));
    let answer = visit.redeem(&visit.token_form(&code), &visit.key).await;
    assert_eq!(answer.shown(), "400 invalid_grant (code_dead)");
}

#[tokio::test]
async fn c05_a_code_that_is_used_again_takes_its_token_along() {
    let world = World::new().await;
    let offer = world.offer(DEGREE);
    let visit = Visit::of(&world, &offer).await;
    let code = visit.code(&offer).await;
    let answer = visit.redeem(&visit.token_form(&code), &visit.key).await;
    let token = answer.body["access_token"].as_str().unwrap().to_owned();
    let answer = visit.redeem(&visit.token_form(&code), &visit.key).await;
    assert_eq!(answer.shown(), "400 invalid_grant (code_dead)");
    let by_id = json!({"credential_configuration_id": "qualification"});
    let answer = visit.collect(&token, by_id).await;
    assert_eq!(answer.shown(), "401 invalid_token (token_refused)");
}

#[tokio::test]
async fn c05_an_offer_is_redeemed_by_one_of_its_two_grants() {
    let world = World::new().await;
    let offer = world.offer(DEGREE);
    let pre_authorized = world.code(&offer).await;
    let (one, other) = (
        Visit::of(&world, &offer).await,
        Visit::of(&world, &offer).await,
    );
    let (first, second) = (one.code(&offer).await, other.code(&offer).await);
    let answer = world
        .redeem(&pre_authorized, offer.tx_code.as_deref())
        .await;
    let token = answer.body["access_token"].as_str().unwrap();
    for (visit, code) in [(&one, &first), (&other, &second)] {
        let answer = visit.redeem(&visit.token_form(code), &visit.key).await;
        assert_eq!(answer.shown(), "400 invalid_grant (code_dead)");
    }
    let answer = world.collect(token, "qualification", &[&key()]).await;
    assert_eq!(answer.status, 200, "another's code takes no token along");
}

#[tokio::test]
async fn c12_who_asked_by_details_names_identifiers_and_nothing_else() {
    let world = World::new().await;
    let offer = world.offer(DEGREE);
    let other = world.offer(DEGREE);
    let state = issuer_state(&world, &offer).await;
    let detail = |id: &str| json!({"type": "openid_credential", "credential_configuration_id": id});
    let details = json!([detail("qualification"), detail("transcript")]).to_string();
    let wanted = with(parameters(Some(&state)), "scope", "");
    let wanted = with(wanted, "authorization_details", &details);
    let visit = Visit::begin(&world, &wanted).await;
    let answer = visit.token(&offer).await;
    let granted = answer.body["authorization_details"].as_array().unwrap();
    assert_eq!(granted.len(), 2);
    assert_eq!(granted[0]["type"], "openid_credential");
    assert_eq!(granted[0]["credential_configuration_id"], "qualification");
    let identifier = granted[0]["credential_identifiers"][0].as_str().unwrap();
    let token = answer.body["access_token"].as_str().unwrap();
    let foreign = identifier.replace(&offer.id.to_string(), &other.id.to_string());
    for (named, expected) in [
        (
            json!({"credential_configuration_id": "qualification"}),
            "invalid_credential_request (identifier_needed)",
        ),
        (
            json!({"credential_configuration_id": "qualification", "credential_identifier": identifier}),
            "invalid_credential_request (request_malformed)",
        ),
        (json!({}), "invalid_credential_request (request_malformed)"),
        (
            json!({"credential_identifier": "qualification"}),
            "unknown_credential_identifier (identifier_unknown)",
        ),
        (
            json!({"credential_identifier": foreign}),
            "unknown_credential_identifier (identifier_unknown)",
        ),
    ] {
        let answer = visit.collect(token, named).await;
        assert_eq!(answer.shown(), format!("400 {expected}"));
    }
    let answer = visit
        .collect(token, json!({"credential_identifier": identifier}))
        .await;
    assert_eq!(world.verified(&answer).len(), 1);
}
