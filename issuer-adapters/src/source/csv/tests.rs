use credential_core::record::{AttainmentKind, NoticeKind};
use encoding_rs::WINDOWS_1252;

use super::Csv;
use crate::source::{
    RecordSource as _, SourceError, Understood,
    tests::support::{check, check_fixture, claims},
    understand,
};

mod experience;
mod properties;
mod rows;

const COURSE: &str = include_str!("../../../../tests/fixtures/csv/course.csv");
const EMPLOYER: &str = include_str!("../../../../tests/fixtures/csv/employer.csv");
const BADGES: &str = include_str!("../../../../tests/fixtures/csv/badges.csv");

fn read(table: &str) -> Understood {
    check(&Csv, table.as_bytes());
    understand(table.as_bytes()).unwrap()
}

/// Places of a kind of notice, in all records and in none.
fn places(understood: &Understood, kind: NoticeKind) -> Vec<&str> {
    let of_records = understood.records.iter().flat_map(|it| it.notices());
    let all = understood.notices.iter().chain(of_records);
    let of_kind = all.filter(|notice| notice.kind == kind);
    of_kind.map(|notice| notice.pointer.as_str()).collect()
}

fn utf16(text: &str, big: bool) -> Vec<u8> {
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    let octets = |unit: u16| {
        if big {
            unit.to_be_bytes()
        } else {
            unit.to_le_bytes()
        }
    };
    units.flat_map(octets).collect()
}

#[test]
fn rows_of_two_people_become_two_records_with_their_own_rows_alone() {
    let understood = check_fixture(&Csv, COURSE.as_bytes());
    let [eelis, aada] = understood.records.as_slice() else {
        panic!("{}", understood.records.len())
    };
    assert_eq!(eelis.person().birthdate.unwrap().to_string(), "1998-04-12");
    assert_eq!(eelis.attainments().len(), 2);
    assert_eq!(aada.person().family_name.as_deref(), Some("Näyte"));
    assert_eq!(aada.attainments().len(), 2);
    let raw = String::from_utf8(aada.raw().to_vec()).unwrap();
    assert!(
        raw.starts_with("Sukunimi;") && raw.contains("kämmentä"),
        "{raw}"
    );
    assert!(!raw.contains("Esimerkki-Lahti"), "{raw}");
}

#[test]
fn a_row_is_read_with_its_credits_grade_skills_and_who_awarded_it() {
    let understood = check_fixture(&Csv, COURSE.as_bytes());
    let service = &understood.records[0].attainments()[0];
    assert_eq!(service.title.sv.as_deref(), Some("Service av skogsmaskin"));
    let credits = service.credits.as_ref().unwrap();
    assert_eq!(
        (credits.amount.as_str(), credits.unit.value.as_str()),
        ("4.5", "6")
    );
    let grade = service.grade.as_ref().unwrap();
    assert_eq!(
        (grade.value.as_str(), grade.scale.as_deref()),
        ("4", Some("1-5"))
    );
    let body = service.awarding_body.as_ref().unwrap();
    assert_eq!(body.business_id.as_deref(), Some("1234567-1"));
    assert!(
        service
            .description
            .fi
            .as_ref()
            .unwrap()
            .contains("perusteet,\nrivin")
    );
    let [hydraulics, searching] = service.skills.as_slice() else {
        panic!("{:?}", service.skills)
    };
    assert_eq!(hydraulics.scheme.as_deref(), Some("esco"));
    assert!(
        hydraulics.value.ends_with("000000000001"),
        "{}",
        hydraulics.value
    );
    assert_eq!(hydraulics.label.fi.as_deref(), Some("hydrauliikan huolto"));
    assert_eq!(
        (searching.value.as_str(), &searching.scheme),
        ("vianhaku", &None)
    );
}

#[test]
fn every_bad_row_is_reported_with_its_line_and_the_rows_around_it_are_read() {
    let understood = check_fixture(&Csv, COURSE.as_bytes());
    assert_eq!(
        places(&understood, NoticeKind::RowMalformed),
        ["/line[9]", "/line[10]"]
    );
    assert_eq!(
        places(&understood, NoticeKind::RowIncomplete),
        ["/line[6]", "/line[7]", "/line[8]", "/line[12]"]
    );
    assert_eq!(
        places(&understood, NoticeKind::IdentityCodeRemoved),
        ["/line[11]"]
    );
    assert_eq!(
        places(&understood, NoticeKind::NotUnderstood),
        [
            "/line[6]/column[6]",
            "/line[12]/column[6]",
            "/line[13]/column[8]",
            "/line[13]/column[7]"
        ]
    );
    assert_eq!(
        places(&understood, NoticeKind::KeptRaw),
        ["/line[1]/column[15]"]
    );
}

#[test]
fn a_formula_is_the_text_that_it_is_written_as() {
    let understood = check_fixture(&Csv, COURSE.as_bytes());
    let aid = &understood.records[0].attainments()[1];
    assert_eq!(aid.description.fi.as_deref(), Some("=1+1"));
    assert_eq!(aid.title.fi.as_deref(), Some("Ensiapu, \"EA1\""));
    let amount = read("Title,Name,ECTS\nx,\"A, B\",=2+3\n");
    assert_eq!(
        places(&amount, NoticeKind::NotUnderstood),
        ["/line[2]/column[3]"]
    );
    assert!(amount.records[0].attainments()[0].credits.is_none());
}

