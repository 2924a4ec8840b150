//! didkit 0.6 beside our own code: identifiers of our keys, credentials both ways, and the one
//! habit of its JWS verification that our code must not share.
//!
//! Everything stays on this machine: `did:key` and `did:jwk` are resolved from their own text.

use std::sync::LazyLock;

use credential_core::{
    dcql::ClaimPath,
    encoding::{base64url, from_base64url},
    jose::{
        Es256Key, Jwk, Signer as _, VerifyingKey,
        jws::{JwsError, Unverified},
    },
    rng::SystemRng,
    sd_jwt::{Issuance, KeyBindingRequest, SdJwt, issue, present},
};
use didkit::{
    ContextLoader, DID_METHODS, JWK, LinkedDataProofOptions, Source, VerifiableCredential,
    resolve_key, ssi,
};
use serde_json::{Value, json};

static ISSUER: LazyLock<Es256Key> = LazyLock::new(|| Es256Key::generate().unwrap().0);
static HOLDER: LazyLock<Es256Key> = LazyLock::new(|| Es256Key::generate().unwrap().0);

/// `did:jwk` of one of our public keys, as the method says: base64url of the JWK's text.
fn did_jwk(jwk: &Jwk) -> String {
    let bare = serde_json::to_vec(&jwk.bare()).unwrap();
    format!("did:jwk:{}", base64url(bare))
}

/// The same key in didkit's type.
fn theirs(jwk: &Jwk) -> JWK {
    serde_json::from_value(serde_json::to_value(jwk.bare()).unwrap()).unwrap()
}

/// The public half of a key of theirs in our type.
fn ours(jwk: &JWK) -> Jwk {
    let mut value = serde_json::to_value(jwk.to_public()).unwrap();
    value.as_object_mut().unwrap().remove("kid");
    serde_json::from_value(value).unwrap()
}

/// A VCDM 1.1 credential about an invented person, as the payload of a VC-JWT.
fn vc_jwt_claims(issuer: &str) -> Value {
    json!({
        "iss": issuer,
        "sub": "did:example:aino",
        "nbf": 1_780_000_000,
        "vc": {
            "@context": ["https://www.w3.org/2018/credentials/v1"],
            "type": ["VerifiableCredential"],
            "credentialSubject": { "id": "did:example:aino" }
        }
    })
}

/// Our key's VC-JWT, its `kid` naming the verification method of the `did:jwk`.
fn our_vc_jwt() -> String {
    let did = did_jwk(ISSUER.public_jwk());
    let header = json!({"alg": "ES256", "typ": "JWT", "kid": format!("{did}#0")}).to_string();
    let claims = vc_jwt_claims(&did).to_string();
    let input = format!("{}.{}", base64url(header), base64url(claims));
    let signature = ISSUER.sign(input.as_bytes()).unwrap();
    format!("{input}.{}", base64url(signature))
}

async fn verify_with_didkit(jwt: &str) -> Vec<String> {
    let resolver = DID_METHODS.to_resolver();
    VerifiableCredential::verify_jwt(jwt, None, resolver, &mut ContextLoader::default())
        .await
        .errors
}

#[tokio::test]
async fn didkit_resolves_our_key_from_its_did_jwk() {
    let jwk = ISSUER.public_jwk();
    let method = format!("{}#0", did_jwk(jwk));
    let resolved = resolve_key(&method, DID_METHODS.to_resolver())
        .await
        .unwrap();
    assert_eq!(ours(&resolved).thumbprint(), jwk.thumbprint());
}

#[tokio::test]
async fn didkit_writes_and_resolves_our_key_as_did_key() {
    let jwk = ISSUER.public_jwk();
    let did = DID_METHODS
        .generate(&Source::KeyAndPattern(&theirs(jwk), "key"))
        .unwrap();
    assert!(did.starts_with("did:key:zDn"), "{did}");
    let method = format!("{did}#{}", did.trim_start_matches("did:key:"));
    let resolved = resolve_key(&method, DID_METHODS.to_resolver())
        .await
        .unwrap();
    assert_eq!(ours(&resolved).thumbprint(), jwk.thumbprint());
}

#[test]
fn both_compute_the_same_thumbprint() {
    for jwk in [ISSUER.public_jwk(), HOLDER.public_jwk()] {
        assert_eq!(theirs(jwk).thumbprint().unwrap(), jwk.thumbprint());
    }
}

