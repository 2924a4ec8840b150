mod hostile;

use chrono::TimeDelta;
use proptest::prelude::*;
use serde_json::{Value, from_value, json, to_value};

use super::{
    decision::{DecisionClaims, DecisionError, Role, SignedDecision, TYP, Verdict},
    details::{
        self, ClaimReason, ClaimRef, DetailsError, GrantedDetails, LegalBasis, Mode,
        RequestedDetails,
    },
    period::Period,
    receipt::{Event, Receipt, ReceiptClaims, ReceiptError},
    request::{ConsentRequest, RequestError, RequestObject},
};
use crate::{
    encoding::base64url,
    id::{GrantId, ReceiptId},
    jose::{
        Es256Key, Jwk, Signer as _, VerifyingKey,
        jws::{self, JwsError, KeyReference},
    },
    oauth::pkce,
    text::Text,
    trust::tests::{CLIENT, Parties, REDIRECT, key, noon, purpose, query},
};

const BROKER: &str = "https://broker.example";

fn details(parties: &Parties) -> RequestedDetails {
    RequestedDetails {
        kind: details::TYPE.into(),
        dcql_query: query(&["title", "grade"]),
        optional: vec![grade()],
        reasons: vec![reason("title")],
        purpose: purpose(),
        legal_basis: LegalBasis::Consent,
        mode: Mode::Standing,
        until: None,
        duration: Some("P30D".parse().unwrap()),
        max_reads: Some(5),
        retention: "P30D".parse().unwrap(),
        nonce: base64url([7; 16]),
        enc_jwk_thumbprint: parties.encryption.thumbprint(),
    }
}

fn reason(claim: &str) -> ClaimReason {
    ClaimReason {
        credential_id: "degree".into(),
        claim_id: claim.into(),
        text: Text::new("Kelpoisuus", "Behörighet", "Eligibility"),
    }
}

fn grade() -> ClaimRef {
    ClaimRef {
        credential_id: "degree".into(),
        claim_id: "grade".into(),
    }
}

fn object(details: RequestedDetails) -> RequestObject {
    RequestObject {
        iss: CLIENT.into(),
        aud: BROKER.into(),
        iat: noon().timestamp(),
        nbf: noon().timestamp(),
        exp: noon().timestamp() + 300,
        jti: "request-1".into(),
        client_id: CLIENT.into(),
        response_type: "code".into(),
        redirect_uri: REDIRECT.into(),
        state: "state".into(),
        code_challenge: pkce::challenge(&base64url([1; 32])),
        code_challenge_method: "S256".into(),
        dpop_jkt: base64url([2; 32]),
        authorization_details: vec![details],
    }
}

fn verify(parties: &Parties, object: &RequestObject) -> Result<ConsentRequest, RequestError> {
    let jar = object.sign(&parties.recipient).unwrap();
    ConsentRequest::verify(&jar, BROKER, &parties.trust(), noon())
}

fn change(parties: &Parties, edit: impl FnOnce(&mut RequestObject)) -> RequestError {
    let mut object = object(details(parties));
    edit(&mut object);
    verify(parties, &object).unwrap_err()
}

#[test]
fn a_registered_request_is_accepted_with_the_registrars_name_and_key() {
    let parties = Parties::new();
    let request = verify(&parties, &object(details(&parties))).unwrap();
    assert_eq!(
        request.recipient().name.sv.as_deref(),
        Some("Lumo Hoiva Ab")
    );
    assert_eq!(request.encryption_key(), &parties.encryption);
}

#[test]
fn asking_for_more_than_registered_is_refused_and_names_the_claim() {
    let parties = Parties::new();
    let over = change(&parties, |object| {
        object.authorization_details[0].dcql_query = query(&["title", "birthdate"]);
        object.authorization_details[0].optional.clear();
        object.authorization_details[0].reasons = vec![reason("title"), reason("birthdate")];
    });
    assert_eq!(
        over,
        RequestError::OverAsking {
            claim: "degree/birthdate".into()
        }
    );
    assert_eq!(over.reason(), "over_asking");
}

