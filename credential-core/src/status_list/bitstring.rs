//! Bitstring Status List 1.0 (W3C): the same for credentials of the data model. One bit a credential and
//! purpose, most significant bit first, in a credential that the issuer signs.

use std::io::{Read as _, Write as _};

use chrono::{DateTime, SecondsFormat, Utc};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use serde_json::{Map, Value, json};

use super::{MAX_OCTETS, Status, StatusList};
use crate::{
    encoding::{base64url, from_base64url},
    jose::{Signer, VerifyingKey},
    linked_data::{LinkedDataError, ProofOptions, SecuredDocument, VerifiedDocument, secure},
};

/// The media type of a list.
pub const MEDIA_TYPE: &str = "application/vc";
/// Fewest entries of a list, so that one says nothing about whom it is asked for (section 6.1).
pub const MIN_ENTRIES: u64 = 131_072;
/// The most a list may ask to be cached, in seconds.
const MAX_TTL: u64 = 7 * 24 * 3600;

/// What a set bit says (section 2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Withdrawn for good.
    Revocation,
    /// Not to be relied on for now.
    Suspension,
}

impl Purpose {
    /// Both that are understood.
    pub const ALL: [Self; 2] = [Self::Revocation, Self::Suspension];

    /// The standard's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Revocation => "revocation",
            Self::Suspension => "suspension",
        }
    }

    /// What a set bit means.
    #[must_use]
    pub fn status(self) -> Status {
        match self {
            Self::Revocation => Status::Invalid,
            Self::Suspension => Status::Suspended,
        }
    }
}

/// Where a credential's bit stands: one `credentialStatus` (section 2.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BitstringEntry {
    /// What the bit says.
    pub purpose: Purpose,
    /// The address of the list.
    pub list: String,
    /// The place in it.
    pub index: u64,
}

/// Why a list, or a place in it, is not usable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BitstringError {
    /// The list's own proof or form as a credential.
    #[error("the status list: {0}")]
    Document(#[from] LinkedDataError),
    /// Issued by somebody else than the credential.
    #[error("the status list is another issuer's")]
    OtherIssuer,
    /// Not the list that was asked for, or for another purpose.
    #[error("the status list is another one than the credential names")]
    OtherList,
    /// Not a list, or its bits cannot be read.
    #[error("the status list is malformed")]
    Malformed,
    /// Fewer than [`MIN_ENTRIES`] entries (`STATUS_LIST_LENGTH_ERROR`).
    #[error("the status list is too short")]
    TooShort,
    /// More than 4 MiB once inflated.
    #[error("the status list is too large")]
    TooLarge,
    /// Not in force yet, or no longer.
    #[error("the status list is not valid at this moment")]
    NotOfThisMoment,
    /// The place is outside the list; never taken for "not set".
    #[error("the credential's place is outside the status list")]
    OutOfBounds,
}

impl BitstringError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Document(error) => error.reason(),
            Self::OtherIssuer => "status_list_other_issuer",
            Self::OtherList => "status_list_other",
            Self::Malformed => "status_list_malformed",
            Self::TooShort => "status_list_too_short",
            Self::TooLarge => "status_list_too_large",
            Self::NotOfThisMoment => "status_list_not_of_this_moment",
            Self::OutOfBounds => "status_index_out_of_bounds",
        }
    }
}

impl BitstringEntry {
    /// The `credentialStatus` of a credential that has this place.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "id": format!("{}#{}", self.list, self.index),
            "type": "BitstringStatusListEntry",
            "statusPurpose": self.purpose.name(),
            "statusListIndex": self.index.to_string(),
            "statusListCredential": self.list,
        })
    }

    /// All places that a `credentialStatus` names; none when one of them is not understood, be it of another
    /// type, purpose or size.
    #[must_use]
    pub fn read_all(status: &Value) -> Option<Vec<Self>> {
        let entries = match status {
            Value::Array(entries) => entries.as_slice(),
            one => std::slice::from_ref(one),
        };
        let few = (1..=8).contains(&entries.len());
        let read = entries.iter().map(Self::read);
        read.collect::<Option<Vec<_>>>().filter(|_entries| few)
    }

    fn read(entry: &Value) -> Option<Self> {
        let text = |name: &str| entry.get(name)?.as_str();
        let purpose = text("statusPurpose")?;
        let is_bit = entry.get("statusSize").is_none_or(|size| *size == 1);
        let is_entry = text("type")? == "BitstringStatusListEntry";
        Some(Self {
            purpose: Purpose::ALL
                .into_iter()
                .find(|known| known.name() == purpose)?,
            list: text("statusListCredential")?.to_owned(),
            index: decimal(text("statusListIndex")?)?,
        })
        .filter(|_entry| is_bit && is_entry)
    }
}

