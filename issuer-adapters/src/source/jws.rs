//! JSON Web Signatures (RFC 7515) around a document, taken apart so that every value has a place.
//!
//! | form | becomes |
//! |---|---|
//! | compact (section 3.1) | `{"protected": {…}, "payload": {…}, "signature": "…"}` |
//! | JSON (section 7.2) | the document itself, with `protected` and `payload` taken apart |
//! | JSON with a payload that is not encoded (RFC 7797), as European Digital Credentials have it | the same |
//!
//! No signature is checked here: a key in the document would only show that the document fits itself.

use std::borrow::Cow;

use base64::{
    Engine as _,
    alphabet::URL_SAFE,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use chrono::DateTime;
use credential_core::record::{NotChecked, NoticeKind, SourceSignature};
use serde_json::{Map, Value, json};

use super::{
    Document, SourceError, json,
    node::Node,
    reading::{Placed as _, Reading, wrong_type},
};

/// Signatures of one document that are taken apart; what comes after them stays as it is.
const MAX_SIGNATURES: usize = 8;
const SAME: &str = "the same as in the credential it is signed with";
/// Section 2 has no padding; some senders add it.
const BASE64URL: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The JSON of a document, whether it is signed or not; `None` when it is neither.
pub(super) fn opened<'d>(document: &'d Document<'_>) -> Option<Cow<'d, Value>> {
    if let Some(members) = document.json_members() {
        let plain = document.json().ok()?;
        return Some(unfold_members(members).map_or(plain, Cow::Owned));
    }
    let text = std::str::from_utf8(document.bytes()).ok()?;
    unfold(text).and_then(Result::ok).map(Cow::Owned)
}

/// Takes a compact signature apart; `None` when the text is none.
pub(super) fn unfold(text: &str) -> Option<Result<Value, SourceError>> {
    let [protected, payload, signature] = parts(text.trim())?;
    let header = decoded(protected).and_then(Result::ok)?;
    let payload = decoded(payload)?;
    Some(
        payload.map(
            |payload| json!({"protected": header, "payload": payload, "signature": signature}),
        ),
    )
}

/// What a signature is about: the credential itself, or what stands in the claim `vc` (Verifiable
/// Credentials Data Model 1.1 section 6.3.1).
pub(super) fn subject_matter<'v>(root: &Node<'v>) -> Node<'v> {
    let Some(payload) = signed(root) else {
        return root.clone();
    };
    payload.member("vc").unwrap_or(payload)
}

/// The claims around a credential must not contradict it: `iss`, `jti` and `sub` are its issuer, its id
/// and its subject's, and `nbf` is when it begins to hold (Open Badges 3.0 section 8.2.4).
pub(super) fn check_claims(root: &Node<'_>, reading: &mut Reading) -> Result<(), SourceError> {
    let Some(payload) = signed(root) else {
        return Ok(());
    };
    let credential = payload.member("vc").unwrap_or_else(|| payload.clone());
    let issuer = credential.member("issuer").map(|issuer| id_of(&issuer));
    let subject = credential
        .member("credentialSubject")
        .map(|subject| id_of(&subject));
    let id = credential.member("id");
    for (claim, same) in [
        ("iss", issuer.flatten()),
        ("sub", subject.flatten()),
        ("jti", id),
    ] {
        let (Some(outer), Some(inner)) = (payload.member(claim), same) else {
            continue;
        };
        if outer.as_str() != inner.as_str() {
            return Err(wrong_type(&outer, SAME));
        }
        reading.take(&outer);
    }
    check_beginning(&payload, &credential, reading)
}

/// The time at which a credential begins to hold has a name of its own in each data model (1.1:
/// `issuanceDate`, 2.0: `validFrom`), and some issuers write both, for two things.
fn check_beginning(
    payload: &Node<'_>,
    credential: &Node<'_>,
    reading: &mut Reading,
) -> Result<(), SourceError> {
    let moment = |name| {
        let text = credential.member(name).and_then(|it| it.as_str());
        text.and_then(|text| DateTime::parse_from_rfc3339(text.trim()).ok())
    };
    let begins = [moment("validFrom"), moment("issuanceDate")];
    let Some(claim) = payload.member("nbf") else {
        return Ok(());
    };
    let seconds: Option<f64> = claim.number().and_then(|text| text.parse().ok());
    let is_same = |begins: &DateTime<_>| {
        seconds.is_some_and(|seconds| (seconds - begins.timestamp() as f64).abs() < 1.0)
    };
    let mut given = begins.iter().flatten().peekable();
    if given.peek().is_some() && !given.any(is_same) {
        return Err(wrong_type(&claim, SAME));
    }
    reading.take(&claim);
    Ok(())
}

