use credential_core::{
    consent::{
        decision::SignedDecision,
        details::{GrantedDetails, Mode},
        receipt::ReceiptError,
    },
    jose::{Es256Key, Signer as _},
    rng::SystemRng,
    text::Text,
};
use serde_json::json;
use tempfile::TempDir;

use super::*;
use crate::{
    consent::approve,
    disclosure::Selection,
    test_support::{BROKER, ISSUER, Parties, key, noon, path, query},
};

/// A wallet that has signed a grant, and what a receipt of it has to say.
struct Signed {
    parties: Parties,
    wallet: Wallet,
    holder: Es256Key,
    details: GrantedDetails,
    owed: Owed,
    _folder: TempDir,
}

fn signed() -> Signed {
    let parties = Parties::new();
    let query = query(&[("title", json!(["title"]))]);
    let (wallet, _clock, folder) = parties.wallet();
    let list = parties.list(1, ISSUER, &query);
    wallet.import_trust_list(&list).unwrap();
    let held = parties.held(&json!({"title": "Kokki"}), &[path(json!(["title"]))]);
    let request = parties.request(query, vec![]);
    let selection = Selection::smallest(&request, &[held.0]).unwrap();
    let (grant_id, holder) = (GrantId::from_bytes([3; 16]), key());
    let until = noon() + chrono::TimeDelta::days(30);
    let grant = approve::sign(
        &request,
        &selection,
        (grant_id, until),
        noon(),
        &holder,
        None,
    )
    .unwrap();
    let owed = Owed {
        grant_id,
        request: request.jar().into(),
        decisions: vec![grant.signed().clone()],
        changes: Vec::new(),
        recipient_name: request.recipient().name.clone(),
        purpose: request.details().purpose.clone(),
        legal_basis: request.details().legal_basis,
    };
    Signed {
        details: grant.details().clone(),
        parties,
        wallet,
        holder,
        owed,
        _folder: folder,
    }
}

impl Signed {
    fn claims(&self) -> ReceiptClaims {
        ReceiptClaims {
            iss: BROKER.into(),
            iat: noon().timestamp(),
            receipt_id: ReceiptId::random(&SystemRng::default()).unwrap(),
            event: Event::Given,
            grant_id: self.owed.grant_id,
            recipient: self.details.recipient.clone(),
            recipient_name: self.owed.recipient_name.clone(),
            purpose: self.owed.purpose.clone(),
            legal_basis: self.owed.legal_basis,
            details: Some(self.details.clone()),
            details_hash: Some(self.details.hash_base64url().unwrap()),
            request: self.owed.request.clone(),
            decision: self.owed.decisions[0].clone(),
            change: None,
            log_seq: 0,
        }
    }

    fn accept(&self, claims: &ReceiptClaims) -> Result<StoredReceipt, Error> {
        let receipt = claims.sign(&self.parties.broker).unwrap();
        self.accept_signed(&receipt, Event::Given)
    }

    fn accept_signed(&self, receipt: &str, event: Event) -> Result<StoredReceipt, Error> {
        self.wallet.owed_receipt(BROKER, receipt, &self.owed, event)
    }
}

#[test]
fn a_receipt_of_what_was_signed_is_kept() {
    let signed = signed();
    let receipt = signed.accept(&signed.claims()).unwrap();
    let wallet = &signed.wallet;
    wallet.vault().write(|tx| receipt.store(tx)).unwrap();
    assert_eq!(
        wallet.kept_receipts(signed.owed.grant_id).unwrap(),
        [receipt]
    );
}

#[test]
fn a_duty_that_is_recorded_as_a_consent_is_not_believed() {
    let mut signed = signed();
    let receipt = signed.claims().sign(&signed.parties.broker).unwrap();
    signed.owed.legal_basis = LegalBasis::Statutory;
    let refused = signed.accept_signed(&receipt, Event::Given);
    assert_eq!(refused.unwrap_err(), Error::ReceiptNotOurs);
}

#[test]
fn a_receipt_of_another_event_is_refused() {
    let signed = signed();
    let receipt = signed.claims().sign(&signed.parties.broker).unwrap();
    let refused = signed.accept_signed(&receipt, Event::Withdrawn);
    assert_eq!(refused.unwrap_err(), Error::ReceiptNotOurs);
}

#[test]
fn a_receipt_that_says_something_else_about_the_share_is_refused() {
    let signed = signed();
    type Change = fn(&mut ReceiptClaims);
    let changes: [(&str, Change); 3] = [
        ("purpose", |claims| {
            claims.purpose.text = Text::new("Mainonta", "Reklam", "Advertising");
        }),
        ("legal basis", |claims| {
            claims.legal_basis = LegalBasis::OwnExport;
        }),
        ("issuer", |claims| claims.iss = "https://b.example".into()),
    ];
    for (what, change) in changes {
        let mut claims = signed.claims();
        change(&mut claims);
        let refused = signed.accept(&claims).unwrap_err();
        assert_eq!(refused.reason(), "receipt_does_not_hold", "{what}");
    }
    let other = query(&[("title", json!(["title"]))]);
    let mut claims = signed.claims();
    claims.request = signed.parties.request(other, vec![]).jar().into();
    let refused = signed.accept(&claims).unwrap_err();
    assert_eq!(refused.reason(), "receipt_does_not_hold");
}

#[test]
fn a_broker_cannot_sign_a_wider_decision_in_the_persons_name() {
    let signed = signed();
    let mut wider = SignedDecision::open(signed.owed.decisions[0].clone())
        .unwrap()
        .claims()
        .clone();
    let details = GrantedDetails {
        mode: Mode::Standing,
        max_reads: Some(1000),
        ..signed.details.clone()
    };
    wider.details = Some(details.clone());
    let mut claims = signed.claims();
    claims.decision = wider.sign(&key()).unwrap();
    claims.details_hash = Some(details.hash_base64url().unwrap());
    claims.details = Some(details);
    assert_eq!(signed.accept(&claims).unwrap_err(), Error::ReceiptNotOurs);

    // Even the same words, signed by another key, are not what this wallet signed.
    let mut claims = signed.claims();
    let same = SignedDecision::open(signed.owed.decisions[0].clone()).unwrap();
    claims.decision = same.claims().sign(&key()).unwrap();
    assert_eq!(signed.accept(&claims).unwrap_err(), Error::ReceiptNotOurs);
    assert_eq!(
        same.holder_key().thumbprint(),
        signed.holder.public_jwk().thumbprint()
    );
}

#[test]
fn a_receipt_under_another_key_is_refused() {
    let signed = signed();
    let receipt = signed.claims().sign(&key()).unwrap();
    let refused = signed.accept_signed(&receipt, Event::Given);
    assert_eq!(refused.unwrap_err(), Error::UnknownBrokerKey);

    // The listed key's header over another receipt's signature.
    let [one, other] = [(); 2].map(|()| signed.claims().sign(&signed.parties.broker).unwrap());
    let (body, _signature) = one.rsplit_once('.').unwrap();
    let (_body, signature) = other.rsplit_once('.').unwrap();
    let refused = signed.accept_signed(&format!("{body}.{signature}"), Event::Given);
    assert!(matches!(
        refused.unwrap_err(),
        Error::Receipt(ReceiptError::Jws(_))
    ));
}