#[test]
fn another_purpose_key_redirect_or_audience_is_refused() {
    let parties = Parties::new();
    let marketing = |object: &mut RequestObject| {
        object.authorization_details[0].purpose.code = "https://w3id.org/dpv#Marketing".into();
    };
    assert_eq!(
        change(&parties, marketing),
        RequestError::PurposeNotRegistered
    );
    let other_key = |object: &mut RequestObject| {
        object.authorization_details[0].enc_jwk_thumbprint = key().public_jwk().thumbprint();
    };
    assert_eq!(
        change(&parties, other_key),
        RequestError::OtherEncryptionKey
    );
    let redirect = |object: &mut RequestObject| object.redirect_uri.push('/');
    assert_eq!(change(&parties, redirect), RequestError::UnknownRedirect);
    let audience = |object: &mut RequestObject| object.aud = "https://other.example".into();
    assert_eq!(change(&parties, audience), RequestError::OtherAudience);
    let plain = |object: &mut RequestObject| object.code_challenge_method = "plain".into();
    assert_eq!(change(&parties, plain), RequestError::MissingProtection);
    let longer = |object: &mut RequestObject| {
        object.authorization_details[0].duration = Some("P91D".parse().unwrap());
    };
    assert_eq!(change(&parties, longer), RequestError::BeyondLimits);
    let expired = |object: &mut RequestObject| object.exp = noon().timestamp();
    assert_eq!(change(&parties, expired), RequestError::NotOfThisMoment);
}

#[test]
fn a_request_signed_by_somebody_else_is_refused() {
    let parties = Parties::new();
    let jar = object(details(&parties)).sign(&key()).unwrap();
    let result = ConsentRequest::verify(&jar, BROKER, &parties.trust(), noon());
    assert_eq!(result.unwrap_err(), RequestError::UnknownKey);
}

#[test]
fn unknown_members_and_wrong_values_in_details_are_refused() {
    let parties = Parties::new();
    let mut value = to_value(details(&parties)).unwrap();
    value["scope"] = "everything".into();
    assert!(from_value::<RequestedDetails>(value).is_err());
    let both = RequestedDetails {
        until: Some(noon() + TimeDelta::days(1)),
        ..details(&parties)
    };
    assert_eq!(both.check(noon()), Err(DetailsError::End));
    let short = RequestedDetails {
        nonce: "short".into(),
        ..details(&parties)
    };
    assert_eq!(short.check(noon()), Err(DetailsError::Nonce));
    let no_reads = RequestedDetails {
        max_reads: Some(0),
        ..details(&parties)
    };
    assert_eq!(no_reads.check(noon()), Err(DetailsError::Reads));
}

/// What the wallet would sign: everything but the grade, for ten days.
fn approval(request: &ConsentRequest, grant_id: GrantId) -> DecisionClaims {
    let until = noon() + TimeDelta::days(10);
    let granted = request
        .details()
        .granted(grant_id, CLIENT, until, &[grade()])
        .unwrap();
    DecisionClaims {
        decision: Verdict::Approved,
        grant_id,
        request_hash: request.hash(),
        recipient: CLIENT.into(),
        aud: BROKER.into(),
        iat: noon().timestamp(),
        details: Some(granted),
        change: None,
        reply_jwk: None,
    }
}

struct Approved {
    parties: Parties,
    request: ConsentRequest,
    holder: Es256Key,
    claims: DecisionClaims,
}

impl Approved {
    fn new() -> Self {
        Self::on_basis(LegalBasis::Consent)
    }

    /// Asked and registered on this basis.
    fn on_basis(legal_basis: LegalBasis) -> Self {
        let parties = Parties::on_basis(legal_basis);
        let asked = RequestedDetails {
            legal_basis,
            ..details(&parties)
        };
        let request = verify(&parties, &object(asked)).unwrap();
        let claims = approval(&request, GrantId::from_bytes([3; 16]));
        Self {
            parties,
            request,
            holder: key(),
            claims,
        }
    }

    fn check(&self, claims: &DecisionClaims) -> Result<SignedDecision, DecisionError> {
        SignedDecision::verify(claims.sign(&self.holder).unwrap(), &self.request, noon())
    }

    fn withdrawal(&self) -> DecisionClaims {
        DecisionClaims {
            decision: Verdict::Withdrawn,
            details: None,
            ..self.claims.clone()
        }
    }
}

