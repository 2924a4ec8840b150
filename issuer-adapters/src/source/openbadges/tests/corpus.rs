//! The standard's own examples, against a table that is part of the project.

use crate::source::{
    openbadges::carrier,
    tests::{
        corpus::{check_accounts, corpus},
        examples::check_table,
    },
};

const TABLE: &str = include_str!("../../../../../tests/fixtures/openbadges/corpus.tsv");
const FOLDERS: &[&str] = &[
    "openbadges/contexts",
    "openbadges/ob20",
    "openbadges/ob30",
    "openbadges/schemas",
    "dc4eu/standards/education_credential/micro_credential",
    "dc4eu/standards/education_credential/openbadge",
];

#[test]
fn every_document_of_the_corpus_gives_what_the_table_says() {
    if let Some(documents) = corpus(FOLDERS) {
        check_table(TABLE, &documents);
    }
}

#[test]
fn every_value_of_the_corpus_is_accounted_for() {
    check_accounts(FOLDERS, |document| {
        carrier::badge(document).unwrap().into_owned()
    });
}
