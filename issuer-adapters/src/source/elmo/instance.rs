//! How a specification was gone through by this learner (learningOpportunityInstance): when, how
//! well, how much.

use credential_core::{
    record::{Code, Credits, Grade, Level, NoticeKind},
    text::Text,
};

use crate::source::{
    ects,
    reading::{Placed as _, Reading},
    xml_node::XmlNode,
};

/// The national list of units of credits.
const UNITS: &str = "opintojenlaajuusyksikko";

/// Results that are no pass, where no status says so.
const FAILS: [&str; 8] = [
    "f",
    "fail",
    "failed",
    "hyl",
    "hylätty",
    "underkänd",
    "ikke bestått",
    "ikkje greidd",
];

/// The reason when this was not passed. Without status a passed one is meant (schema, `status`).
pub(super) fn not_passed(
    instance: Option<&XmlNode<'_>>,
    grade: Option<&Grade>,
    reading: &mut Reading,
) -> Option<NoticeKind> {
    let status = instance.and_then(|instance| reading.child_string(instance, "status"));
    let fails = grade.is_some_and(|grade| FAILS.contains(&grade.value.to_lowercase().as_str()));
    match status.as_deref() {
        Some("failed") => Some(NoticeKind::NotPassed),
        Some("in-progress") => Some(NoticeKind::NotAssessed),
        Some("passed") => None,
        Some(_unknown) => Some(NoticeKind::NotUnderstood),
        None => fails.then_some(NoticeKind::NotPassed),
    }
}

/// The grade and its scale; in the forerunner of version 1 `result` with its `scheme`.
pub(super) fn grade(instance: &XmlNode<'_>, reading: &mut Reading) -> Option<Grade> {
    let scale = reading.child_string(instance, "gradingSchemeLocalId");
    if let Some(value) = reading.child_string(instance, "resultLabel") {
        return Some(Grade {
            value,
            scale,
            label: Text::default(),
        });
    }
    let result = instance.child("result")?;
    Some(Grade {
        value: reading.string_at(&result)?,
        scale: reading.attribute(&result, "scheme"),
        label: Text::default(),
    })
}

/// How large it is: in ECTS credits, or else in the first unit given.
pub(super) fn credits(node: &XmlNode<'_>, reading: &mut Reading) -> Option<Credits> {
    let all = reading.child_values(node, "credit");
    let is_ects = |credit: &&XmlNode<'_>| {
        let scheme = credit.child("scheme").and_then(|scheme| scheme.text());
        scheme.is_some_and(|scheme| scheme.trim().eq_ignore_ascii_case("ects"))
    };
    let credit = all.iter().find(is_ects).or(all.first())?;
    let scheme = reading.child_string(credit, "scheme")?;
    Some(Credits {
        amount: reading.child_amount(credit, "value")?,
        unit: unit(scheme),
    })
}

/// ECTS credits, a code of the national list of units as registers write it in addresses
/// (`opintojenlaajuusyksikko_6`), or a unit by its name alone.
fn unit(scheme: String) -> Code {
    if scheme.eq_ignore_ascii_case("ects") {
        return ects();
    }
    let of_list = scheme
        .strip_prefix(UNITS)
        .and_then(|it| it.strip_prefix('_'));
    let (value, list) = match of_list.filter(|value| !value.is_empty()) {
        Some(value) => (value.to_owned(), Some(UNITS.to_owned())),
        None => (scheme, None),
    };
    Code {
        value,
        scheme: list,
        ..Code::default()
    }
}

fn cefr(text: &str) -> Option<&'static str> {
    let levels = ["A1", "A2", "B1", "B2", "C1", "C2"];
    levels.into_iter().find(|level| *level == text)
}

/// Levels of the European and the Finnish framework, of ISCED and of languages; others stay raw.
pub(super) fn level(instance: &XmlNode<'_>, reading: &mut Reading) -> Level {
    let mut level = Level::default();
    for node in reading.child_values(instance, "level") {
        let kind = node
            .child("type")
            .and_then(|kind| kind.text())
            .unwrap_or_default();
        let value = node.child("value");
        let number = |most: u8| {
            let text = value.as_ref().and_then(|value| value.text())?;
            text.trim()
                .parse()
                .ok()
                .filter(|number: &u8| *number <= most)
        };
        let place = match kind.trim().to_ascii_uppercase().as_str() {
            "EQF" => number(8)
                .filter(|number| *number > 0)
                .map(|it| (&mut level.eqf, it)),
            "FINQF" => number(8)
                .filter(|number| *number > 0)
                .map(|it| (&mut level.nqf, it)),
            "ISCED" => number(8).map(|it| (&mut level.isced, it)),
            "CEFR" => {
                let text = value.as_ref().and_then(|value| value.text());
                level.cefr = text.and_then(|text| cefr(text.trim())).or(level.cefr);
                if level.cefr.is_some() {
                    [node.child("type"), value.clone()]
                        .iter()
                        .flatten()
                        .for_each(|read| reading.take(read));
                }
                None
            }
            _ => None,
        };
        if let Some((place, number)) = place {
            *place = Some(number);
            for read in [node.child("type"), value].iter().flatten() {
                reading.take(read);
            }
        }
    }
    level
}