#[test]
fn an_optional_claim_can_be_left_out_and_a_needed_one_cannot() {
    let approved = Approved::new();
    let decision = approved.check(&approved.claims).unwrap();
    let granted = decision.claims().details.as_ref().unwrap();
    let paths: Vec<_> = granted.dcql_query.credentials[0]
        .claims
        .iter()
        .map(|c| c.path.to_string())
        .collect();
    assert_eq!(paths, ["/title"]);
    let title = ClaimRef {
        claim_id: "title".into(),
        ..grade()
    };
    let asked = approved.request.details();
    assert!(
        asked
            .granted(granted.grant_id, CLIENT, granted.until, &[title])
            .is_err()
    );
}

#[test]
fn a_decision_that_grants_more_than_was_asked_is_refused() {
    let approved = Approved::new();
    let mut wider = approved.claims.clone();
    wider.details.as_mut().unwrap().dcql_query = query(&["title", "grade", "awarded"]);
    assert_eq!(
        approved.check(&wider).unwrap_err(),
        DecisionError::NotANarrowing
    );
    let mut longer = approved.claims.clone();
    longer.details.as_mut().unwrap().until = noon() + TimeDelta::days(31);
    assert_eq!(
        approved.check(&longer).unwrap_err(),
        DecisionError::NotANarrowing
    );
    let mut oftener = approved.claims.clone();
    oftener.details.as_mut().unwrap().max_reads = None;
    assert_eq!(
        approved.check(&oftener).unwrap_err(),
        DecisionError::NotANarrowing
    );
    let mut other = approved.claims.clone();
    other.request_hash = base64url([0; 32]);
    assert_eq!(
        approved.check(&other).unwrap_err(),
        DecisionError::OtherRequest
    );
}

#[test]
fn only_the_grants_own_key_withdraws() {
    let approved = Approved::new();
    let decision = approved.check(&approved.claims).unwrap();
    let check = |signed| SignedDecision::verify_withdrawal(signed, &decision, noon());
    assert!(check(approved.withdrawal().sign(&approved.holder).unwrap()).is_ok());
    let by_another = approved.withdrawal().sign(&key()).unwrap();
    assert_eq!(check(by_another).unwrap_err(), DecisionError::OtherKey);
}

/// A change of the approved grant: the approval's claims with another verdict and these details.
fn changed(
    approved: &Approved,
    verdict: Verdict,
    details: Option<GrantedDetails>,
) -> DecisionClaims {
    DecisionClaims {
        decision: verdict,
        details,
        change: Some(1),
        ..approved.claims.clone()
    }
}

#[test]
fn a_change_is_made_by_the_grants_own_key_and_in_order() {
    let approved = Approved::new();
    let decision = approved.check(&approved.claims).unwrap();
    let asked = approved.request.details();
    let check = |claims: &DecisionClaims, number| {
        let signed = claims.sign(&approved.holder).unwrap();
        SignedDecision::verify_change(signed, &decision, asked, number, noon())
    };
    let pause = changed(&approved, Verdict::Paused, None);
    assert!(check(&pause, 1).is_ok());
    assert_eq!(check(&pause, 2).unwrap_err(), DecisionError::OutOfOrder);
    let stranger = pause.sign(&key()).unwrap();
    let refused = SignedDecision::verify_change(stranger, &decision, asked, 1, noon());
    assert_eq!(refused.unwrap_err(), DecisionError::OtherKey);
    let approval = changed(
        &approved,
        Verdict::Approved,
        approved.claims.details.clone(),
    );
    assert_eq!(
        check(&approval, 1).unwrap_err(),
        DecisionError::NotANarrowing
    );
    let numbered = DecisionClaims {
        change: Some(1),
        ..approved.claims.clone()
    };
    assert_eq!(
        approved.check(&numbered).unwrap_err(),
        DecisionError::NotANarrowing
    );
}

