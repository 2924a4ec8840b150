//! The one type of rich authorization request (RFC 9396) this product knows: `learning_credentials`,
//! as asked ([`RequestedDetails`]) and as granted ([`GrantedDetails`]).

use std::collections::BTreeSet;

use chrono::{DateTime, SubsecRound as _, Utc};
use serde::{Deserialize, Serialize};

use super::period::Period;
use crate::{
    canonical,
    dcql::{ClaimQuery, CredentialQuery, Query, QueryError},
    encoding::base64url,
    id::GrantId,
    text::Text,
};

/// The value of `type` in `authorization_details`.
pub const TYPE: &str = "learning_credentials";

/// Why data is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Purpose {
    /// A term of the W3C Data Privacy Vocabulary, as an IRI.
    pub code: String,
    /// In the recipient's own registered words.
    pub text: Text,
}

/// On what basis data is asked for. The three are shown differently and never mixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LegalBasis {
    /// The person is free to refuse.
    Consent,
    /// A law obliges; shown as a duty, and no consent receipt is made of it.
    Statutory,
    /// The person's own export.
    OwnExport,
}

/// Read once, or stand until withdrawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// One read.
    Once,
    /// Reads until the end, the read limit or the withdrawal.
    Standing,
}

/// Names a claim that the person may leave out.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ClaimRef {
    /// The credential's id in the query.
    pub credential_id: String,
    /// The claim's id within it.
    pub claim_id: String,
}

/// Why one claim is needed, in the recipient's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ClaimReason {
    /// The credential's id in the query.
    pub credential_id: String,
    /// The claim's id within it.
    pub claim_id: String,
    /// Why it is needed, at most [`MAX_REASON`] characters in a language.
    pub text: Text,
}

/// Longest reason in one language, in characters.
pub const MAX_REASON: usize = 300;

/// What a recipient asks for: one element of `authorization_details`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RequestedDetails {
    /// Always [`TYPE`].
    #[serde(rename = "type")]
    pub kind: String,
    /// The credentials and claims.
    pub dcql_query: Query,
    /// Claims the person may leave out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub optional: Vec<ClaimRef>,
    /// Why each claim that cannot be left out is needed; a reason for an optional one is welcome.
    pub reasons: Vec<ClaimReason>,
    /// Why.
    pub purpose: Purpose,
    /// On what basis.
    pub legal_basis: LegalBasis,
    /// Once or standing.
    pub mode: Mode,
    /// The last moment; give this or `duration`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// How long from the decision; give this or `until`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<Period>,
    /// Most reads; [`Mode::Once`] means 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_reads: Option<u32>,
    /// How long the recipient keeps what it read.
    pub retention: Period,
    /// Fresh randomness of the recipient, at least 128 bits as base64url.
    pub nonce: String,
    /// RFC 7638 thumbprint of the registered key to encrypt to.
    pub enc_jwk_thumbprint: String,
}

/// Why details were not accepted (`invalid_authorization_details`).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DetailsError {
    /// Another `type`.
    #[error("authorization_details of a type that is not supported")]
    Type,
    /// The query itself.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// `optional` names a claim the query does not have, or one twice.
    #[error("optional names a claim that the query does not ask for, or one twice")]
    UnknownOptional,
    /// Leaving the claim out would change nothing, because another path asks for it too.
    #[error("optional names a claim that another path of the query contains")]
    CoveredOptional,
    /// A needed claim has no reason, or a reason is empty, too long, doubled, or of no claim.
    #[error("every claim that cannot be left out needs one reason of at most 300 characters")]
    Reason,
    /// Not exactly one of `until` and `duration`, or an end in the past.
    #[error("give either until or duration, and an end in the future")]
    End,
    /// `max_reads` is 0, or more than 1 for one read.
    #[error("max_reads does not fit the mode")]
    Reads,
    /// The nonce is too short, too long or not base64url.
    #[error("the nonce must be 22 to 128 characters of base64url")]
    Nonce,
    /// The purpose has no IRI or no text.
    #[error("the purpose needs a code and a text")]
    Purpose,
    /// No canonical form exists (fractions in `values`).
    #[error("the details hold a number that is not whole")]
    NotCanonical,
}

