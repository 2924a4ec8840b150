//! A receipt: three signatures and their hashes, with whatever each of them signs.

use credential_core::{
    consent::{
        decision::{self, DecisionClaims, Verdict},
        details::LegalBasis,
        receipt::{Event, Receipt, ReceiptClaims},
        request,
    },
    id::ReceiptId,
    text::Language,
};

use crate::{
    parties::{BROKER, CLIENT, grant_id, noon, parties},
    written::{self, filled, line, lines, seed},
};

/// Header and claims of the receipt, claims of decision, withdrawal and request. In the receipt
/// `"#decision"`, `"#withdrawal"` and `#request` stand for the signed objects.
pub fn run(data: &[u8]) -> bool {
    let Some([header, claims, decided, withdrawn, asked]) = lines(data) else {
        return false;
    };
    let parties = parties();
    let request = written::header(request::TYP, &parties.recipient);
    let request = written::compact(request.as_bytes(), asked, &parties.recipient);
    let holder = written::embedding_header(decision::TYP, &parties.grant);
    let hash = credential_core::encoding::sha256_base64url(&request);
    let decision = |claims| {
        let claims = filled(claims, &[("#hash", &hash)]);
        line(&written::general(
            holder.as_bytes(),
            &claims,
            &parties.grant,
        ))
    };
    let parts = [
        (r##""#decision""##, decision(decided)),
        (r##""#withdrawal""##, decision(withdrawn)),
        ("#request", request),
    ];
    let parts = parts
        .each_ref()
        .map(|(marker, part)| (*marker, part.as_str()));
    let claims = filled(claims, &parts);
    // Claims that are claims get the record that follows from them; anything else is signed as it is.
    let compact = serde_json::from_slice::<ReceiptClaims>(claims.as_ref())
        .ok()
        .and_then(|claims| claims.sign(&parties.broker).ok())
        .unwrap_or_else(|| written::compact(header, &claims, &parties.broker));
    check(
        &compact,
        &written::compact(header, &claims, &parties.stranger),
    )
}

fn check(compact: &str, forged: &str) -> bool {
    let parties = parties();
    let found = verifier_sdk::receipt::verify(compact, &parties.trust);
    let Ok(receipt) = Receipt::verify(compact, &parties.broker.verifying()) else {
        assert!(found.is_err());
        return false;
    };
    assert!(Receipt::verify(compact, &parties.stranger.verifying()).is_err());
    assert!(verifier_sdk::receipt::verify(forged, &parties.trust).is_err());
    let claims = receipt.claims();
    assert_eq!(claims.change.is_some(), claims.event.has_change());
    assert_eq!(claims.details.is_some(), claims.details_hash.is_some());
    let again: ReceiptClaims = serde_json::from_str(&line(claims)).expect("what was read");
    assert_eq!(&again, claims);
    for language in Language::ALL {
        let text = verifier_sdk::receipt::to_text(&receipt, language);
        assert!(
            !text.contains(|c: char| c.is_control() && c != '\n'),
            "{text:?}"
        );
    }
    found.is_ok()
}

/// What was given, refused and withdrawn.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let parties = parties();
    let header = written::header("consent-receipt+jwt", &parties.broker);
    let approval = DecisionClaims {
        request_hash: "#hash".into(),
        ..parties.approval()
    };
    let without = |decision| DecisionClaims {
        decision,
        details: None,
        ..approval.clone()
    };
    let (refusal, withdrawal) = (without(Verdict::Refused), without(Verdict::Withdrawn));
    let asked = line(parties.request.object());
    let receipt = |event, decided: &DecisionClaims| {
        let details = decided.details.clone();
        let mut claims = serde_json::to_value(ReceiptClaims {
            iss: BROKER.into(),
            iat: noon().timestamp(),
            receipt_id: ReceiptId::from_bytes([4; 16]),
            event,
            grant_id: grant_id(),
            recipient: CLIENT.into(),
            recipient_name: parties.request.recipient().name.clone(),
            purpose: parties.request.details().purpose.clone(),
            legal_basis: LegalBasis::Consent,
            details_hash: details
                .as_ref()
                .map(|d| d.hash_base64url().expect("canonical")),
            details,
            request: "#request".into(),
            decision: written::general(b"{}", b"{}", &parties.grant),
            change: None,
            log_seq: 0,
        })
        .expect("our own types are JSON");
        claims["decision"] = "#decision".into();
        if event == Event::Withdrawn {
            claims["change"] = "#withdrawal".into();
        }
        let lines = [
            &header,
            &claims.to_string(),
            &line(decided),
            &line(&withdrawal),
            &asked,
        ];
        seed(&lines.map(String::as_str))
    };
    vec![
        ("accepted-given", receipt(Event::Given, &approval)),
        ("accepted-refused", receipt(Event::Refused, &refusal)),
        ("accepted-withdrawn", receipt(Event::Withdrawn, &approval)),
        (
            "refused-given-without-approval",
            receipt(Event::Given, &refusal),
        ),
    ]
}
