//! Fills a store with grants, through the operations that the broker itself uses: an account, a pushed
//! request, its opening, and the decision with the first deposit, log entries and receipt.

use std::sync::Arc;

use chrono::TimeDelta;
use consent_broker::{
    grant::{Deposit, Grant, Papers, Status},
    interaction::{Callback, Interaction, Opened, Way, WayBack},
    notary::Notary,
    storage::{Account, Decide, SealedDeposit, Store},
};
use credential_core::{
    consent::{
        decision::{DecisionClaims, Verdict},
        details::{GrantedDetails, RequestedDetails},
        period::Period,
    },
    encoding::{base64url, sha256_base64url},
    id::{GrantId, RequestId, SubjectId},
    jose::{Es256Key, Signer as _, jws::General},
    mailbox::{self, DepositHeader},
    rng::{Rng as _, SystemRng, random},
    text::Text,
};
use tokio::task::JoinSet;

use crate::{
    house::ISSUER,
    people::{Client, key, now, unique},
};

/// How many are given at once: the engine makes many transactions last with one write.
const TOGETHER: usize = 64;
/// The sealed part of a deposit, padded as wallets do it.
const DEPOSIT: usize = 4096;
/// So many of the first grants can be withdrawn: their keys are kept.
pub(crate) const STOPPABLE: usize = 1000;

/// A grant that was given.
#[derive(Debug)]
pub(crate) struct Given {
    pub(crate) account: Account,
    pub(crate) grant_id: GrantId,
    /// Whose it is: the recipient's number.
    pub(crate) recipient: usize,
    pub(crate) withdrawal: Option<Box<General>>,
}

/// Gives so many grants, to the recipients in turn.
pub(crate) async fn fill(
    store: Arc<dyn Store>,
    notary: Notary,
    recipients: &[Client],
    grants: usize,
) -> Vec<Given> {
    let recipients: Arc<[Client]> = recipients.into();
    let mut tasks = JoinSet::new();
    for first in 0..TOGETHER {
        let (store, notary) = (Arc::clone(&store), notary.clone());
        let recipients = Arc::clone(&recipients);
        tasks.spawn(async move {
            let mut given = Vec::new();
            for number in (first..grants).step_by(TOGETHER) {
                let recipient = number % recipients.len();
                let one = give(&*store, &notary, &recipients[recipient]).await;
                given.push((
                    number,
                    Given { recipient, ..one }.keeping(number < STOPPABLE),
                ));
            }
            given
        });
    }
    let mut given: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
    given.sort_unstable_by_key(|(number, _given)| *number);
    given.into_iter().map(|(_number, given)| given).collect()
}

impl Given {
    fn keeping(self, is_stoppable: bool) -> Self {
        Self {
            withdrawal: self.withdrawal.filter(|_withdrawal| is_stoppable),
            ..self
        }
    }
}

async fn give(store: &dyn Store, notary: &Notary, recipient: &Client) -> Given {
    let rng = SystemRng::default();
    let fresh = Account {
        subject_id: SubjectId::random(&rng).unwrap(),
        log_id: unique(),
    };
    let account = store.account(&unique(), fresh).await.unwrap();
    let asked = recipient.details();
    let object = recipient.object(ISSUER, asked.clone());
    let request = object.sign(&*recipient.signing).unwrap();
    let request_id = RequestId::random(&rng).unwrap();
    let interaction = Interaction {
        request_id,
        client_id: recipient.id.clone(),
        callback: Callback {
            redirect_uri: object.redirect_uri,
            state: object.state,
            code_challenge: object.code_challenge,
            dpop_jkt: object.dpop_jkt,
        },
        pushed_at: now(),
        shown_at: None,
        opened: None,
        decided: None,
        completed_at: None,
    };
    store
        .push_request(interaction, request.clone())
        .await
        .unwrap()
        .unwrap();
    store
        .show_request(request_id, now())
        .await
        .unwrap()
        .unwrap();
    let opened = Opened {
        subject_id: account.subject_id,
        session: unique(),
        way: Way::SameDevice,
    };
    store
        .open_interaction(request_id, opened, now())
        .await
        .unwrap()
        .unwrap();
    let holder = key();
    let order = approval(&account, request_id, (request, &asked), recipient, &holder);
    let withdrawal = decision(
        Verdict::Withdrawn,
        (&order.papers.request, recipient),
        order.grant_id,
        None,
        &holder,
    );
    let grant_id = order.grant_id;
    store.decide(order, notary, now()).await.unwrap().unwrap();
    Given {
        account,
        grant_id,
        recipient: 0,
        withdrawal: Some(Box::new(withdrawal)),
    }
}

