//! Open Badges among the certificates: added from a file, shown with what they say.

use std::{fs::File, io::Read as _, path::Path};

use credential_core::linked_data::MAX_LENGTH;
use serde_json::{Value, json};
use verifier_sdk::{
    Report,
    checks::{Check, Outcome},
};
use wallet_core::{
    Error,
    badges::{AddedBadge, BadgeError, HeldBadge},
    words::plain,
};

use crate::{Context, failure::Failure};

/// `wallet credential add FILE`
pub(super) async fn add(context: &Context, path: &Path) -> Result<(), Failure> {
    let text = read(path)?;
    let added = context.open()?.add_badge(&text).await?;
    let remarks: Vec<&Check> = remarks(&added.report).collect();
    let value = json!({
        "badge": summary(&added.badge),
        "was_held": added.was_held,
        "verdict": added.report.verdict,
        "remarks": remarks.iter().map(|check| check.reason).collect::<Vec<_>>(),
    });
    let mut lines = vec![told(context, &added), format!("  {}", added.badge.id())];
    if remarks.is_empty() {
        lines.push(format!("  {}", context.words.say("badge-in-order", &[])));
    }
    for check in remarks {
        let reason = context.words.check(check.reason);
        let line = context.words.say("badge-remark", &[("reason", &reason)]);
        lines.push(format!("  {line}"));
    }
    context.output.data("wallet.badge-added/1", &value, &lines)
}

/// What the check found that is not simply in order.
fn remarks(report: &Report) -> impl Iterator<Item = &Check> {
    report
        .all_checks()
        .filter(|check| check.outcome != Outcome::Valid)
}

fn told(context: &Context, added: &AddedBadge) -> String {
    let words = &context.words;
    let title = title(&added.badge);
    if added.was_held {
        return words.say("badge-held", &[("title", &title)]);
    }
    match added.badge.issuer_name() {
        Some(name) => {
            let about = [("title", &*title), ("issuer", words.text(name))];
            words.say("credential-added", &about)
        }
        None => {
            let about = [("title", &*title), ("issuer", added.badge.issuer())];
            words.say("badge-added-unknown", &about)
        }
    }
}

/// One line of `wallet credential list`.
pub(super) fn line(context: &Context, badge: &HeldBadge) -> String {
    let proven = proven_by(context, badge);
    format!("{}  {}. {proven}", badge.id(), title(badge))
}

/// `wallet credential show ID`
pub(super) fn show(context: &Context, badge: &HeldBadge, raw: bool) -> Result<(), Failure> {
    if raw {
        let text = badge.signed_text();
        let lines = [text.to_owned()];
        return context
            .output
            .data("wallet.credential-raw/1", &text, &lines);
    }
    let words = &context.words;
    let mut lines = vec![title(badge), proven_by(context, badge)];
    for line in badge.lines(words.language()) {
        lines.push(format!("  {}: {}", line.label, words.value(&line.value)));
    }
    if let Some(until) = badge.valid_until() {
        let until = words.say("badge-until", &[("date", &words.day(until))]);
        lines.push(format!("  {until}"));
    }
    let mut value = summary(badge);
    if let Some(members) = value.as_object_mut() {
        let document = badge.document().document().clone();
        members.insert("document".into(), Value::Object(document));
        members.insert("valid_until".into(), json!(badge.valid_until()));
    }
    context.output.data("wallet.credential/1", &value, &lines)
}

/// An Open Badge is called so in every language. Anybody may have written its name.
fn title(badge: &HeldBadge) -> String {
    let kind = "Open Badge";
    badge.title().map_or_else(
        || kind.to_owned(),
        |title| format!("{kind}: {}", plain(title)),
    )
}

fn proven_by(context: &Context, badge: &HeldBadge) -> String {
    let words = &context.words;
    match badge.issuer_name() {
        Some(name) => words.say("proven-by", &[("name", words.text(name))]),
        None => words.say("badge-issuer-unknown", &[("issuer", badge.issuer())]),
    }
}

pub(super) fn summary(badge: &HeldBadge) -> Value {
    json!({
        "id": badge.id(),
        "format": "ldp_vc",
        "type": "OpenBadgeCredential",
        "title": title(badge),
        "issuer": badge.issuer(),
        "issuer_name": badge.issuer_name(),
        "received_at": badge.received_at(),
    })
}

/// Reads no more of a file than the longest badge has.
fn read(path: &Path) -> Result<String, Failure> {
    let unreadable = |error: std::io::Error| Failure::badge_file(path, &error);
    let file = File::open(path).map_err(unreadable)?;
    let mut octets = Vec::new();
    let read = file.take(MAX_LENGTH as u64 + 1).read_to_end(&mut octets);
    if read.map_err(unreadable)? > MAX_LENGTH {
        return Err(Error::from(BadgeError::TooLarge).into());
    }
    String::from_utf8(octets).map_err(|_error| {
        let detail = "linked_data_not_json";
        Error::from(BadgeError::NotABadge { detail }).into()
    })
}
