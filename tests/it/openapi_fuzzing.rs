//! The running broker against its own OpenAPI document: schemathesis makes requests from it, its hooks
//! sign what has to be signed, and whatever is answered must be as the document says.

use std::{env, path::PathBuf, process::Command, sync::Arc, time::Duration};

use credential_core::{
    clock::SystemClock,
    credential::CredentialType,
    encoding::base64url,
    jose::{Es256Key, JwkSet, KeyUse, Signer as _},
    rng::SystemRng,
    text::{Language, Text},
};
use osaamislompakko::{
    stages,
    world::{Options, World, parties},
};
use serde_json::json;
use verifier_sdk::{
    RecipientKey,
    recipient::{HeldGrant, Identity, Recipient},
};

use crate::support::{
    self, SAMPLE, details_of,
    resource_server::ResourceServer,
    script::{Script, folder, not_installed},
};

const ENTITY: &str = "https://karikkodata.example";
/// Signing and waiting included; the run itself is given less.
const PATIENCE: Duration = Duration::from_secs(1_500);

#[tokio::test(flavor = "multi_thread")]
#[ignore = "minutes of generated requests: .ci/run has a step of its own for it"]
async fn whatever_schemathesis_asks_is_answered_as_the_openapi_document_says() {
    let program = target().join("schemathesis/bin/schemathesis");
    if !program.exists() {
        not_installed(
            "python3 -m venv target/schemathesis && \
             target/schemathesis/bin/pip install -r tests/clients/requirements.txt",
        );
        return;
    }
    let (signing, signing_pkcs8) = Es256Key::generate().unwrap();
    let (dpop, dpop_pkcs8) = Es256Key::generate().unwrap();
    let opening = RecipientKey::generate().unwrap();
    let kid = signing.public_jwk().kid.clone().unwrap();
    let keys = vec![
        signing.public_jwk().clone().with_use(KeyUse::Sig),
        opening.public_jwk().clone().with_use(KeyUse::Enc),
    ];
    let options = Options {
        clock: Arc::new(SystemClock),
        rng: Arc::new(SystemRng::default()),
        broker_front: None,
        witnesses: Vec::new(),
    };
    let server = ResourceServer::generate();
    let mut world = World::start_with(options, |redirect_uri| {
        let name = Text::new("Karikkodata Oy", "Karikkodata Ab", "Karikkodata Ltd");
        let keys = JwkSet { keys };
        vec![
            parties::hiring_recipient(ENTITY, name, keys, redirect_uri),
            server.entry(),
        ]
    })
    .await
    .unwrap();
    let identity = Identity {
        client_id: format!("openid_federation:{ENTITY}"),
        signing_key: Arc::new(signing),
        dpop_key: Arc::new(dpop),
        encryption_key: Arc::new(opening),
        redirect_uri: world.identity().redirect_uri.clone(),
    };
    let grant = granted(&mut world, &identity).await;
    // A real grant, so that there is something to read; its tokens are bound to the proofs' key.
    let held = serde_json::to_value(&grant).unwrap();
    let task = json!({
        "issuer": world.broker().issuer,
        "client_id": identity.client_id,
        "redirect_uri": identity.redirect_uri,
        "details": details_of(CredentialType::Qualification, &identity.encryption_key),
        "kid": kid,
        "signing_key": base64url(&*signing_pkcs8),
        "dpop_key": base64url(&*dpop_pkcs8),
        "grant_id": grant.id(),
        "refresh_token": held["tokens"]["refresh_token"],
        "resource_server": server.task(),
    });
    let file = world.folder().join("task.json");
    std::fs::write(&file, task.to_string()).unwrap();

    let issuer = world.broker().issuer.clone();
    let mut command = Command::new(program);
    command
        .args([
            "--config-file",
            "schemathesis.toml",
            "run",
            "--url",
            &issuer,
        ])
        .arg(format!("{issuer}/openapi.json"))
        .env("BROKER_TASK", &file)
        .env("PYTHONPATH", folder())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("HYPOTHESIS_STORAGE_DIRECTORY", world.folder());
    // For looking closer: SCHEMATHESIS_OPTIONS="--include-path /par".
    if let Some(options) = env::var_os("SCHEMATHESIS_OPTIONS") {
        command.args(options.to_str().unwrap().split_whitespace());
    }
    let succeeded = tokio::task::spawn_blocking(move || {
        let mut script = Script::start(command);
        let succeeded = script.succeeds(PATIENCE);
        println!("{}", script.rest());
        succeeded
    });
    assert!(succeeded.await.unwrap(), "see what it found, above");
}

/// A share that stands, the person's side by the real wallet.
async fn granted(world: &mut World, identity: &Identity) -> HeldGrant {
    let wallet = support::wallet_with(world, SAMPLE).await;
    let recipient = Recipient::connect(
        identity.clone(),
        &world.broker().issuer,
        world.http().clone(),
        Arc::new(SystemClock),
        Arc::new(SystemRng::default()),
    );
    let recipient = recipient.await.unwrap();
    let template = parties::request(CredentialType::Qualification).unwrap();
    let pending = recipient.push(&template).await.unwrap();
    let open = wallet.open_request(pending.link()).await.unwrap();
    let chosen = stages::choose(&wallet, &open, Language::En).unwrap();
    let answered = (&recipient, &pending);
    let (_approved, grant) = stages::share(world, &wallet, &open, &chosen, answered)
        .await
        .unwrap();
    grant
}

/// The build's folder, where programs that are installed for tests stand.
fn target() -> PathBuf {
    let test = env::current_exe().unwrap();
    test.ancestors().nth(3).unwrap().to_owned()
}

#[test]
fn no_check_of_the_fuzzing_is_switched_off() {
    let configuration = std::fs::read_to_string(folder().join("schemathesis.toml")).unwrap();
    let checks = configuration.split("[checks]").nth(1).unwrap();
    let checks = checks.split("\n[").next().unwrap();
    assert!(!checks.contains("false"), "every check is on: {checks}");
    assert!(!configuration.contains("[checks."), "{configuration}");
}
