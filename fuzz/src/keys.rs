//! Keys that are the same in every run: what was signed for a seed stays signed.

use credential_core::{
    encoding::{base64url, from_base64url},
    jose::{Algorithm, Jwk, SignError, Signer, VerifyingKey},
    rng::{NoRandomness, Rng},
};
use ring::signature::{Ed25519KeyPair, KeyPair as _};

/// An Ed25519 key: its signatures need no randomness.
#[derive(Debug)]
pub struct Key {
    pair: Ed25519KeyPair,
    jwk: Jwk,
}

impl Key {
    /// The key of this number.
    #[must_use]
    pub fn of(number: u8) -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[number; 32]).expect("32 octets");
        let jwk = Jwk {
            kty: "OKP".into(),
            crv: "Ed25519".into(),
            x: base64url(pair.public_key()),
            y: None,
            kid: None,
            key_use: None,
            alg: None,
        };
        let jwk = jwk.with_thumbprint_kid();
        Self { pair, jwk }
    }

    /// What verifies this key's signatures.
    #[must_use]
    pub fn verifying(&self) -> VerifyingKey {
        VerifyingKey::try_from(&self.jwk).expect("an Ed25519 key")
    }
}

impl Signer for Key {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDsa
    }

    fn public_jwk(&self) -> &Jwk {
        &self.jwk
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        Ok(self.pair.sign(message).as_ref().to_vec())
    }
}

/// The P-256 key of RFC 7515 appendix A.3 in PKCS #8 (RFC 5208): published, so a secret of nobody's.
#[must_use]
pub fn published_p256() -> Vec<u8> {
    let octets = |text: &str| from_base64url(text).expect("base64url");
    let mut pkcs8 = octets("MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg");
    pkcs8.extend(octets("jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"));
    pkcs8.extend([0xa1, 0x44, 0x03, 0x42, 0x00, 0x04]);
    pkcs8.extend(octets("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"));
    pkcs8.extend(octets("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"));
    pkcs8
}

/// Randomness that is always the same octet.
#[derive(Debug, Clone, Copy)]
pub struct Always(pub u8);

impl Rng for Always {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        bytes.fill(self.0);
        Ok(())
    }
}
