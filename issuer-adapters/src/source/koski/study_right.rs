//! A study right (opiskeluoikeus): where and when, its state, its completions.

use credential_core::{
    record::{Attainment, AttainmentKind, Code, NoticeKind, Organisation},
    text::Text,
};

use super::{completion::completion, kinds::Kind};
use crate::source::{
    SourceError,
    node::Node,
    reading::{Placed as _, Reading},
};

/// The code list of states in higher education; `1` is active.
const HIGHER_EDUCATION_STATES: &str = "virtaopiskeluoikeudentila";

const KNOWN: &[&str] = &[
    "oppilaitos",
    "koulutustoimija",
    "tila",
    "suoritukset",
    "tyyppi",
    "alkamispäivä",
    "päättymispäivä",
    "arvioituPäättymispäivä",
];

/// Everything attained in one study right, and the place to study itself while it is open.
pub(super) fn study_right(
    right: &Node<'_>,
    reading: &mut Reading,
) -> Result<Vec<Attainment>, SourceError> {
    let completions = completions(right)?;
    reading.keep_other_than(right, KNOWN);
    let state = latest_state(right, reading);
    reading.note_kept_raw(right);
    if is_annulled(right) {
        reading.note(right, NoticeKind::Annulled);
        return Ok(Vec::new());
    }
    let provider = provider(right, reading);
    let mut attainments = Vec::new();
    for node in &completions {
        if reading.enter(node) {
            attainments.extend(completion(node, provider.as_ref(), reading));
        }
    }
    attainments.extend(enrolment(right, &completions, state, provider, reading));
    reading.note_kept_raw(right);
    if attainments.is_empty() {
        reading.note(right, NoticeKind::NothingAwarded);
    }
    Ok(attainments)
}

fn completions<'v>(right: &Node<'v>) -> Result<Vec<Node<'v>>, SourceError> {
    let wrong = |node: &Node<'_>, expected| SourceError::WrongType {
        pointer: node.pointer().to_owned(),
        expected,
    };
    if right.members().is_none() {
        return Err(wrong(right, "a study right"));
    }
    let Some(list) = right.member("suoritukset") else {
        return Ok(Vec::new());
    };
    // One more than are read, so that the surplus is met and counted.
    let elements = list
        .elements()
        .ok_or_else(|| wrong(&list, "an array of completions"))?;
    Ok(elements.take(Reading::MAX_PARTS + 1).collect())
}

/// Who teaches: the school, or else the organisation that maintains it.
fn provider(right: &Node<'_>, reading: &mut Reading) -> Option<Organisation> {
    reading
        .organisation(right, "oppilaitos")
        .or_else(|| reading.organisation(right, "koulutustoimija"))
}

/// The state of the period that began last.
fn latest_state(right: &Node<'_>, reading: &mut Reading) -> Option<Code> {
    let state = right.member("tila")?;
    let mut latest = None;
    for period in reading.values(&state, "opiskeluoikeusjaksot") {
        let from = reading.date(&period, "alku");
        let state = reading.code(&period, "tila");
        if latest.as_ref().is_none_or(|(known, _)| from >= *known) {
            latest = Some((from, state));
        }
    }
    latest?.1
}

/// Whether any period, in whatever order and however dated, says that the study right was annulled
/// (`mitatoity`) or cancelled (`peruutettu`).
fn is_annulled(right: &Node<'_>) -> bool {
    let annuls = |period: Node<'_>| {
        let state = period.member("tila").and_then(|it| it.member("koodiarvo"));
        matches!(
            state.as_ref().and_then(Node::as_str).map(str::trim),
            Some("mitatoity" | "peruutettu")
        )
    };
    right
        .member("tila")
        .and_then(|state| state.member("opiskeluoikeusjaksot"))
        .and_then(|periods| periods.elements())
        .is_some_and(|mut periods| periods.any(annuls))
}

/// A study right whose latest state is "present" or "on holiday" and that has no end. In higher
/// education it is the state "active" of the register of its institutions, and an end is the day until
/// which the place is granted.
fn enrolment(
    right: &Node<'_>,
    completions: &[Node<'_>],
    state: Option<Code>,
    provider: Option<Organisation>,
    reading: &mut Reading,
) -> Option<Attainment> {
    let state = state?;
    let is_higher = state.scheme.as_deref() == Some(HIGHER_EDUCATION_STATES);
    let is_open = match state.value.as_str() {
        "1" => is_higher,
        "lasna" | "loma" => right.member("päättymispäivä").is_none(),
        _ => false,
    };
    if !is_open {
        return None;
    }
    let last_day = if is_higher {
        "päättymispäivä"
    } else {
        "arvioituPäättymispäivä"
    };
    let programme = completions
        .iter()
        .find(|node| node.member("vahvistus").is_none())
        .or(completions.first())?;
    let kind = AttainmentKind::Enrolment {
        state,
        from: reading.date(right, "alkamispäivä"),
        expected_end: reading.date(right, last_day),
    };
    let (title, code) = programme_name(programme, reading)?;
    Some(Attainment {
        code,
        awarding_body: provider,
        language_of_instruction: reading.code(programme, "suorituskieli"),
        ..Attainment::new(kind, title, right.pointer().to_owned())
    })
}

/// The name of what is studied; nothing when no credential covers this type of studies.
fn programme_name(programme: &Node<'_>, reading: &mut Reading) -> Option<(Text, Option<Code>)> {
    let kind = Kind::of(&reading.code(programme, "tyyppi")?.value)?;
    let code = programme
        .member("koulutusmoduuli")
        .and_then(|module| reading.code(&module, "tunniste"));
    let title = match &code {
        Some(code) if !code.label.is_empty() && !kind.part_of_module => code.label.clone(),
        _ => kind.title.clone(),
    };
    Some((title, code))
}
