//! JSON Web Signatures (RFC 7515): the compact form, and the JSON form where several may sign.
//!
//! Reading has two steps, so that a payload cannot be used before it is checked:
//! [`Unverified::parse`] gives the header only; [`Unverified::verify`] gives the payload. A member that
//! is known and given twice is refused, in header and payload alike (RFC 7515 section 4 leaves the
//! choice); what is unknown is ignored, so that its doubles cannot matter.

use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};

use super::{Jwk, SignError, Signer, VerifyingKey};
use crate::encoding::{base64url, base64url_into, from_base64url, sha256};

/// The longest compact JWS read by [`Unverified::parse`], in octets.
pub const MAX_LENGTH: usize = 1 << 20;

/// The protected header, as far as this product uses it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Algorithm name; compared with the key's, never trusted.
    pub alg: String,
    /// Media type of the whole object, which keeps one kind from being taken for another (RFC 8725 3.11).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typ: Option<String>,
    /// Which key signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// The signing key itself, only where the profile says so (DPoP, decisions, key proofs).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwk: Option<Jwk>,
    /// Certificates of the key, standard base64 of DER, the key's own first (section 4.1.6): to be read by
    /// `x509` only, for whomever lists their anchor.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "few"
    )]
    pub x5c: Option<Vec<String>>,
    /// As whom the key signs, beside the holder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Whether `crit` is there at all, be it empty or null: no extension is understood, so it is refused.
    #[serde(
        default,
        rename = "crit",
        skip_serializing,
        deserialize_with = "is_there"
    )]
    has_extensions: bool,
}

/// As whom somebody signs beside the holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Answers for the holder by law.
    Guardian,
    /// Helps the holder under a mandate.
    Supporter,
}

/// For a member of which only its presence matters.
pub(crate) fn is_there<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    serde::de::IgnoredAny::deserialize(deserializer).map(|_any| true)
}

/// Most certificates that are kept of a header. A chain that is accepted is shorter.
const MAX_CERTIFICATES: usize = 16;

/// A list of texts, of which no more is kept than anyone would look at.
fn few<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<String>>, D::Error> {
    struct Few;
    impl<'de> serde::de::Visitor<'de> for Few {
        type Value = Vec<String>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a list of certificates")
        }

        fn visit_seq<A: serde::de::SeqAccess<'de>>(
            self,
            mut items: A,
        ) -> Result<Vec<String>, A::Error> {
            let mut kept = Vec::new();
            while let Some(item) = items.next_element()? {
                kept.push(item);
                if kept.len() > MAX_CERTIFICATES {
                    return Err(serde::de::Error::custom("too many certificates"));
                }
            }
            Ok(kept)
        }
    }
    deserializer.deserialize_seq(Few).map(Some)
}

/// Why a JWS was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JwsError {
    /// Not three base64url parts with a JSON header, or too long.
    #[error("not a well-formed signed object")]
    Malformed,
    /// `typ` is missing or names another kind of object.
    #[error("a signed object of another type")]
    WrongType,
    /// The header's algorithm is not the key's.
    #[error("the header's algorithm is not the key's")]
    AlgorithmMismatch,
    /// The header asks for an extension (`crit`), which is not supported.
    #[error("an extension that must be understood is not known")]
    UnknownExtension,
    /// The signature does not match.
    #[error("the signature does not match")]
    BadSignature,
    /// The payload is correctly signed but does not have the members this type must have.
    #[error("the signed content is not of the expected form")]
    WrongContent,
}

impl JwsError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Malformed => "jws_malformed",
            Self::WrongType => "jws_wrong_type",
            Self::AlgorithmMismatch => "jws_algorithm_mismatch",
            Self::UnknownExtension => "jws_unknown_extension",
            Self::BadSignature => "jws_bad_signature",
            Self::WrongContent => "jws_wrong_content",
        }
    }
}

/// How the header names the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyReference {
    /// By `kid`, and by the signer's certificates where it has some.
    Kid,
    /// By the public key itself in `jwk`.
    Embedded,
}

