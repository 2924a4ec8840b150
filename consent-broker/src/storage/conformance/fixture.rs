//! A store with a recipient, wallets, a notary and a clock, and the steps to a grant.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::{
    access_log::Kind,
    clock::{Clock as _, FixedClock},
    consent::{decision::Verdict, details::RequestedDetails},
    encoding::base64url,
    id::{GrantId, ReadId, RequestId, SubjectId},
    jose::{Es256Key, jws::General},
    rng::{SystemRng, random},
};

use crate::{
    grant::{Deposit, Grant, Papers, Status},
    interaction::{AwaitedDigits, Callback, Interaction, InteractionError, Opened, Way, WayBack},
    notary::Notary,
    storage::{Account, Decide, Read, ReadAnswer, Reading, SealedDeposit, StorageError, Store},
    tests::support::{
        Recipient, Wallet, noon,
        people::{deposit, deposit_header, granted},
        random_id,
    },
};

const ISSUER: &str = "https://broker.example";

pub(super) struct Fixture<S> {
    pub(super) store: S,
    pub(super) notary: Notary,
    pub(super) signer: Arc<Es256Key>,
    pub(super) recipient: Recipient,
    pub(super) clock: FixedClock,
}

/// A grant that was given.
pub(super) struct Given {
    pub(super) request_id: RequestId,
    pub(super) grant_id: GrantId,
    pub(super) account: Account,
    pub(super) ciphertext: String,
    pub(super) withdrawal: General,
    /// What was signed, and with which keys.
    pub(super) papers: Papers,
    pub(super) wallet: Wallet,
}

pub(super) fn opened_by(subject_id: SubjectId, session: &str) -> Opened {
    Opened {
        subject_id,
        session: session.into(),
        way: Way::SameDevice,
    }
}

fn interaction(id: RequestId, client: &str, challenge: &str, now: DateTime<Utc>) -> Interaction {
    Interaction {
        request_id: id,
        client_id: client.into(),
        callback: Callback {
            redirect_uri: "https://lumohoiva.example/back".into(),
            state: "state".into(),
            code_challenge: challenge.into(),
            dpop_jkt: "jkt".into(),
        },
        pushed_at: now,
        shown_at: None,
        opened: None,
        decided: None,
        completed_at: None,
    }
}

impl<S: Store> Fixture<S> {
    pub(super) fn new(store: S) -> Self {
        let signer = Arc::new(Es256Key::generate().unwrap().0);
        Self {
            store,
            notary: Notary::new(ISSUER, signer.clone(), Arc::new(SystemRng::default())),
            signer,
            recipient: Recipient::new("https://lumohoiva.example"),
            clock: FixedClock::at(noon()),
        }
    }

    /// Gives a grant as far as the store answers; says whose it is.
    pub(super) async fn try_give(&self) -> Result<String, StorageError> {
        let fresh = self.fresh_account();
        let account = self.store.account(&fresh.log_id.clone(), fresh).await?;
        let asked = RequestedDetails {
            max_reads: None,
            ..self.recipient.details()
        };
        let request = self.recipient.signed(ISSUER, asked.clone());
        let id = RequestId::random(&SystemRng::default()).unwrap();
        let client = self.recipient.client_id();
        let challenge = format!("challenge of {id}");
        let interaction = interaction(id, &client, &challenge, self.clock.now());
        let pushed = self.store.push_request(interaction, request.clone());
        pushed.await?.unwrap();
        self.store.show_request(id, noon()).await?.unwrap();
        let opened = opened_by(account.subject_id, "session");
        let opened = self.store.open_interaction(id, opened, noon());
        opened.await?.unwrap();
        let wallet = Wallet::new();
        let order = self.approval((&wallet, &account), id, (request, asked), true);
        let grant = order.grant_id;
        let decided = self.store.decide(order, &self.notary, noon()).await?;
        decided.unwrap();
        Ok(format!("{} {grant}", account.subject_id))
    }

    /// The same with the store closed and opened again.
    pub(super) fn reopened(self, reopen: impl FnOnce(S) -> S) -> Self {
        Self {
            store: reopen(self.store),
            ..self
        }
    }

