use credential_core::record::{Attainment, AttainmentKind, NoticeKind, Person};
use proptest::prelude::*;

use super::Virta;
use crate::source::{
    Document, RecordSource as _, SourceError, Understood,
    tests::{
        corpus::corpus_folder,
        support::{check, check_corpus, check_fixture, claims},
    },
};

const ALL: &[u8] = include_bytes!("../../../../tests/fixtures/virta/kaikki-tiedot.xml");
const PERFORMANCES: &[u8] =
    include_bytes!("../../../../tests/fixtures/virta/opintosuoritukset.xml");
const TWO_PEOPLE: &[u8] = include_bytes!("../../../../tests/fixtures/virta/kaksi-henkiloa.xml");
const TABLE: &str = include_str!("../../../../tests/fixtures/virta/corpus.tsv");

fn sample() -> Understood {
    check_fixture(&Virta, ALL)
}

fn kinds(understood: &Understood) -> Vec<NoticeKind> {
    let notices = understood.records[0].notices();
    notices.iter().map(|notice| notice.kind).collect()
}

fn read(document: &str) -> Understood {
    check_fixture(&Virta, document.as_bytes())
}

/// An answer with these performances; each is its key, its grade element and its parts' keys.
fn performances(all: &[(&str, &str, &[&str])]) -> String {
    let one = |(key, grade, parts): &(&str, &str, &[&str])| {
        let parts: String = parts
            .iter()
            .map(|part| format!("<Sisaltyvyys sisaltyvaOpintosuoritusAvain='{part}'/>"))
            .collect();
        format!(
            "<Opintosuoritus avain='{key}'><SuoritusPvm>2024-01-31</SuoritusPvm>\
             <Arvosana>{grade}</Arvosana><Myontaja>99901</Myontaja><Laji>2</Laji>\
             <Nimi kieli='fi'>{key}</Nimi>{parts}</Opintosuoritus>"
        )
    };
    let all: String = all.iter().map(one).collect();
    format!(
        "<Opintosuoritukset xmlns='urn:mace:funet.fi:virta/2015/09/01'>{all}</Opintosuoritukset>"
    )
}

const PASS: &str = "<Viisiportainen>5</Viisiportainen>";

fn shape(attainments: &[Attainment]) -> String {
    let one = |one: &Attainment| {
        let name = one.title.fi.clone().unwrap_or_default();
        if one.parts.is_empty() {
            name
        } else {
            format!("{name}({})", shape(&one.parts))
        }
    };
    let all: Vec<_> = attainments.iter().map(one).collect();
    all.join(" ")
}

#[test]
fn a_degree_holds_its_modules_and_they_their_courses() {
    let understood = sample();
    let record = &understood.records[0];
    assert_eq!(record.person().birthdate.unwrap().to_string(), "1998-04-12");
    assert_eq!(
        record.person().given_name.as_deref(),
        Some("Eelis Johannes")
    );
    let [degree, enrolment] = record.attainments() else {
        panic!("{:?}", record.attainments())
    };
    assert!(matches!(degree.kind, AttainmentKind::Qualification { .. }));
    assert_eq!((degree.level.eqf, degree.level.isced), (Some(6), Some(6)));
    assert_eq!(degree.credits.as_ref().unwrap().amount.as_str(), "240");
    assert_eq!(degree.grade, None);
    assert_eq!(degree.id.as_deref(), Some("99901:P-1"));
    let [module, language] = degree.parts.as_slice() else {
        panic!("{:?}", degree.parts)
    };
    let grade = module.grade.as_ref().unwrap();
    assert_eq!(
        (grade.value.as_str(), grade.scale.as_deref()),
        ("oiv", Some("Sanallinen asteikko"))
    );
    assert_eq!(grade.label.fi.as_deref(), Some("Oivallinen"));
    assert_eq!(
        module.parts[0].field.as_ref().unwrap().scheme.as_deref(),
        Some("ohjausala")
    );
    assert!(language.recognised_prior_learning && !module.recognised_prior_learning);
    assert_eq!(language.other_titles[0].language, "de");
    assert!(matches!(
        &enrolment.kind,
        AttainmentKind::Enrolment { state, expected_end: Some(_), .. } if state.value == "1"
    ));
}

