//! One item of a list of the profile.

use credential_core::{
    record::{Attainment, AttainmentKind, Code, Organisation},
    text::{Language, Text},
};
use serde_json::{Value, json};

use crate::{
    members::{Members, list},
    source::tyomarkkinatori::EDUCATIONS,
};

/// Most concepts of one list.
const MAX_CONCEPTS: usize = 120;
/// Longest code of a degree.
const MAX_DEGREE: usize = 6;

/// A list of the profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    Employments,
    Businesses,
    Projects,
    Educations,
}

impl List {
    /// In the order in which the reader goes through them.
    pub(super) const ALL: [Self; 4] = [
        Self::Employments,
        Self::Businesses,
        Self::Projects,
        Self::Educations,
    ];

    pub(super) fn member(self) -> &'static str {
        match self {
            Self::Employments => "employments",
            Self::Businesses => "businessActivities",
            Self::Projects => "projects",
            Self::Educations => "educations",
        }
    }

    /// Where an attainment goes. That an employer has a business id says only of what came from a profile
    /// that the company is the person's own.
    pub(super) fn of(one: &Attainment, from_profile: bool) -> Self {
        let AttainmentKind::Experience { employer, .. } = &one.kind else {
            return Self::Educations;
        };
        match employer {
            _ if degree(one).is_some() => Self::Educations,
            Some(company) if from_profile && company.business_id.is_some() => Self::Businesses,
            Some(_employer) => Self::Employments,
            None => Self::Projects,
        }
    }
}

/// One item; none where the list could say nothing of the attainment, since a null is no item.
pub(super) fn item(list: List, one: &Attainment) -> Option<Value> {
    let mut members = Members::default();
    let (place, occupation, ended) = match &one.kind {
        AttainmentKind::Experience {
            employer,
            occupation,
            ended,
            ..
        } => (employer.as_deref(), occupation.as_ref(), *ended),
        _qualification => (one.awarding_body.as_ref(), None, one.awarded),
    };
    let name = place.map(|place| text(&place.name));
    match list {
        List::Employments => members.put("employer", name),
        List::Businesses => {
            members.put("name", name);
            members.put("businessId", place.and_then(business_id));
        }
        List::Projects => {}
        List::Educations => {
            members.put("degreeInstitution", name);
            members.put("degreeCode", degree(one).map(|code| code.value.as_str()));
        }
    }
    let title = if list == List::Educations {
        "customDegreeName"
    } else {
        "title"
    };
    members.put(title, text(&one.title));
    let mut interval = Members::default();
    interval.shown("startDate", one.started.as_ref());
    interval.shown("endDate", ended.as_ref());
    if list != List::Educations {
        interval.put("ongoing", ended.is_none());
    }
    members.put("interval", interval.value());
    members.put("description", description(one, occupation));
    Some(members.value()).filter(|item| !item.is_null())
}

fn description(one: &Attainment, occupation: Option<&Code>) -> Value {
    let mut members = Members::default();
    members.put("description", text(&one.description));
    members.put("occupations", concepts(occupation.as_slice()));
    let skills: Vec<_> = one.skills.iter().collect();
    members.put("skills", concepts(&skills));
    members.value()
}

/// Concepts by their address, which is all that the interface takes.
fn concepts(codes: &[&Code]) -> Value {
    let with_address = codes.iter().filter(|code| code.value.starts_with("http"));
    let concepts = with_address.map(|code| json!({ "uri": code.value }));
    list(concepts.take(MAX_CONCEPTS).collect())
}

fn business_id(company: &Organisation) -> Option<&str> {
    company.business_id.as_deref()
}

/// The code of a degree, where it is one of the profile's own list.
fn degree(one: &Attainment) -> Option<&Code> {
    let is_own = |code: &&Code| {
        code.scheme.as_deref() == Some(EDUCATIONS) && code.value.chars().count() <= MAX_DEGREE
    };
    one.code.as_ref().filter(is_own)
}

fn text(text: &Text) -> Value {
    let mut members = Members::default();
    for language in Language::ALL {
        members.put(language.tag(), text.exact(language));
    }
    members.value()
}
