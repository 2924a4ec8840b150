//! Status list tokens: their claims, and the compressed list inside.

use std::io::Write as _;

use chrono::TimeDelta;
use credential_core::{
    encoding::base64url,
    status_list::{MAX_OCTETS, Status, StatusList, StatusListToken, TYP},
};
use flate2::{Compression, write::ZlibEncoder};
use serde_json::json;

use crate::{
    parties::{noon, parties},
    written::{self, lines},
};

const URI: &str = "https://lumo-opisto.example/status/1";

/// Header and claims, and the zlib stream (RFC 1950), for which `#lst` stands.
pub fn run(data: &[u8]) -> bool {
    let Some([header, claims, stream]) = lines(data) else {
        return false;
    };
    let claims = written::filled(claims, &[("#lst", &base64url(stream))]);
    let compact = written::compact(header, &claims, &parties().issuer);
    let verify = |uri, key: &crate::keys::Key, now| {
        StatusListToken::verify(&compact, uri, &key.verifying(), now)
    };
    assert!(verify(URI, &parties().stranger, noon()).is_err());
    let Ok(token) = verify(URI, &parties().issuer, noon()) else {
        return false;
    };
    assert!(verify("https://other.example", &parties().issuer, noon()).is_err());
    assert!(token.issued_at() <= noon() + TimeDelta::minutes(5));
    assert!(token.expires_at().is_none_or(|end| end > noon()));
    assert!(token.ttl_seconds().is_none_or(|ttl| ttl <= 7 * 86_400));
    let entries = entries(token.list());
    assert!(u64::from(entries) <= MAX_OCTETS as u64 * 8);
    if (1..4096).contains(&entries) {
        signed_again(token.list(), entries);
    }
    true
}

/// How many places the list has: the first that is outside, found by halving.
fn entries(list: &StatusList) -> u32 {
    assert!(list.at(u32::MAX).is_err());
    let (mut inside, mut outside) = (0, u32::MAX);
    while inside < outside {
        let middle = inside + (outside - inside) / 2;
        match list.at(middle) {
            Ok(_status) => inside = middle + 1,
            Err(_outside) => outside = middle,
        }
    }
    inside
}

fn signed_again(list: &StatusList, entries: u32) {
    let key = &parties().issuer;
    let times = (noon(), noon() + TimeDelta::days(1));
    let signed = StatusListToken::sign(list, "https://lumo-opisto.example", URI, times, 60, key);
    let again = StatusListToken::verify(&signed.expect("short"), URI, &key.verifying(), noon());
    let again = again.expect("what we signed");
    assert_eq!(again.list(), list);
    let mut changed = list.clone();
    let place = entries / 2;
    if changed.set(place, Status::Invalid).is_ok() {
        assert_eq!(changed.at(place), Ok(Status::Invalid));
        for other in (0..entries).filter(|other| *other != place) {
            assert_eq!(changed.at(other), list.at(other));
        }
    }
}

/// Lists of each width, one that inflates beyond the limit, and a stream that ends too early.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let header = written::header(TYP, &parties().issuer);
    let zlib = |octets: &[u8]| {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(octets).expect("in memory");
        encoder.finish().expect("in memory")
    };
    let of = |bits: u8, stream: &[u8]| {
        let now = noon().timestamp();
        let claims = json!({"sub": URI, "iat": now, "exp": now + 3600, "ttl": 60,
            "status_list": {"bits": bits, "lst": "#lst"}});
        let mut seed = written::seed(&[&header, &claims.to_string(), ""]);
        seed.extend_from_slice(stream);
        seed
    };
    let some = zlib(&[0b1110_0100, 0x5a, 0, 255, 17]);
    vec![
        ("accepted-1-bit", of(1, &some)),
        ("accepted-2-bit", of(2, &some)),
        ("accepted-4-bit", of(4, &some)),
        ("accepted-8-bit", of(8, &some)),
        ("refused-3-bit", of(3, &some)),
        ("refused-too-large", of(2, &zlib(&vec![0; MAX_OCTETS + 1]))),
        ("refused-cut-off", of(2, &some[..some.len() / 2])),
    ]
}
