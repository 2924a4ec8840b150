//! The wallet's side of one broker's HTTP interface. The wallet is known there by a pairwise key and
//! nothing else; every call carries a proof of that key (RFC 9449).

use std::time::Duration;

use credential_core::{
    access_log::LogPage,
    consent::digits::Digits,
    id::{GrantId, MessageId, RequestId},
    jose::{Es256Key, dpop, jws::General},
    oauth::{client_assertion, token::TokenResponse},
    transparency::{BlindingKey, HeadProof},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use verifier_sdk::http::{Answer, Body, HttpError};
use zeroize::Zeroizing;

use crate::{
    Error, Wallet,
    keys::{self, KeyPurpose, NewKey},
    refusal::Refusal,
    vault::Tree,
};

const ACCOUNTS: Tree<String, Account> = Tree::new("brokers");

/// How a broker says that a decision is too old, and so that it does not have it.
pub(super) const TOO_OLD: &str = "decision_not_of_this_moment";

/// The account at one broker, by issuer identifier.
#[derive(Debug, Serialize, Deserialize)]
struct Account {
    key_id: String,
    /// Blinds the heads of this person's log in the broker's global one. None for an account that is older
    /// than global logs, until the broker has told its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    log_key: Option<BlindingKey>,
}

/// What a broker answered when it did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BrokerError {
    /// No answer; whether it was done is not known, and asking again is safe.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// The broker refused.
    #[error("the broker refused: {description}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// The registered error code.
        code: String,
        /// The broker's own reason code.
        reason: Option<String>,
        /// One sentence.
        description: String,
    },
    /// The answer is not of the agreed form.
    #[error("the broker's answer could not be understood")]
    NotUnderstood,
}

impl BrokerError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Http(error) => error.reason(),
            Self::Refused { .. } => "broker_refused",
            Self::NotUnderstood => "broker_answer_not_understood",
        }
    }

    /// Whether asking the same again cannot help.
    pub(crate) fn is_final(&self) -> bool {
        matches!(
            self,
            Self::Refused {
                status: 400..=499,
                ..
            }
        )
    }

    /// Whether the broker refused for this reason.
    pub(crate) fn is(&self, expected: &str) -> bool {
        matches!(self, Self::Refused { reason: Some(reason), .. } if reason == expected)
    }
}

/// A signed request as the broker hands it over; nothing about it is believed yet.
#[derive(Debug, Deserialize)]
pub(crate) struct ClaimedRequest {
    pub(crate) request_id: RequestId,
    pub(crate) request: String,
}

/// What a decision brings back.
#[derive(Debug, Deserialize)]
pub(crate) struct DecisionAnswer {
    #[serde(flatten)]
    pub(crate) finish: Finish,
    pub(crate) receipt: String,
}

/// How the person finishes: one member of the answer.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Finish {
    /// To be opened in the browser that began, on this device.
    CompleteUrl(String),
    /// To be typed into the browser that began, on another device.
    Digits(Digits),
}

/// What the wallet wants to know of a grant's row; the rest of the row it knows better itself.
#[derive(Debug, Deserialize)]
pub(crate) struct GrantRow {
    pub(crate) grant_id: GrantId,
    /// `active`, `paused`, or how it ended.
    pub(crate) status: String,
    /// When the last deposit that is kept ends, seconds since 1970.
    #[serde(default)]
    pub(crate) deposits_end: Option<i64>,
    /// The highest place that a deposit has had.
    #[serde(default)]
    pub(crate) last_seq: u32,
    /// The key that the broker says is registered now; nothing is sealed to it on its word.
    #[serde(default)]
    pub(crate) reseal_to: Option<String>,
}

/// A sealed message as the broker hands it over; nothing about it is believed yet.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct LeftMessage {
    pub(crate) grant_id: GrantId,
    pub(crate) message_id: MessageId,
    pub(crate) message: String,
}

