//! Layout of a record, and values that do not fit.

use proptest::prelude::*;
use serde::Deserialize;

use super::*;

const NOTES: Tree<String, String> = Tree::new("notes");

#[test]
fn a_record_is_lengths_key_value_and_padding() {
    let record = NOTES.record(b"\"k\"", &String::from("v")).unwrap();
    assert_eq!(record.len(), 256);
    assert!(record.starts_with(b"\0\0\0\x03\0\0\0\x03\"k\"\"v\"\0"));
    assert!(record[14..].iter().all(|octet| *octet == 0));
}

#[test]
fn sizes_show_in_steps_only() {
    let length = |letters| {
        let value = "x".repeat(letters);
        NOTES.record(b"\"k\"", &value).unwrap().len()
    };
    assert_eq!(length(0), length(243));
    assert_eq!(length(244), 512);
}

#[test]
fn keys_with_the_same_members_are_the_same_key() {
    #[derive(Serialize)]
    struct Ab {
        a: u8,
        b: u8,
    }
    #[derive(Serialize)]
    struct Ba {
        b: u8,
        a: u8,
    }
    let ab = Tree::<Ab, ()>::new("t").key(&Ab { a: 1, b: 2 });
    let ba = Tree::<Ba, ()>::new("t").key(&Ba { b: 2, a: 1 });
    assert_eq!(*ab.unwrap(), *ba.unwrap());
}

#[test]
fn a_key_or_value_above_its_limit_is_refused() {
    let key = NOTES.key(&"k".repeat(MAX_KEY - 1));
    assert_eq!(key.err(), Some(VaultError::TooLarge { limit: MAX_KEY }));
    assert!(NOTES.key(&"k".repeat(MAX_KEY - 2)).is_ok());
    let value = NOTES.record(b"", &"v".repeat(MAX_VALUE - 1));
    assert_eq!(value.err(), Some(VaultError::TooLarge { limit: MAX_VALUE }));
    assert!(NOTES.record(b"", &"v".repeat(MAX_VALUE - 2)).is_ok());
}

#[test]
fn a_value_that_does_not_serialize_is_refused() {
    let tree = Tree::<f64, std::collections::BTreeMap<(u8, u8), u8>>::new("odd");
    let refused = VaultError::NotSerializable { tree: "odd" };
    let value = [((1, 2), 3)].into();
    assert_eq!(tree.record(b"", &value).err(), Some(refused.clone()));
    assert_eq!(tree.key(&0.5).err(), Some(refused));
}

#[test]
fn another_type_than_was_written_is_refused() {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Other {}
    let record = NOTES.record(b"\"k\"", &String::from("v")).unwrap();
    let refused = VaultError::OtherType { tree: "notes" };
    assert_eq!(
        Tree::<String, Other>::new("notes").value(&record),
        Err(refused.clone())
    );
    assert_eq!(Tree::<u8, String>::new("notes").pair(&record), Err(refused));
}

proptest! {
    #[test]
    fn a_record_reads_back(key: String, value: String) {
        let octets = NOTES.key(&key).unwrap();
        let record = NOTES.record(&octets, &value).unwrap();
        prop_assert_eq!(record.len() % 256, 0);
        prop_assert_eq!(NOTES.pair(&record), Ok((key, value)));
    }

    #[test]
    fn arbitrary_octets_are_an_error_or_a_value(octets: Vec<u8>) {
        let _either = NOTES.pair(&octets);
    }
}
