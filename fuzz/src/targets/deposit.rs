//! A deposit, as everybody sees it and as the recipient opens it.

use credential_core::{
    dcql::ClaimPath,
    mailbox::{DepositHeader, MAX_LIFE_SECONDS, key_binding_nonce},
    sd_jwt::{self, KeyBindingRequest, SdJwt},
    text::Language,
};
use serde_json::json;
use verifier_sdk::{GrantExpectation, OpenedPresentation, SealedDeposit, checks::Outcome};

use crate::{
    parties::{BROKER, CLIENT, grant_id, noon, parties},
    run_async, verifier,
    written::{self, filled, line, lines, seed},
};

/// `{`: a header and a content, sealed and then opened; `#presentation` stands for an honest
/// presentation, `"#decision"` for the approval. Anything else: a compact text as it comes.
pub fn run(data: &[u8]) -> bool {
    if data.starts_with(b"{") {
        return lines(data).is_some_and(|[header, content]| sealed(header, content));
    }
    raw(&String::from_utf8_lossy(data))
}

fn raw(text: &str) -> bool {
    let Ok(header) = DepositHeader::read(text) else {
        return false;
    };
    assert!(header.seq > 0 && header.exp > header.nbf);
    assert!(header.exp - header.nbf <= MAX_LIFE_SECONDS);
    assert!(header.epk.p256_point().is_ok());
    let rest = text.split_once('.').expect("five parts").1;
    let again = format!(
        "{}.{rest}",
        credential_core::encoding::base64url(line(&header))
    );
    assert_eq!(DepositHeader::read(&again).as_ref(), Ok(&header));
    // Nobody sealed it, so nothing opens it.
    assert!(open(text).is_none());
    true
}

fn sealed(header: &[u8], content: &[u8]) -> bool {
    let (Ok(header), honest) = (serde_json::from_slice(header), presentation()) else {
        return false;
    };
    let content = filled(
        content,
        &[
            ("#presentation", &honest),
            (r##""#decision""##, &approval()),
        ],
    );
    let key = parties().decryption.public_jwk();
    let Some(compact) = written::sealed(header, &content, key) else {
        return false;
    };
    let Some(opened) = open(&compact) else {
        return false;
    };
    assert_eq!(opened.grant_id(), grant_id());
    assert!(opened.credential_ids().count() <= credential_core::dcql::MAX_CREDENTIALS);
    let expected = parties().granted();
    let report = run_async(verifier().verify_presentation(&opened, &expectation(&expected)));
    let report = report.expect("the trust list is of this moment");
    let genuine = parties()
        .credential
        .split('~')
        .next()
        .expect("a first part");
    let shown = opened.presentations("degree");
    let is_genuine = matches!(shown, [text] if text.starts_with(genuine));
    assert!(report.verdict != Outcome::Valid || is_genuine, "{report:?}");
    for language in Language::ALL {
        let text = report.to_text(language);
        assert!(
            !text.contains(|c: char| c.is_control() && c != '\n'),
            "{text:?}"
        );
    }
    report.verdict != Outcome::Invalid
}

fn open(compact: &str) -> Option<OpenedPresentation> {
    let details = parties().granted();
    let deposit = SealedDeposit::parse(compact).ok()?;
    deposit
        .open(&parties().decryption, &expectation(&details), noon())
        .ok()
}

fn expectation(
    details: &credential_core::consent::details::GrantedDetails,
) -> GrantExpectation<'_> {
    GrantExpectation {
        details,
        client_id: CLIENT,
        broker: BROKER,
        request: parties().request.jar(),
        last_sequence: 0,
    }
}

fn presentation() -> String {
    let parties = parties();
    let credential = SdJwt::parse(&parties.credential).expect("our own credential");
    let credential = credential
        .verify(&parties.issuer.verifying())
        .expect("our own credential");
    let nonce = key_binding_nonce(&parties.request.details().nonce, grant_id(), 1);
    let request = KeyBindingRequest {
        audience: CLIENT,
        nonce: &nonce,
        issued_at: noon(),
    };
    let shown = [ClaimPath::claim("title")];
    sd_jwt::present(&credential, &shown, &request, &parties.holder).expect("the holder's key")
}

fn approval() -> String {
    line(
        &parties()
            .approval()
            .sign(&parties().grant)
            .expect("a key in memory"),
    )
}

/// A deposit that is valid, one that shows too little, and one that nobody sealed.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let parties = parties();
    let hash = parties.granted().hash_base64url().expect("canonical");
    let mut header = json!({"alg": "ECDH-ES", "enc": "A256GCM", "cty": "vp+json",
        "kid": parties.decryption.public_jwk().kid, "grant_id": grant_id(), "seq": 1,
        "recipient": CLIENT, "details_hash": hash,
        "nbf": noon().timestamp(), "exp": noon().timestamp() + 86_400});
    let content =
        r##"{"vp_token":{"degree":["#presentation"]},"decision":"#decision","pad":"00"}"##;
    let strange = r##"{"vp_token":{"other":["a~b~c"]},"decision":"#decision"}"##;
    let text = header.to_string();
    header["epk"] = serde_json::to_value(parties.decryption.public_jwk().bare()).expect("JSON");
    vec![
        ("accepted-sealed", seed(&[&text, content])),
        ("accepted-header", written::unsealed(&header)),
        ("refused-other-credential", seed(&[&text, strange])),
    ]
}
