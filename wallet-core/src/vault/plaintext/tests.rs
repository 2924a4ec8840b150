//! Growing, shrinking and not showing.

use super::*;

#[test]
fn growing_keeps_what_was_there() {
    let mut plaintext = Plaintext::with_capacity(2);
    for octet in 0..100 {
        plaintext.append(&[octet; 3]);
    }
    assert!(
        plaintext
            .chunks(3)
            .zip(0..)
            .all(|(three, octet)| three == [octet; 3])
    );
    assert_eq!(plaintext.len(), 300);
}

#[test]
fn resizing_adds_zeros_and_forgets_the_end() {
    let mut plaintext = Plaintext::from(b"secret".to_vec());
    plaintext.resize(2);
    plaintext.resize(4);
    assert_eq!(*plaintext, *b"se\0\0");
}

#[test]
fn debug_output_does_not_show_it() {
    let plaintext = Plaintext::from(b"secret".to_vec());
    assert_eq!(format!("{plaintext:?}"), "Plaintext(..)");
}
