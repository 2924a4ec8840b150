//! Certificates that the issuer has not released yet.

use wallet_core::{Wallet, issuance::AwaitedCredential};

use super::credential::show_received;
use crate::{Context, failure::Failure};

/// Says of everything that is not ready that it is not, and how to ask again.
pub(super) fn tell(context: &Context, wallet: &Wallet) -> Result<(), Failure> {
    for awaited in wallet.awaited()? {
        context.output.message(&line(context, &awaited));
    }
    Ok(())
}

/// Asks for everything that is not ready. What one issuer refuses keeps nothing else from coming.
pub(super) async fn collect(context: &Context) -> Result<(), Failure> {
    let wallet = context.open()?;
    let (mut received, mut refused) = (Vec::new(), None);
    for awaited in wallet.awaited()? {
        match wallet.collect_awaited(awaited.id).await {
            Ok(held) => received.extend(held),
            Err(error) => refused = Some(error),
        }
    }
    tell(context, &wallet)?;
    show_received(context, &received)?;
    refused.map_or(Ok(()), |error| Err(error.into()))
}

fn line(context: &Context, awaited: &AwaitedCredential) -> String {
    let words = &context.words;
    let issuer = words.text(&awaited.issuer_name);
    let what = awaited.type_name(words.language());
    words.say("credential-awaited", &[("what", what), ("issuer", issuer)])
}
