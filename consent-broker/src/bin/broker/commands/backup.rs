//! `broker backup` and `broker restore`.

use std::path::{Path, PathBuf};

use consent_broker::{
    backup::{self, Backup, Target},
    control,
};
use credential_core::{
    clock::{Clock as _, SystemClock},
    rng::SystemRng,
};
use serde_json::json;

use crate::{
    config::{self, BackupTo, RestoreFrom},
    control_client::tell,
    failure::Failure,
    output,
    settings::StoreSettings,
    store::{Own, configured, own},
};

pub(crate) fn back_up(arguments: &BackupTo) -> Result<(), Failure> {
    let given = configured(&arguments.place, arguments.place.given())?.merged();
    let data = given.data()?;
    // The running broker may work in another folder.
    let to = std::path::absolute(&arguments.folder).map_err(Failure::unexpected)?;
    let copied = match own(&given.store()?)? {
        Some(Own { local, .. }) => {
            let store = local.ok_or_else(not_ours)?;
            backup::back_up(&store, &config::keys(&data), &to, SystemClock.now())?
        }
        None => tell(
            &config::socket(&data),
            control::BACKUP_PATH,
            &json!({ "folder": to }),
        )?,
    };
    say(&copied, &to)
}

pub(crate) fn restore(arguments: &RestoreFrom) -> Result<(), Failure> {
    let given = configured(&arguments.place, arguments.place.given())?.merged();
    let target = Target {
        store: sled_folder(given.store()?)?,
        keys: config::keys(&given.data()?),
        keeps_tokens: arguments.accept_older,
    };
    let rng = SystemRng::default();
    let restored = backup::restore(&arguments.folder, &target, SystemClock.now(), &rng)?;
    let made_at = restored.made_at.format("%Y-%m-%d %H:%M UTC");
    output::message(&format!(
        "The copy of {made_at} is in place: {} rows.",
        restored.rows
    ));
    output::message(
        "Shares that people have stopped since then live in it again, and openings since are not in its \
         logs: wallets will find their logs cut, and say so. Tell people why.",
    );
    output::message(if arguments.accept_older {
        "Tokens from before work on, as you have said that nobody has decided anything since."
    } else {
        "No token from before works: recipients ask people anew."
    });
    Ok(())
}

fn say(copied: &Backup, to: &Path) -> Result<(), Failure> {
    let (rows, to) = (copied.rows, to.display());
    output::line(&format!("{rows} rows and the keys are in {to}"))
}

fn sled_folder(settings: StoreSettings) -> Result<PathBuf, Failure> {
    match settings {
        StoreSettings::Sled { folder, .. } => Ok(folder),
        StoreSettings::Postgres { .. } => Err(not_ours()),
    }
}

fn not_ours() -> Failure {
    let error = anyhow::anyhow!("PostgreSQL is copied with its own tools, such as pgBackRest");
    Failure::new(Failure::REFUSED, error)
}
