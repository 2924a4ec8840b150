//! Chains of certificates: whatever is believed is a certificate of the one key that the authority certified.

use chrono::{DateTime, Utc};
use credential_core::x509::{Anchors, Chain};

/// An invented authority and the key that it certified; nobody has their private halves.
const AUTHORITY: &str = "MIIBmzCCAUGgAwIBAgIUJ2cJ5aD13Crme7Jm59BcQy4q7UcwCgYIKoZIzj0EAwIwGjEYMBYGA1UEAwwPSnV1cml2YXJtZW50YWphMCAXDTI2MTEyNzIwMjExNVoYDzIwNTEwNzE5MjAyMTE1WjAaMRgwFgYDVQQDDA9KdXVyaXZhcm1lbnRhamEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAREnWDE6wqRSQ4ob3BcpgwR7ftLkC//uS+YfgyENCJSesxLKGRJ469JUBamGZB+iFKn7J8X99csMhp1dkfyPxc8o2MwYTAdBgNVHQ4EFgQUBdhLzHmE7snvm4XYDxuyTfpI5zswHwYDVR0jBBgwFoAUBdhLzHmE7snvm4XYDxuyTfpI5zswDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAgQwCgYIKoZIzj0EAwIDSAAwRQIgBpDTq/mxlFuD0otjCp5KISsEgelUWm5Wbs6bL7mzwmsCIQDcDZ9x6oK8ke7v+vm+i3jLAq/LdqYWkZqew1ky2jxhFw==";
const LEAF: &str = "MIIBuzCCAWGgAwIBAgIBBzAKBggqhkjOPQQDAjAaMRgwFgYDVQQDDA9KdXVyaXZhcm1lbnRhamEwIBcNMjYxMTI3MjAyMTE2WhgPMjA1MTA3MTkyMDIxMTZaMBsxGTAXBgNVBAMMEEVzaW1lcmtpbiBvcGlzdG8wWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQglE090jNxJB3XPsXVZi64lSc0GcRhOzGCrHqQvDtvBpqnXsPKLZ6m/EDuOqixrIbBiaBUB95UbR/XbqEvr/Dko4GUMIGRMAwGA1UdEwEB/wQCMAAwDgYDVR0PAQH/BAQDAgeAMDEGA1UdEQQqMCiCDm9waXN0by5leGFtcGxlhhZodHRwczovL29waXN0by5leGFtcGxlMB0GA1UdDgQWBBQ8u93XOoAchmhQFwiMoLtS4g2yvjAfBgNVHSMEGDAWgBQF2EvMeYTuye+bhdgPG7JN+kjnOzAKBggqhkjOPQQDAgNIADBFAiBEU6hVDQcFv07ZChLFo1WuRZ/qCRntHwCObkzQMSoKzAIhAOBhCQJMU9RMjVKVWiedC/1CrozFrlU7Hv+h7DXy4L6I";
/// The x coordinate of that key.
const KEY: &str = "IJRNPdIzcSQd1z7F1WYuuJUnNBnEYTsxgqx6kLw7bwY";

/// An `x5c` member as JSON, or certificates in PEM.
pub fn run(data: &[u8]) -> bool {
    let chain = match serde_json::from_slice::<Vec<String>>(data) {
        Ok(x5c) => Chain::from_x5c(&x5c),
        Err(_no_list) => Chain::from_pem(data),
    };
    let Ok(chain) = chain else {
        return false;
    };
    let again = chain.to_x5c().expect("what was read is written");
    let again = Chain::from_x5c(&again).expect("and read again");
    assert_eq!(again.check_leaf().map(drop), chain.check_leaf().map(drop));
    let at: DateTime<Utc> = "2030-01-01T00:00:00Z".parse().expect("a time");
    let authority = Chain::from_x5c(&[AUTHORITY.to_owned()]).expect("a certificate");
    let authority = authority.to_x5c().expect("the same");
    let certificates: Vec<_> = authority.iter().map(|text| der(text)).collect();
    let anchors = Anchors {
        certificates: &certificates,
        at,
    };
    let Ok(leaf) = chain.check(&anchors) else {
        return false;
    };
    assert_eq!(leaf.key.x, KEY);
    assert!(leaf.names("https://opisto.example") && leaf.names("did:web:opisto.example"));
    assert!(!leaf.names("https://vieras.example"));
    true
}

fn der(base64: &str) -> Vec<u8> {
    let plain = base64
        .trim_end_matches('=')
        .replace('+', "-")
        .replace('/', "_");
    credential_core::encoding::from_base64url(plain).expect("base64")
}

/// The chain as a list and as PEM, and some that lead nowhere.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let list = |texts: &[&str]| serde_json::to_vec(texts).expect("JSON");
    let lines: Vec<&str> = (0..LEAF.len())
        .step_by(64)
        .map(|at| &LEAF[at..LEAF.len().min(at + 64)])
        .collect();
    let pem = format!(
        "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        lines.join("\n")
    );
    vec![
        ("accepted-list", list(&[LEAF])),
        ("accepted-pem", pem.into_bytes()),
        ("with-authority", list(&[LEAF, AUTHORITY])),
        ("authority-alone", list(&[AUTHORITY])),
        ("twice", list(&[LEAF, LEAF])),
        ("empty", list(&[])),
    ]
}