/// A grant that was ended together with others.
#[derive(Debug, Deserialize)]
pub(crate) struct EndedGrant {
    pub(crate) grant_id: GrantId,
    pub(crate) receipt: String,
}

/// One broker, with this wallet's token for it.
pub(crate) struct Broker<'w> {
    wallet: &'w Wallet,
    issuer: String,
    account: Es256Key,
    token: Zeroizing<String>,
}

impl std::fmt::Debug for Broker<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Broker")
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

impl<'w> Broker<'w> {
    /// Signs in with the pairwise key, which is made at the first visit.
    pub(crate) async fn connect(wallet: &'w Wallet, issuer: &str) -> Result<Self, Error> {
        let account = account_key(wallet, issuer)?;
        let mut broker = Self {
            wallet,
            issuer: issuer.into(),
            account,
            token: Zeroizing::default(),
        };
        let now = wallet.now();
        let assertion =
            client_assertion::sign_for_wallet(issuer, now, &broker.account, wallet.rng())?;
        let form = [
            ("grant_type", client_assertion::JWT_BEARER_GRANT),
            ("assertion", &assertion),
        ];
        let answer: TokenResponse = broker.call("/wallet/token", Body::Form(&form)).await?;
        broker.token = Zeroizing::new(answer.access_token);
        Ok(broker)
    }

