use chrono::TimeDelta;
use credential_core::{
    jose::{Es256Key, JwkSet, KeyUse, Signer as _},
    network::Network,
    trust::{IssuerRole, ResourceRole, TrustError, TrustList},
};

use super::{Change, Entry, EntryError, FolderError, Registry, RegistryFolder};
use crate::{
    keys::{KeyFileError, signing_jwk},
    tests::support::{Recipient, ResourceServer, noon},
};

fn entry() -> Entry {
    let mut entry = Recipient::new("https://lumohoiva.example").entry();
    let role = entry.recipient.as_mut().unwrap();
    role.redirect_uris = vec!["https://lumohoiva.example/back".into()];
    entry
}

#[test]
fn what_is_published_is_what_was_added() {
    let key = Es256Key::generate().unwrap().0;
    let mut registry = Registry::new("https://registrar.example");
    assert_eq!(registry.add(entry(), Network::Public), Ok(Change::Added));
    let first = registry.publish(noon(), TimeDelta::days(90), &key).unwrap();
    let pinned = signing_jwk(&key);
    let list = TrustList::verify(&first, &pinned, None, noon()).unwrap();
    assert_eq!(list.sequence(), 1);
    assert_eq!(list.expires_at(), noon() + TimeDelta::days(30));
    let (participant, _) = list
        .recipient("openid_federation:https://lumohoiva.example")
        .unwrap();
    assert_eq!(participant.name.fi.as_deref(), Some("Lumo Hoiva Oy"));

    assert!(registry.remove("https://lumohoiva.example"));
    assert!(!registry.remove("https://lumohoiva.example"));
    let second = registry.publish(noon(), TimeDelta::days(1), &key).unwrap();
    let list = TrustList::verify(&second, &pinned, Some(1), noon()).unwrap();
    assert_eq!((list.sequence(), list.participants().len()), (2, 0));
    assert_eq!(
        TrustList::verify(&first, &pinned, Some(2), noon()).unwrap_err(),
        TrustError::Older { known: 2 }
    );
}

#[test]
fn adding_again_says_what_changed() {
    let mut registry = Registry::new("https://registrar.example");
    let mut entry = entry();
    let mut add = |entry: &Entry| registry.add(entry.clone(), Network::Public).unwrap();
    assert_eq!(add(&entry), Change::Added);
    assert_eq!(add(&entry), Change::Unchanged);
    entry.business_id = None;
    assert_eq!(add(&entry), Change::Updated);
    let key = Es256Key::generate().unwrap().0;
    entry.jwks.keys[0] = signing_jwk(&key);
    assert_eq!(add(&entry), Change::Rekeyed);
}

/// Requirement 21: nobody takes over the name under which another issuer signs.
#[test]
fn c21_a_did_is_one_issuers_and_a_new_one_is_pointed_out() {
    let listed = entry();
    let issuer = |path: &str, did: Option<&str>| Entry {
        entity_id: format!("https://lumohoiva.example{path}"),
        issuer: Some(IssuerRole {
            did: did.map(str::to_owned),
            ..IssuerRole::default()
        }),
        recipient: None,
        ..listed.clone()
    };
    let did = Some("did:web:lumohoiva.example");
    let mut registry = Registry::new("https://registrar.example");
    let mut add = |entry| registry.add(entry, Network::Public);
    assert_eq!(add(issuer("", None)), Ok(Change::Added));
    assert_eq!(add(issuer("", did)), Ok(Change::OtherIssuing));
    assert_eq!(add(issuer("", did)), Ok(Change::Unchanged));
    assert_eq!(add(issuer("/b", did)), Err(EntryError::DidTaken));
    let elsewhere = issuer("/b", Some("did:web:vieras.example"));
    assert_eq!(add(elsewhere), Err(EntryError::Did));
}

#[test]
fn an_entry_that_would_mislead_or_not_work_is_not_listed() {
    type Spoil = fn(&mut Entry);
    let cases: [(Spoil, &str); 16] = [
        (
            |e| e.entity_id = "http://lumohoiva.example".into(),
            "entry_entity_id",
        ),
        (
            |e| e.entity_id = "https://127.0.0.1".into(),
            "entry_entity_id",
        ),
        (|e| e.name.sv = None, "entry_name"),
        (|e| e.name.fi = Some("x".repeat(201)), "entry_name"),
        (|e| e.recipient = None, "entry_no_role"),
        (
            |e| role(e).client_id = "https://lumohoiva.example".into(),
            "entry_client_id",
        ),
        (|e| role(e).redirect_uris = vec![], "entry_redirect"),
        (
            |e| role(e).redirect_uris = vec!["https://a.example/#x".into()],
            "entry_redirect",
        ),
        (
            |e| role(e).redirect_uris = vec!["https://u@a.example/".into()],
            "entry_redirect",
        ),
        (
            |e| role(e).event_endpoint = Some("http://events.example/".into()),
            "entry_event_endpoint",
        ),
        (
            |e| role(e).event_endpoint = Some("https://10.0.0.1/events".into()),
            "entry_event_endpoint",
        ),
        (
            |e| role(e).intended_uses[0].dcql_query.credentials.clear(),
            "entry_query",
        ),
        (
            |e| role(e).intended_uses[0].purpose.text.en = None,
            "entry_purpose",
        ),
        (|e| e.jwks = JwkSet::default(), "entry_keys"),
        (|e| drop(e.jwks.keys.remove(1)), "entry_encryption_key"),
        (|e| e.jwks.keys[0].key_use = None, "entry_no_signing_key"),
    ];
    for (spoil, reason) in cases {
        let mut spoilt = entry();
        spoil(&mut spoilt);
        let refused = spoilt.check(Network::Public).unwrap_err();
        assert_eq!(refused.reason(), reason);
    }
    assert_eq!(entry().check(Network::Public), Ok(()));
}

