use proptest::prelude::*;
use serde_json::json;

use super::{super::SecuredDocument, badge, key, signed, verify};

proptest! {
    // Signing and reading take milliseconds each.
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases / 8, ..ProptestConfig::default() })]

    #[test]
    fn no_octets_make_the_reader_panic(octets in proptest::collection::vec(any::<u8>(), 0..512)) {
        prop_assert!(SecuredDocument::parse(&octets).is_err());
    }

    #[test]
    fn every_text_can_be_signed_and_read_again(name in "\\PC{0,40}", story in any::<String>()) {
        let key = key();
        let mut document = badge();
        document["name"] = json!(format!("-{name}"));
        document["credentialSubject"]["achievement"]["description"] = json!(format!("-{story}"));
        let written = signed(document.clone(), &key).unwrap().to_json();
        let found = verify(&written, &key).unwrap();
        prop_assert_eq!(found.document(), &document);
    }
}
