//! The registrar's trust list: who may issue what, who may ask for what, and with which keys.
//!
//! The list is a JWS of type `trust-list+jwt` whose statements are OpenID Federation 1.0 subordinate
//! statements (section 3.1), each signed by the registrar too. The registrar's key is pinned when a
//! wallet is made and is never on a broker: a broker that invents a recipient's key is found out.

mod entry;
mod statement;
#[cfg(test)]
pub(crate) mod tests;

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

pub use entry::{Entry, EntryError};
pub use statement::{
    BrokerRole, FederationEntity, IntendedUse, IssuerRole, Metadata, Participant, RecipientRole,
    ResourceRole, Statement,
};

use crate::{
    encoding::sha256_base64url,
    jose::{
        Jwk, SignError, Signer, VerifyingKey,
        jws::{self, JwsError, KeyReference, Unverified},
    },
};

/// The list's `typ`.
pub const TYP: &str = "trust-list+jwt";
/// Longest life of a list.
pub const MAX_LIFE: TimeDelta = TimeDelta::days(30);
/// Most statements in one list.
pub const MAX_STATEMENTS: usize = 2_000;
/// Longest signed list that is made or read, in octets: what one answer of the guarded client holds.
pub const MAX_LENGTH: usize = 4 << 20;

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListClaims {
    iss: String,
    seq: u64,
    iat: i64,
    exp: i64,
    statements: Vec<String>,
}

/// A trust list that was verified with the pinned registrar key and was valid when it was read.
///
/// ```compile_fail
/// let forged = credential_core::trust::TrustList { participants: vec![] };
/// ```
#[derive(Debug, Clone)]
pub struct TrustList {
    registrar: String,
    sequence: u64,
    issued_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    hash: String,
    participants: Vec<Participant>,
    /// The place of each by all its names.
    by_name: HashMap<String, usize>,
}

/// Why a list was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrustError {
    /// The list's signature or form.
    #[error("the trust list: {0}")]
    Jws(#[from] JwsError),
    /// The registrar's key cannot be used.
    #[error("the registrar's key cannot be used")]
    RegistrarKey,
    /// A statement inside is not signed by the registrar, not of this list, or ends before it.
    #[error("a statement about {subject} does not belong to this list")]
    ForeignStatement {
        /// The subject, as far as it could be read.
        subject: String,
    },
    /// Expired, from the future, or made to live longer than 30 days.
    #[error("the trust list is not valid at this moment")]
    NotOfThisMoment,
    /// An older list than the one already known.
    #[error("the trust list is older than the one already known ({known})")]
    Older {
        /// The highest sequence number known.
        known: u64,
    },
    /// Another list of the same number is known: the registrar said two things at once.
    #[error("two different trust lists have the number {sequence}")]
    Contradicts {
        /// The number of both.
        sequence: u64,
    },
    /// Two statements name the same participant or client id, or there are too many.
    #[error("the trust list names a participant twice, or too many")]
    Ambiguous,
}

impl TrustError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Jws(error) => error.reason(),
            Self::RegistrarKey => "trust_registrar_key",
            Self::ForeignStatement { .. } => "trust_foreign_statement",
            Self::NotOfThisMoment => "trust_list_not_of_this_moment",
            Self::Older { .. } => "trust_list_older",
            Self::Contradicts { .. } => "trust_list_contradicts",
            Self::Ambiguous => "trust_list_ambiguous",
        }
    }
}

/// Signs statements and the list around them.
///
/// # Errors
/// [`SignError`] when the registrar's key does not sign; [`SignError::TooLong`] beyond
/// [`MAX_STATEMENTS`] or [`MAX_LENGTH`], because nobody would read the list.
pub fn publish(
    registrar: &str,
    sequence: u64,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    statements: &[Statement],
    signer: &dyn Signer,
) -> Result<String, SignError> {
    if statements.len() > MAX_STATEMENTS {
        return Err(SignError::TooLong);
    }
    let statements = statements
        .iter()
        .map(|statement| jws::sign(statement::TYP, statement, signer, KeyReference::Kid))
        .collect::<Result<_, _>>()?;
    let list = ListClaims {
        iss: registrar.into(),
        seq: sequence,
        iat: now.timestamp(),
        exp: expires_at.timestamp(),
        statements,
    };
    let signed = jws::sign(TYP, &list, signer, KeyReference::Kid)?;
    if signed.len() > MAX_LENGTH {
        return Err(SignError::TooLong);
    }
    Ok(signed)
}

