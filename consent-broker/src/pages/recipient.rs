//! The recipient's own page: what it is registered for, and what it was granted. Nothing on it says who
//! the people are or what they shared.

mod uses;

use axum::{http::StatusCode, response::Response};
use chrono::{DateTime, Utc};
use credential_core::{catalog::Catalog, id::GrantId, text::Language, trust::Participant};
use maud::{Markup, html};

use super::{page, words};
use crate::{
    endpoints::recipient::PATH,
    storage::{GrantCounts, RecipientGrant},
};

/// What the page is made of.
#[derive(Debug)]
pub(crate) struct RecipientPage<'t> {
    pub(crate) participant: &'t Participant,
    pub(crate) counts: GrantCounts,
    pub(crate) grants: Vec<RecipientGrant>,
    /// The grant after which this page begins.
    pub(crate) after: Option<GrantId>,
    pub(crate) has_more: bool,
    pub(crate) is_suspended: bool,
    pub(crate) open_until: DateTime<Utc>,
    pub(crate) now: DateTime<Utc>,
}

impl RecipientPage<'_> {
    pub(crate) fn show(&self, language: Language) -> Response {
        let words = words(language);
        let say = |id: &str| words.say(id, &[]);
        let name = self.participant.name.best(language).unwrap_or_default();
        let role = self.participant.recipient.as_ref();
        let uses = role.map(|role| role.intended_uses.as_slice());
        let until = moment(self.open_until, language);
        let content = html! {
            div.recipient {
                p.eyebrow { (say("checked")) }
                h1 { (name) }
                p.lead { (say("page-lead")) }
                @if self.is_suspended {
                    div.notice role="status" {
                        h2 { (say("page-suspended")) }
                        p { (say("page-suspended-what")) }
                    }
                }
                (self.counts(words))
                section aria-labelledby="grants" {
                    h2 #grants { (say("page-grants")) }
                    (self.list(words))
                }
                section aria-labelledby="uses" {
                    h2 #uses { (say("page-uses")) }
                    ul.cards { @for one in uses.unwrap_or_default() { li.card { (uses::intended(one, words)) } } }
                }
                footer {
                    nav.languages aria-label=(say("page-language")) {
                        @for (other, own_name) in LANGUAGES {
                            a href=(self.address(other, self.after)) lang=(other.tag()) hreflang=(other.tag())
                                aria-current=[(other == language).then_some("true")] { (own_name) }
                        }
                    }
                    p.quiet { (words.say("page-closes", &[("time", &until)])) }
                }
            }
        };
        page(StatusCode::OK, words, name, &content)
    }

    fn counts(&self, words: &Catalog) -> Markup {
        let states = self.counts.by_state.iter();
        let total = self.counts.by_state.values().sum::<usize>().to_string();
        html! {
            @if !self.counts.by_state.is_empty() {
                ul.stats {
                    @for (state, number) in states {
                        li class=[(*state == "active").then_some("living")] {
                            b { (number) } " " span { (words.say(state_words(state), &[])) }
                        }
                    }
                }
            }
            @if !self.counts.is_whole {
                p.quiet { (words.say("page-counts-newest", &[("number", &total)])) }
            }
        }
    }

    fn list(&self, words: &Catalog) -> Markup {
        let language = words.language();
        html! {
            @if self.grants.is_empty() {
                p.empty { (words.say("page-no-grants", &[])) }
            } @else {
                ol.cards { @for one in &self.grants { li.card { (self.grant(one, words)) } } }
            }
            @if self.after.is_some() || self.has_more {
                nav.pager aria-label=(words.say("page-pages", &[])) {
                    @if self.after.is_some() {
                        a href=(self.address(language, None)) rel="first" { (words.say("page-newest", &[])) }
                    }
                    @if let (true, Some(last)) = (self.has_more, self.grants.last()) {
                        a href=(self.address(language, Some(last.grant_id))) rel="next" { (words.say("page-older", &[])) }
                    }
                }
            }
        }
    }

    fn grant(&self, grant: &RecipientGrant, words: &Catalog) -> Markup {
        let language = words.language();
        let say = |id: &str| words.say(id, &[]);
        let id = grant.grant_id.to_string();
        let short: String = id.chars().take(8).collect();
        let reads = match grant.max_reads {
            Some(most) => words.say(
                "page-reads-of",
                &[
                    ("reads", &grant.reads.to_string()),
                    ("most", &most.to_string()),
                ],
            ),
            None => words.say("page-reads-any", &[("reads", &grant.reads.to_string())]),
        };
        let is_living = grant.state == "active";
        let pill = if is_living { "pill living" } else { "pill" };
        let ends = match grant.state {
            "expired" => "page-ended",
            "withdrawn" | "exhausted" => "page-would-end",
            _ => "page-until",
        };
        html! {
            div.head {
                h3 { (grant.purpose.text.best(language).unwrap_or_default()) }
                p class=(pill) { (say(state_words(grant.state))) }
                p.number title=(id) { (say("page-grant")) " " code { (short) } }
            }
            dl.facts {
                (fact(&say("page-from"), &day(grant.from, words)))
                (fact(&say(ends), &day(grant.until, words)))
                (fact(&say("page-reads"), &html! { (reads) }))
                (fact(&say("page-last-read"), &or_never(grant.last_read, words)))
                @if let Some(until) = grant.deposit_until {
                    @let label = if until > self.now { "page-deposit-until" } else { "page-deposit-over" };
                    (fact(&say(label), &day(until, words)))
                }
            }
        }
    }

    fn address(&self, language: Language, after: Option<GrantId>) -> String {
        let query = format!("{PATH}?ui_locales={}", language.tag());
        match after {
            Some(id) => format!("{query}&after={id}"),
            None => query,
        }
    }
}

