//! Federations whose anchor signs with RSA, as most do.

use credential_core::{encoding::base64url, federation::configuration_address};
use openssl::{
    hash::MessageDigest,
    pkey::{PKey, Private},
    rsa::Rsa,
    sign::Signer,
};
use serde_json::{Value, json};

use super::{Federation, STATEMENT, TYP, detail, statement_address, verifier};
use crate::checks::{Outcome, What};

struct Key {
    key: PKey<Private>,
    jwk: Value,
}

impl Key {
    fn new() -> Self {
        let key = Rsa::generate(2048).unwrap();
        let [n, e] = [key.n(), key.e()].map(|number| base64url(number.to_vec()));
        Self {
            jwk: json!({"kty": "RSA", "kid": "ankkuri-1", "alg": "RS256", "n": n, "e": e}),
            key: PKey::from_rsa(key).unwrap(),
        }
    }

    fn sign(&self, alg: &str, claims: &Value) -> String {
        let header = json!({"alg": alg, "typ": TYP, "kid": "ankkuri-1"});
        let input = [header.to_string(), claims.to_string()]
            .map(base64url)
            .join(".");
        let mut signer = Signer::new(MessageDigest::sha256(), &self.key).unwrap();
        signer.update(input.as_bytes()).unwrap();
        format!("{input}.{}", base64url(signer.sign_to_vec().unwrap()))
    }
}

#[tokio::test]
async fn an_anchor_may_sign_with_rsa_by_the_algorithm_of_its_key_alone() {
    let mut federation = Federation::new();
    let anchor = Key::new();
    let keys = json!({"keys": [anchor.jwk]});
    federation.anchor_own["jwks"] = keys.clone();
    let mut config = federation.config();
    config["federations"][0]["jwks"] = keys;
    federation.publish();
    let own = configuration_address(&federation.anchor.id);
    let stated = statement_address(&federation.anchor, &federation.ministry);
    let text = federation.text();
    for (signer, alg, expected) in [
        (&anchor, "RS256", None),
        (&anchor, "PS256", Some("jws_algorithm_mismatch")),
        (&anchor, "HS256", Some("jws_algorithm_mismatch")),
        (&Key::new(), "RS256", Some("jws_bad_signature")),
    ] {
        let net = &federation.net;
        net.put(&own, STATEMENT, signer.sign(alg, &federation.anchor_own));
        net.put(
            &stated,
            STATEMENT,
            signer.sign(alg, &federation.of_ministry),
        );
        let verifier = verifier(&federation.world, &config, net.clone());
        let (report, _) = verifier.verify_credential(&text).await.unwrap();
        assert_eq!(detail(&report, What::Issuer), expected, "{alg}");
        let is_valid = report.verdict == Outcome::Valid;
        assert_eq!(is_valid, expected.is_none(), "{alg}");
    }
}
