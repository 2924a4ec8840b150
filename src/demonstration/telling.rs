//! The words of each stage. Everything told is taken from what the stage gave.

use credential_core::{consent::receipt::Event, record::Attainment};
use issuer_adapters::server::Offer;
use osaamislompakko::{
    stages::{Chosen, Receipts, Understood},
    world::{World, parties},
};
use serde_json::{Value, json};
use verifier_sdk::{Report, recipient::ReadError};
use wallet_core::{
    consent::{log::LogSync, request::OpenRequest, share::Approved},
    credentials::HeldCredential,
    issuance::OpenOffer,
};

use super::{failure::Failure, story::Story, words};

pub(super) fn roles(story: &mut Story, world: &World) -> Result<(), Failure> {
    let name = words(story).text(&parties::issuer_name()).to_owned();
    let recipient = format!("http://{}", world.recipient_address());
    let recipient_name = recipient_name(story, world)?;
    let mut lines = vec![story.say("roles-each", &[])];
    for server in world.servers() {
        let about = [("url", server.url()), ("name", &*name)];
        lines.push(format!(
            "  {}",
            story.say(&format!("role-{}", server.role()), &about)
        ));
    }
    let about = [("url", &*recipient), ("name", &*recipient_name)];
    lines.push(format!("  {}", story.say("role-recipient", &about)));
    let path = world.folder().display().to_string();
    lines.push(story.say("demo-folder", &[("path", &path)]));
    let mut addresses: serde_json::Map<String, Value> = world
        .servers()
        .iter()
        .map(|s| (s.role().to_owned(), s.url().into()))
        .collect();
    addresses.insert("recipient".into(), recipient.into());
    story.stage(
        "stage-roles",
        &lines,
        json!({"addresses": addresses, "folder": path}),
    )
}

fn recipient_name(story: &Story, world: &World) -> Result<String, Failure> {
    let trust = world.trust()?;
    let (participant, _) = trust
        .recipient(parties::RECIPIENT_CLIENT)
        .ok_or_else(|| anyhow::anyhow!("the recipient is not on the trust list"))?;
    Ok(words(story).text(&participant.name).to_owned())
}

pub(super) fn record(
    story: &mut Story,
    document: &[u8],
    understood: &Understood,
) -> Result<(), Failure> {
    let (record, mapped) = (&understood.record, &understood.mapped);
    let notices = record.notices().len() + mapped.notices.len();
    let counts = [
        ("size", &*kilobytes(document.len())),
        ("count", &*record.attainments().len().to_string()),
        ("parts", &*parts(record.attainments()).to_string()),
        ("notices", &*notices.to_string()),
    ];
    let credentials = [("count", &*mapped.credentials.len().to_string())];
    let mut lines = vec![
        story.say("record-read", &counts),
        story.say("record-becomes", &credentials),
    ];
    let names: Vec<String> = mapped
        .credentials
        .iter()
        .map(|claims| {
            let kind = claims
                .credential_type()
                .name(story.language())
                .unwrap_or_default();
            let title = claims
                .claims()
                .get("title")
                .map(|title| words(story).value(title));
            kind_and_title(kind, title)
        })
        .collect();
    const SHOWN: usize = 6;
    lines.extend(names.iter().take(SHOWN).map(|name| format!("  - {name}")));
    if names.len() > SHOWN {
        lines.push(format!("  … +{}", names.len() - SHOWN));
    }
    let data = json!({
        "bytes": document.len(), "attainments": record.attainments().len(),
        "notices": notices, "credentials": names,
    });
    story.stage("stage-record", &lines, data)
}

/// A minimal proof has no title.
fn kind_and_title(kind: &str, title: Option<String>) -> String {
    title.map_or_else(|| kind.to_owned(), |title| format!("{kind}: {title}"))
}

pub(super) fn wallet_made(story: &mut Story, world: &World) -> Result<(), Failure> {
    let path = world.folder().join("wallet").display().to_string();
    let lines = [story.say("wallet-made", &[("path", &path)])];
    story.stage("stage-wallet", &lines, json!({ "path": path }))
}

