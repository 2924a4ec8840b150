//! Any record that a reader could have made.

use chrono::NaiveDate;
use credential_core::{
    record::{
        Attainment, AttainmentKind, Code, Credits, Evidence, Grade, LearningRecord, Level,
        LocalText, Organisation, Person,
    },
    text::Text,
};
use proptest::{collection::vec, option, prelude::*, sample::select};

/// A record with attainments of every kind, up to three deep.
pub(super) fn record() -> BoxedStrategy<LearningRecord> {
    let person = (
        option::of(name()),
        option::of(name()),
        option::of(day()),
        option::of("1\\.2\\.246\\.562\\.24\\.[1-9]{11}"),
    );
    (person, vec(attainment(), 1..4))
        .prop_map(|(person, attainments)| {
            let (family_name, given_name, birthdate, person_oid) = person;
            let person = Person {
                family_name,
                given_name,
                birthdate,
                person_oid,
            };
            LearningRecord::new("koski", person, attainments, Vec::new(), b"").unwrap()
        })
        .boxed()
}

/// A text with what has a meaning in XML and JSON, and in no way an identity code.
fn name() -> BoxedStrategy<String> {
    "[A-Za-zÅÄÖåäö\u{4e00}\u{1f600}]([A-Za-zåäö&<>\"'\\\\{}/:# ]{0,12}[a-zåäö])?".boxed()
}

fn text() -> BoxedStrategy<Text> {
    (option::of(name()), option::of(name()), option::of(name()))
        .prop_map(|(fi, sv, en)| Text { fi, sv, en })
        .boxed()
}

fn other_texts() -> BoxedStrategy<Vec<LocalText>> {
    vec(
        (select(&["de", "pl", "no", "se"][..]), name()).prop_map(|(language, text)| LocalText {
            language: language.to_owned(),
            text,
        }),
        0..3,
    )
    .boxed()
}

fn day() -> BoxedStrategy<NaiveDate> {
    (1950..2030_i32, 1..=366_u32)
        .prop_map(|(year, day)| NaiveDate::from_yo_opt(year, day.min(365)).unwrap())
        .boxed()
}

fn code() -> BoxedStrategy<Code> {
    let value = prop_oneof![
        "[A-Z]{1,4}[0-9]{0,3}",
        "http://data\\.europa\\.eu/esco/skill/[a-f]{4}",
        "https://[a-z]{3}\\.example/[a-z]{1,8}",
    ];
    let scheme = option::of(prop_oneof![
        select(
            &[
                "koulutus",
                "kieli",
                "opintojenlaajuusyksikko",
                "isced-f",
                "uri"
            ][..]
        )
        .prop_map(str::to_owned),
        "https://[a-z]{3}\\.example/[a-z]{1,8}",
    ]);
    (value, scheme, text())
        .prop_map(|(value, scheme, label)| Code {
            value,
            scheme,
            label,
        })
        .boxed()
}

fn organisation() -> BoxedStrategy<Organisation> {
    let named = text().prop_filter("an organisation has a name", |name| !name.is_empty());
    (
        named,
        other_texts(),
        option::of("1\\.2\\.246\\.562\\.10\\.[1-9]{11}"),
        option::of("[0-9]{7}-[0-9]"),
        vec(code(), 0..3),
        option::of("https://[a-z]{3}\\.example/"),
        option::of(select(&["FI", "SE", "DE"][..]).prop_map(str::to_owned)),
    )
        .prop_map(
            |(name, other_names, oid, business_id, identifiers, url, country)| Organisation {
                name,
                other_names,
                oid,
                business_id,
                identifiers,
                url,
                country,
            },
        )
        .boxed()
}