    /// Exchanges a ticket for the signed request.
    pub(crate) async fn claim(&self, ticket: &str) -> Result<ClaimedRequest, Error> {
        #[derive(Serialize)]
        struct Open<'a> {
            ticket: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            log_key: Option<BlindingKey>,
        }
        let log_key = Self::log_key(self.wallet, &self.issuer, None)?;
        self.post("/wallet/requests", &Open { ticket, log_key })
            .await
    }

    /// The key of this account's heads in the global log. Where the wallet has none, `drawn` becomes it.
    pub(super) fn log_key(
        wallet: &Wallet,
        issuer: &str,
        drawn: Option<&BlindingKey>,
    ) -> Result<Option<BlindingKey>, Error> {
        let issuer = issuer.to_owned();
        let Some(account) = wallet.vault().get(&ACCOUNTS, &issuer)? else {
            return Ok(None);
        };
        match (account.log_key, drawn) {
            (Some(key), _) => Ok(Some(key)),
            (None, None) => Ok(None),
            (None, Some(drawn)) => {
                let log_key = Some(drawn.clone());
                let account = Account { log_key, ..account };
                wallet.vault().put(&ACCOUNTS, &issuer, &account)?;
                Ok(account.log_key)
            }
        }
    }

    /// Hands in the decision, an approval with its first deposit.
    pub(crate) async fn decide(
        &self,
        request_id: RequestId,
        decision: &General,
        deposit: Option<&str>,
    ) -> Result<DecisionAnswer, Error> {
        #[derive(Serialize)]
        struct Decide<'a> {
            request_id: RequestId,
            decision: &'a General,
            #[serde(skip_serializing_if = "Option::is_none")]
            deposit: Option<&'a str>,
        }
        self.post(
            "/wallet/decisions",
            &Decide {
                request_id,
                decision,
                deposit,
            },
        )
        .await
    }

    /// Ends a grant; the receipt comes back.
    pub(crate) async fn withdraw(&self, id: GrantId, decision: &General) -> Result<String, Error> {
        #[derive(Deserialize)]
        struct Withdrawn {
            receipt: String,
        }
        let path = format!("/wallet/grants/{id}/withdraw");
        let answer: Withdrawn = self
            .post(&path, &serde_json::json!({ "decision": decision }))
            .await?;
        Ok(answer.receipt)
    }

    /// Ends several grants in one step; the receipts come back by grant.
    pub(crate) async fn withdraw_all(
        &self,
        decisions: &[General],
    ) -> Result<Vec<EndedGrant>, Error> {
        #[derive(Deserialize)]
        struct Withdrawn {
            grants: Vec<EndedGrant>,
        }
        let body = serde_json::json!({ "decisions": decisions });
        let answer: Withdrawn = self.post("/wallet/grants/withdraw", &body).await?;
        Ok(answer.grants)
    }

    /// Pauses, resumes, narrows or renews a grant; the receipt comes back.
    pub(crate) async fn change(
        &self,
        id: GrantId,
        decision: &General,
        deposit: Option<&str>,
    ) -> Result<String, Error> {
        #[derive(Serialize)]
        struct Change<'a> {
            decision: &'a General,
            #[serde(skip_serializing_if = "Option::is_none")]
            deposit: Option<&'a str>,
        }
        #[derive(Deserialize)]
        struct Changed {
            receipt: String,
        }
        let path = format!("/wallet/grants/{id}/changes");
        let answer: Changed = self.post(&path, &Change { decision, deposit }).await?;
        Ok(answer.receipt)
    }

    /// The grants as the broker has them.
    pub(crate) async fn grants(&self) -> Result<Vec<GrantRow>, Error> {
        #[derive(Deserialize)]
        struct Grants {
            grants: Vec<GrantRow>,
        }
        Ok(self
            .call::<Grants>("/wallet/grants", Body::None)
            .await?
            .grants)
    }

    /// Puts more deposits into a grant's mailbox; with `replace` the earlier ones go.
    pub(crate) async fn deposit(
        &self,
        id: GrantId,
        deposits: &[String],
        replace: bool,
    ) -> Result<(), Error> {
        #[derive(Deserialize)]
        struct Put {
            deposits: Vec<serde::de::IgnoredAny>,
        }
        let path = format!("/wallet/grants/{id}/deposits");
        let body = serde_json::json!({ "deposits": deposits, "replace": replace });
        let put: Put = self.post(&path, &body).await?;
        if put.deposits.len() == deposits.len() {
            Ok(())
        } else {
            Err(BrokerError::NotUnderstood.into())
        }
    }

    /// The messages that wait.
    pub(crate) async fn messages(&self) -> Result<Vec<LeftMessage>, Error> {
        #[derive(Deserialize)]
        struct Messages {
            messages: Vec<LeftMessage>,
        }
        let answer: Messages = self.call("/wallet/messages", Body::None).await?;
        Ok(answer.messages)
    }

    /// Deletes a message that the vault has.
    pub(crate) async fn delete_message(
        &self,
        id: GrantId,
        message: MessageId,
    ) -> Result<(), Error> {
        let path = format!("/wallet/messages/{id}/{message}");
        let answer = self.ask(&path, Body::Delete).await?;
        if answer.is_success() {
            return Ok(());
        }
        understand::<serde::de::IgnoredAny>(&answer)?;
        Ok(())
    }

    /// The access log from entry `since` on.
    pub(crate) async fn log_since(&self, since: u64) -> Result<LogPage, Error> {
        self.call(&format!("/wallet/log?since={since}"), Body::None)
            .await
    }

    /// The proof that the global log has this account's head, and that one of `known` entries is its
    /// beginning.
    pub(super) async fn log_inclusion(&self, known: u64) -> Result<HeadProof, Error> {
        self.call(&format!("/wallet/log/inclusion?known={known}"), Body::None)
            .await
    }

    /// Whether the access log has grown past `since`; the broker may take that long to say so.
    pub(crate) async fn log_grown(&self, since: u64, wait: Duration) -> Result<bool, Error> {
        #[derive(Deserialize)]
        struct LogGrown {
            size: u64,
        }
        let path = format!("/wallet/events?since={since}&wait={}", wait.as_secs());
        Ok(self.call::<LogGrown>(&path, Body::None).await?.size > since)
    }

    /// All receipts of a grant.
    pub(crate) async fn receipts(&self, id: GrantId) -> Result<Vec<String>, Error> {
        #[derive(Deserialize)]
        struct Receipts {
            receipts: Vec<String>,
        }
        let path = format!("/wallet/receipts?grant_id={id}");
        Ok(self.call::<Receipts>(&path, Body::None).await?.receipts)
    }

    async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, Error> {
        let json = serde_json::to_string(body).map_err(|_error| BrokerError::NotUnderstood)?;
        self.call(path, Body::Json(&json)).await
    }

    /// Sends once, and once more when the broker wants a newer nonce in the proof.
    async fn call<T: DeserializeOwned>(&self, path: &str, body: Body<'_>) -> Result<T, Error> {
        understand(&self.ask(path, body).await?).map_err(Error::from)
    }

    async fn ask(&self, path: &str, body: Body<'_>) -> Result<Answer, Error> {
        let answer = self.send(path, body).await?;
        if answer.wants_nonce() {
            return self.send(path, body).await;
        }
        Ok(answer)
    }

    async fn send(&self, path: &str, body: Body<'_>) -> Result<Answer, Error> {
        let url = format!("{}{path}", self.issuer);
        let address = url.split('?').next().unwrap_or(&url);
        let method = match body {
            Body::None => "GET",
            Body::Delete => "DELETE",
            Body::Form(_) | Body::Json(_) | Body::Text { .. } => "POST",
        };
        let token = Some(self.token.as_str()).filter(|token| !token.is_empty());
        let (now, rng) = (self.wallet.now(), self.wallet.rng());
        let nonce = self.wallet.http().nonce(&url);
        let bound = (token, nonce.as_deref());
        let proof = dpop::prove_with_nonce(method, address, bound, now, &self.account, rng)?;
        let authorization = token.map(|token| Zeroizing::new(format!("DPoP {token}")));
        let mut headers = vec![("dpop", proof.as_str()), ("accept", "application/json")];
        if let Some(authorization) = &authorization {
            headers.push(("authorization", authorization));
        }
        let answer = self.wallet.http().send(&url, &headers, body).await;
        Ok(answer.map_err(BrokerError::from)?)
    }
}

