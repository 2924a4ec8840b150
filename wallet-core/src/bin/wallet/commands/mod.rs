//! The commands: noun, then verb.

mod awaited;
mod badge;
mod browser;
pub(crate) mod credential;
pub(crate) mod init;
pub(crate) mod log;
pub(crate) mod messages;
pub(crate) mod request;
pub(crate) mod share;
pub(crate) mod trust;

use serde_json::json;
use wallet_core::consent::share::ShareState;

use crate::{Context, failure::Failure};

/// `wallet status`
pub(crate) fn status(context: &Context) -> Result<(), Failure> {
    let wallet = context.open()?;
    let (credentials, badges) = (wallet.credentials()?.len(), wallet.badges()?.len());
    let requests = wallet.requests()?.len();
    let active = |state| state == ShareState::Active;
    let shares = wallet
        .shares()?
        .into_iter()
        .filter(|share| active(share.state))
        .count();
    let counts = [
        ("credentials", &*(credentials + badges).to_string()),
        ("shares", &*shares.to_string()),
        ("requests", &*requests.to_string()),
    ];
    let value = json!({
        "credentials": credentials, "badges": badges, "active_shares": shares, "requests": requests,
    });
    context.output.data(
        "wallet.status/1",
        &value,
        &[context.words.say("status-line", &counts)],
    )
}
