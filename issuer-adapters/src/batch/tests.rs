use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Row, RowProblem, Sheet, SheetError, Template, TemplateError, example};

fn template() -> Template {
    Template::read(example().as_bytes()).unwrap()
}

fn rows(table: &[u8]) -> Vec<Row> {
    rows_of(table, "")
}

fn rows_of(table: &[u8], edition: &str) -> Vec<Row> {
    let template = template();
    let sheet = Sheet::read(table, &template).unwrap();
    let (mut rows, mut all) = (sheet.rows(), Vec::new());
    loop {
        // Two at a time, so that tests cross the ends of chunks.
        let some = rows.check(2, &template, edition);
        if some.is_empty() {
            return all;
        }
        all.extend(some);
    }
}

fn said(row: &Row) -> &str {
    row.outcome
        .as_ref()
        .map_or_else(RowProblem::reason, |_| "good")
}

const TABLE: &str = "Sukunimi;Etunimi;Syntymäaika;Suoritettu;Huom\n\
    Näyte;Aada;24.12.2001;4.3.2026;\n\
    Malli;Eetu;;2026-03-04;x\n\
    Esimerkki;;;4.3.2026;\n\
    Koe;Iida;;eilen;\n\
    Näyte;Aada;24.12.2001;4.3.2026;\n\
    \"Auki;Veikko;;4.3.2026;\n\
    Viimeinen;Ville;;4.3.2026;\n";

#[test]
fn good_rows_are_not_lost_because_of_bad_ones_and_each_has_its_line() {
    let rows = rows(TABLE.as_bytes());
    let summary: Vec<_> = rows.iter().map(|row| (row.line, said(row))).collect();
    assert_eq!(
        summary,
        [
            (2, "good"),
            (3, "good"),
            (4, "row_cell_empty"),
            (5, "row_cell_not_understood"),
            (6, "row_twice"),
            (7, "row_malformed"),
            (8, "good"),
        ]
    );
    assert_eq!(rows[0].person, "Näyte, Aada");
    let told = rows[3].outcome.as_ref().unwrap_err().to_string();
    assert_eq!(
        told,
        "Suoritettu is no date such as 31.1.2026 or 2026-01-31"
    );
    let (_, claims) = rows[0].outcome.as_ref().unwrap();
    assert_eq!(claims.claims()["birthdate"], "2001-12-24");
    assert_eq!(
        claims.claims()["title"]["sv"],
        "Digitala färdigheter i vardagen"
    );
    assert!(
        !rows[1]
            .outcome
            .as_ref()
            .unwrap()
            .1
            .claims()
            .contains_key("birthdate")
    );
}

