//! The command line.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::{Args, Parser, Subcommand, ValueEnum};
use credential_core::{id::GrantId, linked_data::KnownBy, text::Language};

const EXAMPLE: &str = "\
Example:
  verify file todistus.sd-jwt --trust-list trust-list.jwt --registrar-key registrar.jwk
  verify file merkki.png --person emailAddress=aino@example.fi --trust-list trust-list.jwt --registrar-key registrar.jwk
  verify file todistus.sd-jwt --evidence todistus.evidence --registrar-key registrar.jwk
  verify batch todistukset/ --summary table.csv --trust-list trust-list.jwt --registrar-key registrar.jwk
  verify request --data lumo --broker https://broker.example --template request.json --wait
  verify read --data lumo 7d1f0a52-6f0c-4a57-9a53-0c2a3e1c5b11";

const EXIT_CODES: &str = "\
Exit codes:
  0 in order   1 unexpected   2 usage   5 not found   6 refused   7 network, try again
  8 damaged data   10 not valid   11 could not check   12 valid with remarks";

/// Ask for, read and check learning credentials.
#[derive(Debug, Parser)]
#[command(name = "verify", version, before_help = EXAMPLE, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What all commands take.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// The recipient's folder: keys, pending requests, grants.
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// The signed trust list: a file or an address. Remembered in the folder.
    #[arg(long, global = true, value_name = "FILE|URL")]
    pub(crate) trust_list: Option<String>,
    /// The registrar's public key (JWK). Remembered in the folder, and never changed there.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) registrar_key: Option<PathBuf>,
    /// Whom to trust beside the trust list (JSON): pinned issuers, federations, certificate authorities.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) registries: Option<PathBuf>,
    /// Talk to programs on this machine by http, and to nothing else.
    #[arg(long, global = true)]
    pub(crate) development: bool,
    /// Print JSON.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// fi, sv or en.
    #[arg(long, global = true, value_name = "LANG")]
    pub(crate) lang: Option<Language>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make the recipient's keys, and print the entry for the registrar.
    Init(Init),
    /// Ask for credentials: print the link for the person.
    Request(Request),
    /// Take an answer that came to the redirect address while nobody listened.
    Answer(Answer),
    /// Read and check what a person shares. The person sees this.
    Read(Read),
    /// Leave a message for the person who shares. Only their wallet can read it.
    Message(Message),
    /// Check a receipt, or fetch and check those of a grant.
    Receipt(Receipt),
    /// Print the link to the recipient's own page: what it is registered for and was granted.
    Page(Page),
    /// Ask the broker what became of shares: ended, paused, resumed, narrowed, renewed.
    Notices(Notices),
    /// Check a credential in a file (`-` for standard input).
    File(File),
    /// Check many files, and write a table with a line for each.
    Batch(Batch),
    /// Print the JSON Schema of what `file --json` and `batch --json` print.
    Schema,
    /// Look at the trust list.
    #[command(subcommand)]
    Trust(Trust),
}