/// How far the signature, or the proof within the credential (Data Integrity), was checked: not at
/// all, and why.
pub(super) fn signature(
    root: &Node<'_>,
    credential: &Node<'_>,
    reading: &mut Reading,
) -> SourceSignature {
    let of_proof = credential.member("proof").map(|proof| {
        reading.note(&proof, NoticeKind::SignatureNotChecked);
        NotChecked::KindNotSupported
    });
    let Some(_payload) = signed(root) else {
        return of_proof.map_or(SourceSignature::Absent, SourceSignature::NotChecked);
    };
    let list = root.member("signatures");
    let first = list.as_ref().and_then(|list| list.elements()?.next());
    let header = first.as_ref().unwrap_or(root).member("protected");
    let places = [list, root.member("signature"), root.member("protected")];
    for place in places.iter().flatten() {
        reading.note(place, NoticeKind::SignatureNotChecked);
    }
    SourceSignature::NotChecked(why_not(header.as_ref()))
}

fn why_not(header: Option<&Node<'_>>) -> NotChecked {
    let algorithm = header.and_then(|header| header.member("alg"));
    let is_signature = |name: &str| {
        matches!(
            name,
            "ES256" | "ES384" | "ES512" | "RS256" | "RS384" | "RS512"
        ) || matches!(
            name,
            "PS256" | "PS384" | "PS512" | "EdDSA" | "ES256K" | "Ed25519"
        )
    };
    if !algorithm
        .as_ref()
        .and_then(Node::as_str)
        .is_some_and(is_signature)
    {
        return NotChecked::AlgorithmNotAccepted;
    }
    let has_key = |header: &Node<'_>| header.member("jwk").or(header.member("x5c")).is_some();
    if header.is_some_and(has_key) {
        NotChecked::KindNotSupported
    } else {
        NotChecked::KeyNotAtHand
    }
}

/// The payload of a document that was taken apart.
fn signed<'v>(root: &Node<'v>) -> Option<Node<'v>> {
    let is_signed = root
        .member("signature")
        .or(root.member("signatures"))
        .is_some();
    root.member("payload")
        .filter(|payload| is_signed && payload.members().is_some())
}

/// An id, alone or in an object.
fn id_of<'v>(node: &Node<'v>) -> Option<Node<'v>> {
    if node.as_str().is_some() {
        return Some(node.clone());
    }
    node.member("id")
}

fn parts(text: &str) -> Option<[&str; 3]> {
    let is_base64url = |part: &str| {
        part.bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'='))
    };
    let mut parts = text.split('.');
    let three = [parts.next()?, parts.next()?, parts.next()?];
    let is_jws = parts.next().is_none() && three.iter().all(|part| is_base64url(part));
    // Whatever is an object begins so in base64url.
    (is_jws && text.starts_with("ey")).then_some(three)
}

fn unfold_members(members: &Map<String, Value>) -> Option<Value> {
    let payload = members.get("payload")?.as_str()?;
    let is_signed = members.contains_key("signature") || members.contains_key("signatures");
    if !is_signed {
        return None;
    }
    let payload = if payload.trim_start().starts_with('{') {
        json::parse(payload.as_bytes()).ok()?
    } else {
        decoded(payload)?.ok()?
    };
    let mut unfolded = members.clone();
    unfolded.insert("payload".into(), payload);
    unfold_header(&mut unfolded);
    let signatures = unfolded.get_mut("signatures").and_then(Value::as_array_mut);
    for one in signatures.into_iter().flatten().take(MAX_SIGNATURES) {
        if let Value::Object(one) = one {
            unfold_header(one);
        }
    }
    Some(Value::Object(unfolded))
}

fn unfold_header(members: &mut Map<String, Value>) {
    let header = members.get("protected").and_then(Value::as_str);
    if let Some(Ok(header)) = header.and_then(decoded) {
        members.insert("protected".into(), header);
    }
}

fn decoded(part: &str) -> Option<Result<Value, SourceError>> {
    let bytes = BASE64URL.decode(part).ok()?;
    Some(json::parse(&bytes))
}
