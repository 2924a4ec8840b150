//! The pages a browser can see here. They hold no script, nothing from elsewhere, and nothing about the
//! person.

mod cross_device;
mod origin;
mod qr;
mod recipient;
mod session;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use axum::{
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{ACCEPT_LANGUAGE, CONTENT_SECURITY_POLICY, VARY},
    },
    response::{Html, IntoResponse as _, Response},
};
use credential_core::{
    catalog::Catalog,
    consent::{
        details::{Mode, RequestedDetails},
        period::Period,
        request::ConsentRequest,
    },
    text::Language,
};
use maud::{DOCTYPE, Markup, html};

pub(crate) use self::{
    cross_device::{Try, digits, way_back},
    origin::refuse_foreign_form,
    recipient::{RecipientPage, recipient_page_closed},
    session::{Session, cookie_value},
};
use crate::endpoints::{authorize::Links, style};

const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
);

static CATALOGS: LazyLock<[Catalog; 3]> = LazyLock::new(|| {
    [
        Catalog::new(Language::Fi, include_str!("../translations/fi.ftl")),
        Catalog::new(Language::Sv, include_str!("../translations/sv.ftl")),
        Catalog::new(Language::En, include_str!("../translations/en.ftl")),
    ]
});

/// The language to show: the first known one of `ui_locales` (OpenID Connect Core section 3.1.2.1),
/// then of `Accept-Language` in the order of its weights.
pub(crate) fn language(ui_locales: Option<&str>, headers: &HeaderMap) -> Language {
    let asked = ui_locales.unwrap_or_default().split(' ');
    let accepted = headers
        .get(ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    asked
        .chain(by_weight(accepted))
        .find_map(|tag| {
            let primary = tag.split('-').next().unwrap_or_default();
            primary.to_ascii_lowercase().parse().ok()
        })
        .unwrap_or_default()
}

fn by_weight(accepted: &str) -> impl Iterator<Item = &str> {
    let mut tags: Vec<(f32, &str)> = accepted
        .split(',')
        .map(|part| {
            let (tag, weight) = part.split_once(";q=").unwrap_or((part, "1"));
            (weight.trim().parse().unwrap_or(0.0), tag.trim())
        })
        .collect();
    tags.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    tags.into_iter().map(|(_weight, tag)| tag)
}

/// Who asks, why, for how long; and the ways into the wallet, where the rest is shown and decided.
pub(crate) fn request(language: Language, asked: &ConsentRequest, links: &Links) -> Response {
    let words = words(language);
    let details = asked.details();
    let name = asked.recipient().name.best(language).unwrap_or_default();
    let purpose = details.purpose.text.best(language).unwrap_or_default();
    let content = html! {
        p.eyebrow { (words.say("checked", &[])) }
        h1 { (words.say("asks", &[("recipient", name)])) }
        dl {
            dt { (words.say("why", &[])) }
            dd { (purpose) }
            dt { (words.say("how-long", &[])) }
            dd { (how_long(words, details)) }
            dt { (words.say("how-often", &[])) }
            dd { (how_often(words, details)) }
        }
        p { (words.say("nothing-yet", &[])) }
        p { a.button href=(links.same_device) { (words.say("open-wallet", &[])) } }
        (cross_device::invitation(words, links))
        p.quiet { (words.say("close-if-unexpected", &[])) }
    };
    let title = words.say("asks", &[("recipient", name)]);
    page(StatusCode::OK, words, &title, &content)
}

fn how_long(words: &Catalog, details: &RequestedDetails) -> String {
    match (details.until, details.duration) {
        (Some(until), _) => {
            let form = match words.language() {
                Language::En => "%-d %B %Y",
                Language::Fi | Language::Sv => "%-d.%-m.%Y",
            };
            let date = until.format(form).to_string();
            words.say("lasts-until", &[("date", &date)])
        }
        (None, duration) => {
            let days = duration.map_or(0, Period::in_days).to_string();
            words.say("lasts-days", &[("days", &days)])
        }
    }
}

fn how_often(words: &Catalog, details: &RequestedDetails) -> String {
    match (details.mode, details.reads()) {
        (Mode::Once, _) => words.say("reads-once", &[]),
        (Mode::Standing, Some(most)) => words.say("reads-most", &[("most", &most.to_string())]),
        (Mode::Standing, None) => words.say("reads-standing", &[]),
    }
}

/// What happened, whether the person's data is safe, and what to do next.
pub(crate) fn refusal(language: Language, status: StatusCode) -> Response {
    let words = words(language);
    let (what, next) = match status {
        StatusCode::TOO_MANY_REQUESTS => ("err-too-often", "rec-unavailable"),
        status if status.is_server_error() => ("err-unavailable", "rec-unavailable"),
        _ => ("err-request", "rec-request"),
    };
    let title = words.say(what, &[]);
    let content = html! {
        h1 { (title) }
        p { (words.say("nothing-shared", &[])) }
        p { (words.say(next, &[])) }
    };
    page(status, words, &title, &content)
}

/// The same, where the organisation that asks is suspended.
pub(crate) fn suspended(language: Language) -> Response {
    let words = words(language);
    let title = words.say("err-suspended", &[]);
    let content = html! {
        h1 { (title) }
        p { (words.say("nothing-shared", &[])) }
        p { (words.say("rec-suspended", &[])) }
    };
    page(StatusCode::FORBIDDEN, words, &title, &content)
}

fn words(language: Language) -> &'static Catalog {
    let [fi, sv, en] = &*CATALOGS;
    match language {
        Language::Fi => fi,
        Language::Sv => sv,
        Language::En => en,
    }
}

fn page(status: StatusCode, words: &Catalog, title: &str, content: &Markup) -> Response {
    let page = html! {
        (DOCTYPE)
        html lang=(words.language()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " – " (words.say("product", &[])) }
                link rel="stylesheet" href=(style::PATH);
            }
            body {
                header { p.product { (words.say("product", &[])) } }
                main { (content) }
            }
        }
    };
    let mut response = (status, Html(page.into_string())).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(
        VARY,
        HeaderValue::from_static("Accept, Accept-Language, Cookie"),
    );
    response
}
