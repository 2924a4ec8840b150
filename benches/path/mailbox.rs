//! A deposit of one presentation: sealing in the wallet, opening at the recipient, each beside one
//! ephemeral P-256 agreement and AES-256-GCM over the same number of octets in bare ring.

use std::{hint::black_box, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};
use credential_core::{
    clock::FixedClock,
    consent::details::ClaimRef,
    id::GrantId,
    jose::{Es256Key, Jwk},
    mailbox::DepositHeader,
    rng::SystemRng,
    text::Language,
};
use criterion::Criterion;
use osaamislompakko::{
    stages,
    world::{Options, World},
};
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral},
    rand::SystemRandom,
};
use verifier_sdk::{GrantExpectation, SealedDeposit};
use wallet_core::{
    consent::{approve, deposit},
    vault::{KdfCost, Passphrase},
};

use crate::ratio::Table;

const SAMPLE: &[u8] = include_bytes!("../../tests/fixtures/koski/ammatillinen-perustutkinto.json");

pub(crate) fn run(criterion: &mut Criterion, table: &mut Table) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let noon: DateTime<Utc> = "2026-05-29T12:00:00Z".parse().unwrap();
    let scene = runtime.block_on(scene(noon));
    let (grant, key) = (
        &scene.grant,
        scene.world.identity().encryption_key.public_jwk(),
    );
    let slot = deposit::Slot {
        sequence: 1,
        not_before: noon,
        expires_at: noon + TimeDelta::days(7),
    };
    let rng = SystemRng::default();
    let seal = || deposit::seal(grant, scene.vp_token.clone(), slot, key, &rng).unwrap();
    let sealed = seal();
    let ciphertext = sealed.as_str().split('.').nth(3).unwrap().len() * 3 / 4;
    table.pair(
        criterion,
        ("deposit seal", "one P-256 agreement and AES-256-GCM"),
        || bare(key, ciphertext),
        || drop(black_box(seal())),
    );

    let identity = scene.world.identity();
    let expectation = GrantExpectation {
        details: grant.details(),
        client_id: &identity.client_id,
        broker: &scene.world.broker().issuer,
        request: &scene.jar,
        last_sequence: 0,
    };
    assert_eq!(DepositHeader::read(sealed.as_str()).unwrap().seq, 1);
    table.pair(
        criterion,
        ("deposit open", "one P-256 agreement and AES-256-GCM"),
        || bare(key, ciphertext),
        || {
            let deposit = SealedDeposit::parse(sealed.as_str()).unwrap();
            drop(black_box(
                deposit
                    .open(&identity.encryption_key, &expectation, noon)
                    .unwrap(),
            ));
        },
    );
}

struct Scene {
    world: World,
    grant: approve::SignedGrant,
    vp_token: deposit::VpToken,
    jar: String,
}

/// A real request, granted, with a presentation of the usual size.
async fn scene(noon: DateTime<Utc>) -> Scene {
    let options = Options {
        clock: Arc::new(FixedClock::at(noon)),
        rng: Arc::new(SystemRng::default()),
        broker_front: None,
        witnesses: Vec::new(),
    };
    let world = World::start(options).await.unwrap();
    let passphrase = Passphrase::from("koivu lumi silta aamu".to_owned());
    let wallet = world
        .wallet("wallet", &passphrase, KdfCost::floor())
        .await
        .unwrap();
    let offer = stages::offer(&world, &stages::understand(SAMPLE).unwrap()).unwrap();
    let open = wallet.open_offer(&offer.link).await.unwrap();
    let held = wallet
        .accept_offer(&open, offer.tx_code.as_deref())
        .await
        .unwrap();
    let recipient = world.recipient().await.unwrap();
    let pending = stages::push(&recipient, &held[0]).await.unwrap();
    let request = wallet.open_request(pending.link()).await.unwrap();
    let chosen = stages::choose(&wallet, &request, Language::En).unwrap();
    let (signer, _pkcs8) = Es256Key::generate().unwrap();
    let id = GrantId::from_bytes([7; 16]);
    let grant = approve::sign(
        request.request(),
        &chosen.selection,
        (id, chosen.until),
        noon,
        &signer,
        None,
    )
    .unwrap();
    let optional: &[ClaimRef] = &request.request().details().optional;
    assert!(!optional.is_empty());
    let vp_token = [(
        "certificate".to_owned(),
        vec![held[0].signed_text().to_owned()],
    )]
    .into();
    Scene {
        jar: request.request().jar().to_owned(),
        world,
        grant,
        vp_token,
    }
}

fn bare(recipient: &Jwk, octets: usize) {
    let random = SystemRandom::new();
    let ephemeral = EphemeralPrivateKey::generate(&ECDH_P256, &random).unwrap();
    _ = black_box(ephemeral.compute_public_key().unwrap());
    let peer = UnparsedPublicKey::new(&ECDH_P256, recipient.p256_point().unwrap());
    let key = agree_ephemeral(ephemeral, &peer, |shared| {
        LessSafeKey::new(UnboundKey::new(&AES_256_GCM, shared).unwrap())
    });
    let mut text = vec![0_u8; octets];
    let nonce = Nonce::assume_unique_for_key([0; 12]);
    let tag = key
        .unwrap()
        .seal_in_place_separate_tag(nonce, Aad::empty(), &mut text);
    _ = black_box(tag.unwrap());
}