fn kind() -> BoxedStrategy<AttainmentKind> {
    prop_oneof![
        (vec(text(), 0..3), vec(text(), 0..3)).prop_map(|(titles, specialisations)| {
            AttainmentKind::Qualification {
                titles,
                specialisations,
            }
        }),
        Just(AttainmentKind::StudyAchievement),
        Just(AttainmentKind::SkillBadge),
        Just(AttainmentKind::LanguageCertificate),
        (code(), option::of(day()), option::of(day())).prop_map(|(state, from, expected_end)| {
            AttainmentKind::Enrolment {
                state,
                from,
                expected_end,
            }
        }),
        (
            option::of(organisation()),
            option::of(code()),
            option::of(day()),
            any::<bool>()
        )
            .prop_map(|(employer, occupation, ended, self_asserted)| {
                AttainmentKind::Experience {
                    employer: employer.map(Box::new),
                    occupation,
                    ended,
                    self_asserted,
                }
            }),
    ]
    .boxed()
}

fn credits() -> BoxedStrategy<Credits> {
    let ects = Just(crate::source::ects());
    (
        "[1-9][0-9]{0,2}(\\.[1-9]{1,2})?",
        prop_oneof![ects.boxed(), code()],
    )
        .prop_map(|(amount, unit)| Credits {
            amount: amount.parse().unwrap(),
            unit,
        })
        .boxed()
}

fn grade() -> BoxedStrategy<Grade> {
    (
        prop_oneof!["[1-5]", name()],
        option::of("[a-z]{3,20}"),
        text(),
    )
        .prop_map(|(value, scale, label)| Grade {
            value,
            scale,
            label,
        })
        .boxed()
}

fn level() -> BoxedStrategy<Level> {
    let cefr = select(&["A1", "B2", "C2"][..]);
    (
        option::of(1..=8_u8),
        option::of(1..=8_u8),
        option::of(0..=8_u8),
        option::of(cefr),
    )
        .prop_map(|(eqf, nqf, isced, cefr)| Level {
            eqf,
            nqf,
            isced,
            cefr,
        })
        .boxed()
}

fn evidence() -> BoxedStrategy<Evidence> {
    (
        text(),
        option::of("https://[a-z]{3}\\.example/[a-z]{3}"),
        option::of(prop_oneof!["sha256-[a-z]{8}", "z[a-z]{8}"]),
    )
        .prop_map(|(name, url, digest)| Evidence { name, url, digest })
        .boxed()
}

fn attainment() -> BoxedStrategy<Attainment> {
    one()
        .prop_recursive(3, 12, 3, |inner| {
            (one(), vec(inner, 0..3)).prop_map(|(whole, parts)| Attainment { parts, ..whole })
        })
        .boxed()
}

fn one() -> BoxedStrategy<Attainment> {
    let id = option::of(prop_oneof![
        "1\\.2\\.246\\.562\\.15\\.[1-9]{11}",
        "https://[a-z]{3}\\.example/[0-9]{1,5}",
        "urn:uuid:[a-f]{8}",
        "[a-z]{3}:[0-9]{1,5}",
    ]);
    let named = (kind(), id, text(), other_texts(), text(), text()).boxed();
    let awarded = (
        option::of(code()),
        option::of(day()),
        option::of(day()),
        option::of(organisation()),
    )
        .boxed();
    let measured = (option::of(credits()), option::of(grade()), level());
    let codes = (option::of(code()), option::of(code()), option::of(code()));
    let added = (
        vec(code(), 0..3),
        vec(evidence(), 0..3),
        option::of(text()),
        any::<bool>(),
    );
    (named, awarded, measured, codes, added)
        .prop_map(|(named, awarded, measured, codes, added)| {
            let (kind, id, title, other_titles, description, criteria) = named;
            let (code, started, day, awarding_body) = awarded;
            let (credits, grade, level) = measured;
            let (field, language_of_instruction, subject_language) = codes;
            let (skills, evidence, part_of, recognised_prior_learning) = added;
            Attainment {
                id,
                other_titles,
                description,
                criteria,
                code,
                started,
                awarded: day,
                awarding_body,
                credits,
                grade,
                level,
                field,
                language_of_instruction,
                subject_language,
                skills,
                evidence,
                part_of,
                recognised_prior_learning,
                ..Attainment::new(kind, title, String::new())
            }
        })
        .boxed()
}
