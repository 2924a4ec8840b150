//! Collecting on the issuer's page: the link for the browser, and the address it comes back to.

use serde_json::json;
use wallet_core::{Wallet, issuance::OpenOffer};

use super::{awaited, credential::show_received};
use crate::{Context, failure::Failure};

/// Where the browser comes back to. Nobody listens there: the person copies the address from the browser,
/// and the code in it is worth nothing without the keys in the wallet.
const CALLBACK: &str = "http://127.0.0.1:47211/osaamislompakko";

/// Gives the link, and asks for the address where there is a terminal to ask on.
pub(super) async fn begin(
    context: &Context,
    wallet: &Wallet,
    offer: &OpenOffer,
) -> Result<(), Failure> {
    let visit = wallet.begin_authorization(offer, CALLBACK).await?;
    let words = &context.words;
    let open = words.say("offer-open-page", &[("host", &visit.host)]);
    if !context.no_input {
        context
            .output
            .message(&format!("{open}\n\n{}\n", visit.link));
        let question = format!("{}:", words.say("offer-browser-address", &[]));
        if let Some(address) = context.output.ask(&question) {
            return finish(context, wallet, &address).await;
        }
    }
    let value = json!({"link": visit.link, "host": visit.host});
    let lines = [open, visit.link, words.say("offer-finish-later", &[])];
    context
        .output
        .data("wallet.authorization/1", &value, &lines)
}

/// Finishes with the address that the browser came back to.
pub(super) async fn finish(
    context: &Context,
    wallet: &Wallet,
    address: &str,
) -> Result<(), Failure> {
    let received = wallet.finish_authorization(address).await?;
    awaited::tell(context, wallet)?;
    show_received(context, &received)
}