impl RequestedDetails {
    /// Checks every member that can be checked without knowing who asks.
    ///
    /// # Errors
    /// [`DetailsError`] names the first rule that is broken.
    pub fn check(&self, now: DateTime<Utc>) -> Result<(), DetailsError> {
        if self.kind != TYPE {
            return Err(DetailsError::Type);
        }
        self.dcql_query.check()?;
        self.check_optional()?;
        self.check_reasons()?;
        match (self.until, self.duration) {
            (Some(until), None) if until > now => {}
            (None, Some(_)) => {}
            _ => return Err(DetailsError::End),
        }
        match (self.mode, self.max_reads) {
            (_, None | Some(1)) => {}
            (Mode::Standing, Some(reads)) if reads > 1 => {}
            _ => return Err(DetailsError::Reads),
        }
        let url_safe = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if !(22..=128).contains(&self.nonce.len()) || !self.nonce.bytes().all(url_safe) {
            return Err(DetailsError::Nonce);
        }
        if !self.purpose.code.starts_with("https://") || self.purpose.text.is_empty() {
            return Err(DetailsError::Purpose);
        }
        canonical::hash(self).map_err(|_fraction| DetailsError::NotCanonical)?;
        Ok(())
    }

    /// What the person leaves out must stay behind: no other path of the credential may contain it.
    fn check_optional(&self) -> Result<(), DetailsError> {
        let mut seen = BTreeSet::new();
        for optional in &self.optional {
            let query = &self.dcql_query;
            let found = query
                .credential(&optional.credential_id)
                .and_then(|credential| Some((credential, credential.claim(&optional.claim_id)?)));
            let Some((credential, claim)) = found.filter(|_known| seen.insert(optional)) else {
                return Err(DetailsError::UnknownOptional);
            };
            let is_covered = credential
                .claims
                .iter()
                .any(|other| other.id != claim.id && other.path.covers(&claim.path));
            if is_covered {
                return Err(DetailsError::CoveredOptional);
            }
        }
        Ok(())
    }

    fn check_reasons(&self) -> Result<(), DetailsError> {
        let mut explained = BTreeSet::new();
        for reason in &self.reasons {
            let claim = (reason.credential_id.as_str(), reason.claim_id.as_str());
            let is_asked = self
                .dcql_query
                .credential(claim.0)
                .is_some_and(|credential| credential.claim(claim.1).is_some());
            if !is_asked || !reason.text.is_fit(MAX_REASON) || !explained.insert(claim) {
                return Err(DetailsError::Reason);
            }
        }
        let is_explained = |credential: &CredentialQuery, claim: &ClaimQuery| {
            explained.contains(&(credential.id.as_str(), claim.id.as_str()))
        };
        let all_are = self.dcql_query.credentials.iter().all(|credential| {
            let mut claims = credential.claims.iter();
            claims
                .all(|claim| self.is_optional(credential, claim) || is_explained(credential, claim))
        });
        if all_are {
            Ok(())
        } else {
            Err(DetailsError::Reason)
        }
    }

    /// Why this claim is needed, in the recipient's words.
    #[must_use]
    pub fn reason(&self, credential_id: &str, claim_id: &str) -> Option<&Text> {
        self.reasons
            .iter()
            .find(|r| r.credential_id == credential_id && r.claim_id == claim_id)
            .map(|reason| &reason.text)
    }

    /// Whether the person may leave this claim out.
    #[must_use]
    pub fn is_optional(&self, credential: &CredentialQuery, claim: &ClaimQuery) -> bool {
        self.optional
            .iter()
            .any(|c| c.credential_id == credential.id && c.claim_id == claim.id)
    }

    /// When a grant given now would end: what was asked, but at most `cap` from now.
    #[must_use]
    pub fn ends_at(&self, now: DateTime<Utc>, cap: Period) -> DateTime<Utc> {
        let asked = match (self.until, self.duration) {
            (Some(until), _) => until,
            (None, Some(duration)) => now + duration.as_delta(),
            (None, None) => now,
        };
        asked.min(now + cap.as_delta()).trunc_subsecs(0)
    }

    /// The reads a grant would allow: one for [`Mode::Once`], else what was asked.
    #[must_use]
    pub fn reads(&self) -> Option<u32> {
        if self.mode == Mode::Once {
            Some(1)
        } else {
            self.max_reads
        }
    }

    /// What is granted when `left_out` is left out: the same details with a narrower query.
    ///
    /// # Errors
    /// [`NotOptional`] when something that is needed, or not asked for, would be left out.
    pub fn granted(
        &self,
        grant_id: GrantId,
        recipient: &str,
        until: DateTime<Utc>,
        left_out: &[ClaimRef],
    ) -> Result<GrantedDetails, NotOptional> {
        if let Some(needed) = left_out.iter().find(|claim| !self.optional.contains(claim)) {
            return Err(NotOptional(needed.clone()));
        }
        let mut query = self.dcql_query.clone();
        for credential in &mut query.credentials {
            let id = credential.id.clone();
            credential.claims.retain(|c| {
                !left_out
                    .iter()
                    .any(|l| l.credential_id == id && l.claim_id == c.id)
            });
        }
        Ok(GrantedDetails {
            kind: TYPE.into(),
            grant_id,
            recipient: recipient.into(),
            dcql_query: query,
            purpose: self.purpose.clone(),
            legal_basis: self.legal_basis,
            mode: self.mode,
            until: until.trunc_subsecs(0),
            max_reads: self.reads(),
            retention: self.retention,
            nonce: self.nonce.clone(),
            enc_jwk_thumbprint: self.enc_jwk_thumbprint.clone(),
        })
    }
}

