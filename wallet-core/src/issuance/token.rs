//! Access tokens, and the keys they are bound to (RFC 9449) where the issuer's server offers that.

use std::sync::{Mutex, PoisonError};

use credential_core::{
    encoding::{base64url, from_base64url},
    jose::{Algorithm, Es256Key, dpop},
    oid4vci::{PRE_AUTHORIZED_GRANT, authorization::IssuanceToken, offer::PreAuthorized},
};
use serde::{Deserialize, Serialize};
use verifier_sdk::http::{Answer, Body};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::{IssuanceError, OpenOffer, understand};
use crate::{Error, Wallet};

/// A key for proofs at one server, and the nonce that the server gave last. Token endpoint and credential
/// endpoint count as two servers, even on one host: their nonces are independent.
pub(super) struct Possession {
    key: Es256Key,
    pkcs8: Zeroizing<Vec<u8>>,
    nonce: Mutex<Option<String>>,
}

impl Possession {
    /// With a new key.
    pub(super) fn fresh() -> Result<Self, Error> {
        let (key, pkcs8) = Es256Key::generate()?;
        Ok(Self {
            key,
            pkcs8,
            nonce: Mutex::default(),
        })
    }

    /// With the key that [`Self::to_text`] gave.
    pub(super) fn from_text(pkcs8: &str) -> Result<Self, Error> {
        let pkcs8 = from_base64url(pkcs8).map(Zeroizing::new);
        let pkcs8 = pkcs8.map_err(|_damaged| Error::KeyMissing)?;
        Ok(Self {
            key: Es256Key::from_pkcs8(&pkcs8)?,
            pkcs8,
            nonce: Mutex::default(),
        })
    }

    /// The private key, for the vault.
    pub(super) fn to_text(&self) -> String {
        base64url(&*self.pkcs8)
    }

    /// The same key at another server, which has nonces of its own.
    fn elsewhere(self) -> Self {
        Self {
            nonce: Mutex::default(),
            ..self
        }
    }

    fn nonce(&self) -> Option<String> {
        let nonce = self.nonce.lock().unwrap_or_else(PoisonError::into_inner);
        nonce.clone()
    }

    fn keep(&self, answer: &Answer) {
        if let Some(nonce) = answer.header("dpop-nonce") {
            let mut known = self.nonce.lock().unwrap_or_else(PoisonError::into_inner);
            *known = Some(nonce.to_owned());
        }
    }
}

/// An access token. `Debug` shows nothing of it.
pub(super) struct Token {
    text: Zeroizing<String>,
    /// None for a Bearer token.
    possession: Option<Possession>,
    /// Identifiers of the token response, by configuration.
    identifiers: Vec<(String, String)>,
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// An access token as it waits in the vault.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub(super) struct StoredToken {
    text: String,
    /// The key it is bound to.
    pkcs8: Option<String>,
}

impl StoredToken {
    pub(super) fn of(token: &Token) -> Self {
        Self {
            text: token.text.to_string(),
            pkcs8: token.possession.as_ref().map(Possession::to_text),
        }
    }

    pub(super) fn to_token(&self) -> Result<Token, Error> {
        let possession = self.pkcs8.as_deref().map(Possession::from_text);
        Ok(Token {
            text: Zeroizing::new(self.text.clone()),
            possession: possession.transpose()?,
            identifiers: Vec::new(),
        })
    }
}

impl Token {
    /// Reads the token endpoint's answer. A token that was asked for with a proof is bound to its key; a
    /// server that gives another kind does not do what it announced.
    pub(super) fn read(
        answer: &Answer,
        possession: Option<Possession>,
    ) -> Result<Self, IssuanceError> {
        let token: IssuanceToken = understand(answer)?;
        let expected = match &possession {
            Some(_) => "DPoP",
            None => "Bearer",
        };
        if !token.token_type.eq_ignore_ascii_case(expected) {
            return Err(IssuanceError::NotUnderstood);
        }
        let identifiers = token
            .authorization_details
            .into_iter()
            .filter_map(|detail| {
                let identifier = detail.credential_identifiers.into_iter().next()?;
                Some((detail.credential_configuration_id, identifier))
            });
        Ok(Self {
            identifiers: identifiers.collect(),
            text: Zeroizing::new(token.access_token),
            possession: possession.map(Possession::elsewhere),
        })
    }