/// Gives the credential that the story follows: the first that was offered.
pub(super) fn issuance<'h>(
    story: &mut Story,
    offer: &Offer,
    open: &OpenOffer,
    received: &'h [HeldCredential],
) -> Result<&'h HeldCredential, Failure> {
    let words = words(story);
    let digits = offer.tx_code.as_ref().map_or(0, String::len).to_string();
    let about = [
        ("name", words.text(open.issuer_name())),
        ("digits", &*digits),
        ("host", open.code_goes_to()),
    ];
    let mut lines = vec![
        story.say("issuance-offer", &about),
        story.say("issuance-stored", &[]),
    ];
    let titles: Vec<String> = received
        .iter()
        .map(|held| {
            let kind = held.type_name(story.language());
            kind_and_title(kind, held.title(story.language()))
        })
        .collect();
    lines.extend(titles.iter().map(|title| format!("  - {title}")));
    story.stage("stage-issuance", &lines, json!({ "credentials": titles }))?;
    let first = received.first();
    Ok(first.ok_or_else(|| anyhow::anyhow!("the issuer sent no credential"))?)
}

pub(super) fn request(
    story: &mut Story,
    open: &OpenRequest,
    chosen: &Chosen,
) -> Result<(), Failure> {
    let words = words(story);
    let recipient = open.request().recipient();
    let mut lines = vec![story.say("request-pushed", &[("name", words.text(&recipient.name))])];
    let seen = words.request(open, &chosen.items, chosen.until);
    lines.extend(seen.into_iter().map(|line| format!("  {line}")));
    let data = json!({
        "recipient": open.request().client_id(),
        "purpose": open.request().details().purpose,
        "legal_basis": open.request().details().legal_basis,
        "until": chosen.until,
        "items": chosen.items,
    });
    story.stage("stage-request", &lines, data)
}

pub(super) fn decision(story: &mut Story, chosen: &Chosen) -> Result<(), Failure> {
    let labels = |shared: bool| {
        let of = chosen
            .items
            .iter()
            .filter(|item| item.is_held() && item.shared == shared);
        of.map(|item| item.label.as_str()).collect::<Vec<_>>()
    };
    let (left, stayed) = (labels(true), labels(false));
    let nothing = story.say("decision-stayed-nothing", &[]);
    let stayed_text = if stayed.is_empty() {
        nothing
    } else {
        stayed.join(", ")
    };
    let lines = [
        story.say("decision-left", &[("items", &left.join(", "))]),
        story.say("decision-stayed", &[("items", &stayed_text)]),
        story.say("decision-nobody", &[("count", &chosen.unasked.to_string())]),
        story.say("decision-signed", &[]),
    ];
    let data = json!({"left": left, "stayed": stayed, "unasked": chosen.unasked});
    story.stage("stage-decision", &lines, data)
}

pub(super) async fn broker_row(
    story: &mut Story,
    world: &World,
    approved: &Approved,
) -> Result<(), Failure> {
    let row = world.broker().peek(approved.grant_id).await;
    let row = row.map_err(anyhow::Error::from)?;
    let row = row.ok_or_else(|| anyhow::anyhow!("the broker has no row for this grant"))?;
    let text = serde_json::to_string_pretty(&without_papers(&row)).map_err(anyhow::Error::from)?;
    let size = kilobytes(approved.deposit.as_str().len());
    let lines = [
        story.say("broker-row", &[("size", &size)]),
        text,
        story.say("broker-papers", &[]),
        story.say("broker-cannot", &[]),
    ];
    story.stage("stage-broker", &lines, json!({ "row": row }))
}

/// The row and its deposits as they are; the signed papers are long and were shown above.
fn without_papers(row: &Value) -> Value {
    let deposits = row["deposits"].as_array().into_iter().flatten();
    let deposits: Vec<Value> = deposits
        .map(|deposit| json!({"row": deposit["row"], "ciphertext": deposit["ciphertext"]}))
        .collect();
    json!({"grant": row["grant"], "deposits": deposits})
}

pub(super) fn reading(story: &mut Story, report: &Report) -> Result<(), Failure> {
    let recipient = parties::recipient_name();
    let lines = [
        story.say("read-done", &[("name", words(story).text(&recipient))]),
        report.to_text(story.language()),
    ];
    let data = serde_json::to_value(report).map_err(anyhow::Error::from)?;
    story.stage("stage-read", &lines, json!({ "report": data }))
}