#[tokio::test]
async fn didkit_verifies_a_vc_jwt_that_our_key_signed() {
    assert_eq!(
        verify_with_didkit(&our_vc_jwt()).await,
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn didkit_refuses_our_vc_jwt_after_one_changed_octet() {
    let jwt = our_vc_jwt();
    let (input, signature) = jwt.rsplit_once('.').unwrap();
    let mut octets = from_base64url(signature).unwrap();
    octets[40] ^= 1;
    let errors = verify_with_didkit(&format!("{input}.{}", base64url(octets))).await;
    assert!(!errors.is_empty());
}

#[tokio::test]
async fn our_code_verifies_a_vc_jwt_that_didkit_issued() {
    for mut key in [
        JWK::generate_p256().unwrap(),
        JWK::generate_ed25519().unwrap(),
    ] {
        let did = DID_METHODS
            .generate(&Source::KeyAndPattern(&key, "key"))
            .unwrap();
        key.key_id = Some(format!("{did}#{}", did.trim_start_matches("did:key:")));
        let credential: VerifiableCredential = serde_json::from_value(json!({
            "@context": ["https://www.w3.org/2018/credentials/v1"],
            "type": ["VerifiableCredential"],
            "issuer": did,
            "issuanceDate": "2026-05-29T12:00:00Z",
            "credentialSubject": { "id": "did:example:aino" }
        }))
        .unwrap();
        // didkit fills in two options by default that it then refuses for a JWT.
        let options = LinkedDataProofOptions {
            checks: None,
            created: None,
            ..LinkedDataProofOptions::default()
        };
        let jwt = credential
            .generate_jwt(Some(&key), &options, DID_METHODS.to_resolver())
            .await
            .unwrap();

        let our_key = VerifyingKey::try_from(&ours(&key)).unwrap();
        // didkit writes no `typ`; our compact reader insists on one, so the parts are checked here.
        assert_eq!(
            Unverified::parse(&jwt, "JWT").unwrap_err(),
            JwsError::WrongType
        );
        let (input, signature) = jwt.rsplit_once('.').unwrap();
        assert!(our_key.verify(input.as_bytes(), &from_base64url(signature).unwrap()));
    }
}

#[test]
fn didkit_verifies_both_signatures_of_our_sd_jwt_presentation() {
    let claims = json!({"title": "Lähihoitaja", "credits": 180});
    let issuance = Issuance {
        issuer: "https://issuer.example",
        vct: "https://types.example/qualification/1",
        vct_integrity: None,
        issued_at: "2026-05-29T12:00:00Z".parse().unwrap(),
        expires_at: None,
        status: None,
        holder: HOLDER.public_jwk(),
        claims: claims.as_object().unwrap(),
        disclosable: &[ClaimPath::claim("title"), ClaimPath::claim("credits")],
    };
    let issued = issue(&issuance, &*ISSUER, &SystemRng::default()).unwrap();
    let key = VerifyingKey::try_from(ISSUER.public_jwk()).unwrap();
    let held = SdJwt::parse(issued.as_str()).unwrap().verify(&key).unwrap();
    let binding = KeyBindingRequest {
        audience: "openid_federation:https://recipient.example",
        nonce: "n-0S6_WzA2Mj",
        issued_at: "2026-05-29T12:00:00Z".parse().unwrap(),
    };
    let presented = present(&held, &[ClaimPath::claim("title")], &binding, &*HOLDER).unwrap();
    let (credential, key_binding) = (
        presented.split('~').next().unwrap(),
        presented.rsplit('~').next().unwrap(),
    );
    let (_, payload) = ssi::jws::decode_verify(credential, &theirs(ISSUER.public_jwk())).unwrap();
    assert!(!String::from_utf8(payload).unwrap().contains("Lähihoitaja"));
    ssi::jws::decode_verify(key_binding, &theirs(HOLDER.public_jwk())).unwrap();
    ssi::jws::decode_verify(key_binding, &theirs(ISSUER.public_jwk())).unwrap_err();
}

/// Why didkit judges nothing in the product: the header chooses what the key should decide.
#[test]
fn didkit_accepts_an_ed25519_signature_under_an_hs256_header_and_we_do_not() {
    let key = JWK::generate_ed25519().unwrap();
    let header = base64url(r#"{"alg":"HS256","typ":"JWT"}"#);
    let input = format!("{header}.{}", base64url("{}"));
    let signature = ssi::jws::sign_bytes(ssi::jwk::Algorithm::EdDSA, input.as_bytes(), &key);
    let jwt = format!("{input}.{}", base64url(signature.unwrap()));
    let mut public = key.to_public();
    public.algorithm = None;
    ssi::jws::decode_verify(&jwt, &public).unwrap();

    let our_key = VerifyingKey::try_from(&ours(&key)).unwrap();
    let refused = Unverified::parse(&jwt, "JWT")
        .unwrap()
        .verify_bytes(&our_key);
    assert_eq!(refused, Err(JwsError::AlgorithmMismatch));
}
