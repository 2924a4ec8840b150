//! What the server says about itself.

use credential_core::{
    credential::CredentialType,
    encoding::sha256,
    network::{Network, Refused},
    oid4vci::metadata::{CredentialIssuer, well_known},
    text::Text,
};
use reqwest::Method;
use serde_json::Value;

use super::world::{Answer, World, http};
use crate::server::{
    Profile, ProfileError,
    answer::{Refusal, off_the_loop},
};

const ISSUER: &str = "/.well-known/openid-credential-issuer";
const SERVER: &str = "/.well-known/oauth-authorization-server";

#[tokio::test]
async fn c01_metadata_is_inserted_before_the_issuers_path_and_not_appended() {
    let world = World::at("/opisto/issuer").await;
    for path in [ISSUER, SERVER] {
        let address = well_known(&world.identifier, path).unwrap();
        assert!(
            address.ends_with(&format!("{path}/opisto/issuer")),
            "{address}"
        );
        let answer = Answer::to(http().get(address)).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), "application/json");
        let appended = world.get(path).await;
        assert_eq!(appended.shown(), "404 invalid_request (not_found)");
    }
}

#[tokio::test]
async fn c02_metadata_names_the_identifier_and_endpoints_below_it() {
    let world = World::at("/opisto").await;
    let address = well_known(&world.identifier, ISSUER).unwrap();
    let answer = Answer::to(http().get(address)).await;
    let metadata: CredentialIssuer = serde_json::from_value(answer.body).unwrap();
    let at = |path: &str| format!("{}{path}", world.identifier);
    assert_eq!(metadata.credential_issuer, world.identifier);
    assert_eq!(metadata.credential_endpoint, at("/credential"));
    assert_eq!(metadata.nonce_endpoint, at("/nonce"));
    let address = well_known(&world.identifier, SERVER).unwrap();
    let server = Answer::to(http().get(address)).await.body;
    assert_eq!(server["issuer"], world.identifier);
    assert_eq!(server["token_endpoint"], at("/token"));
    assert_eq!(
        server["pre-authorized_grant_anonymous_access_supported"],
        true
    );
}

#[test]
fn c02_an_identifier_that_others_would_read_differently_is_refused() {
    let name = Text::new("Opisto", "Institutet", "College");
    let tried = |identifier| Profile::new(identifier, name.clone(), Network::Public).map(drop);
    assert_eq!(tried("https://opisto.example"), Ok(()));
    assert_eq!(tried("https://opisto.example/issuer"), Ok(()));
    for identifier in [
        "https://opisto.example/",
        "https://opisto.example/issuer/",
        "https://opisto.example?a=b",
        "https://opisto.example#a",
        "https://OPISTO.example",
        "https://opisto.example:443",
        "https://opisto.example/a//b",
        "https://opisto.example/{id}",
        "https://opisto.example/.well-known/x",
    ] {
        assert_eq!(
            tried(identifier),
            Err(ProfileError::NotPlain),
            "{identifier}"
        );
    }
    for (identifier, why) in [
        ("http://opisto.example", Refused::NotHttps),
        ("https://127.0.0.1", Refused::PrivateAddress),
        ("https://a:b@opisto.example", Refused::NotAPlainUrl),
        ("opisto", Refused::NotAPlainUrl),
    ] {
        assert_eq!(
            tried(identifier),
            Err(ProfileError::Address(why)),
            "{identifier}"
        );
    }
    let nameless = Profile::new("https://opisto.example", Text::default(), Network::Public);
    assert_eq!(nameless, Err(ProfileError::NoName));
}

#[tokio::test]
async fn absent_members_of_metadata_are_omitted_and_never_null() {
    let world = World::new().await;
    for path in [ISSUER, SERVER, "/jwks"] {
        let text = world.get(path).await.text;
        assert!(!text.contains("null") && !text.contains("[]"), "{text}");
    }
}

#[tokio::test]
async fn every_type_is_announced_with_its_names_and_proof_algorithms() {
    let world = World::new().await;
    let configurations = world.get(ISSUER).await.body["credential_configurations_supported"].take();
    assert_eq!(
        configurations.as_object().unwrap().len(),
        CredentialType::ALL.len()
    );
    let qualification = &configurations["qualification"];
    assert_eq!(qualification["format"], "dc+sd-jwt");
    assert_eq!(qualification["vct"], CredentialType::Qualification.vct());
    assert_eq!(
        qualification["proof_types_supported"]["jwt"]["proof_signing_alg_values_supported"],
        serde_json::json!(["ES256", "EdDSA", "Ed25519"])
    );
    assert_eq!(
        qualification["credential_metadata"]["display"],
        serde_json::json!([
            {"name": "Tutkinto", "locale": "fi"},
            {"name": "Examen", "locale": "sv"},
            {"name": "Qualification", "locale": "en"}
        ])
    );
}

