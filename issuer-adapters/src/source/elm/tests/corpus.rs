//! The examples of the model and of the European pilots, against a table that is part of the project.

use crate::source::{
    jws,
    tests::{
        corpus::{check_accounts, corpus},
        examples::check_table,
    },
};

const TABLE: &str = include_str!("../../../../../tests/fixtures/elm/corpus.tsv");
const FOLDERS: &[&str] = &[
    "elm-edc",
    "dc4eu/bootstrapping",
    "dc4eu/sectorial-eaa-catalogue",
    "dc4eu/standards/edc_schema.json",
    "dc4eu/standards/education_credential/diploma",
    "dc4eu/standards/elm_3_2.json",
    "dc4eu/standards/schema_elm_3_2.json",
    "dc4eu/vctm",
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
        jws::opened(document).unwrap().into_owned()
    });
}
