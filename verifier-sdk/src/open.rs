//! Opening a deposit: from ciphertext to the presentations inside, for one grant and nobody else.

use chrono::{DateTime, Utc};
use credential_core::{
    consent::details::GrantedDetails,
    dcql::MAX_CREDENTIALS,
    id::GrantId,
    jose::jws::General,
    mailbox::{DepositContent, DepositError, DepositHeader},
};

use crate::RecipientKey;

/// What a recipient knows of a grant before it opens a deposit or believes what is inside.
#[derive(Debug, Clone, Copy)]
pub struct GrantExpectation<'a> {
    /// What was granted, as the token response said.
    pub details: &'a GrantedDetails,
    /// The recipient itself: its full client id.
    pub client_id: &'a str,
    /// The broker's issuer identifier.
    pub broker: &'a str,
    /// The signed request that led to the grant, letter by letter.
    pub request: &'a str,
    /// The highest sequence seen so far; 0 before the first.
    pub last_sequence: u32,
}

/// A deposit as the broker hands it over. Its header was read; nothing in it is authentic yet.
#[derive(Debug, Clone)]
pub struct SealedDeposit<'a> {
    compact: &'a str,
    header: DepositHeader,
}

/// A deposit that was opened with our key and belongs to the grant we expected.
///
/// Who signed what is inside is not checked by this type: that is
/// [`Verifier::verify_presentation`](crate::Verifier::verify_presentation).
///
/// ```compile_fail
/// let forged = verifier_sdk::OpenedPresentation { header: todo!(), content: todo!() };
/// ```
#[derive(Clone, PartialEq)]
pub struct OpenedPresentation {
    header: DepositHeader,
    content: DepositContent,
}

impl std::fmt::Debug for OpenedPresentation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenedPresentation")
            .field("grant_id", &self.header.grant_id)
            .field("sequence", &self.header.seq)
            .finish_non_exhaustive()
    }
}

/// Why a deposit was not opened, or not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Form or header.
    #[error(transparent)]
    Form(#[from] DepositError),
    /// The header names another grant: the ciphertext was moved.
    #[error("the deposit belongs to another grant")]
    OtherGrant,
    /// The header names another recipient or another key.
    #[error("the deposit is sealed for another recipient")]
    OtherRecipient,
    /// The header's hash is not that of the details that were granted.
    #[error("the deposit was made for other terms than those granted")]
    OtherDetails,
    /// `nbf` is in the future.
    #[error("the deposit may not be read yet")]
    NotYet,
    /// `exp` has passed.
    #[error("the deposit may no longer be read")]
    Expired,
    /// An older deposit than one already read was handed out again.
    #[error("the deposit is older than the last one ({last_seen})")]
    Replayed {
        /// The highest sequence seen.
        last_seen: u32,
    },
    /// The key does not open it, or it was changed.
    #[error("the deposit could not be opened with our key")]
    NotOpened,
    /// What is inside is not a deposit's content.
    #[error("the content of the deposit is not well formed")]
    Content,
}

impl OpenError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Form(error) => error.reason(),
            Self::OtherGrant => "deposit_other_grant",
            Self::OtherRecipient => "deposit_other_recipient",
            Self::OtherDetails => "deposit_other_details",
            Self::NotYet => "deposit_not_yet_valid",
            Self::Expired => "deposit_expired",
            Self::Replayed { .. } => "deposit_replayed",
            Self::NotOpened => "deposit_not_opened",
            Self::Content => "deposit_content_malformed",
        }
    }
}

impl<'a> SealedDeposit<'a> {
    /// Reads the header of a compact JWE. Compression, extensions and unknown members are refused
    /// here, before any other code sees the text.
    ///
    /// # Errors
    /// [`OpenError::Form`].
    pub fn parse(compact: &'a str) -> Result<Self, OpenError> {
        Ok(Self {
            header: DepositHeader::read(compact)?,
            compact,
        })
    }

    /// The header: authenticated only by [`Self::open`].
    #[must_use]
    pub fn header(&self) -> &DepositHeader {
        &self.header
    }

