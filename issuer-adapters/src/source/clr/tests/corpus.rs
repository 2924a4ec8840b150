//! The standard's own examples, against a table that is part of the project.

use crate::source::{
    Document,
    clr::within,
    jws,
    tests::{
        corpus::corpus,
        examples::{check_table, checked, leaves},
    },
};

const TABLE: &str = include_str!("../../../../../tests/fixtures/clr/corpus.tsv");
const FOLDERS: &[&str] = &["openbadges/clr20"];

#[test]
fn every_document_of_the_corpus_gives_what_the_table_says() {
    if let Some(documents) = corpus(FOLDERS) {
        check_table(TABLE, &documents);
    }
}

#[test]
fn every_value_of_the_corpus_is_accounted_for() {
    for (name, bytes) in corpus(FOLDERS).unwrap_or_default() {
        let understood = checked(&bytes).unwrap();
        let document = Document::open(&bytes).unwrap();
        let value = within::unfolded(jws::opened(&document).unwrap());
        assert_eq!(
            understood.coverage.total().total(),
            leaves(&value),
            "{name}"
        );
    }
}
