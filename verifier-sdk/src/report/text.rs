//! The report in words.

use chrono::{DateTime, Utc};
use credential_core::{
    catalog::Catalog,
    credential::CredentialType,
    dcql::{ClaimPath, Step},
    text::{Language, Text},
};
use serde_json::{Map, Value};

use super::{Report, ReportedCredential, ReportedPart, ReportedShare};
use crate::{
    checks::{
        Check, Outcome, Question, Reason,
        registry::{Registry, RegistryKind},
        verdict,
    },
    words::{catalog, sentence},
};

pub(super) fn write(report: &Report, language: Language) -> String {
    let mut writer = Writer {
        out: String::with_capacity(2048),
        words: catalog(language),
        language,
    };
    writer.line(0, &banner(report, writer.words));
    let at = moment(report.checked_at, language);
    writer.line(0, &writer.words.say("report-checked-at", &[("time", &at)]));
    if let Some(share) = &report.share {
        writer.share(share);
    }
    writer.questions(&report.checks);
    for credential in &report.credentials {
        writer.credential(credential);
    }
    writer.out
}

/// The words of one reason.
pub(crate) fn reason(reason: Reason, words: &Catalog) -> String {
    words.say(&format!("reason-{}", reason.code().replace('_', "-")), &[])
}

fn banner(report: &Report, words: &Catalog) -> String {
    let deciding = report
        .all_checks()
        .find(|check| check.outcome == report.verdict);
    let why = deciding.map_or_else(String::new, |check| reason(check.reason, words));
    let addressed = report
        .all_checks()
        .any(|check| check.question == Question::MeantForUs);
    match report.verdict {
        Outcome::Valid if addressed => words.say("verdict-valid", &[]),
        Outcome::Valid => words.say("verdict-valid-unaddressed", &[]),
        Outcome::Attention => words.say("verdict-attention", &[("reason", &why)]),
        Outcome::Invalid => words.say("verdict-invalid", &[("reason", &why)]),
        Outcome::CouldNotCheck => sentence(&why),
    }
}

struct Writer {
    out: String,
    words: &'static Catalog,
    language: Language,
}

impl Writer {
    fn line(&mut self, indent: usize, text: &str) {
        self.out.extend(std::iter::repeat_n("  ", indent));
        self.out.push_str(&printable(text));
        self.out.push('\n');
    }

    fn say(&mut self, indent: usize, id: &str, arguments: &[(&str, &str)]) {
        self.line(indent, &self.words.say(id, arguments));
    }