#[derive(Debug, Args)]
pub(crate) struct Init {
    /// Entity identifier: an https address that belongs to the recipient.
    #[arg(long, value_name = "URL")]
    pub(crate) entity: String,
    /// Legal name in Finnish.
    #[arg(long)]
    pub(crate) name_fi: String,
    /// Legal name in Swedish.
    #[arg(long)]
    pub(crate) name_sv: String,
    /// Legal name in English.
    #[arg(long)]
    pub(crate) name_en: String,
    /// Finnish business id.
    #[arg(long)]
    pub(crate) business_id: Option<String>,
    /// Where browsers come back to.
    #[arg(long, value_name = "URL")]
    pub(crate) redirect: String,
    /// Where the broker pushes notices to; without it, `verify notices` asks for them.
    #[arg(long, value_name = "URL")]
    pub(crate) events: Option<String>,
    /// The intended uses to register: a JSON array.
    #[arg(long = "use", value_name = "USES.json")]
    pub(crate) uses: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Request {
    /// The broker's issuer identifier.
    #[arg(long, value_name = "URL")]
    pub(crate) broker: String,
    /// What is asked for: query, purpose, duration, retention.
    #[arg(long, value_name = "REQUEST.json")]
    pub(crate) template: PathBuf,
    /// Listen at the redirect address (this machine) until the answer comes.
    #[arg(long)]
    pub(crate) wait: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Answer {
    /// The address the browser came back to, or its query; `-` for standard input.
    pub(crate) address: String,
}

#[derive(Debug, Args)]
pub(crate) struct Read {
    /// The grant's id.
    pub(crate) grant: GrantId,
}

#[derive(Debug, Args)]
pub(crate) struct Page {
    /// The broker's issuer identifier.
    #[arg(long, value_name = "URL")]
    pub(crate) broker: String,
}

#[derive(Debug, Args)]
pub(crate) struct Message {
    /// The grant's id. It may have ended.
    pub(crate) grant: GrantId,
    /// What the message is about.
    #[arg(long, value_enum)]
    pub(crate) kind: MessageKind,
    /// What it says, in the language of --lang, on one line.
    #[arg(long)]
    pub(crate) text: String,
    /// What was deleted, with a deletion receipt.
    #[arg(long, required_if_eq("kind", "deletion-receipt"))]
    pub(crate) deleted: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum MessageKind {
    /// An offer: a place, a job, a course.
    Proposal,
    /// A question.
    Question,
    /// What was read has been deleted.
    DeletionReceipt,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Receipt {
    /// A receipt.
    pub(crate) file: Option<PathBuf>,
    /// Fetch the receipts of this grant.
    #[arg(long)]
    pub(crate) grant: Option<GrantId>,
}

#[derive(Debug, Args)]
pub(crate) struct Notices {
    /// The broker's issuer identifier.
    #[arg(long, value_name = "URL")]
    pub(crate) broker: String,
    /// When there is nothing new, wait up to half a minute for it.
    #[arg(long)]
    pub(crate) wait: bool,
}

/// How files are judged.
#[derive(Debug, Args)]
pub(crate) struct Judging {
    /// Judge as of this moment (RFC 3339) instead of now.
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<DateTime<Utc>>,
    /// Ask nobody; whether it was withdrawn then stays open.
    #[arg(long)]
    pub(crate) offline: bool,
    /// Whose certificates (PEM or DER) may stand behind the signature of a PDF document. Without them, who signed
    /// one could not be checked.
    #[arg(long, value_name = "FILE")]
    pub(crate) pdf_anchors: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Batch {
    /// Files, and folders whose files are meant.
    #[arg(
        value_name = "FILE|FOLDER",
        required_unless_present = "lines",
        conflicts_with = "lines"
    )]
    pub(crate) paths: Vec<PathBuf>,
    /// A file with one credential on each line, instead.
    #[arg(long, value_name = "FILE")]
    pub(crate) lines: Option<PathBuf>,
    /// Where the table goes (CSV; with --json a line of JSON for each file). Otherwise it is printed.
    #[arg(long, value_name = "FILE")]
    pub(crate) summary: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) how: Judging,
}

#[derive(Debug, Args)]
pub(crate) struct File {
    /// The credential: JSON, a JWT or SD-JWT, a picture (PNG, SVG) with a badge in it, or a signed PDF document.
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) how: Judging,
    /// Judge by the evidence that the issuer gave with it, asking nobody: as of the time when the evidence was
    /// made. Needs the registrar's key and no trust list.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["at", "offline"])]
    pub(crate) evidence: Option<PathBuf>,
    /// Say whether it is about this person, whom you know by a name or an address: many badges hold only a hash of
    /// that. KIND is as in Open Badges: name, emailAddress, userName…
    #[arg(long, value_name = "KIND=VALUE", value_parser = known_by, conflicts_with = "evidence")]
    pub(crate) person: Option<KnownBy>,
}

fn known_by(text: &str) -> Result<KnownBy, &'static str> {
    let (kind, value) = text
        .split_once('=')
        .filter(|(kind, value)| !kind.is_empty() && !value.is_empty())
        .ok_or("a kind, = and a value are needed, such as name=\"Aino Esimerkki\"")?;
    Ok(KnownBy {
        kind: kind.to_owned(),
        value: value.to_owned(),
    })
}

#[derive(Debug, Subcommand)]
pub(crate) enum Trust {
    /// Print who is on the list.
    Show,
}
