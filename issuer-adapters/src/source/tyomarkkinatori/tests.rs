use credential_core::record::{Attainment, AttainmentKind, NoticeKind};
use proptest::prelude::*;

use super::Tyomarkkinatori;
use crate::source::{
    RecordSource as _, SourceError, Understood,
    tests::{
        corpus::{corpus_folder, corpus_tree},
        support::{check, check_corpus, check_fixture, mapped},
    },
};

const PROFILE: &str = include_str!("../../../../tests/fixtures/tyomarkkinatori/profile.json");
const TABLE: &str = include_str!("../../../../tests/fixtures/tyomarkkinatori/corpus.tsv");

fn places(understood: &Understood, kind: NoticeKind) -> Vec<&str> {
    let notices = understood.records[0].notices().iter();
    let of_kind = notices.filter(|notice| notice.kind == kind);
    of_kind.map(|notice| notice.pointer.as_str()).collect()
}

fn experience(one: &Attainment) -> (Option<&str>, Option<String>, bool) {
    let AttainmentKind::Experience {
        employer,
        ended,
        self_asserted,
        ..
    } = &one.kind
    else {
        panic!("{:?}", one.kind)
    };
    let employer = employer.as_ref().and_then(|it| it.name.fi.as_deref());
    (employer, ended.map(|day| day.to_string()), *self_asserted)
}

#[test]
fn work_is_experience_that_only_the_person_asserts() {
    let understood = check_fixture(&Tyomarkkinatori, PROFILE.as_bytes());
    let all = understood.records[0].attainments();
    assert!(all.iter().all(|one| experience(one).2), "{all:?}");
    let mechanic = &all[0];
    let ended = Some("2023-08-31".to_owned());
    assert_eq!(experience(mechanic), (Some("Salmen konepaja"), ended, true));
    assert_eq!(mechanic.started.unwrap().to_string(), "2019-05-01");
    let [hydraulics, searching] = mechanic.skills.as_slice() else {
        panic!("{:?}", mechanic.skills)
    };
    assert_eq!(hydraulics.scheme.as_deref(), Some("esco"));
    assert_eq!(
        hydraulics.label.sv.as_deref(),
        Some("underhåll av hydraulik")
    );
    assert_eq!(
        (searching.value.as_str(), &searching.scheme),
        ("vianhaku", &None)
    );
    let AttainmentKind::Experience { occupation, .. } = &mechanic.kind else {
        panic!()
    };
    assert!(occupation.as_ref().unwrap().value.ends_with("00000000000a"));
}

#[test]
fn an_employer_that_the_person_hides_stays_raw() {
    let understood = check_fixture(&Tyomarkkinatori, PROFILE.as_bytes());
    let record = &understood.records[0];
    let welder = &record.attainments()[1];
    assert_eq!(experience(welder), (None, None, true));
    assert!(!format!("{:?}", record.attainments()).contains("Salainen"));
    assert!(places(&understood, NoticeKind::KeptRaw).contains(&"/employments/1/employer/fi"));
}

#[test]
fn an_education_of_a_profile_is_no_degree_and_one_broken_off_is_nothing() {
    let understood = check_fixture(&Tyomarkkinatori, PROFILE.as_bytes());
    let all = understood.records[0].attainments();
    let educations: Vec<_> = all.iter().filter(|one| one.code.is_some()).collect();
    assert_eq!(educations.len(), 2);
    assert_eq!(experience(educations[0]).0, Some("Salmen ammattiopisto"));
    assert_eq!(
        places(&understood, NoticeKind::NotPassed),
        ["/educations/1"]
    );
    assert_eq!(
        places(&understood, NoticeKind::MissingTitle),
        ["/educations/2"]
    );
    assert!(mapped(&understood).credentials.is_empty());
}

#[test]
fn what_is_no_day_or_holds_an_identity_code_is_left_out_with_its_place() {
    let understood = check_fixture(&Tyomarkkinatori, PROFILE.as_bytes());
    assert_eq!(
        places(&understood, NoticeKind::NotUnderstood),
        ["/projects/0/interval/startDate"]
    );
    assert_eq!(
        places(&understood, NoticeKind::IdentityCodeRemoved),
        ["/projects/0/description/description/en"]
    );
}