/// A number written without sign or leading zeros.
fn decimal(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

/// How a list is published.
#[derive(Debug, Clone, Copy)]
pub struct Publication<'p> {
    /// The issuer's identifier.
    pub issuer: &'p str,
    /// The list's address.
    pub url: &'p str,
    /// What its bits say.
    pub purpose: Purpose,
    /// From when until when it is valid.
    pub valid: (DateTime<Utc>, DateTime<Utc>),
    /// For how many seconds a reader may keep it.
    pub ttl: u64,
    /// Where the key is found: the issuer's identifier, `#`, and the key's id.
    pub verification_method: &'p str,
}

/// Signs the bits of one purpose, made from `list`, whose entries stand at the same places.
///
/// # Errors
/// [`BitstringError`] when the key does not sign, or the list is shorter than one may be.
pub fn sign(
    list: &StatusList,
    publication: &Publication<'_>,
    signer: &dyn Signer,
) -> Result<VerifiedDocument, BitstringError> {
    let bits = bits(list, publication.purpose.status());
    if (bits.len() as u64) * 8 < MIN_ENTRIES {
        return Err(BitstringError::TooShort);
    }
    let moment = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let (from, until) = publication.valid;
    let document = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": publication.url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": publication.issuer,
        "validFrom": moment(from),
        "validUntil": moment(until),
        "credentialSubject": {
            "id": format!("{}#list", publication.url),
            "type": "BitstringStatusList",
            "statusPurpose": publication.purpose.name(),
            "encodedList": compressed(&bits)?,
            // Milliseconds (section 2.2).
            "ttl": publication.ttl * 1000,
        },
    });
    let Value::Object(document) = document else {
        return Err(BitstringError::Malformed);
    };
    let options = ProofOptions {
        created: from,
        verification_method: publication.verification_method,
    };
    Ok(secure(document, &options, signer)?)
}

/// One bit for each entry: whether it has this status.
fn bits(list: &StatusList, status: Status) -> Vec<u8> {
    let mut bits = vec![0_u8; list.len().div_ceil(8) as usize];
    for index in 0..list.len() {
        let is_set = list.at(index).is_ok_and(|found| found == status);
        if is_set && let Some(octet) = bits.get_mut((index / 8) as usize) {
            *octet |= 0x80 >> (index % 8);
        }
    }
    bits
}

fn compressed(bits: &[u8]) -> Result<String, BitstringError> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let written = encoder.write_all(bits).and_then(|()| encoder.finish());
    let octets = written.map_err(|_error| BitstringError::Malformed)?;
    Ok(format!("u{}", base64url(octets)))
}

/// A verified list.
#[derive(Debug, Clone)]
pub struct BitstringList {
    bits: Vec<u8>,
    issued_at: DateTime<Utc>,
    expires_at: Option<DateTime<Utc>>,
    ttl_seconds: Option<u64>,
}

