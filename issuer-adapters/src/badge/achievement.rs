//! What was achieved (`Achievement`, Open Badges 3.0 appendix B).

use credential_core::{
    canonical,
    credential::{CredentialClaims, CredentialType},
    encoding::sha256_base64url,
};
use serde_json::{Map, Value, json};

use super::{Badge, BadgeError, words::Speech};
use crate::members::{Members, list};
use crate::source::scheme::EQF;

/// The achievement of a credential.
pub(super) fn achievement(
    claims: &CredentialClaims,
    badge: &Badge<'_>,
    speech: &Speech<'_>,
) -> Result<Map<String, Value>, BadgeError> {
    let kind = kind(claims).ok_or(BadgeError::NotABadge)?;
    let id = identifier(claims, badge.issuer);
    let mut members = Members::default();
    members.put("type", json!(["Achievement"]));
    members.put("inLanguage", speech.language().tag());
    members.put("achievementType", kind);
    members.put("name", speech.title());
    members.put("description", speech.description());
    members.put("criteria", json!({ "narrative": speech.criteria() }));
    members.put("creator", creator(claims, &id, speech));
    members.put("humanCode", text_of(claims, "code", "value"));
    members.put("fieldOfStudy", text_of(claims, "field", "value"));
    members.put("alignment", list(alignments(claims, speech)));
    members.put("resultDescription", list(descriptions(claims, &id, speech)));
    members.put("id", id);
    Ok(members.into_map())
}

/// The type of achievement, from the words of the standard; what it lacks is an extension by its rules.
/// [`CredentialType::of_achievement`] is the way back.
pub(super) fn kind(claims: &CredentialClaims) -> Option<&'static str> {
    let level = claims.claims().get("eqf_level").and_then(Value::as_u64);
    Some(match (claims.credential_type(), level) {
        (CredentialType::Qualification, Some(6)) => "BachelorDegree",
        (CredentialType::Qualification, Some(7)) => "MasterDegree",
        (CredentialType::Qualification, Some(8)) => "DoctoralDegree",
        (CredentialType::Qualification, _) => "Diploma",
        (CredentialType::StudyAchievement, _) => "Course",
        (CredentialType::SkillBadge, _) => "Badge",
        (CredentialType::LanguageCertificate, _) => "ext:LanguageCertificate",
        _ => return None,
    })
}

/// The same achievement has the same address, whoever got it: from its code, or else from its name.
fn identifier(claims: &CredentialClaims, issuer: &str) -> String {
    let claims = claims.claims();
    let told = claims.get("code").or_else(|| claims.get("title"));
    // Canonical, so that the address is the same in every build and every year.
    let told = told.and_then(|told| canonical::to_string(told).ok());
    let told = told.unwrap_or_default();
    format!("{issuer}/achievements/{}", sha256_base64url(told))
}

/// Who awarded it, where the claims say so.
fn creator(claims: &CredentialClaims, id: &str, speech: &Speech<'_>) -> Option<Value> {
    let name = speech.of_claim("awarding_body", "name")?;
    let oid = text_of(claims, "awarding_body", "oid");
    let oid = oid.as_ref().and_then(Value::as_str);
    let id = oid.map_or_else(|| format!("{id}#creator"), |oid| format!("urn:oid:{oid}"));
    Some(json!({ "id": id, "type": ["Profile"], "name": name }))
}

/// The level in the European framework, and the skills that have an address.
fn alignments(claims: &CredentialClaims, speech: &Speech<'_>) -> Vec<Value> {
    let level = claims.claims().get("eqf_level").and_then(Value::as_u64);
    let level = level.map(|level| {
        json!({
            "type": ["Alignment"],
            "targetName": format!("EQF {level}"),
            "targetUrl": format!("{EQF}{level}"),
        })
    });
    let skills = claims.claims().get("skills").and_then(Value::as_array);
    let skills = skills.into_iter().flatten().filter_map(|skill| {
        let address = skill.get("value")?.as_str()?;
        let name = skill.get("title").and_then(|title| speech.said(title));
        address.starts_with("http").then(|| {
            json!({
                "type": ["Alignment"],
                "targetName": name.unwrap_or(address),
                "targetUrl": address,
                "targetType": "ceasn:Competency",
            })
        })
    });
    level.into_iter().chain(skills).collect()
}

/// What the results of the subject mean.
fn descriptions(claims: &CredentialClaims, id: &str, speech: &Speech<'_>) -> Vec<Value> {
    let described = |what: &str, name: String, kind: String| {
        json!({
            "id": result_id(id, what),
            "type": ["ResultDescription"],
            "name": name,
            "resultType": kind,
        })
    };
    let label = |claim: &str| {
        let path = credential_core::dcql::ClaimPath::claim(claim);
        let label = speech.kind().label(&path, speech.language());
        label.unwrap_or(claim).to_owned()
    };
    let scale = text_of(claims, "grade", "scale");
    let scale = scale.as_ref().and_then(Value::as_str).unwrap_or("Grade");
    let grade = claims
        .claims()
        .contains_key("grade")
        .then(|| described("grade", label("grade"), extension(scale)));
    let unit = speech.of_claim("credits", "unit").map(str::to_owned);
    let credits = claims.claims().contains_key("credits").then(|| {
        described(
            "credits",
            unit.unwrap_or_else(|| label("credits")),
            "ext:Credits".into(),
        )
    });
    grade.into_iter().chain(credits).collect()
}

/// The id of the description of a result.
pub(super) fn result_id(achievement: &str, what: &str) -> String {
    format!("{achievement}#{what}")
}

/// A word in the way in which the vocabularies of the standard are extended.
fn extension(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    format!("ext:{}", word.replace(|c| !plain(c), "-"))
}

/// The text `name` of a claim that is an object.
pub(super) fn text_of(claims: &CredentialClaims, claim: &str, name: &str) -> Option<Value> {
    let text = claims.claims().get(claim)?.get(name)?;
    text.is_string().then(|| text.clone())
}
