//! A store whose operations are measured, whichever it is.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use credential_core::{
    access_log::Hash,
    id::{GrantId, MessageId, RequestId, SubjectId},
    jose::jws::General,
    transparency::{BlindingKey, LogSigner, Resource},
};
use tokio::time::Instant;

use super::{
    Metrics,
    labels::{OperationError, ProofUse, PushOutcome},
};
use crate::{
    deposit_check::DepositRefused,
    grant::{ChangeError, Grant, Papers},
    interaction::{Interaction, InteractionError, Opened, Typed},
    message_check::MessageRefused,
    notary::Notary,
    storage::{
        Account, AcknowledgeRead, AddDeposits, Advanced, Answer, BeforeDecision, Change, Changed,
        Checkpoints, Completion, Cosigned, Decide, Ended, GlobalLog, GrantCounts, GrantInFull,
        GrantOverview, Held, LeaveMessage, ListMark, LogEnd, LogProof, LogSlice, PlaceInLog,
        ProofId, Push, Pushed, PushedRequest, Read, ReadAnswer, RecipientGrant, Recorded, Settle,
        Store, Topic, UseToken, Waiting, WaitingMessage,
    },
    suspension::{EntityId, Suspension},
};

/// Passes every operation on, and notes how long it took and whether it was made.
#[derive(Debug)]
pub struct MeasuredStore {
    inner: Arc<dyn Store>,
    metrics: Metrics,
}

impl MeasuredStore {
    /// Measures this store.
    #[must_use]
    pub fn new(inner: Arc<dyn Store>, metrics: Metrics) -> Self {
        Self { inner, metrics }
    }

    fn measure<'a, T: 'a>(
        &'a self,
        operation: &'static str,
        answer: Answer<'a, T>,
    ) -> Answer<'a, T> {
        Box::pin(async move {
            let began = Instant::now();
            let answered = answer.await;
            self.metrics.store_operation(operation, began.elapsed());
            if let Err(error) = &answered {
                let label = OperationError {
                    operation,
                    reason: error.reason(),
                };
                self.metrics.store_errors.get_or_create(&label).inc();
            }
            answered
        })
    }
}

macro_rules! measured {
    ($(fn $name:ident(&self $(, $argument:ident: $type:ty)*) -> $answer:ty;)+) => {
        $(fn $name(&self $(, $argument: $type)*) -> Answer<'_, $answer> {
            self.measure(stringify!($name), self.inner.$name($($argument),*))
        })+
    };
}

impl GlobalLog for MeasuredStore {
    measured! {
        fn give_log_key(&self, subject: SubjectId, key: BlindingKey) -> ();
        fn advance_log(&self, most: usize, notary: &Notary, signer: &Arc<LogSigner>) -> Advanced;
        fn checkpoints(&self) -> Option<Checkpoints>;
        fn log_tile(&self, resource: Resource) -> Option<Vec<u8>>;
        fn keep_cosignature(&self, cosigned: Cosigned) -> bool;
        fn place_in_global_log(&self, subject: SubjectId) -> Option<PlaceInLog>;
        fn prove_in_global_log(&self, subject: SubjectId, known: u64) -> Option<LogProof>;
        fn prove_growth(&self, older: u64, newer: u64) -> Option<Vec<Hash>>;
        fn erase_log(&self, subject: SubjectId) -> u64;
    }
}

