//! Credentials that the issuer has not released yet (OpenID4VCI 1.0 section 9): kept with the keys they will
//! be bound to and the token to ask again with, until they come or the issuer says that they will not.

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::{
    credential::CredentialType,
    id::CredentialId,
    oid4vci::{CredentialResponse, DeferredRequest, metadata::CredentialIssuer},
    text::{Language, Text},
};
use serde::{Deserialize, Serialize};

use super::{
    IssuanceError,
    token::{StoredToken, Token},
};
use crate::{Error, Wallet, credentials::HeldCredential, keys::NewKey, vault::Tree};

const AWAITED: Tree<CredentialId, StoredAwaited> = Tree::new("awaited");
/// The longest time that an issuer is given for asking again, in seconds: a day.
const LONGEST_INTERVAL: u32 = 24 * 3600;
/// Refusals after which there is nothing more to ask for (sections 8.3.1.2 and 9.3).
const FINAL: [&str; 2] = ["invalid_transaction_id", "credential_request_denied"];

#[derive(Clone, Serialize, Deserialize)]
struct StoredAwaited {
    issuer: String,
    issuer_name: Text,
    vct: String,
    transaction_id: String,
    token: StoredToken,
    /// Thumbprints of the keys, which are in the vault already.
    keys: Vec<String>,
    ask_after: DateTime<Utc>,
}

/// A credential that is not ready yet.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AwaitedCredential {
    /// Its id in this wallet, until it comes.
    pub id: CredentialId,
    /// Who will issue it, by the trust list of the day it was asked for.
    pub issuer_name: Text,
    /// What kind of credential it is.
    pub vct: String,
    /// Before that the issuer does not want to be asked.
    pub ask_after: DateTime<Utc>,
}

impl AwaitedCredential {
    /// What kind of certificate it is, in words.
    #[must_use]
    pub fn type_name(&self, language: Language) -> &str {
        CredentialType::from_vct(&self.vct)
            .and_then(|kind| kind.name(language))
            .unwrap_or(&self.vct)
    }
}

impl Wallet {
    /// Everything that is not ready yet.
    ///
    /// # Errors
    /// [`Error::Vault`].
    pub fn awaited(&self) -> Result<Vec<AwaitedCredential>, Error> {
        let stored = self.vault().list(&AWAITED)?;
        let awaited = stored.into_iter().map(|(id, stored)| AwaitedCredential {
            id,
            issuer_name: stored.issuer_name,
            vct: stored.vct,
            ask_after: stored.ask_after,
        });
        Ok(awaited.collect())
    }

    /// Asks again for what is awaited; none when it is still not ready, or the issuer does not want to be
    /// asked so soon. When the issuer says that it will never come, it is awaited no longer.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Issuance`].
    pub async fn collect_awaited(&self, id: CredentialId) -> Result<Option<HeldCredential>, Error> {
        let stored = self.vault().get(&AWAITED, &id)?.ok_or(Error::NotFound)?;
        if self.now() < stored.ask_after {
            return Ok(None);
        }
        let metadata = self.metadata_of(&stored.issuer).await?;
        let token = stored.token.to_token()?;
        match self
            .ask_again(&metadata, &token, &stored.transaction_id)
            .await
        {
            Ok(CredentialResponse::Issued {
                credentials,
                notification_id,
            }) => {
                let keys = stored
                    .keys
                    .iter()
                    .map(|key| NewKey::load(self.vault(), key));
                let keys = keys.collect::<Result<Vec<_>, _>>()?;
                let came = (credentials, notification_id);
                let held = self
                    .take_arrived(&metadata, &token, came, &stored.vct, keys)
                    .await;
                // It was handed out: whatever came, there is nothing more to ask for.
                self.forget(id)?;
                held.map(Some)
            }
            Ok(CredentialResponse::Deferred { interval, .. }) => {
                let ask_after = self.not_before(interval);
                let later = StoredAwaited {
                    ask_after,
                    ..stored
                };
                self.vault()
                    .write(|tx| tx.put(&AWAITED, &id, &later).map_err(Error::from))?;
                Ok(None)
            }
            Err(error) => {
                if is_final(&error) {
                    self.forget(id)?;
                }
                Err(error)
            }
        }
    }

    /// Keeps what was asked for and is not ready, with the keys it will be bound to.
    pub(super) fn await_later(
        &self,
        metadata: &CredentialIssuer,
        token: &Token,
        (transaction_id, interval): (String, u32),
        vct: &str,
        keys: &[NewKey],
    ) -> Result<(), Error> {
        let trust = self.trust()?;
        let issuer = &metadata.credential_issuer;
        let known = trust.issuer(issuer);
        let stored = StoredAwaited {
            issuer: issuer.clone(),
            issuer_name: known
                .map(|(known, _role)| known.name.clone())
                .unwrap_or_default(),
            vct: vct.into(),
            transaction_id,
            token: StoredToken::of(token),
            keys: keys.iter().map(NewKey::id).collect(),
            ask_after: self.not_before(interval),
        };
        let id = CredentialId::random(self.rng())?;
        self.vault().write(|tx| {
            for key in keys {
                key.store(tx)?;
            }
            tx.put(&AWAITED, &id, &stored).map_err(Error::from)
        })
    }

    async fn ask_again(
        &self,
        metadata: &CredentialIssuer,
        token: &Token,
        transaction: &str,
    ) -> Result<CredentialResponse, Error> {
        let endpoint = &metadata.deferred_credential_endpoint;
        let endpoint = endpoint.as_ref().ok_or(IssuanceError::Metadata)?;
        let request = |encryption| DeferredRequest {
            transaction_id: transaction.into(),
            credential_response_encryption: encryption,
        };
        let answer = self.ask(metadata, endpoint, token, request).await?;
        match &answer {
            CredentialResponse::Deferred { transaction_id, .. }
                if transaction_id != transaction =>
            {
                Err(IssuanceError::NotUnderstood.into())
            }
            _ => Ok(answer),
        }
    }

    /// The description of an issuer that is still on the trust list.
    async fn metadata_of(&self, issuer: &str) -> Result<CredentialIssuer, Error> {
        let trust = self.trust()?;
        let unknown = || IssuanceError::UnknownIssuer {
            issuer: issuer.into(),
        };
        let _listed = trust.issuer(issuer).ok_or_else(unknown)?;
        let metadata = self.issuer_metadata(issuer, &trust).await?;
        if metadata.credential_issuer != issuer {
            return Err(IssuanceError::Metadata.into());
        }
        Ok(metadata)
    }

    fn not_before(&self, interval: u32) -> DateTime<Utc> {
        self.now() + TimeDelta::seconds(interval.min(LONGEST_INTERVAL).into())
    }

    fn forget(&self, id: CredentialId) -> Result<(), Error> {
        self.vault()
            .write(|tx| tx.delete(&AWAITED, &id).map(drop).map_err(Error::from))
    }
}

fn is_final(error: &Error) -> bool {
    matches!(error, Error::Issuance(IssuanceError::Refused { code, .. }) if FINAL.contains(&code.as_str()))
}
