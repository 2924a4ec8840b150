//! A credential as a JWT: Securing Verifiable Credentials using JOSE and COSE (`vc+jwt`, and `vc+sd-jwt` with
//! selective disclosure), and the forms before it, of Verifiable Credentials Data Model 1.1 section 6.3.1 and Open
//! Badges 3.0 section 8.2.4.

use serde_json::{Map, Value};

use super::{
    LinkedDataError, MAX_DEPTH, MAX_LENGTH, VerifiedDocument, document,
    jwt_claims::{self, Claims},
    proof::text,
    secured::controller,
    verified::Form,
};
use crate::{
    encoding::from_base64url,
    jose::{Algorithm, VerifyingKey, thumbprint_of},
    sd_jwt::{self, revealed},
    strict_json,
};

/// The type of a JWT whose payload is the credential.
pub(super) const VC_JWT: &str = "vc+jwt";
/// Other types that a credential may have; `None` is that of many older ones.
const TYPES: [&str; 5] = [VC_JWT, VC_SD_JWT, "JWT", "vc+ld+jwt", "vc+ld+json+jwt"];
/// The same with disclosures after it.
const VC_SD_JWT: &str = "vc+sd-jwt";
/// What decides about a credential and has to stand in the open: who was shown part of it only would be told
/// neither that it has ended nor that it was withdrawn.
const OPEN: [&str; 10] = [
    "@context",
    "type",
    "issuer",
    "validFrom",
    "validUntil",
    "credentialStatus",
    "credentialSchema",
    "iat",
    "nbf",
    "exp",
];
/// The longest header read, in characters.
const MAX_HEADER: usize = 16 << 10;
/// The longest payload read, in characters of base64url.
const LONGEST_PAYLOAD: usize = MAX_LENGTH.div_ceil(3) * 4;

/// A credential as a JWT that was read and not verified.
#[derive(Clone)]
pub struct SecuredJwt {
    compact: String,
    media_type: &'static str,
    signed_length: usize,
    signature: Vec<u8>,
    alg: String,
    kid: Option<String>,
    thumbprint: Option<String>,
    x5c: Option<Vec<String>>,
    claims: Claims,
}

/// Shows nothing: nothing was verified.
impl std::fmt::Debug for SecuredJwt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecuredJwt").finish_non_exhaustive()
    }
}

impl SecuredJwt {
    /// Reads a compact JWT, or one with disclosures after it (RFC 9901 section 4) and no key binding.
    ///
    /// # Errors
    /// [`LinkedDataError`] when it is not a credential, is not signed with a private key, or its claims and
    /// its credential do not say the same; also when what is withheld of it could decide about it.
    pub fn parse(compact: &str) -> Result<Self, LinkedDataError> {
        if compact.len() > sd_jwt::MAX_LENGTH {
            return Err(LinkedDataError::TooLarge);
        }
        let (jwt, disclosures) = match compact.split_once('~') {
            None => (compact, None),
            Some((jwt, disclosures)) => (jwt, Some(disclosures)),
        };
        let (signed, signature) = jwt.rsplit_once('.').ok_or(LinkedDataError::NotAJwt)?;
        let (header, payload) = signed.split_once('.').ok_or(LinkedDataError::NotAJwt)?;
        if header.len() > MAX_HEADER || payload.len() > LONGEST_PAYLOAD {
            return Err(LinkedDataError::TooLarge);
        }
        let header = object(header)?;
        let alg = algorithm_of(&header)?;
        let typ = typ_of(&header)?;
        let (media_type, payload) = match (disclosures, typ) {
            (Some(disclosures), Some(VC_SD_JWT)) => (
                "application/vc+sd-jwt",
                disclosed(object(payload)?, disclosures)?,
            ),
            (None, typ) if typ != Some(VC_SD_JWT) => ("application/vc+jwt", object(payload)?),
            _ => return Err(LinkedDataError::NotAJwt),
        };
        let is_credential = matches!(typ, Some(VC_JWT | VC_SD_JWT));
        let claims = jwt_claims::read(payload, is_credential)?;
        let kid = text(&header, "kid").map(str::to_owned);
        let names_another = |kid: &String| kid.contains('#') && controller(kid) != claims.issuer;
        if kid.as_ref().is_some_and(names_another) {
            return Err(LinkedDataError::NotTheIssuers);
        }
        Ok(Self {
            signed_length: signed.len(),
            signature: from_base64url(signature).map_err(|_other| LinkedDataError::NotAJwt)?,
            alg,
            kid,
            thumbprint: header
                .get("jwk")
                .and_then(Value::as_object)
                .and_then(thumbprint_of),
            x5c: header.get("x5c").map(certificates).transpose()?,
            claims,
            media_type,
            compact: compact.to_owned(),
        })
    }

    /// Who claims to have issued it.
    #[must_use]
    pub fn untrusted_issuer(&self) -> &str {
        &self.claims.issuer
    }

