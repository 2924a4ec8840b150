//! What the broker keeps, as whole atomic operations on plain domain types.
//!
//! Every operation is one transaction: it happens completely and lasts, or it does not happen; what
//! only looks answers once everything it saw lasts. Time, and the [`Notary`] that writes log entries and
//! receipts, are passed in. The operations return boxed futures, so that a `dyn Store` can stand on an
//! engine that works in this process ([`LocalStore`]) or on one that waits for the network. A caller that
//! goes away does not undo an operation that has begun.
//!
//! What the operations do is written once, on rows (`rows/`); what an engine has to give for that is in
//! `engine.rs`.
//!
//! Rows are keyed by `subject_id` first. Nothing stored opens a deposit or names a person.

#[cfg(test)]
pub(crate) mod conformance;
mod engine;
mod global_log;
mod orders;
mod outbox;
mod participants;
mod postgres;
mod rows;
mod sled;
mod used_proofs;

use std::{future::Future, pin::Pin};

use chrono::{DateTime, Utc};
use credential_core::{
    id::{GrantId, MessageId, RequestId, SubjectId},
    jose::jws::General,
};

pub use global_log::{Advanced, Checkpoints, Cosigned, GlobalLog, LogProof, PlaceInLog};
pub use orders::{
    Account, AcknowledgeRead, AddDeposits, BeforeDecision, Change, Changed, Completion, Decide,
    Ended, GrantInFull, GrantOverview, Held, HeldMessage, LeaveMessage, LogSlice, ProofId,
    PushedRequest, Read, ReadAnswer, Reading, Recorded, SealedDeposit, UseToken, WaitingMessage,
};
pub use outbox::{LogEnd, Push, Pushed, Settle, Topic, Waiting, WaitingNotice};
pub use participants::{GrantCounts, ListMark, RecipientGrant};
pub use postgres::Spoken;
#[cfg(feature = "fuzzing")]
pub(crate) use rows::decoded;
pub use rows::{LocalStore, PostgresStore};

use crate::{
    deposit_check::DepositRefused,
    grant::{ChangeError, Grant, Papers},
    interaction::{Interaction, InteractionError, Opened, Typed},
    message_check::MessageRefused,
    notary::{Notary, NotaryError},
    suspension::{EntityId, Suspension},
};

/// Most appointments that one [`Store::purge`] keeps.
pub const PURGED_AT_ONCE: usize = 200;

/// The future of one operation.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StorageError>> + Send + 'a>>;

/// The operation did not happen. Callers refuse; nothing is assumed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StorageError {
    /// The engine failed, now or earlier, and does not answer any more.
    #[error("the store does not answer")]
    Unavailable,
    /// The disk has less room than the store leaves free: nothing can be changed until there is more.
    #[error("the disk of the store is full")]
    Full,
    /// Another process has the store open.
    #[error("the store is in use by another process")]
    InUse,
    /// The store was made by a newer version of this program.
    #[error("the store was made by a newer version")]
    NewerFormat,
    /// The tables of the database are missing or older than this program.
    #[error("the tables of the store are not up to date")]
    NotMigrated,
    /// A row cannot be read, is missing, or is not as it was written.
    #[error("the store is damaged")]
    Damaged,
    /// A log entry or receipt could not be written, so the operation was not made.
    #[error(transparent)]
    Notary(#[from] NotaryError),
}

impl StorageError {
    /// A stable code for machines.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Unavailable => "store_unavailable",
            Self::Full => "store_full",
            Self::InUse => "store_in_use",
            Self::NewerFormat => "store_newer_format",
            Self::NotMigrated => "store_not_migrated",
            Self::Damaged => "store_damaged",
            Self::Notary(_) => "store_notary",
        }
    }
}

/// A place to keep grants, deposits, logs and receipts.
pub trait Store: GlobalLog + Send + Sync + std::fmt::Debug {
    /// The account of a pairwise key; `fresh` becomes it at first use.
    fn account(&self, thumbprint: &str, fresh: Account) -> Answer<'_, Account>;

    /// The account of a pairwise key, if it has one.
    fn known_account(&self, thumbprint: &str) -> Answer<'_, Option<Account>>;