#[test]
fn the_answer_becomes_a_degree_a_transcript_and_an_enrolment() {
    insta::assert_snapshot!(claims(&sample()));
}

#[test]
fn an_answer_without_envelope_is_read_and_internal_entries_award_nothing() {
    let understood = check_fixture(&Virta, PERFORMANCES);
    assert_eq!(
        shape(understood.records[0].attainments()),
        "Tieteellinen kirjoittaminen"
    );
    assert!(kinds(&understood).contains(&NoticeKind::TypeNotSupported));
    let total = understood.coverage.total();
    assert!(
        total.refused[&NoticeKind::TypeNotSupported] >= 8,
        "{total:?}"
    );
}

#[test]
fn an_answer_about_two_people_is_refused() {
    assert_eq!(
        Virta.read(TWO_PEOPLE).unwrap_err(),
        SourceError::SeveralPeople {
            pointer: "/Virta/Opiskelija[2]".into()
        }
    );
}

#[test]
fn a_performance_that_is_a_part_of_two_stands_once() {
    let understood = read(&performances(&[
        ("a", PASS, &["c"]),
        ("b", PASS, &["c", "b", "missing"]),
        ("c", PASS, &[]),
    ]));
    assert_eq!(shape(understood.records[0].attainments()), "a(c) b");
}

#[test]
fn performances_that_contain_each_other_come_to_an_end() {
    let understood = read(&performances(&[("a", PASS, &["b"]), ("b", PASS, &["a"])]));
    assert_eq!(shape(understood.records[0].attainments()), "a(b)");
    assert!(kinds(&understood).contains(&NoticeKind::TooDeep));
}

#[test]
fn a_chain_deeper_than_a_record_is_cut_and_nothing_is_lost() {
    let keys: Vec<String> = (0..20).map(|n| format!("k{n}")).collect();
    let next: Vec<Vec<&str>> = (1..21)
        .map(|n| keys.get(n).map(String::as_str).into_iter().collect())
        .collect();
    let all: Vec<_> = keys
        .iter()
        .zip(&next)
        .map(|(key, next)| (key.as_str(), PASS, next.as_slice()))
        .collect();
    let understood = read(&performances(&all));
    let shape = shape(understood.records[0].attainments());
    assert!(keys.iter().all(|key| shape.contains(key)), "{shape}");
    assert!(kinds(&understood).contains(&NoticeKind::TooDeep));
}

#[test]
fn a_failed_grade_awards_nothing_and_its_parts_stand_alone() {
    for fail in [
        "<Tutkielma>I</Tutkielma>",
        "<Viisiportainen>0</Viisiportainen>",
        "<Muu><Asteikko avain='x'><AsteikkoArvosana avain='1'><Koodi>h</Koodi><Nimi>Hylätty</Nimi></AsteikkoArvosana></Asteikko><Koodi>1</Koodi></Muu>",
    ] {
        let understood = read(&performances(&[("a", fail, &["b"]), ("b", PASS, &[])]));
        assert_eq!(shape(understood.records[0].attainments()), "b", "{fail}");
        assert!(kinds(&understood).contains(&NoticeKind::NotPassed));
    }
}

