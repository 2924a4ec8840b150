//! One test for each module name of the OpenID Foundation's conformance suite for authorization
//! servers by the FAPI 2.0 Security Profile (Final). They are our own, written after the names; the
//! suite was not run. `docs/conformance.md` says what each shows, and where the broker differs and
//! why.

mod answers;
mod binding;
mod dpop;
mod parameters;
mod pushing;
mod request_objects;
mod token;

use credential_core::{
    consent::request::{self, RequestObject},
    encoding::{base64url, sha256_base64url},
    jose::{Es256Key, Signer as _, jws::Unverified},
    oauth::client_assertion,
    rng::{SystemRng, random},
};
use serde_json::{Value, json};

use super::support::{
    Answer, Grant, World,
    forging::{header, jws, with},
    people::REDIRECT,
};

/// Why a request without a proof is refused, or with two.
const NOT_ONE: &str = "invalid_dpop_proof dpop_not_exactly_one";

/// The claims of a request object that would be accepted, with these members beside or in place of
/// its own; null takes one away.
fn claims(world: &World, edits: &Value) -> Value {
    let details = world.recipient.details();
    let object = world.recipient.object(&world.origin, details);
    edited(&serde_json::to_value(object).unwrap(), edits)
}

fn edited(claims: &Value, edits: &Value) -> Value {
    let mut claims = claims.clone();
    for (name, value) in edits.as_object().unwrap() {
        claims = with(&claims, name, (!value.is_null()).then(|| value.clone()));
    }
    claims
}

/// The request object as the recipient signs it.
fn signed(world: &World, claims: &Value) -> String {
    let key = &world.recipient.signing;
    jws(&header(request::TYP, key), claims, key)
}

/// What becomes of a request with these edits: `201`, or status, error and reason.
async fn push_edited(world: &World, edits: &Value) -> String {
    outcome(&world.push(&signed(world, &claims(world, edits))).await)
}

fn outcome(answer: &Answer) -> String {
    match answer.status {
        200 | 201 => answer.status.to_string(),
        _ => answer.refusal(),
    }
}

/// Authenticates as the recipient, with this proof or none.
async fn send(world: &World, path: &str, form: &[(&str, &str)], proof: Option<&str>) -> Answer {
    let assertion = world.recipient.assertion(&world.origin, world.now());
    send_with(world, path, form, &assertion, proof).await
}

async fn send_with(
    world: &World,
    path: &str,
    form: &[(&str, &str)],
    assertion: &str,
    proof: Option<&str>,
) -> Answer {
    let mut form = form.to_vec();
    form.push(("client_assertion_type", client_assertion::TYPE));
    form.push(("client_assertion", assertion));
    let headers: Vec<_> = proof.map(|proof| ("dpop", proof)).into_iter().collect();
    world.post_form(path, &form, &headers).await
}

/// A proof for this method and path by this key, with these members beside or in place of its own.
fn proof_with(
    world: &World,
    key: &Es256Key,
    (method, path): (&str, &str),
    token: Option<&str>,
    edits: &Value,
) -> String {
    let jwk = key.public_jwk().bare();
    let id = base64url(random::<16>(&SystemRng::default()).unwrap());
    let claims = json!({ "jti": id, "htm": method, "htu": world.url(path),
        "iat": world.now().timestamp(), "nonce": world.nonce() });
    let claims = with(&claims, "ath", token.map(|it| json!(sha256_base64url(it))));
    let header = json!({ "alg": "ES256", "typ": "dpop+jwt", "jwk": jwk });
    jws(&header, &edited(&claims, edits), key)
}

/// A person approves what was pushed; gives the parameters at the recipient's address.
async fn approved(world: &World, request: &str, pushed: &Answer) -> (Grant, Value) {
    let uri = pushed.text("request_uri");
    let parsed = Unverified::parse(request, request::TYP).unwrap();
    let object: RequestObject = parsed.untrusted_payload().unwrap();
    let [details] = object.authorization_details.try_into().unwrap();
    let grant = world.approve(request, &uri, details).await;
    let url = grant.answer["complete_url"].as_str().unwrap();
    let back = world.complete(url, &grant.cookie).await.unwrap();
    (grant, back)
}

/// From the claims to the person's approval and the code.
async fn code_for(world: &World, claims: &Value) -> (Grant, String) {
    let request = signed(world, claims);
    let pushed = world.push(&request).await;
    let (grant, back) = approved(world, &request, &pushed).await;
    (grant, back["code"].as_str().unwrap().into())
}

/// The form that redeems a code, with the verifier that belongs to it.
fn redemption<'f>(code: &'f str, verifier: &'f str) -> [(&'f str, &'f str); 4] {
    [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", verifier),
    ]
}

/// Pushes with this proof, or none.
async fn push(world: &World, request: &str, proof: Option<&str>) -> Answer {
    send(world, "/par", &[("request", request)], proof).await
}

/// Redeems with this proof, or none.
async fn redeem(world: &World, code: &str, proof: Option<&str>) -> Answer {
    let verifier = world.verifier(code);
    send(world, "/token", &redemption(code, &verifier), proof).await
}

/// From now on the other recipient acts.
fn switch(world: &mut World) {
    std::mem::swap(&mut world.recipient, &mut world.other);
}

/// The names of an object's members, in order.
fn members(value: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    names
}
