//! The store as rows: every operation is a plain function on a [`Tx`] in the sibling files, and runs on
//! any [`Engine`]. What an operation means is so written once, and cannot differ between engines.

mod bell;
mod changes;
mod decisions;
#[cfg(feature = "fuzzing")]
pub(crate) mod decoded;
mod deposits;
mod digits;
mod endings;
mod global_log;
mod grants;
mod keys;
mod log;
mod messages;
mod needs;
mod notices;
mod participants;
mod purge;
mod reading;
mod recipients;
mod requests;
mod tx;

use std::{path::Path, sync::Arc};

use chrono::{DateTime, Utc};
use credential_core::{
    id::{GrantId, MessageId, RequestId, SubjectId},
    jose::jws::General,
};

use self::bell::Bell;
pub(super) use self::tx::Tx;
use super::{
    Account, AcknowledgeRead, AddDeposits, Answer, BeforeDecision, Change, Changed, Completion,
    Decide, Ended, GrantInFull, GrantOverview, Held, LeaveMessage, LogEnd, LogSlice, ProofId, Push,
    Pushed, PushedRequest, Read, ReadAnswer, Recorded, Settle, StorageError, Store, Topic,
    UseToken, Waiting, WaitingMessage,
    engine::{Engine, Mode},
    participants::{GrantCounts, ListMark, RecipientGrant},
    postgres::{Postgres, Spoken},
    sled::{RESERVE, Sled},
};
use crate::{
    deposit_check::DepositRefused,
    grant::{ChangeError, ChangeKind, Grant, Papers},
    interaction::{Interaction, InteractionError, Opened, Typed},
    message_check::MessageRefused,
    notary::Notary,
    suspension::{EntityId, Suspension},
};

/// Layout of the keys and rows; a higher one is refused.
const FORMAT: u32 = 1;
/// In a folder: since 2 there is a sum over all rows, which an older program would not keep.
const FORMAT_OF_A_FOLDER: u32 = 2;

/// A store over one engine. Clones share it.
#[derive(Debug)]
pub struct RowStore<E> {
    engine: Arc<E>,
    bell: Arc<Bell>,
}

/// A store in a folder on this machine, for one node.
///
/// Writers wait for each other's short work in memory and share the fsync that follows, so the disk
/// bounds latency rather than throughput.
pub type LocalStore = RowStore<Sled>;

impl LocalStore {
    /// Opens the store in `folder`, or makes it there. Blocks. 64 MiB of the disk are left free.
    ///
    /// # Errors
    /// [`StorageError::InUse`], [`StorageError::NewerFormat`], [`StorageError::Unavailable`],
    /// [`StorageError::Full`], or [`StorageError::Damaged`] when a row is missing or not as it was written.
    pub fn open(folder: &Path) -> Result<Self, StorageError> {
        Self::open_with_reserve(folder, RESERVE)
    }

    /// As [`Self::open`], and leaves `reserve` octets of the disk free: while there is less, everything that
    /// would change a row is refused as [`StorageError::Full`], but for stops and what makes room, which may use
    /// half of it. With 0 the disk is not looked at.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_with_reserve(folder: &Path, reserve: u64) -> Result<Self, StorageError> {
        let engine = Sled::open(folder, reserve)?;
        engine.transact(Mode::Write, prepare(FORMAT_OF_A_FOLDER))?;
        Ok(Self::over(engine))
    }

    /// Whether the disk has room for a stop, which is the last that is refused.
    ///
    /// # Errors
    /// [`StorageError::Full`].
    pub(crate) fn refuse_if_full(&self) -> Result<(), StorageError> {
        self.engine.refuse_if_full(Mode::TakeAway)
    }

    /// Free room of the disk in octets.
    pub(crate) fn free_room(&self) -> Result<u64, StorageError> {
        self.engine.free_room()
    }
}

impl LocalStore {
    /// Hands over every row of one moment. Blocks, and writers wait meanwhile.
    pub(crate) fn copy(
        &self,
        take: impl FnMut(&[u8], &[u8]) -> Result<(), StorageError>,
    ) -> Result<(), StorageError> {
        self.engine.copy(take)
    }

    /// Fills a new store in `folder` with such rows, and closes it. Blocks.
    pub(crate) fn fill(
        folder: &Path,
        rows: impl Iterator<Item = Result<(Vec<u8>, Vec<u8>), StorageError>>,
    ) -> Result<(), StorageError> {
        let engine = Sled::open(folder, RESERVE)?;
        engine.fill(rows)?;
        // Also refuses rows of a newer format.
        engine.transact(Mode::Write, prepare(FORMAT_OF_A_FOLDER))
    }
}

