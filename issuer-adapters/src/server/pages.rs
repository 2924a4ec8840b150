//! The page on which a person says that a wallet may collect an offer. It holds no script and nothing from
//! elsewhere, and says nothing about the person.

use std::sync::LazyLock;

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use credential_core::{catalog::Catalog, encoding::sha256, text::Language};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{
    IssuerState,
    authorization::Asked,
    issuance::{configuration_id, of_configuration},
};

const STYLE: &str = include_str!("../../assets/page.css");

static CATALOGS: LazyLock<[Catalog; 3]> = LazyLock::new(|| {
    [
        Catalog::new(Language::Fi, include_str!("../../translations/fi.ftl")),
        Catalog::new(Language::Sv, include_str!("../../translations/sv.ftl")),
        Catalog::new(Language::En, include_str!("../../translations/en.ftl")),
    ]
});

/// Whether the person has tried before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Try {
    First,
    /// What was typed was not right.
    Again,
}

/// What the page asks the person to type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Needed {
    /// Which offer it is.
    pub(super) reference: bool,
    /// Its transaction code.
    pub(super) code: bool,
}

/// The language to show: the first known one of `ui_locales`, then of `Accept-Language` in the order of
/// its weights.
pub(super) fn language(ui_locales: Option<&str>, headers: &HeaderMap) -> Language {
    let accepted = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let mut by_weight: Vec<(f32, &str)> = accepted
        .split(',')
        .take(32)
        .map(|part| {
            let (tag, weight) = part.split_once(";q=").unwrap_or((part, "1"));
            (weight.trim().parse().unwrap_or(0.0), tag.trim())
        })
        .collect();
    by_weight.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let asked = ui_locales.unwrap_or_default().split(' ');
    asked
        .chain(by_weight.into_iter().map(|(_weight, tag)| tag))
        .find_map(|tag| {
            let primary = tag.split('-').next().unwrap_or_default();
            primary.to_ascii_lowercase().parse().ok()
        })
        .unwrap_or_default()
}

/// Which wallet asks, what it will get, and the form.
pub(super) fn request(
    state: &IssuerState,
    language: Language,
    (asked, sealed): (&Asked, &str),
    needed: Needed,
    tried: Try,
) -> Response {
    let words = words(language);
    let institution = state.profile().name().best(language).unwrap_or_default();
    let title = match tried {
        Try::First => words.say("collect", &[]),
        Try::Again => words.say("err-wrong", &[]),
    };
    let content = html! {
        p.eyebrow { (institution) }
        h1 { (title) }
        @if tried == Try::Again {
            p role="alert" { (words.say("rec-wrong", &[])) }
        }
        p { (words.say("asks", &[("institution", institution)])) }
        dl {
            dt { (words.say("goes-to", &[])) }
            dd { (asked.goes_to()) }
            dt { (words.say("what", &[])) }
            @for name in names(asked, language) { dd { (name) } }
        }
        form method="post" action=(state.profile().address("/authorize")) {
            input type="hidden" name="form" value=(sealed);
            input type="hidden" name="ui_locales" value=(language);
            @if needed.reference {
                label for="reference" { (words.say("reference", &[])) }
                p.quiet id="about-reference" { (words.say("about-reference", &[])) }
                input id="reference" name="reference" type="text" autocomplete="off" maxlength="16"
                    autocapitalize="characters" aria-describedby="about-reference" required;
            }
            @if needed.code {
                label for="code" { (words.say("code", &[])) }
                p.quiet id="about-code" { (words.say("about-code", &[])) }
                input id="code" name="code" type="text" inputmode="numeric" maxlength="16"
                    autocomplete="one-time-code" aria-describedby="about-code" required;
            }
            p.buttons {
                button name="decision" value="give" { (words.say("give", &[])) }
                button.plain name="decision" value="cancel" formnovalidate { (words.say("cancel", &[])) }
            }
        }
        p.quiet { (words.say("not-yours", &[])) }
    };
    let status = match tried {
        Try::First => StatusCode::OK,
        Try::Again => StatusCode::BAD_REQUEST,
    };
    page(
        status,
        words,
        (&title, institution),
        &content,
        &asked.form_target(),
    )
}

/// The offer is dead; the link tells the wallet.
pub(super) fn dead(state: &IssuerState, language: Language, back: Option<&str>) -> Response {
    let words = words(language);
    let title = words.say("err-dead", &[]);
    let content = html! {
        h1 { (title) }
        p role="alert" { (words.say("rec-dead", &[])) }
        @if let Some(back) = back {
            p { a href=(back) { (words.say("back", &[])) } }
        }
    };
    let institution = state.profile().name().best(language).unwrap_or_default();
    page(
        StatusCode::BAD_REQUEST,
        words,
        (&title, institution),
        &content,
        "",
    )
}

/// What is wrong is not told: whoever tries learns nothing from it.
pub(super) fn refusal(state: &IssuerState, language: Language, status: StatusCode) -> Response {
    let words = words(language);
    let (what, next) = match status {
        StatusCode::BAD_REQUEST => ("err-request", "rec-request"),
        _ => ("err-unavailable", "rec-unavailable"),
    };
    let title = words.say(what, &[]);
    let content = html! {
        h1 { (title) }
        p { (words.say(next, &[])) }
    };
    let institution = state.profile().name().best(language).unwrap_or_default();
    page(status, words, (&title, institution), &content, "")
}

fn names(asked: &Asked, language: Language) -> Vec<&'static str> {
    let kinds = asked
        .configurations
        .iter()
        .filter_map(|id| of_configuration(id));
    kinds
        .map(|kind| {
            kind.name(language)
                .unwrap_or_else(|| configuration_id(kind))
        })
        .collect()
}

fn words(language: Language) -> &'static Catalog {
    let [fi, sv, en] = &*CATALOGS;
    match language {
        Language::Fi => fi,
        Language::Sv => sv,
        Language::En => en,
    }
}

fn page(
    status: StatusCode,
    words: &Catalog,
    (title, institution): (&str, &str),
    content: &Markup,
    form_target: &str,
) -> Response {
    let page = html! {
        (DOCTYPE)
        html lang=(words.language()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " – " (institution) }
                style { (PreEscaped(STYLE)) }
            }
            body { main { (content) } }
        }
    };
    let mut response = (status, Html(page.into_string())).into_response();
    let headers = response.headers_mut();
    let style = STANDARD.encode(sha256(STYLE));
    // Browsers hold the way that a form's answer leads to against the policy too.
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; form-action 'self' {form_target}; \
         frame-ancestors 'none'; base-uri 'none'"
    );
    let policy = HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static(
        "default-src 'none'; form-action 'none'",
    ));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        // With `no-referrer` a browser would not say where our own form comes from.
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::VARY, "Accept-Language, Cookie"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use credential_core::text::Language;

    use super::{STYLE, words};

    #[test]
    fn the_page_says_the_same_things_in_three_languages() {
        let ids: Vec<_> = include_str!("../../translations/en.ftl")
            .lines()
            .filter_map(|line| line.split_once(" ="))
            .map(|(id, _)| id)
            .collect();
        assert!(ids.len() > 15);
        for language in Language::ALL {
            assert!(ids.iter().all(|id| words(language).has(id)), "{language}");
        }
        assert!(!STYLE.contains("url(") && !STYLE.contains('<'));
    }
}
