//! As whom an institution signs, from `issuer init --identity` to the verifier: by a `did:web`, and with a
//! certificate, also over a rotation.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests"
)]

#[path = "../../credential-core/src/x509/tests/authority.rs"]
#[expect(dead_code, reason = "more than this file needs")]
mod authority;
mod support;

use std::net::TcpListener;

use credential_core::{
    clock::{Clock as _, SystemClock},
    did::DidDocument,
    jose::{Es256Key, Signer as _},
    network::Network,
    oid4vci::metadata::CredentialIssuer,
    sd_jwt::SdJwt,
    trust::{self, Entry, TrustList},
};
use serde_json::Value;
use verifier_sdk::{Verifier, http::HttpClient, listed_key};

use authority::{Authority, Wanted, x5c};
use support::{Institution, Server, collect, data, exit_code, init, stderr, stdout};

const RECORD: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../tests/fixtures/koski/ammatillinen-perustutkinto.json"
);

/// An institution whose identifier is a name of this machine, and where it listens.
fn institution(identity: &str, path: &str) -> (Institution, String) {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    let identifier = format!("http://localhost:{port}{path}");
    let made = Institution::init(&["--identity", identity, "--identifier", &identifier]);
    (made, format!("127.0.0.1:{port}"))
}

fn entry(institution: &Institution) -> Entry {
    let entry: Entry = serde_json::from_str(&stdout(&institution.run(&["entry"], &[]))).unwrap();
    entry.check(Network::Loopback).unwrap();
    entry
}

fn listed(entry: &Entry) -> TrustList {
    let registrar = Es256Key::generate().unwrap().0;
    let (now, name) = (SystemClock.now(), "https://registrar.example");
    let until = now + chrono::TimeDelta::days(20);
    let statements = [entry.statement(name, now, until)];
    let list = trust::publish(name, 1, now, until, &statements, &registrar).unwrap();
    TrustList::verify(&list, registrar.public_jwk(), None, now).unwrap()
}

async fn verdict(trust: &TrustList, credential: &str) -> (Value, Vec<String>) {
    let _installed_before = rustls::crypto::ring::default_provider().install_default();
    let http = HttpClient::new(Network::Loopback).unwrap();
    let builder = Verifier::builder().trust(trust.clone()).clock(SystemClock);
    let verifier = builder.http(http).build().unwrap();
    let (report, _) = verifier.verify_credential(credential).await.unwrap();
    let reasons = report.all_checks().map(|it| it.reason.code().to_owned());
    let reasons = reasons.collect();
    (serde_json::to_value(&report).unwrap(), reasons)
}

async fn collected(server: &mut Server) -> String {
    let offer = server.event("offer");
    let key = Es256Key::generate().unwrap().0;
    let text = |name: &str| offer[name].as_str().unwrap().to_owned();
    let (link, code) = (text("link"), text("tx_code"));
    collect(&server.identifier, &link, &code, "qualification", &key)
        .await
        .unwrap()
}