#[test]
fn narrowing_only_takes_away_and_renewing_only_moves_the_end() {
    let approved = Approved::new();
    // Now everything is shared, the optional grade too.
    let mut all = approved.claims.clone();
    let id = all.grant_id;
    let until = noon() + TimeDelta::days(10);
    let asked = approved.request.details();
    all.details = asked.granted(id, CLIENT, until, &[]).ok();
    let decision = approved.check(&all).unwrap();
    let check = |verdict, edit: fn(&mut GrantedDetails)| {
        let mut details = all.details.clone().unwrap();
        edit(&mut details);
        let claims = changed(&approved, verdict, Some(details));
        let signed = claims.sign(&approved.holder).unwrap();
        SignedDecision::verify_change(signed, &decision, asked, 1, noon()).is_ok()
    };
    let less: [fn(&mut GrantedDetails); 3] = [
        |d| d.dcql_query = query(&["title"]),
        |d| d.until -= TimeDelta::days(1),
        |d| d.max_reads = Some(2),
    ];
    let more: [fn(&mut GrantedDetails); 5] = [
        |_same| {},
        |d| d.max_reads = Some(9),
        |d| d.dcql_query = query(&["grade"]),
        |d| d.until = noon() - TimeDelta::seconds(1),
        |d| d.enc_jwk_thumbprint = "another".into(),
    ];
    for edit in less {
        assert!(check(Verdict::Narrowed, edit));
        assert!(!check(Verdict::Renewed, edit));
    }
    for edit in more {
        assert!(!check(Verdict::Narrowed, edit));
        assert!(!check(Verdict::Renewed, edit));
    }
    assert!(check(Verdict::Renewed, |d| d.until += TimeDelta::days(20)));
    assert!(!check(Verdict::Narrowed, |d| d.until += TimeDelta::days(20)));
    // The request's thirty days count from the renewal, and no longer.
    assert!(!check(Verdict::Renewed, |d| d.until += TimeDelta::days(21)));
}

#[test]
fn every_needed_claim_says_why_and_nothing_else_does() {
    let parties = Parties::new();
    let check = |reasons: Vec<ClaimReason>| {
        RequestedDetails {
            reasons,
            ..details(&parties)
        }
        .check(noon())
    };
    assert_eq!(check(vec![reason("title")]), Ok(()));
    assert_eq!(check(vec![reason("title"), reason("grade")]), Ok(()));
    let long = ClaimReason {
        text: Text::new("x".repeat(301), "x", "x"),
        ..reason("title")
    };
    let empty = ClaimReason {
        text: Text::default(),
        ..reason("title")
    };
    let misleading = ClaimReason {
        text: Text::new("Nimi\u{202e}", "Namn", "Name"),
        ..reason("title")
    };
    for wrong in [
        vec![],
        vec![reason("grade")],
        vec![reason("title"), reason("title")],
        vec![reason("title"), reason("awarded")],
        vec![long],
        vec![empty],
        vec![misleading],
    ] {
        assert_eq!(check(wrong), Err(DetailsError::Reason));
    }
}

fn receipt(approved: &Approved) -> ReceiptClaims {
    let details = approved.claims.details.clone().unwrap();
    ReceiptClaims {
        iss: BROKER.into(),
        iat: noon().timestamp(),
        receipt_id: ReceiptId::from_bytes([4; 16]),
        event: Event::Withdrawn,
        grant_id: details.grant_id,
        recipient: CLIENT.into(),
        recipient_name: Text::new("Lumo Hoiva Oy", "Lumo Hoiva Ab", "Lumo Care Ltd"),
        purpose: details.purpose.clone(),
        legal_basis: details.legal_basis,
        details_hash: Some(details.hash_base64url().unwrap()),
        details: Some(details),
        request: approved.request.jar().into(),
        decision: approved.claims.sign(&approved.holder).unwrap(),
        change: Some(approved.withdrawal().sign(&approved.holder).unwrap()),
        log_seq: 7,
    }
}

/// A receipt's payload, changed by somebody who has the broker's key.
fn forged(claims: &ReceiptClaims, broker: &Es256Key, edit: impl FnOnce(&mut Value)) -> String {
    let signed = claims.sign(broker).unwrap();
    let mut payload = super::receipt::parse(&signed)
        .unwrap()
        .untrusted_payload()
        .unwrap();
    edit(&mut payload);
    jws::sign("consent-receipt+jwt", &payload, broker, KeyReference::Kid).unwrap()
}

