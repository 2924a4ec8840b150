//! An assertion of Open Badges 2.0 (and 1.x, whose names are the same).

use credential_core::record::{Attainment, AttainmentKind, Code, NoticeKind};

use super::{alignment::alignments, evidence::evidence, profile::profile};
use crate::source::{
    node::Node,
    reading::{Placed as _, Reading, linked::first},
};

/// What an assertion says was achieved.
///
/// # Errors
/// The notice that stands for the whole assertion when it was revoked, or names no badge.
pub(super) fn attainment(
    assertion: &Node<'_>,
    reading: &mut Reading,
) -> Result<Attainment, NoticeKind> {
    if reading.flag(assertion, "revoked") == Some(true) {
        return Err(NoticeKind::Annulled);
    }
    let badge = first(assertion, "badge").ok_or(NoticeKind::NothingAwarded)?;
    let language = reading.string(&badge, "@language");
    let language = language.as_deref();
    let title = reading.name_said(&badge, "name", language);
    match (title.ours.is_empty(), title.others.is_empty()) {
        (true, true) => reading.note(assertion, NoticeKind::MissingTitle),
        (true, false) => reading.note(assertion, NoticeKind::OtherLanguage),
        (false, _) => {}
    }
    let mut attainment = Attainment {
        id: reading.string(assertion, "id"),
        other_titles: title.others,
        description: reading.prose_in_ours(&badge, "description", language),
        code: class_id(&badge, reading),
        awarded: reading.day(assertion, "issuedOn"),
        awarding_body: first(&badge, "issuer").and_then(|issuer| profile(&issuer, reading)),
        evidence: evidence(assertion, language, reading),
        ..Attainment::new(
            AttainmentKind::SkillBadge,
            title.ours,
            assertion.pointer().to_owned(),
        )
    };
    let criteria = first(&badge, "criteria").filter(|criteria| criteria.members().is_some());
    if let Some(criteria) = criteria {
        attainment.criteria = reading.prose_in_ours(&criteria, "narrative", language);
    }
    alignments(&badge, language, &mut attainment, reading);
    Ok(attainment)
}

/// The badge class by its address, whether it stands here or not.
fn class_id(badge: &Node<'_>, reading: &mut Reading) -> Option<Code> {
    let value = match badge.as_str() {
        Some(_address) => reading.string_at(badge),
        None => reading.string(badge, "id"),
    };
    Some(Code {
        value: value?,
        scheme: Some("uri".into()),
        ..Code::default()
    })
}