impl Wallet {
    /// The brokers this wallet has an account at.
    ///
    /// # Errors
    /// [`Error::Vault`].
    pub fn brokers(&self) -> Result<Vec<String>, Error> {
        let accounts = self.vault().list(&ACCOUNTS)?;
        Ok(accounts.into_iter().map(|(issuer, _)| issuer).collect())
    }
}

fn account_key(wallet: &Wallet, issuer: &str) -> Result<Es256Key, Error> {
    let issuer = issuer.to_owned();
    let known = || wallet.vault().get(&ACCOUNTS, &issuer);
    let load = |account: Account| keys::load(wallet.vault(), &account.key_id, KeyPurpose::Broker);
    if let Some(account) = known()? {
        return load(account);
    }
    let key = NewKey::generate(KeyPurpose::Broker)?;
    let log_key = BlindingKey::random(wallet.rng())?;
    wallet.vault().write(|tx| {
        // Two first visits at once must not make two accounts.
        if let Some(account) = known()? {
            return load(account);
        }
        key.store(tx)?;
        let account = Account {
            key_id: key.id(),
            log_key: Some(log_key.clone()),
        };
        tx.put(&ACCOUNTS, &issuer, &account)?;
        Ok(key.signer)
    })
}

/// Reads an answer as `T`, or as a refusal.
pub(crate) fn understand<T: DeserializeOwned>(answer: &Answer) -> Result<T, BrokerError> {
    if answer.is_success() {
        return serde_json::from_slice(&answer.body).map_err(|_error| BrokerError::NotUnderstood);
    }
    let refusal = Refusal::read(answer).ok_or(BrokerError::NotUnderstood)?;
    Err(BrokerError::Refused {
        status: answer.status,
        code: refusal.code,
        reason: refusal.reason,
        description: refusal.description,
    })
}
