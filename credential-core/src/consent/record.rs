//! What a receipt records, for machines that know neither us nor our claims: JSON-LD in the terms of the
//! W3C Data Privacy Vocabulary, and for a consent by its profile of ISO/IEC TS 27560
//! (<https://w3id.org/dpv/guides/consent-27560>).
//!
//! Only a consent becomes a consent record. A duty and the person's own export become records of
//! processing, so that nobody can show them as a consent.
//!
//! # Incomplete support
//! The registrar's list has no postal address, so `dpv:hasAddress` of the recipient is absent; its
//! entity identifier stands as contact.

use chrono::{DateTime, SecondsFormat};
use serde_json::{Map, Value, json};

use super::{
    decision::{Role, SignedDecision},
    details::{LegalBasis, RequestedDetails},
    receipt::{Event, ReceiptClaims},
};
use crate::text::{Language, Text};

const RECEIPT_PROFILE: &str = "https://w3id.org/dpv/schema/dpv-27560#receipt-eu-gdpr";
const RECORD_PROFILE: &str = "https://w3id.org/dpv/schema/dpv-27560#record-eu-gdpr";

/// The receipt and the record in it. All of it follows from the claims and what they enclose.
pub(super) fn record(
    claims: &ReceiptClaims,
    asked: &RequestedDetails,
    decision: &SignedDecision,
) -> Value {
    let mut record = Map::new();
    record.extend(heading(claims, decision));
    record.insert("dpv:hasProcess".into(), process(claims, asked));
    record.extend(controls(claims));
    record.extend(status(claims, decision));
    let (kind, conforms_to) = match claims.legal_basis {
        LegalBasis::Consent => ("dpv:ConsentReceipt", Some(RECEIPT_PROFILE)),
        LegalBasis::Statutory | LegalBasis::OwnExport => ("dpv:Record", None),
    };
    let mut receipt = object(json!({
        "@context": {
            "dct": "http://purl.org/dc/terms/",
            "dpv": "https://w3id.org/dpv#",
            "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
            "loc": "https://w3id.org/dpv/loc#",
        },
        "@id": format!("urn:uuid:{}", claims.receipt_id),
        "@type": kind,
        "dct:created": moment(claims.iat),
        "dct:publisher": {"@id": claims.iss},
        "dpv:hasIdentifier": claims.receipt_id.to_string(),
        "dpv:hasRecordOfActivity": record,
    }));
    receipt.extend(conforms_to.map(|profile| ("dct:conformsTo".to_owned(), profile.into())));
    receipt.into()
}

/// Which record, whose data, and who asks on what basis.
fn heading(claims: &ReceiptClaims, decision: &SignedDecision) -> Map<String, Value> {
    let holder = decision.holder_key().thumbprint();
    let (kind, basis) = match claims.legal_basis {
        LegalBasis::Consent => ("dpv:ConsentRecord", "eu-gdpr:A6-1-a"),
        LegalBasis::Statutory => ("dpv:DataProcessingRecord", "eu-gdpr:A6-1-c"),
        LegalBasis::OwnExport => ("dpv:DataProcessingRecord", "eu-gdpr:A20"),
    };
    let mut heading = object(json!({
        "@id": format!("urn:uuid:{}", claims.grant_id),
        "@type": kind,
        "dct:identifier": claims.grant_id.to_string(),
        "dpv:hasDataSubject": {
            // RFC 9278: the key made for this share alone; no name and no account.
            "@id": format!("urn:ietf:params:oauth:jwk-thumbprint:sha-256:{holder}"),
            "@type": "dpv:DataSubject",
        },
        "dpv:hasDataController": {
            "@id": claims.recipient,
            "@type": ["dpv:Organisation", "dpv:DataController"],
            "dpv:hasContact": entity(&claims.recipient),
            "dpv:hasName": in_languages(&claims.recipient_name),
        },
        "dpv:hasJurisdiction": {"@id": "loc:FI"},
        "dpv:hasApplicableLaw": {"@id": "eu-gdpr:GDPR"},
    }));
    if claims.legal_basis == LegalBasis::OwnExport {
        heading.insert("dpv:hasRight".into(), json!({"@id": basis}));
    } else {
        heading.insert("dpv:hasLegalBasis".into(), json!({"@id": basis}));
    }
    if claims.legal_basis == LegalBasis::Consent {
        heading.insert("dct:conformsTo".into(), RECORD_PROFILE.into());
    }
    heading
}

