//! The credential around an achievement.

use credential_core::{record::Attainment, text::Language};
use serde_json::{Value, json};

use super::{achievement::achievement, profile::issuer, speech::Speech};
use crate::members::{Members, list};

/// What is said of each badge, for people.
pub(in crate::writer) const UNSIGNED: &str = "Exported by the learner and not signed by any institution. \
     Nobody but the learner vouches for this document.";

/// The context of the data model (Verifiable Credentials Data Model 2.0 section 4.3).
pub(crate) const DATA_MODEL: &str = "https://www.w3.org/ns/credentials/v2";
/// The context of badges (Open Badges 3.0 appendix D).
pub(crate) const BADGES: &str = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json";

/// The words of a badge (Open Badges 3.0 appendix D), and those that are an extension of the Dutch
/// education credentials.
pub(in crate::writer) struct Context;
pub(in crate::writer) const CONTEXT: Context = Context;

impl Context {
    /// The contexts of a badge, and the extensions where they are used.
    pub(in crate::writer) fn of_badge(&self, one: &Attainment) -> Value {
        if !uses_extension(one) {
            return json!([DATA_MODEL, BADGES]);
        }
        let extensions = json!({
            "ECTS": "https://edubadges.nl/static/obv3-glossary.html#ects",
            "assessmentType": "https://edubadges.nl/static/obv3-glossary.html#assessmentType",
        });
        json!([DATA_MODEL, BADGES, extensions])
    }

    /// The contexts of a document that holds badges, with the one of its own words.
    pub(in crate::writer) fn around(&self, own: &str) -> Value {
        json!([DATA_MODEL, own, BADGES])
    }
}

fn uses_extension(one: &Attainment) -> bool {
    let is_ects = |it: &credential_core::record::Credits| crate::source::is_ects(&it.unit);
    one.recognised_prior_learning || one.credits.as_ref().is_some_and(is_ects)
}

/// The ids of one badge. What the record has no id for has one that only holds the document together:
/// a fragment of the document's own.
pub(in crate::writer) struct Ids {
    base: String,
    pub(in crate::writer) achievement: String,
}

impl Ids {
    pub(in crate::writer) fn new(document: &str, number: usize, one: &Attainment) -> Self {
        let base = format!("{document}#{number}");
        let code = one.code.as_ref();
        let by_address = code.filter(|code| code.scheme.as_deref() == Some("uri"));
        Self {
            achievement: match by_address {
                Some(code) => code.value.clone(),
                None => format!("{base}-achievement"),
            },
            base,
        }
    }

    /// The same for an achievement whose address stands for another one already.
    pub(in crate::writer) fn without_address(self) -> Self {
        Self {
            achievement: format!("{}-achievement", self.base),
            ..self
        }
    }

    pub(super) fn of(&self, what: &str) -> String {
        format!("{}-{what}", self.base)
    }
}

/// A badge, without its context.
pub(in crate::writer) fn credential(one: &Attainment, ids: &Ids, wanted: Language) -> Members {
    let speech = Speech::of(one, wanted);
    let mut badge = Members::default();
    badge.put("id", one.id.clone().unwrap_or_else(|| ids.base.clone()));
    badge.put(
        "type",
        json!(["VerifiableCredential", "OpenBadgeCredential"]),
    );
    badge.put("name", speech.title(one));
    badge.put("description", UNSIGNED);
    badge.put(
        "issuer",
        issuer(one.awarding_body.as_ref(), &ids.of("issuer")),
    );
    let day = one.awarded.map(midnight);
    badge.put("validFrom", day.clone());
    badge.put("awardedDate", day);
    badge.put("credentialSubject", subject(one, ids, &speech));
    let evidence = one.evidence.iter().map(|it| evidence(it, &speech));
    badge.put("evidence", list(evidence.collect()));
    badge
}

fn subject(one: &Attainment, ids: &Ids, speech: &Speech) -> Value {
    let mut subject = Members::default();
    subject.put("type", json!(["AchievementSubject"]));
    subject.put("activityStartDate", one.started.map(midnight));
    let credits = one.credits.as_ref();
    subject.put(
        "creditsEarned",
        credits.map(|it| number(it.amount.as_str())),
    );
    subject.put("achievement", achievement(one, ids, speech));
    if let Some(grade) = &one.grade {
        let mut result = Members::default();
        result.put("type", json!(["Result"]));
        result.put("value", grade.value.as_str());
        let described = super::achievement::result_type(one).map(|_| ids.of("result"));
        result.put("resultDescription", described);
        subject.put("result", json!([result.value()]));
    }
    subject.value()
}

fn evidence(one: &credential_core::record::Evidence, speech: &Speech) -> Value {
    let mut evidence = Members::default();
    evidence.put("id", one.url.as_deref());
    evidence.put("type", json!(["Evidence"]));
    evidence.put("name", speech.said(&one.name));
    let digest = one.digest.as_deref();
    let (sri, multibase): (Vec<_>, Vec<_>) =
        digest.into_iter().partition(|it| it.starts_with("sha"));
    evidence.put("digestSRI", sri.first().copied());
    evidence.put("digestMultibase", multibase.first().copied());
    evidence.value()
}

/// An amount as the number it is.
pub(super) fn number(amount: &str) -> Value {
    serde_json::from_str(amount).unwrap_or(Value::Null)
}

fn midnight(day: chrono::NaiveDate) -> String {
    format!("{day}T00:00:00Z")
}
