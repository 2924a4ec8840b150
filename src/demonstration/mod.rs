//! Tells the stages of [`osaamislompakko::stages`] as they happen.

mod failure;
mod story;
mod telling;

use std::{
    fs::File,
    io::{self, ErrorKind, Read as _},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
    time::Instant,
};

use credential_core::{clock::SystemClock, rng::SystemRng, text::Language};
use issuer_adapters::source::MAX_BYTES;
use osaamislompakko::{
    stages::{self, Understood},
    world::{Options, World},
};
use serde_json::json;
use wallet_core::{
    Wallet,
    vault::{KdfCost, Passphrase},
    words::Words,
};

use self::{failure::Failure, story::Story};

/// The invented record: a person with a vocational qualification.
const SAMPLE: &[u8] = include_bytes!("../../tests/fixtures/koski/ammatillinen-perustutkinto.json");
/// The throw-away wallet's passphrase; shown, so that the wallet can be opened by hand.
const PASSPHRASE: &str = "koivu lumi silta aamu";

/// What was asked for on the command line.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) once: bool,
    pub(crate) record: Option<PathBuf>,
    pub(crate) json: bool,
    pub(crate) language: Language,
}

/// Runs the demonstration and gives the exit code.
pub(crate) async fn run(settings: Settings) -> ExitCode {
    let mut story = Story::new(settings.language, settings.json);
    match tell(&settings, &mut story).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(&story),
    }
}

async fn tell(settings: &Settings, story: &mut Story) -> Result<(), Failure> {
    let began = Instant::now();
    let document = match &settings.record {
        Some(path) => read(path)?,
        None => SAMPLE.to_vec(),
    };
    // Before anything starts: a record that cannot be used is answered at once.
    let understood = stages::understand(&document)?;
    story.line("demo-title", &[])?;
    let options = Options {
        clock: Arc::new(SystemClock),
        rng: Arc::new(SystemRng::default()),
        broker_front: None,
        witnesses: Vec::new(),
    };
    let mut world = World::start(options).await?;
    let wallet = walk(&mut world, story, &document, &understood).await?;
    let seconds = format!("{:.1}", began.elapsed().as_secs_f32());
    story.line("demo-done", &[("seconds", &story.decimal(&seconds))])?;
    story.finish(&json!({"seconds": seconds}))?;
    if !settings.once {
        // The next commands open the wallet themselves.
        drop(wallet);
        keep_running(&world, story).await?;
    }
    Ok(())
}

/// The whole way, stage by stage.
async fn walk(
    world: &mut World,
    story: &mut Story,
    document: &[u8],
    understood: &Understood,
) -> Result<Wallet, Failure> {
    telling::roles(story, world)?;
    telling::record(story, document, understood)?;

    story.working("wallet-making");
    let passphrase = Passphrase::from(PASSPHRASE.to_owned());
    let wallet = world
        .wallet("wallet", &passphrase, KdfCost::recommended())
        .await?;
    telling::wallet_made(story, world)?;

    let offer = stages::offer(world, understood)?;
    let open = wallet.open_offer(&offer.link).await?;
    let received = wallet.accept_offer(&open, offer.tx_code.as_deref()).await?;
    let held = telling::issuance(story, &offer, &open, &received)?;

    let recipient = world.recipient().await?;
    let pending = stages::push(&recipient, held).await?;
    let request = wallet.open_request(pending.link()).await?;
    let chosen = stages::choose(&wallet, &request, story.language())?;
    telling::request(story, &request, &chosen)?;

    let answered = (&recipient, &pending);
    let (approved, mut grant) = stages::share(world, &wallet, &request, &chosen, answered).await?;
    telling::decision(story, &chosen)?;
    telling::broker_row(story, world, &approved).await?;

    let report = stages::read(world, &recipient, &mut grant).await?;
    telling::reading(story, &report.map_err(anyhow::Error::from)?)?;
    let before = wallet.sync_log(&grant_broker(world)).await?;
    telling::log(story, "stage-log", &before)?;

    wallet.stop(approved.grant_id).await?;
    let refused = stages::read(world, &recipient, &mut grant).await?;
    let receipts = stages::receipts(world, &wallet, &recipient, approved.grant_id).await?;
    let after = wallet.sync_log(&grant_broker(world)).await?;
    telling::stop(story, refused, &receipts, &after)?;
    Ok(wallet)
}

fn grant_broker(world: &World) -> String {
    world.broker().issuer.clone()
}

async fn keep_running(world: &World, story: &mut Story) -> Result<(), Failure> {
    telling::next_commands(story, world, PASSPHRASE)?;
    tokio::signal::ctrl_c().await.map_err(anyhow::Error::from)?;
    story.message("demo-ended", &[]);
    Ok(())
}

/// Reads no more than shows that a document is too large; the reader of records says so.
fn read(path: &PathBuf) -> Result<Vec<u8>, Failure> {
    let failed = |error: io::Error| match error.kind() {
        ErrorKind::NotFound => Failure::not_found(path),
        _ => Failure::usage(&format!("{}: {error}", path.display())),
    };
    let (file, mut document) = (File::open(path).map_err(failed)?, Vec::new());
    let most = MAX_BYTES as u64 + 1;
    file.take(most).read_to_end(&mut document).map_err(failed)?;
    Ok(document)
}

/// The wallet's own words, for what the person sees.
fn words(story: &Story) -> Words {
    Words::new(story.language())
}
