//! What may stand after a signature: revocation data, and nothing that hides behind it.

use super::{
    Outcome, check,
    fixture::{Written, signed},
    intact,
};

const FORM: &str = "/AcroForm << /Fields [5 0 R] /SigFlags 3 >>";
const DSS: &str = "<< /CRLs [8 0 R] >>";
/// An empty sequence: as DER goes, a revocation list like any other.
const CRL: &str = "<< /Length 2 >>\nstream\n\u{30}\u{0}\nendstream";

/// The document with revocation data.
fn update(catalogue: &str, dss: &str, crl: &str) -> Written {
    let mut update = Written::after(&signed());
    update.object(1, catalogue);
    update.object(7, dss);
    update.object(8, crl);
    update
}

fn catalogue() -> String {
    format!("<< /Type /Catalog /Pages 2 0 R {FORM} /DSS 7 0 R /Extensions << /ADBE 1 >> >>")
}

fn is_changed(pdf: &[u8]) -> bool {
    matches!(check(pdf, None), Outcome::ChangedAfterSigning(_))
}

#[test]
fn revocation_data_may_come_after_the_signature_more_than_once() {
    let once = update(&catalogue(), DSS, CRL).updated(9);
    intact(&once);
    intact(&[&once, &b"\r\n\n"[..]].concat());
    let mut again = Written::after(&once);
    again.object(7, "<< /CRLs [8 0 R 9 0 R] /VRI << /Type /VRI >> >>");
    again.object(9, CRL);
    intact(&again.updated(10));
}

#[test]
fn an_update_may_list_its_objects_in_a_stream() {
    intact(&update(&catalogue(), DSS, CRL).streamed(9, 10));
    // The number is one that the signed document uses: a page would become a list of objects.
    assert!(is_changed(&update(&catalogue(), DSS, CRL).streamed(3, 10)));
    let mut pointing = update(&catalogue(), DSS, CRL);
    pointing.list(3, 20);
    assert!(is_changed(&pointing.streamed(9, 10)));
    let mut two = update(&catalogue(), DSS, CRL);
    two.object(
        10,
        "<< /Type /XRef /W [1 0 0] /Index [0 1] /Length 1 >>\nstream\n\u{0}\nendstream",
    );
    assert!(is_changed(&two.streamed(9, 11)));
}

#[test]
fn a_catalogue_that_becomes_another_is_a_change() {
    let others = [
        format!("<< /Type /Catalog /Pages 9 0 R {FORM} /DSS 7 0 R >>"),
        "<< /Type /Catalog /Pages 2 0 R /DSS 7 0 R >>".to_owned(),
        format!("<< /Type /Catalog /Pages 2 0 R {FORM} /DSS 7 0 R /OpenAction 7 0 R >>"),
        format!("<< /Type /Catalog /Pages 2 0 R {FORM} /DSS 7 0 R /Pages 2 0 R >>"),
        "[1 2 3]".to_owned(),
    ];
    for other in others {
        assert!(is_changed(&update(&other, DSS, CRL).updated(9)), "{other}");
    }
}

#[test]
fn other_objects_among_revocation_data_are_a_change() {
    let page = "<< /Type /Page /Parent 2 0 R >>";
    assert!(is_changed(&update(&catalogue(), page, CRL).updated(9)));
    let hidden = "<< /Length 31 >>\nstream\n3 0 obj << /Type /Page >> endobj\nendstream";
    assert!(is_changed(&update(&catalogue(), DSS, hidden).updated(9)));
    let mut replacing = update(&catalogue(), DSS, CRL);
    replacing.object(3, "<< /CRLs [] >>");
    assert!(is_changed(&replacing.updated(9)));
}

#[test]
fn a_section_that_points_elsewhere_is_a_change() {
    let mut pointing = update(&catalogue(), DSS, CRL);
    pointing.list(3, 20);
    assert!(is_changed(&pointing.updated(9)));
    let mut twice = update(&catalogue(), DSS, CRL);
    let somewhere = twice.pdf.len() - 9;
    twice.list(8, somewhere);
    assert!(is_changed(&twice.updated(9)));
}

#[test]
fn a_trailer_that_leads_elsewhere_is_a_change() {
    let trailers = [
        "/Size 9 /Root 7 0 R /Prev 9000",
        "/Size 9 /Root 1 0 R /Prev 9",
        "/Size 9 /Root 1 0 R",
    ];
    for trailer in trailers {
        let update = update(&catalogue(), DSS, CRL);
        assert!(is_changed(&update.finished_with(trailer)), "{trailer}");
    }
    let right = update(&catalogue(), DSS, CRL).updated(9);
    intact(&right);
    let text = String::from_utf8_lossy(&right).into_owned();
    let trailer = &text[text.rfind("<< /Size").unwrap()..];
    let trailer = trailer[3..trailer.find(" >>").unwrap()].to_owned();
    for more in ["/Encrypt 7 0 R", "/XRefStm 20", "/Info 7 0 R"] {
        let update = update(&catalogue(), DSS, CRL);
        assert!(
            is_changed(&update.finished_with(&format!("{trailer} {more}"))),
            "{more}"
        );
    }
}
