//! Handing a credential out: proofs are checked, indexes drawn, the claims signed and forgotten. What the
//! institution has not released is handed out later, to the keys that were proven when it was asked for.

use std::collections::HashMap;

use chrono::{DateTime, NaiveTime, Utc};
use credential_core::{
    credential::{CredentialClaims, CredentialType},
    encoding::base64url,
    id::OfferId,
    jose::Jwk,
    oid4vci::{
        CredentialResponse, IssuedItem,
        proof::{self, KeyProofError},
    },
    sd_jwt::{Issuance, IssueError, IssuedCredential, StatusReference, issue},
};

use super::{
    IssuerState, RegistryError,
    handles::NonceRefused,
    registry::{CollectError, Deferral, TransactionId, Wanted, parts},
};

/// Most proofs, and so copies of one credential, in one request.
pub(super) const MAX_PROOFS: usize = 8;
/// Seconds after which a wallet may ask again for what waits.
const ASK_AGAIN: u32 = 30;
/// Most answers kept for a repeated request.
const MAX_ANSWERS: usize = 10_000;

/// Why no credential was handed out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub(super) enum CredentialError {
    /// The wallet asks for something this issuer does not know.
    #[error("there is no such configuration")]
    UnknownConfiguration,
    /// The wallet asks for something that is not in its offer.
    #[error("the configuration is not part of the offer")]
    NotOffered,
    /// No proof, or too many.
    #[error("between 1 and {MAX_PROOFS} proofs are needed")]
    ProofCount,
    /// One key for two credentials.
    #[error("a key is used in two proofs")]
    KeyTwice,
    /// A proof does not hold.
    #[error(transparent)]
    Proof(#[from] KeyProofError),
    /// The nonce of a proof.
    #[error(transparent)]
    Nonce(#[from] NonceRefused),
    /// The access token's offer is gone.
    #[error("the offer is gone")]
    Gone,
    /// The credential was handed out before, to other keys or too long ago.
    #[error("the credential was collected before")]
    Collected,
    /// A transaction that is not of this offer, or was collected.
    #[error("there is no such transaction")]
    UnknownTransaction,
    /// What was prepared can no longer be issued.
    #[error(transparent)]
    Issue(#[from] IssueError),
    /// The registry refused.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

impl From<CollectError> for CredentialError {
    fn from(error: CollectError) -> Self {
        match error {
            CollectError::Gone => Self::Gone,
            CollectError::NotOffered => Self::NotOffered,
            CollectError::Collected => Self::Collected,
            CollectError::Issue(error) => Self::Issue(error),
            CollectError::Registry(error) => Self::Registry(error),
        }
    }
}

/// Credentials handed out moments ago, in memory only.
#[derive(Debug, Default)]
pub(super) struct Answers(HashMap<(OfferId, CredentialType), Answer>);

#[derive(Debug)]
struct Answer {
    /// Thumbprints of the keys, in the order of the proofs.
    keys: Vec<String>,
    response: CredentialResponse,
    until: DateTime<Utc>,
}

impl Answers {
    fn again(&self, what: (OfferId, CredentialType), keys: &[Jwk]) -> Option<CredentialResponse> {
        self.0
            .get(&what)
            .filter(|answer| answer.keys == thumbprints(keys))
            .map(|answer| answer.response.clone())
    }

    fn keep(&mut self, what: (OfferId, CredentialType), answer: Answer, now: DateTime<Utc>) {
        self.0.retain(|_, kept| now < kept.until);
        if self.0.len() < MAX_ANSWERS {
            self.0.insert(what, answer);
        }
    }
}

impl IssuerState {
    /// Issues the credential of `configuration` from an offer, once for each proof; or says that it comes
    /// later.
    pub(super) fn hand_out(
        &self,
        offer: OfferId,
        configuration: &str,
        proofs: &[String],
    ) -> Result<CredentialResponse, CredentialError> {
        let credential_type =
            of_configuration(configuration).ok_or(CredentialError::UnknownConfiguration)?;
        let now = self.now();
        let keys = self.proven_keys(proofs, now)?;
        if self.registry().is_held(&offer)? {
            let id = self.registry().defer(&offer, credential_type, keys, now)?;
            tracing::info!(offer.id = %offer, "a credential waits to be released");
            return Ok(later(id));
        }
        // Held until the answer is kept, so that a repeat at the same moment finds it.
        let mut answers = self.answers();
        let what = (offer, credential_type);
        match self.collect(what, &keys, now) {
            Ok((credentials, indexes)) => {
                let response = CredentialResponse::Issued {
                    credentials: items(credentials),
                    notification_id: Some(self.notification_ids().id(&indexes)),
                };
                let answer = Answer {
                    keys: thumbprints(&keys),
                    response: response.clone(),
                    until: now + self.lifetimes().access_token,
                };
                answers.keep(what, answer, now);
                Ok(response)
            }
            Err(CollectError::Collected) => {
                answers.again(what, &keys).ok_or(CredentialError::Collected)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Issues what waited, once the institution has released it.
    pub(super) fn hand_out_later(
        &self,
        offer: OfferId,
        transaction: &TransactionId,
    ) -> Result<CredentialResponse, CredentialError> {
        let now = self.now();
        match self.registry().deferral(&offer, transaction, now)? {
            None => Err(CredentialError::UnknownTransaction),
            Some(Deferral::Waiting) => Ok(later(*transaction)),
            Some(Deferral::Released {
                credential_type,
                keys,
            }) => match self.collect((offer, credential_type), &keys, now) {
                // Without a notification id, which section 9.2 leaves open: there are wallets that refuse
                // an answer of this endpoint with one.
                Ok((credentials, _indexes)) => Ok(CredentialResponse::Issued {
                    credentials: items(credentials),
                    notification_id: None,
                }),
                // Another request for the same was faster.
                Err(CollectError::Collected) => Err(CredentialError::UnknownTransaction),
                Err(error) => Err(error.into()),
            },
        }
    }

    fn collect(
        &self,
        (offer, credential_type): (OfferId, CredentialType),
        keys: &[Jwk],
        now: DateTime<Utc>,
    ) -> Result<(Vec<IssuedCredential>, Vec<u32>), CollectError> {
        let wanted = Wanted {
            offer,
            credential_type,
            copies: keys.len(),
            now,
        };
        let mut places = Vec::new();
        let collected = self.registry().collect(&wanted, |claims, indexes| {
            places.extend_from_slice(indexes);
            self.sign_each(claims, keys, indexes, now)
        })?;
        tracing::info!(offer.id = %offer, copies = keys.len(), "a credential was issued");
        self.witness_collected(offer, credential_type.vct(), places);
        Ok(collected)
    }

    /// The key of each proof; their nonces are used up.
    fn proven_keys(
        &self,
        proofs: &[String],
        now: DateTime<Utc>,
    ) -> Result<Vec<Jwk>, CredentialError> {
        if !(1..=MAX_PROOFS).contains(&proofs.len()) {
            return Err(CredentialError::ProofCount);
        }
        let issuer = self.profile().identifier();
        let checked = proofs
            .iter()
            .map(|proof| proof::check(proof, issuer, now))
            .collect::<Result<Vec<_>, _>>()?;
        let nonces: Vec<_> = checked.iter().map(proof::KeyProof::nonce).collect();
        let keys: Vec<_> = checked.iter().map(|proof| proof.key().bare()).collect();
        let mut distinct = thumbprints(&keys);
        distinct.sort_unstable();
        distinct.dedup();
        if distinct.len() < keys.len() {
            return Err(CredentialError::KeyTwice);
        }
        self.nonces().spend(&nonces, now)?;
        Ok(keys)
    }

    fn sign_each(
        &self,
        claims: &CredentialClaims,
        keys: &[Jwk],
        indexes: &[u32],
        now: DateTime<Utc>,
    ) -> Result<Vec<IssuedCredential>, IssueError> {
        let integrity = claims.credential_type().integrity();
        keys.iter()
            .zip(indexes)
            .map(|(key, index)| {
                let (list, place) = parts(*index);
                let status = StatusReference {
                    uri: self.status_list_address(list),
                    idx: place,
                };
                let issuance = Issuance {
                    issuer: self.issuer(),
                    vct: claims.credential_type().vct(),
                    vct_integrity: Some(&integrity),
                    issued_at: issue_day(now),
                    expires_at: expiry(claims, now),
                    status: Some(&status),
                    holder: key,
                    claims: claims.claims(),
                    disclosable: claims.disclosable(),
                };
                issue(&issuance, self.signer(), self.rng())
            })
            .collect()
    }
}

fn later(transaction: TransactionId) -> CredentialResponse {
    CredentialResponse::Deferred {
        transaction_id: base64url(transaction),
        interval: ASK_AGAIN,
    }
}

fn items(credentials: Vec<IssuedCredential>) -> Vec<IssuedItem> {
    let items = credentials.into_iter().map(|credential| IssuedItem {
        credential: credential.into_string(),
    });
    items.collect()
}

/// The end of what is issued now: of the last day (UTC) on which the claims can be true, or after the
/// longest time that the type allows, whichever comes first.
pub(super) fn expiry(claims: &CredentialClaims, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let next_day = claims.valid_until().and_then(|day| day.succ_opt());
    let of_claims = next_day.map(|day| day.and_time(NaiveTime::MIN).and_utc());
    let longest = claims.credential_type().longest_validity();
    let of_type = longest.map(|longest| issue_day(now) + longest);
    of_claims.into_iter().chain(of_type).min()
}

/// The beginning (UTC) of the day of issue. What a person collected in one go would otherwise carry the
/// same second, and two recipients could tell by it that a minimal proof and a degree are one person's.
fn issue_day(now: DateTime<Utc>) -> DateTime<Utc> {
    now.date_naive().and_time(NaiveTime::MIN).and_utc()
}

/// The configuration id of a type: the name in its `vct`.
pub(super) fn configuration_id(credential_type: CredentialType) -> &'static str {
    let vct = credential_type.vct();
    vct.rsplit('/').nth(1).unwrap_or(vct)
}

/// The type a configuration id names.
pub(super) fn of_configuration(id: &str) -> Option<CredentialType> {
    CredentialType::ALL
        .into_iter()
        .find(|kind| configuration_id(*kind) == id)
}

fn thumbprints(keys: &[Jwk]) -> Vec<String> {
    keys.iter().map(Jwk::thumbprint).collect()
}
