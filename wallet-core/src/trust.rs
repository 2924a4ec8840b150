//! The trust list in the wallet: verified with the registrar's key that was pinned when the wallet
//! was made, never older than the one known.

use credential_core::{jose::Jwk, trust::TrustList};
use serde::{Deserialize, Serialize};
use verifier_sdk::http::Body;

use crate::{Error, Wallet, vault::Tree};

const REGISTRAR: Tree<String, Jwk> = Tree::new("registrar");
const LIST: Tree<String, StoredList> = Tree::new("trust_list");
/// There is one registrar and one list.
const ONLY: &str = "only";

#[derive(Debug, Serialize, Deserialize)]
struct StoredList {
    signed: String,
    sequence: u64,
}

impl Wallet {
    /// Pins the registrar's key. Done once, when the wallet is made.
    pub(crate) fn pin_registrar(&self, key: &Jwk) -> Result<(), Error> {
        let (only, key) = (ONLY.to_owned(), key.bare());
        Ok(self.vault().put(&REGISTRAR, &only, &key)?)
    }

    /// Fetches the trust list from `address` and keeps it if it holds.
    ///
    /// # Errors
    /// [`Error::TrustListUnavailable`], [`Error::TrustListNotServed`], or as
    /// [`Self::import_trust_list`].
    pub async fn fetch_trust_list(&self, address: &str) -> Result<TrustList, Error> {
        let answer = self.http().send(address, &[], Body::None).await;
        let answer = answer.map_err(Error::TrustListUnavailable)?;
        if !answer.is_success() {
            let status = answer.status;
            return Err(Error::TrustListNotServed { status });
        }
        self.import_trust_list(&String::from_utf8_lossy(&answer.body))
    }

    /// Keeps a signed trust list if it holds, is not older than the one known and does not contradict
    /// it.
    ///
    /// # Errors
    /// [`Error::Trust`], [`Error::TrustListChanged`].
    pub fn import_trust_list(&self, signed: &str) -> Result<TrustList, Error> {
        let (signed, registrar) = (signed.trim(), self.registrar()?);
        self.vault().write(|tx| {
            let known = self.vault().get(&LIST, &ONLY.to_owned())?;
            let sequence = known.as_ref().map(|known| known.sequence);
            let list = TrustList::verify(signed, &registrar, sequence, self.now())?;
            let contradicts =
                |known: &StoredList| known.sequence == list.sequence() && known.signed != signed;
            if known.as_ref().is_some_and(contradicts) {
                return Err(Error::TrustListChanged);
            }
            let stored = StoredList {
                signed: signed.into(),
                sequence: list.sequence(),
            };
            tx.put(&LIST, &ONLY.to_owned(), &stored)?;
            Ok(list)
        })
    }

    /// The trust list, verified again with the pinned key and this moment's time.
    ///
    /// # Errors
    /// [`Error::NoTrustList`], or [`Error::Trust`] when it has expired.
    pub fn trust(&self) -> Result<TrustList, Error> {
        let stored = self
            .vault()
            .get(&LIST, &ONLY.to_owned())?
            .ok_or(Error::NoTrustList)?;
        Ok(TrustList::verify(
            &stored.signed,
            &self.registrar()?,
            Some(stored.sequence),
            self.now(),
        )?)
    }

    fn registrar(&self) -> Result<Jwk, Error> {
        self.vault()
            .get(&REGISTRAR, &ONLY.to_owned())?
            .ok_or(Error::NoTrustList)
    }
}

#[cfg(test)]
mod tests;
