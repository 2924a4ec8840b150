//! `docs/coverage.md`: what became of every file of the corpus, where that lies beside the project.
//!
//! Made with the default features, PDF among them.
//! `UPDATE_COVERAGE=1 cargo test -p issuer-adapters --lib coverage_page` writes the page.

use std::{collections::BTreeMap, fs, path::Path};

use credential_core::record::NoticeKind;

use super::corpus::corpus_tree;
use crate::{
    mapping,
    source::{Counts, Coverage, Document, RecordSource, SOURCES, Understood},
};

const PAGE: &str = "../docs/coverage.md";
const VERIFIERS: &str = "\n## What the verifier says\n";
const HEAD: &str = "\
# Coverage of the corpus

What becomes of every file of the corpus of public examples: real documents of the registers' own
test people, and also schemas, code lists and other files that are no study record. This page is written by
the test `the_page_says_what_becomes_of_every_file_of_the_corpus`, which fails wherever the corpus lies
beside the project and the page is not what it gives.

A value is what a document holds at its innermost places: a text, a number, an attribute, a cell. Each is
counted once: mapped into the record or used to decide about it, kept in the raw document, or refused with a
reason. `issuer map FILE --report` says the same of one document, field by field. How a source comes in here:
[adding-a-source.md](adding-a-source.md).
";

/// What the files of one source gave.
struct Tally {
    source: &'static dyn RecordSource,
    files: usize,
    records: usize,
    attainments: usize,
    credentials: usize,
    coverage: Coverage,
    notices: BTreeMap<NoticeKind, usize>,
    /// Files that the source recognised and could not read, by reason.
    unread: BTreeMap<&'static str, usize>,
}

/// Files that belong to no source, by folder and reason.
type Others = BTreeMap<String, BTreeMap<&'static str, usize>>;

#[test]
fn the_page_says_what_becomes_of_every_file_of_the_corpus() {
    let Some(documents) = corpus_tree("") else {
        return;
    };
    let (tallies, others) = go_through(&documents);
    let page = page(&tallies, &others);
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    // What the verifier says of the same files is written behind it by a test of that crate.
    let whole = fs::read_to_string(&place).unwrap_or_default();
    let (kept, verifiers) = match whole.find(VERIFIERS) {
        Some(start) => whole.split_at(start),
        None => (whole.as_str(), ""),
    };
    if std::env::var_os("UPDATE_COVERAGE").is_some() {
        fs::write(&place, format!("{page}{verifiers}")).unwrap();
        return;
    }
    assert!(kept == page, "{PAGE} is not what the corpus gives:\n{page}");
}

fn go_through(documents: &[(String, Vec<u8>)]) -> (Vec<Tally>, Others) {
    let mut tallies: Vec<_> = SOURCES.iter().map(|source| Tally::new(*source)).collect();
    let mut others = Others::new();
    for (name, bytes) in documents {
        let reason = match Document::open(bytes) {
            Ok(document) => {
                let recognising = |tally: &&mut Tally| tally.source.recognises(&document);
                if let Some(tally) = tallies.iter_mut().find(recognising) {
                    tally.add(&document);
                    continue;
                }
                "document-not-recognised"
            }
            Err(error) => error.reason(),
        };
        let folder = name.split('/').next().unwrap_or_default();
        let reasons = others.entry(folder.to_owned()).or_default();
        *reasons.entry(reason).or_default() += 1;
    }
    (tallies, others)
}

impl Tally {
    fn new(source: &'static dyn RecordSource) -> Self {
        Self {
            source,
            files: 0,
            records: 0,
            attainments: 0,
            credentials: 0,
            coverage: Coverage::new(source.fields()),
            notices: BTreeMap::new(),
            unread: BTreeMap::new(),
        }
    }

    fn add(&mut self, document: &Document<'_>) {
        self.files += 1;
        match self.source.understand(document) {
            Ok(understood) => self.add_understood(&understood),
            Err(error) => *self.unread.entry(error.reason()).or_default() += 1,
        }
    }

    fn add_understood(&mut self, understood: &Understood) {
        self.coverage.add(&understood.coverage);
        for record in &understood.records {
            let mapped = mapping::credentials(record);
            self.records += 1;
            self.attainments += record.attainments().len();
            self.credentials += mapped.credentials.len();
            for notice in record.notices().iter().chain(&mapped.notices) {
                *self.notices.entry(notice.kind).or_default() += 1;
            }
        }
    }

    fn row(&self) -> String {
        let fields = self.coverage.rows().count();
        let Counts {
            mapped, kept_raw, ..
        } = self.coverage.total();
        let refused = self.coverage.total().refused_in_all();
        format!(
            "| {} (`{}`) | {} | {} | {} | {} | {fields} | {mapped} | {kept_raw} | {refused} |\n",
            self.source.title(),
            self.source.name(),
            self.files,
            self.records,
            self.attainments,
            self.credentials,
        )
    }

    fn reasons(&self) -> String {
        let total = self.coverage.total();
        let values: Vec<_> = total
            .refused
            .iter()
            .map(|(kind, count)| (kind.code(), *count))
            .collect();
        let notices: Vec<_> = self
            .notices
            .iter()
            .map(|(kind, count)| (kind.code(), *count))
            .collect();
        let unread: Vec<_> = self
            .unread
            .iter()
            .map(|(code, count)| (*code, *count))
            .collect();
        format!(
            "| `{}` | {} | {} | {} |\n",
            self.source.name(),
            listed(&values),
            listed(&notices),
            listed(&unread)
        )
    }
}

fn listed(reasons: &[(&str, usize)]) -> String {
    if reasons.is_empty() {
        return "none".to_owned();
    }
    let each: Vec<_> = reasons
        .iter()
        .map(|(code, count)| format!("`{code}` {count}"))
        .collect();
    each.join(", ")
}

fn page(tallies: &[Tally], others: &Others) -> String {
    let mut page = HEAD.to_owned();
    page.push_str("\n## Sources\n\n");
    page.push_str("| source | files | records | attainments | credentials | fields met | values mapped | kept raw | refused |\n");
    page.push_str("|---|---|---|---|---|---|---|---|---|\n");
    tallies.iter().for_each(|tally| page.push_str(&tally.row()));
    page.push_str("\nA source without files has none in the corpus; it is tested on the project's own fixtures.\n");
    page.push_str("\n## Reasons\n\n");
    page.push_str("| source | values refused | notices | files not read |\n|---|---|---|---|\n");
    tallies
        .iter()
        .for_each(|tally| page.push_str(&tally.reasons()));
    page.push_str("\n## Files of no source\n\n");
    page.push_str("| folder | files | reasons |\n|---|---|---|\n");
    for (folder, reasons) in others {
        let files: usize = reasons.values().sum();
        let reasons: Vec<_> = reasons
            .iter()
            .map(|(code, count)| (*code, *count))
            .collect();
        page.push_str(&format!(
            "| `{folder}` | {files} | {} |\n",
            listed(&reasons)
        ));
    }
    page
}
