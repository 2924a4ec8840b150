//! What is asked of a store, and what it answers.

use chrono::{DateTime, Utc};
use credential_core::{
    access_log::{Entry, Frontier, Hash},
    consent::details::LegalBasis,
    id::{GrantId, MessageId, ReadId, RequestId, SubjectId},
    jose::jws::General,
};
use serde::{Deserialize, Serialize};

use super::WaitingNotice;
use crate::{
    grant::{ChangeKind, Deposit, Grant, Papers, Terms},
    handles::AccessToken,
    interaction::{Interaction, WayBack},
    message_check::MessageRow,
};

/// An account: two names without a meaning, which say nothing about the person or each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Names the rows.
    pub subject_id: SubjectId,
    /// Names the log: 16 octets as base64url.
    pub log_id: String,
}

/// A proof, assertion or code challenge that must not be used twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProofId {
    /// The key or client it belongs to; ids of different owners never meet.
    pub owner: String,
    /// Its `jti`, or the challenge.
    pub id: String,
    /// Until when it must be remembered.
    pub until: DateTime<Utc>,
}

/// A pushed request and its row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushedRequest {
    /// The row.
    pub interaction: Interaction,
    /// The signed request object.
    pub request: String,
}

/// How things stand before a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BeforeDecision {
    /// Nothing is decided yet.
    Waiting(Box<PushedRequest>),
    /// The same was decided before.
    Made(Recorded),
}

/// A decision, checked, to be recorded.
#[derive(Debug, Clone)]
pub struct Decide {
    /// Which request.
    pub request_id: RequestId,
    /// By which account.
    pub subject_id: SubjectId,
    /// base64url SHA-256 over decision and deposit.
    pub digest: String,
    /// The name the decision gives the grant.
    pub grant_id: GrantId,
    /// How the answer gets back to the browser.
    pub completion: WayBack,
    /// The recipient's client id.
    pub recipient: String,
    /// On what basis the data was asked for.
    pub legal_basis: LegalBasis,
    /// Request and decision as signed.
    pub papers: Papers,
    /// The grant and its first deposit; none for a refusal.
    pub approval: Option<(Grant, SealedDeposit)>,
}

/// The answer to a decision: the same for the same decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// How the answer gets back to the browser.
    pub completion: WayBack,
    /// The signed receipt, of a type by the legal basis.
    pub receipt: String,
    /// Size of the person's log after the decision.
    pub log_size: u64,
}

/// A deposit with its octets, on its way into the mailbox or lying there.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedDeposit {
    /// Its row.
    pub row: Deposit,
    /// The compact JWE.
    pub ciphertext: String,
}

impl std::fmt::Debug for SealedDeposit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SealedDeposit")
            .field("row", &self.row)
            .finish_non_exhaustive()
    }
}

/// How a browser goes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// The request's row.
    pub interaction: Interaction,
    /// The grant to make a code for; none when the person refused or has stopped it since.
    pub grant: Option<Grant>,
}

/// The use of a code or refresh token, whose binding was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UseToken {
    /// The person's account.
    pub subject_id: SubjectId,
    /// The grant.
    pub grant_id: GrantId,
    /// The epoch the handle was made in.
    pub epoch: u32,
}

impl From<&AccessToken> for UseToken {
    fn from(token: &AccessToken) -> Self {
        Self {
            subject_id: token.subject_id,
            grant_id: token.grant_id,
            epoch: token.epoch,
        }
    }
}

/// The use of an access token to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// The token's client id.
    pub recipient: String,
    /// The person's account.
    pub subject_id: SubjectId,
    /// The grant.
    pub grant_id: GrantId,
    /// The epoch the token was made in.
    pub epoch: u32,
    /// The key that reads.
    pub jkt: String,
    /// Names this read, so that a repeat is recognised.
    pub read_id: ReadId,
}

/// What a read gives.
#[derive(Clone, PartialEq, Eq)]
pub struct Reading {
    /// The deposit's row.
    pub deposit: Deposit,
    /// The compact JWE.
    pub ciphertext: String,
    /// When the grant ends.
    pub until: DateTime<Utc>,
    /// The person's log.
    pub log_id: String,
    /// The place of this read in it.
    pub seq: u64,
    /// Its leaf.
    pub leaf: Hash,
}

impl std::fmt::Debug for Reading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reading")
            .field("deposit", &self.deposit)
            .field("seq", &self.seq)
            .finish_non_exhaustive()
    }
}

/// The answer to a read; who may not read gets one answer whatever the cause, unless the person holds
/// the share back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadAnswer {
    /// It was read.
    Given(Box<Reading>),
    /// The reader has a living token of a living grant, which is paused.
    Paused,
    /// It was refused.
    Refused,
}

