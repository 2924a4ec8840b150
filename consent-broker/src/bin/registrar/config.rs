//! Arguments of the program.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand};

const EXIT_CODES: &str = "Exit codes: 0 ok, 1 unexpected failure, 2 usage, 3 closed pipe, 5 not found, \
6 refused, 7 network failure, 8 damaged data.";

/// The registrar: who may issue what, who may ask for what, and with which keys.
#[derive(Debug, Parser)]
#[command(
    name = "registrar",
    version,
    before_help = "Example:\n  registrar init --data registrar --entity-id https://registrar.example\n  \
registrar add --data registrar entry.json --name-fi 'Lumo Hoiva Oy' --name-sv 'Lumo Vård Ab' --name-en 'Lumo Care Ltd'\n  \
registrar publish --data registrar --out trust-list.jwt",
    after_help = EXIT_CODES
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Init(Init),
    Add(Add),
    Remove(Remove),
    List(List),
    Publish(Publish),
    Key(Key),
    Serve(Serve),
}

/// Make a registrar: its key and an empty book.
///
/// The key is PKCS #8 in a file of mode 0600, not encrypted: keep the folder offline.
#[derive(Debug, Args)]
#[command(
    before_help = "Example:\n  registrar init --data registrar --entity-id https://registrar.example"
)]
pub(crate) struct Init {
    /// The registrar's folder; made when it is not there.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// The registrar's own identifier.
    #[arg(long, value_name = "URL")]
    pub(crate) entity_id: String,
    /// Allow http on loopback.
    #[arg(long)]
    pub(crate) development: bool,
}

/// List a participant, or change what is listed of it: other keys replace its keys.
#[derive(Debug, Args)]
#[command(
    before_help = "Example:\n  registrar add --data registrar entry.json --name-fi 'Lumo Hoiva Oy' --name-sv 'Lumo Vård Ab' --name-en 'Lumo Care Ltd'"
)]
pub(crate) struct Add {
    /// The registrar's folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// What the participant handed in, checked by you; `-` reads standard input.
    #[arg(value_name = "ENTRY.json")]
    pub(crate) entry: PathBuf,
    /// Legal name in Finnish, in place of the entry's.
    #[arg(long)]
    pub(crate) name_fi: Option<String>,
    /// Legal name in Swedish.
    #[arg(long)]
    pub(crate) name_sv: Option<String>,
    /// Legal name in English.
    #[arg(long)]
    pub(crate) name_en: Option<String>,
    /// Finnish business id.
    #[arg(long)]
    pub(crate) business_id: Option<String>,
    /// OID of the organisation.
    #[arg(long)]
    pub(crate) oid: Option<String>,
    /// Allow http on loopback.
    #[arg(long)]
    pub(crate) development: bool,
}

/// Take a participant off the next list.
#[derive(Debug, Args)]
#[command(before_help = "Example:\n  registrar remove --data registrar https://lumohoiva.example")]
pub(crate) struct Remove {
    /// The registrar's folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// The participant.
    pub(crate) entity_id: String,
}

/// Show who will be on the next list.
#[derive(Debug, Args)]
#[command(before_help = "Example:\n  registrar list --data registrar")]
pub(crate) struct List {
    /// The registrar's folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Sign the next list. Brokers and wallets refuse every earlier one once they have seen it.
#[derive(Debug, Args)]
#[command(
    before_help = "Example:\n  registrar publish --data registrar --out trust-list.jwt --days 30"
)]
pub(crate) struct Publish {
    /// The registrar's folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// Where to write the signed list.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// How long it is valid.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u8).range(1..=30))]
    pub(crate) days: u8,
}

/// Print the public key that wallets and brokers pin, as a JWK.
#[derive(Debug, Args)]
#[command(before_help = "Example:\n  registrar key --data registrar > registrar.jwk.json")]
pub(crate) struct Key {
    /// The registrar's folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
}

/// Serve the signed list at /trust-list and nothing else. The key is not needed and not loaded.
#[derive(Debug, Args)]
#[command(
    before_help = "Example:\n  registrar serve --file trust-list.jwt --listen 127.0.0.1:8090"
)]
pub(crate) struct Serve {
    /// The signed list.
    #[arg(long, value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Where to listen.
    #[arg(long, value_name = "ADDR:PORT")]
    pub(crate) listen: SocketAddr,
}

#[cfg(test)]
mod tests;
