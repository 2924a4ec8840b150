//! Getting the trust list: from a file or an address, by the pinned key, never an older one.

use std::path::Path;

use credential_core::{clock::Clock as _, clock::SystemClock, jose::Jwk, trust::TrustList};
use verifier_sdk::http::{Body, HttpClient};

use crate::{
    failure::{Failure, Kind},
    settings::Settings,
    store::{Store, TrustSource, read_json, read_text},
};

/// Loads the list. What a folder remembers is used where the command line is silent, and brought up
/// to date.
pub(crate) async fn load(settings: &Settings<'_>) -> Result<TrustList, Failure> {
    let store = settings.store_if_any()?;
    let known = store.as_ref().map(Store::trust).transpose()?.flatten();
    let given = settings.common.trust_list.clone();
    let source = given
        .or_else(|| known.as_ref().map(|known| known.source.clone()))
        .ok_or_else(|| Failure::new(Kind::Usage, "trust_list_missing", "--trust-list"))?;
    let registrar = registrar_key(settings, known.as_ref())?;
    let text = read(&source, settings).await?;
    let sequence = known.as_ref().map(|known| known.sequence);
    let list = TrustList::verify(text.trim(), &registrar, sequence, SystemClock.now())
        .map_err(|error| Failure::new(Kind::NotValid, error.reason(), error.to_string()))?;
    if known.is_some_and(|known| known.sequence == list.sequence() && known.hash != list.hash()) {
        let detail = format!("{} ({})", list.registrar(), list.sequence());
        return Err(Failure::new(
            Kind::NotValid,
            "trust_list_two_of_one_number",
            detail,
        ));
    }
    if let Some(store) = store {
        store.save_trust(&TrustSource {
            source: absolute(&source),
            registrar,
            sequence: list.sequence(),
            hash: list.hash().to_owned(),
        })?;
    }
    Ok(list)
}

/// The registrar's pinned key, for what is judged without a list of today.
pub(crate) fn pinned(settings: &Settings<'_>) -> Result<Jwk, Failure> {
    let store = settings.store_if_any()?;
    let known = store.as_ref().map(Store::trust).transpose()?.flatten();
    registrar_key(settings, known.as_ref())
}

/// The key that was pinned first stays.
fn registrar_key(settings: &Settings<'_>, known: Option<&TrustSource>) -> Result<Jwk, Failure> {
    let given: Option<Jwk> = settings
        .common
        .registrar_key
        .as_deref()
        .map(read_json)
        .transpose()?;
    match (given, known) {
        (Some(given), Some(known)) if given.thumbprint() != known.registrar.thumbprint() => {
            let detail = "--registrar-key";
            Err(Failure::new(Kind::Refused, "registrar_key_changed", detail))
        }
        (_, Some(known)) => Ok(known.registrar.clone()),
        (Some(given), None) => Ok(given),
        (None, None) => {
            let detail = "--registrar-key";
            Err(Failure::new(Kind::Usage, "registrar_key_missing", detail))
        }
    }
}

async fn read(source: &str, settings: &Settings<'_>) -> Result<String, Failure> {
    if !is_address(source) {
        return read_text(Path::new(source));
    }
    let client = HttpClient::new(settings.network())?;
    let answer = client.send(source, &[], Body::None).await?;
    if answer.status != 200 {
        let detail = format!("{source}: {}", answer.status);
        return Err(Failure::new(Kind::Network, "trust_list_not_served", detail));
    }
    String::from_utf8(answer.body)
        .map_err(|_error| Failure::new(Kind::NotValid, "trust_list_not_text", source))
}

fn is_address(source: &str) -> bool {
    source.starts_with("https://") || source.starts_with("http://")
}

fn absolute(source: &str) -> String {
    if is_address(source) {
        return source.to_owned();
    }
    std::path::absolute(source).map_or_else(
        |_error| source.to_owned(),
        |path| path.display().to_string(),
    )
}