    pub(super) fn fresh_account(&self) -> Account {
        let rng = SystemRng::default();
        Account {
            subject_id: SubjectId::random(&rng).unwrap(),
            log_id: base64url(random::<16>(&rng).unwrap()),
        }
    }

    pub(super) async fn push(&self) -> (RequestId, String) {
        self.push_asking(self.recipient.details()).await
    }

    async fn push_asking(&self, details: RequestedDetails) -> (RequestId, String) {
        let request = self.recipient.signed(ISSUER, details);
        let client = self.recipient.client_id();
        let id = RequestId::random(&SystemRng::default()).unwrap();
        let challenge = format!("challenge of {id}");
        let pushed = self.push_with(id, &client, &challenge, &request).await;
        pushed.unwrap();
        (id, request)
    }

    /// A request of this client with this code challenge.
    pub(super) async fn push_with(
        &self,
        id: RequestId,
        client: &str,
        challenge: &str,
        request: &str,
    ) -> Result<(), InteractionError> {
        let interaction = interaction(id, client, challenge, self.clock.now());
        let pushed = self.store.push_request(interaction, request.into());
        pushed.await.unwrap()
    }

    /// A request in a new account's hands and the order that decides it: an approval of at most so
    /// many reads, or a refusal.
    pub(super) async fn order(&self, approved: Option<Option<u32>>) -> (Decide, Account) {
        self.order_of(&Wallet::new(), approved).await
    }

    async fn order_of(&self, wallet: &Wallet, approved: Option<Option<u32>>) -> (Decide, Account) {
        let fresh = self.fresh_account();
        let account = self.store.account(&fresh.log_id.clone(), fresh);
        let account = account.await.unwrap();
        let mut asked = self.recipient.details();
        asked.max_reads = approved.flatten();
        let (id, request) = self.push_asking(asked.clone()).await;
        self.store.show_request(id, noon()).await.unwrap().unwrap();
        let opened =
            self.store
                .open_interaction(id, opened_by(account.subject_id, "session"), noon());
        opened.await.unwrap().unwrap();
        let order = self.approval((wallet, &account), id, (request, asked), approved.is_some());
        (order, account)
    }

    /// A request that was opened and approved on another device, with the digits of this hash.
    pub(super) async fn decided_elsewhere(&self, hash: &str) -> (RequestId, Account) {
        let account = self.fresh_account();
        let account = self.store.account(&account.log_id.clone(), account);
        let account = account.await.unwrap();
        let asked = RequestedDetails {
            max_reads: None,
            ..self.recipient.details()
        };
        let (id, request) = self.push_asking(asked.clone()).await;
        self.store.show_request(id, noon()).await.unwrap().unwrap();
        let opened = Opened {
            way: Way::CrossDevice,
            ..opened_by(account.subject_id, "session")
        };
        let opened = self.store.open_interaction(id, opened, noon());
        opened.await.unwrap().unwrap();
        let order = Decide {
            completion: WayBack::Digits(AwaitedDigits::new(hash.into(), noon())),
            ..self.approval((&Wallet::new(), &account), id, (request, asked), true)
        };
        let decided = self.store.decide(order, &self.notary, noon());
        decided.await.unwrap().unwrap();
        (id, account)
    }

    fn approval(
        &self,
        (wallet, account): (&Wallet, &Account),
        request_id: RequestId,
        (request, asked): (String, RequestedDetails),
        approved: bool,
    ) -> Decide {
        let details = granted(&asked, &self.recipient, random_id(), noon());
        let verdict = if approved {
            Verdict::Approved
        } else {
            Verdict::Refused
        };
        let decision = wallet.decision(verdict, &request, &details, noon());
        let mut header = deposit_header(&details, &self.recipient, noon());
        header.exp = header.nbf + TimeDelta::days(30).num_seconds();
        let ciphertext = deposit(&header, 20_000);
        let grant = Grant {
            subject_id: account.subject_id,
            grant_id: details.grant_id,
            recipient: self.recipient.client_id(),
            legal_basis: details.legal_basis,
            details_hash: details.hash_base64url().unwrap(),
            until: details.until,
            max_reads: details.max_reads,
            reads: 0,
            epoch: 1,
            changes: 0,
            deposits: 1,
            status: Status::Active,
            created_at: noon(),
            code_used_at: None,
            last_read_at: None,
            last_change: None,
        };
        let row = Deposit::of(&header, &ciphertext, &self.recipient.encryption, noon());
        Decide {
            request_id,
            subject_id: account.subject_id,
            digest: "digest".into(),
            grant_id: details.grant_id,
            completion: WayBack::Link("completion".into()),
            recipient: self.recipient.client_id(),
            legal_basis: asked.legal_basis,
            papers: Papers {
                recipient_name: self.recipient.entry().name,
                request,
                decision,
                earlier: Vec::new(),
                change: None,
            },
            approval: approved.then_some((grant, SealedDeposit { row, ciphertext })),
        }
    }