/// Signs `claims` as a compact JWS of type `typ`.
///
/// # Errors
/// [`SignError`] when the claims do not serialize or the key does not sign.
pub fn sign(
    typ: &str,
    claims: &impl Serialize,
    signer: &dyn Signer,
    key: KeyReference,
) -> Result<String, SignError> {
    let payload = serde_json::to_vec(claims).map_err(|_error| SignError::NotJson)?;
    sign_bytes(typ, &payload, signer, key)
}

/// Signs payload octets as a compact JWS of type `typ`.
///
/// # Errors
/// [`SignError`] when the key does not sign.
pub fn sign_bytes(
    typ: &str,
    payload: &[u8],
    signer: &dyn Signer,
    key: KeyReference,
) -> Result<String, SignError> {
    let mut compact = protected(typ, signer, key, None)?;
    compact.push('.');
    base64url_into(payload, &mut compact);
    let signature = signer.sign(compact.as_bytes())?;
    compact.push('.');
    base64url_into(signature, &mut compact);
    Ok(compact)
}

fn protected(
    typ: &str,
    signer: &dyn Signer,
    key: KeyReference,
    role: Option<Role>,
) -> Result<String, SignError> {
    let jwk = signer.public_jwk();
    let header = Header {
        alg: signer.algorithm().name().into(),
        typ: Some(typ.into()),
        kid: jwk.kid.clone().filter(|_kid| key == KeyReference::Kid),
        jwk: (key == KeyReference::Embedded).then(|| jwk.bare()),
        x5c: (key == KeyReference::Kid && !signer.certificates().is_empty())
            .then(|| signer.certificates().to_vec()),
        role,
        has_extensions: false,
    };
    Ok(base64url(
        serde_json::to_vec(&header).map_err(|_error| SignError::NotJson)?,
    ))
}

/// A compact JWS whose signature nobody has checked yet. Only its header can be looked at.
#[derive(Debug, Clone)]
pub struct Unverified<'a> {
    header: Header,
    signing_input: &'a str,
    payload: &'a str,
    signature: Vec<u8>,
}

impl<'a> Unverified<'a> {
    /// Splits and decodes the three parts and checks the header's form and type.
    ///
    /// # Errors
    /// [`JwsError`] says which rule the text breaks.
    pub fn parse(compact: &'a str, typ: &str) -> Result<Self, JwsError> {
        Self::parse_within(compact, typ, MAX_LENGTH)
    }

