use proptest::prelude::*;

use super::{CERTIFICATE, Pdf};
use crate::source::tests::support::check;

proptest! {
    #[test]
    fn arbitrary_octets_are_read_or_refused(octets in prop::collection::vec(any::<u8>(), 0..200)) {
        check(&Pdf, &octets);
        check(&Pdf, &[b"%PDF-1.7\n", octets.as_slice()].concat());
    }

    #[test]
    fn the_certificate_with_any_octet_changed_or_cut_off_is_read_or_refused(
        at in 0_usize..CERTIFICATE.len(),
        octet in any::<u8>(),
    ) {
        let mut pdf = CERTIFICATE.to_vec();
        pdf[at] = octet;
        check(&Pdf, &pdf);
        check(&Pdf, &pdf[..at]);
    }
}
