//! Tests of upper secondary school that are graded by themselves: oral proficiency in a language, and the
//! national test of spoken communication (Puhvi).
//!
//! Studies in the pupil's own language stay raw: they say who somebody is.

use credential_core::{
    record::{Attainment, AttainmentKind, Grade, Level, NoticeKind, Organisation},
    text::Text,
};

use crate::source::{
    node::Node,
    reading::{Placed as _, Reading},
};

/// The tests of a completion that were passed.
pub(super) fn extras(
    completion: &Node<'_>,
    provider: Option<&Organisation>,
    reading: &mut Reading,
) -> Vec<Attainment> {
    let oral = reading.values(completion, "suullisenKielitaidonKokeet");
    let oral = oral.into_iter().map(|node| (node, oral_test()));
    let spoken = completion.member("puhviKoe").map(|node| (node, puhvi()));
    let tests: Vec<_> = oral.chain(spoken).collect();
    let passed = tests.into_iter().filter_map(|(node, title)| {
        reading
            .enter(&node)
            .then(|| test(&node, title, provider, reading))
            .flatten()
    });
    passed.collect()
}

fn test(
    node: &Node<'_>,
    title: Text,
    provider: Option<&Organisation>,
    reading: &mut Reading,
) -> Option<Attainment> {
    if node.members().is_none() {
        reading.note(node, NoticeKind::NotUnderstood);
        return None;
    }
    if reading.flag(node, "hyväksytty") != Some(true) {
        reading.note(node, NoticeKind::NotPassed);
        return None;
    }
    let known = ["kieli", "arvosana", "taitotaso", "päivä", "hyväksytty"];
    reading.keep_other_than(node, &known);
    reading.note_kept_raw(node);
    let grade = reading.code(node, "arvosana").map(|code| Grade {
        value: code.value,
        scale: code.scheme,
        label: code.label,
    });
    let proficiency = reading.code(node, "taitotaso");
    Some(Attainment {
        awarded: reading.date(node, "päivä"),
        awarding_body: provider.cloned(),
        grade,
        level: Level {
            cefr: proficiency.and_then(|code| cefr(&code.value)),
            ..Level::default()
        },
        subject_language: reading.code(node, "kieli"),
        ..Attainment::new(
            AttainmentKind::StudyAchievement,
            title,
            node.pointer().to_owned(),
        )
    })
}

/// The level within which a level of developing proficiency lies (`B1.1` in `B1`). Above or below a level
/// is none.
fn cefr(proficiency: &str) -> Option<&'static str> {
    let (level, part) = proficiency.split_once('.')?;
    let levels = ["A1", "A2", "B1", "B2", "C1", "C2"];
    let is_part = part.bytes().all(|b| b.is_ascii_digit());
    levels.into_iter().find(|it| is_part && *it == level)
}

fn oral_test() -> Text {
    Text {
        fi: Some("Suullisen kielitaidon koe".into()),
        sv: None,
        en: Some("Test of oral language proficiency".into()),
    }
}

fn puhvi() -> Text {
    Text {
        fi: Some("Puhvi-koe".into()),
        sv: None,
        en: Some("Puhvi test of spoken communication".into()),
    }
}