    /// Remembers that these proofs were used. Answers with the place of the first that had been used
    /// before, and then remembers none of them.
    ///
    /// A store of one process may forget them when it is closed: nothing that was made before a broker's
    /// start is taken after it.
    fn remember_proofs(&self, proofs: Vec<ProofId>) -> Answer<'_, Option<usize>>;

    /// Keeps a pushed request. Each needs a code challenge of its own: the same of the same client is
    /// refused for as long as a request can live.
    fn push_request(
        &self,
        interaction: Interaction,
        request: String,
    ) -> Answer<'_, Result<(), InteractionError>>;

    /// Shows a pushed request in a browser; the first time lengthens its life.
    fn show_request(
        &self,
        id: RequestId,
        now: DateTime<Utc>,
    ) -> Answer<'_, Result<PushedRequest, InteractionError>>;

    /// Gives a pushed request to the account that opened its ticket first.
    fn open_interaction(
        &self,
        id: RequestId,
        opened: Opened,
        now: DateTime<Utc>,
    ) -> Answer<'_, Result<PushedRequest, InteractionError>>;

    /// Whether digits are to be typed into this browser now.
    fn awaits_digits(
        &self,
        id: RequestId,
        session: String,
        now: DateTime<Utc>,
    ) -> Answer<'_, Result<(), InteractionError>>;

    /// Digits, by their hash, are typed into this browser; wrong ones are counted in the same step.
    fn type_digits(
        &self,
        id: RequestId,
        session: String,
        hash: String,
        now: DateTime<Utc>,
    ) -> Answer<'_, Result<Typed, InteractionError>>;

    /// The request that waits for this account's decision, or the answer to the same decision when it
    /// was made before.
    fn before_decision(
        &self,
        id: RequestId,
        subject: SubjectId,
        digest: String,
        now: DateTime<Utc>,
    ) -> Answer<'_, Result<BeforeDecision, InteractionError>>;

    /// Records a decision: claims the request, and with an approval inserts the grant and its first
    /// deposit; log entries and receipt included. The same decision again gets the same answer.
    fn decide(
        &self,
        order: Decide,
        notary: &Notary,
        now: DateTime<Utc>,
    ) -> Answer<'_, Result<Recorded, InteractionError>>;

    /// Lets the browser go back to the recipient, once.
    fn complete(
        &self,
        id: RequestId,
        session: String,
        now: DateTime<Utc>,
    ) -> Answer<'_, Result<Completion, InteractionError>>;

    /// Uses the code of a grant: once. A second use ends every handle of the grant.
    fn redeem_code(
        &self,
        order: UseToken,
        notary: &Notary,
        now: DateTime<Utc>,
    ) -> Answer<'_, Option<Grant>>;

    /// Spends a code that its own client brought with a wrong address or verifier: every handle of its
    /// epoch ends, as at a second use.
    fn spend_code(&self, order: UseToken, notary: &Notary, now: DateTime<Utc>) -> Answer<'_, ()>;

    /// Permits a new access token for a refresh token.
    fn renew(
        &self,
        order: UseToken,
        notary: &Notary,
        now: DateTime<Utc>,
    ) -> Answer<'_, Option<Grant>>;

    /// Ends every handle of a grant on its recipient's word, while the grant stays; answers whether there
    /// was anything to end.
    fn end_handles(&self, order: UseToken, notary: &Notary, now: DateTime<Utc>)
    -> Answer<'_, bool>;

    /// Ends a grant on its recipient's word and deletes its deposits; receipt included. Answers whether
    /// it was there to be ended.
    fn give_up(&self, order: UseToken, notary: &Notary, now: DateTime<Utc>) -> Answer<'_, bool>;

    /// One read: checks the grant, counts, fetches the current deposit and appends to the log; also a
    /// refusal is logged.
    fn read(&self, order: Read, notary: &Notary, now: DateTime<Utc>) -> Answer<'_, ReadAnswer>;

    /// Logs a read that was refused before the grant was asked: the token came without its key, or its
    /// recipient may not ask any more.
    fn refuse_read(
        &self,
        subject: SubjectId,
        grant: GrantId,
        notary: &Notary,
        now: DateTime<Utc>,
    ) -> Answer<'_, ()>;

