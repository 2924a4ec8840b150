//! `wallet request …`

use clap::Subcommand;
use credential_core::id::RequestId;
use serde_json::{Value, json};
use wallet_core::{Wallet, consent::request::OpenRequest, disclosure::Selection};

use crate::{Context, failure::Failure};

/// Requests for your information.
#[derive(Debug, Subcommand)]
pub(crate) enum Request {
    /// See who asks what, why and for how long: wallet request open LINK
    Open {
        /// The link, from the recipient or from the broker's page.
        link: String,
    },
    /// The requests that wait for your answer.
    List,
    /// One waiting request.
    Show {
        /// Its id, from `list`.
        id: RequestId,
    },
    /// Do not share.
    Decline {
        /// Its id, from `list`.
        id: RequestId,
    },
}

impl Request {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let wallet = context.open()?;
        match self {
            Self::Open { link } => {
                let open = wallet.open_request(&link).await?;
                show(context, &wallet, &open)
            }
            Self::Show { id } => show(context, &wallet, &wallet.request(id)?),
            Self::List => list(context, &wallet),
            Self::Decline { id } => decline(context, &wallet, id).await,
        }
    }
}

fn show(context: &Context, wallet: &Wallet, open: &OpenRequest) -> Result<(), Failure> {
    let held = wallet.credentials()?;
    let selection = Selection::smallest(open.request(), &held).map_err(wallet_core::Error::from)?;
    let items = selection.preview(open.request(), &held, context.words.language());
    let until = wallet.proposed_end(open)?;
    let mut lines = context.words.request(open, &items, until);
    lines.push(context.words.say("request-nothing-shared", &[]));
    lines.push(format!("  wallet share create --request {}", open.id()));
    let value = json!({
        "id": open.id(),
        "recipient": {
            "client_id": open.request().client_id(),
            "name": open.request().recipient().name,
            "business_id": open.request().recipient().business_id,
        },
        "purpose": open.request().details().purpose,
        "legal_basis": open.request().details().legal_basis,
        "until": until,
        "max_reads": open.request().details().reads(),
        "retention": open.request().details().retention,
        "items": items,
        "reasons": open.request().details().reasons,
    });
    context.output.data("wallet.request/1", &value, &lines)
}

fn list(context: &Context, wallet: &Wallet) -> Result<(), Failure> {
    let mut lines = Vec::new();
    let mut values: Vec<Value> = Vec::new();
    for id in wallet.requests()? {
        match wallet.request(id) {
            Ok(open) => {
                let name = context
                    .words
                    .text(&open.request().recipient().name)
                    .to_owned();
                lines.push(format!(
                    "{id}  {}",
                    context.words.say("request-who", &[("name", &name)])
                ));
                values.push(json!({"id": id, "recipient": name}));
            }
            Err(error) => {
                lines.push(format!("{id}  {error}"));
                values.push(json!({"id": id, "reason": error.reason()}));
            }
        }
    }
    context.output.data("wallet.requests/1", &values, &lines)
}

async fn decline(context: &Context, wallet: &Wallet, id: RequestId) -> Result<(), Failure> {
    let open = wallet.request(id)?;
    let delivery = wallet.refuse(&open).await?;
    let name = context
        .words
        .text(&open.request().recipient().name)
        .to_owned();
    let declined = context.words.say("request-declined", &[("name", &name)]);
    let lines: Vec<String> = std::iter::once(declined)
        .chain(context.words.delivery(&delivery))
        .collect();
    let value = json!({"declined": id, "complete_url": delivery.complete_url(),
        "digits": delivery.digits()});
    context.output.data("wallet.declined/1", &value, &lines)
}
