//! Receipts of a share, checked with the broker's key from the trust list.

use credential_core::{
    consent::receipt::{self, Event, Receipt, ReceiptError},
    jose::jws::JwsError,
    text::Language,
    trust::TrustList,
};
use serde::Deserialize;

use crate::{
    broker_key::{NoKey, broker_key},
    report, words,
};

/// Why a receipt is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReceiptCheckError {
    /// The broker that the receipt names is not on the trust list.
    #[error("the broker of this receipt is not on the trust list")]
    UnknownBroker,
    /// The key that signed is not one of the broker's.
    #[error("the receipt is signed with a key that is not the broker's")]
    UnknownKey,
    /// The receipt itself.
    #[error(transparent)]
    Receipt(#[from] ReceiptError),
}

impl ReceiptCheckError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::UnknownBroker => "receipt_broker_unknown",
            Self::UnknownKey => "receipt_key_unknown",
            Self::Receipt(ReceiptError::Jws(error)) => error.reason(),
            Self::Receipt(ReceiptError::Decision(error)) => error.reason(),
            Self::Receipt(_) => "receipt_contradiction",
        }
    }
}

impl From<JwsError> for ReceiptCheckError {
    fn from(error: JwsError) -> Self {
        Self::Receipt(ReceiptError::Jws(error))
    }
}

impl From<NoKey> for ReceiptCheckError {
    fn from(none: NoKey) -> Self {
        match none {
            NoKey::UnknownBroker => Self::UnknownBroker,
            NoKey::UnknownKey => Self::UnknownKey,
        }
    }
}

/// Checks a receipt's signatures and that its parts belong together.
///
/// # Errors
/// [`ReceiptCheckError`] names the first rule that is broken.
pub fn verify(compact: &str, trust: &TrustList) -> Result<Receipt, ReceiptCheckError> {
    #[derive(Deserialize)]
    struct Claimed {
        iss: String,
    }
    let unverified = receipt::parse(compact)?;
    let claimed: Claimed = unverified.untrusted_payload()?;
    let key = broker_key(trust, &claimed.iss, unverified.header().kid.as_deref())?;
    Ok(Receipt::verify(compact, &key)?)
}

/// A checked receipt in words.
#[must_use]
pub fn to_text(receipt: &Receipt, language: Language) -> String {
    let (claims, words) = (receipt.claims(), words::catalog(language));
    let event = match claims.event {
        Event::Given => "receipt-given",
        Event::Refused => "receipt-refused",
        Event::Withdrawn => "receipt-withdrawn",
        Event::Expired => "receipt-expired",
        Event::Exhausted => "receipt-exhausted",
        Event::Paused => "receipt-paused",
        Event::Resumed => "receipt-resumed",
        Event::Narrowed => "receipt-narrowed",
        Event::Renewed => "receipt-renewed",
        Event::Stopped => "receipt-stopped",
        Event::GivenUp => "receipt-given_up",
    };
    let at = receipt
        .recorded_at()
        .map(|at| report::moment(at, language))
        .unwrap_or_default();
    let number = claims.receipt_id.to_string();
    let grant = claims.grant_id.to_string();
    let purpose = claims.purpose.text.best(language).unwrap_or_default();
    let purpose = report::printable(purpose);
    let mut lines = vec![
        words.say(event, &[("time", &at)]),
        words.say("receipt-number", &[("number", &number)]),
        words.say("receipt-grant", &[("grant", &grant)]),
        words.say("share-purpose", &[("purpose", &purpose)]),
    ];
    if let Some(details) = &claims.details {
        let until = report::moment(details.until, language);
        lines.push(words.say("share-until", &[("time", &until)]));
    }
    lines.push(String::new());
    lines.join("\n")
}

#[cfg(test)]
mod tests;