    /// Ends a grant on the person's word, deletes its deposits, and gives the receipt. Again gives the
    /// same receipt. None when the account has no such grant.
    fn withdraw(
        &self,
        subject: SubjectId,
        grant: GrantId,
        withdrawal: General,
        notary: &Notary,
        now: DateTime<Utc>,
    ) -> Answer<'_, Option<String>>;

    /// Ends several grants as [`Self::withdraw`] does, in one transaction. None, and nothing is done, when
    /// one of them is not this account's.
    fn withdraw_all(
        &self,
        subject: SubjectId,
        withdrawals: Vec<(GrantId, General)>,
        notary: &Notary,
        now: DateTime<Utc>,
    ) -> Answer<'_, Option<Vec<Ended>>>;

    /// Ends every living grant of an account without a word of the grants' own keys, and deletes the
    /// deposits. Answers with all that were ever ended so: again gives the same.
    fn stop_all(
        &self,
        subject: SubjectId,
        notary: &Notary,
        now: DateTime<Utc>,
    ) -> Answer<'_, Vec<Ended>>;

    /// The answer to this change, when it was the last that was made of the grant.
    fn made_change(
        &self,
        subject: SubjectId,
        grant: GrantId,
        digest: &str,
    ) -> Answer<'_, Option<Changed>>;

    /// Pauses, resumes, narrows or renews a grant: status, terms, papers, deposits, log and receipt in one
    /// step. The same change again gives the same answer, as long as no other was made since. None when
    /// the account has no such grant.
    fn change(
        &self,
        order: Change,
        notary: &Notary,
        now: DateTime<Utc>,
    ) -> Answer<'_, Option<Result<Changed, ChangeError>>>;

    /// One grant of an account with its deposits.
    fn grant_in_full(&self, subject: SubjectId, grant: GrantId) -> Answer<'_, Option<GrantInFull>>;

    /// Puts more deposits into the mailbox of a grant, each with its log entry; those whose time is over
    /// go. The same again changes nothing. None when the account has no such grant.
    fn add_deposits(
        &self,
        order: AddDeposits,
        notary: &Notary,
        now: DateTime<Utc>,
    ) -> Answer<'_, Option<Result<(), DepositRefused>>>;

    /// Logs, once for each key, that the wallet is asked to seal these grants' deposits to another key.
    fn note_new_keys(
        &self,
        subject: SubjectId,
        asked: Vec<(GrantId, String)>,
        notary: &Notary,
        now: DateTime<Utc>,
    ) -> Answer<'_, ()>;

    /// Leaves a message for a grant's holder, also after its end. The same again changes nothing. None
    /// for an unknown grant and for another recipient's.
    fn leave_message(
        &self,
        order: LeaveMessage,
        notary: &Notary,
        now: DateTime<Utc>,
    ) -> Answer<'_, Option<Result<(), MessageRefused>>>;

    /// Keeps a recipient's acknowledgement of a reading, and says so in the person's log. The same again
    /// changes nothing. None for an unknown grant and for another recipient's.
    fn acknowledge_read(
        &self,
        order: AcknowledgeRead,
        notary: &Notary,
        now: DateTime<Utc>,
    ) -> Answer<'_, Option<()>>;

    /// The messages that wait for an account, oldest first, as many as one page takes.
    fn waiting_messages(
        &self,
        subject: SubjectId,
        now: DateTime<Utc>,
    ) -> Answer<'_, Vec<WaitingMessage>>;

    /// Deletes a message that its holder has. What is not there is deleted already.
    fn take_message(
        &self,
        subject: SubjectId,
        grant: GrantId,
        message: MessageId,
    ) -> Answer<'_, ()>;

    /// One grant of an account.
    fn grant(&self, subject: SubjectId, grant: GrantId) -> Answer<'_, Option<(Grant, Papers)>>;

    /// One grant of an account and its decision in force, as it was signed.
    fn in_force(&self, subject: SubjectId, grant: GrantId) -> Answer<'_, Option<(Grant, General)>>;

    /// All grants of an account, also ended ones.
    fn grants(&self, subject: SubjectId) -> Answer<'_, Vec<GrantOverview>>;

