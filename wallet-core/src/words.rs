//! The wallet in words, in the person's language: the same facts for the program and for whoever
//! else shows them.

mod plain;

use chrono::{DateTime, Utc};
use credential_core::{
    access_log::Entry,
    catalog::Catalog,
    consent::{details::RequestedDetails, receipt::Event},
    message::MessageClaims,
    text::{Language, Text},
};
use serde_json::{Map, Value};
use verifier_sdk::checks::Reason;

pub use plain::plain;
pub(crate) use plain::{code, sentence};

use crate::{
    consent::{
        global_log::GlobalLog,
        messages::ReceivedMessage,
        request::OpenRequest,
        share::{Delivery, Share},
    },
    disclosure::PreviewItem,
};

/// The wallet's words in one language.
#[derive(Debug)]
pub struct Words {
    catalog: Catalog,
}

impl Words {
    /// The words of `language`.
    #[must_use]
    pub fn new(language: Language) -> Self {
        let source = match language {
            Language::Fi => include_str!("../translations/fi.ftl"),
            Language::Sv => include_str!("../translations/sv.ftl"),
            Language::En => include_str!("../translations/en.ftl"),
        };
        Self {
            catalog: Catalog::new(language, source),
        }
    }

    /// The language.
    #[must_use]
    pub fn language(&self) -> Language {
        self.catalog.language()
    }

    /// One message with its arguments.
    #[must_use]
    pub fn say(&self, id: &str, arguments: &[(&str, &str)]) -> String {
        self.catalog.say(id, arguments)
    }