#[test]
fn the_code_lists_are_read_whole_and_levels_follow_the_classification() {
    use super::codes::{grade_name, level, right_name, state, unit};
    assert_eq!(grade_name("HYV").en.as_deref(), Some("Pass"));
    assert_eq!(right_name("7").sv.as_deref(), Some("Doktorsexamen"));
    assert_eq!(state("1".into()).label.fi.as_deref(), Some("aktiivinen"));
    assert_eq!(unit("2").label.en.as_deref(), Some("ECTS credits"));
    let eqf = |code| level(code).eqf;
    assert_eq!(
        (eqf("671103"), eqf("754901"), eqf("855101")),
        (Some(6), Some(7), Some(8))
    );
    assert_eq!(
        (eqf("775101"), eqf("67110"), eqf("371101"), eqf("6x1103")),
        (None, None, None, None)
    );
}

#[test]
fn every_answer_of_the_corpus_gives_what_the_table_says() {
    let folders = [
        "virta",
        "koski/virta/opintotiedot",
        "koski/virta/henkilotiedot",
    ];
    let mut documents = Vec::new();
    for folder in folders {
        let Some(found) = corpus_folder(folder, "xml") else {
            return;
        };
        let place = |(name, bytes)| (format!("{folder}/{name}"), bytes);
        documents.extend(found.into_iter().map(place));
    }
    // The examples are named after their identity codes; the table numbers them instead.
    let number = |(index, (name, bytes)): (usize, (String, Vec<u8>))| {
        let folder = name.rsplit_once('/').unwrap().0.to_owned();
        (format!("{folder}/{index}"), bytes)
    };
    let documents: Vec<_> = documents.into_iter().enumerate().map(number).collect();
    check_corpus(&Virta, &documents, TABLE);
}

#[test]
fn what_stands_outside_of_a_student_says_nothing_about_the_person() {
    let document = "<Virta xmlns='urn:mace:funet.fi:virta/2015/09/01'>\
                    <Henkilotunnus>120498-902B</Henkilotunnus><Sukunimi>Esimerkki</Sukunimi></Virta>";
    check(&Virta, document.as_bytes());
    let understood = Virta.understand(&Document::open(document.as_bytes()).unwrap());
    let record = understood.unwrap().into_record().unwrap();
    assert_eq!(record.person(), &Person::default());
}

fn any_xml() -> impl Strategy<Value = String> {
    const NAMES: &[&str] = &[
        "Virta",
        "Opiskelija",
        "Opintosuoritukset",
        "Opintosuoritus",
        "Opiskeluoikeus",
        "Tila",
        "Koodi",
        "Laji",
        "Nimi",
        "Arvosana",
        "Muu",
        "Asteikko",
        "SuoritusPvm",
        "Henkilotunnus",
    ];
    let leaf = prop_oneof![
        proptest::sample::select(&["1", "2", "2024-01-31", "120498-902B", "HYV", ""][..])
            .prop_map(str::to_owned),
        "[a-zäö0-9 ]{0,12}",
    ];
    leaf.prop_recursive(8, 80, 6, |inner| {
        (
            proptest::sample::select(NAMES),
            prop::collection::vec(inner, 0..5),
        )
            .prop_map(|(name, inner)| format!("<{name} avain='1'>{}</{name}>", inner.concat()))
    })
}

proptest! {
    #[test]
    fn arbitrary_elements_are_read_or_refused(inner in any_xml()) {
        let namespace = "urn:mace:funet.fi:virta/2015/09/01";
        check(&Virta, format!("<Virta xmlns='{namespace}'>{inner}</Virta>").as_bytes());
        check(&Virta, format!("<Opintosuoritukset xmlns='{namespace}'>{inner}</Opintosuoritukset>").as_bytes());
    }

    #[test]
    fn arbitrary_octets_are_read_or_refused(octets in prop::collection::vec(any::<u8>(), 0..200)) {
        check(&Virta, &octets);
    }

    #[test]
    fn the_sample_with_any_octet_changed_or_cut_off_is_read_or_refused(
        at in 0_usize..ALL.len(),
        octet in any::<u8>(),
    ) {
        let mut document = ALL.to_vec();
        document[at] = octet;
        check(&Virta, &document);
        check(&Virta, &document[..at]);
    }
}
