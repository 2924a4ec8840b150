//! The pages for a wallet on another device: the code to read, the form for the digits, the link back.

use axum::{http::StatusCode, response::Response};
use credential_core::{catalog::Catalog, text::Language};
use maud::{Markup, html};

use super::{page, qr, words};
use crate::endpoints::{authorize::Links, digits as endpoint};

/// Whether the person has tried before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Try {
    /// No.
    First,
    /// Yes, and the digits were not right.
    Again,
}

/// The steps with another device, folded away on the request's page.
pub(super) fn invitation(words: &Catalog, links: &Links) -> Markup {
    html! {
        details {
            summary { (words.say("other-device", &[])) }
            ol {
                li {
                    (words.say("other-scan", &[]))
                    @if let Some(code) = qr::svg(&links.cross_device, &words.say("other-code", &[])) {
                        (code)
                    }
                    p.quiet { (words.say("other-link", &[])) }
                    p { code.link { (links.cross_device) } }
                }
                li { (words.say("other-decide", &[])) }
                li {
                    (words.say("other-type", &[]))
                    (form(words, &links.form))
                }
            }
            p.quiet { (words.say("other-yours-alone", &[])) }
        }
    }
}

/// The form alone: after a reload, or after wrong digits.
pub(crate) fn digits(language: Language, sealed: &str, tried: Try) -> Response {
    let words = words(language);
    let (status, title) = match tried {
        Try::First => (StatusCode::OK, words.say("type-digits", &[])),
        Try::Again => (StatusCode::BAD_REQUEST, words.say("err-digits", &[])),
    };
    let content = html! {
        h1 { (title) }
        @if tried == Try::Again {
            p role="alert" { (words.say("rec-digits", &[])) }
        }
        (form(words, sealed))
        p.quiet { (words.say("other-yours-alone", &[])) }
    };
    page(status, words, &title, &content)
}

/// The digits were right; the link goes back to whoever asked.
pub(crate) fn way_back(language: Language, path: &str) -> Response {
    let words = words(language);
    let title = words.say("digits-right", &[]);
    let content = html! {
        h1 { (title) }
        p { (words.say("go-back", &[])) }
        p { a.button href=(path) { (words.say("continue", &[])) } }
    };
    page(StatusCode::OK, words, &title, &content)
}

fn form(words: &Catalog, sealed: &str) -> Markup {
    html! {
        form method="post" action=(endpoint::PATH) {
            input type="hidden" name="form" value=(sealed);
            input type="hidden" name="ui_locales" value=(words.language());
            label for="digits" { (words.say("digits", &[])) }
            input id="digits" name="digits" type="text" inputmode="numeric" autocomplete="one-time-code"
                pattern="[0-9 ]*" maxlength="16" required;
            button.button type="submit" { (words.say("send-digits", &[])) }
        }
    }
}