    /// Whether there is such a message.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        self.catalog.has(id)
    }

    /// A name or title in this language.
    #[must_use]
    pub fn text<'t>(&self, text: &'t Text) -> &'t str {
        text.best(self.language()).unwrap_or_default()
    }

    /// A day, as it is written in this language.
    #[must_use]
    pub fn day(&self, at: DateTime<Utc>) -> String {
        at.format(if self.language() == Language::En {
            "%-d %B %Y"
        } else {
            "%-d.%-m.%Y"
        })
        .to_string()
    }

    /// A moment, in UTC.
    #[must_use]
    pub fn moment(&self, at: DateTime<Utc>) -> String {
        at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
    }

    /// Who, why, what with the values, how long: the five answers about a request, line by line.
    #[must_use]
    pub fn request(
        &self,
        open: &OpenRequest,
        items: &[PreviewItem],
        until: DateTime<Utc>,
    ) -> Vec<String> {
        let request = open.request();
        let (recipient, details) = (request.recipient(), request.details());
        let basis = serde_json::to_value(details.legal_basis).unwrap_or_default();
        let reads = details
            .reads()
            .map_or_else(|| "any".to_owned(), |reads| reads.to_string());
        let days = details.retention.in_days().to_string();
        let business_id = recipient.business_id.as_deref().unwrap_or("none");
        let registrar = [
            ("registrar", request.registrar()),
            ("business_id", business_id),
        ];
        let key: String = details.enc_jwk_thumbprint.chars().take(12).collect();
        let mut lines = vec![
            self.say("request-who", &[("name", self.text(&recipient.name))]),
            self.say("request-checked", &registrar),
            self.say(
                "request-why",
                &[("purpose", self.text(&details.purpose.text))],
            ),
            self.say(
                &format!("basis-{}", basis.as_str().unwrap_or("consent")),
                &[],
            ),
            self.say("request-what", &[]),
        ];
        for item in items {
            lines.push(self.item(item));
            lines.extend(self.reason(request.details(), item));
        }
        lines.push(self.say("request-until", &[("date", &self.day(until))]));
        lines.push(self.say("request-reads", &[("reads", &reads)]));
        lines.push(self.say("request-retention", &[("days", &days)]));
        lines.push(self.say("request-key", &[("key", &key)]));
        lines
    }

    fn item(&self, item: &PreviewItem) -> String {
        let values: Vec<String> = item.values.iter().map(|value| self.value(value)).collect();
        let note = match (item.optional, item.shared) {
            _ if !item.is_asked() => "item-comes-along",
            _ if !item.is_held() => "item-not-held",
            (false, _) => "item-needed",
            (true, false) => "item-left-out",
            (true, true) => "item-goes-along",
        };
        let mark = if item.shared { "[x]" } else { "[ ]" };
        let (label, note) = (plain(&item.label), self.say(note, &[]));
        if values.is_empty() {
            return format!("  {mark} {label} ({note})");
        }
        format!("  {mark} {label}: {} ({note})", values.join(", "))
    }

    /// Why a claim is needed, in the recipient's words, below its line.
    fn reason(&self, asked: &RequestedDetails, item: &PreviewItem) -> Option<String> {
        let claim = item.claim_id.as_ref().filter(|_| !item.optional)?;
        let reason = plain(self.text(asked.reason(&item.credential_id, claim)?));
        let line = self.say("item-reason", &[("reason", &reason)]);
        Some(format!("      {line}"))
    }

    /// A claim's value in words: texts in this language, lists joined, members named.
    #[must_use]
    pub fn value(&self, value: &Value) -> String {
        match value {
            Value::String(text) => plain(text),
            Value::Array(items) => items
                .iter()
                .map(|item| self.value(item))
                .collect::<Vec<_>>()
                .join("; "),
            Value::Object(members) => match serde_json::from_value::<Text>(value.clone()) {
                Ok(text) if !text.is_empty() => plain(self.text(&text)),
                _ => self.members(members),
            },
            Value::Bool(true) => self.say("value-yes", &[]),
            Value::Bool(false) => self.say("value-no", &[]),
            Value::Null => String::new(),
            Value::Number(number) => number.to_string(),
        }
    }

    /// What people call the thing first, and everything else that is said about it in brackets, so
    /// that nothing leaves unseen.
    fn members(&self, members: &Map<String, Value>) -> String {
        const MAIN: [&str; 4] = ["name", "title", "amount", "unit"];
        let main = MAIN.iter().filter_map(|name| members.get(*name));
        let main: Vec<String> = main.map(|value| self.value(value)).collect();
        let rest = members
            .iter()
            .filter(|(name, _)| !MAIN.contains(&name.as_str()));
        let rest: Vec<String> = rest
            .map(|(name, value)| format!("{}: {}", plain(name), self.value(value)))
            .collect();
        match (main.is_empty(), rest.is_empty()) {
            (_, true) => main.join(" "),
            (true, false) => rest.join(", "),
            (false, false) => format!("{} ({})", main.join(" "), rest.join(", ")),
        }
    }

    /// What is known of the person's head in the global log; nothing where there is none.
    #[must_use]
    pub fn global_log(&self, global: &GlobalLog) -> Option<String> {
        let (id, arguments) = match global {
            GlobalLog::Unavailable(reason) => (
                "log-global-unavailable",
                vec![("reason", (*reason).to_owned())],
            ),
            GlobalLog::Waiting { is_late: true } => ("log-global-late", vec![]),
            GlobalLog::Waiting { is_late: false } => ("log-global-waiting", vec![]),
            GlobalLog::Included(found) if found.is_late => ("log-global-late", vec![]),
            GlobalLog::Included(found) if found.lacks_witness => ("log-global-unwitnessed", vec![]),
            GlobalLog::Included(found) => {
                let size = ("size", found.entries.to_string());
                let seen = |at: DateTime<Utc>| ("time", at.format("%H:%M UTC").to_string());
                match found.witnessed {
                    Some(at) => ("log-global-witnessed", vec![size, seen(at)]),
                    None => ("log-global-included", vec![size]),
                }
            }
            GlobalLog::NotListed => return None,
        };
        let arguments: Vec<_> = arguments.iter().map(|(k, v)| (*k, v.as_str())).collect();
        Some(self.say(id, &arguments))
    }

    /// One line of the access log. `name` is the recipient's, where it is known.
    #[must_use]
    pub fn entry(&self, entry: &Entry, name: Option<&str>) -> String {
        let kind = serde_json::to_value(entry.kind).unwrap_or_default();
        let outcome = serde_json::to_value(entry.outcome).unwrap_or_default();
        let plain = format!("log-{}", kind.as_str().unwrap_or_default());
        let exact = format!("{plain}-{}", outcome.as_str().unwrap_or_default());
        let what = self.say(if self.has(&exact) { &exact } else { &plain }, &[]);
        let time = self.moment(entry.at);
        let recipient = name.unwrap_or(&entry.recipient);
        self.say(
            "log-line",
            &[("time", &time), ("recipient", recipient), ("what", &what)],
        )
    }

    /// One line about a message.
    #[must_use]
    pub fn message_line(&self, message: &ReceivedMessage) -> String {
        let said = &message.said;
        let about = [
            ("time", &*self.written_at(said)),
            ("name", &*plain(self.text(&message.sender_name))),
            ("kind", &*self.message_kind(said)),
        ];
        format!("{}  {}", said.message_id, self.say("message-line", &about))
    }

    /// A message: who wrote it when and about which share, what it is about, and what it says.
    #[must_use]
    pub fn message(&self, message: &ReceivedMessage) -> Vec<String> {
        let said = &message.said;
        let share = said.grant_id.to_string();
        let mut lines = vec![
            self.message_line(message),
            self.say("message-share", &[("share", &share)]),
        ];
        if let Some(deletion) = &said.deletion {
            let day = DateTime::from_timestamp(deletion.at, 0).map(|at| self.day(at));
            let about = [
                ("what", &*plain(self.text(&deletion.what))),
                ("date", day.as_deref().unwrap_or_default()),
            ];
            lines.push(self.say("message-deleted", &about));
        }
        lines.push(self.say("message-says", &[("text", &plain(self.text(&said.text)))]));
        lines
    }

    fn message_kind(&self, said: &MessageClaims) -> String {
        let kind = serde_json::to_value(said.kind).unwrap_or_default();
        self.say(
            &format!("message-{}", kind.as_str().unwrap_or_default()),
            &[],
        )
    }

    fn written_at(&self, said: &MessageClaims) -> String {
        DateTime::from_timestamp(said.iat, 0)
            .map(|at| self.moment(at))
            .unwrap_or_default()
    }

    /// One line about a share.
    #[must_use]
    pub fn share(&self, share: &Share) -> String {
        let state = serde_json::to_value(share.state).unwrap_or_default();
        let state = self.say(
            &format!("share-state-{}", state.as_str().unwrap_or_default()),
            &[],
        );
        let (name, until) = (
            self.text(&share.recipient_name),
            self.day(share.details.until),
        );
        let until = self.say("request-until", &[("date", &until)]);
        let why = self.text(&share.details.purpose.text);
        let line = format!("{}  {name}: {why}. {until}. ({state})", share.grant_id);
        if share.change_waits {
            return format!("{line} {}", self.say("share-change-waits", &[]));
        }
        line
    }

    /// How the answer reaches the recipient, when that is not simply done.
    #[must_use]
    pub fn delivery(&self, delivery: &Delivery) -> Option<String> {
        match delivery {
            Delivery::Done => None,
            Delivery::InBrowser(url) => Some(self.say("share-complete-url", &[("url", url)])),
            Delivery::ByDigits(digits) => {
                Some(self.say("share-digits", &[("digits", &digits.spaced())]))
            }
            Delivery::Failed(error) => {
                Some(self.say("share-not-delivered", &[("detail", &error.to_string())]))
            }
        }
    }

    /// Why a check came out as it did, without a full stop: the words an employer reads.
    #[must_use]
    pub fn check(&self, reason: Reason) -> String {
        verifier_sdk::words::reason(reason, self.language())
    }

    /// What a receipt records.
    #[must_use]
    pub fn event(&self, event: Event) -> String {
        let event = serde_json::to_value(event).unwrap_or_default();
        self.say(
            &format!("receipt-{}", event.as_str().unwrap_or_default()),
            &[],
        )
    }
}

#[cfg(test)]
mod tests;
