//! Limits, and rows that are not well-formed.

use credential_core::record::NoticeKind;

use super::{places, read};
use crate::source::{reading::Reading, understand};

fn titles(table: &str) -> Vec<String> {
    let understood = read(table);
    let all = understood.records[0].attainments().iter();
    all.map(|one| one.title.en.clone().unwrap()).collect()
}

#[test]
fn one_quotation_mark_too_many_does_not_swallow_the_rows_after_it() {
    let table = "Course,Date\nfirst,2026-01-01\n\"second,2026-01-02\nthird,2026-01-03\n";
    assert_eq!(titles(table), ["first", "third"]);
    assert_eq!(places(&read(table), NoticeKind::RowMalformed), ["/line[3]"]);
}

#[test]
fn quoted_cells_hold_separators_line_ends_and_quotation_marks() {
    let table =
        "Course,Description,Date\r\n\"a \"\"b\"\", c\",\"one\r\ntwo\",\r\n\r\nd,5\" pipe,\r\n";
    assert_eq!(titles(table), ["a \"b\", c", "d"]);
    let understood = read(table);
    let [first, second] = understood.records[0].attainments() else {
        panic!()
    };
    assert_eq!(first.description.en.as_deref(), Some("one\r\ntwo"));
    assert_eq!(
        (first.pointer.as_str(), second.pointer.as_str()),
        ("/line[2]", "/line[5]")
    );
    assert_eq!(second.description.en.as_deref(), Some("5\" pipe"));
}

#[test]
fn a_row_that_is_too_long_or_too_wide_is_reported_and_the_next_one_is_read() {
    let long = format!(
        "Course,Date\n{}\n\"{}\nlast,\n",
        "x".repeat(70_000),
        "y ".repeat(40_000)
    );
    let understood = read(&long);
    assert_eq!(places(&understood, NoticeKind::RowTooLong), ["/line[2]"]);
    assert_eq!(places(&understood, NoticeKind::RowMalformed), ["/line[3]"]);
    let wide = format!("Course,Date\nx{}\nlast,\n", ",".repeat(300));
    assert_eq!(titles(&wide), ["last"]);
    assert_eq!(places(&read(&wide), NoticeKind::RowTooLong), ["/line[2]"]);
}

#[test]
fn more_rows_than_are_read_are_refused() {
    let table = |rows: usize| format!("Course,Date\n{}", "x,\n".repeat(rows));
    assert!(understand(table(Reading::MAX_PARTS).as_bytes()).is_ok());
    let error = understand(table(Reading::MAX_PARTS + 1).as_bytes()).unwrap_err();
    assert_eq!(error.reason(), "document-too-many-parts");
    let limit = format!("/line[{}]", Reading::MAX_PARTS + 2);
    assert_eq!(error.pointer(), Some(limit.as_str()));
}

#[test]
fn open_quotation_marks_on_every_line_take_no_longer_than_the_limits_allow() {
    let table = format!("Course,Date\n{}", "\"x,\n".repeat(Reading::MAX_PARTS));
    let understood = understand(table.as_bytes()).unwrap();
    let bad = places(&understood, NoticeKind::RowMalformed).len();
    let good = understood.records[0].attainments().len();
    assert_eq!((bad, good), (Reading::MAX_PARTS, 0));
}

#[test]
fn a_column_that_stands_twice_is_read_once() {
    let understood = read("Course,Date,Course,Päivämäärä\nfirst,2026-01-01,second,2026-01-02\n");
    assert_eq!(
        understood.records[0].attainments()[0].title.en.as_deref(),
        Some("first")
    );
    assert_eq!(
        places(&understood, NoticeKind::KeptRaw),
        ["/line[1]/column[3]", "/line[1]/column[4]"]
    );
    assert_eq!(understood.coverage.total().total(), 8);
}
