//! Rows of work and other experience.

use credential_core::record::{Attainment, AttainmentKind, Code, NoticeKind, Organisation};

use super::{Csv, EMPLOYER, check_fixture, claims, places, read};

fn first(table: &str) -> Attainment {
    read(table).records[0].attainments()[0].clone()
}

fn employer(one: &Attainment) -> Option<&Organisation> {
    match &one.kind {
        AttainmentKind::Experience { employer, .. } => employer.as_deref(),
        other => panic!("{other:?}"),
    }
}

fn occupation(one: &Attainment) -> Option<&Code> {
    match &one.kind {
        AttainmentKind::Experience { occupation, .. } => occupation.as_ref(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_employers_table_becomes_claims() {
    let understood = check_fixture(&Csv, EMPLOYER.as_bytes());
    assert_eq!(understood.records.len(), 2);
    insta::assert_snapshot!(claims(&understood));
}

#[test]
fn what_an_employer_says_is_not_the_persons_own_word() {
    let understood = check_fixture(&Csv, EMPLOYER.as_bytes());
    let all = understood.records.iter().flat_map(|it| it.attainments());
    let own_word = all.map(|one| match one.kind {
        AttainmentKind::Experience { self_asserted, .. } => self_asserted,
        _ => panic!("all rows are experience"),
    });
    assert_eq!(own_word.collect::<Vec<_>>(), [false; 3]);
}

#[test]
fn the_date_of_a_row_of_experience_is_its_last_day() {
    let understood = check_fixture(&Csv, EMPLOYER.as_bytes());
    let ends: Vec<_> = understood
        .records
        .iter()
        .flat_map(|it| it.attainments())
        .map(|one| match one.kind {
            AttainmentKind::Experience { ended, .. } => {
                assert!(one.started.is_some() && one.awarded.is_none());
                ended.map(|day| day.to_string())
            }
            _ => panic!("all rows are experience"),
        })
        .collect();
    let [supervisor, trainee, driver] = ends.try_into().unwrap();
    assert_eq!(supervisor.as_deref(), Some("2025-12-31"));
    assert_eq!(trainee.as_deref(), Some("2021-05-31"));
    assert_eq!(driver, None, "it goes on");
}

#[test]
fn an_organisation_beside_an_employer_is_who_confirms() {
    let both =
        first("Tehtävä;Työnantaja;Oppilaitos;Y-tunnus\nHarjoittelija;Saha;Opisto;1234567-1\n");
    let body = both.awarding_body.as_ref().unwrap();
    assert_eq!(body.name.fi.as_deref(), Some("Opisto"));
    assert_eq!(body.business_id.as_deref(), Some("1234567-1"));
    assert_eq!(employer(&both).unwrap().business_id, None);

    let alone = first("Kind,Role,Organiser,Business ID\nwork,Welder,Yard,1234567-1\n");
    let yard = employer(&alone).unwrap();
    assert_eq!(yard.name.en.as_deref(), Some("Yard"));
    assert_eq!(yard.business_id.as_deref(), Some("1234567-1"));
    assert_eq!(alone.awarding_body, None);
}

#[test]
fn an_occupation_is_words_an_esco_concept_or_a_code_of_isco() {
    let said = |words: &str| {
        let one = first(&format!("Role;Occupation\nWelder;{words}\n"));
        let code = occupation(&one).unwrap().clone();
        (
            code.value,
            code.scheme.unwrap_or_default(),
            code.label.en.unwrap_or_default(),
        )
    };
    let is = |value: &str, scheme: &str, label: &str| (value.into(), scheme.into(), label.into());
    assert_eq!(said("7212 welders"), is("7212", "isco-08", "welders"));
    assert_eq!(said("7212"), is("7212", "isco-08", ""));
    assert_eq!(said("welder"), is("welder", "", "welder"));
    assert_eq!(
        said("72125 welders"),
        is("72125 welders", "", "72125 welders")
    );
    let concept = "http://data.europa.eu/esco/isco/C7212";
    assert_eq!(
        said(&format!("welders ({concept})")),
        is(concept, "esco", "welders")
    );
}

#[test]
fn a_row_that_says_another_kind_is_no_experience_and_keeps_the_employer_raw() {
    let understood = read("Kind;Title;Employer\nbadge;Welding;Yard\n;Welder;Yard\n");
    let [badge, work] = understood.records[0].attainments() else {
        panic!("two rows")
    };
    assert_eq!(badge.kind, AttainmentKind::SkillBadge);
    assert!(matches!(work.kind, AttainmentKind::Experience { .. }));
    assert_eq!(
        places(&understood, NoticeKind::KeptRaw),
        ["/line[2]/column[3]"]
    );
    let unknown = read("Kind;Title;Employer\nsomething;Welding;Yard\n");
    let one = &unknown.records[0].attainments()[0];
    assert_eq!(one.kind, AttainmentKind::StudyAchievement);
}