impl TrustList {
    /// Verifies a list with the pinned key. `known` is the highest sequence number seen before.
    ///
    /// # Errors
    /// [`TrustError`] names the first rule that is broken.
    pub fn verify(
        compact: &str,
        registrar: &Jwk,
        known: Option<u64>,
        now: DateTime<Utc>,
    ) -> Result<Self, TrustError> {
        let key = VerifyingKey::try_from(registrar).map_err(|_error| TrustError::RegistrarKey)?;
        let list: ListClaims = Unverified::parse_within(compact, TYP, MAX_LENGTH)?.verify(&key)?;
        let moment =
            |seconds| DateTime::from_timestamp(seconds, 0).ok_or(TrustError::NotOfThisMoment);
        let (issued_at, expires_at) = (moment(list.iat)?, moment(list.exp)?);
        let skew = TimeDelta::minutes(5);
        if issued_at > now + skew || expires_at <= now || expires_at - issued_at > MAX_LIFE {
            return Err(TrustError::NotOfThisMoment);
        }
        if let Some(known) = known.filter(|known| list.seq < *known) {
            return Err(TrustError::Older { known });
        }
        if list.statements.len() > MAX_STATEMENTS {
            return Err(TrustError::Ambiguous);
        }
        let participants = list
            .statements
            .iter()
            .map(|compact| Participant::verify(compact, &key, &list.iss, (now, expires_at)))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            registrar: list.iss,
            sequence: list.seq,
            issued_at,
            expires_at,
            hash: sha256_base64url(compact),
            by_name: names_of(&participants)?,
            participants,
        })
    }

    /// The registrar's own identifier.
    #[must_use]
    pub fn registrar(&self) -> &str {
        &self.registrar
    }

    /// The list's sequence number; a wallet keeps it and refuses a lower one.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// When it was signed.
    #[must_use]
    pub fn issued_at(&self) -> DateTime<Utc> {
        self.issued_at
    }

    /// Until when it may be used.
    #[must_use]
    pub fn expires_at(&self) -> DateTime<Utc> {
        self.expires_at
    }

    /// base64url SHA-256 of the signed list.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// Everyone on the list.
    #[must_use]
    pub fn participants(&self) -> &[Participant] {
        &self.participants
    }

    /// The issuer with this identifier: its entity identifier, or the DID that is listed for it.
    #[must_use]
    pub fn issuer(&self, name: &str) -> Option<(&Participant, &IssuerRole)> {
        let participant = self.named(name)?;
        let is_its = participant.entity_id == name || participant.did() == Some(name);
        Some((participant, participant.issuer.as_ref()?)).filter(|_found| is_its)
    }

    /// The recipient with this client id.
    #[must_use]
    pub fn recipient(&self, client_id: &str) -> Option<(&Participant, &RecipientRole)> {
        let participant = self
            .named(client_id)
            .filter(|p| p.client_id() == Some(client_id))?;
        Some((participant, participant.recipient.as_ref()?))
    }

    /// The broker with this issuer identifier.
    #[must_use]
    pub fn broker(&self, entity_id: &str) -> Option<(&Participant, &BrokerRole)> {
        let participant = self.named(entity_id).filter(|p| p.entity_id == entity_id)?;
        Some((participant, participant.broker.as_ref()?))
    }

    /// The resource server with this entity identifier.
    #[must_use]
    pub fn resource_server(&self, entity_id: &str) -> Option<(&Participant, &ResourceRole)> {
        let participant = self.named(entity_id).filter(|p| p.entity_id == entity_id)?;
        Some((participant, participant.resource.as_ref()?))
    }

    /// The resource with this identifier, compared letter by letter.
    #[must_use]
    pub fn resource(&self, identifier: &str) -> Option<&ResourceRole> {
        let role = self.named(identifier)?.resource.as_ref()?;
        (role.resource == identifier).then_some(role)
    }

    fn named(&self, name: &str) -> Option<&Participant> {
        self.participants.get(*self.by_name.get(name)?)
    }
}

/// The place of each participant by its entity identifier, client id, resource and DID, none of which may be
/// anything else's. A resource may have its own server's name.
fn names_of(participants: &[Participant]) -> Result<HashMap<String, usize>, TrustError> {
    let mut names = HashMap::new();
    for (place, participant) in participants.iter().enumerate() {
        let resource = participant
            .resource
            .as_ref()
            .map(|role| role.resource.as_str());
        let resource = resource.filter(|name| *name != participant.entity_id);
        let client_id = participant.client_id();
        let entity_id = Some(participant.entity_id.as_str());
        let all = [entity_id, client_id, resource, participant.did()];
        for name in all.into_iter().flatten() {
            if names.insert(name.to_owned(), place).is_some() {
                return Err(TrustError::Ambiguous);
            }
        }
    }
    Ok(names)
}
