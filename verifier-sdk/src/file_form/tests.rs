use credential_core::encoding::base64url;
use proptest::prelude::*;
use serde_json::json;

use super::FileForm;

fn compact(header: &serde_json::Value, payload: &serde_json::Value) -> String {
    format!(
        "{}.{}.AAAA",
        base64url(header.to_string()),
        base64url(payload.to_string())
    )
}

#[test]
fn a_file_is_known_by_its_content() {
    let jwt = compact(
        &json!({"alg": "ES256"}),
        &json!({"iss": "https://a.example"}),
    );
    let contexts = json!({"@context": ["https://www.w3.org/ns/credentials/v2"]});
    let model = format!("{}~", compact(&json!({"typ": "vc+sd-jwt"}), &contexts));
    let older = format!(
        "{}~",
        compact(&json!({"typ": "vc+sd-jwt"}), &json!({"vct": "a"}))
    );
    for (text, form) in [
        ("%PDF-1.7\n", FileForm::Pdf),
        ("\u{feff} {}\n", FileForm::Linked("{}".into())),
        (&jwt, FileForm::Linked(jwt.clone())),
        (&older, FileForm::SdJwt(older.clone())),
        ("a~", FileForm::SdJwt("a~".into())),
        ("jotain", FileForm::SdJwt("jotain".into())),
        (&model, FileForm::Linked(model.clone())),
        (
            r#"{"payload": "", "signatures": [{"protected": "", "signature": ""}]}"#,
            FileForm::NotSupported("jades_not_supported"),
        ),
        (
            r#"<elmo><Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/></elmo>"#,
            FileForm::NotSupported("xml_signature_not_supported"),
        ),
        ("<elmo/>", FileForm::NotSigned("xml_without_signature")),
        (
            r#"<svg xmlns="http://www.w3.org/2000/svg"/>"#,
            FileForm::NotSigned("baked_no_badge"),
        ),
        (
            r#"<!DOCTYPE svg [<!ENTITY a "a">]><svg xmlns="http://www.w3.org/2000/svg"/>"#,
            FileForm::Malformed("baked_dtd"),
        ),
    ] {
        assert_eq!(FileForm::of(text.as_bytes()), form, "{text}");
    }
    assert_eq!(
        FileForm::of(&[0xff, 0xfe]),
        FileForm::Malformed("file_not_text")
    );
}

#[test]
fn a_badge_of_which_only_the_address_was_baked_is_not_fetched() {
    let picture = r#"<svg xmlns="http://www.w3.org/2000/svg" xmlns:b="http://openbadges.org"><b:assertion verify="https://elsewhere.example/1"/></svg>"#;
    assert_eq!(
        FileForm::of(picture.as_bytes()),
        FileForm::NotSupported("open_badges_2_hosted")
    );
}

proptest! {
    #[test]
    fn no_file_makes_the_recognition_panic(octets in prop::collection::vec(any::<u8>(), 0..200)) {
        let _known = FileForm::of(&octets);
    }
}
