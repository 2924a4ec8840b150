//! An institution's audit file: what holds as a chain holds in its beginning too, and in nothing that was
//! altered.

use issuer_adapters::audit::{AuditEvent, AuditLine, NOTHING_BEFORE, check};

use crate::parties::noon;

/// A file as it lies there.
pub fn run(data: &[u8]) -> bool {
    let Ok(whole) = check(data, None) else {
        return false;
    };
    let lines: Vec<&[u8]> = data.split_inclusive(|octet| *octet == b'\n').collect();
    assert_eq!(whole.lines, lines.len() as u64);
    assert!(check(data, Some(&whole.last)).is_ok());
    let Some((last, before)) = lines.split_last() else {
        assert_eq!(whole.last, NOTHING_BEFORE);
        return true;
    };
    let shorter = before.concat();
    let shortened = check(shorter.as_slice(), None).expect("the beginning of a chain is one");
    assert!(check(data, Some(&shortened.last)).is_ok());
    // Lines that were taken off the end are missed by whoever wrote the hash down.
    assert!(check(shorter.as_slice(), Some(&whole.last)).is_err());
    if !before.is_empty() {
        assert!(
            check(*last, None).is_err(),
            "a chain begins with its first line"
        );
        // A space is no other JSON, and yet not what was hashed.
        let altered = [b" ".as_slice(), data].concat();
        assert!(check(altered.as_slice(), None).is_err());
    }
    true
}

/// Chains of some lines, and what became of them.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let events = [
        AuditEvent::Initialised {
            keys: vec!["key-1".into()],
        },
        AuditEvent::KeyRotated {
            kid: "key-2".into(),
        },
        AuditEvent::KeysProtected,
    ];
    let mut chain = Vec::new();
    for event in events {
        let line = AuditLine {
            prev: check(chain.as_slice(), None).expect("a chain").last,
            at: noon(),
            who: "staff".into(),
            event,
        };
        chain.extend(serde_json::to_vec(&line).expect("our own line is JSON"));
        chain.push(b'\n');
    }
    let first = chain
        .iter()
        .position(|octet| *octet == b'\n')
        .expect("lines")
        + 1;
    vec![
        ("accepted-chain", chain.clone()),
        ("accepted-beginning", chain[..first].to_vec()),
        ("refused-end", chain[first..].to_vec()),
        ("refused-cut-off", chain[..chain.len() - 1].to_vec()),
    ]
}