#[test]
fn the_same_table_in_other_encodings_says_the_same() {
    let plain = check_fixture(&Csv, COURSE.as_bytes());
    let marked = [b"\xef\xbb\xbf", COURSE.as_bytes()].concat();
    let windows = WINDOWS_1252.encode(COURSE).0.into_owned();
    for other in [
        marked,
        utf16(COURSE, true),
        utf16(COURSE, false),
        windows.clone(),
    ] {
        let understood = check_fixture(&Csv, &other);
        for (one, same) in plain.records.iter().zip(&understood.records) {
            assert_eq!(one.attainments(), same.attainments());
            assert_eq!(one.raw(), same.raw());
        }
        assert_eq!(plain.coverage, understood.coverage);
        let assumed = places(&understood, NoticeKind::EncodingAssumed);
        assert_eq!(assumed.len(), usize::from(other == windows));
    }
}

#[test]
fn comma_semicolon_and_tab_are_told_apart_by_the_names_of_columns() {
    for separator in [",", ";", "\t"] {
        let table = ["Kurs", "Namn", "Datum"].join(separator)
            + "\r\n"
            + &["Svets", "\"Exempel, Åsa\"", "1.2.2026"].join(separator);
        for first in ["", &format!("sep={separator}\r\n")] {
            let understood = read(&format!("{first}{table}"));
            let record = &understood.records[0];
            assert_eq!(record.attainments()[0].title.sv.as_deref(), Some("Svets"));
            assert_eq!(record.person().given_name.as_deref(), Some("Åsa"));
            let line = if first.is_empty() { 2 } else { 3 };
            assert_eq!(record.attainments()[0].pointer, format!("/line[{line}]"));
        }
    }
}

#[test]
fn one_person_keeps_the_table_as_it_came() {
    let understood = check_fixture(&Csv, BADGES.as_bytes());
    let [aada] = understood.records.as_slice() else {
        panic!("{}", understood.records.len())
    };
    assert_eq!(aada.person().birthdate.unwrap().to_string(), "2001-12-24");
    let [badge, guide] = aada.attainments() else {
        panic!("{:?}", aada.attainments())
    };
    assert_eq!(badge.kind, AttainmentKind::SkillBadge);
    assert!(matches!(guide.kind, AttainmentKind::Qualification { .. }));
    assert_eq!(guide.level.eqf, Some(5));
}

#[test]
fn namesakes_are_told_apart_by_birth_date_or_identity_code() {
    let people = |rows: &str| {
        read(&format!("{}\n{rows}", "Name;Hetu;Born;Title"))
            .records
            .len()
    };
    let same = "\"Näyte, Aada\";;1.1.2000;x\n\"näyte, aada\";;2000-01-01;y\n";
    assert_eq!(people(same), 1);
    assert_eq!(
        people("\"Näyte, Aada\";;1.1.2000;x\n\"Näyte, Aada\";;2.1.2000;y\n"),
        2
    );
    assert_eq!(
        people("\"Näyte, Aada\";241201A902H;;x\n\"Näyte, Aada\";;;y\n"),
        2
    );
}

#[test]
fn a_row_whose_person_is_not_clear_is_refused() {
    let refused = |row: &str| {
        let understood = read(&format!("Name;Hetu;Born;Title\n{row}\n"));
        assert_eq!(
            places(&understood, NoticeKind::RowIncomplete),
            ["/line[2]"],
            "{row}"
        );
        assert_eq!(places(&understood, NoticeKind::NothingAwarded), [""]);
    };
    refused("Aada Näyte;;1.1.2000;which is the family name");
    refused("\"Näyte, Aada, Dr\";;1.1.2000;two commas");
    refused("\"Näyte, Aada\";241201A902X;;a wrong check character");
    refused("\"Näyte, Aada\";241201A902H;1.1.2000;another birth date");
    refused(";;1.1.2000;nobody");
}

#[test]
fn a_table_without_people_is_one_record_of_nobody() {
    let understood = read("Course,Date\nWelding,2026-01-31\nSoldering,2026-02-01\n");
    let record = &understood.records[0];
    assert_eq!(record.attainments().len(), 2);
    assert!(record.person().family_name.is_none());
}

#[test]
fn what_is_no_table_of_completions_is_not_recognised() {
    for other in ["Name;Title", "Nimi;Ikä\nAada;7\n", "a,b,c", "Kurssi\nx\n"] {
        let names_two = other.starts_with("Name");
        let error = understand(other.as_bytes()).err();
        assert_eq!(error.is_some(), !names_two, "{other}");
    }
    let binary = b"Name,Title\n\x00\x01,x\n";
    assert_eq!(understand(binary).unwrap_err(), SourceError::NotRecognised);
    assert_eq!(
        Csv.read(COURSE.as_bytes()).unwrap_err().reason(),
        "document-several-people"
    );
}

#[test]
fn the_badges_become_claims() {
    insta::assert_snapshot!(claims(&check_fixture(&Csv, BADGES.as_bytes())));
}
