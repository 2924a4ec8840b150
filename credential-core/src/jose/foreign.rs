//! Keys of kinds that we verify with and never make: RSA and P-384, with which other systems sign credentials.
//!
//! A type of its own, so that no door but the verifier's opens to them: proofs, assertions, deposits and our own
//! credentials are signed with keys that are a [`Jwk`](super::Jwk).

use ring::signature::{
    ECDSA_P384_SHA384_FIXED, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, RsaParameters,
};
use serde::{Deserialize, Serialize};

use super::{Algorithm, KeyError, KeyUse, VerifyingKey, jwk::thumbprint};
use crate::encoding::from_base64url;

/// Octets of a modulus: 2,048 bits are the least (RFC 7518 section 3.3), and more than 4,096 cost more time than a
/// signature is worth.
const MODULUS: std::ops::RangeInclusive<usize> = 256..=512;
/// 65,537. Smaller exponents have been the ruin of careless signers, and nobody needs another.
const EXPONENT: [u8; 3] = [1, 0, 1];
/// Octets of a coordinate on P-384.
const COORDINATE: usize = 48;

/// A public key on P-384, or RSA (RFC 7518 sections 6.2 and 6.3). As with [`Jwk`](super::Jwk), private members do not
/// exist in this type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForeignJwk {
    /// Key type: `RSA` or `EC`.
    pub kty: String,
    /// The modulus of an RSA key, base64url.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n: Option<String>,
    /// Its exponent, base64url: `AQAB`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub e: Option<String>,
    /// Curve: `P-384`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crv: Option<String>,
    /// The x coordinate: base64url of 48 octets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x: Option<String>,
    /// The y coordinate: base64url of 48 octets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub y: Option<String>,
    /// Key id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// Intended use.
    #[serde(default, rename = "use", skip_serializing_if = "Option::is_none")]
    pub key_use: Option<KeyUse>,
    /// Intended algorithm. An RSA key without one signs by RS256.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
}

impl ForeignJwk {
    /// base64url of the SHA-256 over the required members in lexical order (RFC 7638 section 3).
    #[must_use]
    pub fn thumbprint(&self) -> String {
        let members = [
            ("crv", &self.crv),
            ("e", &self.e),
            ("kty", &Some(self.kty.clone())),
            ("n", &self.n),
            ("x", &self.x),
            ("y", &self.y),
        ];
        let present = members
            .iter()
            .filter_map(|(name, value)| Some((*name, value.as_deref()?)));
        thumbprint(present)
    }

    fn rsa(&self) -> Result<VerifyingKey, KeyError> {
        let (algorithm, parameters): (_, &'static RsaParameters) = match self.alg.as_deref() {
            None | Some("RS256") => (Algorithm::Rs256, &RSA_PKCS1_2048_8192_SHA256),
            Some("PS256") => (Algorithm::Ps256, &RSA_PSS_2048_8192_SHA256),
            Some(_) => return Err(KeyError::WrongUse),
        };
        let (modulus, exponent) = (octets(self.n.as_ref())?, octets(self.e.as_ref())?);
        // A modulus that begins with a zero would have two writings, and two thumbprints.
        let is_plain = MODULUS.contains(&modulus.len()) && modulus.first() != Some(&0);
        if !is_plain || exponent != EXPONENT {
            return Err(KeyError::MalformedCoordinate);
        }
        Ok(VerifyingKey::rsa(algorithm, parameters, modulus, exponent))
    }

    fn p384(&self) -> Result<VerifyingKey, KeyError> {
        if self.alg.as_deref().is_some_and(|alg| alg != "ES384") {
            return Err(KeyError::WrongUse);
        }
        let (x, y) = (octets(self.x.as_ref())?, octets(self.y.as_ref())?);
        if x.len() != COORDINATE || y.len() != COORDINATE {
            return Err(KeyError::MalformedCoordinate);
        }
        let point = [&[4], x.as_slice(), &y].concat();
        Ok(VerifyingKey::of_point(
            Algorithm::Es384,
            &ECDSA_P384_SHA384_FIXED,
            point,
        ))
    }
}

impl TryFrom<&ForeignJwk> for VerifyingKey {
    type Error = KeyError;

    fn try_from(jwk: &ForeignJwk) -> Result<Self, KeyError> {
        if jwk.key_use == Some(KeyUse::Enc) {
            return Err(KeyError::WrongUse);
        }
        let is_rsa = jwk.crv.is_none() && jwk.x.is_none() && jwk.y.is_none();
        let is_ec = jwk.n.is_none() && jwk.e.is_none();
        match (jwk.kty.as_str(), jwk.crv.as_deref()) {
            ("RSA", None) if is_rsa => jwk.rsa(),
            ("EC", Some("P-384")) if is_ec => jwk.p384(),
            _ => Err(KeyError::UnsupportedCurve),
        }
    }
}

fn octets(text: Option<&String>) -> Result<Vec<u8>, KeyError> {
    text.and_then(|text| from_base64url(text).ok())
        .ok_or(KeyError::MalformedCoordinate)
}
