//! The person's private keys: one for each credential, one for each grant, one for each broker.
//!
//! A key lives in the vault as PKCS #8 and comes out as a [`Signer`]; it is never written elsewhere.

use credential_core::{
    encoding::{base64url, from_base64url},
    jose::{Es256Key, SignError, Signer as _},
};
use serde::{Deserialize, Serialize};
use verifier_sdk::message::ReplyKey;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{
    Error,
    vault::{Transaction, Tree, Vault},
};

const KEYS: Tree<String, StoredKey> = Tree::new("keys");

/// What a key is for; a key is never used for anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum KeyPurpose {
    /// A credential is bound to it.
    Credential,
    /// It signs the decisions about one grant.
    Grant,
    /// It is the account at one broker.
    Broker,
    /// Messages to the holder of one grant are sealed to it. It never signs.
    Reply,
}

#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct StoredKey {
    #[zeroize(skip)]
    purpose: KeyPurpose,
    pkcs8: String,
}

/// A fresh key that is not in the vault yet. `Debug` shows its public half.
pub(crate) struct NewKey {
    pub(crate) signer: Es256Key,
    pkcs8: Zeroizing<Vec<u8>>,
    purpose: KeyPurpose,
}

impl std::fmt::Debug for NewKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewKey")
            .field("id", &self.id())
            .field("purpose", &self.purpose)
            .finish_non_exhaustive()
    }
}

impl NewKey {
    pub(crate) fn generate(purpose: KeyPurpose) -> Result<Self, SignError> {
        let (signer, pkcs8) = Es256Key::generate()?;
        Ok(Self {
            signer,
            pkcs8,
            purpose,
        })
    }

    /// A key of a credential that was stored before the credential came.
    pub(crate) fn load(vault: &Vault, id: &str) -> Result<Self, Error> {
        let purpose = KeyPurpose::Credential;
        let pkcs8 = load_pkcs8(vault, id, purpose)?;
        Ok(Self {
            signer: Es256Key::from_pkcs8(&pkcs8)?,
            pkcs8,
            purpose,
        })
    }

    /// The thumbprint, under which the key is kept.
    pub(crate) fn id(&self) -> String {
        self.signer.public_jwk().thumbprint()
    }

    /// Puts the key into the vault, together with whatever else the transaction does.
    pub(crate) fn store(&self, tx: &mut Transaction<'_>) -> Result<(), Error> {
        let stored = StoredKey {
            purpose: self.purpose,
            pkcs8: base64url(&*self.pkcs8),
        };
        Ok(tx.put(&KEYS, &self.id(), &stored)?)
    }
}

/// The key kept under this thumbprint.
pub(crate) fn load(vault: &Vault, id: &str, purpose: KeyPurpose) -> Result<Es256Key, Error> {
    Ok(Es256Key::from_pkcs8(&load_pkcs8(vault, id, purpose)?)?)
}

/// The key for messages kept under this thumbprint.
pub(crate) fn load_reply(vault: &Vault, id: &str) -> Result<ReplyKey, Error> {
    let pkcs8 = load_pkcs8(vault, id, KeyPurpose::Reply)?;
    ReplyKey::from_pkcs8(&pkcs8).map_err(|_damaged| Error::KeyMissing)
}

fn load_pkcs8(vault: &Vault, id: &str, purpose: KeyPurpose) -> Result<Zeroizing<Vec<u8>>, Error> {
    let stored = vault.get(&KEYS, &id.to_owned())?.ok_or(Error::KeyMissing)?;
    if stored.purpose != purpose {
        return Err(Error::KeyMissing);
    }
    from_base64url(&stored.pkcs8)
        .map(Zeroizing::new)
        .map_err(|_error| Error::KeyMissing)
}

#[cfg(test)]
mod tests;
