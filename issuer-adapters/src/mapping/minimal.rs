//! Minimal proofs: one fact from the whole record, issued beside the credentials that it follows from.
//! Someone who is asked for a degree "of at least level 6" shows that, and not which degree.
//!
//! | proof | says | from |
//! |---|---|---|
//! | MinimumLevel | `eqf_at_least_1` … `eqf_at_least_8` | the highest EQF level of a completed qualification, at any depth |
//! | MinimumCredits | `credits_at_least_5` … `credits_at_least_360` | credits of qualifications and other studies |
//! | EnrolledNow | `enrolled` | a place to study that is open |
//!
//! All facts of a type are always there, true or false, each with a disclosure of its own, as
//! `age_over_NN` of ISO/IEC 18013-5 section 7.2.5: the number of digests says nothing (RFC 9901 sections
//! 4.2.5 and 9.4). A record that says nothing about a fact gives no proof, rather than one that denies it.
//!
//! # How credits are counted
//! Only the opintopiste counts, which in higher education is the ECTS credit. Competence points, courses
//! and hours have no exact value in it, and a sum of unlike units proves nothing. Upper secondary schools
//! count in the same unit: a proof says how much was studied, and not at which level.
//! - A whole counts with its own amount, and its parts not at all; without an own amount its parts count.
//! - Studies with the same code and title count once, and so does what names as its whole something else
//!   that is counted.
//! - What stands beside a qualification may belong to it without the source saying so. Qualifications and
//!   other studies are therefore two sums, and the larger one counts.
//! - Badges, language examinations, places to study and experience do not count.
//!
//! In doubt a proof says less than is true, and never more.

use std::collections::HashSet;

use credential_core::{
    credential::CredentialType,
    record::{Amount, Attainment, AttainmentKind, Code},
    text::{Language, Text},
};
use serde_json::{Map, Value};

use super::{
    Draft,
    attainment::draft,
    words::{code, put},
};
use crate::source::{ects, is_ects};

/// Levels of the European Qualifications Framework.
const LEVELS: std::ops::RangeInclusive<u8> = 1..=8;
/// Amounts of credits that can be proved: a course, a module, half a year, a year, and degrees.
const THRESHOLDS: [u32; 9] = [5, 15, 30, 60, 120, 180, 240, 300, 360];

/// The proofs that a record gives, each type at most once.
pub(super) fn proofs(all: &[Attainment]) -> Vec<Draft> {
    let proofs = [level(all), credits(all), enrolment(all)];
    proofs.into_iter().flatten().collect()
}

fn level(all: &[Attainment]) -> Option<Draft> {
    let highest = all.iter().filter_map(highest_level).max()?;
    let mut claims = Map::new();
    for level in LEVELS {
        let fact = Value::from(level <= highest);
        put(&mut claims, &format!("eqf_at_least_{level}"), fact);
    }
    Some(draft(CredentialType::MinimumLevel, claims))
}

/// Records are not nested deeper than `record::MAX_DEPTH`.
fn highest_level(one: &Attainment) -> Option<u8> {
    let own = one.level.eqf.filter(|_| is_completed_qualification(one));
    one.parts.iter().filter_map(highest_level).chain(own).max()
}

fn is_completed_qualification(one: &Attainment) -> bool {
    matches!(one.kind, AttainmentKind::Qualification { .. }) && one.awarded.is_some()
}

fn credits(all: &[Attainment]) -> Option<Draft> {
    let wholes = wholes(all);
    let stands_alone = |one: &Attainment| {
        let whole = one.part_of.as_ref();
        !whole.is_some_and(|whole| names(whole).any(|name| wholes.contains(&name)))
    };
    let sums = [is_completed_qualification, is_study].map(|counts| {
        let counted = |one: &&Attainment| counts(one) && stands_alone(one);
        sum(all.iter().filter(counted))
    });
    let reaches = |least| sums.iter().flatten().any(|sum| sum.is_at_least(least));
    let [lowest, ..] = THRESHOLDS;
    if !reaches(lowest) {
        return None;
    }
    let mut claims = Map::new();
    for least in THRESHOLDS {
        let fact = Value::from(reaches(least));
        put(&mut claims, &format!("credits_at_least_{least}"), fact);
    }
    let unit = Code {
        label: Text::new("opintopistettä", "studiepoäng", "credits (opintopiste)"),
        ..ects()
    };
    put(&mut claims, "unit", code(&unit));
    Some(draft(CredentialType::MinimumCredits, claims))
}

fn is_study(one: &Attainment) -> bool {
    one.kind == AttainmentKind::StudyAchievement
}

fn sum<'r>(studies: impl Iterator<Item = &'r Attainment>) -> Option<Amount> {
    let (mut seen, mut amounts) = (HashSet::new(), Vec::new());
    studies.for_each(|one| add(one, &mut seen, &mut amounts));
    Amount::sum(amounts)
}

/// Adds the outermost amounts in this unit.
fn add<'r>(
    one: &'r Attainment,
    seen: &mut HashSet<(&'r str, Option<&'r str>)>,
    amounts: &mut Vec<&'r Amount>,
) {
    let title = one.title.best(Language::Fi);
    let is_new = |code: &'r Code| seen.insert((&code.value, title));
    if !one.code.as_ref().is_none_or(is_new) {
        return;
    }
    match own_amount(one) {
        Some(amount) => amounts.push(amount),
        None => one.parts.iter().for_each(|part| add(part, seen, amounts)),
    }
}

fn own_amount(one: &Attainment) -> Option<&Amount> {
    let credits = one.credits.as_ref()?;
    is_ects(&credits.unit).then_some(&credits.amount)
}

/// A name in one language.
type Name<'r> = (&'static str, &'r str);

fn names(text: &Text) -> impl Iterator<Item = Name<'_>> {
    let named = |language: Language| Some((language.tag(), text.exact(language)?));
    Language::ALL.into_iter().filter_map(named)
}

/// Names of what counts with an amount of its own, and not through its parts.
fn wholes(all: &[Attainment]) -> HashSet<Name<'_>> {
    let counts = |one: &&Attainment| is_completed_qualification(one) || is_study(one);
    let counted = all.iter().filter(counts);
    let with_amount = counted.filter(|one| own_amount(one).is_some());
    with_amount.flat_map(|one| names(&one.title)).collect()
}

fn enrolment(all: &[Attainment]) -> Option<Draft> {
    let is_open = |one: &Attainment| matches!(one.kind, AttainmentKind::Enrolment { .. });
    if !all.iter().any(is_open) {
        return None;
    }
    let claims = Map::from_iter([("enrolled".to_owned(), Value::from(true))]);
    Some(draft(CredentialType::EnrolledNow, claims))
}
