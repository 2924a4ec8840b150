use std::sync::LazyLock;

use proptest::prelude::*;

use super::{Outcome, check, fixture::signed, place};

static PDF: LazyLock<Vec<u8>> = LazyLock::new(signed);

proptest! {
    #[test]
    fn arbitrary_octets_are_never_intact(octets in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(!matches!(check(&octets, None), Outcome::Intact(_)));
        let pdf = [b"%PDF-1.7\n1 0 obj <</Type /Sig ", octets.as_slice(), b">> endobj"].concat();
        prop_assert!(!matches!(check(&pdf, None), Outcome::Intact(_)));
    }

    #[test]
    fn a_document_with_any_octet_changed_outside_its_signature_is_not_intact(
        at in 0_usize..10_000,
        other in 1_u8..=255,
    ) {
        let mut pdf = PDF.clone();
        let signature = place(&pdf, "/Contents <") + 10;
        let at = at % (pdf.len() - 8194);
        let at = if at < signature { at } else { at + 8194 };
        pdf[at] ^= other;
        prop_assert!(!matches!(check(&pdf, None), Outcome::Intact(_)));
    }

    #[test]
    fn a_document_that_was_cut_off_is_not_intact(at in 0_usize..10_000) {
        // The line end after `%%EOF` was signed as well.
        let at = at % PDF.len();
        prop_assert!(!matches!(check(&PDF[..at], None), Outcome::Intact(_)));
    }

    #[test]
    fn octets_of_pdf_are_never_a_panic(
        words in prop::collection::vec(
            prop::sample::select(&[
                "1 0 obj", "endobj", "<<", ">>", "/Type", "/Sig", "/ByteRange", "[0 1 2 3]", "/Contents",
                "<00>", "(", ")", "\\", "stream\n", "endstream", "xref", "trailer", "startxref", "%%EOF",
                "/Length 2", "/SubFilter", "/ETSI.CAdES.detached", "#4", "-", ".5", "R", "0",
            ]),
            0..60,
        ),
    ) {
        let pdf = format!("%PDF-1.7\n{}", words.join(" "));
        prop_assert!(!matches!(check(pdf.as_bytes(), None), Outcome::Intact(_)));
    }
}
