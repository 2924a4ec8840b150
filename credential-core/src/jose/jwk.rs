//! Public keys as JSON Web Keys (RFC 7517), their thumbprints (RFC 7638), and keys that verify.

use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey,
    VerificationAlgorithm,
};
use serde::{Deserialize, Serialize};

use super::Algorithm;
use crate::encoding::{base64url, from_base64url, sha256_base64url};

/// What a key may be used for (RFC 7517 section 4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum KeyUse {
    /// Signatures.
    Sig,
    /// Encryption.
    Enc,
}

/// A public key on P-256 or Ed25519. Private members do not exist in this type: a JWK that carries
/// `d` (or any member not listed) is refused when it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Jwk {
    /// Key type: `EC` or `OKP`.
    pub kty: String,
    /// Curve: `P-256` or `Ed25519`.
    pub crv: String,
    /// The x coordinate, or the whole Ed25519 key: base64url of 32 octets.
    pub x: String,
    /// The y coordinate on P-256: base64url of 32 octets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub y: Option<String>,
    /// Key id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// Intended use.
    #[serde(default, rename = "use", skip_serializing_if = "Option::is_none")]
    pub key_use: Option<KeyUse>,
    /// Intended algorithm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
}

/// Why a JWK cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// Only `EC`/`P-256` and `OKP`/`Ed25519` are supported.
    #[error("the key's type or curve is not supported")]
    UnsupportedCurve,
    /// A coordinate is missing, of the wrong length, or not base64url.
    #[error("the key's coordinates are malformed")]
    MalformedCoordinate,
    /// A signature that anybody can make verifies by this key, whatever was signed.
    #[error("the key is one that everybody can sign with")]
    Weak,
    /// `alg` or `use` contradicts what the key is asked to do.
    #[error("the key is not meant for this use")]
    WrongUse,
}

impl Jwk {
    /// The P-256 key whose uncompressed point (SEC 1, `04 ‖ x ‖ y`) is given.
    ///
    /// # Errors
    /// [`KeyError::MalformedCoordinate`] when the point does not have 65 octets.
    pub fn from_p256_point(point: &[u8]) -> Result<Self, KeyError> {
        match (
            point.first(),
            point.get(1..33),
            point.get(33..65),
            point.len(),
        ) {
            (Some(4), Some(x), Some(y), 65) => Ok(Self {
                kty: "EC".into(),
                crv: "P-256".into(),
                x: base64url(x),
                y: Some(base64url(y)),
                kid: None,
                key_use: None,
                alg: None,
            }),
            _ => Err(KeyError::MalformedCoordinate),
        }
    }

    /// The Ed25519 key of 32 octets (RFC 8037 section 2).
    ///
    /// # Errors
    /// [`KeyError::MalformedCoordinate`] for another length.
    pub fn from_ed25519(public: &[u8]) -> Result<Self, KeyError> {
        if public.len() != 32 {
            return Err(KeyError::MalformedCoordinate);
        }
        Ok(Self {
            kty: "OKP".into(),
            crv: "Ed25519".into(),
            x: base64url(public),
            y: None,
            kid: None,
            key_use: None,
            alg: None,
        })
    }

    /// This key with its thumbprint as key id.
    #[must_use]
    pub fn with_thumbprint_kid(mut self) -> Self {
        self.kid = Some(self.thumbprint());
        self
    }

    /// This key with a use.
    #[must_use]
    pub fn with_use(mut self, key_use: KeyUse) -> Self {
        self.key_use = Some(key_use);
        self
    }

    /// The members that make the key and nothing else: what `cnf` and `dpop` headers carry.
    #[must_use]
    pub fn bare(&self) -> Self {
        Self {
            kid: None,
            key_use: None,
            alg: None,
            ..self.clone()
        }
    }

    /// base64url of the SHA-256 over the required members in lexical order (RFC 7638 section 3).
    #[must_use]
    pub fn thumbprint(&self) -> String {
        let y = self.y.as_deref().map(|y| ("y", y));
        let members = [
            ("crv", self.crv.as_str()),
            ("kty", &self.kty),
            ("x", &self.x),
        ];
        thumbprint(members.into_iter().chain(y))
    }

    /// The uncompressed point of a P-256 key, `04 ‖ x ‖ y`.
    ///
    /// # Errors
    /// [`KeyError`] when the key is of another kind or malformed.
    pub fn p256_point(&self) -> Result<[u8; 65], KeyError> {
        if self.kty != "EC" || self.crv != "P-256" {
            return Err(KeyError::UnsupportedCurve);
        }
        let y = self.y.as_deref().ok_or(KeyError::MalformedCoordinate)?;
        let mut point = [0_u8; 65];
        let (tag, coordinates) = point.split_at_mut(1);
        tag.copy_from_slice(&[4]);
        let (x_half, y_half) = coordinates.split_at_mut(32);
        x_half.copy_from_slice(&coordinate(&self.x)?);
        y_half.copy_from_slice(&coordinate(y)?);
        Ok(point)
    }
}

/// The thumbprint of the key that these members of a JWK describe, of a type we have a name for (RFC 7638 section 3.2):
/// other members do not matter. `None` for other types.
#[must_use]
pub fn thumbprint_of(jwk: &serde_json::Map<String, serde_json::Value>) -> Option<String> {
    let names: &[&str] = match jwk.get("kty")?.as_str()? {
        "EC" => &["crv", "kty", "x", "y"],
        "OKP" => &["crv", "kty", "x"],
        "RSA" => &["e", "kty", "n"],
        _ => return None,
    };
    let members = names
        .iter()
        .map(|name| Some((*name, jwk.get(*name)?.as_str()?)));
    members.collect::<Option<Vec<_>>>().map(thumbprint)
}

