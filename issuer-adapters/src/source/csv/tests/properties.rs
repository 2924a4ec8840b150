use proptest::prelude::*;

use super::{BADGES, COURSE, Csv, utf16};
use crate::source::tests::support::check;

proptest! {
    #[test]
    fn arbitrary_octets_are_read_or_refused(octets in prop::collection::vec(any::<u8>(), 0..200)) {
        check(&Csv, &octets);
        check(&Csv, &[b"Title,Name,Hetu\n", octets.as_slice()].concat());
    }

    #[test]
    fn either_sample_with_any_octet_changed_or_cut_off_is_read_or_refused(
        at in 0_usize..COURSE.len(),
        octet in any::<u8>(),
    ) {
        for sample in [COURSE, BADGES] {
            let at = at % sample.len();
            let mut table = sample.as_bytes().to_vec();
            table[at] = octet;
            check(&Csv, &table);
            check(&Csv, &table[..at]);
        }
    }

    #[test]
    fn rows_of_any_cells_are_read_or_refused(
        cells in prop::collection::vec("[a-z0-9\",;\t=äé.\\n-]{0,12}|241201A902H|1[.]2[.]2026", 0..60),
        separator in proptest::sample::select(&[",", ";", "\t"]),
    ) {
        let header = ["Title", "Hetu", "Name", "Date", "ECTS", "Other"].join(separator);
        let rows: Vec<_> = cells.chunks(6).map(|row| row.join(separator)).collect();
        let table = format!("{header}\n{}\n", rows.join("\n"));
        check(&Csv, table.as_bytes());
        check(&Csv, &utf16(&table, true));
    }
}
