//! What both sides are asked to judge; every person in it is invented.

use std::sync::LazyLock;

use credential_core::{
    dcql::{ClaimPath, Step},
    encoding::{base64url, sha256_base64url},
    jose::{
        Es256Key, Signer as _, VerifyingKey,
        jws::{self, KeyReference},
    },
    rng::SystemRng,
    sd_jwt::{
        Issuance, KeyBindingRequest, SdJwt, SdJwtError, StatusReference, TYP, VerifiedSdJwt, issue,
        present,
    },
};
use serde_json::{Map, Value, json};
use ssi::{
    JWK,
    claims::{VerificationParameters, sd_jwt::SdJwtBuf},
};

pub(super) static ISSUER: LazyLock<Es256Key> = LazyLock::new(|| Es256Key::generate().unwrap().0);
pub(super) static HOLDER: LazyLock<Es256Key> = LazyLock::new(|| Es256Key::generate().unwrap().0);
pub(super) const REGISTERED: [&str; 6] = ["iss", "iat", "exp", "vct", "cnf", "status"];

pub(super) fn claims() -> Map<String, Value> {
    let claims = json!({
        "family_name": "Esimerkki", "title": {"fi": "Lähihoitaja", "sv": "Närvårdare"}, "credits": 180,
        "skills": ["first aid", "nursing", "\"quoted\" \\ and 😀"], "largest": 9_007_199_254_740_991_i64,
    });
    serde_json::from_value(claims).unwrap()
}

pub(super) fn name(name: &str) -> ClaimPath {
    ClaimPath::claim(name)
}

pub(super) fn issuance<'a>(
    claims: &'a Map<String, Value>,
    disclosable: &'a [ClaimPath],
) -> Issuance<'a> {
    Issuance {
        issuer: "https://issuer.example",
        vct: "https://types.example/qualification/1",
        vct_integrity: None,
        issued_at: "2026-05-29T12:00:00Z".parse().unwrap(),
        expires_at: None,
        status: None,
        holder: HOLDER.public_jwk(),
        claims,
        disclosable,
    }
}

/// A credential as we issue it: plain, nested, array and recursive disclosures.
pub(super) fn issued() -> String {
    let claims = claims();
    let disclosable = [
        name("family_name"),
        name("title"),
        name("title").then(Step::Name("sv".into())),
        name("skills").then(Step::Index(1)),
        name("largest"),
    ];
    let status = StatusReference {
        uri: "https://issuer.example/status/1".into(),
        idx: 42,
    };
    let issuance = Issuance {
        expires_at: Some("2999-01-01T00:00:00Z".parse().unwrap()),
        status: Some(&status),
        ..issuance(&claims, &disclosable)
    };
    issue(&issuance, &*ISSUER, &SystemRng::default())
        .unwrap()
        .into_string()
}

pub(super) fn presented(disclose: &[ClaimPath]) -> String {
    let request = KeyBindingRequest {
        audience: "openid_federation:https://recipient.example",
        nonce: "n-0S6_WzA2Mj",
        issued_at: "2026-05-29T12:00:00Z".parse().unwrap(),
    };
    present(&ours(&issued()).unwrap(), disclose, &request, &*HOLDER).unwrap()
}

/// What we say of a credential.
pub(super) fn ours(text: &str) -> Result<VerifiedSdJwt, SdJwtError> {
    SdJwt::parse(text)?.verify(&VerifyingKey::try_from(ISSUER.public_jwk()).unwrap())
}

/// What `ssi` says of it: the claims when it accepts, none when it refuses for whatever reason.
pub(super) async fn theirs(text: &str) -> Option<Value> {
    let jwk: JWK = serde_json::from_value(json!(ISSUER.public_jwk())).unwrap();
    let params = VerificationParameters::from_resolver(jwk);
    let sd_jwt = SdJwtBuf::new(text.to_owned()).ok()?;
    let (revealed, verification) = sd_jwt.decode_reveal_verify_any(params).await.ok()?;
    verification.ok()?;
    serde_json::to_value(revealed.claims()).ok()
}

/// Without registered claims, whose times `ssi` writes as fractions.
pub(super) fn own_claims(claims: &Value) -> Value {
    let members = claims.as_object().unwrap().iter();
    let own = members.filter(|(name, _)| !REGISTERED.contains(&name.as_str()));
    own.map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

pub(super) fn sign(payload: &Value, disclosures: &[&str]) -> String {
    let mut payload = payload.clone();
    payload["iss"] = json!("https://issuer.example");
    payload["vct"] = json!("https://types.example/qualification/1");
    let jwt = jws::sign(TYP, &payload, &*ISSUER, KeyReference::Kid).unwrap();
    disclosures
        .iter()
        .fold(format!("{jwt}~"), |text, disclosure| {
            text + disclosure + "~"
        })
}

pub(super) fn disclosure(content: &Value) -> (String, String) {
    let text = base64url(content.to_string());
    let digest = sha256_base64url(&text);
    (text, digest)
}