    /// A grant that was given at another moment.
    pub(super) async fn give_at(&self, at: DateTime<Utc>) -> Given {
        let wallet = Wallet::new();
        let (mut order, account) = self.order_of(&wallet, Some(None)).await;
        if let Some((grant, _deposit)) = &mut order.approval {
            grant.created_at = at;
        }
        self.decide(order, account, wallet).await
    }

    pub(super) async fn give(&self, max_reads: Option<u32>) -> Given {
        let wallet = Wallet::new();
        let (order, account) = self.order_of(&wallet, Some(max_reads)).await;
        self.decide(order, account, wallet).await
    }

    async fn decide(&self, order: Decide, account: Account, wallet: Wallet) -> Given {
        let (request, details) = (&order.papers.request, order.papers.granted().unwrap());
        let given = Given {
            request_id: order.request_id,
            grant_id: order.grant_id,
            account,
            ciphertext: order.approval.as_ref().unwrap().1.ciphertext.clone(),
            withdrawal: wallet.decision(Verdict::Withdrawn, request, &details, noon()),
            papers: order.papers.clone(),
            wallet,
        };
        let decided = self.store.decide(order, &self.notary, noon());
        decided.await.unwrap().unwrap();
        given
    }

    pub(super) async fn read(&self, given: &Given, read: u8) -> Option<Reading> {
        self.read_in_epoch(given, read, 1).await
    }

    pub(super) async fn read_in_epoch(
        &self,
        given: &Given,
        read: u8,
        epoch: u32,
    ) -> Option<Reading> {
        let order = Read {
            recipient: self.recipient.client_id(),
            subject_id: given.account.subject_id,
            grant_id: given.grant_id,
            epoch,
            jkt: "reader".into(),
            read_id: ReadId::from_bytes([read; 16]),
        };
        let answer = self.store.read(order, &self.notary, self.clock.now());
        match answer.await.unwrap() {
            ReadAnswer::Given(reading) => Some(*reading),
            ReadAnswer::Paused | ReadAnswer::Refused => None,
        }
    }

    pub(super) async fn withdraw(&self, given: &Given) -> String {
        let withdrawn = self.store.withdraw(
            given.account.subject_id,
            given.grant_id,
            given.withdrawal.clone(),
            &self.notary,
            self.clock.now(),
        );
        withdrawn.await.unwrap().unwrap()
    }

    pub(super) async fn purge(&self) -> usize {
        let purged = self.store.purge(&self.notary, self.clock.now());
        purged.await.unwrap()
    }

    pub(super) async fn grant(&self, given: &Given) -> (Grant, Papers) {
        let found = self.store.grant(given.account.subject_id, given.grant_id);
        found.await.unwrap().unwrap()
    }

    pub(super) async fn kinds(&self, account: &Account) -> Vec<Kind> {
        let slice = self.store.log_since(account.subject_id, 0);
        let slice = slice.await.unwrap().unwrap();
        slice.entries.iter().map(|entry| entry.kind).collect()
    }

    /// Everything a store says about a grant and its person, as text.
    pub(super) async fn store_state(&self, given: &Given) -> String {
        let subject = given.account.subject_id;
        let held = self.store.held(given.grant_id).await.unwrap().unwrap();
        let ciphertexts: Vec<_> = held.deposits.iter().map(|d| d.ciphertext.clone()).collect();
        let log = self.store.log_since(subject, 0).await.unwrap();
        let receipts = self.store.receipts(subject, None).await.unwrap();
        format!("{held:?} {ciphertexts:?} {log:?} {receipts:?}")
    }
}