#[test]
fn a_resource_server_is_listed_with_its_resource_and_types() {
    let server = || ResourceServer::new("https://opisto.example/rs").entry();
    assert_eq!(server().check(Network::Public), Ok(()));
    type Spoil = fn(&mut ResourceRole);
    let cases: [Spoil; 7] = [
        |r| r.resource = "http://opisto.example/api".into(),
        |r| r.resource = "https://opisto.example/api#part".into(),
        |r| r.resource = "https://u@opisto.example/api".into(),
        |r| r.resource = "opisto.example/api".into(),
        |r| r.credential_types.clear(),
        |r| r.credential_types[0] = "urn:type".into(),
        |r| r.credential_types = vec!["https://a.example/t".into(); 65],
    ];
    for (number, spoil) in cases.into_iter().enumerate() {
        let mut spoilt = server();
        spoil(spoilt.resource.as_mut().unwrap());
        let refused = spoilt.check(Network::Public);
        assert_eq!(refused, Err(EntryError::Resource), "{number}");
    }
    let key = Es256Key::generate().unwrap().0;
    let mut registry = Registry::new("https://registrar.example");
    registry.add(server(), Network::Public).unwrap();
    let publish = |registry: &mut Registry| {
        let signed = registry.publish(noon(), TimeDelta::days(1), &key).unwrap();
        TrustList::verify(&signed, &signing_jwk(&key), None, noon())
    };
    let list = publish(&mut registry).unwrap();
    let (_, role) = list.resource_server("https://opisto.example/rs").unwrap();
    assert_eq!(Some(role), list.resource("https://opisto.example/rs/api"));
    assert_eq!(list.resource("https://opisto.example/rs"), None);

    // Two servers must not both be meant by one audience.
    let mut second = ResourceServer::new("https://other.example").entry();
    second.resource.as_mut().unwrap().resource = "https://opisto.example/rs/api".into();
    registry.add(second, Network::Public).unwrap();
    assert_eq!(publish(&mut registry).unwrap_err(), TrustError::Ambiguous);
}

fn role(entry: &mut Entry) -> &mut credential_core::trust::RecipientRole {
    entry.recipient.as_mut().unwrap()
}

#[test]
fn a_key_named_twice_is_refused() {
    let mut twice = entry();
    let second = Es256Key::generate().unwrap().0.public_jwk().clone();
    let mut second = second.with_use(KeyUse::Sig);
    second.kid = twice.jwks.keys[0].kid.clone();
    twice.jwks.keys.push(second);
    assert_eq!(twice.check(Network::Public), Err(EntryError::Keys));
}

#[test]
fn a_folder_keeps_book_and_key_and_is_never_made_twice() {
    let folder = tempfile::tempdir().unwrap();
    let missing = RegistryFolder::open(folder.path()).unwrap_err();
    assert_eq!(missing, FolderError::Missing);
    let mut made = RegistryFolder::create(folder.path(), "https://registrar.example").unwrap();
    made.registry.add(entry(), Network::Public).unwrap();
    made.save().unwrap();
    let pinned = made.public_key().unwrap();
    let again = RegistryFolder::create(folder.path(), "https://registrar.example").unwrap_err();
    assert_eq!(again, FolderError::Key(KeyFileError::AlreadyThere));
    let opened = RegistryFolder::open(folder.path()).unwrap();
    assert_eq!(opened.registry, made.registry);
    assert_eq!(opened.public_key().unwrap(), pinned);
}

#[cfg(unix)]
#[test]
fn a_key_file_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let made = RegistryFolder::create(folder.path(), "https://registrar.example").unwrap();
    let path = folder.path().join("registrar-key.p8");
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    assert_eq!(
        made.public_key().unwrap_err(),
        FolderError::Key(KeyFileError::TooOpen)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_server_serves_the_file_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("trust-list.jwt");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let app = super::list_router(file.clone());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let http = crate::tests::support::client();
    let get = async |path: &str| {
        let url = format!("{origin}{path}");
        crate::tests::support::Answer::read(http.get(url).send().await.unwrap()).await
    };
    assert_eq!(get("/trust-list").await.status, 503);
    RegistryFolder::write_list(&file, "a.b.c").unwrap();
    let answer = get("/trust-list").await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "a.b.c"));
    assert_eq!(answer.header("content-type"), "application/trust-list+jwt");
    assert_eq!(get("/registry.json").await.status, 404);
}
