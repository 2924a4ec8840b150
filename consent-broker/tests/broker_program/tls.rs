//! The program itself speaks TLS.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    os::unix::fs::PermissionsExt as _,
    sync::Arc,
};

use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned, pki_types::CertificateDer,
};

use crate::house::{House, serve};

const SERVING: &str = "--tls-certificate certificate.pem --tls-key key.pem";

/// A new certificate in the house; gives it.
fn certify(house: &House) -> CertificateDer<'static> {
    let made = rcgen::generate_simple_self_signed(["broker.example".to_owned()]).unwrap();
    fs::write(house.path("certificate.pem"), made.cert.pem()).unwrap();
    let key = house.path("key.pem");
    fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    made.cert.der().clone()
}

/// Asks by TLS, believing this certificate alone.
fn ask(address: SocketAddr, trusted: &CertificateDer<'static>) -> std::io::Result<String> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = "broker.example".try_into().unwrap();
    let client = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = StreamOwned::new(client, TcpStream::connect(address)?);
    write!(
        stream,
        "GET /health HTTP/1.1\r\nHost: broker.example\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[test]
fn the_broker_speaks_tls_and_takes_a_renewed_certificate_on_sighup() {
    let house = House::new();
    let first = certify(&house);
    let server = house.serve_as(&format!("{} {SERVING}", serve()), &[]);
    assert!(
        server.said().contains("https://127.0.0.1:"),
        "{}",
        server.said()
    );
    // Somebody who connects and says nothing keeps nobody waiting.
    let _silent = TcpStream::connect(server.address).unwrap();
    let answer = ask(server.address, &first).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("strict-transport-security"), "{answer}");

    let second = certify(&house);
    assert!(ask(server.address, &second).is_err());
    server.signal("HUP");
    server.says("the certificate was read again");
    assert!(
        ask(server.address, &second)
            .unwrap()
            .starts_with("HTTP/1.1 200")
    );
    assert!(ask(server.address, &first).is_err());

    // One that cannot be used changes nothing.
    fs::write(house.path("certificate.pem"), "none").unwrap();
    server.signal("HUP");
    server.says("the old one stays");
    assert!(
        ask(server.address, &second)
            .unwrap()
            .starts_with("HTTP/1.1 200")
    );
}

#[test]
fn a_key_that_others_can_read_and_one_of_another_certificate_are_refused() {
    let house = House::new();
    certify(&house);
    let key = house.path("key.pem");
    let serving = format!("{} {SERVING}", serve());
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    house.refuses(&serving, 6, "can be read by others");
    let other = rcgen::KeyPair::generate().unwrap();
    fs::write(&key, other.serialize_pem()).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    house.refuses(&serving, 8, "certificate.pem");
    house.refuses(
        &format!("{} --tls-key key.pem", serve()),
        2,
        "http.tls_certificate is not set",
    );
}