    fn best<'t>(&self, text: &'t Text) -> &'t str {
        text.best(self.language).unwrap_or_default()
    }

    fn share(&mut self, share: &ReportedShare) {
        self.out.push('\n');
        let until = moment(share.until, self.language);
        let days = share.retention.in_days().to_string();
        let purpose = self.best(&share.purpose.text).to_owned();
        self.say(0, "share-purpose", &[("purpose", &purpose)]);
        self.say(0, "share-until", &[("time", &until)]);
        self.say(0, "share-retention", &[("days", &days)]);
    }

    fn credential(&mut self, credential: &ReportedCredential) {
        self.out.push('\n');
        let kind = credential.kind.as_ref();
        match kind.map(|kind| (self.best(&kind.name).to_owned(), &kind.vct)) {
            Some((name, vct)) if name.is_empty() => self.line(0, vct),
            Some((name, _)) => self.line(0, &name),
            None => self.say(0, "credential-unreadable", &[]),
        }
        if let Some(issuer) = &credential.issuer {
            let name = self.best(&issuer.name).to_owned();
            match name.is_empty() {
                true => self.say(0, "credential-signed-as", &[("issuer", &issuer.id)]),
                false => self.say(0, "credential-proven-by", &[("issuer", &name)]),
            }
        }
        if let Some(end) = credential.expires_at {
            self.say(
                0,
                "credential-until",
                &[("time", &moment(end, self.language))],
            );
        }
        self.questions(&credential.checks);
        let kind = kind.and_then(|kind| CredentialType::from_vct(&kind.vct));
        for claim in &credential.claims {
            let label = Some(self.best(&claim.label)).filter(|label| !label.is_empty());
            let label = label.map_or_else(|| claim.path.to_string(), str::to_owned);
            self.value(1, &label, &claim.path, &claim.value, kind);
        }
        for part in &credential.parts {
            self.part(part);
        }
    }

    /// A credential within: what it is, by whom, and what it says.
    fn part(&mut self, part: &ReportedPart) {
        let name = part
            .kind
            .as_ref()
            .map(|kind| self.best(&kind.name).to_owned());
        let name = name.unwrap_or_else(|| self.words.say("credential-unreadable", &[]));
        let outcome = self.words.say(outcome_id(part.verdict), &[]);
        self.line(1, &format!("{name}: {outcome}"));
        if let Some(issuer) = &part.issuer {
            let name = self.best(&issuer.name).to_owned();
            self.say(2, "credential-proven-by", &[("issuer", &name)]);
        }
        for claim in &part.claims {
            let label = self.best(&claim.label).to_owned();
            self.value(2, &label, &claim.path, &claim.value, None);
        }
    }

    fn questions(&mut self, checks: &[Check]) {
        for question in Question::ALL {
            let asked: Vec<&Check> = checks.iter().filter(|c| c.question == question).collect();
            if asked.is_empty() {
                continue;
            }
            let answer = verdict(asked.iter().map(|check| check.outcome));
            let answer = self.words.say(outcome_id(answer), &[]);
            self.say(0, question_id(question), &[("answer", &answer)]);
            for check in asked {
                let words = reason(check.reason, self.words);
                let registry = check.registry.as_ref().and_then(|it| self.registry(it));
                self.line(
                    1,
                    &format!("- {}{}", sentence(&words), registry.unwrap_or_default()),
                );
            }
        }
    }

    /// Which registry, where the verifier has several of the kind.
    fn registry(&self, registry: &Registry) -> Option<String> {
        let id = match registry.kind {
            // The words of the reason name it, and there is one.
            RegistryKind::TrustList => return None,
            RegistryKind::Pinned => "registry-pinned",
            RegistryKind::Federation => "registry-federation",
            RegistryKind::CertificateAuthority => "registry-certificate-authority",
        };
        let words = self.words.say(id, &[("name", &registry.name)]);
        Some(format!(" ({words})"))
    }

    fn value(
        &mut self,
        indent: usize,
        label: &str,
        path: &ClaimPath,
        value: &Value,
        kind: Option<CredentialType>,
    ) {
        if let Some(plain) = self.plain_at(path, value, kind) {
            return self.line(indent, &format!("{label}: {plain}"));
        }
        self.line(indent, &format!("{label}:"));
        match value {
            Value::Object(members) => self.members(indent + 1, path, members, kind),
            Value::Array(items) => {
                for (index, item) in (0..).zip(items) {
                    self.element(indent + 1, &path.then(Step::Index(index)), item, kind);
                }
            }
            _ => {}
        }
    }

    fn element(
        &mut self,
        indent: usize,
        path: &ClaimPath,
        value: &Value,
        kind: Option<CredentialType>,
    ) {
        match (self.plain_at(path, value, kind), value) {
            (Some(plain), _) => self.line(indent, &format!("- {plain}")),
            (None, Value::Object(members)) => match self.on_one_line(path, members, kind) {
                Some(line) => self.line(indent, &format!("- {line}")),
                None => {
                    self.line(indent, "-");
                    self.members(indent + 1, path, members, kind);
                }
            },
            (None, _) => self.value(indent, "-", path, value, kind),
        }
    }

    fn on_one_line(
        &self,
        path: &ClaimPath,
        members: &Map<String, Value>,
        kind: Option<CredentialType>,
    ) -> Option<String> {
        let parts = members.iter().map(|(name, value)| {
            let path = path.then(Step::Name(name.clone()));
            let label = self.label(&path, name, kind);
            Some(format!("{label}: {}", self.plain_at(&path, value, kind)?))
        });
        Some(parts.collect::<Option<Vec<_>>>()?.join("; "))
    }

    fn label<'t>(&self, path: &ClaimPath, name: &'t str, kind: Option<CredentialType>) -> &'t str {
        kind.and_then(|kind| kind.label(path, self.language))
            .unwrap_or(name)
    }

    fn members(
        &mut self,
        indent: usize,
        path: &ClaimPath,
        members: &Map<String, Value>,
        kind: Option<CredentialType>,
    ) {
        for (name, value) in members {
            let path = path.then(Step::Name(name.clone()));
            let label = self.label(&path, name, kind);
            self.value(indent, label, &path, value, kind);
        }
    }

    /// As [`Self::plain`], and a text in none of our languages with its language behind it.
    fn plain_at(
        &self,
        path: &ClaimPath,
        value: &Value,
        kind: Option<CredentialType>,
    ) -> Option<String> {
        self.plain(value).or_else(|| {
            let (tag, text) = kind?.metadata().other_language(path, value)?;
            Some(format!("{text} ({tag})"))
        })
    }

    /// The value on one line, when it is one thing.
    fn plain(&self, value: &Value) -> Option<String> {
        match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(true) => Some(self.words.say("value-yes", &[])),
            Value::Bool(false) => Some(self.words.say("value-no", &[])),
            Value::Null => Some(String::new()),
            Value::Object(members) if !members.is_empty() => {
                let text: Text = serde_json::from_value(value.clone()).ok()?;
                text.best(self.language).map(str::to_owned)
            }
            _ => None,
        }
    }
}

fn question_id(question: Question) -> &'static str {
    match question {
        Question::Issuer => "question-issuer",
        Question::Unchanged => "question-unchanged",
        Question::ValidNow => "question-valid-now",
        Question::MeantForUs => "question-meant-for-us",
    }
}

fn outcome_id(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Valid => "outcome-valid",
        Outcome::Attention => "outcome-attention",
        Outcome::Invalid => "outcome-invalid",
        Outcome::CouldNotCheck => "outcome-could-not-check",
    }
}

/// Day, month, year and time in UTC, as they are written in the language.
pub(crate) fn moment(at: DateTime<Utc>, language: Language) -> String {
    let form = match language {
        Language::Fi | Language::Sv => "%-d.%-m.%Y %H.%M UTC",
        Language::En => "%-d %B %Y %H:%M UTC",
    };
    at.format(form).to_string()
}

/// Text from a credential must not steer a terminal or turn its neighbours around.
pub(crate) fn printable(text: &str) -> String {
    let steers = |letter: char| {
        letter.is_control() || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars()
        .map(|letter| if steers(letter) { '\u{fffd}' } else { letter })
        .collect()
}