#[test]
fn what_the_interface_does_not_have_is_counted_and_not_named() {
    let understood = check_fixture(&Tyomarkkinatori, PROFILE.as_bytes());
    assert_eq!(understood.coverage.others().kept_raw, 1);
    let shown = format!("{:?}", understood.records[0].notices());
    assert!(!shown.contains("somethingNew"), "{shown}");
}

#[test]
fn an_empty_profile_has_nothing_and_other_documents_are_refused() {
    let empty = check_fixture(
        &Tyomarkkinatori,
        br#"{"employments": [], "projects": null}"#,
    );
    assert_eq!(places(&empty, NoticeKind::NothingAwarded), [""]);
    for other in [&br#"{"employments": []}"#[..], b"[]", b"<a/>", b"x"] {
        let error = Tyomarkkinatori.read(other).unwrap_err();
        assert!(
            matches!(error, SourceError::OtherDocument { .. }),
            "{error}"
        );
    }
}

#[test]
fn the_profile_becomes_experience() {
    let understood = check_fixture(&Tyomarkkinatori, PROFILE.as_bytes());
    let without_type = mapped(&understood).notices;
    let attainments = understood.records[0].attainments();
    assert_eq!(without_type.len(), attainments.len());
    insta::assert_debug_snapshot!(attainments);
}

#[test]
fn every_document_of_the_corpus_gives_what_the_table_says() {
    if let Some(documents) = corpus_tree("tyomarkkinatori") {
        check_corpus(&Tyomarkkinatori, &documents, TABLE);
    }
}

/// The interface description is indented by two, and members of objects stand below `properties`.
#[test]
fn every_field_of_the_interface_is_in_the_table() {
    let descriptions = corpus_folder("jod/tmt-api", "yaml").unwrap_or_default();
    for (name, text) in descriptions
        .iter()
        .filter(|(name, _)| name.starts_with("P60"))
    {
        let text = std::str::from_utf8(text).unwrap();
        let text = text.split("\ninfo:").next().unwrap();
        let members = text
            .lines()
            .filter_map(|line| line.strip_prefix("        ")?.strip_suffix(':'))
            .filter(|member| member.bytes().all(|b| b.is_ascii_alphabetic()));
        let members: Vec<_> = members.filter(|it| *it != "externalDocs").collect();
        assert!(members.len() > 50, "{name}: {}", members.len());
        let table = &super::fields::TABLE;
        for member in members {
            let in_field = |path: &str| path.split('/').any(|part| part == member);
            let is_known = table.fields.iter().any(|field| in_field(field.path));
            assert!(is_known || table.containers.contains(&member), "{member}");
        }
    }
}

proptest! {
    #[test]
    fn arbitrary_octets_are_read_or_refused(octets in prop::collection::vec(any::<u8>(), 0..200)) {
        check(&Tyomarkkinatori, &octets);
    }

    #[test]
    fn the_profile_with_any_octet_changed_or_any_two_words_exchanged_is_read_or_refused(
        at in 0_usize..PROFILE.len(),
        octet in any::<u8>(),
        from in proptest::sample::select(WORDS),
        to in proptest::sample::select(WORDS),
    ) {
        let mut document = PROFILE.as_bytes().to_vec();
        document[at] = octet;
        check(&Tyomarkkinatori, &document);
        check(&Tyomarkkinatori, PROFILE.replace(from, to).as_bytes());
    }
}

const WORDS: &[&str] = &[
    "\"employments\"",
    "\"educations\"",
    "\"projects\"",
    "\"interval\"",
    "\"description\"",
    "\"skills\"",
    "\"occupations\"",
    "\"title\"",
    "\"fi\"",
    "true",
    "[]",
    "null",
    "\"2023-08-31\"",
    "\"120498-902B\"",
    "\"uri\"",
];