#[test]
fn a_receipt_is_a_consent_record_for_machines_that_know_neither_us_nor_our_claims() {
    let (approved, broker) = (Approved::new(), key());
    let signed = receipt(&approved).sign(&broker).unwrap();
    let payload: Value = super::receipt::parse(&signed)
        .unwrap()
        .untrusted_payload()
        .unwrap();
    let receipt = &payload["record"];
    assert_eq!(receipt["@type"], "dpv:ConsentReceipt");
    let record = &receipt["dpv:hasRecordOfActivity"];
    assert_eq!(record["@type"], "dpv:ConsentRecord");
    assert_eq!(record["dpv:hasLegalBasis"]["@id"], "eu-gdpr:A6-1-a");
    assert_eq!(
        record["dpv:hasConsentStatus"]["@type"],
        "dpv:ConsentWithdrawn"
    );
    let holder = approved.holder.public_jwk().thumbprint();
    let subject = record["dpv:hasDataSubject"]["@id"].as_str().unwrap();
    assert!(subject.ends_with(&holder), "{subject}");
    let data = &record["dpv:hasProcess"]["dpv:hasPersonalData"];
    assert_eq!(data[0]["dct:identifier"], "degree/title");
    assert_eq!(data[0]["dpv:hasNecessity"]["@id"], "dpv:Required");
    assert_eq!(data.as_array().unwrap().len(), 1, "the grade was left out");
}

#[test]
fn a_record_that_says_something_else_than_the_claims_is_refused() {
    let (approved, broker) = (Approved::new(), key());
    let verifying = VerifyingKey::try_from(broker.public_jwk()).unwrap();
    let honest = receipt(&approved);
    let same = forged(&honest, &broker, |_unchanged| {});
    assert!(Receipt::verify(&same, &verifying).is_ok());
    let edits: [fn(&mut Value); 3] = [
        |payload| drop(payload.as_object_mut().unwrap().remove("record")),
        |payload| payload["record"]["dpv:hasRecordOfActivity"]["@id"] = json!("urn:uuid:0"),
        |payload| payload["record"]["more"] = json!(true),
    ];
    for edit in edits {
        let refused = Receipt::verify(&forged(&honest, &broker, edit), &verifying);
        assert_eq!(refused.unwrap_err(), ReceiptError::Contradiction);
    }
}

#[test]
fn a_duty_and_an_own_export_are_recorded_but_never_as_a_consent() {
    let broker = key();
    let verifying = VerifyingKey::try_from(broker.public_jwk()).unwrap();
    let cases = [
        (LegalBasis::Statutory, "duty-record+jwt", "eu-gdpr:A6-1-c"),
        (LegalBasis::OwnExport, "export-record+jwt", "eu-gdpr:A20"),
    ];
    for (basis, typ, article) in cases {
        let claims = receipt(&Approved::on_basis(basis));
        let signed = claims.sign(&broker).unwrap();
        let parsed = super::receipt::parse(&signed).unwrap();
        assert_eq!(parsed.header().typ.as_deref(), Some(typ));
        let payload: Value = parsed.untrusted_payload().unwrap();
        let text = payload["record"].to_string();
        assert!(!text.contains("Consent"), "{text}");
        assert!(text.contains(article), "{text}");
        assert!(Receipt::verify(&signed, &verifying).is_ok());
        // The same under a consent's type is not believed.
        let as_consent = forged(&claims, &broker, |_unchanged| {});
        let refused = Receipt::verify(&as_consent, &verifying);
        assert_eq!(refused.unwrap_err(), ReceiptError::Contradiction);
    }
}

#[test]
fn a_guardian_signs_beside_the_holder_and_stands_in_the_record() {
    let (approved, guardian, broker) = (Approved::new(), key(), key());
    let mut signed = approved.claims.sign(&approved.holder).unwrap();
    signed.countersign(TYP, Role::Guardian, &guardian).unwrap();
    let decision = SignedDecision::verify(signed.clone(), &approved.request, noon()).unwrap();
    assert_eq!(
        decision.holder_key().thumbprint(),
        approved.holder.public_jwk().thumbprint()
    );
    let [(Role::Guardian, cosigner)] = decision.cosigners() else {
        panic!("{decision:?}")
    };
    assert_eq!(cosigner.thumbprint(), guardian.public_jwk().thumbprint());
    let claims = ReceiptClaims {
        event: Event::Given,
        change: None,
        decision: signed.clone(),
        ..receipt(&approved)
    };
    let text = claims.sign(&broker).unwrap();
    let payload: Value = super::receipt::parse(&text)
        .unwrap()
        .untrusted_payload()
        .unwrap();
    let status = &payload["record"]["dpv:hasRecordOfActivity"]["dpv:hasConsentStatus"];
    assert_eq!(
        status["dpv:isIndicatedBy"],
        json!([{"@id": "dpv:DataSubject"}, {"@id": "dpv:GuardianOfDataSubject"}])
    );
    // Nobody signs twice, and nobody but the holder signs without a role.
    signed.countersign(TYP, Role::Supporter, &guardian).unwrap();
    assert!(SignedDecision::open(signed).is_err());
    let mut guardian_alone: Value =
        to_value(approved.claims.sign(&approved.holder).unwrap()).unwrap();
    let second = to_value(approved.claims.sign(&guardian).unwrap()).unwrap();
    let signatures = guardian_alone["signatures"].as_array_mut().unwrap();
    signatures.push(second["signatures"][0].clone());
    assert!(SignedDecision::open(from_value(guardian_alone).unwrap()).is_err());
}

