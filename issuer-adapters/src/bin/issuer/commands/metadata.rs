//! `issuer metadata show`: what the server publishes.

use clap::{Args, Subcommand};
use serde_json::json;

use super::init;
use crate::{
    desk,
    failure::{Failure, Kind},
    output::Output,
    place::Place,
};

/// What wallets and verifiers fetch from this institution.
#[derive(Debug, Subcommand)]
pub(crate) enum Metadata {
    /// Print the documents as the server would answer.
    Show(Show),
}

/// Prints the issuer's and the authorization server's metadata and the published keys.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n\n  issuer metadata show --data issuer")]
pub(crate) struct Show {
    #[command(flatten)]
    place: Place,
    /// Only for an institution that has no identifier of its own: where it is tried out.
    #[arg(long)]
    identifier: Option<String>,
}

pub(crate) async fn metadata(command: &Metadata, output: &Output) -> Result<(), Failure> {
    let Metadata::Show(args) = command;
    let (folder, keys) = args.place.unlock()?;
    let institution = folder.institution()?;
    let identifier = init::chosen(&institution, args.identifier.as_deref())?;
    let identifier = init::of_development(identifier);
    let network = init::network_of(&identifier);
    let state = desk::state(
        &folder,
        &keys,
        (&identifier, network),
        desk::Rules::default(),
    )
    .map_err(|failure| failure.while_serving(&identifier))?;
    let published = state.published_documents().await.ok_or_else(|| {
        Failure::new(
            Kind::Unexpected,
            "metadata_not_json",
            "a document is no JSON",
        )
    })?;
    output.document(&json!({
        "openid-credential-issuer": published.credential_issuer,
        "oauth-authorization-server": published.authorization_server,
        "jwks": published.jwks,
    }))
}
