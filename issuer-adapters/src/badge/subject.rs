//! Who achieved it and how well (`AchievementSubject`, Open Badges 3.0 appendix B).

use credential_core::{credential::CredentialClaims, encoding::base64url, jose::Jwk};
use serde_json::{Map, Value, json};

use super::{
    Badge, BadgeError,
    achievement::{result_id, text_of},
    identity::identity,
    words::Speech,
};
use crate::members::{Members, list};

/// The subject: the holder's key, the hash of the name, the results.
pub(super) fn subject(
    claims: &CredentialClaims,
    badge: &Badge<'_>,
    achievement: Map<String, Value>,
    salt: [u8; 16],
    speech: &Speech<'_>,
) -> Result<Value, BadgeError> {
    let identity = identity(claims, salt);
    if badge.holder.is_none() && identity.is_none() {
        return Err(BadgeError::AboutNobody);
    }
    let id = achievement.get("id").and_then(Value::as_str);
    let results = results(claims, id.unwrap_or_default(), speech);
    let mut members = Members::default();
    members.put("id", badge.holder.map(did));
    members.put("type", json!(["AchievementSubject"]));
    members.put("identifier", identity.map(|one| json!([one])));
    members.put("result", results);
    members.put("achievement", achievement);
    Ok(members.value())
}

/// The DID of a key (did:jwk): the key itself, so nothing has to be resolved.
fn did(key: &Jwk) -> String {
    let text = match &key.y {
        Some(y) => json!({ "crv": key.crv, "kty": key.kty, "x": key.x, "y": y }),
        None => json!({ "crv": key.crv, "kty": key.kty, "x": key.x }),
    };
    format!("did:jwk:{}", base64url(text.to_string()))
}

/// The grade in words where there are any, and the amount of credits.
fn results(claims: &CredentialClaims, achievement: &str, speech: &Speech<'_>) -> Value {
    let result = |what: &str, value: Value| {
        json!({
            "type": ["Result"],
            "resultDescription": result_id(achievement, what),
            "value": value,
        })
    };
    let told = speech.of_claim("grade", "label").map(Value::from);
    let grade = match (text_of(claims, "grade", "value"), told) {
        (Some(Value::String(value)), Some(Value::String(told))) if told != value => {
            Some(format!("{value} ({told})").into())
        }
        (value, told) => value.or(told),
    };
    let amount = text_of(claims, "credits", "amount");
    let results: Vec<Value> = [
        grade.map(|value| result("grade", value)),
        amount.map(|value| result("credits", value)),
    ]
    .into_iter()
    .flatten()
    .collect();
    list(results)
}

/// What the badge rests on (`Evidence`, Open Badges 3.0 appendix B). The digest is that of what lies at the address, in
/// the spelling of the source (data model 2.0 section 5.3).
pub(super) fn evidence(claims: &CredentialClaims, speech: &Speech<'_>) -> Option<Value> {
    let pieces = claims.claims().get("evidence")?.as_array()?;
    let one = |piece: &Value| {
        let text = |name: &str| piece.get(name).and_then(Value::as_str).map(Value::from);
        let name = piece.get("name").and_then(|name| speech.said(name));
        let digest = text("digest");
        let is_sri = |it: &Value| it.as_str().is_some_and(|it| it.starts_with("sha"));
        let mut members = Members::default();
        members.put("id", text("url"));
        members.put("type", json!(["Evidence"]));
        members.put("name", name);
        members.put("digestSRI", digest.clone().filter(is_sri));
        members.put("digestMultibase", digest.filter(|it| !is_sri(it)));
        members.value()
    };
    Some(pieces.iter().map(one).collect())
}
