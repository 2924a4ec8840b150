//! Open Badges 2.0 and 3.0, plain, signed, or baked into a picture.
//!
//! | form | where the badge is |
//! |---|---|
//! | JSON | the document itself: an assertion (2.0), a credential (3.0, VCDM 1.1 or 2.0) |
//! | JWS, JWT | the payload, or its claim `vc` |
//! | PNG | a text chunk `openbadgecredential` (3.0) or `openbadges` (2.0) |
//! | SVG | an element `credential` (3.0) or `assertion` (2.0) |
//!
//! Places in notices are places in the badge as it was taken out of the picture, and taken apart where
//! it is signed (`/payload/…`). Nothing is fetched: a badge whose class or issuer is only an address has
//! a code and no name. Whether it was revoked, and what others say about it (endorsements), stays raw.

mod alignment;
mod carrier;
mod credential;
mod evidence;
mod fields;
mod hosted;
mod profile;
mod result;
mod svg;
#[cfg(test)]
mod tests;

use credential_core::record::{Attainment, NoticeKind, Person};

pub(crate) use self::alignment::is_esco_skill;
pub(crate) use self::credential::{ects, is_ects};
pub(super) use self::{
    alignment::ESCO_SKILLS,
    credential::attainment,
    fields::{CONTAINERS, badge_fields},
};
use super::{
    Document, FieldTable, RecordSource, SourceError, Understood, jws,
    node::Node,
    reading::{
        Found, Reading,
        linked::{each, has_type},
    },
};

/// Reads Open Badges.
#[derive(Debug, Clone, Copy, Default)]
pub struct OpenBadges;

impl RecordSource for OpenBadges {
    fn name(&self) -> &'static str {
        "openbadges"
    }

    fn title(&self) -> &'static str {
        "Open Badge 2.0 or 3.0 (JSON, JWT, PNG, SVG)"
    }

    fn fields(&self) -> &'static FieldTable {
        &fields::TABLE
    }

    fn recognises(&self, document: &Document<'_>) -> bool {
        if carrier::is_picture(document) {
            return true;
        }
        let opened = jws::opened(document);
        opened.is_some_and(|value| is_badge(&jws::subject_matter(&Node::root(&value))))
    }

    fn understand(&self, document: &Document<'_>) -> Result<Understood, SourceError> {
        let value = carrier::badge(document)?;
        let root = Node::root(&value);
        let mut reading = Reading::new();
        jws::check_claims(&root, &mut reading)?;
        let badge = jws::subject_matter(&root);
        if !is_badge(&badge) {
            return Err(SourceError::OtherDocument {
                expected: "an Open Badge is an Assertion, or an OpenBadgeCredential",
            });
        }
        let signature = jws::signature(&root, &badge, &mut reading);
        let attainments = match read(&badge, &mut reading) {
            Ok(attainment) => vec![attainment],
            Err(notice) => {
                reading.note(&badge, notice);
                Vec::new()
            }
        };
        let found = Found {
            person: Person::default(),
            attainments,
            signature,
        };
        reading.conclude(self, &root, found, document.bytes())
    }
}

fn read(badge: &Node<'_>, reading: &mut Reading) -> Result<Attainment, NoticeKind> {
    take_type(badge, reading);
    if is_assertion(badge) {
        return hosted::attainment(badge, reading);
    }
    let is_about_achievement = !has_type(badge, "EndorsementCredential");
    if !is_about_achievement || badge.member("credentialSubject").is_none() {
        return Err(NoticeKind::TypeNotSupported);
    }
    attainment(badge, reading)
}

/// What a document is was read from its types.
pub(super) fn take_type(node: &Node<'_>, reading: &mut Reading) {
    for one in node.member("type").iter().flat_map(each) {
        reading.take(&one);
    }
}

fn is_assertion(badge: &Node<'_>) -> bool {
    has_type(badge, "Assertion") || badge.member("badge").is_some()
}

/// By its type, or else by the context that gives its words their meaning.
fn is_badge(badge: &Node<'_>) -> bool {
    const TYPES: [&str; 4] = [
        "OpenBadgeCredential",
        "AchievementCredential",
        "EndorsementCredential",
        "Assertion",
    ];
    const CONTEXTS: [&str; 4] = [
        "https://purl.imsglobal.org/spec/ob/",
        "https://imsglobal.github.io/openbadges-specification/",
        "https://w3id.org/openbadges/",
        "https://openbadgespec.org/",
    ];
    let is_ours = |context: &Node<'_>| {
        let name = context.as_str().unwrap_or_default();
        CONTEXTS.iter().any(|ours| name.starts_with(ours))
    };
    let contexts = badge.member("@context");
    let has_context = contexts
        .iter()
        .flat_map(each)
        .any(|context| is_ours(&context));
    let is_one = TYPES.iter().any(|name| has_type(badge, name));
    let is_collection = has_type(badge, "ClrCredential");
    badge.member("type").is_some() && (is_one || has_context) && !is_collection
}
