use std::io::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use credential_core::record::{AttainmentKind, NotChecked, NoticeKind, SourceSignature};
use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;

use super::Elmo;
use crate::source::{
    RecordSource as _, SourceError, Understood,
    tests::{
        corpus::corpus_folder,
        support::{check, check_corpus, check_fixture, claims},
    },
    understand,
};

const TRANSCRIPT: &[u8] = include_bytes!("../../../../tests/fixtures/elmo/transcript.xml");
const FORERUNNER: &[u8] = include_bytes!("../../../../tests/fixtures/elmo/forerunner.xml");
const TWO_LEARNERS: &[u8] = include_bytes!("../../../../tests/fixtures/elmo/two-learners.xml");
const TABLE: &str = include_str!("../../../../tests/fixtures/elmo/corpus.tsv");

fn compressed(document: &[u8]) -> String {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(document).unwrap();
    STANDARD.encode(encoder.finish().unwrap())
}

fn places(understood: &Understood, kind: NoticeKind) -> Vec<&str> {
    let notices = understood.records[0].notices().iter();
    let of_kind = notices.filter(|notice| notice.kind == kind);
    of_kind.map(|notice| notice.pointer.as_str()).collect()
}

#[test]
fn a_degree_is_read_with_its_levels_its_parts_and_who_awarded_it() {
    let understood = check_fixture(&Elmo, TRANSCRIPT);
    let record = &understood.records[0];
    assert_eq!(record.person().birthdate.unwrap().to_string(), "1998-04-12");
    let [degree] = record.attainments() else {
        panic!("{:?}", record.attainments())
    };
    assert!(matches!(degree.kind, AttainmentKind::Qualification { .. }));
    assert_eq!((degree.level.eqf, degree.level.isced), (Some(7), Some(7)));
    assert_eq!(degree.id.as_deref(), Some("elmo:lesna.example:degree:77"));
    let code = degree.code.as_ref().unwrap();
    assert_eq!(
        (code.value.as_str(), code.scheme.as_deref()),
        ("LES-MA", None)
    );
    assert_eq!(degree.other_titles[0].text, "Magister leśnictwa");
    assert!(
        degree
            .description
            .en
            .as_ref()
            .unwrap()
            .contains("\n\nTwo years.")
    );
    let body = degree.awarding_body.as_ref().unwrap();
    assert_eq!(body.other_names[0].language, "pl");
    assert_eq!(
        (body.identifiers.len(), body.country.as_deref()),
        (2, Some("PL"))
    );
    let [course, field_days] = degree.parts.as_slice() else {
        panic!("{:?}", degree.parts)
    };
    assert_eq!(course.credits.as_ref().unwrap().amount.as_str(), "4.5");
    assert_eq!(course.grade.as_ref().unwrap().scale.as_deref(), Some("2-5"));
    assert_eq!(course.awarded.unwrap().to_string(), "2024-01-20");
    assert_eq!(
        field_days.part_of.as_ref().unwrap().en.as_deref(),
        Some("Bark beetles")
    );
}

#[test]
fn what_was_failed_or_is_under_way_awards_nothing_and_says_why() {
    let understood = check_fixture(&Elmo, TRANSCRIPT);
    let module = "/elmo/report[1]/learningOpportunitySpecification[1]/hasPart[2]/learningOpportunitySpecification[1]";
    assert_eq!(places(&understood, NoticeKind::NotPassed), [module]);
    assert_eq!(
        places(&understood, NoticeKind::NotAssessed),
        ["/elmo/report[2]/learningOpportunitySpecification[1]"]
    );
    let course = "/elmo/report[1]/learningOpportunitySpecification[1]/hasPart[1]/learningOpportunitySpecification[1]";
    assert_eq!(places(&understood, NoticeKind::OtherLanguage), [course]);
}

#[test]
fn the_signature_is_seen_and_said_not_to_be_checked() {
    let understood = check_fixture(&Elmo, TRANSCRIPT);
    let signature = |document: &[u8]| understand(document).unwrap().records[0].signature().clone();
    assert_eq!(
        signature(TRANSCRIPT),
        SourceSignature::NotChecked(NotChecked::KindNotSupported)
    );
    assert_eq!(
        places(&understood, NoticeKind::SignatureNotChecked),
        ["/elmo/Signature[1]"]
    );
    let weak = String::from_utf8(TRANSCRIPT.to_vec())
        .unwrap()
        .replace("rsa-sha256", "rsa-sha1");
    assert_eq!(
        signature(weak.as_bytes()),
        SourceSignature::NotChecked(NotChecked::AlgorithmNotAccepted)
    );
    assert_eq!(signature(FORERUNNER), SourceSignature::Absent);
}

#[test]
fn a_compressed_document_says_the_same_and_is_kept_as_it_came() {
    let packed = compressed(TRANSCRIPT);
    let understood = check_fixture(&Elmo, packed.as_bytes());
    let plain = check_fixture(&Elmo, TRANSCRIPT);
    assert_eq!(
        understood.records[0].attainments(),
        plain.records[0].attainments()
    );
    assert_eq!(understood.coverage, plain.coverage);
    assert_eq!(understood.records[0].raw(), packed.as_bytes());
}

