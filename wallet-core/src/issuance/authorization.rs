//! The authorization code flow (OpenID4VCI 1.0 section 5, HAIP 1.0 section 4): the person identifies on
//! the issuer's own page, in the browser.
//!
//! The request is pushed (RFC 9126) with a challenge (RFC 7636) and a fresh key (RFC 9449) before the
//! browser sees anything. What waits for the browser to come back stands in the vault, so that it may come
//! back to another run of the program.

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::{
    encoding::base64url,
    oauth::{pkce, token::PushedResponse},
    oid4vci::{
        authorization::{AUTHORIZATION_CODE_GRANT, CredentialDetail, DETAIL_TYPE},
        offer::{AuthorizationCode, CredentialOffer, Grants},
    },
    rng::random,
};
use serde::{Deserialize, Serialize};
use url::Url;
use verifier_sdk::http::Body;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{
    IssuanceError, OpenOffer,
    answer::BrowserAnswer,
    token::{Possession, Token},
    understand,
};
use crate::{Error, Wallet, credentials::HeldCredential, vault::Tree};

/// What waits for the browser, by `state`.
const WAITING: Tree<String, Waiting> = Tree::new("authorizations");
/// How long the browser may take.
const LIFE: TimeDelta = TimeDelta::minutes(30);
/// Most that wait at once; the oldest make room.
const MOST: usize = 16;

/// The name by which this wallet asks. It is not registered anywhere and proves nothing.
pub const CLIENT_ID: &str = "osaamislompakko";

/// What the wallet must remember to finish. `Debug` shows none of it.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct Waiting {
    issuer: String,
    configurations: Vec<String>,
    /// The authorization server that the browser was sent to.
    server: String,
    redirect_uri: String,
    verifier: String,
    /// The key that the code, and then the token, is bound to.
    pkcs8: String,
    #[zeroize(skip)]
    until: DateTime<Utc>,
}

/// A link for the browser. Its page is the issuer's own.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BrowserLink {
    /// To be opened in a browser.
    pub link: String,
    /// Whose page it opens; shown before anything is typed there.
    pub host: String,
}

impl Wallet {
    /// Asks an issuer of the trust list for credentials without an offer of its own; which offer it is, the
    /// person says on the issuer's page.
    ///
    /// # Errors
    /// [`Error::Issuance`].
    pub async fn open_issuer(
        &self,
        issuer: &str,
        configurations: Vec<String>,
    ) -> Result<OpenOffer, Error> {
        let offer = CredentialOffer {
            credential_issuer: issuer.into(),
            credential_configuration_ids: configurations,
            grants: Grants {
                authorization_code: Some(AuthorizationCode::default()),
                pre_authorized: None,
            },
        };
        offer.check()?;
        self.opened(offer).await
    }

    /// Pushes the request and gives the link for the browser, which comes back to `redirect_uri`.
    ///
    /// # Errors
    /// [`Error::Issuance`]: [`IssuanceError::NoSuchGrant`] when neither offer nor server knows this flow.
    pub async fn begin_authorization(
        &self,
        open: &OpenOffer,
        redirect_uri: &str,
    ) -> Result<BrowserLink, Error> {
        let server = &open.server.server;
        let (Some(page), Some(push)) = (
            &server.authorization_endpoint,
            &server.pushed_authorization_request_endpoint,
        ) else {
            return Err(IssuanceError::NoSuchGrant.into());
        };
        if !open.may_authorize() {
            return Err(IssuanceError::NoSuchGrant.into());
        }
        let verifier = pkce::verifier(self.rng())?;
        let state = base64url(random::<32>(self.rng())?);
        let form = request(open, redirect_uri, &state, &verifier)?;
        let form: Vec<_> = form
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let possession = Possession::fresh()?;
        let answer = self
            .send(push, Some((&possession, None)), Body::Form(&form))
            .await?;
        let pushed: PushedResponse = understand(&answer)?;
        let link = page_link(page, &pushed.request_uri)?;
        let waiting = Waiting {
            issuer: open.offer.credential_issuer.clone(),
            configurations: open.offer.credential_configuration_ids.clone(),
            server: server.issuer.clone(),
            redirect_uri: redirect_uri.into(),
            verifier: verifier.to_string(),
            pkcs8: possession.to_text(),
            until: self.now() + LIFE,
        };
        self.wait(&state, &waiting)?;
        Ok(link)
    }

