//! Two sides of one reading: the receipt that a recipient got for it, held against the person's own log.

use credential_core::access_log::Entry;
use verifier_sdk::read_receipt;

use super::log::ENTRIES;
use crate::{Error, Wallet, vault::Tree};

/// Receipts of readings that the person's log does not have, by broker and place: with the log's signed
/// heads they show that the broker has signed two different histories. The first one stays.
const OMISSIONS: Tree<(String, u64), String> = Tree::new("log_omissions");

impl Wallet {
    /// Looks for a reading in the person's log whose receipt a recipient has shown, after fetching what is
    /// new in that log. Gives its entry.
    ///
    /// # Errors
    /// [`Error::LogOmits`] when the log has another entry there or none: the broker has hidden the reading
    /// from one side, and the receipt is kept as evidence. [`Error::ReadReceipt`] when the broker did not
    /// sign it; [`Error::NotFound`] when it is not about a share of this wallet.
    pub async fn find_reading(&self, receipt: &str) -> Result<Entry, Error> {
        let receipt_text = receipt.trim();
        let receipt = read_receipt::verify(receipt_text, &self.trust()?)?;
        let read = receipt.claims();
        if self.share(read.grant_id)?.broker != read.iss {
            return Err(Error::NotFound);
        }
        self.sync_log(&read.iss).await?;
        let place = (read.iss.clone(), read.seq);
        match self.vault().get(&ENTRIES, &place)? {
            Some(entry) if receipt.is_for(&entry) => Ok(entry),
            _ => {
                self.keep_omission(&place, receipt_text)?;
                Err(Error::LogOmits)
            }
        }
    }

    fn keep_omission(&self, place: &(String, u64), receipt: &str) -> Result<(), Error> {
        if self.vault().get(&OMISSIONS, place)?.is_none() {
            self.vault().put(&OMISSIONS, place, &receipt.to_owned())?;
        }
        Ok(())
    }
}