#[test]
fn the_forerunner_of_version_one_is_read_too() {
    let understood = check_fixture(&Elmo, FORERUNNER);
    let record = &understood.records[0];
    assert_eq!(record.person().birthdate.unwrap().to_string(), "1998-04-12");
    let [module] = record.attainments() else {
        panic!("{:?}", record.attainments())
    };
    assert_eq!(module.credits.as_ref().unwrap().amount.as_str(), "10");
    let grade = module.grade.as_ref().unwrap();
    assert_eq!(
        (grade.value.as_str(), grade.scale.as_deref()),
        ("B", Some("NO30"))
    );
    assert_eq!(module.started.unwrap().to_string(), "2020-08-15");
    assert_eq!(
        module.part_of.as_ref().unwrap().en.as_deref(),
        Some("Bachelor i skogbruk")
    );
    assert_eq!(places(&understood, NoticeKind::NotConfirmed).len(), 1);
    assert_eq!(places(&understood, NoticeKind::NotPassed).len(), 1);
}

#[test]
fn reports_about_two_people_are_refused() {
    assert_eq!(
        Elmo.read(TWO_LEARNERS).unwrap_err(),
        SourceError::SeveralPeople {
            pointer: "/elmo/report[2]/learner[1]".into()
        }
    );
}

#[test]
fn reports_that_spell_one_learner_in_two_ways_are_one_learner_by_identifier() {
    let both = |number: &str| {
        let learner = |name: &str, number: &str| {
            format!(
                "<report><learner><identifier type='x'>{number}</identifier><familyName>{name}</familyName></learner></report>"
            )
        };
        let reports = learner("Keränen", "17") + &learner("Keranen", number);
        format!("<elmo xmlns='http://purl.org/net/elmo'>{reports}</elmo>")
    };
    let one = Elmo.read(both("17").as_bytes()).unwrap();
    assert_eq!(one.person().family_name.as_deref(), Some("Keränen"));
    assert_eq!(
        Elmo.read(both("18").as_bytes()).unwrap_err().reason(),
        "document-several-people"
    );
}

#[test]
fn what_stays_raw_as_a_whole_gets_one_notice() {
    let understood = check_fixture(&Elmo, TRANSCRIPT);
    let raw = places(&understood, NoticeKind::KeptRaw);
    let ends = |name: &str| raw.iter().filter(|place| place.contains(name)).count();
    assert_eq!(
        (
            ends("diplomaSupplement"),
            ends("academicTerm"),
            ends("gradingScheme")
        ),
        (1, 1, 1)
    );
}

#[test]
fn a_name_that_only_the_document_knows_is_in_no_notice() {
    let document = String::from_utf8(TRANSCRIPT.to_vec()).unwrap();
    let document = document.replace(
        "<iscedCode>0821</iscedCode>",
        "<salaisuus><x>1</x></salaisuus>",
    );
    let understood = check_fixture(&Elmo, document.as_bytes());
    let record = &understood.records[0];
    assert!(
        record
            .notices()
            .iter()
            .all(|notice| !notice.pointer.contains("salaisuus"))
    );
    assert_eq!(understood.coverage.others().kept_raw, 1);
    let degree = "/elmo/report[1]/learningOpportunitySpecification[1]";
    assert!(
        places(&understood, NoticeKind::KeptRaw).contains(&degree),
        "{record:?}"
    );
}

#[test]
fn the_transcript_becomes_claims() {
    insta::assert_snapshot!(claims(&check_fixture(&Elmo, TRANSCRIPT)));
}

#[test]
fn every_document_of_the_corpus_gives_what_the_table_says() {
    let Some(documents) = corpus_folder("elmo-emrex", "xml") else {
        return;
    };
    check_corpus(&Elmo, &documents, TABLE);
}

proptest! {
    #[test]
    fn arbitrary_octets_are_read_or_refused(octets in prop::collection::vec(any::<u8>(), 0..200)) {
        check(&Elmo, &octets);
        check(&Elmo, compressed(&octets).as_bytes());
    }

    #[test]
    fn either_sample_with_any_octet_changed_or_cut_off_is_read_or_refused(
        at in 0_usize..TRANSCRIPT.len(),
        octet in any::<u8>(),
    ) {
        for sample in [TRANSCRIPT, FORERUNNER] {
            let at = at % sample.len();
            let mut document = sample.to_vec();
            document[at] = octet;
            check(&Elmo, &document);
            check(&Elmo, &document[..at]);
            check(&Elmo, compressed(&document[..at]).as_bytes());
        }
    }

    #[test]
    fn either_sample_with_any_two_words_exchanged_is_read_or_refused(
        from in proptest::sample::select(WORDS),
        to in proptest::sample::select(WORDS),
    ) {
        for sample in [TRANSCRIPT, FORERUNNER] {
            let text = String::from_utf8(sample.to_vec()).unwrap();
            check(&Elmo, text.replace(from, to).as_bytes());
        }
    }
}

const WORDS: &[&str] = &[
    "learningOpportunitySpecification",
    "learningOpportunityInstance",
    "hasPart",
    "specifies",
    "identifier",
    "title",
    "date",
    "start",
    "status",
    "credit",
    "value",
    "level",
    "passed",
    "2024-01-20Z",
    "4.5",
    "120498-902B",
    "xml:lang",
];