    /// Finishes with the address that the browser came back to: gets each credential bound to a fresh key,
    /// verifies it, stores it. Each address is taken once.
    ///
    /// # Errors
    /// [`Error::Issuance`]: [`IssuanceError::OtherAnswer`] when the address is no answer to what this wallet
    /// asked, or comes from another server.
    pub async fn finish_authorization(&self, address: &str) -> Result<Vec<HeldCredential>, Error> {
        let answer = BrowserAnswer::read(address)?;
        let waiting = self.taken(&answer.state)?;
        if !answer.came_to(&waiting.redirect_uri) {
            return Err(IssuanceError::OtherAnswer.into());
        }
        let open = self
            .open_issuer(&waiting.issuer, waiting.configurations.clone())
            .await?;
        let server = &open.server.server;
        // RFC 9207 section 2.4: who answers is whom the browser was sent to.
        let said = match &answer.iss {
            Some(iss) => *iss == waiting.server,
            None => !server.authorization_response_iss_parameter_supported,
        };
        if !said || server.issuer != waiting.server {
            return Err(IssuanceError::OtherAnswer.into());
        }
        let code = answer.code()?;
        let token = self.token_for(&open, &waiting, &code).await?;
        self.receive_all(&open, &token).await
    }

    async fn token_for(
        &self,
        open: &OpenOffer,
        waiting: &Waiting,
        code: &str,
    ) -> Result<Token, Error> {
        let possession = Possession::from_text(&waiting.pkcs8)?;
        let form = [
            ("grant_type", AUTHORIZATION_CODE_GRANT),
            ("code", code),
            ("client_id", CLIENT_ID),
            ("redirect_uri", &waiting.redirect_uri),
            ("code_verifier", &waiting.verifier),
        ];
        let endpoint = &open.server.server.token_endpoint;
        let proof = Some((&possession, None));
        let answer = self.send(endpoint, proof, Body::Form(&form)).await?;
        Ok(Token::read(&answer, Some(possession))?)
    }

    fn wait(&self, state: &String, waiting: &Waiting) -> Result<(), Error> {
        let now = self.now();
        self.vault().write(|tx| {
            let mut others = tx.list(&WAITING)?;
            others.sort_by_key(|(_, other)| other.until);
            let room = MOST - 1;
            let too_many = others.len().saturating_sub(room);
            for (place, (other, row)) in others.iter().enumerate() {
                if row.until <= now || place < too_many {
                    tx.delete(&WAITING, other)?;
                }
            }
            tx.put(&WAITING, state, waiting).map_err(Error::from)
        })
    }

    fn taken(&self, state: &String) -> Result<Waiting, Error> {
        let now = self.now();
        self.vault().write(|tx| {
            let waiting = tx.get(&WAITING, state)?;
            tx.delete(&WAITING, state)?;
            let waiting = waiting.filter(|waiting| now < waiting.until);
            waiting.ok_or_else(|| IssuanceError::OtherAnswer.into())
        })
    }
}

/// The parameters of the pushed request. Credentials are asked for by details where the server announces
/// them, and by the scope of each configuration otherwise.
fn request(
    open: &OpenOffer,
    redirect_uri: &str,
    state: &str,
    verifier: &str,
) -> Result<Vec<(&'static str, String)>, IssuanceError> {
    let wanted = &open.offer.credential_configuration_ids;
    let kinds = &open.server.server.authorization_details_types_supported;
    let by_details = kinds.iter().any(|kind| kind == DETAIL_TYPE);
    let asked = if by_details {
        let details: Vec<_> = wanted.iter().map(|id| open.detail(id)).collect();
        let details = serde_json::to_string(&details);
        let details = details.map_err(|_not_json| IssuanceError::NotUnderstood)?;
        ("authorization_details", details)
    } else {
        let offered = &open.metadata.credential_configurations_supported;
        let scope = |id: &String| offered.get(id)?.scope.clone();
        let scopes: Option<Vec<_>> = wanted.iter().map(scope).collect();
        ("scope", scopes.ok_or(IssuanceError::NoSuchGrant)?.join(" "))
    };
    let mut form = vec![
        ("response_type", "code".to_owned()),
        ("client_id", CLIENT_ID.into()),
        ("redirect_uri", redirect_uri.into()),
        ("state", state.into()),
        ("code_challenge", pkce::challenge(verifier)),
        ("code_challenge_method", "S256".into()),
        asked,
    ];
    let grant = open.offer.grants.authorization_code.as_ref();
    let issuer_state = grant.and_then(|grant| grant.issuer_state.clone());
    form.extend(issuer_state.map(|issuer_state| ("issuer_state", issuer_state)));
    Ok(form)
}

fn page_link(page: &str, request_uri: &str) -> Result<BrowserLink, IssuanceError> {
    let mut link = Url::parse(page).map_err(|_malformed| IssuanceError::Metadata)?;
    link.query_pairs_mut()
        .append_pair("client_id", CLIENT_ID)
        .append_pair("request_uri", request_uri);
    let host = link.authority().to_owned();
    let link = link.into();
    Ok(BrowserLink { link, host })
}

impl OpenOffer {
    fn detail(&self, configuration: &str) -> CredentialDetail {
        let issuer = &self.offer.credential_issuer;
        let mut detail = CredentialDetail::new(configuration);
        // Section 5.1.1: needed where the server is not the issuer itself.
        if self.server.server.issuer != *issuer {
            detail.locations.push(issuer.clone());
        }
        detail
    }
}
