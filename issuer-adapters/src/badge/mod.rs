//! A credential's claims as an Open Badge 3.0 with an embedded proof (`eddsa-rdfc-2022`).
//!
//! The claims are those of the SD-JWT VC: [`mapping::credentials`](crate::mapping::credentials) makes them
//! once, and what an institution asserts does not depend on the format. A badge differs in three ways:
//!
//! - it cannot be shown in part, so the name travels as a salted hash (Open Badges 3.0 appendix B,
//!   `IdentityObject`) and the date of birth not at all;
//! - it speaks one language;
//! - a transcript, a study place and whatever else is no achievement has no badge ([`BadgeError::NotABadge`]).

mod achievement;
mod identity;
mod subject;
#[cfg(test)]
mod tests;
mod words;

use chrono::{DateTime, SecondsFormat, Utc};
use credential_core::{
    credential::CredentialClaims,
    jose::{Jwk, Signer},
    linked_data::{LinkedDataError, ProofOptions, VerifiedDocument, secure},
    rng::{NoRandomness, Rng, random},
    status_list::bitstring::BitstringEntry,
    text::{Language, Text},
};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{
    members::Members,
    writer::openbadges::{BADGES, DATA_MODEL},
};

/// What a badge needs beside the claims.
#[derive(Debug, Clone, Copy)]
pub struct Badge<'b> {
    /// The issuer's identifier, an address.
    pub issuer: &'b str,
    /// What the issuer is called.
    pub issuer_name: &'b Text,
    /// The holder's key, when the holder has one: the subject is its `did:jwk`. Otherwise the badge is about
    /// whoever has the name whose hash it holds.
    pub holder: Option<&'b Jwk>,
    /// When it is issued.
    pub issued_at: DateTime<Utc>,
    /// When it stops being valid.
    pub expires_at: Option<DateTime<Utc>>,
    /// Its places in lists of status, when it can be revoked.
    pub status: &'b [BitstringEntry],
    /// The language of the badge; a text that lacks it is given in the first language that it has.
    pub language: Language,
}

/// Why claims did not become a badge.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadgeError {
    /// The type of credential is no achievement.
    #[error("this type of credential cannot be a badge")]
    NotABadge,
    /// There is neither a key nor a name: the badge would be about nobody.
    #[error("a badge needs the holder's key or name")]
    AboutNobody,
    /// The signing key has no id.
    #[error("the signing key has no id")]
    NoKeyId,
    /// The generator did not answer.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// The document was not signed.
    #[error(transparent)]
    LinkedData(#[from] LinkedDataError),
}

impl BadgeError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NotABadge => "badge_not_an_achievement",
            Self::AboutNobody => "badge_about_nobody",
            Self::NoKeyId => "badge_no_key_id",
            Self::Randomness(_) => "badge_no_randomness",
            Self::LinkedData(error) => error.reason(),
        }
    }
}

/// Whether claims are an achievement, so that [`issue`] makes a badge of them.
#[must_use]
pub fn is_achievement(claims: &CredentialClaims) -> bool {
    achievement::kind(claims).is_some()
}

/// Issues claims as a badge. The signer is the issuer's Ed25519 key, whose id is in its trust statement.
///
/// # Errors
/// [`BadgeError`].
pub fn issue(
    claims: &CredentialClaims,
    badge: &Badge<'_>,
    signer: &dyn Signer,
    rng: &dyn Rng,
) -> Result<VerifiedDocument, BadgeError> {
    let document = document(claims, badge, rng)?;
    let key_id = signer
        .public_jwk()
        .kid
        .as_deref()
        .ok_or(BadgeError::NoKeyId)?;
    let options = ProofOptions {
        created: badge.issued_at,
        verification_method: &format!("{}#{key_id}", badge.issuer),
    };
    Ok(secure(document, &options, signer)?)
}

/// The badge without its proof.
fn document(
    claims: &CredentialClaims,
    badge: &Badge<'_>,
    rng: &dyn Rng,
) -> Result<Map<String, Value>, BadgeError> {
    let speech = words::Speech::of(claims, badge.language);
    let achievement = achievement::achievement(claims, badge, &speech)?;
    let number = uuid::Builder::from_random_bytes(random(rng)?).into_uuid();
    let subject = subject::subject(claims, badge, achievement, random(rng)?, &speech)?;
    let mut members = Members::default();
    members.put("@context", json!([DATA_MODEL, BADGES]));
    members.put("id", Uuid::urn(number).to_string());
    members.put(
        "type",
        json!(["VerifiableCredential", "OpenBadgeCredential"]),
    );
    members.put("name", speech.title());
    members.put("issuer", issuer(badge));
    members.put("validFrom", moment(badge.issued_at));
    members.put("validUntil", badge.expires_at.map(moment));
    members.put("awardedDate", awarded(claims));
    members.put("credentialSubject", subject);
    members.put("credentialStatus", status(badge));
    members.put("evidence", subject::evidence(claims, &speech));
    Ok(members.into_map())
}

fn issuer(badge: &Badge<'_>) -> Value {
    json!({
        "id": badge.issuer,
        "type": ["Profile"],
        "name": badge.issuer_name.best(badge.language),
    })
}

/// Its places, one object or a list.
fn status(badge: &Badge<'_>) -> Option<Value> {
    let mut places = badge.status.iter().map(BitstringEntry::to_json);
    match badge.status.len() {
        0 | 1 => places.next(),
        _ => Some(places.collect()),
    }
}

/// The day of awarding as the moment that the standard wants.
fn awarded(claims: &CredentialClaims) -> Option<Value> {
    let day = claims.claims().get("awarding_date")?.as_str()?;
    Some(format!("{day}T00:00:00Z").into())
}

fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
