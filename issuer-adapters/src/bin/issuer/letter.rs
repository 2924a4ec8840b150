//! A letter for a person without e-mail: the link as a QR code on one page, the code on another. Each
//! page stands alone: no script, nothing fetched, everything escaped.

use std::fmt::Write as _;

use credential_core::{
    credential::CredentialType,
    id::OfferId,
    text::{Language, Text},
};
use fast_qr::{ECL, QRBuilder};
use issuer_adapters::server::WaitingOffer;
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// The margin that readers need, in modules (ISO/IEC 18004 section 6.3.8).
const QUIET: usize = 4;
const STYLE: &str = "@page{size:A4;margin:20mm}body{font:12pt/1.5 sans-serif;max-width:170mm;margin:0 auto;color:#000;background:#fff}\
    h1{font-size:16pt}section{break-inside:avoid;margin-bottom:8mm}svg{width:60mm;height:60mm;display:block;margin:6mm 0}\
    .code{font:bold 28pt/1.2 monospace;letter-spacing:.15em}.link{font:8pt monospace;overflow-wrap:anywhere}.word{white-space:nowrap}";
/// Shown once, above the languages.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// The page with the link.
pub(crate) struct Letter<'a> {
    pub(crate) institution: &'a Text,
    pub(crate) offer: &'a WaitingOffer,
    pub(crate) link: &'a str,
}

/// The page with the code.
pub(crate) struct Sheet<'a> {
    pub(crate) institution: &'a Text,
    pub(crate) offer: &'a WaitingOffer,
    pub(crate) code: &'a str,
}

/// What the pages say in one language.
struct Words {
    letter: &'static str,
    how: &'static str,
    until: &'static str,
    code_comes: &'static str,
    sheet: &'static str,
    sheet_how: &'static str,
    reference: &'static str,
    mark: &'static str,
}

impl Letter<'_> {
    /// None when the link is too long for a QR code.
    pub(crate) fn page(&self) -> Option<String> {
        let drawn = qr(self.link)?;
        let body = html! {
            (drawn)
            p.link { (self.link) }
            @for language in Language::ALL {
                @let words = words(language);
                section lang=(language.tag()) {
                    h1 { (name(self.institution, language)) ": " (words.letter) }
                    @for title in titles(self.offer, language) { p { strong { (title) } } }
                    p { (words.how) }
                    p { (words.code_comes) }
                    p { (words.until) " " (day(self.offer, language)) ". " (words.reference) " " span.word { (self.offer.reference) } }
                    p { (words.mark) " " (mark(&self.offer.id)) }
                }
            }
        };
        Some(page(&name(self.institution, Language::Fi), &body))
    }
}

impl Sheet<'_> {
    pub(crate) fn page(&self) -> String {
        let body = html! {
            p.code { (self.code) }
            @for language in Language::ALL {
                @let words = words(language);
                section lang=(language.tag()) {
                    h1 { (name(self.institution, language)) ": " (words.sheet) }
                    p { (words.sheet_how) }
                    p { (words.mark) " " (mark(&self.offer.id)) }
                }
            }
        };
        page(&name(self.institution, Language::Fi), &body)
    }
}

fn page(title: &str, body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="fi" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                title { (title) }
                // Our own constant, nothing of it from elsewhere.
                style { (PreEscaped(STYLE)) }
            }
            body { (body) }
        }
    };
    page.into_string()
}

/// Dark squares on light, as one path.
fn qr(text: &str) -> Option<Markup> {
    let code = QRBuilder::new(text).ecl(ECL::M).build().ok()?;
    let side = code.size + 2 * QUIET;
    let mut path = String::new();
    for (y, row) in code.data.chunks(code.size).take(code.size).enumerate() {
        let dark = row.iter().enumerate().filter(|(_x, module)| module.value());
        for (x, _module) in dark {
            // Writing to a String does not fail.
            write!(path, "M{} {}h1v1h-1z", x + QUIET, y + QUIET).ok()?;
        }
    }
    Some(html! {
        svg role="img" aria-label="QR" viewBox={ "0 0 " (side) " " (side) } shape-rendering="crispEdges" {
            rect width=(side) height=(side) fill="#fff" {}
            path d=(path) fill="#000" {}
        }
    })
}

fn name(institution: &Text, language: Language) -> String {
    institution.exact(language).unwrap_or_default().to_owned()
}

fn titles(offer: &WaitingOffer, language: Language) -> Vec<&'static str> {
    let types = offer
        .credential_types
        .iter()
        .filter_map(|vct| CredentialType::from_vct(vct));
    types.filter_map(|kind| kind.name(language)).collect()
}

/// The last whole day on which it can be collected.
fn day(offer: &WaitingOffer, language: Language) -> String {
    let last = offer.expires_at.date_naive().pred_opt().unwrap_or_default();
    match language {
        Language::En => last.format("%-d %B %Y").to_string(),
        _ => last.format("%-d.%-m.%Y").to_string(),
    }
}

fn words(language: Language) -> Words {
    match language {
        Language::Fi => Words {
            letter: "todistus lompakkoosi",
            how: "Avaa lompakkosovellus puhelimellasi ja lue tämä ruutukoodi. Lompakko kysyy kuusinumeroisen koodin.",
            code_comes: "Koodi ei ole tässä kirjeessä. Saat sen meiltä erikseen. Älä säilytä kirjettä ja koodia yhdessä.",
            until: "Voit noutaa todistuksen viimeistään",
            sheet: "koodi todistuksen noutamiseen",
            sheet_how: "Anna tämä koodi lompakolle, kun se kysyy sitä. Ruutukoodi tulee erikseen. Älä anna koodia kenellekään.",
            reference: "Viite, jos lompakkosi kysyy sitä:",
            mark: "Koodilehden merkki:",
        },
        Language::Sv => Words {
            letter: "ett bevis till din plånbok",
            how: "Öppna plånboksappen i din telefon och läs den här rutkoden. Plånboken frågar efter en sexsiffrig kod.",
            code_comes: "Koden finns inte i det här brevet. Du får den av oss på annat sätt. Förvara inte brevet och koden tillsammans.",
            until: "Du kan hämta beviset senast",
            sheet: "kod för att hämta ett bevis",
            sheet_how: "Ge den här koden till plånboken när den frågar. Rutkoden kommer för sig. Ge inte koden till någon.",
            reference: "Referens, om din plånbok frågar efter den:",
            mark: "Kodbladets märke:",
        },
        Language::En => Words {
            letter: "a credential for your wallet",
            how: "Open the wallet app on your phone and read this QR code. The wallet asks for a six-digit code.",
            code_comes: "The code is not in this letter. You get it from us by another way. Do not keep the letter and the code together.",
            until: "You can collect the credential until",
            sheet: "a code to collect a credential",
            sheet_how: "Give this code to the wallet when it asks. The QR code comes separately. Give the code to nobody.",
            reference: "Reference, if your wallet asks for it:",
            mark: "Mark of the code sheet:",
        },
    }
}

/// The end of the id, to lay sheet and letter together. Its whole and its beginning, the reference, lead to the
/// offer as the link does, and must not stand beside the code.
fn mark(offer: &OfferId) -> String {
    let id = offer.to_string();
    id.chars().skip(id.len().saturating_sub(4)).collect()
}