#[cfg(test)]
impl LocalStore {
    /// Loses the first row of a kind, as the engine might.
    pub(super) fn lose_one(&self, prefix: &[u8]) {
        self.engine.lose_one(prefix);
    }
}

/// A store in a PostgreSQL database, for any number of nodes.
pub type PostgresStore = RowStore<Postgres>;

impl PostgresStore {
    /// Connects to the database of a `postgres://` URL, with at most so many connections, and checks
    /// that its tables are those of this program.
    ///
    /// # Errors
    /// [`StorageError::NotMigrated`], [`StorageError::NewerFormat`] or [`StorageError::Unavailable`].
    pub async fn open(url: &str, connections: u32) -> Result<Self, StorageError> {
        let store = Self::over(Postgres::connect(url, connections).await?);
        store.engine.run(Mode::Write, prepare(FORMAT)).await?;
        Ok(store)
    }

    /// How often this store has spoken to its database.
    #[must_use]
    pub fn spoken(&self) -> Spoken {
        self.engine.spoken()
    }

    /// Makes the tables, or raises those of an older program. Rows stay as they are.
    ///
    /// # Errors
    /// [`StorageError::NewerFormat`] or [`StorageError::Unavailable`].
    pub async fn migrate(url: &str) -> Result<(), StorageError> {
        Postgres::connect(url, 1).await?.migrate().await
    }
}

impl<E> Clone for RowStore<E> {
    fn clone(&self) -> Self {
        Self {
            engine: Arc::clone(&self.engine),
            bell: Arc::clone(&self.bell),
        }
    }
}

impl<E: Engine> RowStore<E> {
    /// A store over an engine whose rows are of the present format.
    fn over(engine: E) -> Self {
        Self {
            engine: Arc::new(engine),
            bell: Arc::default(),
        }
    }

    /// One transaction that lasts once it is answered.
    fn write<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<T, StorageError> + Send + Sync + 'static,
    ) -> Answer<'static, T> {
        let heard = bell::listening(work);
        self.bell.after(self.engine.run(Mode::Write, heard))
    }

    /// As [`Self::write`], for what ends, pauses or narrows a share, and for what makes room.
    fn take_away<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<T, StorageError> + Send + Sync + 'static,
    ) -> Answer<'static, T> {
        let heard = bell::listening(work);
        self.bell.after(self.engine.run(Mode::TakeAway, heard))
    }

    /// As [`Self::write`], on a handful of rows.
    fn write_briefly<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Tx<'_>) -> Result<T, StorageError> + Send + Sync + 'static,
    ) -> Answer<'static, T> {
        let heard = bell::listening(work);
        self.bell.after(self.engine.run_briefly(Mode::Write, heard))
    }

    fn look<T: Send + 'static>(
        &self,
        work: impl Fn(&Tx<'_>) -> Result<T, StorageError> + Send + Sync + 'static,
    ) -> Answer<'static, T> {
        self.engine.run(Mode::Look, move |tx| work(tx))
    }

    /// As [`Self::look`], at a handful of rows.
    fn look_briefly<T: Send + 'static>(
        &self,
        work: impl Fn(&Tx<'_>) -> Result<T, StorageError> + Send + Sync + 'static,
    ) -> Answer<'static, T> {
        self.engine.run_briefly(Mode::Look, move |tx| work(tx))
    }
}

/// Marks the format of a new or an older store, and refuses a newer one.
fn prepare(format: u32) -> impl Fn(&mut Tx<'_>) -> Result<(), StorageError> {
    move |tx| {
        match tx.row::<u32>(&keys::format())? {
            Some(found) if found > format => return Err(StorageError::NewerFormat),
            Some(found) if found == format => {}
            _ => tx.set(keys::format(), &format)?,
        }
        recipients::index(tx)
    }
}