/// A claim that is needed, or was not asked for, cannot be left out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}/{} cannot be left out of this request", .0.credential_id, .0.claim_id)]
pub struct NotOptional(pub ClaimRef);

impl ClaimRef {
    fn is_in(&self, query: &Query) -> bool {
        query
            .credential(&self.credential_id)
            .is_some_and(|c| c.claim(&self.claim_id).is_some())
    }
}

/// What the person granted. Its hash is the same in the decision, the grant's row, the deposit's
/// header, every log leaf and the receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct GrantedDetails {
    /// Always [`TYPE`].
    #[serde(rename = "type")]
    pub kind: String,
    /// The grant, named by the wallet.
    pub grant_id: GrantId,
    /// The recipient's client id.
    pub recipient: String,
    /// The requested query minus what was left out.
    pub dcql_query: Query,
    /// Why, as asked.
    pub purpose: Purpose,
    /// On what basis, as asked.
    pub legal_basis: LegalBasis,
    /// Once or standing.
    pub mode: Mode,
    /// The last moment, whole seconds.
    pub until: DateTime<Utc>,
    /// Most reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_reads: Option<u32>,
    /// How long the recipient keeps what it read.
    pub retention: Period,
    /// The recipient's nonce.
    pub nonce: String,
    /// The key that opens the deposits.
    pub enc_jwk_thumbprint: String,
}

impl GrantedDetails {
    /// SHA-256 over the canonical form (RFC 8785).
    ///
    /// # Errors
    /// [`DetailsError::NotCanonical`] when the query holds fractions.
    pub fn hash(&self) -> Result<[u8; 32], DetailsError> {
        canonical::hash(self).map_err(|_fraction| DetailsError::NotCanonical)
    }

    /// The hash as it travels in JSON.
    ///
    /// # Errors
    /// As [`Self::hash`].
    pub fn hash_base64url(&self) -> Result<String, DetailsError> {
        self.hash().map(base64url)
    }

    /// Whether this is a narrowing of what was asked: nothing added, nothing needed left out, the
    /// same purpose, basis, mode, key and nonce, no later end and no more reads.
    #[must_use]
    pub fn narrows(&self, asked: &RequestedDetails, now: DateTime<Utc>) -> bool {
        let left_out: Vec<ClaimRef> = asked
            .optional
            .iter()
            .filter(|claim| !claim.is_in(&self.dcql_query))
            .cloned()
            .collect();
        let widest = Period::days(3660).map_or(now, |cap| asked.ends_at(now, cap));
        self.until <= widest
            && self.reads_within(asked.reads())
            && asked
                .granted(self.grant_id, &self.recipient, self.until, &left_out)
                .is_ok_and(|expected| {
                    Self {
                        max_reads: self.max_reads,
                        ..expected
                    } == *self
                })
    }

    /// Whether this shares less than `before` of the same grant: fewer claims, a sooner end or fewer
    /// reads, and nothing else is different.
    #[must_use]
    pub fn is_less_than(&self, before: &Self) -> bool {
        let same_but_for_amount = Self {
            dcql_query: before.dcql_query.clone(),
            until: before.until,
            max_reads: before.max_reads,
            ..self.clone()
        } == *before;
        same_but_for_amount
            && self != before
            && self.until <= before.until
            && self.reads_within(before.max_reads)
            && self.dcql_query.is_within(&before.dcql_query)
    }

    /// Whether this is `before` of the same grant with a later end, and nothing else is different.
    #[must_use]
    pub fn is_longer_than(&self, before: &Self) -> bool {
        let same_but_for_end = Self {
            until: before.until,
            ..self.clone()
        } == *before;
        same_but_for_end && self.until > before.until
    }

    fn reads_within(&self, asked: Option<u32>) -> bool {
        match (self.max_reads, asked) {
            (None, None) => true,
            (Some(granted), None) => granted > 0,
            (Some(granted), Some(asked)) => (1..=asked).contains(&granted),
            (None, Some(_)) => false,
        }
    }
}
