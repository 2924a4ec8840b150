//! `wallet credential …`

use std::path::Path;

use clap::Subcommand;
use credential_core::id::CredentialId;
use serde_json::{Value, json};
use wallet_core::{Error, Wallet, credentials::HeldCredential, issuance::OpenOffer};

use super::{awaited, badge, browser};
use crate::{Context, failure::Failure};

/// Certificates.
#[derive(Debug, Subcommand)]
pub(crate) enum Credential {
    /// Add what an issuer offers: wallet credential add 'openid-credential-offer://?…' --code 493817
    ///
    /// Or an Open Badge from a file, if it passes the check: wallet credential add badge.json
    ///
    /// An offer that is collected on the issuer's page gives a link for your browser. Give the address that
    /// the browser comes back to: wallet credential add --browser-answer 'http://127.0.0.1:47211/…'
    Add {
        /// The offer link, or a file with an Open Badge.
        #[arg(value_name = "LINK|FILE", required_unless_present = "browser_answer")]
        source: Option<String>,
        /// The code that the issuer gave separately.
        #[arg(long)]
        code: Option<String>,
        /// Collect on the issuer's page, in the browser, where the offer allows it.
        #[arg(long, conflicts_with = "code")]
        browser: bool,
        /// The address that the browser came back to.
        #[arg(long, value_name = "ADDRESS", conflicts_with_all = ["source", "code", "browser"])]
        browser_answer: Option<String>,
    },
    /// Ask again for certificates that were not ready when they were asked for.
    Collect,
    /// All certificates, newest first.
    List,
    /// One certificate with all its information.
    Show {
        /// Its id, from `list`.
        id: CredentialId,
        /// The signed credential itself.
        #[arg(long)]
        raw: bool,
    },
}

impl Credential {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Add {
                browser_answer: Some(address),
                ..
            } => browser::finish(context, &context.open()?, &address).await,
            Self::Add {
                source: Some(source),
                code,
                browser,
                ..
            } if source.contains("://") => add(context, &source, code, browser).await,
            Self::Add {
                source: Some(source),
                code: None,
                browser: false,
                ..
            } => badge::add(context, Path::new(&source)).await,
            Self::Add { .. } => Err(Failure::usage(
                "a code or a browser belongs to an offer link, and this is a file",
            )),
            Self::Collect => awaited::collect(context).await,
            Self::List => list(context),
            Self::Show { id, raw } => show(context, id, raw),
        }
    }
}

async fn add(
    context: &Context,
    link: &str,
    code: Option<String>,
    browser: bool,
) -> Result<(), Failure> {
    let wallet = context.open()?;
    let offer = wallet.open_offer(link).await?;
    let browser = browser || !offer.is_pre_authorized();
    tell(context, &offer, browser);
    if browser {
        return browser::begin(context, &wallet, &offer).await;
    }
    let code = match code {
        None if offer.needs_code() && !context.no_input => context
            .output
            .ask(&format!("{}:", context.words.say("offer-code", &[]))),
        code => code,
    };
    let received = wallet.accept_offer(&offer, code.as_deref()).await?;
    awaited::tell(context, &wallet)?;
    show_received(context, &received)
}

/// What came into the wallet.
pub(super) fn show_received(context: &Context, received: &[HeldCredential]) -> Result<(), Failure> {
    let lines: Vec<String> = received
        .iter()
        .map(|credential| added(context, credential))
        .collect();
    let value: Vec<Value> = received
        .iter()
        .map(|credential| summary(context, credential))
        .collect();
    context.output.data("wallet.credentials/1", &value, &lines)
}

fn tell(context: &Context, offer: &OpenOffer, browser: bool) {
    let words = &context.words;
    let (name, what) = (
        words.text(offer.issuer_name()),
        offer.offered(words.language()).join(", "),
    );
    context
        .output
        .message(&words.say("offer-from", &[("name", name), ("what", &what)]));
    if offer.needs_code() && !browser {
        let host = [("host", offer.code_goes_to())];
        context.output.message(&words.say("offer-code-to", &host));
    }
}

fn added(context: &Context, credential: &HeldCredential) -> String {
    let words = &context.words;
    let title = title(context, credential);
    let issuer = words.text(credential.issuer_name());
    let line = words.say("credential-added", &[("title", &title), ("issuer", issuer)]);
    format!("{line}\n  {}", credential.id())
}

fn list(context: &Context) -> Result<(), Failure> {
    let held = everything(context, &context.open()?)?;
    let (mut lines, values): (Vec<String>, Vec<Value>) = held.into_iter().unzip();
    if lines.is_empty() {
        lines.push(context.words.say("credential-none", &[]));
    }
    context.output.data("wallet.credentials/1", &values, &lines)
}

/// Certificates and badges together, newest first, each as a line and as JSON.
fn everything(context: &Context, wallet: &Wallet) -> Result<Vec<(String, Value)>, Failure> {
    let (credentials, badges) = (wallet.credentials()?, wallet.badges()?);
    let credentials = credentials.iter().map(|credential| {
        let said = (line(context, credential), summary(context, credential));
        ((credential.received_at(), credential.id()), said)
    });
    let badges = badges.iter().map(|badge| {
        let said = (badge::line(context, badge), badge::summary(badge));
        ((badge.received_at(), badge.id()), said)
    });
    let mut all: Vec<_> = credentials.chain(badges).collect();
    all.sort_by_key(|(place, _said)| std::cmp::Reverse(*place));
    Ok(all.into_iter().map(|(_place, said)| said).collect())
}

fn line(context: &Context, credential: &HeldCredential) -> String {
    let issuer = context.words.text(credential.issuer_name());
    let proven = context.words.say("proven-by", &[("name", issuer)]);
    format!(
        "{}  {}. {proven}",
        credential.id(),
        title(context, credential)
    )
}

fn show(context: &Context, id: CredentialId, raw: bool) -> Result<(), Failure> {
    let wallet = context.open()?;
    let credential = match wallet.credential(id) {
        Err(Error::NotFound) => return badge::show(context, &wallet.badge(id)?, raw),
        found => found?,
    };
    if raw {
        let text = credential.signed_text();
        return context
            .output
            .data("wallet.credential-raw/1", &text, &[text.to_owned()]);
    }
    let words = &context.words;
    let issuer = words.text(credential.issuer_name());
    let mut lines = vec![
        title(context, &credential),
        words.say("proven-by", &[("name", issuer)]),
    ];
    for line in credential.lines(words.language()) {
        lines.push(format!("  {}: {}", line.label, words.value(&line.value)));
    }
    let mut value = summary(context, &credential);
    if let Some(members) = value.as_object_mut() {
        members.insert("claims".into(), credential.claims().clone());
    }
    context.output.data("wallet.credential/1", &value, &lines)
}

fn title(context: &Context, credential: &HeldCredential) -> String {
    let language = context.words.language();
    let kind = credential.type_name(language);
    credential
        .title(language)
        .map_or_else(|| kind.to_owned(), |title| format!("{kind}: {title}"))
}

fn summary(context: &Context, credential: &HeldCredential) -> Value {
    json!({
        "id": credential.id(),
        "format": "dc+sd-jwt",
        "type": credential.vct(),
        "title": title(context, credential),
        "issuer": credential.issuer(),
        "issuer_name": credential.issuer_name(),
        "received_at": credential.received_at(),
    })
}