pub(super) fn log(story: &mut Story, stage: &str, sync: &LogSync) -> Result<(), Failure> {
    let mut lines = vec![story.say("log-told", &[])];
    lines.extend(entries(story, sync));
    let data = json!({"entries": sync.new, "head": sync.head.head()});
    story.stage(stage, &lines, data)
}

fn entries(story: &Story, sync: &LogSync) -> Vec<String> {
    let words = words(story);
    let recipient = parties::recipient_name();
    let size = sync.head.head().size.to_string();
    let mut lines: Vec<String> = sync
        .new
        .iter()
        .map(|entry| format!("  {}", words.entry(entry, Some(words.text(&recipient)))))
        .collect();
    lines.push(format!(
        "  {}",
        words.say("log-checked", &[("size", &size)])
    ));
    lines
}

pub(super) fn stop(
    story: &mut Story,
    refused: Result<Report, ReadError>,
    receipts: &Receipts,
    sync: &LogSync,
) -> Result<(), Failure> {
    let words = words(story);
    // No other failure may pass for the refusal that is told.
    let refusal = match refused {
        Err(ReadError::Ended) => ReadError::Ended,
        Err(other) => return Err(anyhow::Error::from(other).into()),
        Ok(_report) => return Err(anyhow::anyhow!("a stopped share could still be read").into()),
    };
    let recipient = parties::recipient_name();
    let reason = refusal.reason();
    let about = [
        ("name", words.text(&recipient)),
        ("reason", &*recipients_words(story, reason)),
    ];
    let both = [
        ("holder", &*events(story, &receipts.holder)),
        ("recipient", &*events(story, &receipts.recipient)),
    ];
    let mut lines = vec![
        story.say("stop-done", &[]),
        words.say("share-stopped", &[]),
        story.say("stop-refused", &about),
        story.say("stop-receipts", &both),
        story.say("stop-log", &[]),
    ];
    lines.extend(entries(story, sync));
    let data = json!({
        "refusal": {"reason": reason, "message": refusal.to_string()},
        "receipts": {"holder": receipts.holder, "recipient": receipts.recipient},
        "entries": sync.new,
    });
    story.stage("stage-stop", &lines, data)
}

/// What the recipient's own program says about it, where it has words for it.
fn recipients_words(story: &Story, reason: &str) -> String {
    let catalog = verifier_sdk::words::catalog(story.language());
    let id = reason.replace('_', "-");
    if catalog.has(&id) {
        catalog.say(&id, &[])
    } else {
        reason.to_owned()
    }
}

/// What receipts record, told from outside: they are the person's and the recipient's alike.
fn events(story: &Story, events: &[Event]) -> String {
    let told = events.iter().map(|event| {
        let event = serde_json::to_value(event).unwrap_or_default();
        story.say(
            &format!("event-{}", event.as_str().unwrap_or_default()),
            &[],
        )
    });
    told.collect::<Vec<_>>().join(", ")
}

/// How many parts there are, at all depths.
fn parts(attainments: &[Attainment]) -> usize {
    let within = |one: &Attainment| one.parts.len() + parts(&one.parts);
    attainments.iter().map(within).sum()
}

/// Thousands of octets, at least one.
fn kilobytes(octets: usize) -> String {
    octets.div_ceil(1000).to_string()
}

/// What to try by hand while the servers run.
pub(super) fn next_commands(
    story: &mut Story,
    world: &World,
    passphrase: &str,
) -> Result<(), Failure> {
    let folder = world.folder().display();
    let wallet = format!("target/release/wallet --development --home {folder}/wallet");
    let issuer = world
        .servers()
        .iter()
        .find(|s| s.role() == "issuer")
        .map_or("", |s| s.url());
    let broker = &world.broker().issuer;
    let lines = [
        "cargo build --release".to_owned(),
        format!("{wallet} credential list     # {passphrase}"),
        format!("{wallet} share list"),
        format!("{wallet} log list"),
        format!("curl {issuer}/.well-known/openid-credential-issuer"),
        format!("curl {broker}/.well-known/oauth-authorization-server"),
    ];
    story.message("demo-running", &[]);
    for line in &lines {
        story.plain(&format!("   {line}"));
    }
    story.message("demo-stop", &[]);
    Ok(())
}
