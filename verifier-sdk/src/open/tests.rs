use chrono::TimeDelta;
use credential_core::{
    encoding::{base64url, from_base64url},
    id::GrantId,
    mailbox::DepositError,
    rng::SystemRng,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{GrantExpectation, OpenError, OpenedPresentation, SealedDeposit};
use crate::{
    RecipientKey,
    test_support::{CLIENT, Deposit, World, noon, seal},
};

fn open(
    world: &World,
    sealed: &str,
    expected: &GrantExpectation<'_>,
) -> Result<OpenedPresentation, OpenError> {
    SealedDeposit::parse(sealed)?.open(&world.recipient, expected, noon())
}

fn why_not(world: &World, change: impl FnOnce(&mut Deposit)) -> OpenError {
    let honest = world.deposit();
    let mut changed = honest.clone();
    change(&mut changed);
    open(world, &changed.seal(world), &honest.expectation()).unwrap_err()
}

#[test]
fn a_deposit_opens_with_the_recipients_key_under_its_grant() {
    let world = World::new();
    let deposit = world.deposit();
    let opened = open(&world, &deposit.seal(&world), &deposit.expectation()).unwrap();
    assert_eq!(opened.grant_id(), deposit.details.grant_id);
    assert_eq!(opened.sequence(), 1);
    assert_eq!(opened.presentations("degree").len(), 1);
    assert!(opened.presentations("other").is_empty());
    let shown = format!("{opened:?}");
    assert!(!shown.contains("eyJ"), "{shown}");
}

#[test]
fn a_deposit_moved_to_another_grant_is_refused() {
    let world = World::new();
    let other = GrantId::random(&SystemRng::default()).unwrap();
    assert_eq!(
        why_not(&world, |deposit| deposit.header_grant = other),
        OpenError::OtherGrant
    );
}

#[test]
fn a_deposit_for_another_recipient_is_refused_by_name_and_by_key() {
    let world = World::new();
    assert_eq!(
        why_not(&world, |deposit| deposit.header_recipient += "x"),
        OpenError::OtherRecipient
    );
    let deposit = world.deposit();
    let sealed = deposit.seal_to(&world, &RecipientKey::generate().unwrap());
    assert_eq!(
        open(&world, &sealed, &deposit.expectation()),
        Err(OpenError::OtherRecipient)
    );
}

#[test]
fn a_deposit_sealed_to_another_key_under_our_key_id_does_not_open() {
    let world = World::new();
    let deposit = world.deposit();
    let stranger = RecipientKey::generate().unwrap();
    let content = serde_json::to_vec(&deposit.content(&world)).unwrap();
    let header = deposit.header(&world.recipient);
    let sealed = seal(header, &content, stranger.public_jwk());
    assert_eq!(
        open(&world, &sealed, &deposit.expectation()),
        Err(OpenError::NotOpened)
    );
}

#[test]
fn a_deposit_made_under_wider_terms_is_refused() {
    let world = World::new();
    let widened = why_not(&world, |deposit| {
        let mut wider = deposit.details.clone();
        wider.max_reads = None;
        deposit.header_hash = wider.hash_base64url().unwrap();
    });
    assert_eq!(widened, OpenError::OtherDetails);
}

#[test]
fn an_older_deposit_than_the_last_one_is_refused_and_the_same_one_is_not() {
    let world = World::new();
    let mut deposit = world.deposit();
    deposit.sequence = 4;
    let sealed = deposit.seal(&world);
    let after = |last_sequence| GrantExpectation {
        last_sequence,
        ..deposit.expectation()
    };
    assert!(open(&world, &sealed, &after(3)).is_ok());
    assert!(open(&world, &sealed, &after(4)).is_ok());
    assert_eq!(
        open(&world, &sealed, &after(5)),
        Err(OpenError::Replayed { last_seen: 5 })
    );
}

#[test]
fn a_deposit_is_read_only_in_its_time() {
    let world = World::new();
    let deposit = world.deposit();
    let sealed = deposit.seal(&world);
    let at = |moment| {
        let parsed = SealedDeposit::parse(&sealed).unwrap();
        parsed
            .open(&world.recipient, &deposit.expectation(), moment)
            .map(|opened| opened.sequence())
    };
    assert_eq!(
        at(deposit.not_before - TimeDelta::seconds(11)),
        Err(OpenError::NotYet)
    );
    assert_eq!(at(deposit.not_before - TimeDelta::seconds(10)), Ok(1));
    assert_eq!(at(deposit.expires_at - TimeDelta::seconds(1)), Ok(1));
    assert_eq!(at(deposit.expires_at), Err(OpenError::Expired));
}

/// `josekit` inflates without limit, so compression is refused before it sees the text.
#[test]
fn josekit_never_sees_a_zip_header() {
    let world = World::new();
    let deposit = world.deposit();
    let mut header = deposit.header(&world.recipient);
    header["zip"] = json!("DEF");
    let bomb = vec![b'0'; 32 << 20];
    let sealed = seal(header, &bomb, world.recipient.public_jwk());
    assert!(
        sealed.len() < 100_000,
        "the bomb is small: {}",
        sealed.len()
    );
    assert_eq!(
        SealedDeposit::parse(&sealed).unwrap_err(),
        OpenError::Form(DepositError::Header)
    );
}

#[test]
fn other_algorithms_extensions_and_extra_header_members_are_refused() {
    let world = World::new();
    let sealed = world.deposit().seal(&world);
    let (header, rest) = sealed.split_once('.').unwrap();
    let header: Value = serde_json::from_slice(&from_base64url(header).unwrap()).unwrap();
    let with = |name: &str, value: Value| {
        let mut header = header.clone();
        header[name] = value;
        let header = base64url(serde_json::to_vec(&header).unwrap());
        SealedDeposit::parse(&format!("{header}.{rest}")).unwrap_err()
    };
    for (name, value) in [
        ("alg", json!("dir")),
        ("alg", json!("RSA1_5")),
        ("alg", json!("PBES2-HS256+A128KW")),
        ("enc", json!("A128GCM")),
        ("enc", json!("A128CBC-HS256")),
        ("crit", json!(["exp"])),
        ("apu", json!("AA")),
        ("jku", json!("https://attacker.example")),
        ("cty", json!("JWT")),
        ("seq", json!(0)),
    ] {
        assert_eq!(
            with(name, value.clone()),
            OpenError::Form(DepositError::Header),
            "{name} {value}"
        );
    }
    let long = header["nbf"].as_i64().unwrap() + 31 * 86_400;
    assert_eq!(
        with("exp", json!(long)),
        OpenError::Form(DepositError::Validity)
    );
}

#[test]
fn a_changed_header_or_ciphertext_does_not_open() {
    let world = World::new();
    let deposit = world.deposit();
    let sealed = deposit.seal(&world);
    let parts: Vec<&str> = sealed.split('.').collect();
    let mut ciphertext = from_base64url(parts[3]).unwrap();
    ciphertext[7] ^= 1;
    let changed = [
        parts[0],
        parts[1],
        parts[2],
        &base64url(ciphertext),
        parts[4],
    ]
    .join(".");
    assert_eq!(
        open(&world, &changed, &deposit.expectation()),
        Err(OpenError::NotOpened)
    );
    let mut header: Value = serde_json::from_slice(&from_base64url(parts[0]).unwrap()).unwrap();
    header["seq"] = json!(9);
    let header = base64url(serde_json::to_vec(&header).unwrap());
    let changed = [&header, parts[1], parts[2], parts[3], parts[4]].join(".");
    assert_eq!(
        open(&world, &changed, &deposit.expectation()),
        Err(OpenError::NotOpened)
    );
}

#[test]
fn an_ephemeral_key_off_the_curve_does_not_open() {
    let world = World::new();
    let deposit = world.deposit();
    let sealed = deposit.seal(&world);
    let (header, rest) = sealed.split_once('.').unwrap();
    let mut header: Value = serde_json::from_slice(&from_base64url(header).unwrap()).unwrap();
    header["epk"]["y"] = header["epk"]["x"].clone();
    let header = base64url(serde_json::to_vec(&header).unwrap());
    assert_eq!(
        open(&world, &format!("{header}.{rest}"), &deposit.expectation()),
        Err(OpenError::NotOpened)
    );
}

#[test]
fn content_of_another_shape_is_refused() {
    let world = World::new();
    let deposit = world.deposit();
    let good = deposit.content(&world);
    let with = |name: &str, value: Value| {
        let mut content = good.clone();
        content[name] = value;
        let content = serde_json::to_vec(&content).unwrap();
        let header = deposit.header(&world.recipient);
        let sealed = seal(header, &content, world.recipient.public_jwk());
        open(&world, &sealed, &deposit.expectation()).map(|opened| opened.sequence())
    };
    assert_eq!(with("pad", json!("")), Ok(1));
    let twice = json!({"degree": [good["vp_token"]["degree"][0], good["vp_token"]["degree"][0]]});
    let many: Value = (0..17).map(|i| (i.to_string(), json!(["x"]))).collect();
    let mut deep = json!([]);
    for _ in 0..120 {
        deep = json!([deep]);
    }
    for (name, value) in [
        ("vp_token", twice),
        ("vp_token", many),
        ("vp_token", json!({"degree": []})),
        ("vp_token", json!("x")),
        ("vp_token", deep.clone()),
        ("decision", json!("x")),
        ("extra", json!(1)),
        ("pad", deep),
    ] {
        assert_eq!(with(name, value), Err(OpenError::Content), "{name}");
    }
}

#[test]
fn a_key_is_stored_and_read_back_and_shows_nothing() {
    let key = RecipientKey::generate().unwrap();
    let again = RecipientKey::from_pkcs8(&key.to_pkcs8()).unwrap();
    assert_eq!(key.public_jwk(), again.public_jwk());
    assert_eq!(key.public_jwk().kid, Some(key.thumbprint()));
    let jwk = serde_json::to_value(key.public_jwk()).unwrap();
    assert_eq!(jwk["use"], "enc");
    assert_eq!(format!("{key:?}").matches(&key.thumbprint()).count(), 1);
    assert!(RecipientKey::from_pkcs8(b"nothing").is_err());
    let mut damaged = key.to_pkcs8().to_vec();
    damaged.truncate(100);
    assert!(RecipientKey::from_pkcs8(&damaged).is_err());
}

#[test]
fn a_grant_that_names_another_recipient_opens_nothing() {
    let world = World::new();
    let deposit = world.deposit();
    let expected = GrantExpectation {
        client_id: "openid_federation:https://other.example",
        ..deposit.expectation()
    };
    assert_ne!(expected.client_id, CLIENT);
    assert_eq!(
        open(&world, &deposit.seal(&world), &expected),
        Err(OpenError::OtherRecipient)
    );
}

proptest! {
    #[test]
    fn any_text_is_refused_without_panic(text in "\\PC{0,200}") {
        prop_assert!(SealedDeposit::parse(&text).is_err());
    }
}
