//! What the claims of a JWT and the credential in it say, once.
//!
//! | claim | in the credential |
//! |---|---|
//! | `iss` | `issuer`, or its `id` |
//! | `jti` | `id` |
//! | `sub` | `credentialSubject.id` |
//! | `nbf` | `validFrom`, in the data model 1.1 `issuanceDate` |
//! | `exp` | `validUntil`, in the data model 1.1 `expirationDate` |
//!
//! What stands in one place only counts for both; two different values are refused. In a `vc+jwt` the times are
//! those of the signature and may differ (VC-JOSE-COSE section 3.1.3): then both have to hold.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value};

use super::{
    LinkedDataError, PinnedContext,
    document::{is_assertion, model},
    proof::{moment, text},
    verified::issuer,
};

/// A credential, and what the JWT around it adds.
#[derive(Clone)]
pub(super) struct Claims {
    pub(super) document: Map<String, Value>,
    pub(super) issuer: String,
    pub(super) signed_at: Option<DateTime<Utc>>,
    pub(super) ends: Option<DateTime<Utc>>,
}

/// Claims of RFC 7519 section 4.1, which are no members of a credential.
const REGISTERED: [&str; 7] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];

/// Reads a payload. `is_credential` says that the payload has to be the credential itself.
pub(super) fn read(
    mut payload: Map<String, Value>,
    is_credential: bool,
) -> Result<Claims, LinkedDataError> {
    if payload.contains_key("vp") {
        return Err(LinkedDataError::Presentation);
    }
    if is_assertion(&payload) {
        return Err(LinkedDataError::UnsupportedProof("Open Badges 2.0".into()));
    }
    let mut claims = Map::new();
    for name in REGISTERED {
        if let Some(value) = payload.remove(name) {
            claims.insert(name.to_owned(), value);
        }
    }
    let mut document = match payload.remove("vc") {
        None => payload,
        Some(Value::Object(document)) if !is_credential => document,
        Some(_) => return Err(LinkedDataError::MalformedMember("vc")),
    };
    names(&claims, &mut document)?;
    let (begins, ends) = (time(&claims, "nbf")?, time(&claims, "exp")?);
    if !is_credential {
        times(&mut document, begins, ends)?;
    }
    let issuer = issuer(&document)
        .ok_or(LinkedDataError::MalformedMember("issuer"))?
        .to_owned();
    Ok(Claims {
        document,
        issuer,
        signed_at: [time(&claims, "iat")?, begins].into_iter().flatten().max(),
        ends,
    })
}

/// Who, whose, and which.
fn names(
    claims: &Map<String, Value>,
    document: &mut Map<String, Value>,
) -> Result<(), LinkedDataError> {
    if let Some(iss) = claimed(claims, "iss")? {
        match issuer(document) {
            Some(issuer) if issuer == iss => {}
            None if !document.contains_key("issuer") => {
                document.insert("issuer".to_owned(), iss.into());
            }
            _ => return Err(LinkedDataError::ClaimDiffers("iss")),
        }
    }
    if let Some(jti) = claimed(claims, "jti")? {
        same(document, "id", jti, "jti")?;
    }
    let Some(sub) = claimed(claims, "sub")? else {
        return Ok(());
    };
    let subject = match document.get_mut("credentialSubject") {
        Some(Value::Object(subject)) => Some(subject),
        Some(Value::Array(several)) => match several.as_mut_slice() {
            [Value::Object(subject)] => Some(subject),
            _ => None,
        },
        _ => None,
    };
    same(
        subject.ok_or(LinkedDataError::ClaimDiffers("sub"))?,
        "id",
        sub,
        "sub",
    )
}

fn same(
    members: &mut Map<String, Value>,
    name: &str,
    value: &str,
    claim: &'static str,
) -> Result<(), LinkedDataError> {
    match members.get(name) {
        None => {
            members.insert(name.to_owned(), value.into());
            Ok(())
        }
        Some(found) if found == value => Ok(()),
        Some(_) => Err(LinkedDataError::ClaimDiffers(claim)),
    }
}

/// From when and until when, to the second.
fn times(
    document: &mut Map<String, Value>,
    begins: Option<DateTime<Utc>>,
    ends: Option<DateTime<Utc>>,
) -> Result<(), LinkedDataError> {
    let is_second = model(document) == Some(PinnedContext::DATA_MODEL);
    let (from, until): (&[_], &[_]) = match is_second {
        true => (&["validFrom"], &["validUntil"]),
        false => (
            &["issuanceDate", "validFrom"],
            &["expirationDate", "validUntil"],
        ),
    };
    same_time(document, from, begins, "nbf")?;
    same_time(document, until, ends, "exp")
}

/// A claim is the same as one of the members that may stand for it; the first is put in where none is there.
fn same_time(
    document: &mut Map<String, Value>,
    names: &[&'static str],
    claim: Option<DateTime<Utc>>,
    claim_name: &'static str,
) -> Result<(), LinkedDataError> {
    let Some(claim) = claim else {
        return Ok(());
    };
    let mut found = Vec::new();
    for name in names {
        found.extend(moment(document, name).map_err(LinkedDataError::MalformedMember)?);
    }
    if found.iter().any(|it| it.timestamp() == claim.timestamp()) {
        return Ok(());
    }
    match (found.as_slice(), names) {
        ([], [first, ..]) => {
            let written = claim.to_rfc3339_opts(SecondsFormat::Secs, true);
            document.insert((*first).to_owned(), written.into());
            Ok(())
        }
        _ => Err(LinkedDataError::ClaimDiffers(claim_name)),
    }
}

fn claimed<'c>(
    claims: &'c Map<String, Value>,
    name: &'static str,
) -> Result<Option<&'c str>, LinkedDataError> {
    match claims.contains_key(name) {
        false => Ok(None),
        true => text(claims, name)
            .map(Some)
            .ok_or(LinkedDataError::MalformedMember(name)),
    }
}

/// A NumericDate in whole seconds (RFC 7519 section 2).
fn time(
    claims: &Map<String, Value>,
    name: &'static str,
) -> Result<Option<DateTime<Utc>>, LinkedDataError> {
    match claims.get(name) {
        None => Ok(None),
        Some(value) => value
            .as_i64()
            .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
            .map(Some)
            .ok_or(LinkedDataError::MalformedMember(name)),
    }
}