    /// Checks that the deposit is ours and of this moment, and opens it.
    ///
    /// The key is any of the recipient's own: the one that the grant names, or a later one that the
    /// registrar certified since. Sealing proves nothing about who sealed; what is inside does.
    ///
    /// # Errors
    /// [`OpenError`] names the first rule that is broken.
    pub fn open(
        self,
        key: &RecipientKey,
        expected: &GrantExpectation<'_>,
        now: DateTime<Utc>,
    ) -> Result<OpenedPresentation, OpenError> {
        self.check_place(key, expected)?;
        self.check_moment(expected, now)?;
        let plaintext = key.open(self.compact).ok_or(OpenError::NotOpened)?;
        let content = read_content(&plaintext)?;
        Ok(OpenedPresentation {
            header: self.header,
            content,
        })
    }

    /// The terms that the decision inside names, when they are others than expected and the header's own.
    /// Nothing about them is believed yet but that the grant's holder, whoever that is, signed them.
    #[cfg(feature = "http")]
    pub(crate) fn other_terms(
        &self,
        key: &RecipientKey,
        expected: &GrantExpectation<'_>,
    ) -> Option<GrantedDetails> {
        let is_expected = |details: &GrantedDetails| {
            details
                .hash_base64url()
                .is_ok_and(|hash| hash == self.header.details_hash)
        };
        if is_expected(expected.details) {
            return None;
        }
        let content = read_content(&key.open(self.compact)?).ok()?;
        let decision =
            credential_core::consent::decision::SignedDecision::open(content.decision).ok()?;
        decision.claims().details.clone().filter(is_expected)
    }

    fn check_place(
        &self,
        key: &RecipientKey,
        expected: &GrantExpectation<'_>,
    ) -> Result<(), OpenError> {
        let (header, details) = (&self.header, expected.details);
        if header.grant_id != details.grant_id {
            return Err(OpenError::OtherGrant);
        }
        let ours = header.recipient == expected.client_id
            && details.recipient == expected.client_id
            && Some(&header.kid) == key.public_jwk().kid.as_ref();
        if !ours {
            return Err(OpenError::OtherRecipient);
        }
        match details.hash_base64url() {
            Ok(hash) if hash == header.details_hash => Ok(()),
            _ => Err(OpenError::OtherDetails),
        }
    }

    fn check_moment(
        &self,
        expected: &GrantExpectation<'_>,
        now: DateTime<Utc>,
    ) -> Result<(), OpenError> {
        let (header, now) = (&self.header, now.timestamp());
        if now
            < header
                .nbf
                .saturating_sub(crate::verify::MAX_AHEAD.num_seconds())
        {
            return Err(OpenError::NotYet);
        }
        if now >= header.exp {
            return Err(OpenError::Expired);
        }
        if header.seq < expected.last_sequence {
            return Err(OpenError::Replayed {
                last_seen: expected.last_sequence,
            });
        }
        Ok(())
    }
}

/// The nesting is fixed by the type, and the length by that of the ciphertext. Each part of the query
/// has one answer (OpenID4VP 1.0 section 8.1, `multiple` is not supported).
fn read_content(plaintext: &[u8]) -> Result<DepositContent, OpenError> {
    let content: DepositContent =
        serde_json::from_slice(plaintext).map_err(|_error| OpenError::Content)?;
    let counts = content.vp_token.len() <= MAX_CREDENTIALS
        && content
            .vp_token
            .values()
            .all(|presentations| presentations.len() == 1);
    if counts {
        Ok(content)
    } else {
        Err(OpenError::Content)
    }
}

impl OpenedPresentation {
    /// The grant it was deposited under.
    #[must_use]
    pub fn grant_id(&self) -> GrantId {
        self.header.grant_id
    }

    /// Its place among the grant's deposits, from 1; to be kept as the next `last_sequence`.
    #[must_use]
    pub fn sequence(&self) -> u32 {
        self.header.seq
    }

    /// The header, authenticated by the encryption.
    #[must_use]
    pub fn header(&self) -> &DepositHeader {
        &self.header
    }

    /// The presentations for one part of the query, as SD-JWT with key binding. Unverified.
    #[must_use]
    pub fn presentations(&self, credential_id: &str) -> &[String] {
        self.content
            .vp_token
            .get(credential_id)
            .map_or(&[], Vec::as_slice)
    }

    /// The ids of the parts of the query that were answered.
    pub fn credential_ids(&self) -> impl Iterator<Item = &str> {
        self.content.vp_token.keys().map(String::as_str)
    }

    /// The holder's signed decision. Unverified.
    #[must_use]
    pub fn decision(&self) -> &General {
        &self.content.decision
    }
}

#[cfg(test)]
mod tests;