#[tokio::test]
async fn published_key_has_an_id_and_no_private_part() {
    let world = World::new().await;
    let jwks = world.get("/jwks").await.body;
    let key = jwks["keys"][0].as_object().unwrap();
    let mut members: Vec<_> = key.keys().map(String::as_str).collect();
    members.sort_unstable();
    assert_eq!(members, ["crv", "kid", "kty", "use", "x", "y"]);
}

#[tokio::test]
async fn type_metadata_is_what_the_credentials_integrity_covers() {
    use base64_of_sri as encoded;
    let world = World::new().await;
    let credential = world.qualification().await;
    let path = credential
        .vct()
        .strip_prefix("https://types.osaamislompakko.example")
        .unwrap();
    let answer = world.get(&format!("/types{path}")).await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        credential.vct_integrity(),
        Some(encoded(&answer.text).as_str())
    );
    for kind in CredentialType::ALL {
        let path = kind
            .vct()
            .strip_prefix("https://types.osaamislompakko.example");
        let answer = world.get(&format!("/types{}", path.unwrap())).await;
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.text.as_bytes(), kind.type_metadata(), "{kind}");
        assert_eq!(encoded(&answer.text), kind.integrity(), "{kind}");
    }
    for unknown in ["/types/qualification/2", "/types/nothing/1"] {
        let answer = world.get(unknown).await;
        assert_eq!(answer.shown(), "404 invalid_request (not_found)");
    }
}

/// `sha256-` and base64 with padding (W3C Subresource Integrity 3.1), computed here from scratch.
fn base64_of_sri(document: &str) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let hash = sha256(document);
    let mut text = String::from("sha256-");
    for three in hash.chunks(3) {
        let octet = |at: usize| u32::from(three.get(at).copied().unwrap_or(0));
        let bits = octet(0) << 16 | octet(1) << 8 | octet(2);
        for place in 0..4 {
            let six = (bits >> (18 - 6 * place)) & 63;
            let padding = place > three.len() as u32;
            text.push(if padding {
                '='
            } else {
                ALPHABET[six as usize].into()
            });
        }
    }
    text
}

#[tokio::test]
async fn health_says_that_the_registry_answers() {
    let answer = World::new().await.get("/health").await;
    assert_eq!(
        (answer.status, answer.text.as_str()),
        (200, r#"{"status":"ok"}"#)
    );
}

#[tokio::test]
async fn unknown_addresses_and_methods_get_json_too() {
    let world = World::new().await;
    assert_eq!(
        world.get("/nothing").await.shown(),
        "404 invalid_request (not_found)"
    );
    for (method, path) in [
        (Method::GET, "/token"),
        (Method::GET, "/nonce"),
        (Method::PUT, "/credential"),
        (Method::POST, "/status/1"),
    ] {
        let answer = Answer::to(world.request(method, path)).await;
        assert_eq!(
            answer.shown(),
            "405 invalid_request (method_not_allowed)",
            "{path}"
        );
        assert_ne!(answer.body["error_description"], Value::Null);
    }
}

#[tokio::test]
async fn a_store_that_fails_is_a_503_in_json_that_says_nothing_of_it() {
    let world = World::new().await;
    let offer = world.offer(&[CredentialType::Qualification]);
    let key = [b"o".as_slice(), offer.id.as_bytes()].concat();
    world.state.registry().tamper(key, Some(vec![1; 60]));
    let answer = world.get(&format!("/offers/{}", offer.id)).await;
    assert_eq!(
        answer.shown(),
        "503 temporarily_unavailable (issuer_unavailable)"
    );
    assert!(!answer.text.contains("damaged"), "{}", answer.text);
}

#[tokio::test]
async fn work_that_panics_is_answered_and_the_server_goes_on() {
    let world = World::new().await;
    let panicking = |_: &crate::server::IssuerState| -> Result<(), crate::server::RegistryError> {
        panic!("a fault in this program")
    };
    let answer = off_the_loop(world.state.clone(), panicking).await;
    assert_eq!(answer, Err(Refusal::FAULT));
    assert_eq!(world.get("/health").await.status, 200);
}
