//! What became of each field of a document, as a table.

use issuer_adapters::source::{Counts, Coverage, Fate};
use serde::Serialize;

/// What became of the values of one field; `field` is absent for those that no table names.
#[derive(Debug, Serialize)]
pub(super) struct Met {
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'static str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    says: &'static str,
    mapped: usize,
    kept_raw: usize,
    refused: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<&'static str>,
}

/// The fields that were met, those without name after them, and all together at the end.
pub(super) fn met(coverage: &Coverage) -> Vec<Met> {
    let row = |field, says, counts: &Counts| Met {
        field,
        says,
        mapped: counts.mapped,
        kept_raw: counts.kept_raw,
        refused: counts.refused_in_all(),
        reasons: counts.refused.keys().map(|kind| kind.code()).collect(),
    };
    let named = coverage.rows().map(|(field, counts)| {
        let says = match field.fate {
            Fate::Mapped(says) | Fate::KeptRaw(says) => says,
            Fate::Refused(kind) => kind.code(),
        };
        row(Some(field.path), says, counts)
    });
    let mut rows: Vec<_> = named.collect();
    if coverage.others().total() > 0 {
        rows.push(row(None, "", coverage.others()));
    }
    rows
}

/// The same as lines.
pub(super) fn table(coverage: &[Met]) -> Vec<String> {
    let width = |met: &Met| {
        met.field
            .map_or(OTHERS.len(), |field| field.chars().count())
    };
    let widest = coverage.iter().map(width).max().unwrap_or_default();
    let line = |name: &str, mapped: usize, raw: usize, refused: usize, says: &str| {
        format!("  {name:widest$} {mapped:>7} {raw:>7} {refused:>7}  {says}")
    };
    let sum = |of: fn(&Met) -> usize| coverage.iter().map(of).sum::<usize>();
    let (mapped, raw, refused) = (sum(|m| m.mapped), sum(|m| m.kept_raw), sum(|m| m.refused));
    let mut lines = vec![
        String::new(),
        format!("{mapped} values mapped, {raw} kept raw, {refused} refused"),
        format!(
            "  {:widest$} {:>7} {:>7} {:>7}",
            "", "mapped", "raw", "refused"
        ),
    ];
    lines.extend(coverage.iter().map(|met| {
        let says = [&[met.says], met.reasons.as_slice()].concat().join("; ");
        let name = met.field.unwrap_or(OTHERS);
        line(
            name,
            met.mapped,
            met.kept_raw,
            met.refused,
            says.trim_start_matches("; "),
        )
    }));
    lines
}

/// What stands for fields whose names are not told.
const OTHERS: &str = "(other fields)";
