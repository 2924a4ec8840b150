//! Proofs of possession and assertions: DPoP, `private_key_jwt`, the wallet's own, OpenID4VCI key proof.

use chrono::TimeDelta;
use credential_core::{
    jose::{JwkSet, Signer as _, dpop},
    oauth::client_assertion::{self, CLIENT_TYP, WALLET_TYP},
    oid4vci::proof,
};
use serde_json::json;

use crate::{
    parties::{BROKER, CLIENT, ISSUER, noon, parties},
    written::{self, lines, seed},
};

const TARGET: &str = "https://broker.example/par";
const TOKEN: &str = "an-access-token";

/// A kind, a header and claims; signed, then checked as that kind.
pub fn run(data: &[u8]) -> bool {
    let Some([kind, header, claims]) = lines(data) else {
        return false;
    };
    let compact = written::compact(header, claims, &parties().recipient);
    match kind {
        b"dpop" => dpop_proof(&compact, None),
        b"dpop-token" => dpop_proof(&compact, Some(TOKEN)),
        b"client" => client(&compact),
        b"wallet" => wallet(&compact),
        b"key" => key_proof(&compact),
        _ => false,
    }
}

fn dpop_proof(compact: &str, token: Option<&str>) -> bool {
    let check = |method, uri, token, now| dpop::check(compact, method, uri, token, now);
    let Ok(proof) = check("POST", TARGET, token, noon()) else {
        return false;
    };
    let own = parties().recipient.public_jwk().thumbprint();
    assert_eq!(proof.thumbprint(), own);
    assert!((1..=128).contains(&proof.id().len()));
    let kept = proof.remember_until() - noon();
    assert!(
        kept >= TimeDelta::zero() && kept <= TimeDelta::seconds(80),
        "{kept}"
    );
    let hour = TimeDelta::hours(1);
    assert!(check("GET", TARGET, token, noon()).is_err());
    assert!(check("POST", "https://broker.example/token", token, noon()).is_err());
    assert!(check("POST", TARGET, Some("another"), noon()).is_err());
    assert!(check("POST", TARGET, token, noon() + hour).is_err());
    assert!(check("POST", TARGET, token, noon() - hour).is_err());
    true
}

fn client(compact: &str) -> bool {
    let set = |key: &crate::keys::Key| JwkSet {
        keys: vec![key.public_jwk().clone()],
    };
    let own = set(&parties().recipient);
    let check = |keys: &JwkSet, audience: &str, now| {
        client_assertion::check_client(compact, CLIENT, keys, audience, now)
    };
    let Ok(assertion) = check(&own, BROKER, noon()) else {
        return false;
    };
    assert_eq!(assertion.subject(), CLIENT);
    assert!((1..=128).contains(&assertion.id().len()));
    assert!(assertion.remember_until() > noon());
    assert!(assertion.remember_until() <= noon() + TimeDelta::minutes(6));
    let claimed = client_assertion::claimed_client(compact);
    assert_eq!(claimed.as_deref(), Ok(CLIENT));
    assert!(check(&set(&parties().stranger), BROKER, noon()).is_err());
    assert!(check(&own, "https://other.example", noon()).is_err());
    assert!(check(&own, BROKER, noon() + TimeDelta::hours(1)).is_err());
    true
}

fn wallet(compact: &str) -> bool {
    let Ok((assertion, jwk)) = client_assertion::check_wallet(compact, BROKER, noon()) else {
        return false;
    };
    assert_eq!(assertion.subject(), jwk.thumbprint());
    assert_eq!(
        jwk.thumbprint(),
        parties().recipient.public_jwk().thumbprint()
    );
    assert!(client_assertion::check_wallet(compact, ISSUER, noon()).is_err());
    true
}

fn key_proof(compact: &str) -> bool {
    let Ok(checked) = proof::check(compact, ISSUER, noon()) else {
        return false;
    };
    let own = parties().recipient.public_jwk().thumbprint();
    assert_eq!(checked.key().thumbprint(), own);
    assert!(proof::check(compact, BROKER, noon()).is_err());
    assert!(proof::check(compact, ISSUER, noon() + TimeDelta::hours(1)).is_err());
    true
}

/// One of each kind.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let key = &parties().recipient;
    let now = noon().timestamp();
    let by_kid = written::header(CLIENT_TYP, key);
    let with_key = |typ| written::embedding_header(typ, key);
    let ath = credential_core::encoding::sha256_base64url(TOKEN);
    let dpop = json!({"jti": "1", "htm": "POST", "htu": TARGET, "iat": now});
    let bound = json!({"jti": "1", "htm": "POST", "htu": TARGET, "iat": now, "ath": ath});
    let assertion = |subject: &str| {
        json!({"iss": subject, "sub": subject, "aud": BROKER, "jti": "1", "iat": now,
            "nbf": now, "exp": now + 60})
        .to_string()
    };
    let key_proof = json!({"aud": ISSUER, "iat": now, "nonce": "n-1"});
    let account = key.public_jwk().thumbprint();
    vec![
        (
            "accepted-dpop",
            seed(&["dpop", &with_key(dpop::TYP), &dpop.to_string()]),
        ),
        (
            "accepted-dpop-token",
            seed(&["dpop-token", &with_key(dpop::TYP), &bound.to_string()]),
        ),
        (
            "accepted-client",
            seed(&["client", &by_kid, &assertion(CLIENT)]),
        ),
        (
            "accepted-wallet",
            seed(&["wallet", &with_key(WALLET_TYP), &assertion(&account)]),
        ),
        (
            "accepted-key",
            seed(&["key", &with_key(proof::TYP), &key_proof.to_string()]),
        ),
        (
            "refused-dpop-unbound",
            seed(&["dpop-token", &with_key(dpop::TYP), &dpop.to_string()]),
        ),
        (
            "refused-client-endless",
            seed(&[
                "client",
                &by_kid,
                &assertion(CLIENT).replace(&(now + 60).to_string(), "9223372036854775807"),
            ]),
        ),
    ]
}
