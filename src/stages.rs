//! The way of one record, a function a stage. Each gives what a person at that place would see.

use chrono::{DateTime, Utc};
use credential_core::{
    consent::receipt::Event,
    credential::CredentialType,
    dcql::ClaimPath,
    id::GrantId,
    record::{LearningRecord, Notice},
    text::Language,
};
use issuer_adapters::{
    mapping::{self, Mapped},
    server::{Confirmation, HolderMatch, Offer},
    source::{self, SourceError},
};
use verifier_sdk::{
    Report, Verifier,
    recipient::{HeldGrant, PendingRequest, ReadError, Recipient},
};
use wallet_core::{
    Wallet,
    consent::{request::OpenRequest, share::Approved},
    credentials::HeldCredential,
    disclosure::{PreviewItem, Selection},
};

use crate::world::{World, parties};

/// Claims the person of the demonstration lets go along; everything else optional stays.
const SHARED_BY_CHOICE: [&str; 4] = [
    "given_name",
    "family_name",
    "awarding_date",
    "awarding_body",
];

/// A record, understood, and what it becomes.
#[derive(Debug)]
pub struct Understood {
    /// The record.
    pub record: LearningRecord,
    /// Its credentials and what could not become one.
    pub mapped: Mapped,
}

/// Why a record does not come to the demonstration's next stage.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// The document cannot be read at all.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// It was read, and nothing in it can become a credential yet; every place with its reason.
    #[error("nothing in this record can become a credential yet")]
    Nothing(Vec<Notice>),
}

/// Reads a document of any kind that is known and maps it.
///
/// # Errors
/// [`RecordError`].
pub fn understand(document: &[u8]) -> Result<Understood, RecordError> {
    let record = source::understand(document)?.into_record()?;
    let mapped = mapping::credentials(&record);
    if mapped.credentials.is_empty() {
        let notices = record.notices().iter().chain(&mapped.notices).cloned();
        return Err(RecordError::Nothing(notices.collect()));
    }
    Ok(Understood { record, mapped })
}

/// The issuer offers what the record became; gives the first offer. Holders of records with several
/// credentials of one type get several offers, and the demonstration follows the first.
///
/// # Errors
/// When the registry refuses.
pub fn offer(world: &World, understood: &Understood) -> anyhow::Result<Offer> {
    let credentials = understood.mapped.credentials.clone();
    let matched = HolderMatch::DemonstrationOnly;
    let offers = world
        .issuer()
        .offer(credentials, matched, Confirmation::TransactionCode)?;
    offers
        .into_iter()
        .next()
        .ok_or_else(|| anyhow::anyhow!("the issuer made no offer"))
}

/// The recipient pushes its request for the kind of certificate that the person holds.
///
/// # Errors
/// When the broker refuses.
pub async fn push(recipient: &Recipient, held: &HeldCredential) -> anyhow::Result<PendingRequest> {
    let kind = CredentialType::from_vct(held.vct());
    let kind = kind.ok_or_else(|| anyhow::anyhow!("a certificate of an unknown type"))?;
    Ok(recipient.push(&parties::request(kind)?).await?)
}

/// What the person decided.
#[derive(Debug)]
pub struct Chosen {
    /// The selection.
    pub selection: Selection,
    /// Every asked claim with its value, and whether it leaves.
    pub items: Vec<PreviewItem>,
    /// Claims of the credential that nobody asked for.
    pub unasked: usize,
    /// The last moment of the share.
    pub until: DateTime<Utc>,
}

/// The person looks at the request and chooses: needed claims, some optional ones, not the rest.
///
/// # Errors
/// When no held credential answers.
pub fn choose(wallet: &Wallet, open: &OpenRequest, language: Language) -> anyhow::Result<Chosen> {
    let (request, held) = (open.request(), wallet.credentials()?);
    let mut selection = Selection::smallest(request, &held)?;
    for name in SHARED_BY_CHOICE {
        // What is not held, or not asked for this kind of certificate, simply does not go along.
        drop(selection.include(request, &held, &parties::claim_ref(name)));
    }
    let items = selection.preview(request, &held, language);
    let unasked = unasked(&selection, &held, &items, language);
    let until = wallet.proposed_end(open)?;
    Ok(Chosen {
        selection,
        items,
        unasked,
        until,
    })
}

/// How many claims of the chosen credential neither were asked for nor come along.
fn unasked(
    selection: &Selection,
    held: &[HeldCredential],
    items: &[PreviewItem],
    language: Language,
) -> usize {
    let chosen = selection.credential(parties::PART);
    let credential = held.iter().find(|held| Some(held.id()) == chosen);
    let lines = credential
        .map(|credential| credential.lines(language))
        .unwrap_or_default();
    let is_shown = |path: &ClaimPath| items.iter().any(|item| item.path.agrees_with(path));
    lines.iter().filter(|line| !is_shown(&line.path)).count()
}

/// The wallet signs, seals and deposits; the answer reaches the recipient's server, which redeems it.
///
/// # Errors
/// When the broker or the recipient refuses.
pub async fn share(
    world: &mut World,
    wallet: &Wallet,
    open: &OpenRequest,
    chosen: &Chosen,
    (recipient, pending): (&Recipient, &PendingRequest),
) -> anyhow::Result<(Approved, HeldGrant)> {
    let approved = wallet
        .approve(open, &chosen.selection, chosen.until)
        .await?;
    let answer = world.callback().answer_to(pending.state()).await;
    let answer = answer.ok_or_else(|| anyhow::anyhow!("the recipient's server stopped"))?;
    let grant = recipient.redeem(pending, answer.query()).await?;
    Ok((approved, grant))
}

/// The recipient reads, opens and verifies.
///
/// # Errors
/// [`ReadError`] when the broker refuses; what is not valid stands in the report.
pub async fn read(
    world: &World,
    recipient: &Recipient,
    grant: &mut HeldGrant,
) -> anyhow::Result<Result<Report, ReadError>> {
    let opened = match recipient.read(grant).await {
        Ok(opened) => opened,
        Err(error) => return Ok(Err(error)),
    };
    let verifier = Verifier::builder()
        .trust(world.trust()?)
        .clock(world.clock())
        .http(world.http().clone())
        .build()?;
    let report = verifier
        .verify_presentation(&opened, &recipient.expectation(grant))
        .await?;
    grant.learn_reply_address(&opened, &report);
    Ok(Ok(report))
}

/// Receipts of both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipts {
    /// What the person's wallet has.
    pub holder: Vec<Event>,
    /// What the recipient has.
    pub recipient: Vec<Event>,
}

/// Both sides fetch and check their receipts.
///
/// # Errors
/// When a receipt does not hold.
pub async fn receipts(
    world: &World,
    wallet: &Wallet,
    recipient: &Recipient,
    grant: GrantId,
) -> anyhow::Result<Receipts> {
    let holder = wallet.receipts(grant).await?;
    let received = recipient.receipts(grant, &world.trust()?).await?;
    Ok(Receipts {
        holder: holder.iter().map(|receipt| receipt.event).collect(),
        recipient: received
            .iter()
            .map(|receipt| receipt.receipt.claims().event)
            .collect(),
    })
}
