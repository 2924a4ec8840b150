mod attacks;
mod fixture;
mod properties;
mod signers;
mod updates;

use std::{fs, path::Path};

use chrono::{DateTime, Utc};

use self::fixture::{Draft, Identity, signed};
use super::{Anchors, Certification, NotCheckable, Outcome, Signed, Trust, check};
use crate::x509::{X509Error, anchors};

fn intact(pdf: &[u8]) -> Signed {
    match check(pdf, None) {
        Outcome::Intact(signed) => signed,
        other => panic!("{other:?}"),
    }
}

fn not_checked(pdf: &[u8]) -> NotCheckable {
    match check(pdf, None) {
        Outcome::CouldNotCheck(why) => why,
        other => panic!("{other:?}"),
    }
}

/// The first place of some words.
fn place(pdf: &[u8], words: &str) -> usize {
    let mut windows = pdf.windows(words.len());
    windows.position(|it| it == words.as_bytes()).unwrap()
}

fn replaced(pdf: &[u8], words: &str, by: &str) -> Vec<u8> {
    assert_eq!(words.len(), by.len(), "places must stay");
    let at = place(pdf, words);
    [&pdf[..at], by.as_bytes(), &pdf[at + words.len()..]].concat()
}

#[test]
fn a_document_as_it_was_signed_is_intact_and_names_its_signer() {
    let signed = intact(&signed());
    assert_eq!(signed.signer(), "CN=Test Signer, O=Example Institution");
    assert_eq!(signed.issuer(), "CN=Test Root, O=Example Institution");
    assert_eq!(
        signed.claimed_at().unwrap().to_rfc3339(),
        "2026-02-03T12:00:00+02:00"
    );
    assert_eq!(signed.certification(), None);
    assert_eq!(signed.trust(), Trust::NotAsked);
}

#[test]
fn a_document_without_a_signature_is_not_signed() {
    let plain = Draft::default().unsigned();
    assert_eq!(check(&plain, None), Outcome::NotSigned);
    assert_eq!(check(b"", None), Outcome::NotSigned);
}

#[test]
fn both_kinds_of_detached_signatures_are_checked() {
    for kind in ["ETSI.CAdES.detached", "adbe.pkcs7.detached"] {
        let draft = Draft {
            sub_filter: kind,
            ..Draft::default()
        };
        intact(&draft.signed());
    }
    let other = replaced(&signed(), "ETSI.CAdES.detached", "ETSI.RFC3161.stamps");
    assert_eq!(not_checked(&other), NotCheckable::KindNotSupported);
}

#[test]
fn what_the_signer_permits_to_change_is_told() {
    let levels = [
        (1, Certification::NoChanges),
        (2, Certification::FormsAndSignatures),
        (3, Certification::AnnotationsToo),
    ];
    for (level, certification) in levels {
        let draft = Draft {
            level: Some(level),
            ..Draft::default()
        };
        let signed = intact(&draft.signed());
        assert_eq!(signed.certification(), Some(certification));
    }
}

#[test]
fn a_certificate_leads_to_its_root_as_long_as_both_hold() {
    let draft = Draft::default();
    let pdf = draft.signed();
    let trust = |anchor: &Identity, at: &str| {
        let certificates = [anchor.certificate.to_der().unwrap()];
        let anchors = Anchors {
            certificates: &certificates,
            at: at.parse::<DateTime<Utc>>().unwrap(),
        };
        match check(&pdf, Some(&anchors)) {
            Outcome::Intact(signed) => signed.trust(),
            other => panic!("{other:?}"),
        }
    };
    let now = "2026-02-03T12:00:00Z";
    assert_eq!(trust(&draft.root, now), Trust::Anchored);
    assert_eq!(trust(&draft.signer, now), Trust::Anchored);
    let stranger = Identity::root("Test Root");
    assert_eq!(trust(&stranger, now), Trust::NotAnchored);
    let later = "2046-02-03T12:00:00Z";
    assert_eq!(trust(&draft.root, later), Trust::NotAnchored);
}

#[test]
fn anchors_are_read_from_either_form_and_nothing_else() {
    let (one, other) = (Identity::root("Juuri"), Identity::root("Toinen"));
    let der = |identity: &Identity| identity.certificate.to_der().unwrap();
    let pem = |identity: &Identity| identity.certificate.to_pem().unwrap();
    let both = [pem(&one), pem(&other)].concat();
    assert_eq!(anchors(&both), Ok(vec![der(&one), der(&other)]));
    assert_eq!(anchors(&der(&one)), Ok(vec![der(&one)]));
    for octets in [&b""[..], b"nobody", b"-----BEGIN CERTIFICATE-----\n"] {
        assert_eq!(anchors(octets), Err(X509Error::Malformed));
    }
}

#[test]
fn an_anchor_that_is_no_certificate_leads_nowhere() {
    let anchors = Anchors {
        certificates: &[b"no certificate".to_vec()],
        at: DateTime::UNIX_EPOCH,
    };
    let Outcome::Intact(signed) = check(&signed(), Some(&anchors)) else {
        panic!("not intact");
    };
    assert_eq!(signed.trust(), Trust::NotAnchored);
}

#[test]
fn dates_without_a_zone_are_no_points_in_time() {
    let read = |text: &str| super::date::read(text.as_bytes()).map(|it| it.to_rfc3339());
    let expected = Some("2026-02-03T12:00:00-05:30".to_owned());
    assert_eq!(read("D:20260203120000-05'30'"), expected);
    assert_eq!(
        read("D:20260203120000Z"),
        Some("2026-02-03T12:00:00+00:00".to_owned())
    );
    for none in [
        "D:20260203120000",
        "D:2026",
        "20260203120000Z",
        "D:20261303120000Z",
        "",
    ] {
        assert_eq!(read(none), None, "{none}");
    }
}

#[test]
fn the_certificate_that_readers_are_tested_with_is_intact() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/pdf");
    let place = fixtures.join("certificate.pdf");
    if std::env::var_os("UPDATE_FIXTURES").is_some() {
        let draft = Draft {
            level: Some(1),
            ..Draft::default()
        };
        fs::write(&place, draft.signed()).unwrap();
    }
    let signed = intact(&fs::read(place).unwrap());
    assert_eq!(signed.signer(), "CN=Test Signer, O=Example Institution");
    assert_eq!(signed.certification(), Some(Certification::NoChanges));
}