impl<E: Engine> Store for RowStore<E> {
    fn account(&self, thumbprint: &str, fresh: Account) -> Answer<'_, Account> {
        let thumbprint = thumbprint.to_owned();
        self.write(move |tx| requests::account(tx, &thumbprint, fresh.clone()))
    }

    fn known_account(&self, thumbprint: &str) -> Answer<'_, Option<Account>> {
        let thumbprint = thumbprint.to_owned();
        self.look_briefly(move |tx| tx.row(&keys::account(&thumbprint)))
    }

    fn remember_proofs(&self, proofs: Vec<ProofId>) -> Answer<'_, Option<usize>> {
        if let Some(memory) = self.engine.used_proofs() {
            return Box::pin(async move { memory.remember(&proofs) });
        }
        self.engine.run(Mode::Write, move |tx| {
            requests::remember_proofs(tx, &proofs)
        })
    }

    fn push_request(
        &self,
        interaction: Interaction,
        request: String,
    ) -> Answer<'_, Result<(), InteractionError>> {
        self.write_briefly(move |tx| requests::push(tx, &interaction, &request))
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
        opened: Opened,
        now: DateTime<Utc>,
    ) -> Answer<'_, Result<PushedRequest, InteractionError>> {
        self.write(move |tx| {
            requests::change(tx, id, |interaction| interaction.open(opened.clone(), now))
        })
    }

    fn awaits_digits(
        &self,
        id: RequestId,
        session: String,
        now: DateTime<Utc>,
    ) -> Answer<'_, Result<(), InteractionError>> {
        self.look(move |tx| digits::awaits(tx, id, &session, now))
    }

    fn type_digits(
        &self,
        id: RequestId,
        session: String,
        hash: String,
        now: DateTime<Utc>,
    ) -> Answer<'_, Result<Typed, InteractionError>> {
        self.write(move |tx| digits::type_in(tx, id, (&session, &hash), now))
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
        self.write(move |tx| decisions::decide(tx, order.clone(), &notary, now))
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
    ) -> Answer<'_, Option<Grant>> {
        let notary = notary.clone();
        self.write_briefly(move |tx| grants::redeem_code(tx, &order, &notary, now))
    }

    fn spend_code(&self, order: UseToken, notary: &Notary, now: DateTime<Utc>) -> Answer<'_, ()> {
        let notary = notary.clone();
        self.write(move |tx| grants::spend_code(tx, &order, &notary, now))
    }

    fn renew(
        &self,
        order: UseToken,
        notary: &Notary,
        now: DateTime<Utc>,
    ) -> Answer<'_, Option<Grant>> {
        let notary = notary.clone();
        self.write_briefly(move |tx| grants::renew(tx, &order, &notary, now))
    }

    fn end_handles(
        &self,
        order: UseToken,
        notary: &Notary,
        now: DateTime<Utc>,
    ) -> Answer<'_, bool> {
        let notary = notary.clone();
        self.take_away(move |tx| endings::end_handles(tx, &order, &notary, now))
    }

    fn give_up(&self, order: UseToken, notary: &Notary, now: DateTime<Utc>) -> Answer<'_, bool> {
        let notary = notary.clone();
        self.take_away(move |tx| endings::give_up(tx, &order, &notary, now))
    }

    fn read(&self, order: Read, notary: &Notary, now: DateTime<Utc>) -> Answer<'_, ReadAnswer> {
        let notary = notary.clone();
        self.write_briefly(move |tx| reading::read(tx, &order, &notary, now))
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
    ) -> Answer<'_, Option<String>> {
        let notary = notary.clone();
        self.take_away(move |tx| {
            grants::withdraw(tx, (subject, grant), withdrawal.clone(), &notary, now)
        })
    }

    fn withdraw_all(
        &self,
        subject: SubjectId,
        withdrawals: Vec<(GrantId, General)>,
        notary: &Notary,
        now: DateTime<Utc>,
    ) -> Answer<'_, Option<Vec<Ended>>> {
        let notary = notary.clone();
        self.take_away(move |tx| {
            changes::withdraw_all(tx, subject, withdrawals.clone(), &notary, now)
        })
    }

    fn stop_all(
        &self,
        subject: SubjectId,
        notary: &Notary,
        now: DateTime<Utc>,
    ) -> Answer<'_, Vec<Ended>> {
        let notary = notary.clone();
        self.take_away(move |tx| changes::stop_all(tx, subject, &notary, now))
    }

    fn made_change(
        &self,
        subject: SubjectId,
        grant: GrantId,
        digest: &str,
    ) -> Answer<'_, Option<Changed>> {
        let digest = digest.to_owned();
        self.look(move |tx| changes::made(tx, (subject, grant), &digest))
    }

    fn change(
        &self,
        order: Change,
        notary: &Notary,
        now: DateTime<Utc>,
    ) -> Answer<'_, Option<Result<Changed, ChangeError>>> {
        let notary = notary.clone();
        let takes_away = matches!(order.kind, ChangeKind::Pause | ChangeKind::Narrow);
        let work = move |tx: &mut Tx<'_>| changes::change(tx, order.clone(), &notary, now);
        match takes_away {
            true => self.take_away(work),
            false => self.write(work),
        }
    }

    fn grant_in_full(&self, subject: SubjectId, grant: GrantId) -> Answer<'_, Option<GrantInFull>> {
        self.look(move |tx| changes::in_full(tx, subject, grant))
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

    fn acknowledge_read(
        &self,
        order: AcknowledgeRead,
        notary: &Notary,
        now: DateTime<Utc>,
    ) -> Answer<'_, Option<()>> {
        let notary = notary.clone();
        self.write(move |tx| reading::acknowledge(tx, &order, &notary, now))
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
        self.look_briefly(move |tx| grants::find(tx, subject, grant))
    }

    fn in_force(&self, subject: SubjectId, grant: GrantId) -> Answer<'_, Option<(Grant, General)>> {
        self.look_briefly(move |tx| grants::in_force(tx, subject, grant))
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

    fn log_end(&self, subject: SubjectId) -> Answer<'_, LogEnd> {
        self.look(move |tx| log::end(tx, subject))
    }

    fn waiting_notices(&self, client_id: &str, most: usize) -> Answer<'_, Waiting> {
        let client_id = client_id.to_owned();
        self.look(move |tx| notices::waiting(tx, &client_id, most))
    }

    fn settle_notices(
        &self,
        client_id: &str,
        settled: Settle,
        notary: &Notary,
        now: DateTime<Utc>,
    ) -> Answer<'_, usize> {
        let (client_id, notary) = (client_id.to_owned(), notary.clone());
        self.write(move |tx| notices::settle(tx, &client_id, &settled, &notary, now))
    }

    fn claim_pushes(&self, clients: Vec<String>, now: DateTime<Utc>) -> Answer<'_, Vec<Push>> {
        self.write(move |tx| notices::claim_pushes(tx, &clients, now))
    }

    fn record_push(
        &self,
        client_id: &str,
        jti: &str,
        pushed: Pushed,
        notary: &Notary,
        now: DateTime<Utc>,
    ) -> Answer<'_, ()> {
        let (client_id, jti, notary) = (client_id.to_owned(), jti.to_owned(), notary.clone());
        self.write(move |tx| notices::record_push(tx, &client_id, &jti, pushed, &notary, now))
    }

    fn listen(&self, topic: &Topic) -> tokio::sync::watch::Receiver<()> {
        self.bell.listen(topic)
    }

    fn held(&self, grant: GrantId) -> Answer<'_, Option<Held>> {
        self.look_briefly(move |tx| grants::held(tx, grant))
    }

    fn subjects(&self) -> Answer<'_, Vec<SubjectId>> {
        self.look(log::subjects)
    }

    fn purge(&self, notary: &Notary, now: DateTime<Utc>) -> Answer<'_, usize> {
        let notary = notary.clone();
        let purged = self.take_away(move |tx| purge::purge(tx, &notary, now));
        Box::pin(async move {
            let memory = self.engine.used_proofs();
            let forgotten = memory.map_or(0, |memory| memory.forget(now));
            Ok(purged.await? + forgotten)
        })
    }

    fn suspend(&self, suspension: Suspension) -> Answer<'_, Suspension> {
        self.write(move |tx| participants::suspend(tx, suspension.clone()))
    }

    fn resume(&self, participant: &EntityId) -> Answer<'_, Option<Suspension>> {
        let participant = participant.clone();
        self.write(move |tx| participants::resume(tx, &participant))
    }

    fn suspension(&self, participant: &EntityId) -> Answer<'_, Option<Suspension>> {
        let participant = participant.clone();
        self.engine.run_briefly(Mode::Glance, move |tx| {
            participants::suspension(tx, &participant)
        })
    }

    fn suspensions(&self) -> Answer<'_, Vec<Suspension>> {
        self.look(participants::suspensions)
    }

    fn accept_list(&self, registrar: &str, list: ListMark) -> Answer<'_, Result<(), ListMark>> {
        let registrar = registrar.to_owned();
        self.write(move |tx| participants::accept_list(tx, &registrar, &list))
    }

    fn grants_of_recipient(
        &self,
        client_id: &str,
        after: Option<GrantId>,
        limit: usize,
        now: DateTime<Utc>,
    ) -> Answer<'_, Vec<RecipientGrant>> {
        let client_id = client_id.to_owned();
        self.look(move |tx| recipients::grants(tx, &client_id, after, limit, now))
    }

    fn count_grants_of_recipient(
        &self,
        client_id: &str,
        limit: usize,
        now: DateTime<Utc>,
    ) -> Answer<'_, GrantCounts> {
        let client_id = client_id.to_owned();
        self.look(move |tx| recipients::count(tx, &client_id, limit, now))
    }
}