#[test]
fn encodings_separators_and_the_case_of_names_make_no_difference() {
    let plain = "\u{feff}sukunimi\tETUNIMI\t Suoritettu \nNäyte\tAada\t4.3.2026\n";
    let windows = b"sep=,\r\nSukunimi,Etunimi,Suoritettu\r\nN\xe4yte,Aada,2026-03-04\r\n";
    let utf16: Vec<u8> = std::iter::once(0xfeff)
        .chain("Efternamn;Förnamn;Datum\r\nNäyte;Aada;4.3.2026".encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let prints = [plain.as_bytes(), windows.as_slice(), &utf16]
        .map(|table| rows(table)[0].outcome.as_ref().unwrap().0);
    assert_eq!(prints[0], prints[1]);
    assert_eq!(prints[0], prints[2]);
    assert_eq!(rows(windows)[0].line, 3);
}

#[test]
fn a_row_has_the_same_fingerprint_in_a_corrected_table_and_another_in_another_edition() {
    let print = |rows: &[Row], index: usize| rows[index].outcome.as_ref().unwrap().0;
    let before = rows(TABLE.as_bytes());
    let corrected = TABLE.replace("Koe;Iida;;eilen", "Koe;Iida;;5.3.2026");
    let after = rows(corrected.as_bytes());
    assert_eq!(print(&before, 0), print(&after, 0));
    assert_eq!(said(&after[3]), "good");
    let again = rows_of(TABLE.as_bytes(), "spring 2027");
    assert_ne!(print(&before, 0), print(&again, 0));
    // Comments of the template change nothing.
    let mut other: Value = serde_json::from_str(example()).unwrap();
    other["claims"]["//"] = json!("checked");
    let other = Template::read(other.to_string().as_bytes()).unwrap();
    assert_eq!(other.hash(), template().hash());
}

#[test]
fn a_table_that_does_not_fit_says_which_column_is_missing_or_there_twice() {
    let error = |table: &str| Sheet::read(table.as_bytes(), &template()).unwrap_err();
    assert_eq!(
        error("Sukunimi;Etunimi\na;b\n"),
        SheetError::NoColumn("Suoritettu".into())
    );
    assert_eq!(
        error("Sukunimi;Etunimi;Suoritettu;Completed\na;b;c;d\n"),
        SheetError::ColumnTwice("Suoritettu".into())
    );
    let octets = b"PK\x03\x04\x00\x00";
    assert_eq!(
        Sheet::read(octets, &template()).unwrap_err(),
        SheetError::NoTable
    );
}

fn problems(change: impl FnOnce(&mut Value)) -> Vec<String> {
    let mut file: Value = serde_json::from_str(example()).unwrap();
    change(&mut file);
    match Template::read(file.to_string().as_bytes()) {
        Err(TemplateError::Problems(problems)) => problems
            .into_iter()
            .map(|it| format!("{}: {}", it.place, it.problem))
            .collect(),
        other => vec![format!("{other:?}")],
    }
}

#[test]
fn everything_that_is_wrong_in_a_template_is_told_at_once_with_its_place() {
    let several = problems(|file| {
        file["template"] = json!("issuer.template/9");
        file["credential_type"] = json!("medal");
        file["valid_until"] = json!("soon");
        file["columns"]["family_name"] = json!([]);
        file["columns"]["a/b/c/d"] = json!("x");
    });
    let starts = [
        "/template: ",
        "/credential_type: ",
        "/valid_until: ",
        "/columns/a~1b~1c~1d: ",
        "/columns/family_name: ",
        "/columns: a required column must fill family_name",
    ];
    for start in starts {
        assert!(
            several.iter().any(|it| it.starts_with(start)),
            "{start} {several:?}"
        );
    }
    let unknown = problems(|file| file["claims"]["colour"] = json!("blue"));
    assert!(
        unknown[0].starts_with("/claims: ") && unknown[0].contains("colour"),
        "{unknown:?}"
    );
    let optional = problems(|file| {
        file["columns"]["awarding_date"]["required"] = json!(false);
    });
    assert!(
        optional[0].contains("when the optional cells are empty"),
        "{optional:?}"
    );
    let secret = problems(|file| file["claims"]["title"]["fi"] = json!("131052-308T"));
    assert!(secret[0].contains("personal identity code"), "{secret:?}");
}

#[test]
fn a_column_can_fill_a_part_of_a_claim() {
    let mut file: Value = serde_json::from_str(example()).unwrap();
    file["columns"]["credits/amount"] = json!({"column": "Laajuus"});
    let template = Template::read(file.to_string().as_bytes()).unwrap();
    let table = "Sukunimi,Etunimi,Suoritettu,Laajuus\nNäyte,Aada,4.3.2026,\"2,5\"\n";
    let sheet = Sheet::read(table.as_bytes(), &template).unwrap();
    let row = sheet.rows().check(9, &template, "").remove(0);
    let (_, claims) = row.outcome.unwrap();
    assert_eq!(claims.claims()["credits"]["amount"], "2.5");
    assert_eq!(claims.claims()["credits"]["unit_code"], "2");
}

proptest! {
    #[test]
    fn no_template_makes_the_reader_panic(octets in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _read = Template::read(&octets);
    }

    #[test]
    fn no_change_of_a_template_makes_the_reader_panic(place in "/(claims|columns)/[a-z/]{0,20}", value in "[ -~]{0,20}") {
        let mut file: Value = serde_json::from_str(example()).unwrap();
        if let Some(part) = file.pointer_mut(&place) { *part = json!(value); }
        file["columns"][place] = json!(value);
        let _read = Template::read(file.to_string().as_bytes());
    }

    #[test]
    fn every_line_of_any_table_is_a_row_or_a_problem(body in "[a-zäö0-9;\".\n]{0,200}") {
        let table = format!("Sukunimi;Etunimi;Suoritettu\n{body}");
        for row in rows(table.as_bytes()) {
            prop_assert!(row.line > 1);
        }
    }
}
