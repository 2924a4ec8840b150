//! Results: grades, levels of a rubric, and whether it was passed at all (Open Badges 3.0 appendix B,
//! Result and ResultDescription).

use credential_core::record::{Grade, NoticeKind};

use crate::source::{node::Node, reading::Reading};

/// The first grade among the results; the others stay raw.
///
/// # Errors
/// [`NoticeKind::NotPassed`] when one says that it was failed or has not ended.
pub(super) fn grade(
    subject: &Node<'_>,
    achievement: &Node<'_>,
    language: Option<&str>,
    reading: &mut Reading,
) -> Result<Option<Grade>, NoticeKind> {
    let mut grade = None;
    for result in reading.many(subject, "result") {
        if let Some(status) = reading.string(&result, "status")
            && matches!(
                status.as_str(),
                "Failed" | "Withdrew" | "Enrolled" | "InProgress" | "OnHold"
            )
        {
            return Err(NoticeKind::NotPassed);
        }
        if grade.is_none() {
            grade = one(&result, achievement, language, reading);
        }
    }
    Ok(grade)
}

/// A word without the mark of what the standard does not name itself (`ext:`).
pub(super) fn unextended(word: String) -> String {
    match word.strip_prefix("ext:") {
        Some(own) if !own.is_empty() => own.to_owned(),
        _other => word,
    }
}

fn one(
    result: &Node<'_>,
    achievement: &Node<'_>,
    language: Option<&str>,
    reading: &mut Reading,
) -> Option<Grade> {
    let description = found(
        reading,
        achievement,
        "resultDescription",
        result.member("resultDescription").as_ref(),
    );
    let scale = description
        .as_ref()
        .and_then(|description| reading.string(description, "resultType"))
        .map(unextended);
    if let Some(value) = reading.word(result, "value") {
        return Some(Grade {
            value,
            scale,
            label: credential_core::text::Text::default(),
        });
    }
    let level = found(
        reading,
        &description?,
        "rubricCriterionLevel",
        result.member("achievedLevel").as_ref(),
    )?;
    let label = reading.name_in_ours(&level, "name", language);
    let value = reading.word(&level, "level").or_else(|| label.en.clone())?;
    Some(Grade {
        value,
        scale,
        label,
    })
}

/// The element of a list that has this id.
fn found<'v>(
    reading: &mut Reading,
    within: &Node<'v>,
    list: &'static str,
    id: Option<&Node<'_>>,
) -> Option<Node<'v>> {
    let wanted = id?.as_str()?;
    let all = reading.many(within, list);
    let same = |node: &Node<'_>| node.member("id").and_then(|id| id.as_str()) == Some(wanted);
    let element = all.into_iter().find(same)?;
    reading.take(id?);
    if let Some(own) = element.member("id") {
        reading.take(&own);
    }
    Some(element)
}