impl BitstringList {
    /// Verifies a list that was fetched from `url` and has to be this issuer's. Which of its keys signed
    /// it, `key_of` finds out.
    ///
    /// # Errors
    /// [`BitstringError`].
    pub fn verify(
        text: &[u8],
        (url, purpose): (&str, Purpose),
        issuer: &str,
        key_of: impl FnOnce(&SecuredDocument) -> Option<VerifyingKey>,
        now: DateTime<Utc>,
    ) -> Result<Self, BitstringError> {
        let secured = SecuredDocument::parse(text)?;
        if secured.untrusted_issuer() != issuer {
            return Err(BitstringError::OtherIssuer);
        }
        let key =
            key_of(&secured).ok_or(BitstringError::Document(LinkedDataError::BadSignature))?;
        let list = secured.verify(&key)?;
        if list.id().is_some_and(|id| id != url) {
            return Err(BitstringError::OtherList);
        }
        let subject = subject(&list, purpose)?;
        let issued_at = list
            .valid_from()
            .or(list.proven_at())
            .ok_or(BitstringError::NotOfThisMoment)?;
        let is_over = list.valid_until().is_some_and(|end| end <= now);
        if is_over || issued_at > now + chrono::TimeDelta::minutes(5) {
            return Err(BitstringError::NotOfThisMoment);
        }
        let encoded = subject.get("encodedList").and_then(Value::as_str);
        let ttl = subject.get("ttl").and_then(Value::as_u64);
        Ok(Self {
            bits: inflated(encoded.ok_or(BitstringError::Malformed)?)?,
            issued_at,
            expires_at: list.valid_until(),
            ttl_seconds: ttl.map(|milliseconds| (milliseconds / 1000).min(MAX_TTL)),
        })
    }

    /// Whether the bit at a place is set.
    ///
    /// # Errors
    /// [`BitstringError::OutOfBounds`].
    pub fn is_set(&self, index: u64) -> Result<bool, BitstringError> {
        let octet = usize::try_from(index / 8).ok();
        let octet = octet.and_then(|octet| self.bits.get(octet));
        let octet = octet.ok_or(BitstringError::OutOfBounds)?;
        Ok(octet & (0x80 >> (index % 8)) != 0)
    }

    /// When the list was made.
    #[must_use]
    pub fn issued_at(&self) -> DateTime<Utc> {
        self.issued_at
    }

    /// From when it must no longer be used, not even from a cache.
    #[must_use]
    pub fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.expires_at
    }

    /// For how many seconds it may be kept, when it says so.
    #[must_use]
    pub fn ttl_seconds(&self) -> Option<u64> {
        self.ttl_seconds
    }
}

/// The list in a credential, when it is one for this purpose.
fn subject(
    list: &VerifiedDocument,
    purpose: Purpose,
) -> Result<&Map<String, Value>, BitstringError> {
    let subject = list.document().get("credentialSubject");
    let subject = subject.and_then(Value::as_object);
    let is_list = list
        .types()
        .any(|kind| kind == "BitstringStatusListCredential");
    let subject = subject.filter(|subject| {
        is_list
            && subject
                .get("type")
                .is_some_and(|kind| names(kind, "BitstringStatusList"))
    });
    let subject = subject.ok_or(BitstringError::Malformed)?;
    let purposes = subject.get("statusPurpose");
    if purposes.is_some_and(|purposes| names(purposes, purpose.name())) {
        Ok(subject)
    } else {
        Err(BitstringError::OtherList)
    }
}

/// Whether a member is this text, or a list with it.
fn names(member: &Value, text: &str) -> bool {
    match member {
        Value::Array(items) => items.iter().any(|item| item == text),
        one => one == text,
    }
}

fn inflated(encoded: &str) -> Result<Vec<u8>, BitstringError> {
    let malformed = BitstringError::Malformed;
    let encoded = encoded.strip_prefix('u').ok_or(malformed.clone())?;
    let octets = from_base64url(encoded).map_err(|_error| malformed.clone())?;
    let mut bits = Vec::new();
    // One octet more than allowed tells "exactly at the limit" from "beyond it".
    let limit = MAX_OCTETS as u64 + 1;
    GzDecoder::new(octets.as_slice())
        .take(limit)
        .read_to_end(&mut bits)
        .map_err(|_error| malformed)?;
    match bits.len() as u64 {
        octets if octets >= limit => Err(BitstringError::TooLarge),
        octets if octets * 8 < MIN_ENTRIES => Err(BitstringError::TooShort),
        _ => Ok(bits),
    }
}

#[cfg(test)]
mod tests;
