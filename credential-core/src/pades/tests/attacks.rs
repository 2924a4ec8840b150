//! Ways to make a document say what nobody signed (after "1 Trillion Dollar Refund", CCS 2019, and
//! "Shadow Attacks", NDSS 2021).

use super::{
    Draft, NotCheckable, Outcome, check,
    fixture::{Written, signed},
    intact, not_checked, place, replaced,
};

#[test]
fn changed_content_does_not_fit() {
    let tampered = replaced(&signed(), "arvosana 5", "arvosana 1");
    assert_eq!(check(&tampered, None), Outcome::Tampered);
    let later = replaced(&signed(), "+02'00'", "+03'00'");
    assert_eq!(check(&later, None), Outcome::Tampered);
}

#[test]
fn a_signature_of_another_document_does_not_fit() {
    let (mut one, other) = (signed(), signed());
    let start = place(&one, "/Contents <") + 11;
    one[start..start + 8192].copy_from_slice(&other[start..start + 8192]);
    // The second differs in nothing but its keys, so it is its signer's word for both.
    intact(&one);
    let mut changed = replaced(&one, "arvosana 5", "arvosana 4");
    changed[start..start + 8192].copy_from_slice(&other[start..start + 8192]);
    assert_eq!(check(&changed, None), Outcome::Tampered);
}

#[test]
fn a_range_that_leaves_more_out_than_the_signature_is_not_checked() {
    let pdf = signed();
    let gap = place(&pdf, "/Contents <") + 10;
    let after = gap + 8194;
    let range = format!("[0 {gap:010} {after:010} {:010}]", pdf.len() - after);
    let wrapped = [
        format!(
            "[0 {gap:010} {:010} {:010}]",
            after + 9,
            pdf.len() - after - 9
        ),
        format!("[0 {:010} {after:010} {:010}]", gap - 9, pdf.len() - after),
        format!("[1 {gap:010} {after:010} {:010}]", pdf.len() - after),
        format!("[0 {gap:010} {after:010} {:010}]", pdf.len() - after + 1),
        format!("[0 {gap:010} {after:010} {:010}]", pdf.len() - after - 9),
        format!("[0 {gap:010} {after:010} {:010}]", 0),
    ];
    for other in wrapped {
        assert_eq!(
            not_checked(&replaced(&pdf, &range, &other)),
            NotCheckable::NotWhole,
            "{other}"
        );
    }
}

#[test]
fn a_signature_moved_away_from_a_forged_range_is_not_checked() {
    // Signature wrapping: what was signed is moved to the end, and something else put in between.
    let pdf = signed();
    let after = place(&pdf, "/Contents <") + 10 + 8194;
    let forged = "/Dummy (\n3 0 obj << /Type /Page /Contents 9 0 R >> endobj\n)";
    let moved = [&pdf[..after], forged.as_bytes(), &pdf[after..]].concat();
    assert_eq!(not_checked(&moved), NotCheckable::NotWhole);
    let old = format!("{after:010}");
    let new = format!("{:010}", after + forged.len());
    assert_eq!(
        not_checked(&replaced(&moved, &old, &new)),
        NotCheckable::NotWhole
    );
}

#[test]
fn a_signature_without_a_range_or_without_contents_is_not_checked() {
    let forms = [
        "/Contents {contents}",
        "/ByteRange {range}",
        "/Contents {contents} /ByteRange []",
        "/Contents {contents} /ByteRange null",
        "/Contents {contents} /ByteRange [0 100]",
        "/Contents {contents} /ByteRange [0 -1 10 20]",
        "/Contents {contents} /ByteRange [0 1 2 99999999999999999999]",
        "/Contents <> /ByteRange {range}",
        "/Contents null /ByteRange {range}",
        "/Contents (text) /ByteRange {range}",
        "/Contents <0x> /ByteRange {range}",
        "/Contents {contents} /ByteRange {range} /ByteRange [0 0 0 0]",
        "",
    ];
    for entries in forms {
        let draft = Draft {
            entries,
            ..Draft::default()
        };
        let open = draft.open();
        let outcome = check(&open, None);
        assert!(
            matches!(
                outcome,
                Outcome::CouldNotCheck(NotCheckable::Malformed | NotCheckable::Several)
            ),
            "{entries}: {outcome:?}"
        );
    }
}

#[test]
fn contents_that_are_no_signature_are_not_checked() {
    let draft = Draft::default();
    let open = draft.open();
    let signed = draft.signed_to(open.clone(), open.len());
    let start = place(&signed, "/Contents <") + 11;
    let mut empty = signed.clone();
    empty[start..start + 8192].fill(b'0');
    assert_eq!(not_checked(&empty), NotCheckable::Malformed);
    // Something hidden in the room after the signature.
    let mut hidden = signed;
    hidden[start + 8190] = b'1';
    assert_eq!(not_checked(&hidden), NotCheckable::Malformed);
}

#[test]
fn an_added_page_is_a_change_after_signing() {
    let mut update = Written::after(&signed());
    update.object(2, "<< /Type /Pages /Kids [3 0 R 7 0 R] /Count 2 >>");
    update.object(7, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>");
    assert_changed(&update.updated(8));
}

#[test]
fn an_added_annotation_is_a_change_after_signing() {
    let mut update = Written::after(&signed());
    update.object(
        3,
        "<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Annots [7 0 R] >>",
    );
    update.object(
        7,
        "<< /Type /Annot /Subtype /FreeText /Contents (Arvosana 5) >>",
    );
    assert_changed(&update.updated(8));
}

#[test]
fn an_update_without_a_section_or_without_an_end_is_a_change_after_signing() {
    let new = b"3 0 obj << /Type /Page >> endobj\n";
    for added in [
        &new[..],
        b"3 0 obj <<",
        b"trailer << /Root 3 0 R >>",
        b"%%EOF",
        b"x",
    ] {
        assert_changed(&[&signed(), added].concat());
    }
}

#[test]
fn a_second_signature_is_not_decided_about() {
    let draft = Draft::default();
    let mut update = Written::after(&draft.signed());
    update.object(
        7,
        "<< /Type /Sig /SubFilter /ETSI.CAdES.detached /Contents <00> /ByteRange [0 1 2 3] >>",
    );
    assert_eq!(not_checked(&update.updated(8)), NotCheckable::Several);
    // The same number again, as if the first signature were another.
    let mut update = Written::after(&draft.signed());
    update.object(6, "<< /Type /Sig /SubFilter /ETSI.CAdES.detached >>");
    assert_eq!(not_checked(&update.updated(7)), NotCheckable::Several);
}

#[test]
fn a_signature_over_a_part_that_is_no_whole_document_is_not_checked() {
    let draft = Draft::default();
    let open = draft.open();
    let end = place(&open, "trailer");
    let part = draft.signed_to(open, end);
    assert_eq!(not_checked(&part), NotCheckable::NotWhole);
}

#[test]
fn objects_that_would_be_read_over_and_over_are_too_much() {
    let mut hostile = b"%PDF-1.7\n".to_vec();
    hostile.extend(b"1 0 obj(".repeat(200_000));
    assert_eq!(not_checked(&hostile), NotCheckable::TooLarge);
}

fn assert_changed(pdf: &[u8]) {
    let outcome = check(pdf, None);
    assert!(
        matches!(outcome, Outcome::ChangedAfterSigning(_)),
        "{outcome:?}"
    );
}
