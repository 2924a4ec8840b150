//! Templates of an institution, and the tables that they make credentials of.

use issuer_adapters::batch::{Row, Sheet, Template, example};
use serde_json::Value;

use crate::written::{lines, seed};

/// Rows that are checked at once, and at most.
const STEP: usize = 16;
const MOST: usize = 64;

/// A template on one line, and a table.
pub fn run(data: &[u8]) -> bool {
    let Some([template, table]) = lines(data) else {
        return false;
    };
    let Ok(template) = Template::read(template) else {
        return false;
    };
    assert!(!template.fills().is_empty());
    let Ok(sheet) = Sheet::read(table, &template) else {
        return false;
    };
    let (some, at) = rows(&sheet, &template, STEP);
    let (same, _) = rows(&sheet, &template, 1);
    assert!(at <= sheet.octets());
    // In whatever steps a table is gone through, each row gives the same.
    for (row, again) in some.iter().zip(&same) {
        assert_eq!(row.line, again.line);
        assert_eq!(is_good(row), is_good(again));
    }
    let mut fingerprints = std::collections::HashSet::new();
    let good = some.iter().filter_map(|row| row.outcome.as_ref().ok());
    for (fingerprint, claims) in good {
        assert!(fingerprints.insert(*fingerprint), "given twice");
        assert_eq!(claims.credential_type(), template.credential_type());
    }
    some.iter().any(is_good)
}

fn rows(sheet: &Sheet<'_>, template: &Template, step: usize) -> (Vec<Row>, usize) {
    let (mut rows, mut all) = (sheet.rows(), Vec::new());
    while all.len() < MOST {
        let next = rows.check(step, template, "");
        if next.is_empty() {
            break;
        }
        all.extend(next);
    }
    assert!(all.is_sorted_by(|one, next| one.line < next.line));
    (all, rows.at())
}

fn is_good(row: &Row) -> bool {
    row.outcome.is_ok()
}

/// The template that the program hands out, with tables good and bad.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let example: Value = serde_json::from_str(example()).expect("our own template");
    let of = |table: &str| seed(&[&example.to_string(), table]);
    let good = "Sukunimi;Etunimi;Syntymäaika;Suoritettu\nEsimerkki;Aino;1.2.1990;29.5.2026\n\
        Esimerkki;Aino;1.2.1990;29.5.2026\nMalli;Eino;;2026-05-29\n";
    vec![
        ("accepted-table", of(good)),
        (
            "refused-dates",
            of(&good
                .replace("29.5.2026", "31.2.2026")
                .replace("2026-05-29", "x")),
        ),
        ("refused-columns", of("Sukunimi;Etunimi\nEsimerkki;Aino\n")),
        (
            "refused-template",
            seed(&[
                r#"{"template":"issuer.template/1","credential_type":"skill-badge","columns":{"a/b/c/d":"A"}}"#,
                good,
            ]),
        ),
    ]
}