    #[cfg(test)]
    pub(super) fn is_bound(&self) -> bool {
        self.possession.is_some()
    }

    /// By what a credential request names this configuration (OpenID4VCI 1.0 section 8.2): an identifier
    /// when the token response has some, and otherwise the configuration itself.
    pub(super) fn identifier(&self, configuration: &str) -> Result<Option<String>, IssuanceError> {
        if self.identifiers.is_empty() {
            return Ok(None);
        }
        let mut known = self.identifiers.iter();
        let found = known.find(|(of, _)| of == configuration);
        let found = found.map(|(_, identifier)| identifier.clone());
        found.map(Some).ok_or(IssuanceError::NotUnderstood)
    }
}

impl Wallet {
    /// The token for a pre-authorised code, bound to a fresh key where the server offers that.
    pub(super) async fn pre_authorized_token(
        &self,
        open: &OpenOffer,
        grant: &PreAuthorized,
        code: Option<&str>,
    ) -> Result<Token, Error> {
        let mut form = vec![
            ("grant_type", PRE_AUTHORIZED_GRANT),
            ("pre-authorized_code", &grant.code),
        ];
        if let Some(code) = code.filter(|_code| grant.tx_code.is_some()) {
            form.push(("tx_code", code));
        }
        let offered = &open.server.server.dpop_signing_alg_values_supported;
        let is_offered = offered.iter().any(|name| Algorithm::Es256.is_named(name));
        let possession = match is_offered {
            true => Some(Possession::fresh()?),
            false => None,
        };
        let endpoint = &open.server.server.token_endpoint;
        let proof = possession.as_ref().map(|possession| (possession, None));
        let answer = self.send(endpoint, proof, Body::Form(&form)).await?;
        Ok(Token::read(&answer, possession)?)
    }

    /// Sends a request with an access token and, where it is bound to a key, a proof of that key.
    pub(super) async fn with_token(
        &self,
        url: &str,
        token: &Token,
        body: Body<'_>,
    ) -> Result<Answer, Error> {
        match &token.possession {
            Some(possession) => {
                let proof = Some((possession, Some(token.text.as_str())));
                self.send(url, proof, body).await
            }
            None => {
                let authorization = Zeroizing::new(format!("Bearer {}", *token.text));
                let headers = [("authorization", authorization.as_str())];
                Ok(self.call(url, &headers, body).await?)
            }
        }
    }

    /// Sends once with a proof, and once more when the server wants its nonce in it.
    pub(super) async fn send(
        &self,
        url: &str,
        proof: Option<(&Possession, Option<&str>)>,
        body: Body<'_>,
    ) -> Result<Answer, Error> {
        let Some((possession, token)) = proof else {
            return Ok(self.call(url, &[], body).await?);
        };
        let answer = self.send_proven(url, possession, token, body).await?;
        if answer.wants_nonce() {
            return self.send_proven(url, possession, token, body).await;
        }
        Ok(answer)
    }

    async fn send_proven(
        &self,
        url: &str,
        possession: &Possession,
        token: Option<&str>,
        body: Body<'_>,
    ) -> Result<Answer, Error> {
        let nonce = possession.nonce();
        let (now, rng) = (self.now(), self.rng());
        let bound = (token, nonce.as_deref());
        let proof = dpop::prove_with_nonce("POST", url, bound, now, &possession.key, rng)?;
        let authorization = token.map(|token| Zeroizing::new(format!("DPoP {token}")));
        let mut headers = vec![("dpop", proof.as_str())];
        if let Some(authorization) = &authorization {
            headers.push(("authorization", authorization));
        }
        let answer = self.call(url, &headers, body).await?;
        possession.keep(&answer);
        Ok(answer)
    }
}
