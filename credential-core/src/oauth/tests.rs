use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::{
    client_assertion::{self, AssertionError},
    pkce,
};
use crate::{
    encoding::base64url,
    jose::{
        Es256Key, JwkSet, Signer as _,
        jws::{self, JwsError, KeyReference},
    },
    rng::SystemRng,
};

const CLIENT: &str = "openid_federation:https://lumohoiva.example";
const BROKER: &str = "https://broker.example";

fn noon() -> DateTime<Utc> {
    "2026-05-29T12:00:00Z".parse().unwrap()
}

#[test]
fn challenge_follows_rfc_7636_appendix_b() {
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    assert!(pkce::matches(
        verifier,
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    ));
    assert!(!pkce::matches("short", &pkce::challenge("short")));
}

#[test]
fn assertion_fits_one_client_one_server_and_one_moment() {
    let (key, rng) = (Es256Key::generate().unwrap().0, SystemRng::default());
    let keys = JwkSet {
        keys: vec![key.public_jwk().clone()],
    };
    let signed = client_assertion::sign_for_client(CLIENT, BROKER, noon(), &key, &rng).unwrap();
    let check = |client, keys, audience, at| {
        client_assertion::check_client(&signed, client, keys, audience, at)
            .map(|a| a.subject().to_owned())
    };
    assert_eq!(check(CLIENT, &keys, BROKER, noon()), Ok(CLIENT.into()));
    assert_eq!(
        check("other", &keys, BROKER, noon()),
        Err(AssertionError::OtherClient)
    );
    let token_endpoint = "https://broker.example/token";
    assert_eq!(
        check(CLIENT, &keys, token_endpoint, noon()),
        Err(AssertionError::OtherAudience)
    );
    let later = noon() + TimeDelta::seconds(61);
    assert_eq!(
        check(CLIENT, &keys, BROKER, later),
        Err(AssertionError::NotOfThisMoment)
    );
    let stranger = Es256Key::generate().unwrap().0;
    let foreign = JwkSet {
        keys: vec![stranger.public_jwk().clone()],
    };
    assert_eq!(
        check(CLIENT, &foreign, BROKER, noon()),
        Err(AssertionError::UnknownKey)
    );
}

#[test]
fn an_array_as_audience_is_refused() {
    let key = Es256Key::generate().unwrap().0;
    let keys = JwkSet {
        keys: vec![key.public_jwk().clone()],
    };
    let claims = json!({"iss": CLIENT, "sub": CLIENT, "aud": [BROKER], "jti": "1",
        "iat": noon().timestamp(), "exp": noon().timestamp() + 60});
    let signed = jws::sign(
        client_assertion::CLIENT_TYP,
        &claims,
        &key,
        KeyReference::Kid,
    )
    .unwrap();
    assert_eq!(
        client_assertion::check_client(&signed, CLIENT, &keys, BROKER, noon()),
        Err(AssertionError::Jws(JwsError::WrongContent))
    );
}

#[test]
fn an_assertion_without_a_type_of_its_own_is_taken_and_one_of_another_type_is_not() {
    let key = Es256Key::generate().unwrap().0;
    let keys = JwkSet {
        keys: vec![key.public_jwk().clone()],
    };
    let claims = json!({"iss": CLIENT, "sub": CLIENT, "aud": BROKER, "jti": "1",
        "iat": noon().timestamp(), "exp": noon().timestamp() + 60});
    let check = |typ: Option<&str>| {
        let mut header = json!({"alg": "ES256", "kid": key.public_jwk().kid});
        header
            .as_object_mut()
            .unwrap()
            .extend(typ.map(|typ| ("typ".into(), typ.into())));
        let input = format!(
            "{}.{}",
            base64url(header.to_string()),
            base64url(claims.to_string())
        );
        let signature = base64url(key.sign(input.as_bytes()).unwrap());
        let signed = format!("{input}.{signature}");
        client_assertion::check_client(&signed, CLIENT, &keys, BROKER, noon()).map(drop)
    };
    for typ in [None, Some("JWT"), Some(client_assertion::CLIENT_TYP)] {
        assert_eq!(check(typ), Ok(()), "{typ:?}");
    }
    for typ in [
        client_assertion::WALLET_TYP,
        "oauth-authz-req+jwt",
        "dpop+jwt",
        "",
    ] {
        let refused = Err(AssertionError::Jws(JwsError::WrongType));
        assert_eq!(check(Some(typ)), refused, "{typ}");
    }
}

#[test]
fn a_wallets_assertion_names_its_own_key_as_account() {
    let (key, rng) = (Es256Key::generate().unwrap().0, SystemRng::default());
    let signed = client_assertion::sign_for_wallet(BROKER, noon(), &key, &rng).unwrap();
    let (assertion, jwk) = client_assertion::check_wallet(&signed, BROKER, noon()).unwrap();
    assert_eq!(assertion.subject(), jwk.thumbprint());
    assert_eq!(jwk, key.public_jwk().bare());
}

#[test]
fn r14_an_assertion_that_begins_later_is_refused_and_eight_seconds_ahead_is_not() {
    let key = Es256Key::generate().unwrap().0;
    let keys = JwkSet {
        keys: vec![key.public_jwk().clone()],
    };
    let now = noon().timestamp();
    let check = |iat: i64, nbf: Option<i64>| {
        let claims = json!({"iss": CLIENT, "sub": CLIENT, "aud": BROKER, "jti": "1", "iat": iat,
            "nbf": nbf, "exp": now + 120});
        let typ = client_assertion::CLIENT_TYP;
        let signed = jws::sign(typ, &claims, &key, KeyReference::Kid).unwrap();
        client_assertion::check_client(&signed, CLIENT, &keys, BROKER, noon()).map(drop)
    };
    assert_eq!(check(now + 8, Some(now + 8)), Ok(()));
    assert_eq!(check(now, None), Ok(()));
    for (iat, nbf) in [(now, now + 61), (now + 61, now), (now, i64::MAX)] {
        let refused = check(iat, Some(nbf));
        assert_eq!(refused, Err(AssertionError::NotOfThisMoment), "{iat} {nbf}");
    }
}