/// What the institution signs of itself is accepted by the same list.
async fn assert_metadata_is_signed(server: &Server, trust: &TrustList, place: &str) {
    let request = support::http()
        .get(place)
        .header("accept", "application/jwt");
    let signed = request.send().await.unwrap().text().await.unwrap();
    let identifier = &server.identifier;
    let now = SystemClock.now();
    let (participant, _) = trust.issuer(identifier).unwrap();
    let names = [Some(identifier.as_str()), participant.did()];
    let metadata = CredentialIssuer::verify(
        &signed,
        identifier,
        |header| {
            let mut names = names.into_iter().flatten();
            names.find_map(|name| listed_key(trust, name, header, now).ok())
        },
        now,
    );
    assert_eq!(&metadata.unwrap().credential_issuer, identifier);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_institution_called_by_did_web_issues_serves_its_document_and_is_trusted() {
    for (path, document, metadata) in [
        (
            "",
            "/.well-known/did.json",
            "/.well-known/openid-credential-issuer",
        ),
        (
            "/lukio",
            "/lukio/did.json",
            "/.well-known/openid-credential-issuer/lukio",
        ),
    ] {
        let (institution, address) = institution("did:web", path);
        let rotated = institution.run(&["key", "rotate"], &[]);
        assert_eq!(exit_code(&rotated), 0, "{}", stderr(&rotated));
        let entry = entry(&institution);
        let did = entry.issuer.as_ref().unwrap().did.clone().unwrap();
        let port = address.rsplit(':').next().unwrap();
        let expected = format!("did:web:localhost%3A{port}{}", path.replace('/', ":"));
        assert_eq!(did, expected);
        let trust = listed(&entry);

        let mut server = Server::at(&institution, &address, &["--record", RECORD]);
        let credential = collected(&mut server).await;
        let parsed = SdJwt::parse(&credential).unwrap();
        assert_eq!(parsed.untrusted_issuer().unwrap(), did);
        let kid = parsed.kid().unwrap().to_owned();
        let (report, reasons) = verdict(&trust, &credential).await;
        assert_eq!(report["verdict"], "valid", "{report}");
        assert!(reasons.contains(&"issuer_trusted".to_owned()));
        assert!(reasons.contains(&"not_revoked".to_owned()), "{reasons:?}");

        // The document has the same keys, the retired one too.
        let place = format!("http://localhost:{port}{document}");
        let page = support::http().get(place).send().await.unwrap();
        let page = page.bytes().await.unwrap();
        let read = DidDocument::read(&page, &did).unwrap();
        assert!(read.key(&kid).is_ok());
        for key in &entry.jwks.keys {
            assert!(
                read.key(&format!("#{}", key.kid.as_deref().unwrap()))
                    .is_ok()
            );
        }
        let place = format!("http://localhost:{port}{metadata}");
        assert_metadata_is_signed(&server, &trust, &place).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn c20_a_did_that_the_registrar_did_not_list_makes_nobody_trusted() {
    let (institution, address) = institution("did:web", "");
    let mut entry = entry(&institution);
    entry.issuer.as_mut().unwrap().did = None;
    let mut server = Server::at(&institution, &address, &["--record", RECORD]);
    let credential = collected(&mut server).await;
    let (report, reasons) = verdict(&listed(&entry), &credential).await;
    assert_eq!(report["verdict"], "could_not_check");
    // The guarded client goes by https only, and so not to this server.
    assert_eq!(reasons, ["issuer_unknown", "issuer_document_unreachable"]);
}

/// Asks for a certificate, has it made, and puts it in.
fn certify(institution: &Institution, authority: &Authority, below: &Authority) {
    let request = institution.run(&["key", "csr"], &[]);
    assert_eq!(exit_code(&request), 0, "{}", stderr(&request));
    let leaf = below.answer(&request.stdout, &Wanted::default());
    let mut chain = leaf.to_pem().unwrap();
    chain.extend(below.certificate().to_pem().unwrap());
    let chain = institution.file("chain.pem", chain);
    let anchor = authority.certificate().to_pem().unwrap();
    let anchor = institution.file("authority.pem", anchor);
    let files = ["--chain", &chain, "--authority", &anchor];
    let done = institution.run(&["key", "certificate"], &files);
    assert_eq!(exit_code(&done), 0, "{}", stderr(&done));
}

/// The registrar has only to know the authority: a new key with a new certificate is trusted by the list of
/// before.
#[tokio::test(flavor = "multi_thread")]
async fn c41_an_institution_with_a_certificate_rotates_its_key_under_the_same_trust_list() {
    let root = Authority::root("Juurivarmentaja");
    let below = root.below("Alivarmentaja");
    let (institution, address) = institution("x5c", "");
    certify(&institution, &root, &below);
    let entry_before = entry(&institution);
    let anchors = &entry_before.issuer.as_ref().unwrap().certificate_anchors;
    assert_eq!(anchors, &x5c(&[root.certificate()]));
    let trust = listed(&entry_before);
    let mut server = Server::at(&institution, &address, &["--record", RECORD]);
    let of_old = collected(&mut server).await;
    server.kill();

    assert_eq!(exit_code(&institution.run(&["key", "rotate"], &[])), 0);
    certify(&institution, &root, &below);
    let mut server = Server::at(&institution, &address, &["--record", RECORD]);
    let of_new = collected(&mut server).await;
    let parsed = SdJwt::parse(&of_new).unwrap();
    assert_eq!(parsed.header().x5c.as_ref().unwrap().len(), 2);
    assert_eq!(parsed.untrusted_issuer().unwrap(), server.identifier);
    let kid = parsed.kid().unwrap();
    assert!(entry_before.jwks.find(kid).is_none(), "a key of later");
    let (report, reasons) = verdict(&trust, &of_new).await;
    assert_eq!(report["verdict"], "valid", "{report}");
    // Signed with the new key and certificate too.
    assert!(reasons.contains(&"not_revoked".to_owned()), "{reasons:?}");
    let place = format!("{}/.well-known/openid-credential-issuer", server.identifier);
    assert_metadata_is_signed(&server, &trust, &place).await;
    let (report, _) = verdict(&trust, &of_old).await;
    assert_eq!(report["verdict"], "valid", "{report}");

    let mut without = entry_before;
    without.issuer.as_mut().unwrap().certificate_anchors.clear();
    let (report, reasons) = verdict(&listed(&without), &of_new).await;
    assert_eq!(report["verdict"], "invalid");
    assert_eq!(reasons, ["issuer_key_unknown"]);
}

#[test]
fn without_a_certificate_of_the_key_that_signs_the_server_does_not_start() {
    let root = Authority::root("Juurivarmentaja");
    let (institution, address) = institution("x5c", "");
    let serve = || {
        let listen = ["--development", "--listen", &address];
        let output = institution.run(&["serve"], &listen);
        assert_eq!(exit_code(&output), 6, "{}", stderr(&output));
        stderr(&output)
    };
    assert!(serve().contains("certificate_missing"));
    certify(&institution, &root, &root.below("Alivarmentaja"));
    let rotated = institution.run(&["key", "rotate"], &[]);
    assert!(stderr(&rotated).contains("a certificate of its own"));
    let refused = serve();
    assert!(refused.contains("certificate_of_another_key"), "{refused}");
    assert!(refused.contains("issuer key csr"), "{refused}");
    // What signs no credential goes on.
    assert_eq!(exit_code(&institution.run(&["credential", "list"], &[])), 0);
}

#[test]
fn a_certificate_that_verifiers_would_refuse_is_not_put_in() {
    let root = Authority::root("Juurivarmentaja");
    let foreign = Authority::root("Vieras");
    let (institution, _address) = institution("x5c", "");
    let request = institution.run(&["key", "csr"], &[]).stdout;
    let pem = |it: &openssl::x509::X509| it.to_pem().unwrap();
    let good = root.answer(&request, &Wanted::default());
    let expired = Wanted {
        valid: ("20200101", "20210101"),
        ..Wanted::default()
    };
    let (_, other_key) = Es256Key::generate().unwrap();
    let local = Wanted {
        dns: &["localhost"],
        ..Wanted::default()
    };
    let with_anchor = [pem(&good), pem(root.certificate())].concat();
    for (chain, authority, reason) in [
        (pem(&good), &foreign, "x5c_not_anchored"),
        (with_anchor, &root, "x5c_anchor_in_chain"),
        (
            pem(&root.answer(&request, &expired)),
            &root,
            "x5c_not_of_this_moment",
        ),
        (
            pem(&root.certify(&other_key, &local)),
            &root,
            "x5c_other_key",
        ),
        (b"no certificate".to_vec(), &root, "x5c_malformed"),
    ] {
        let chain = institution.file("chain.pem", chain);
        let anchor = institution.file("authority.pem", pem(authority.certificate()));
        let files = ["--chain", &chain, "--authority", &anchor];
        let refused = institution.run(&["key", "certificate"], &files);
        assert_eq!(exit_code(&refused), 6);
        assert!(stderr(&refused).contains(reason), "{}", stderr(&refused));
    }
    assert!(!institution.folder.join("certificate.json").exists());
    let bare = entry(&institution);
    assert!(bare.issuer.unwrap().certificate_anchors.is_empty());
}

#[test]
fn an_identity_that_needs_a_host_is_refused_without_one_and_csr_without_certificates() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("issuer");
    for more in [
        &["--identity", "did:web"][..],
        &["--identity", "x5c"],
        &["--identity", "did:web", "--identifier", "https://192.0.2.7"],
        &[
            "--identity",
            "did:web",
            "--identifier",
            "https://opisto.example/~a",
        ],
        &[
            "--identity",
            "other",
            "--identifier",
            "https://opisto.example",
        ],
    ] {
        let more = [&["--unprotected-keys"], more].concat();
        assert_eq!(exit_code(&init(&folder, &more)), 2, "{more:?}");
        assert!(!folder.exists());
    }
    let by_address = Institution::init(&["--identifier", "https://opisto.example"]);
    let refused = by_address.run(&["key", "csr"], &[]);
    assert_eq!(exit_code(&refused), 6);
    assert!(stderr(&refused).contains("identity_other"));
    let keys = data(&by_address.run(&["key", "list", "--json"], &[]));
    assert_eq!(keys["keys"].as_array().unwrap().len(), 2);
    assert!(by_address.entry["issuer"].get("did").is_none());
}
