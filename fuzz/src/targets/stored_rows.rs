//! Rows of the broker's store, as a damaged disk or a wrong hand may leave them.

use consent_broker::fuzzing::stored_row;

/// The letter of a kind of row, and its value. What can be read is written again to what is the same.
pub fn run(data: &[u8]) -> bool {
    let Some((kind, value)) = data.split_first() else {
        return false;
    };
    let Some(Ok(written)) = stored_row(*kind, value) else {
        return false;
    };
    let again = stored_row(*kind, &written).expect("the same kind");
    assert_eq!(again.as_ref(), Ok(&written));
    true
}

/// Kinds without a structure; those with one are recorded from a store.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let hash = [b"f".as_slice(), &[7; 32]].concat();
    let appointment = [b"x".as_slice(), &[0; 8], b"g", &[1; 32]].concat();
    vec![
        ("accepted-hash", hash.clone()),
        ("accepted-appointment", appointment),
        ("accepted-erased", b"lnull".to_vec()),
        ("refused-hash", hash[1..].to_vec()),
        ("refused-kind", b"?".to_vec()),
    ]
}
