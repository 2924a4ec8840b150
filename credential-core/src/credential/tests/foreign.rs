//! Types that others describe.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::{
    foreign::{Disclosability, ForeignType, ForeignTypeError, MAX_DOCUMENT},
    integrity,
};
use crate::{dcql::ClaimPath, text::Language};

const VCT: &str = "https://kurssit.example/tyypit/kurssi";
const BASE: &str = "https://kurssit.example/tyypit/suoritus";

fn document() -> Value {
    json!({
        "vct": VCT,
        "name": "Course",
        "extends": BASE,
        "display": [
            {"locale": "fi-FI", "name": "Kurssi"},
            {"locale": "en", "name": "Course certificate", "description": "A course that was passed"},
            {"locale": "fi", "name": "Toinen nimi"},
            {"locale": "et", "name": "Kursus"},
        ],
        "claims": [
            {"path": ["title"], "display": [{"locale": "fi", "label": "Nimike"}], "sd": "always"},
            {"path": ["grades", null], "mandatory": true},
        ],
        "schema_uri": "https://kurssit.example/skeema",
    })
}

fn read(document: &Value) -> Result<ForeignType, ForeignTypeError> {
    ForeignType::read(document.to_string().as_bytes(), VCT, None)
}

fn with(name: &str, value: Value) -> Value {
    let mut document = document();
    document[name] = value;
    document
}

#[test]
fn a_description_gives_names_in_our_languages_and_its_own_name_for_the_rest() {
    let kind = read(&document()).unwrap();
    assert_eq!(kind.vct(), VCT);
    assert_eq!(kind.name(Language::Fi), Some("Kurssi"));
    assert_eq!(kind.name(Language::En), Some("Course certificate"));
    assert_eq!(kind.name(Language::Sv), Some("Course"));
    let title = ClaimPath::claim("title");
    assert_eq!(kind.label(&title, Language::Fi), Some("Nimike"));
    assert_eq!(kind.label(&title, Language::Sv), None);
    assert_eq!(kind.extends().unwrap().vct, BASE);
    let [title, grades] = kind.claims() else {
        panic!("two")
    };
    assert_eq!(title.disclosability(), Disclosability::Always);
    assert_eq!(grades.disclosability(), Disclosability::Allowed);
    assert!(grades.is_mandatory() && !title.is_mandatory());
    // The drafts before wrote `lang`.
    let older = with("display", json!([{"lang": "sv", "name": "Kurs"}]));
    assert_eq!(read(&older).unwrap().name(Language::Sv), Some("Kurs"));
}

#[test]
fn c43_the_hash_that_was_signed_is_compared_before_anything_is_read() {
    let octets = document().to_string();
    let read = |hash: &str| ForeignType::read(octets.as_bytes(), VCT, Some(hash));
    let own = integrity::of(octets.as_bytes());
    let other = integrity::of(b"other");
    assert!(read(&own).is_ok());
    assert!(read(&format!("{other} {own}")).is_ok());
    assert!(read(&format!("{own}?option")).is_ok());
    let sha384 = {
        use base64::Engine as _;
        let digest = ring::digest::digest(&ring::digest::SHA384, octets.as_bytes());
        let text = base64::engine::general_purpose::STANDARD.encode(digest);
        format!("sha384-{text}")
    };
    assert!(read(&sha384).is_ok());
    // The strongest counts: a weaker one beside it makes nothing good.
    let wrong = format!("sha512-AAAA {own}");
    for hash in [&other, &wrong, "sha256-", &own.to_lowercase()] {
        assert_eq!(
            read(hash),
            Err(ForeignTypeError::IntegrityMismatch),
            "{hash}"
        );
    }
    for hash in ["", "md5-AAAA", "sha256", "SHA256-AAAA"] {
        assert_eq!(
            read(hash),
            Err(ForeignTypeError::IntegrityUnknown),
            "{hash}"
        );
    }
    let broken = ForeignType::read(b"{", VCT, Some(&other));
    assert_eq!(broken, Err(ForeignTypeError::IntegrityMismatch));
}

