//! The broker's word that a reading stands in the person's log, checked with its key from the trust list.

use credential_core::{
    access_log::{ReadReceipt, ReadReceiptError},
    trust::TrustList,
};

use crate::broker_key::{NoKey, broker_key};

/// Why a read receipt is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadReceiptCheckError {
    /// The broker that the receipt names is not on the trust list.
    #[error("the broker of this read receipt is not on the trust list")]
    UnknownBroker,
    /// The key that signed is not one of the broker's.
    #[error("the read receipt is signed with a key that is not the broker's")]
    UnknownKey,
    /// The receipt itself.
    #[error(transparent)]
    Receipt(#[from] ReadReceiptError),
}

impl ReadReceiptCheckError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::UnknownBroker => "read_receipt_broker_unknown",
            Self::UnknownKey => "read_receipt_key_unknown",
            Self::Receipt(error) => error.reason(),
        }
    }
}

impl From<NoKey> for ReadReceiptCheckError {
    fn from(none: NoKey) -> Self {
        match none {
            NoKey::UnknownBroker => Self::UnknownBroker,
            NoKey::UnknownKey => Self::UnknownKey,
        }
    }
}

/// Checks a receipt that came with a reading: signed by a listed key of the broker it names.
///
/// # Errors
/// [`ReadReceiptCheckError`] names the first rule that is broken.
pub fn verify(compact: &str, trust: &TrustList) -> Result<ReadReceipt, ReadReceiptCheckError> {
    let (issuer, kid) = ReadReceipt::claimed_issuer(compact)?;
    let key = broker_key(trust, &issuer, kid.as_deref())?;
    Ok(ReadReceipt::verify(compact, &key, &issuer)?)
}
