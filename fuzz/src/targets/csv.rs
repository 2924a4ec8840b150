//! The reader of tables, in the encodings it knows, and the mapping of what it read.

use issuer_adapters::source::csv::Csv;

use super::documents::read;

/// A table as it is; and under a row of column names, so that the fuzzer gets past it.
pub fn run(data: &[u8]) -> bool {
    let named = [b"Title;Hetu;Name;Date;ECTS;Other\n", data].concat();
    let _rows = read(&Csv, &named);
    read(&Csv, data)
}

/// The project's own documents, which are invented.
pub fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let course = include_str!("../../../tests/fixtures/csv/course.csv");
    let badges = include_bytes!("../../../tests/fixtures/csv/badges.csv").to_vec();
    let units = std::iter::once(0xfeff).chain(course.encode_utf16());
    let utf16: Vec<u8> = units.flat_map(u16::to_le_bytes).collect();
    vec![
        ("accepted-course", course.as_bytes().to_vec()),
        ("accepted-utf16", utf16),
        ("accepted-badges", badges),
        (
            "accepted-windows-1252",
            b"Kurs\tNamn\nSvets\t\"\xc5, B\"\n".to_vec(),
        ),
        ("unpaired", b"Course,Date\n\"x,\ny,2026-01-02\n".to_vec()),
    ]
}