    /// As [`Self::parse`], for a kind of object that others may leave without a type of its own: `typ`
    /// may also be absent, or `JWT` (RFC 7519 section 5.1). Another kind's type is refused all the same.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn parse_or_untyped(compact: &'a str, typ: &str) -> Result<Self, JwsError> {
        let is_fit = |said: Option<&str>| said.is_none_or(|said| said == typ || said == "JWT");
        Self::parse_if(compact, is_fit, MAX_LENGTH)
    }

    /// As [`Self::parse`], for a kind of object that may be `longest` octets long.
    pub(crate) fn parse_within(
        compact: &'a str,
        typ: &str,
        longest: usize,
    ) -> Result<Self, JwsError> {
        Self::parse_if(compact, |said| said == Some(typ), longest)
    }

    fn parse_if(
        compact: &'a str,
        is_fit: impl FnOnce(Option<&str>) -> bool,
        longest: usize,
    ) -> Result<Self, JwsError> {
        if compact.len() > longest {
            return Err(JwsError::Malformed);
        }
        let (signing_input, signature) = compact.rsplit_once('.').ok_or(JwsError::Malformed)?;
        let (header, payload) = signing_input.split_once('.').ok_or(JwsError::Malformed)?;
        if payload.contains('.') {
            return Err(JwsError::Malformed);
        }
        let header = parse_header(header, is_fit)?;
        let signature = from_base64url(signature).map_err(|_error| JwsError::Malformed)?;
        Ok(Self {
            header,
            signing_input,
            payload,
            signature,
        })
    }

    /// The header: unauthenticated, good for finding the key and nothing else.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Verifies with `key` and gives the payload's octets.
    ///
    /// # Errors
    /// [`JwsError::AlgorithmMismatch`] or [`JwsError::BadSignature`].
    pub fn verify_bytes(&self, key: &VerifyingKey) -> Result<Vec<u8>, JwsError> {
        check_signature(&self.header, self.signing_input, &self.signature, key)?;
        from_base64url(self.payload).map_err(|_error| JwsError::Malformed)
    }

    /// Verifies with `key` and reads the payload as `T`.
    ///
    /// # Errors
    /// As [`Self::verify_bytes`], or [`JwsError::WrongContent`].
    pub fn verify<T: DeserializeOwned>(&self, key: &VerifyingKey) -> Result<T, JwsError> {
        read_json(&self.verify_bytes(key)?).ok_or(JwsError::WrongContent)
    }

    /// Verifies with the key in the header's own `jwk`: proves possession of that key, not identity.
    ///
    /// # Errors
    /// As [`Self::verify`]; [`JwsError::Malformed`] when there is no usable `jwk`.
    pub fn verify_possession<T: DeserializeOwned>(&self) -> Result<(T, Jwk), JwsError> {
        let jwk = self.header.jwk.clone().ok_or(JwsError::Malformed)?;
        let key = VerifyingKey::try_from(&jwk).map_err(|_error| JwsError::Malformed)?;
        Ok((self.verify(&key)?, jwk))
    }

    /// The payload before any check, for finding out who claims to have signed (`iss`) where the
    /// standard puts that into the payload. The name says what may be done with it.
    ///
    /// # Errors
    /// [`JwsError::WrongContent`].
    pub fn untrusted_payload<T: DeserializeOwned>(&self) -> Result<T, JwsError> {
        let bytes = from_base64url(self.payload).map_err(|_error| JwsError::Malformed)?;
        read_json(&bytes).ok_or(JwsError::WrongContent)
    }
}

/// `serde_json` looks at no octet of a text that nobody asked for; what is signed is UTF-8 throughout
/// (RFC 7515 section 5.2, step 3).
fn read_json<T: DeserializeOwned>(octets: &[u8]) -> Option<T> {
    let text = std::str::from_utf8(octets).ok()?;
    serde_json::from_str(text).ok()
}

/// The key that a compact JWS says it was signed with, before any check: for finding the key only.
#[must_use]
pub fn claimed_kid(compact: &str) -> Option<String> {
    let (header, _rest) = compact.split_once('.')?;
    if header.len() > MAX_LENGTH {
        return None;
    }
    parse_header(header, |_any| true).ok()?.kid
}

fn parse_header(
    encoded: &str,
    is_fit: impl FnOnce(Option<&str>) -> bool,
) -> Result<Header, JwsError> {
    let bytes = from_base64url(encoded).map_err(|_error| JwsError::Malformed)?;
    let header: Header = read_json(&bytes).ok_or(JwsError::Malformed)?;
    if header.has_extensions {
        return Err(JwsError::UnknownExtension);
    }
    if !is_fit(header.typ.as_deref()) {
        return Err(JwsError::WrongType);
    }
    Ok(header)
}

fn check_signature(
    header: &Header,
    signing_input: &str,
    signature: &[u8],
    key: &VerifyingKey,
) -> Result<(), JwsError> {
    if !key.algorithm().is_named(&header.alg) {
        return Err(JwsError::AlgorithmMismatch);
    }
    if key.verify(signing_input.as_bytes(), signature) {
        Ok(())
    } else {
        Err(JwsError::BadSignature)
    }
}

/// The general JSON form (RFC 7515 section 7.2.1): one payload, one or more signatures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct General {
    payload: String,
    signatures: Vec<GeneralSignature>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct GeneralSignature {
    protected: String,
    signature: String,
}

/// How many may sign one object: a person, guardians, a supporter.
const MAX_SIGNATURES: usize = 8;

