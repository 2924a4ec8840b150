//! The store of one node, over one embedded database.
//!
//! Transactions are plain functions on a [`Tx`] in the sibling files; here each gets its blocking
//! thread and its fsync. Writers wait for each other's short work in memory and share the fsync that
//! follows, so the disk bounds latency rather than throughput.

mod decisions;
mod deposits;
mod grants;
mod keys;
mod log;
mod messages;
mod purge;
mod reading;
mod requests;
mod tx;

use std::{path::Path, sync::Arc};

use chrono::{DateTime, Utc};
use credential_core::{
    id::{GrantId, MessageId, RequestId, SubjectId},
    jose::jws::General,
};

use self::tx::Tx;
use super::{
    Account, AddDeposits, Answer, BeforeDecision, Completion, Decide, GrantOverview, Held,
    LeaveMessage, LogSlice, ProofId, PushedRequest, Read, Reading, Recorded, StorageError, Store,
    UseToken, WaitingMessage, sled::Engine,
};
use crate::{
    deposit_check::DepositRefused,
    grant::{Grant, Papers},
    interaction::{Interaction, InteractionError},
    message_check::MessageRefused,
    notary::Notary,
};

/// Layout of the keys and rows; a higher one is refused.
const FORMAT: u32 = 1;

/// A store in a folder on this machine. Clones share it.
#[derive(Debug, Clone)]
pub struct LocalStore(Arc<Engine>);

impl LocalStore {
    /// Opens the store in `folder`, or makes it there. Blocks.
    ///
    /// # Errors
    /// [`StorageError::InUse`], [`StorageError::NewerFormat`] or [`StorageError::Unavailable`].
    pub fn open(folder: &Path) -> Result<Self, StorageError> {
        let engine = Engine::open(folder)?;
        let (format, number) = engine.write(|engine| {
            let mut tx = Tx::new(engine);
            let format = tx.row(&keys::format())?.unwrap_or(FORMAT);
            tx.set(keys::format(), &format)?;
            Ok((format, tx.into_changes()))
        })?;
        if format > FORMAT {
            return Err(StorageError::NewerFormat);
        }
        engine.sync(number)?;
        Ok(Self(Arc::new(engine)))
    }

    /// One transaction that lasts once it is answered.
    fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, StorageError> + Send + 'static,
    ) -> Answer<'static, T> {
        self.run(|engine| {
            let (value, number) = engine.write(transaction(work))?;
            engine.sync(number)?;
            Ok(value)
        })
    }

    /// One transaction that will last with the next that does.
    fn write_behind<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, StorageError> + Send + 'static,
    ) -> Answer<'static, T> {
        self.run(|engine| Ok(engine.write(transaction(work))?.0))
    }

    /// Looks, and answers once what was seen lasts: a signed head, a receipt or an earlier answer that
    /// is given out must not be gone after a power failure.
    fn look<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T, StorageError> + Send + 'static,
    ) -> Answer<'static, T> {
        self.run(|engine| {
            let (value, number) = engine.look(|engine| work(&Tx::new(engine)))?;
            engine.sync(number)?;
            Ok(value)
        })
    }

    fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Engine) -> Result<T, StorageError> + Send + 'static,
    ) -> Answer<'static, T> {
        let engine = Arc::clone(&self.0);
        Box::pin(async move {
            tokio::task::spawn_blocking(move || work(&engine))
                .await
                .unwrap_or(Err(StorageError::Unavailable))
        })
    }
}

