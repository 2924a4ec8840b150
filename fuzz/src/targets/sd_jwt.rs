//! SD-JWT VC as text: nothing that the issuer did not sign is believed.

use credential_core::{
    sd_jwt::{KeyBinding, MAX_DISCLOSURES, SdJwt, SdJwtError},
    text::Language,
};
use verifier_sdk::checks::Outcome;

use crate::{
    parties::{ISSUER, noon, parties},
    run_async, verifier,
};

/// Any text, read as a credential, as a presentation, and as a file.
pub fn run(data: &[u8]) -> bool {
    let text = String::from_utf8_lossy(data);
    let genuine = &parties().credential;
    let signed = genuine.split('~').next().expect("a first part");
    let is_genuine = text.trim().split('~').next() == Some(signed);
    let report = run_async(verifier().verify_file(&*text)).expect("the list is of this moment");
    assert!(report.verdict != Outcome::Valid || is_genuine, "{report:?}");
    let shown = report.to_text(Language::Fi);
    assert!(
        !shown.contains(|c: char| c.is_control() && c != '\n'),
        "{shown:?}"
    );
    SdJwt::parse(&text).is_ok_and(|parsed| check(&text, &parsed, signed))
}

fn check(text: &str, parsed: &SdJwt<'_>, signed: &str) -> bool {
    let parties = parties();
    let _claimed = parsed.untrusted_issuer();
    assert!(parsed.verify(&parties.stranger.verifying()).is_err());
    let binding = KeyBinding {
        audience: "anyone",
        nonce: "any",
        earliest: noon(),
        latest: noon(),
    };
    // No seed holds a key binding for this audience.
    let presented = parsed.verify_presentation(&parties.issuer.verifying(), &binding);
    assert!(presented.is_err());
    assert_eq!(
        presented == Err(SdJwtError::MissingKeyBinding),
        !parsed.has_key_binding()
    );
    let Ok(verified) = parsed.verify(&parties.issuer.verifying()) else {
        return false;
    };
    assert_eq!(text.split('~').next(), Some(signed));
    assert_eq!(verified.as_str(), text);
    assert_eq!(verified.issuer(), ISSUER);
    assert!(verified.disclosures().count() <= MAX_DISCLOSURES);
    // Three claims were concealed; each is either shown or withheld.
    assert_eq!(verified.disclosures().count() + verified.withheld(), 3);
    true
}

/// The credential, with all of its disclosures, one, none, and with some twice; the standard's own.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let whole = &parties().credential;
    let mut parts = whole.split('~');
    let signed = parts.next().expect("a first part");
    let one = parts.next().expect("a disclosure");
    let standards = include_bytes!("../../../tests/vectors/rfc9901/a.3-presentation.txt");
    vec![
        ("accepted-whole", whole.clone().into_bytes()),
        ("accepted-one", format!("{signed}~{one}~").into_bytes()),
        ("accepted-none", format!("{signed}~").into_bytes()),
        (
            "refused-twice",
            format!("{signed}~{one}~{one}~").into_bytes(),
        ),
        (
            "refused-key-binding",
            format!("{signed}~{one}~{signed}").into_bytes(),
        ),
        ("rfc9901-a3", standards.to_vec()),
    ]
}