impl Store for MeasuredStore {
    measured! {
        fn account(&self, thumbprint: &str, fresh: Account) -> Account;
        fn known_account(&self, thumbprint: &str) -> Option<Account>;
        fn push_request(&self, interaction: Interaction, request: String) -> Result<(), InteractionError>;
        fn show_request(&self, id: RequestId, now: DateTime<Utc>) -> Result<PushedRequest, InteractionError>;
        fn open_interaction(&self, id: RequestId, opened: Opened, now: DateTime<Utc>) -> Result<PushedRequest, InteractionError>;
        fn awaits_digits(&self, id: RequestId, session: String, now: DateTime<Utc>) -> Result<(), InteractionError>;
        fn type_digits(&self, id: RequestId, session: String, hash: String, now: DateTime<Utc>) -> Result<Typed, InteractionError>;
        fn before_decision(&self, id: RequestId, subject: SubjectId, digest: String, now: DateTime<Utc>) -> Result<BeforeDecision, InteractionError>;
        fn decide(&self, order: Decide, notary: &Notary, now: DateTime<Utc>) -> Result<Recorded, InteractionError>;
        fn complete(&self, id: RequestId, session: String, now: DateTime<Utc>) -> Result<Completion, InteractionError>;
        fn redeem_code(&self, order: UseToken, notary: &Notary, now: DateTime<Utc>) -> Option<Grant>;
        fn spend_code(&self, order: UseToken, notary: &Notary, now: DateTime<Utc>) -> ();
        fn renew(&self, order: UseToken, notary: &Notary, now: DateTime<Utc>) -> Option<Grant>;
        fn end_handles(&self, order: UseToken, notary: &Notary, now: DateTime<Utc>) -> bool;
        fn give_up(&self, order: UseToken, notary: &Notary, now: DateTime<Utc>) -> bool;
        fn read(&self, order: Read, notary: &Notary, now: DateTime<Utc>) -> ReadAnswer;
        fn refuse_read(&self, subject: SubjectId, grant: GrantId, notary: &Notary, now: DateTime<Utc>) -> ();
        fn withdraw(&self, subject: SubjectId, grant: GrantId, withdrawal: General, notary: &Notary, now: DateTime<Utc>) -> Option<String>;
        fn withdraw_all(&self, subject: SubjectId, withdrawals: Vec<(GrantId, General)>, notary: &Notary, now: DateTime<Utc>) -> Option<Vec<Ended>>;
        fn stop_all(&self, subject: SubjectId, notary: &Notary, now: DateTime<Utc>) -> Vec<Ended>;
        fn made_change(&self, subject: SubjectId, grant: GrantId, digest: &str) -> Option<Changed>;
        fn change(&self, order: Change, notary: &Notary, now: DateTime<Utc>) -> Option<Result<Changed, ChangeError>>;
        fn grant_in_full(&self, subject: SubjectId, grant: GrantId) -> Option<GrantInFull>;
        fn add_deposits(&self, order: AddDeposits, notary: &Notary, now: DateTime<Utc>) -> Option<Result<(), DepositRefused>>;
        fn note_new_keys(&self, subject: SubjectId, asked: Vec<(GrantId, String)>, notary: &Notary, now: DateTime<Utc>) -> ();
        fn leave_message(&self, order: LeaveMessage, notary: &Notary, now: DateTime<Utc>) -> Option<Result<(), MessageRefused>>;
        fn acknowledge_read(&self, order: AcknowledgeRead, notary: &Notary, now: DateTime<Utc>) -> Option<()>;
        fn waiting_messages(&self, subject: SubjectId, now: DateTime<Utc>) -> Vec<WaitingMessage>;
        fn take_message(&self, subject: SubjectId, grant: GrantId, message: MessageId) -> ();
        fn grant(&self, subject: SubjectId, grant: GrantId) -> Option<(Grant, Papers)>;
        fn in_force(&self, subject: SubjectId, grant: GrantId) -> Option<(Grant, General)>;
        fn grants(&self, subject: SubjectId) -> Vec<GrantOverview>;
        fn receipts(&self, subject: SubjectId, grant: Option<GrantId>) -> Vec<String>;
        fn receipts_of_recipient(&self, grant: GrantId, client_id: &str) -> Vec<String>;
        fn log_since(&self, subject: SubjectId, since: u64) -> Option<LogSlice>;
        fn log_end(&self, subject: SubjectId) -> LogEnd;
        fn waiting_notices(&self, client_id: &str, most: usize) -> Waiting;
        fn settle_notices(&self, client_id: &str, settled: Settle, notary: &Notary, now: DateTime<Utc>) -> usize;
        fn claim_pushes(&self, clients: Vec<String>, now: DateTime<Utc>) -> Vec<Push>;
        fn held(&self, grant: GrantId) -> Option<Held>;
        fn subjects(&self) -> Vec<SubjectId>;
        fn purge(&self, notary: &Notary, now: DateTime<Utc>) -> usize;
        fn suspend(&self, suspension: Suspension) -> Suspension;
        fn resume(&self, participant: &EntityId) -> Option<Suspension>;
        fn suspension(&self, participant: &EntityId) -> Option<Suspension>;
        fn suspensions(&self) -> Vec<Suspension>;
        fn accept_list(&self, registrar: &str, list: ListMark) -> Result<(), ListMark>;
        fn grants_of_recipient(&self, client_id: &str, after: Option<GrantId>, limit: usize, now: DateTime<Utc>) -> Vec<RecipientGrant>;
        fn count_grants_of_recipient(&self, client_id: &str, limit: usize, now: DateTime<Utc>) -> GrantCounts;
    }

    fn remember_proofs(&self, proofs: Vec<ProofId>) -> Answer<'_, Option<usize>> {
        let count = u64::try_from(proofs.len()).unwrap_or(u64::MAX);
        let answer = self.measure("remember_proofs", self.inner.remember_proofs(proofs));
        Box::pin(async move {
            let replayed = answer.await?;
            let (outcome, count) = match replayed {
                Some(_place) => ("replayed", 1),
                None => ("fresh", count),
            };
            let uses = self.metrics.proofs.get_or_create(&ProofUse { outcome });
            uses.inc_by(count);
            drop(uses);
            Ok(replayed)
        })
    }

    fn record_push(
        &self,
        client_id: &str,
        jti: &str,
        pushed: Pushed,
        notary: &Notary,
        now: DateTime<Utc>,
    ) -> Answer<'_, ()> {
        let outcome = match pushed {
            Pushed::Delivered => "delivered",
            Pushed::Refused => "refused",
            Pushed::Failed { .. } => "failed",
        };
        self.metrics
            .pushes
            .get_or_create(&PushOutcome { outcome })
            .inc();
        let answer = self.inner.record_push(client_id, jti, pushed, notary, now);
        self.measure("record_push", answer)
    }

    fn listen(&self, topic: &Topic) -> tokio::sync::watch::Receiver<()> {
        self.inner.listen(topic)
    }
}