#[test]
fn a_receipt_holds_only_parts_that_belong_together() {
    let (approved, broker) = (Approved::new(), key());
    let verifying = VerifyingKey::try_from(broker.public_jwk()).unwrap();
    let honest = receipt(&approved);
    let check =
        |claims: &ReceiptClaims| Receipt::verify(&claims.sign(&broker).unwrap(), &verifying);
    assert_eq!(check(&honest).unwrap().claims(), &honest);

    let other_request = forged(&honest, &broker, |payload| {
        payload["request"] = json!("another");
    });
    assert_eq!(
        Receipt::verify(&other_request, &verifying).unwrap_err(),
        ReceiptError::Contradiction
    );
    let given = ReceiptClaims {
        event: Event::Given,
        ..honest.clone()
    };
    assert_eq!(check(&given).unwrap_err(), ReceiptError::Contradiction);
    let mut widened = honest.clone();
    widened.details.as_mut().unwrap().max_reads = Some(1000);
    assert_eq!(check(&widened).unwrap_err(), ReceiptError::Contradiction);
    let foreign = approved.withdrawal().sign(&key()).unwrap();
    let forged = ReceiptClaims {
        change: Some(foreign),
        ..honest.clone()
    };
    assert_eq!(
        check(&forged).unwrap_err(),
        ReceiptError::Decision(DecisionError::OtherKey)
    );
    let by_stranger = honest.sign(&key()).unwrap();
    let error = Receipt::verify(&by_stranger, &verifying).unwrap_err();
    assert_eq!(error, ReceiptError::Jws(JwsError::BadSignature));
    drop(approved.parties);
}

#[test]
fn periods_are_weeks_days_and_hours_only() {
    for (text, normal) in [
        ("P90D", "P90D"),
        ("P2W", "P14D"),
        ("PT36H", "P1DT12H"),
        ("P1DT6H", "P1DT6H"),
    ] {
        assert_eq!(text.parse::<Period>().unwrap().to_string(), normal);
    }
    for text in [
        "", "P", "PT", "P0D", "P1M", "P1Y", "PT5M", "-P1D", "P1.5D", "P3661D", "P 1D", "P1W2D",
    ] {
        assert!(text.parse::<Period>().is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn periods_read_back_as_written(hours in 1_u32..80_000) {
        let period: Period = format!("PT{hours}H").parse().unwrap();
        prop_assert_eq!(period.to_string().parse::<Period>().unwrap(), period);
    }

    #[test]
    fn arbitrary_text_is_never_a_surprise(text in ".{0,24}") {
        let _read = text.parse::<Period>();
    }
}

#[test]
fn the_key_for_messages_stands_in_an_approval_only_and_signs_nothing() {
    let approved = Approved::new();
    let with = |key: &Jwk| DecisionClaims {
        reply_jwk: Some(key.clone()),
        ..approved.claims.clone()
    };
    let fresh = key().public_jwk().bare();
    let decision = approved.check(&with(&fresh)).unwrap();
    assert_eq!(decision.claims().reply_jwk, Some(fresh.clone()));
    let signing = approved.holder.public_jwk().bare();
    let named = fresh.clone().with_thumbprint_kid();
    let half = Jwk {
        y: None,
        ..fresh.clone()
    };
    for unfit in [&signing, &named, &half] {
        assert_eq!(
            approved.check(&with(unfit)).unwrap_err(),
            DecisionError::ReplyKey
        );
    }
    let later = DecisionClaims {
        reply_jwk: Some(fresh),
        ..changed(&approved, Verdict::Paused, None)
    };
    let signed = later.sign(&approved.holder).unwrap();
    let asked = approved.request.details();
    let refused = SignedDecision::verify_change(signed, &decision, asked, 1, noon());
    assert_eq!(refused.unwrap_err(), DecisionError::ReplyKey);
}
