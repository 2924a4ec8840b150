//! Two sides of one reading: the receipt that a recipient got for it, held against the person's own log.

use credential_core::{
    access_log::{Entry, ReadReceipt, SignedHead},
    id::ReadId,
};
use serde::{Deserialize, Serialize};
use verifier_sdk::read_receipt;

use super::log::ENTRIES;
use crate::{Error, Wallet, vault::Tree};

/// Which reading each place of a broker's log was shown to be.
const READINGS: Tree<(String, u64), ReadId> = Tree::new("log_readings");
/// By broker and place. The first one stays.
const OMISSIONS: Tree<(String, u64), Omission> = Tree::new("log_omissions");

/// A reading that the person's log does not have: the broker has signed two different histories.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Omission {
    /// The broker's receipt of the reading.
    pub receipt: String,
    /// The log as the broker signed it, in which the reading is not.
    pub head: SignedHead,
}

impl Wallet {
    /// Looks for a reading in the person's log whose receipt a recipient has shown, after fetching what is
    /// new in that log. Gives its entry.
    ///
    /// # Errors
    /// [`Error::LogOmits`] when the log has another entry there or none, or one that another reading was
    /// shown to be: the broker has hidden a reading from one side, and both signed statements are kept
    /// ([`Self::omissions`]). [`Error::ReadReceipt`] when the broker did not sign it; [`Error::NotFound`]
    /// when it is not about a share of this wallet.
    pub async fn find_reading(&self, receipt: &str) -> Result<Entry, Error> {
        let signed = receipt.trim();
        let receipt = read_receipt::verify(signed, &self.trust()?)?;
        let read = receipt.claims();
        if self.share(read.grant_id)?.broker != read.iss {
            return Err(Error::NotFound);
        }
        // A long log is followed in several goes.
        let mut synced = self.sync_log(&read.iss).await?;
        while synced.head.head().size <= read.seq && !synced.new.is_empty() {
            synced = self.sync_log(&read.iss).await?;
        }
        let omission = Omission {
            receipt: signed.to_owned(),
            head: synced.head,
        };
        self.recognise(&receipt, &omission)?.ok_or(Error::LogOmits)
    }

    /// The entry that the receipt is for; none, and the evidence is kept, when there is none.
    fn recognise(
        &self,
        receipt: &ReadReceipt,
        omission: &Omission,
    ) -> Result<Option<Entry>, Error> {
        let read = receipt.claims();
        let place = (read.iss.clone(), read.seq);
        self.vault().write(|tx| {
            let entry = self.vault().get(&ENTRIES, &place)?;
            let shown = self.vault().get(&READINGS, &place)?;
            let is_free = shown.is_none_or(|earlier| earlier == read.read_id);
            let found = entry.filter(|entry| is_free && receipt.is_for(entry));
            if found.is_some() {
                tx.put(&READINGS, &place, &read.read_id)?;
            } else if self.vault().get(&OMISSIONS, &place)?.is_none() {
                tx.put(&OMISSIONS, &place, omission)?;
            }
            Ok(found)
        })
    }

    /// Readings that a recipient has a receipt of and the person's log does not have.
    ///
    /// # Errors
    /// [`Error::Vault`].
    pub fn omissions(&self) -> Result<Vec<Omission>, Error> {
        let kept = self.vault().list(&OMISSIONS)?;
        Ok(kept
            .into_iter()
            .map(|(_place, omission)| omission)
            .collect())
    }
}