/// What for, which data, and how long it is kept. A refusal names what was asked.
fn process(claims: &ReceiptClaims, asked: &RequestedDetails) -> Value {
    let query = claims
        .details
        .as_ref()
        .map_or(&asked.dcql_query, |details| &details.dcql_query);
    let mut data = Vec::new();
    for credential in &query.credentials {
        for claim in &credential.claims {
            let necessity = if asked.is_optional(credential, claim) {
                "dpv:Optional"
            } else {
                "dpv:Required"
            };
            data.push(json!({
                "@type": "dpv:PersonalData",
                "dct:identifier": format!("{}{}", credential.id, claim.path),
                "dct:isPartOf": credential.meta.vct_values,
                "dpv:hasNecessity": {"@id": necessity},
            }));
        }
    }
    json!({
        "@type": "dpv:Process",
        "dct:description": in_languages(&claims.purpose.text),
        "dpv:hasPurpose": {"@id": claims.purpose.code},
        "dpv:hasPersonalData": data,
        "dpv:hasRecipient": {"@id": claims.recipient},
        "dpv:hasStorageCondition": {
            "@type": "dpv:StorageDuration",
            "dpv:hasDuration": asked.retention.to_string(),
        },
    })
}

/// What was shown, and how the person takes it back.
fn controls(claims: &ReceiptClaims) -> Map<String, Value> {
    let notice = match claims.legal_basis {
        LegalBasis::Consent => "dpv:ConsentNotice",
        LegalBasis::Statutory | LegalBasis::OwnExport => "dpv:Notice",
    };
    let mut controls = object(json!({
        "dpv:hasNotice": {
            "@type": notice,
            "dct:description": "the signed request that this receipt encloses",
            "dct:language": Language::ALL.map(Language::tag),
        },
    }));
    if claims.legal_basis == LegalBasis::Consent {
        let withdraw = format!("{}/wallet/grants/{}/withdraw", claims.iss, claims.grant_id);
        controls.insert(
            "dpv:hasConsentControl".into(),
            json!({"@type": "dpv:WithdrawConsent", "dpv:isExercisedAt": withdraw}),
        );
        controls.insert(
            "dpv:hasRight".into(),
            json!({"@id": "eu-gdpr:A7-3", "@type": "dpv:DataSubjectRight"}),
        );
    }
    controls
}

/// How things stand after the event, since when, and whose word that is.
fn status(claims: &ReceiptClaims, decision: &SignedDecision) -> Map<String, Value> {
    let (property, kind) = if claims.legal_basis == LegalBasis::Consent {
        ("dpv:hasConsentStatus", consent_status(claims.event))
    } else {
        ("dpv:hasActivityStatus", activity_status(claims.event))
    };
    let until = claims.details.as_ref().map(|details| {
        let until = details.until.to_rfc3339_opts(SecondsFormat::Secs, true);
        ("dct:valid".to_owned(), until.into())
    });
    let mut status = object(json!({
        "@type": kind,
        "dct:type": claims.event.name(),
        "dpv:isIndicatedAtTime": moment(claims.iat),
        "dpv:isIndicatedBy": indicated_by(claims, decision),
    }));
    status.extend(until);
    Map::from_iter([(property.to_owned(), status.into())])
}

fn consent_status(event: Event) -> &'static str {
    match event {
        Event::Given | Event::Narrowed => "dpv:ConsentGiven",
        Event::Renewed => "dpv:RenewedConsentGiven",
        Event::Refused => "dpv:ConsentRefused",
        Event::Withdrawn | Event::Stopped => "dpv:ConsentWithdrawn",
        Event::Expired | Event::Exhausted => "dpv:ConsentExpired",
        Event::Paused => "dpv:ConsentStatusInvalidForProcessing",
        Event::Resumed => "dpv:ConsentStatusValidForProcessing",
        Event::GivenUp => "dpv:ConsentRevoked",
    }
}

fn activity_status(event: Event) -> &'static str {
    match event {
        Event::Given | Event::Narrowed | Event::Renewed | Event::Resumed => "dpv:ActivityOngoing",
        Event::Paused => "dpv:ActivityHalted",
        Event::Refused => "dpv:ActivityNotCompleted",
        _ => "dpv:ActivityCompleted",
    }
}

fn indicated_by(claims: &ReceiptClaims, decision: &SignedDecision) -> Value {
    match claims.event {
        Event::GivenUp => json!([{"@id": claims.recipient}]),
        Event::Expired | Event::Exhausted => json!([{"@id": claims.iss}]),
        _ => {
            let mut who = vec![json!({"@id": "dpv:DataSubject"})];
            who.extend(decision.cosigners().iter().map(|(role, _key)| {
                let role = match role {
                    Role::Guardian => "dpv:GuardianOfDataSubject",
                    Role::Supporter => "dpv:Representative",
                };
                json!({"@id": role})
            }));
            who.into()
        }
    }
}

/// The entity identifier in a client id.
fn entity(client_id: &str) -> &str {
    client_id
        .split_once(':')
        .map_or(client_id, |(_scheme, entity)| entity)
}

fn in_languages(text: &Text) -> Value {
    Language::ALL
        .into_iter()
        .filter_map(|language| {
            let value = text.exact(language)?;
            Some(json!({"@language": language.tag(), "@value": value}))
        })
        .collect()
}

fn moment(seconds: i64) -> String {
    DateTime::from_timestamp(seconds, 0)
        .map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true))
        .unwrap_or_default()
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
