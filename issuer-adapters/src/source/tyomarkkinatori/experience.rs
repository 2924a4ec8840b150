//! One experience of a profile.

use chrono::NaiveDate;
use credential_core::{
    record::{Attainment, AttainmentKind, Code, NoticeKind, Organisation},
    text::Text,
};

use crate::source::{
    node::Node,
    reading::{Placed as _, Reading},
};

/// Where the European classifications have their concepts.
const ESCO: &str = "esco";
/// The code list of educations in profiles.
pub(crate) const EDUCATIONS: &str = "TYÖNHAKUPROFIILI_KOULUTUS";

/// What the profile calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Employment,
    Business,
    Project,
    Education,
}

impl Kind {
    pub(super) const ALL: [Self; 4] = [
        Self::Employment,
        Self::Business,
        Self::Project,
        Self::Education,
    ];

    /// The list of the profile that has them.
    pub(super) fn member(self) -> &'static str {
        match self {
            Self::Employment => "employments",
            Self::Business => "businessActivities",
            Self::Project => "projects",
            Self::Education => "educations",
        }
    }
}

/// Reads one; an education that was broken off is none.
pub(super) fn experience(kind: Kind, node: &Node<'_>, reading: &mut Reading) -> Option<Attainment> {
    if !reading.enter(node) {
        return None;
    }
    if node.members().is_none() {
        reading.note(node, NoticeKind::NotUnderstood);
        return None;
    }
    let interval = node.member("interval");
    if interval
        .as_ref()
        .is_some_and(|it| it.member("abortedDate").is_some())
    {
        reading.note(node, NoticeKind::NotPassed);
        return None;
    }
    let (started, ended) = days(interval.as_ref(), reading);
    let said = node.member("description");
    let said = said.as_ref();
    let experience = AttainmentKind::Experience {
        employer: employer(kind, node, reading).map(Box::new),
        occupation: said.and_then(|said| concepts(said, "occupations", 1, reading).pop()),
        ended,
        self_asserted: true,
    };
    let title = title(kind, node, reading);
    if title.is_empty() {
        reading.note(node, NoticeKind::MissingTitle);
    }
    Some(Attainment {
        started,
        code: (kind == Kind::Education)
            .then(|| degree(node, reading))
            .flatten(),
        description: said.map_or_else(Text::default, |said| reading.prose(said, "description")),
        skills: said.map_or_else(Vec::new, |said| {
            concepts(said, "skills", usize::MAX, reading)
        }),
        ..Attainment::new(experience, title, node.pointer().to_owned())
    })
}

/// First and last day. What goes on has no last day, whatever else it says.
fn days(
    interval: Option<&Node<'_>>,
    reading: &mut Reading,
) -> (Option<NaiveDate>, Option<NaiveDate>) {
    let Some(interval) = interval else {
        return (None, None);
    };
    let goes_on = reading.flag(interval, "ongoing") == Some(true);
    let started = reading.date(interval, "startDate");
    let ended = if goes_on {
        None
    } else {
        reading.date(interval, "endDate")
    };
    (started, ended)
}

fn title(kind: Kind, node: &Node<'_>, reading: &mut Reading) -> Text {
    match kind {
        Kind::Education => reading.text(node, "customDegreeName"),
        Kind::Employment | Kind::Business | Kind::Project => reading.text(node, "title"),
    }
}

/// Where it was. An employer that the person hides in the profile stays raw.
fn employer(kind: Kind, node: &Node<'_>, reading: &mut Reading) -> Option<Organisation> {
    let mut employer = Organisation::default();
    match kind {
        Kind::Employment => {
            if reading.flag(node, "employerNameHidden") == Some(true) {
                return None;
            }
            employer.name = reading.text(node, "employer");
        }
        Kind::Business => {
            employer.name = reading.text(node, "name");
            employer.business_id = reading.string(node, "businessId");
        }
        Kind::Education => employer.name = reading.text(node, "degreeInstitution"),
        Kind::Project => {}
    }
    (!employer.is_empty()).then_some(employer)
}

fn degree(node: &Node<'_>, reading: &mut Reading) -> Option<Code> {
    Some(Code {
        value: reading.string(node, "degreeCode")?,
        scheme: Some(EDUCATIONS.into()),
        ..Code::default()
    })
}

/// Concepts of a list, each with its name in our languages; one without address is only a name. After
/// `most` of them the others stay raw.
fn concepts(said: &Node<'_>, list: &'static str, most: usize, reading: &mut Reading) -> Vec<Code> {
    let nodes = reading.values(said, list);
    let concepts = nodes.iter().take(most).filter_map(|node| {
        let label = reading.text(node, "prefLabel");
        let uri = reading.string(node, "uri");
        let scheme = uri.as_ref().map(|_| ESCO.to_owned());
        let name = || {
            [&label.fi, &label.sv, &label.en]
                .into_iter()
                .flatten()
                .next()
                .cloned()
        };
        let value = uri.or_else(name)?;
        Some(Code {
            value,
            scheme,
            label,
        })
    });
    concepts.collect()
}