/// Of members in lexical order.
pub(super) fn thumbprint<'a>(members: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    // serde_json writes strings with all escaping JSON demands, so no member can break out.
    let quote = |text: &str| serde_json::Value::from(text).to_string();
    let members = members.into_iter();
    let written: Vec<_> = members
        .map(|(name, value)| format!(r#""{name}":{}"#, quote(value)))
        .collect();
    sha256_base64url(format!("{{{}}}", written.join(",")))
}

fn coordinate(text: &str) -> Result<[u8; 32], KeyError> {
    from_base64url(text)
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or(KeyError::MalformedCoordinate)
}

/// A set of keys (RFC 7517 section 5).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct JwkSet {
    /// The keys.
    pub keys: Vec<Jwk>,
}

impl JwkSet {
    /// The one key with this id; none when it is absent or ambiguous.
    #[must_use]
    pub fn find(&self, kid: &str) -> Option<&Jwk> {
        let mut matching = self
            .keys
            .iter()
            .filter(|key| key.kid.as_deref() == Some(kid));
        matching.next().filter(|_first| matching.next().is_none())
    }

    /// The first key that is not meant for encryption.
    #[must_use]
    pub fn signing_key(&self) -> Option<&Jwk> {
        self.keys
            .iter()
            .find(|key| key.key_use != Some(KeyUse::Enc))
    }

    /// The first key meant for encryption.
    #[must_use]
    pub fn encryption_key(&self) -> Option<&Jwk> {
        self.keys
            .iter()
            .find(|key| key.key_use == Some(KeyUse::Enc))
    }
}

/// A public key that verifies signatures of exactly one algorithm.
#[derive(Debug, Clone)]
pub struct VerifyingKey {
    algorithm: Algorithm,
    key: PublicKey,
}

#[derive(Debug, Clone)]
enum PublicKey {
    Point(UnparsedPublicKey<Vec<u8>>),
    Rsa(&'static RsaParameters, RsaPublicKeyComponents<Vec<u8>>),
}

impl VerifyingKey {
    /// The algorithm this key verifies, decided by the key's record.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Verifies `signature` over `message`; false for every kind of failure.
    #[must_use]
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.key {
            PublicKey::Point(key) => key.verify(message, signature),
            PublicKey::Rsa(parameters, key) => key.verify(parameters, message, signature),
        }
        .is_ok()
    }

    pub(super) fn of_point(
        algorithm: Algorithm,
        verification: &'static dyn VerificationAlgorithm,
        point: Vec<u8>,
    ) -> Self {
        let key = PublicKey::Point(UnparsedPublicKey::new(verification, point));
        Self { algorithm, key }
    }

    pub(super) fn rsa(
        algorithm: Algorithm,
        parameters: &'static RsaParameters,
        n: Vec<u8>,
        e: Vec<u8>,
    ) -> Self {
        let key = PublicKey::Rsa(parameters, RsaPublicKeyComponents { n, e });
        Self { algorithm, key }
    }
}

impl TryFrom<&Jwk> for VerifyingKey {
    type Error = KeyError;

    fn try_from(jwk: &Jwk) -> Result<Self, KeyError> {
        if jwk.key_use == Some(KeyUse::Enc) {
            return Err(KeyError::WrongUse);
        }
        let key = match (jwk.kty.as_str(), jwk.crv.as_str()) {
            ("EC", "P-256") => {
                let point = jwk.p256_point()?.to_vec();
                Self::of_point(Algorithm::Es256, &ECDSA_P256_SHA256_FIXED, point)
            }
            ("OKP", "Ed25519") if jwk.y.is_none() => {
                let point = coordinate(&jwk.x)?;
                if is_of_small_order(&point) {
                    return Err(KeyError::Weak);
                }
                Self::of_point(Algorithm::EdDsa, &ED25519, point.to_vec())
            }
            _ => return Err(KeyError::UnsupportedCurve),
        };
        let names_another = |alg: &str| !key.algorithm.is_named(alg);
        match jwk.alg.as_deref().is_some_and(names_another) {
            true => Err(KeyError::WrongUse),
            false => Ok(key),
        }
    }
}

/// Whether a key is one of the points of Ed25519 whose order divides eight, in any writing of them. With such a key
/// one signature fits every message (RFC 8032 does not forbid them, and `ring` takes them).
fn is_of_small_order(point: &[u8; 32]) -> bool {
    /// The y coordinates, little-endian: 0, 1, the two of order eight, -1, and 0 and 1 once more as p and p + 1.
    const SMALL: [[u8; 32]; 7] = [
        [0; 32],
        ends(1, 0, 0),
        [
            0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef,
            0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88,
            0x6d, 0x53, 0xfc, 0x05,
        ],
        [
            0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10,
            0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77,
            0x92, 0xac, 0x03, 0x7a,
        ],
        ends(0xec, 0xff, 0x7f),
        ends(0xed, 0xff, 0x7f),
        ends(0xee, 0xff, 0x7f),
    ];
    let mut y = *point;
    // The highest bit is the sign of x.
    y[31] &= 0x7f;
    SMALL.contains(&y)
}

/// A number by its first octet, those between, and its last.
const fn ends(first: u8, between: u8, last: u8) -> [u8; 32] {
    let mut octets = [between; 32];
    octets[0] = first;
    octets[31] = last;
    octets
}