fn transaction<T>(
    work: impl FnOnce(&mut Tx<'_>) -> Result<T, StorageError>,
) -> impl FnOnce(&Engine) -> Result<(T, super::sled::Changes), StorageError> {
    |engine| {
        let mut tx = Tx::new(engine);
        let value = work(&mut tx)?;
        Ok((value, tx.into_changes()))
    }
}

impl Store for LocalStore {
    fn account(&self, thumbprint: &str, fresh: Account) -> Answer<'_, Account> {
        let thumbprint = thumbprint.to_owned();
        self.write(move |tx| requests::account(tx, &thumbprint, fresh))
    }

    fn known_account(&self, thumbprint: &str) -> Answer<'_, Option<Account>> {
        let thumbprint = thumbprint.to_owned();
        self.look(move |tx| tx.row(&keys::account(&thumbprint)))
    }

    fn remember_proofs(&self, proofs: Vec<ProofId>) -> Answer<'_, Option<usize>> {
        self.write_behind(move |tx| requests::remember_proofs(tx, &proofs))
    }

    fn push_request(&self, interaction: Interaction, request: String) -> Answer<'_, ()> {
        self.write(move |tx| requests::push(tx, &interaction, &request))
    }

    fn show_request(
        &self,
        id: RequestId,
        now: DateTime<Utc>,
    ) -> Answer<'_, Result<PushedRequest, InteractionError>> {
        self.write(move |tx| requests::change(tx, id, |interaction| interaction.show(now)))
    }

    fn open_interaction(
        &self,
        id: RequestId,
        session: String,
        subject: SubjectId,
        now: DateTime<Utc>,
    ) -> Answer<'_, Result<PushedRequest, InteractionError>> {
        self.write(move |tx| {
            requests::change(tx, id, |interaction| {
                interaction.open(session, subject, now)
            })
        })
    }

    fn before_decision(
        &self,
        id: RequestId,
        subject: SubjectId,
        digest: String,
        now: DateTime<Utc>,
    ) -> Answer<'_, Result<BeforeDecision, InteractionError>> {
        self.look(move |tx| decisions::before(tx, id, subject, &digest, now))
    }

    fn decide(
        &self,
        order: Decide,
        notary: &Notary,
        now: DateTime<Utc>,
    ) -> Answer<'_, Result<Recorded, InteractionError>> {
        let notary = notary.clone();
        self.write(move |tx| decisions::decide(tx, order, &notary, now))
    }

    fn complete(
        &self,
        id: RequestId,
        session: String,
        now: DateTime<Utc>,
    ) -> Answer<'_, Result<Completion, InteractionError>> {
        self.write(move |tx| decisions::complete(tx, id, &session, now))
    }

    fn redeem_code(
        &self,
        order: UseToken,
        notary: &Notary,
        now: DateTime<Utc>,
    ) -> Answer<'_, Option<(Grant, Papers)>> {
        let notary = notary.clone();
        self.write(move |tx| grants::redeem_code(tx, &order, &notary, now))
    }

    fn renew(
        &self,
        order: UseToken,
        notary: &Notary,
        now: DateTime<Utc>,
    ) -> Answer<'_, Option<(Grant, Papers)>> {
        let notary = notary.clone();
        self.write(move |tx| grants::renew(tx, &order, &notary, now))
    }

    fn read(
        &self,
        order: Read,
        notary: &Notary,
        now: DateTime<Utc>,
    ) -> Answer<'_, Option<Reading>> {
        let notary = notary.clone();
        self.write(move |tx| reading::read(tx, &order, &notary, now))
    }

    fn refuse_read(
        &self,
        subject: SubjectId,
        grant: GrantId,
        notary: &Notary,
        now: DateTime<Utc>,
    ) -> Answer<'_, ()> {
        let notary = notary.clone();
        self.write(move |tx| reading::refuse_stranger(tx, (subject, grant), &notary, now))
    }

    fn withdraw(
        &self,
        subject: SubjectId,
        grant: GrantId,
        withdrawal: General,
        notary: &Notary,
        now: DateTime<Utc>,
    ) -> Answer<'_, Option<Option<String>>> {
        let notary = notary.clone();
        self.write(move |tx| grants::withdraw(tx, (subject, grant), withdrawal, &notary, now))
    }

    fn add_deposits(
        &self,
        order: AddDeposits,
        notary: &Notary,
        now: DateTime<Utc>,
    ) -> Answer<'_, Option<Result<(), DepositRefused>>> {
        let notary = notary.clone();
        self.write(move |tx| deposits::add(tx, &order, &notary, now))
    }

    fn note_new_keys(
        &self,
        subject: SubjectId,
        asked: Vec<(GrantId, String)>,
        notary: &Notary,
        now: DateTime<Utc>,
    ) -> Answer<'_, ()> {
        let notary = notary.clone();
        self.write(move |tx| deposits::note_new_keys(tx, subject, &asked, &notary, now))
    }

    fn leave_message(
        &self,
        order: LeaveMessage,
        notary: &Notary,
        now: DateTime<Utc>,
    ) -> Answer<'_, Option<Result<(), MessageRefused>>> {
        let notary = notary.clone();
        self.write(move |tx| messages::leave(tx, &order, &notary, now))
    }

    fn waiting_messages(
        &self,
        subject: SubjectId,
        now: DateTime<Utc>,
    ) -> Answer<'_, Vec<WaitingMessage>> {
        self.look(move |tx| messages::waiting(tx, subject, now))
    }

    fn take_message(
        &self,
        subject: SubjectId,
        grant: GrantId,
        message: MessageId,
    ) -> Answer<'_, ()> {
        self.write(move |tx| messages::take(tx, subject, grant, message))
    }

    fn grant(&self, subject: SubjectId, grant: GrantId) -> Answer<'_, Option<(Grant, Papers)>> {
        self.look(move |tx| grants::find(tx, subject, grant))
    }

    fn grants(&self, subject: SubjectId) -> Answer<'_, Vec<GrantOverview>> {
        self.look(move |tx| grants::overview(tx, subject))
    }

    fn receipts(&self, subject: SubjectId, grant: Option<GrantId>) -> Answer<'_, Vec<String>> {
        self.look(move |tx| log::receipts(tx, subject, grant))
    }

    fn receipts_of_recipient(&self, grant: GrantId, client_id: &str) -> Answer<'_, Vec<String>> {
        let client_id = client_id.to_owned();
        self.look(move |tx| grants::receipts_of_recipient(tx, grant, &client_id))
    }

    fn log_since(&self, subject: SubjectId, since: u64) -> Answer<'_, Option<LogSlice>> {
        self.look(move |tx| log::since(tx, subject, since))
    }

    fn held(&self, grant: GrantId) -> Answer<'_, Option<Held>> {
        self.look(move |tx| grants::held(tx, grant))
    }

    fn subjects(&self) -> Answer<'_, Vec<SubjectId>> {
        self.look(log::subjects)
    }

    fn purge(&self, notary: &Notary, now: DateTime<Utc>) -> Answer<'_, usize> {
        let notary = notary.clone();
        self.write(move |tx| purge::purge(tx, &notary, now))
    }
}