#[test]
fn what_is_no_description_of_this_type_is_refused() {
    let huge = json!(vec![json!({"path": ["a"]}); 257]);
    let many: Vec<_> = (0..257)
        .map(|number| json!({"path": [number.to_string()]}))
        .collect();
    let twice = json!([{"path": ["a"]}, {"path": ["a"], "sd": "never"}]);
    for (document, expected) in [
        (with("vct", json!(BASE)), ForeignTypeError::OtherType),
        (with("vct", json!(1)), ForeignTypeError::Malformed),
        (with("claims", huge), ForeignTypeError::TooLarge),
        (with("claims", json!(many)), ForeignTypeError::TooLarge),
        (with("claims", twice), ForeignTypeError::Malformed),
        (
            with("claims", json!([{"path": []}])),
            ForeignTypeError::Malformed,
        ),
        (
            with("claims", json!([{"path": [-1]}])),
            ForeignTypeError::Malformed,
        ),
        (
            with("claims", json!([{"path": ["a"], "sd": "often"}])),
            ForeignTypeError::Malformed,
        ),
        (
            with("display", json!({"locale": "fi"})),
            ForeignTypeError::Malformed,
        ),
        (json!([]), ForeignTypeError::Malformed),
        (
            json!({"vct": VCT, "extends#integrity": "sha256-AA"}),
            ForeignTypeError::Malformed,
        ),
    ] {
        assert_eq!(read(&document), Err(expected), "{document}");
    }
    let long = format!("{}{}", document(), " ".repeat(MAX_DOCUMENT));
    let refused = ForeignType::read(long.as_bytes(), VCT, None);
    assert_eq!(refused, Err(ForeignTypeError::TooLarge));
    let twice = document().to_string().replacen('{', r#"{"vct":"a","#, 1);
    let refused = ForeignType::read(twice.as_bytes(), VCT, None);
    assert_eq!(refused, Err(ForeignTypeError::Malformed));
}

#[test]
fn c43_a_name_of_somebody_elses_is_cut_and_steers_no_screen() {
    let long = "ä".repeat(500);
    let name = format!("\u{1b}[2J\u{202e}\u{200f}{long}\n");
    let kind = read(&with("display", json!([{"locale": "fi", "name": name}]))).unwrap();
    let shown = kind.name(Language::Fi).unwrap();
    assert!(shown.starts_with("[2Jää"));
    assert_eq!(shown.chars().count(), 200);
    assert!(!shown.contains(|letter: char| letter.is_control()));
    assert!(!shown.contains(['\u{202e}', '\u{200f}']));
}

#[test]
fn c43_a_type_takes_over_what_it_does_not_say_and_loosens_nothing() {
    let base = json!({
        "vct": BASE,
        "display": [{"locale": "sv", "name": "Prestation"}],
        "claims": [
            {"path": ["title"], "display": [{"locale": "fi", "label": "Otsikko"}]},
            {"path": ["credits"], "mandatory": true},
            {"path": ["issuing_body"], "sd": "never"},
        ],
    });
    let base = ForeignType::read(base.to_string().as_bytes(), BASE, None).unwrap();
    let whole = read(&document()).unwrap().extending(&base).unwrap();
    // Its own names stand alone; of claims only what is not there is taken over.
    assert_eq!(whole.name(Language::Sv), Some("Course"));
    let title = ClaimPath::claim("title");
    assert_eq!(whole.label(&title, Language::Fi), Some("Nimike"));
    assert_eq!(whole.claims().len(), 4);
    let without_names = read(&with("display", json!([]))).unwrap();
    let named = without_names.extending(&base).unwrap();
    assert_eq!(named.name(Language::Sv), Some("Prestation"));

    for (claim, is_allowed) in [
        (
            json!({"path": ["credits"], "mandatory": true, "sd": "always"}),
            true,
        ),
        (json!({"path": ["credits"]}), false),
        (
            json!({"path": ["issuing_body"], "sd": "never", "mandatory": true}),
            true,
        ),
        (json!({"path": ["issuing_body"], "sd": "allowed"}), false),
        (json!({"path": ["issuing_body"], "sd": "always"}), false),
    ] {
        let own = read(&with("claims", json!([claim]))).unwrap();
        let found = own.extending(&base);
        assert_eq!(found.is_ok(), is_allowed, "{claim}");
        if let Err(error) = found {
            assert_eq!(error, ForeignTypeError::Contradiction);
        }
    }
}

proptest! {
    #[test]
    fn any_text_is_read_as_a_description_without_a_panic(
        text in ".{0,200}",
        hash in "(sha(256|384|512)-)?[A-Za-z0-9+/= ?]{0,90}",
    ) {
        let _type = ForeignType::read(text.as_bytes(), VCT, Some(&hash));
        let mut document = document();
        document["name"] = json!(text);
        prop_assert!(read(&document).is_ok());
    }
}