/// Each language by its own name.
const LANGUAGES: [(Language, &str); 3] = [
    (Language::Fi, "Suomi"),
    (Language::Sv, "Svenska"),
    (Language::En, "English"),
];

/// Shown where a link or session does not work, for whatever cause.
pub(crate) fn recipient_page_closed(language: Language) -> Response {
    let words = words(language);
    let title = words.say("err-page-closed", &[]);
    let content = html! {
        h1 { (title) }
        p { (words.say("rec-page-closed", &[])) }
        p { code { "verify page" } }
    };
    page(StatusCode::UNAUTHORIZED, words, &title, &content)
}

fn state_words(state: &str) -> &'static str {
    match state {
        "active" => "state-active",
        "withdrawn" => "state-withdrawn",
        "expired" => "state-expired",
        "exhausted" => "state-exhausted",
        "paused" => "state-paused",
        "stopped" => "state-stopped",
        "given_up" => "state-given-up",
        _ => "state-other",
    }
}

fn fact(name: &str, value: &Markup) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}

fn or_never(at: Option<DateTime<Utc>>, words: &Catalog) -> Markup {
    match at {
        Some(at) => time(at, &moment(at, words.language())),
        None => html! { (words.say("page-never", &[])) },
    }
}

fn time(at: DateTime<Utc>, shown: &str) -> Markup {
    let exact = at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    html! { time datetime=(exact) { (shown) } }
}

/// The day, as it is written in this language; the exact time is in the element.
fn day(at: DateTime<Utc>, words: &Catalog) -> Markup {
    let format = match words.language() {
        Language::En => "%-d %B %Y",
        Language::Fi | Language::Sv => "%-d.%-m.%Y",
    };
    time(at, &at.format(format).to_string())
}

/// Day and time as they are written in this language; in UTC, which is said.
fn moment(at: DateTime<Utc>, language: Language) -> String {
    at.format(match language {
        Language::Fi => "%-d.%-m.%Y klo %-H.%M UTC",
        Language::Sv => "%-d.%-m.%Y kl. %-H.%M UTC",
        Language::En => "%-d %B %Y at %-H:%M UTC",
    })
    .to_string()
}
