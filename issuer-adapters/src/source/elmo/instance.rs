//! How a specification was gone through by this learner (learningOpportunityInstance): when, how
//! well, how much.

use credential_core::{
    record::{Code, Credits, Grade, Level, NoticeKind},
    text::Text,
};

use crate::source::{
    reading::{Placed as _, Reading},
    xml_node::XmlNode,
};

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
        unit: Code {
            label: if scheme.eq_ignore_ascii_case("ects") {
                Text::new("opintopistettä", "studiepoäng", "ECTS credits")
            } else {
                Text::default()
            },
            value: scheme,
            scheme: None,
        },
    })
}

/// Levels of the European framework and of ISCED; others stay raw.
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
            "ISCED" => number(8).map(|it| (&mut level.isced, it)),
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
