//! A study right (opiskeluoikeus): an enrolment while its latest state is active.

use credential_core::{
    record::{Attainment, AttainmentKind, NoticeKind},
    text::Text,
};

use super::{
    codes::{right_name, state},
    performance::{coded, credits, institution},
};
use crate::source::{
    reading::{Placed as _, Reading},
    xml_node::XmlNode,
};

/// An open study right; of others only the state is read.
pub(super) fn enrolment(right: &XmlNode<'_>, reading: &mut Reading) -> Option<Attainment> {
    let current = latest_state(right, reading);
    if current.as_deref() != Some("1") {
        reading.note(right, NoticeKind::KeptRaw);
        return None;
    }
    let kind = reading.child_string(right, "Tyyppi");
    let title = kind.as_deref().map_or_else(Text::default, right_name);
    if title.is_empty() {
        reading.note(right, NoticeKind::TypeNotSupported);
        return None;
    }
    let period = latest(&right.children("Jakso"), reading);
    let code = period
        .as_ref()
        .and_then(|period| reading.child_string(period, "Koulutuskoodi"));
    let language = period
        .as_ref()
        .and_then(|period| reading.child_string(period, "Koulutuskieli"));
    let id = reading.attribute(right, "avain");
    let number = right.child("Myontaja").and_then(|child| child.text());
    let number = number.unwrap_or_default();
    let from = reading.child_date(right, "AlkuPvm");
    let expected_end = reading.child_date(right, "LoppuPvm");
    let kind = AttainmentKind::Enrolment {
        state: state("1".to_owned()),
        from,
        expected_end,
    };
    Some(Attainment {
        id: id.map(|key| format!("{}:{key}", number.trim())),
        code: coded(code, "koulutus"),
        started: from,
        awarding_body: institution(right, reading),
        credits: credits(right, reading),
        language_of_instruction: coded(language, "kieli"),
        ..Attainment::new(kind, title, right.pointer().to_owned())
    })
}

/// The state that began last; of two that began on one day the later in the document.
fn latest_state(right: &XmlNode<'_>, reading: &mut Reading) -> Option<String> {
    let latest = latest(&right.children("Tila"), reading)?;
    reading.child_string(&latest, "Koodi")
}

fn latest<'d>(periods: &[XmlNode<'d>], reading: &mut Reading) -> Option<XmlNode<'d>> {
    let mut latest = None;
    for period in periods {
        let from = reading.child_date(period, "AlkuPvm");
        if latest.as_ref().is_none_or(|(known, _)| from >= *known) {
            latest = Some((from, period.clone()));
        }
    }
    latest.map(|(_, period)| period)
}