/// A change of a grant, checked, to be made.
#[derive(Debug, Clone)]
pub struct Change {
    /// By which account.
    pub subject_id: SubjectId,
    /// Of which grant.
    pub grant_id: GrantId,
    /// Which change of the grant it is, from 1.
    pub number: u32,
    /// What is changed.
    pub kind: ChangeKind,
    /// base64url SHA-256 over decision and deposit.
    pub digest: String,
    /// The holder's signed word.
    pub decision: General,
    /// The new terms and the deposit under them; with narrowing and renewing.
    pub terms: Option<(Terms, SealedDeposit)>,
}

/// The answer to a change: the same for the same change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The signed receipt, of a type by the legal basis.
    pub receipt: String,
    /// Size of the person's log after the change.
    pub log_size: u64,
}

/// A grant that was ended together with others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// The grant.
    pub grant_id: GrantId,
    /// The signed receipt, of a type by the legal basis.
    pub receipt: String,
}

/// One grant with everything but its ciphertexts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantInFull {
    /// The row.
    pub grant: Grant,
    /// Request, decisions and the last word of the person.
    pub papers: Papers,
    /// The deposits that are still kept.
    pub deposits: Vec<Deposit>,
}

/// One line of a person's list of grants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantOverview {
    /// The row.
    pub grant: Grant,
    /// The holder's signed decision.
    pub decision: General,
    /// The newest deposit that is still kept.
    pub deposit: Option<Deposit>,
    /// When the last of those that are kept ends, seconds since 1970.
    pub deposits_end: Option<i64>,
}

/// More deposits for a grant, each checked by itself.
#[derive(Debug, Clone)]
pub struct AddDeposits {
    /// By which account.
    pub subject_id: SubjectId,
    /// For which grant.
    pub grant_id: GrantId,
    /// Hash of the granted details that they were checked against.
    pub details_hash: String,
    /// Whether all that were put before go.
    pub replace: bool,
    /// The deposits by rising place, at least one.
    pub deposits: Vec<SealedDeposit>,
}

/// A message for the holder of a grant, whose header was checked.
#[derive(Debug, Clone)]
pub struct LeaveMessage {
    /// For whose holder.
    pub grant_id: GrantId,
    /// The authenticated sender's client id.
    pub sender: String,
    /// The message, named by its sender.
    pub message_id: MessageId,
    /// The key it is sealed to.
    pub kid: String,
    /// Until when it waits.
    pub exp: DateTime<Utc>,
    /// The compact JWE.
    pub message: String,
}

/// A recipient's word that it has read, checked together with the receipt that it is about.
#[derive(Debug, Clone)]
pub struct AcknowledgeRead {
    /// Which grant was read.
    pub grant_id: GrantId,
    /// The authenticated recipient's client id.
    pub recipient: String,
    /// The recipient's own name for the reading.
    pub read_id: ReadId,
    /// The recipient's signed acknowledgement.
    pub ack: String,
}

/// A message that waits for its holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingMessage {
    /// Under which grant it was left.
    pub grant_id: GrantId,
    /// The message, named by its sender.
    pub message_id: MessageId,
    /// When it was left.
    pub left_at: DateTime<Utc>,
    /// The compact JWE.
    pub message: String,
}

/// A piece of a person's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogSlice {
    /// The log.
    pub log_id: String,
    /// All leaves from the beginning to the end of the piece.
    pub leaves: Vec<Hash>,
    /// The entries from the place that was asked for to the end of the piece, without those that were
    /// erased.
    pub entries: Vec<Entry>,
    /// The tree at the end of the piece; as stored when the piece reaches the log's end.
    pub frontier: Frontier,
    /// Whether the piece reaches the log's end.
    pub is_whole: bool,
}

impl LogSlice {
    /// The log of an account in which nothing has happened.
    #[must_use]
    pub fn empty(log_id: &str) -> Self {
        Self {
            log_id: log_id.into(),
            leaves: Vec::new(),
            entries: Vec::new(),
            frontier: Frontier::default(),
            is_whole: true,
        }
    }
}

/// Everything the broker holds about one grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The row.
    pub grant: Grant,
    /// Request, decision, withdrawal.
    pub papers: Papers,
    /// The deposits that are still kept.
    pub deposits: Vec<SealedDeposit>,
    /// The notices about it that its recipient has not taken yet.
    pub notices: Vec<WaitingNotice>,
    /// The messages that were left and are still known.
    pub messages: Vec<HeldMessage>,
    /// The recipient's signed acknowledgements of readings.
    pub acks: Vec<String>,
}

/// A message, as far as the broker still holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldMessage {
    /// The message, named by its sender.
    pub message_id: MessageId,
    /// Its row.
    pub row: MessageRow,
    /// The compact JWE, until it was fetched or its time is over.
    pub message: Option<String>,
}
