//! The recipient's own receipts of a grant, also after its end.

use credential_core::{consent::receipt::Receipt, id::GrantId, trust::TrustList};
use serde::Deserialize;

use super::{CallError, Recipient, json_within};
use crate::receipt::{self, ReceiptCheckError};

/// Most receipts of one grant: one for its beginning, its end and each change.
const MAX_RECEIPTS: usize = 256;
/// Their length together, in octets.
const MAX_ANSWER: usize = 4 << 20;

/// A receipt that was checked, and the text to keep.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ReceivedReceipt {
    /// The compact JWS, letter by letter.
    pub signed: String,
    /// What it says.
    pub receipt: Receipt,
}

/// The receipts could not be had, or one is not to be believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReceiptsError {
    /// The broker refused, or did not answer.
    #[error(transparent)]
    Call(#[from] CallError),
    /// A receipt is wrong.
    #[error(transparent)]
    Receipt(#[from] ReceiptCheckError),
    /// A receipt is about another grant, recipient or broker.
    #[error("a receipt is about another share")]
    OtherShare,
}

impl ReceiptsError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Call(error) => error.reason(),
            Self::Receipt(error) => error.reason(),
            Self::OtherShare => "receipt_other_share",
        }
    }
}

#[derive(Deserialize)]
struct Receipts {
    receipts: Vec<String>,
}

impl Recipient {
    /// Fetches the receipts of a grant and checks each with the broker's key from the trust list.
    ///
    /// # Errors
    /// [`ReceiptsError`]; one wrong receipt refuses all.
    pub async fn receipts(
        &self,
        grant_id: GrantId,
        trust: &TrustList,
    ) -> Result<Vec<ReceivedReceipt>, ReceiptsError> {
        let id = grant_id.to_string();
        let url = self.endpoints.beside("receipts");
        let answer = self.post(&url, &[("grant_id", &id)]).await?;
        let Receipts { receipts } = json_within(&answer, MAX_ANSWER)?;
        if receipts.len() > MAX_RECEIPTS {
            return Err(CallError::Malformed("receipts").into());
        }
        receipts
            .into_iter()
            .map(|signed| {
                let receipt = receipt::verify(&signed, trust)?;
                let claims = receipt.claims();
                let ours = claims.grant_id == grant_id
                    && claims.recipient == self.identity.client_id
                    && claims.iss == self.endpoints.issuer;
                if ours {
                    Ok(ReceivedReceipt { signed, receipt })
                } else {
                    Err(ReceiptsError::OtherShare)
                }
            })
            .collect()
    }
}