    /// The account's receipts in the order of its log; of one grant when it is named.
    fn receipts(&self, subject: SubjectId, grant: Option<GrantId>) -> Answer<'_, Vec<String>>;

    /// A grant's receipts for its recipient; empty for every other client and for unknown grants.
    fn receipts_of_recipient(&self, grant: GrantId, client_id: &str) -> Answer<'_, Vec<String>>;

    /// The account's log from place `since` on, as far as one page goes. None when the log is shorter,
    /// or the account is not kept yet.
    fn log_since(&self, subject: SubjectId, since: u64) -> Answer<'_, Option<LogSlice>>;

    /// How far the account's log goes; nothing for one that is not kept yet.
    fn log_end(&self, subject: SubjectId) -> Answer<'_, LogEnd>;

    /// The oldest notices that wait for a recipient, at most so many.
    fn waiting_notices(&self, client_id: &str, most: usize) -> Answer<'_, Waiting>;

    /// Takes notices off a recipient's outbox on its own word; the person's log says of each one that it
    /// has that the recipient was told. Gives how many of them were there.
    fn settle_notices(
        &self,
        client_id: &str,
        settled: Settle,
        notary: &Notary,
        now: DateTime<Utc>,
    ) -> Answer<'_, usize>;

    /// Hands out at most one notice for each of these recipients: the oldest that is still pushed, if
    /// its time has come. It is not handed out again within a minute, unless its push is recorded.
    fn claim_pushes(&self, clients: Vec<String>, now: DateTime<Utc>) -> Answer<'_, Vec<Push>>;

    /// Records how a push went; one that arrived is taken off, and the person's log says so.
    fn record_push(
        &self,
        client_id: &str,
        jti: &str,
        pushed: Pushed,
        notary: &Notary,
        now: DateTime<Utc>,
    ) -> Answer<'_, ()>;

    /// Hears of changes that this process makes, from now on. Others are not heard: look again as well.
    fn listen(&self, topic: &Topic) -> tokio::sync::watch::Receiver<()>;

    /// Everything held about one grant, to be shown to anyone who wants to see what the broker sees.
    fn held(&self, grant: GrantId) -> Answer<'_, Option<Held>>;

    /// All accounts, for checking the logs.
    fn subjects(&self) -> Answer<'_, Vec<SubjectId>>;

    /// Records the end of grants whose time is over and forgets what is no longer needed. Answers with
    /// how much was done; call again while that is more than nothing.
    fn purge(&self, notary: &Notary, now: DateTime<Utc>) -> Answer<'_, usize>;

    /// Suspends a participant, and gives the row as it is kept: one that is suspended already stays so
    /// since the same moment, with the new note.
    fn suspend(&self, suspension: Suspension) -> Answer<'_, Suspension>;

    /// Ends a participant's suspension and gives it; none when there was none.
    fn resume(&self, participant: &EntityId) -> Answer<'_, Option<Suspension>>;

    /// The suspension of a participant, if it is suspended.
    ///
    /// May answer before what it saw is durable: [`Self::suspend`] and [`Self::resume`] are durable when
    /// they answer.
    fn suspension(&self, participant: &EntityId) -> Answer<'_, Option<Suspension>>;

    /// All suspensions, by participant.
    fn suspensions(&self) -> Answer<'_, Vec<Suspension>>;

    /// Remembers a trust list as the newest of this registrar (the thumbprint of its key), unless a newer
    /// one or another of the same number was remembered before: the answer then is that one.
    fn accept_list(&self, registrar: &str, list: ListMark) -> Answer<'_, Result<(), ListMark>>;

    /// A recipient's grants, the newest first, also ended ones: at most `limit`, those after the grant
    /// `after`. None after a grant that is not this recipient's.
    fn grants_of_recipient(
        &self,
        client_id: &str,
        after: Option<GrantId>,
        limit: usize,
        now: DateTime<Utc>,
    ) -> Answer<'_, Vec<RecipientGrant>>;

    /// How many grants a recipient has in each state, as far as its newest `limit` go.
    fn count_grants_of_recipient(
        &self,
        client_id: &str,
        limit: usize,
        now: DateTime<Utc>,
    ) -> Answer<'_, GrantCounts>;
}