fn approval(
    account: &Account,
    request_id: RequestId,
    (request, asked): (String, &RequestedDetails),
    recipient: &Client,
    holder: &Es256Key,
) -> Decide {
    let grant_id = GrantId::random(&SystemRng::default()).unwrap();
    let until = asked.ends_at(now(), Period::days(90).unwrap());
    let details = asked.granted(grant_id, &recipient.id, until, &[]).unwrap();
    let header = header(&details, recipient);
    let ciphertext = sealed(&header);
    let row = Deposit::of(&header, &ciphertext, &recipient.encryption, now());
    let grant = Grant {
        subject_id: account.subject_id,
        grant_id,
        recipient: recipient.id.clone(),
        legal_basis: details.legal_basis,
        details_hash: details.hash_base64url().unwrap(),
        until: details.until,
        max_reads: details.max_reads,
        reads: 0,
        epoch: 1,
        changes: 0,
        deposits: 1,
        status: Status::Active,
        created_at: now(),
        code_used_at: None,
        last_read_at: None,
        last_change: None,
    };
    let decision = decision(
        Verdict::Approved,
        (&request, recipient),
        grant_id,
        Some(details),
        holder,
    );
    Decide {
        request_id,
        subject_id: account.subject_id,
        digest: unique(),
        grant_id,
        completion: WayBack::Link(unique()),
        recipient: recipient.id.clone(),
        legal_basis: asked.legal_basis,
        papers: Papers {
            recipient_name: Text::new("Lumo Hoiva Oy", "Lumo Vård Ab", "Lumo Care Ltd"),
            request,
            decision,
            earlier: Vec::new(),
            change: None,
        },
        approval: Some((grant, SealedDeposit { row, ciphertext })),
    }
}

fn decision(
    decision: Verdict,
    (request, recipient): (&str, &Client),
    grant_id: GrantId,
    details: Option<GrantedDetails>,
    holder: &Es256Key,
) -> General {
    let reply_jwk = details.is_some().then(|| key().public_jwk().bare());
    let claims = DecisionClaims {
        decision,
        grant_id,
        request_hash: sha256_base64url(request),
        recipient: recipient.id.clone(),
        aud: ISSUER.into(),
        iat: now().timestamp(),
        details,
        change: None,
        reply_jwk,
    };
    claims.sign(holder).unwrap()
}

fn header(details: &GrantedDetails, recipient: &Client) -> DepositHeader {
    DepositHeader {
        alg: mailbox::ALG.into(),
        enc: mailbox::ENC.into(),
        cty: mailbox::CTY.into(),
        kid: recipient.encryption.thumbprint(),
        epk: key().public_jwk().bare(),
        grant_id: details.grant_id,
        seq: 1,
        recipient: details.recipient.clone(),
        details_hash: details.hash_base64url().unwrap(),
        nbf: now().timestamp(),
        exp: (now() + TimeDelta::days(7)).timestamp(),
    }
}

/// A compact JWE of random octets: the broker can never tell the difference.
fn sealed(header: &DepositHeader) -> String {
    let rng = SystemRng::default();
    let mut sealed = vec![0; DEPOSIT];
    rng.fill(&mut sealed).unwrap();
    let header = base64url(serde_json::to_vec(header).unwrap());
    let (iv, tag) = (random::<12>(&rng).unwrap(), random::<16>(&rng).unwrap());
    format!(
        "{header}..{}.{}.{}",
        base64url(iv),
        base64url(sealed),
        base64url(tag)
    )
}