impl General {
    /// SHA-256 that tells this object from every other, in its payload and in each signature.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let mut parts = vec![self.payload.as_str()];
        for one in &self.signatures {
            parts.extend([one.protected.as_str(), one.signature.as_str()]);
        }
        // No part holds a full stop: base64url is checked wherever a part is read.
        sha256(parts.join("."))
    }

    /// The payload before any check, as [`Unverified::untrusted_payload`].
    ///
    /// # Errors
    /// [`JwsError`].
    pub fn untrusted_payload<T: DeserializeOwned>(&self) -> Result<T, JwsError> {
        let octets = from_base64url(&self.payload).map_err(|_error| JwsError::Malformed)?;
        read_json(&octets).ok_or(JwsError::WrongContent)
    }

    /// Signs `claims` once; the key itself stands in the header.
    ///
    /// # Errors
    /// [`SignError`] when the claims do not serialize or the key does not sign.
    pub fn sign(
        typ: &str,
        claims: &impl Serialize,
        signer: &dyn Signer,
    ) -> Result<Self, SignError> {
        let payload = base64url(serde_json::to_vec(claims).map_err(|_error| SignError::NotJson)?);
        let mut signed = Self {
            payload,
            signatures: Vec::new(),
        };
        signed.add(typ, signer, None)?;
        Ok(signed)
    }

    /// Adds the signature of a guardian or supporter over the same payload.
    ///
    /// # Errors
    /// [`SignError`] when the key does not sign.
    pub fn countersign(
        &mut self,
        typ: &str,
        role: Role,
        signer: &dyn Signer,
    ) -> Result<(), SignError> {
        self.add(typ, signer, Some(role))
    }

    fn add(&mut self, typ: &str, signer: &dyn Signer, role: Option<Role>) -> Result<(), SignError> {
        let protected = protected(typ, signer, KeyReference::Embedded, role)?;
        let signature = signer.sign(format!("{protected}.{}", self.payload).as_bytes())?;
        self.signatures.push(GeneralSignature {
            protected,
            signature: base64url(signature),
        });
        Ok(())
    }

    /// Verifies every signature with the key in its own header and gives payload and keys, the
    /// holder's first; every later one names its role, and no key signs twice. One bad signature
    /// refuses the whole.
    ///
    /// # Errors
    /// [`JwsError`] says which rule is broken.
    pub fn verify_possession<T: DeserializeOwned>(
        &self,
        typ: &str,
    ) -> Result<(T, Vec<Signatory>), JwsError> {
        if self.signatures.is_empty()
            || self.signatures.len() > MAX_SIGNATURES
            || self.payload.len() > MAX_LENGTH
        {
            return Err(JwsError::Malformed);
        }
        let mut signatories: Vec<Signatory> = Vec::with_capacity(self.signatures.len());
        for GeneralSignature {
            protected,
            signature,
        } in &self.signatures
        {
            let header = parse_header(protected, |said| said == Some(typ))?;
            let jwk = header.jwk.clone().ok_or(JwsError::Malformed)?;
            let key = VerifyingKey::try_from(&jwk).map_err(|_error| JwsError::Malformed)?;
            let signature = from_base64url(signature).map_err(|_error| JwsError::Malformed)?;
            check_signature(
                &header,
                &format!("{protected}.{}", self.payload),
                &signature,
                &key,
            )?;
            let is_holder = signatories.is_empty();
            let signs_again = signatories
                .iter()
                .any(|earlier| earlier.key.thumbprint() == jwk.thumbprint());
            if is_holder != header.role.is_none() || signs_again {
                return Err(JwsError::Malformed);
            }
            signatories.push(Signatory {
                role: header.role,
                key: jwk,
            });
        }
        let payload = from_base64url(&self.payload).map_err(|_error| JwsError::Malformed)?;
        let claims = read_json(&payload).ok_or(JwsError::WrongContent)?;
        Ok((claims, signatories))
    }
}

/// A key that signed a [`General`], and as whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signatory {
    /// None for the holder.
    pub role: Option<Role>,
    /// The key.
    pub key: Jwk,
}
