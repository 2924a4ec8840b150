//! Checks a credential in a file: `verify_file TODISTUS.sd-jwt TRUST-LIST.jwt REGISTRAR.jwk`.

use std::{env, error::Error, fs};

use credential_core::{
    clock::{Clock as _, SystemClock},
    text::Language,
    trust::TrustList,
};
use verifier_sdk::Verifier;

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stdout, reason = "an example shows what it found")]
async fn main() -> Result<(), Box<dyn Error>> {
    let [credential, list, registrar] =
        <[String; 3]>::try_from(env::args().skip(1).collect::<Vec<_>>())
            .map_err(|_count| "name a credential, a trust list and the registrar's key")?;
    let registrar = serde_json::from_slice(&fs::read(registrar)?)?;
    let list = fs::read_to_string(list)?;
    let trust = TrustList::verify(list.trim(), &registrar, None, SystemClock.now())?;
    let verifier = Verifier::builder()
        .trust(trust)
        .clock(SystemClock)
        .offline()
        .build()?;
    let report = verifier
        .verify_file(&fs::read_to_string(credential)?)
        .await?;
    println!("{}", report.to_text(Language::Fi));
    Ok(())
}
