use openssl::{cms::CMSOptions, pkey::PKey, rsa::Rsa};

use super::{
    Draft, Identity, NotCheckable,
    fixture::{hex, signed},
    intact, not_checked, place,
};

fn without_certificate_in_attributes() -> Draft {
    Draft {
        flags: CMSOptions::DETACHED | CMSOptions::BINARY,
        ..Draft::default()
    }
}

#[test]
fn a_signature_that_does_not_sign_for_its_certificate_is_not_cades() {
    let draft = without_certificate_in_attributes();
    assert_eq!(
        not_checked(&draft.signed()),
        NotCheckable::CertificateMissing
    );
    let older = Draft {
        sub_filter: "adbe.pkcs7.detached",
        ..draft
    };
    intact(&older.signed());
}

#[test]
fn a_signature_without_its_certificate_is_not_checked() {
    let mut draft = Draft::default();
    draft.flags |= CMSOptions::CMS_NOCERTS;
    // The root comes along, and did not sign.
    assert_eq!(
        not_checked(&draft.signed()),
        NotCheckable::CertificateMissing
    );
}

#[test]
fn a_signature_around_a_document_of_its_own_is_not_checked() {
    let mut draft = Draft::default();
    draft.flags.remove(CMSOptions::DETACHED);
    assert_eq!(not_checked(&draft.signed()), NotCheckable::Malformed);
}

#[test]
fn a_signature_without_attributes_is_not_checked() {
    let draft = Draft {
        sub_filter: "adbe.pkcs7.detached",
        flags: CMSOptions::DETACHED | CMSOptions::BINARY | CMSOptions::NOATTR,
        ..Draft::default()
    };
    assert_eq!(not_checked(&draft.signed()), NotCheckable::Malformed);
}

#[test]
fn rsa_signs_too_and_short_keys_are_not_accepted() {
    let signed_with = |bits: u32| {
        let key = PKey::from_rsa(Rsa::generate(bits).unwrap()).unwrap();
        let mut draft = Draft::default();
        draft.signer = Identity::below(&draft.root, "Test Signer", key);
        draft.signed()
    };
    intact(&signed_with(2048));
    assert_eq!(
        not_checked(&signed_with(1024)),
        NotCheckable::AlgorithmNotAccepted
    );
}

#[test]
fn another_digest_than_those_of_sha_2_is_not_accepted() {
    let mut pdf = signed();
    let sha_256 = hex(b"\x60\x86\x48\x01\x65\x03\x04\x02\x01");
    let sha_224 = hex(b"\x60\x86\x48\x01\x65\x03\x04\x02\x04");
    while pdf
        .windows(sha_256.len())
        .any(|it| it == sha_256.as_bytes())
    {
        let at = place(&pdf, &sha_256);
        pdf[at..at + sha_224.len()].copy_from_slice(sha_224.as_bytes());
    }
    assert_eq!(not_checked(&pdf), NotCheckable::AlgorithmNotAccepted);
}