    /// Which of the issuer's keys signed: the header's `kid`, without the issuer's own name before it.
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        let kid = self.kid.as_deref()?;
        match kid.split_once('#') {
            Some((_issuer, fragment)) => Some(fragment),
            None => Some(kid).filter(|kid| *kid != self.claims.issuer),
        }
    }

    /// The thumbprint of the key in the header itself (`jwk`). That key proves nothing about who signed: it is good
    /// for finding the same key in the issuer's record.
    #[must_use]
    pub fn embedded_thumbprint(&self) -> Option<&str> {
        self.thumbprint.as_deref()
    }

    /// The certificates in the header (`x5c`, RFC 7515 section 4.1.6). They prove nothing until they lead to an
    /// authority that is listed for this issuer.
    #[must_use]
    pub fn certificates(&self) -> Option<&[String]> {
        self.x5c.as_deref()
    }

    /// The header's algorithm when no key of it can be verified with here; nobody trusts it otherwise.
    #[must_use]
    pub fn unknown_algorithm(&self) -> Option<LinkedDataError> {
        let known = Algorithm::ALL;
        if known.iter().any(|known| known.is_named(&self.alg)) {
            return None;
        }
        let named = LinkedDataError::short(&self.alg);
        Some(LinkedDataError::UnsupportedProof(named))
    }

    /// Verifies the signature with a key from the issuer's record.
    ///
    /// # Errors
    /// [`LinkedDataError`] when the header names another algorithm than the key's, the signature does not
    /// match, or what was signed is not a credential of the data model.
    pub fn verify(self, key: &VerifyingKey) -> Result<VerifiedDocument, LinkedDataError> {
        if !key.algorithm().is_named(&self.alg) {
            return Err(LinkedDataError::WrongAlgorithm);
        }
        let signed = self.compact.get(..self.signed_length).unwrap_or_default();
        if !key.verify(signed.as_bytes(), &self.signature) {
            return Err(LinkedDataError::BadSignature);
        }
        document::check(&self.claims.document)?;
        let proven = (self.claims.signed_at, self.claims.ends);
        let form = Form::Jwt(self.media_type, self.compact);
        VerifiedDocument::new(self.claims.document, form, proven)
    }
}

/// A payload with its disclosures in their places, each of which ends with a tilde.
fn disclosed(
    payload: Map<String, Value>,
    disclosures: &str,
) -> Result<Map<String, Value>, LinkedDataError> {
    let disclosures = match disclosures.strip_suffix('~') {
        Some(disclosures) => disclosures.split('~').collect(),
        None if disclosures.is_empty() => Vec::new(),
        None => return Err(LinkedDataError::UnsupportedProof("key binding".into())),
    };
    let hides = |name: &&str| payload.get(*name).is_some_and(has_digest);
    if OPEN.iter().any(hides) {
        return Err(LinkedDataError::MalformedMember("_sd"));
    }
    let open: Vec<String> = payload.keys().cloned().collect();
    let digests = digests(&payload);
    let whole = revealed(payload, &disclosures)?;
    let added: Vec<_> = whole.keys().filter(|name| !open.contains(name)).collect();
    if added.iter().any(|name| OPEN.contains(&name.as_str())) {
        return Err(LinkedDataError::MalformedMember("_sd"));
    }
    match digests == added.len() {
        true => Ok(whole),
        // A digest without its disclosure could be that of an end, or of a status.
        false => Err(LinkedDataError::UnsupportedProof("withheld".into())),
    }
}

/// Whether something within is disclosed selectively, and so could be withheld.
fn has_digest(value: &Value) -> bool {
    match value {
        Value::Object(members) => members
            .iter()
            .any(|(name, value)| matches!(name.as_str(), "_sd" | "...") || has_digest(value)),
        Value::Array(items) => items.iter().any(has_digest),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// How many members of the whole are disclosed or withheld.
fn digests(payload: &Map<String, Value>) -> usize {
    payload
        .get("_sd")
        .and_then(Value::as_array)
        .map_or(0, Vec::len)
}

fn object(part: &str) -> Result<Map<String, Value>, LinkedDataError> {
    let octets = from_base64url(part).map_err(|_other| LinkedDataError::NotAJwt)?;
    match strict_json::parse(&octets, MAX_DEPTH)? {
        Value::Object(members) => Ok(members),
        _ => Err(LinkedDataError::NotAJwt),
    }
}

/// An algorithm that anybody could have signed with is refused before any key is looked for (RFC 8725
/// sections 2.1 and 3.1).
fn algorithm_of(header: &Map<String, Value>) -> Result<String, LinkedDataError> {
    // Headers of JAdES (ETSI TS 119 182-1 section 5.2), whose seals need more than a signature.
    if ["sigT", "sigPId", "adoTst"]
        .iter()
        .any(|it| header.contains_key(*it))
    {
        return Err(LinkedDataError::UnsupportedProof("JAdES".into()));
    }
    if header.contains_key("crit") {
        return Err(LinkedDataError::UnsupportedProof("crit".into()));
    }
    match text(header, "alg") {
        None => Err(LinkedDataError::NotAJwt),
        Some(alg) if alg.eq_ignore_ascii_case("none") => Err(LinkedDataError::NoProof),
        Some(alg) if alg.starts_with("HS") => Err(LinkedDataError::WrongAlgorithm),
        Some(alg) => Ok(alg.to_owned()),
    }
}

fn typ_of(header: &Map<String, Value>) -> Result<Option<&str>, LinkedDataError> {
    match header.get("typ") {
        None => Ok(None),
        Some(typ) => typ
            .as_str()
            .map(|typ| typ.strip_prefix("application/").unwrap_or(typ))
            .filter(|typ| TYPES.contains(typ))
            .map(Some)
            .ok_or(LinkedDataError::NotAJwt),
    }
}

fn certificates(value: &Value) -> Result<Vec<String>, LinkedDataError> {
    serde_json::from_value(value.clone()).map_err(|_other| LinkedDataError::NotAJwt)
}
