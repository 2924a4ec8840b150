//! What a recipient is registered for, on its own page.

use credential_core::{
    catalog::Catalog, consent::details::LegalBasis, credential::CredentialType,
    dcql::CredentialQuery, trust::IntendedUse,
};
use maud::{Markup, html};

use super::fact;

/// One registered use: its purpose, its limits, and what may be asked for.
pub(super) fn intended(one: &IntendedUse, words: &Catalog) -> Markup {
    let say = |id: &str| words.say(id, &[]);
    let days = |number: u32| words.say("page-days", &[("days", &number.to_string())]);
    let basis = match one.legal_basis {
        LegalBasis::Consent => "basis-consent",
        LegalBasis::Statutory => "basis-statutory",
        LegalBasis::OwnExport => "basis-own-export",
    };
    let reads = match one.max_reads {
        Some(1) => say("reads-once"),
        Some(most) => words.say("reads-most", &[("most", &most.to_string())]),
        None => say("page-no-limit"),
    };
    html! {
        div.head { h3 { (one.purpose.text.best(words.language()).unwrap_or_default()) } }
        dl.facts {
            (fact(&say("page-basis"), &html! { (say(basis)) }))
            (fact(&say("page-longest"), &html! { (days(one.max_duration.in_days())) }))
            (fact(&say("how-often"), &html! { (reads) }))
            (fact(&say("page-retention"), &html! { (days(one.retention.in_days())) }))
        }
        @for query in &one.dcql_query.credentials { (asked(query, words)) }
    }
}

/// A kind of credential and the claims that may be asked of it, by the names people know.
fn asked(query: &CredentialQuery, words: &Catalog) -> Markup {
    let language = words.language();
    let kinds: Vec<&str> = query
        .meta
        .vct_values
        .iter()
        .map(|vct| {
            let known = CredentialType::from_vct(vct).and_then(|kind| kind.name(language));
            known.unwrap_or(vct)
        })
        .collect();
    let kind = query
        .meta
        .vct_values
        .iter()
        .find_map(|vct| CredentialType::from_vct(vct));
    html! {
        div.asked {
            p { (words.say("page-may-ask", &[("kind", &kinds.join(", "))])) }
            ul.chips {
                @for claim in &query.claims {
                    li { @match kind.and_then(|kind| kind.label(&claim.path, language)) {
                        Some(label) => (label),
                        None => (claim.id),
                    } }
                }
            }
        }
    }
}
